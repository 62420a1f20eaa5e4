"""The documents say what is so: paths, links, commands, words, counts, error messages and examples."""

import re
import shutil
import tomllib
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import click
import pytest

from crampwise.assess.assess import assess
from crampwise.assess.intake import read_intake
from crampwise.book.book import Book
from crampwise.book.compile import open_book, shipped_folder
from crampwise.book.load import content_files, load_book
from crampwise.book.tree import read_yaml
from crampwise.edges.cli.files import read_document
from crampwise.edges.cli.main import cli
from crampwise.logic.errors import CrampwiseError, Exit
from tests.docs import refresh

ROOT = refresh.ROOT
DOCUMENTS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *(ROOT / "adr").glob("*.md")])
EXAMPLE = ROOT / "docs" / "example.yaml"

# The words under "Words" in the design, which GLOSSARY must explain.
WORDS = (
    "finding", "answer", "term", "red flag", "condition", "question", "action", "source", "claim", "book", "assessment",
    "interpreter", "urgency", "rule", "truth", "judgement",
)  # fmt: skip

COMMANDS = (
    "check", "assess", "relieve", "serve", "screen", "evaluate", "prove", "book", "diary", "trial", "fhir",
    "diary add", "diary complete", "diary free", "diary day", "diary medicine", "diary list", "diary remove",
    "diary stats", "diary answers", "diary export", "diary import", "diary backup", "diary restore", "diary erase",
    "diary people", "diary lock", "diary unlock",
    "trial choices", "trial plan", "trial today", "trial kept", "trial calendar", "trial stop", "trial result",
    "fhir import", "fhir connect", "cql", "cql export",
    "fhir questionnaire", "fhir answers", "fhir assess", "fhir serve",
    "cds", "cds serve", "cds feedback",
    "book check", "book show", "book search", "book coverage", "book evidence",
)  # fmt: skip


def names(paths: list[Path]) -> list[str]:
    return [p.relative_to(ROOT).as_posix() for p in paths]


@pytest.fixture(scope="module")
def book() -> Book:
    return open_book()


def resolve(words: str) -> click.Command:
    """The command of that name; fails when it, or the group it is in, does not exist."""
    found: click.Command = cli
    for word in words.split():
        assert isinstance(found, click.Group), f"crampwise {words}: {found.name} has no sub-commands"
        inner = found.get_command(click.Context(found), word)
        assert inner is not None, f"there is no command `crampwise {words}`"
        found = inner
    return found


# --- paths and links


def test_every_path_in_the_architecture_exists() -> None:
    quoted = re.findall(r"`([^`\s]+)`", (ROOT / "ARCHITECTURE.md").read_text("utf-8"))
    paths = {q for q in quoted if "/" in q or q.endswith((".py", ".toml"))} | {"Makefile"}
    places = (ROOT, ROOT / "src/crampwise", ROOT / "src/crampwise/interpret", ROOT / "src/crampwise/edges/cli")
    missing = sorted(q for q in paths if not any((place / q).exists() for place in places))
    assert not missing


def test_every_package_is_in_the_architecture() -> None:
    text = (ROOT / "ARCHITECTURE.md").read_text("utf-8")
    packages = [p.parent for p in (ROOT / "src/crampwise").glob("*/__init__.py") if p.parent.name != "edges"]
    packages += [p.parent for p in (ROOT / "src/crampwise/edges").glob("*/__init__.py")]
    assert [n for n in names(packages) if f"`{n}/`" not in text] == []


def test_the_architecture_is_one_page() -> None:
    assert len((ROOT / "ARCHITECTURE.md").read_text("utf-8").splitlines()) <= 80


def anchor(heading: str) -> str:
    return re.sub(r"[^\w\- ]", "", heading.lower()).strip().replace(" ", "-")


@pytest.mark.parametrize("document", DOCUMENTS, ids=names(DOCUMENTS))
def test_every_relative_link_resolves(document: Path) -> None:
    for target in re.findall(r"\]\(([^)\s]+)\)", prose(document.read_text("utf-8"))):
        if re.match(r"[a-z]+:", target):
            continue
        path, _, part = target.partition("#")
        file = (document.parent / path).resolve() if path else document
        assert file.exists(), f"{target} does not exist"
        assert ROOT in (file, *file.parents), f"{target} lies outside the project"
        if part:
            headings = re.findall(r"^#+ (.+)$", file.read_text("utf-8"), re.M)
            assert part in map(anchor, headings), f"{target} names no heading"


