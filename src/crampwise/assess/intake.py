"""What a person hands in, checked as a whole: every problem at once, nothing computed on a guess."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from crampwise.assess.units import UnitError, convert, ucum_of
from crampwise.book.book import Book
from crampwise.book.rules import did_you_mean
from crampwise.book.tree import Located
from crampwise.logic.answers import Answers, Value, value_problem
from crampwise.logic.errors import InputError, Problem
from crampwise.logic.findings import Choice, Finding, Number, YesNo

_YES, _NO = {"yes", "true", "y"}, {"no", "false", "n"}
_NOT_SURE = {"not_sure", "not sure", "unknown", "unsure"}
_PERSON = {"age": "age_years", "sex": "sex_at_birth", "pregnant": "pregnant"}
_KEYS = ("person", "answers", "medicines", "labs")
_LAB_KEYS = ("test", "value", "unit", "date", "low", "high")


@dataclass(frozen=True)
class LabEntry:
    """A result as handed in; low and high are the report's own interval, in the same unit."""

    test: str
    value: Decimal
    unit: str
    date: date | None
    low: Decimal | None
    high: Decimal | None
    where: str


@dataclass(frozen=True)
class Intake:
    """What is known of one person.

    Attributes:
        answers: given answers, numbers in the finding's own unit.
        medicines: names as typed. labs: results as reported.
        places: where each answer stood, for messages.
    """

    answers: Answers = field(default_factory=Answers)
    medicines: tuple[str, ...] = ()
    labs: tuple[LabEntry, ...] = ()
    places: Mapping[str, str] = field(default_factory=dict)


def read_intake(
    book: Book,
    tree: Located,
    extra_keys: tuple[str, ...] = (),
    also: Callable[[Intake], list[Problem]] | None = None,
) -> Intake:
    """Check and read an answers document.

    Args:
        book: gives the findings.
        tree: the parsed document.
        extra_keys: further top-level keys that are let through unread.
        also: finds further problems in what could be read, so that they are told with the others.

    Raises:
        InputError: with every problem in the document.
    """
    reader = _IntakeReader(book)
    intake = reader.read(tree, extra_keys)
    problems = [*reader.problems, *(also(intake) if also else ())]
    if problems:
        raise InputError(problems)
    return intake


def read_value(book: Book, finding: Finding, tree: Located) -> Value | None:
    """Read one answer; None means not sure.

    Raises:
        ValueError: the answer does not fit the finding; the message says what would.
    """
    text = str(tree.value).strip().lower() if not isinstance(tree.value, (dict, list)) else ""
    if text in _NOT_SURE:
        return None
    value: Value = tree.value
    match finding:
        case YesNo():
            value = True if text in _YES else False if text in _NO else tree.value
        case Choice():
            value = tree.value
        case Number():
            value = _number(book, finding, tree)
    problem = value_problem(finding, value)
    if problem and isinstance(finding, Number):
        problem = f"{problem.removesuffix(finding.unit)}{shown_unit(book, finding.unit)}".rstrip()
    if problem:
        shown = "" if isinstance(tree.value, (dict, list)) else f", not {tree.text or tree.value!r}"
        hint = did_you_mean(str(tree.value), finding.options) if isinstance(finding, Choice) else ""
        raise ValueError(f"{problem}{shown}. {hint}".strip())
    return value


def _number(book: Book, finding: Number, tree: Located) -> Decimal:
    """Read {value, unit}, "3.2 mmol/L", or a bare number (in the finding's own unit, for people's own figures)."""
    text, unit = _quantity(tree)
    number = decimal_of(text)
    if number is None:
        wanted = shown_unit(book, finding.unit)
        raise ValueError(f"needs a number{f' in {wanted}' if wanted else ''}{f', not {text!r}' if text else ''}")
    if unit is None:
        if book.findings[finding.id].answered_by == "lab":
            raise ValueError(f"needs its unit, for example {{value: {text}, unit: {finding.unit}}}")
        return number
    try:
        stated = [c for t in book.tests.values() if finding.id in t.results for c in t.conversions if not c.called]
        return convert(number, ucum_of(unit, book.words.units), finding.unit, stated)
    except UnitError as error:
        raise ValueError(f"has the wrong unit: {error}") from None


def _quantity(tree: Located) -> tuple[str, str | None]:
    """Take a number and its unit apart, as texts."""
    if isinstance(tree.value, dict):
        strange = [k for k in tree.value if k not in ("value", "unit")]
        parts = [tree.value.get(k) for k in ("value", "unit")]
        if strange or parts[0] is None or any(p is not None and isinstance(p.value, (dict, list)) for p in parts):
            raise ValueError("needs {value: number, unit: unit}")
        unit = parts[1].text if parts[1] is not None and parts[1].value is not None else None
        return parts[0].text, unit
    if isinstance(tree.value, list):
        return "", None
    text, _, rest = (tree.text or str(tree.value)).strip().partition(" ")
    return text, rest.strip() or None


def shown_unit(book: Book, ucum: str) -> str:
    """Give a unit as people read it."""
    return next((u.shown for u in book.words.units if u.ucum == ucum), ucum)


def decimal_of(text: str) -> Decimal | None:
    """Read a finite number, with a point or a decimal comma; None if it is not one, or could mean two (1,200)."""
    if re.fullmatch(r"[-+]?[1-9]\d{0,2},\d{3}", text.strip()):
        return None
    try:
        number = Decimal(text.strip().replace(",", ".")) if text.count(",") <= 1 and "_" not in text else None
    except InvalidOperation:
        return None
    return number if number is not None and number.is_finite() and abs(number.adjusted()) < 15 else None


