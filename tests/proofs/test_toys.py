"""Each property is broken by a small book, and the person who shows it can be assessed."""

from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner

from crampwise.edges.cli.main import cli
from crampwise.logic.errors import Exit
from crampwise.safety.properties import PROPERTIES
from crampwise.safety.prove import prove
from crampwise.safety.replay import read
from tests.proofs.toys import TOYS, Toy

BY_ID = {p.id: p for p in PROPERTIES}
LOADABLE = [t for t in TOYS if t.twist is None]


def names(toys: list[Toy] | tuple[Toy, ...]) -> list[str]:
    return [t.breaks.replace("/", "-") for t in toys]


def test_every_property_has_a_book_that_breaks_it() -> None:
    assert {t.property for t in TOYS} | {"N1"} == set(BY_ID)


@pytest.mark.parametrize("toy", TOYS, ids=names(TOYS))
def test_a_book_that_breaks_a_property_is_caught_with_a_person_who_shows_it(toy: Toy) -> None:
    book = toy.book()
    (outcome,) = prove(book, [BY_ID[toy.property]])
    assert outcome.status == "failed"
    example = next(e for e in outcome.examples if e.obligation.startswith(toy.breaks))
    assert toy.shows(read(book, example.text)), example


@pytest.mark.parametrize("toy", LOADABLE, ids=names(LOADABLE))
def test_the_command_fails_and_writes_answers_that_assess_opens(toy: Toy, tmp_path: Path) -> None:
    folder, out = tmp_path / "book", tmp_path / "certificates"
    for file in toy.files:
        path = folder / file.name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(file.data)
    arguments = ["prove", "--property", toy.property, "--book", str(folder), "--certificates", str(out)]
    done = CliRunner().invoke(cli, arguments)
    assert done.exit_code == Exit.FOUND_WANTING, done.output
    assert "failed" in done.stdout and "1 failed of 1" in done.stdout
    people = sorted(out.glob("*counterexample*.yaml"))
    assert people
    for path in people:
        assert isinstance(yaml.safe_load(path.read_text("utf-8")), dict)
        opened = CliRunner().invoke(cli, ["assess", str(path), "--book", str(folder), "--json"])
        assert opened.exit_code == 0, opened.output