def prose(text: str) -> str:
    return re.sub(r"^```.*?^```", "", text, flags=re.S | re.M)


@pytest.mark.parametrize("document", DOCUMENTS, ids=names(DOCUMENTS))
def test_documents_hold_no_machine_paths(document: Path) -> None:
    text = document.read_text("utf-8")
    assert not re.search(r"(?<![\w.])/(?:home|root|work|tmp|usr|Users|opt)\b", text)
    assert max((len(line) for line in text.splitlines()), default=0) <= 200


def test_every_decision_is_in_the_index_under_a_number_of_its_own() -> None:
    found = sorted(p for p in (ROOT / "adr").glob("*.md") if p.name != "README.md")
    index = (ROOT / "adr" / "README.md").read_text("utf-8")
    assert len({p.name[:4] for p in found}) == len(found)
    for path in found:
        text = path.read_text("utf-8")
        assert f"]({path.name})" in index
        assert text.startswith(f"# {path.name[:4]} ")
        for heading in ("Question", "Decision", "Why", "Considered", "Price"):
            assert f"\n## {heading}\n" in text, f"{path.name} has no {heading}"
        assert len(text.splitlines()) <= 60, f"{path.name} is longer than a page"


# --- commands


@pytest.mark.parametrize("words", COMMANDS)
def test_every_command_exists_and_helps(words: str) -> None:
    command = resolve(words)
    assert command.help
    for parameter in command.params:
        if isinstance(parameter, click.Option):
            assert parameter.help, f"crampwise {words}: {parameter.opts[0]} has no help"


@pytest.mark.parametrize("document", DOCUMENTS, ids=names(DOCUMENTS))
def test_every_command_in_a_document_exists_with_its_options(document: Path) -> None:
    for said in commands_in(document.read_text("utf-8")):
        words = said.split()
        grouped = isinstance(resolve(words[0]), click.Group) and len(words) > 1 and words[1].isalpha()
        depth = 2 if grouped else 1
        command = resolve(" ".join(words[:depth]))
        known = {o for p in command.params if isinstance(p, click.Option) for o in p.opts} | {"--help"}
        assert {w for w in words[depth:] if w.startswith("--")} <= known, f"crampwise {said}"


def test_every_option_in_a_document_exists() -> None:
    options = [p for words in COMMANDS for p in resolve(words).params if isinstance(p, click.Option)]
    known = {o for p in options for o in p.opts}
    for document in DOCUMENTS:
        assert set(re.findall(r"`(--[a-z-]+)", document.read_text("utf-8"))) <= known, document.name


def commands_in(text: str) -> Iterator[str]:
    """What follows `crampwise` in inline code and in shell blocks, up to a pipe or redirection."""
    shell = "\n".join(re.findall(r"^```sh\n(.*?)^```", text, re.S | re.M))
    inline = re.findall(r"`(?:\.venv/bin/)?crampwise ([^`]+)`", prose(text))
    for said in (*inline, *re.findall(r"\.venv/bin/crampwise ([^|>\n]+)", shell)):
        if said[0].isalpha():
            yield said.strip()


def test_every_command_is_in_the_readme() -> None:
    text = (ROOT / "README.md").read_text("utf-8")
    assert [c for c in COMMANDS if f"crampwise {c}" not in text] == []
    assert {c.partition(" ")[0] for c in COMMANDS} == set(cli.list_commands(click.Context(cli)))
    for name in ("book", "diary", "trial"):
        group = resolve(name)
        assert isinstance(group, click.Group)
        named = {c.partition(" ")[2] for c in COMMANDS if c.startswith(f"{name} ")}
        assert named == set(group.list_commands(click.Context(group)))


def test_every_make_target_in_a_document_exists() -> None:
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text("utf-8"), re.M))
    for document in DOCUMENTS:
        said = re.findall(r"(?:^|`)make ([a-z]+)", document.read_text("utf-8"), re.M)
        assert set(said) <= targets, document.name


# --- words


