"""The fixed sentences of words.yaml: each is used, and each rests on a judgement."""

import ast
import re
from functools import cache
from pathlib import Path

import pytest

import crampwise
from crampwise.book.compile import shipped_folder
from crampwise.book.schema.common import LEVELS
from tests.support.people import TODAY, shipped

BOOK = shipped()
SOURCE = Path(crampwise.__file__).parent


@cache
def said_in_code() -> tuple[frozenset[str], tuple[re.Pattern[str], ...]]:
    """Every text constant of the code, and a pattern for every text that it puts together."""
    constants: set[str] = set()
    patterns: set[str] = set()
    for path in SOURCE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                constants.add(node.value)
            elif isinstance(node, ast.JoinedStr):
                parts = [re.escape(str(v.value)) if isinstance(v, ast.Constant) else r"\w+" for v in node.values]
                if any(re.search(r"[a-z]{3}", str(v.value)) for v in node.values if isinstance(v, ast.Constant)):
                    patterns.add("".join(parts))
    return frozenset(constants), tuple(map(re.compile, sorted(patterns)))


@cache
def said_in_content() -> str:
    """All content but words.yaml, and the templates of the web pages and reports."""
    files = [p for p in shipped_folder().rglob("*.yaml") if p.name != "words.yaml"]
    files += [p for p in SOURCE.rglob("*") if p.suffix in (".html", ".j2", ".jinja", ".js", ".txt")]
    return "\n".join(p.read_text(encoding="utf-8") for p in files)


def used(name: str) -> bool:
    constants, patterns = said_in_code()
    return (
        name in constants
        or any(p.fullmatch(name) for p in patterns)
        or bool(re.search(rf"\b{name}\b", said_in_content()))
    )


@pytest.mark.parametrize("group", ["phrases", "headings"])
def test_every_fixed_sentence_is_used(group: str) -> None:
    assert [name for name in getattr(BOOK.words, group) if not used(name)] == []


def test_the_fixed_sentences_rest_on_a_named_and_dated_judgement() -> None:
    judgement = BOOK.judgements[BOOK.words.judgement]
    assert judgement.by.strip()
    assert judgement.date <= TODAY


def test_every_level_has_its_words_once() -> None:
    assert sorted(w.level for w in BOOK.words.levels) == sorted(LEVELS)
    assert all(w.title and w.do and w.clinical for w in BOOK.words.levels)


def test_words_for_weights_reach_down_to_nothing() -> None:
    from_ = [w.decibans for w in BOOK.words.weights]
    assert from_ == sorted(from_, reverse=True)
    assert from_[-1] == 0


def test_no_spelling_of_a_unit_means_two_things() -> None:
    meanings: dict[str, set[str]] = {}
    for unit in BOOK.words.units:
        for spelling in {unit.ucum, unit.shown, *unit.also} - {""}:
            meanings.setdefault(spelling, set()).add(unit.ucum)
    assert {s: u for s, u in meanings.items() if len(u) > 1} == {}


def test_every_unit_of_a_finding_and_of_a_test_can_be_written() -> None:
    known = {spelling for u in BOOK.words.units for spelling in (u.ucum, u.shown, *u.also)}
    of_findings = {f.unit for f in BOOK.findings.values() if f.unit}
    of_results = {u for t in BOOK.tests.values() if t.called for u in t.units}
    assert sorted(of_findings - known) == []
    assert sorted(u for u in of_results - known if u not in ("10*9/L",)) == []


def test_emergency_numbers_name_each_country_once() -> None:
    countries = [c for n in BOOK.words.emergency_numbers for c in n.countries]
    assert len(countries) == len(set(countries))
    assert all(re.fullmatch(r"[A-Z]{2}", c) for c in countries)
    assert all(re.fullmatch(r"\d{3}", n.number) for n in BOOK.words.emergency_numbers)