class _IntakeReader:
    def __init__(self, book: Book) -> None:
        self.book = book
        self.problems: list[Problem] = []
        self.values: dict[str, Value] = {}
        self.not_sure: set[str] = set()
        self.places: dict[str, str] = {}

    def read(self, tree: Located, extra_keys: tuple[str, ...]) -> Intake:
        if not isinstance(tree.value, dict):
            self.problem(tree.where, "an answers file must be a map.", f"Its keys are {', '.join(_KEYS)}.")
            return Intake()
        known = (*_KEYS, *extra_keys)
        for key, child in tree.value.items():
            if key not in known:
                self.problem(child.where, f"{key!r} is not a key of an answers file.", did_you_mean(key, known))
        self._person(tree.value.get("person"))
        for key, child in self._map(tree.value.get("answers"), "answers"):
            self._answer(key, key, child)
        medicines = tuple(self._medicines(tree.value.get("medicines")))
        labs = tuple(self._labs(tree.value.get("labs")))
        return Intake(Answers(self.values, frozenset(self.not_sure)), medicines, labs, self.places)

    def _person(self, tree: Located | None) -> None:
        for key, child in self._map(tree, "person"):
            if key not in _PERSON:
                self.problem(child.where, f"{key!r} is not a key of person.", did_you_mean(key, _PERSON))
            elif child.value is not None:
                self._answer(_PERSON[key], f"person.{key}", child)

    def _answer(self, id_: str, shown: str, tree: Located) -> None:
        finding = self.book.catalogue.get(id_)
        if finding is None:
            remedy = did_you_mean(id_, self.book.catalogue) or "`crampwise book search WORDS` finds the right name."
            self.problem(tree.where, f"there is no finding called {id_!r}.", remedy)
            return
        try:
            value = read_value(self.book, finding, tree)
        except ValueError as error:
            message = str(error)
            self.problem(tree.where, f"{shown} {message}{'' if message.endswith(('?', '.')) else '.'}")
            return
        if id_ in self.places and (self.values.get(id_) != value):
            self.problem(tree.where, f"{id_} is answered here and, differently, at {self.places[id_]}.", "Keep one.")
            return
        self.places[id_] = tree.where
        if value is None:
            self.not_sure.add(id_)
        else:
            self.values[id_] = value

    def _medicines(self, tree: Located | None) -> Iterator[str]:
        for child in self._list(tree, "medicines"):
            if isinstance(child.value, str) and child.value.strip():
                if len(child.value) > 200 or not child.value.isprintable():
                    self.problem(child.where, "a medicine name has at most 200 characters, all of them visible.")
                yield child.value.strip()
            else:
                self.problem(child.where, "a medicine is a name in words.", "Put numbers in quotes.")

    def _labs(self, tree: Located | None) -> Iterator[LabEntry]:
        for child in self._list(tree, "labs"):
            entry = self._lab(child)
            if entry is not None:
                yield entry

    def _lab(self, tree: Located) -> LabEntry | None:
        if not isinstance(tree.value, dict):
            self.problem(tree.where, "a lab result is a map.", "Write {test: potassium, value: 3.1, unit: mmol/L}.")
            return None
        for key, child in tree.value.items():
            if key not in _LAB_KEYS:
                self.problem(child.where, f"{key!r} is not a key of a lab result.", did_you_mean(key, _LAB_KEYS))
        plain = {k for k, child in tree.value.items() if isinstance(child.value, (str, int, float))}
        missing = [k for k in ("test", "value", "unit") if k not in plain]
        if missing:
            self.problem(tree.where, f"the lab result has no {' and no '.join(missing)}.")
            return None
        numbers = {k: self._field(tree.value.get(k), decimal_of, "a number") for k in ("value", "low", "high")}
        day = self._field(tree.value.get("date"), _date, "a date such as 2026-11-21")
        value, low, high = numbers["value"], numbers["low"], numbers["high"]
        if low is not None and high is not None and low > high:
            self.problem(tree.where, f"low ({low}) is above high ({high}).", "Swap them.")
        if value is None:
            return None
        return LabEntry(
            tree.value["test"].text.strip(), value, tree.value["unit"].text.strip(), day, low, high, tree.where
        )

    def _field(self, tree: Located | None, read: Callable[[str], Any], wanted: str) -> Any:
        if tree is None or tree.value is None:
            return None
        found = read(tree.text)
        if found is None:
            self.problem(tree.where, f"needs {wanted}, not {tree.text!r}.")
        return found

    def _map(self, tree: Located | None, name: str) -> list[tuple[str, Located]]:
        if tree is None or tree.value is None:
            return []
        if not isinstance(tree.value, dict):
            self.problem(tree.where, f"{name} must be a map.")
            return []
        return list(tree.value.items())

    def _list(self, tree: Located | None, name: str) -> list[Located]:
        if tree is None or tree.value is None:
            return []
        if not isinstance(tree.value, list):
            self.problem(tree.where, f"{name} must be a list.")
            return []
        return list(tree.value)

    def problem(self, where: str, what: str, remedy: str = "") -> None:
        self.problems.append(Problem(where, what, remedy))


def _date(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