@pytest.mark.parametrize("word", WORDS)
def test_every_word_of_the_design_is_in_the_glossary(word: str) -> None:
    assert glossary().count(word) == 1


def test_the_glossary_is_in_order_and_says_each_word_once() -> None:
    found = glossary()
    assert found == sorted(set(found))


def glossary() -> list[str]:
    return [w.lower() for w in re.findall(r"^\*\*(.+?)\.\*\*", (ROOT / "GLOSSARY.md").read_text("utf-8"), re.M)]


def test_every_level_is_explained(book: Book) -> None:
    text = (ROOT / "docs" / "urgency.md").read_text("utf-8")
    assert [w.level for w in book.words.levels if f"| `{w.level}` |" not in text] == []


def test_every_exit_code_is_explained() -> None:
    rows = re.findall(r"^\| (\d+) \|", (ROOT / "docs" / "exit-codes.md").read_text("utf-8"), re.M)
    assert list(map(int, rows)) == list(Exit)


# --- what is quoted


def test_the_excerpt_in_the_readme_is_current() -> None:
    text = refresh.README.read_text("utf-8")
    assert refresh.EXCERPT.search(text)
    assert text == refresh.refreshed_readme(text), "run: .venv/bin/python -m tests.docs.refresh"


def test_the_numbers_in_clinical_safety_are_current(book: Book) -> None:
    text = refresh.SAFETY.read_text("utf-8")
    assert {row for row, _ in refresh.ROW.findall(text)} == set(refresh.counts(book))
    assert text == refresh.refreshed_safety(text, book), "run: .venv/bin/python -m tests.docs.refresh"


def test_the_wording_thresholds_are_those_of_the_book(book: Book) -> None:
    wording, words = book.differential.wording, {w.word: w.decibans for w in book.words.weights}
    text = " ".join((ROOT / "docs" / "causes.md").read_text("utf-8").split())
    spread = book.differential.spread
    assert f"*likely* when even its low limit is at least {wording.likely_low}" in text
    assert f"*possible* when its high limit is at least {wording.possible_high}" in text
    assert f"their order holds in fewer than {wording.apart} of the draws" in text
    assert f"counts for the urgency from a probability of {wording.likely} on" in text
    assert f"by a factor of {spread.prior_common:g} where a cause is common and {spread.prior_rare:g} where" in text
    assert f"by {min(spread.odds.values()):g} to {max(spread.odds.values()):g}" in text
    assert f"draws all of them {spread.draws} times" in text
    strong, clear, some = words["strong"], words["clear"], words["some"]
    said = f"From {strong:g} on it is called strong, from {clear:g} clear, from {some:g} some"
    assert said in text
    assert f"between {book.differential.clamp} and {1 - book.differential.clamp}" in text


def test_the_version_is_in_the_changelog() -> None:
    text = (ROOT / "CHANGELOG.md").read_text("utf-8")
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    source = ROOT / project["tool"]["hatch"]["version"]["path"]
    version = re.search(r'__version__ = "(.+)"', source.read_text("utf-8"))
    assert version
    release = re.split(r"^## \[", text, flags=re.M)[1]
    assert release.startswith(f"{version[1]}]")
    assert "**Who is affected clinically:**" in release
    assert f"Crampwise {version[1]} " in (ROOT / "CLINICAL_SAFETY.md").read_text("utf-8")


# --- examples


def test_the_example_is_sound_and_shows_an_open_interval(book: Book) -> None:
    result = assess(book, read_intake(book, read_document(str(EXAMPLE))), date(2026, 11, 21))
    assert result.urgency.at_least == "soon"
    assert result.urgency.at_most == "same_day"
    assert result.causes[0].id == "drug_thiazide"
    assert [m.ingredients for m in result.medicines] == [("indapamide",), ("amlodipine",)]
    assert [lab.status for lab in result.labs] == ["low"]


def test_what_the_tutorial_tells_about_the_example(book: Book) -> None:
    text = EXAMPLE.read_text("utf-8")
    assert assessed(book, text.replace("dark_urine: no", "dark_urine: yes")).urgency.at_least == "same_day"
    unsure = assessed(book, text.replace("dark_urine: no", "dark_urine: not_sure"))
    assert unsure.urgency.at_least == "soon"
    assert "t_rhabdo" in {f.id for f in unsure.open}
    without = assessed(book, text.partition("labs:")[0])
    assert "t_diuretic_cramps" in {f.id for f in without.fired}
    assert "t_lab_potassium_mild" not in {f.id for f in without.fired}
    assert "test_potassium" in {t.id for t in without.tests}


