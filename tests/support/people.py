"""People for tests: written as YAML, as red flag examples, or as the cases of tests/acceptance."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path
from textwrap import dedent

from crampwise.assess.assess import assess
from crampwise.assess.assessment import Assessment
from crampwise.assess.evaluation import CASE_KEYS
from crampwise.assess.intake import Intake, read_intake
from crampwise.book.book import Book
from crampwise.book.compile import open_book
from crampwise.book.schema.common import Scalar
from crampwise.book.tree import read_yaml
from crampwise.logic.answers import Answers, Value
from crampwise.logic.errors import InputError, Problem
from crampwise.logic.findings import Number, YesNo

TODAY = date(2026, 11, 21)
CASES = Path(__file__).parents[1] / "acceptance" / "cases"


@cache
def shipped() -> Book:
    return open_book()


def intake(book: Book, text: str, extra_keys: tuple[str, ...] = ()) -> Intake:
    """Read an answers document; every problem in it is raised."""
    problems: list[Problem] = []
    tree = read_yaml(dedent(text), "me.yaml", problems)
    if problems or tree is None:
        raise InputError(problems)
    return read_intake(book, tree, extra_keys)


def person(book: Book, text: str) -> Assessment:
    return assess(book, intake(book, text), TODAY)


def values_of(book: Book, example: Mapping[str, Scalar]) -> dict[str, Value]:
    """Turn the answers of an example (yes, no, an option, a number in the finding's own unit) into values."""
    found: dict[str, Value] = {}
    for id_, answer in example.items():
        finding = book.catalogue[id_]
        if isinstance(finding, YesNo):
            found[id_] = {"yes": True, "no": False}[str(answer)]
        elif isinstance(finding, Number):
            number, _, unit = str(answer).partition(" ")
            assert unit in ("", finding.unit), f"{id_}: {answer}"
            found[id_] = Decimal(number)
        else:
            found[id_] = str(answer)
    return found


def told(book: Book, values: Mapping[str, Value]) -> Assessment:
    """Assess someone of whom only these answers are known."""
    return assess(book, Intake(Answers(values)), TODAY)


@cache
def cases() -> dict[str, Intake]:
    """The intakes of all acceptance cases by id."""
    book = shipped()
    return {
        path.stem: intake(book, path.read_text(encoding="utf-8"), CASE_KEYS) for path in sorted(CASES.glob("*.yaml"))
    }