def assessed(book: Book, text: str):
    tree = read_yaml(text, "answers.yaml", [])
    assert tree is not None
    return assess(book, read_intake(book, tree), date(2026, 11, 21))


def test_the_answers_in_the_how_to_are_read(book: Book) -> None:
    blocks = re.findall(r"^```yaml\n(.*?)^```", (ROOT / "docs" / "answers-file.md").read_text("utf-8"), re.S | re.M)
    assert blocks
    for block in blocks:
        assessed(book, block)


# One document for each row of "When something is wrong", in the order of the rows.
WRONG = (
    "answer: {}",
    "answers: {dark_urin: no}",
    "answers: {site_calf: maybe}",
    "person: {sex: woman}",
    "person: {age: 171}",
    "answers: {pain_score: bad}",
    "answers: {serum_potassium: 3.1}",
    "answers: {weight_kg: {value: 70, unit: mmol/L}}",
    "person: {age: 30}\nanswers: {age_years: 31}",
    "answers: {site_calf: no, site_calf: no}",
    "person: {pregnant: no}\nanswers: {gestation_weeks: 20}",
    "answers: {taking_thiazide: no}\nmedicines: [indapamide]",
    "medicines: [5]",
    "labs: [{test: potasium, value: 3, unit: mmol/L}]",
    "labs: [{test: sodium, value: 140}]",
    "labs: [{test: potassium, value: 34, unit: mmol/L}]",
    "labs: [{test: sodium, value: 140, unit: mmol/L, date: 9/11/2026}]",
    "labs: [{test: potassium, value: 3.4, unit: mmol/L, date: 2099-01-01}]",
    "answers: {serum_potassium: 3.1 mmol/L}\nlabs: [{test: potassium, value: 3.4, unit: mmol/L}]",
    "person: 4",
    "answers: {",
    "",
)


def test_the_how_to_gives_the_messages_that_are_given(book: Book, tmp_path: Path) -> None:
    text = (ROOT / "docs" / "answers-file.md").read_text("utf-8")
    rows = re.findall(r"^\| .+? \| .*?\| (.+?) \|$", text[text.index("## When something is wrong") :], re.M)[1:]
    assert len(rows) == len(WRONG)
    for message, wrong in zip(rows, WRONG, strict=True):
        path = tmp_path / "answers.yaml"
        path.write_text(wrong, "utf-8")
        with pytest.raises(CrampwiseError) as error:
            assess(book, read_intake(book, read_document(str(path))), date(2026, 11, 21))
        assert error.value.code is Exit.BAD_INPUT
        assert message in str(error.value)


def test_the_worked_example_in_contributing_is_a_sound_addition(tmp_path: Path) -> None:
    text = (ROOT / "CONTRIBUTING.md").read_text("utf-8")
    blocks = re.findall(r"^```yaml\n# content/(\S+)\n(.*?)^```", text, re.S | re.M)
    assert {path.partition("/")[0] for path, _ in blocks} >= {"sources", "findings", "red_flags", "conditions"}
    shutil.copytree(shipped_folder(), tmp_path / "content")
    for path, block in blocks:
        target = tmp_path / "content" / path
        assert not target.exists()
        target.write_text(block, "utf-8")
    grown = load_book(content_files(tmp_path / "content"))
    for path, block in blocks:
        for id_ in re.findall(r"^(?:  - )?id: (\S+)$", block, re.M):
            assert id_ in grown.everything, path
    flag = grown.red_flags["t_lump_example"]
    for example, expected in ((e, kind) for kind in ("fires", "clears", "open") for e in getattr(flag.examples, kind)):
        result = assessed(grown, f"answers: {{{', '.join(f'{k}: {v}' for k, v in example.items())}}}")
        outcomes = {"fires": result.fired, "open": result.open, "clears": result.ruled_out}
        assert flag.id in {f.id for f in outcomes[expected]}, f"{example} should be in {expected}"
