"""Results of tests: converted, read against an interval, and turned into answers."""

from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import lru_cache
from operator import ge, gt, le, lt
from typing import Literal

from crampwise.assess.assessment import LabReading, Statement
from crampwise.assess.engine import Engine
from crampwise.assess.intake import LabEntry
from crampwise.assess.units import UnitError, convert, ucum_of
from crampwise.book.book import Book
from crampwise.book.rules import did_you_mean
from crampwise.book.schema.workup import Cutoff, Interval, Test
from crampwise.logic.answers import Answers
from crampwise.logic.errors import Problem
from crampwise.logic.findings import Number

Limits = tuple[Decimal | None, Decimal | None]
LabStatus = Literal["low", "normal", "high", "no_interval", "not_recognised"]


@dataclass(frozen=True)
class Result:
    """A lab entry matched to its test: `value` is in `unit`, the unit that rules or intervals use."""

    entry: LabEntry
    test: Test
    finding: str | None
    value: Decimal
    unit: str
    low: Decimal | None
    high: Decimal | None


@lru_cache(maxsize=4)
def test_names(book: Book) -> Mapping[str, tuple[str, str | None]]:
    """Every name under which a result may come, in lower case: test id, and the finding that it fills."""
    found: dict[str, tuple[str, str | None]] = {}
    for test in book.tests.values():
        only = test.results[0] if len(test.results) == 1 else None
        found[test.id] = found[test.name.lower()] = (test.id, only)
        for finding in test.results:
            found[finding] = (test.id, finding)
        for loinc in test.loinc:
            found[loinc.code] = (test.id, loinc.finding or next(iter((test.called or {}).values()), only))
        for name, finding_id in (test.called or {}).items():
            found[name] = (test.id, finding_id)
    return found


def match_results(book: Book, entries: Iterable[LabEntry], problems: list[Problem]) -> list[Result]:
    """Match each entry to a test and convert it.

    What cannot be read is reported as a problem; a test that the book does not hold is left to `unknown_results`.
    """
    results = []
    for entry in entries:
        name = entry.test.lower()
        found = test_names(book).get(name)
        if found is None:
            near = did_you_mean(name, test_names(book))
            if near:
                problems.append(Problem(entry.where, f"there is no test called {entry.test!r}.", near))
            continue
        test, finding_id = book.tests[found[0]], found[1]
        finding = book.catalogue.get(finding_id) if finding_id else None
        target = finding.unit if isinstance(finding, Number) else (test.reference[0].unit if test.reference else "")
        unit = ucum_of(entry.unit, book.words.units)
        try:
            numbers = [
                None if v is None else convert(v, unit, target, test.conversions, name)
                for v in (entry.value, entry.low, entry.high)
            ]
        except UnitError as error:
            problems.append(Problem(entry.where, f"{entry.test}: {error}.", "Give the unit that the report prints."))
            continue
        value = numbers[0]
        if value is None:
            continue
        if isinstance(finding, Number) and not finding.low <= value <= finding.high:
            limits = f"between {finding.low} and {finding.high} {finding.unit}"
            said = f"{entry.value} {entry.unit}"
            problems.append(
                Problem(entry.where, f"{entry.test} must lie {limits}, not {said}.", "Check number and unit.")
            )
            continue
        results.append(Result(entry, test, finding.id if finding else None, value, target, numbers[1], numbers[2]))
    return results


def unknown_results(engine: Engine, entries: Iterable[LabEntry]) -> list[LabReading]:
    """Keep in sight the results of tests that the book does not hold; nothing is read from them."""
    return [
        LabReading(
            test="", name=e.test, value=str(e.value), unit=e.unit, canonical="", canonical_unit="", low=_text(e.low),
            high=_text(e.high), own_interval=e.low is not None or e.high is not None, status="not_recognised",
            band=None, date=e.date.isoformat() if e.date else None, meaning=(engine.phrase("test_not_recognised"),),
        )
        for e in entries
        if e.test.lower() not in test_names(engine.book)
    ]  # fmt: skip


def latest(results: Iterable[Result], problems: list[Problem]) -> dict[str, Result]:
    """For each finding the newest result; different ones of which one has no date are reported, not guessed between."""
    newest: dict[str, Result] = {}
    for result in results:
        if result.finding is None:
            continue
        old = newest.get(result.finding)
        if old is None or old.value == result.value:
            newest[result.finding] = result
        elif old.entry.date is None or result.entry.date is None:
            what = f"{result.entry.test} is given twice with different values, and not both have a date."
            problems.append(Problem(result.entry.where, what, "Add the dates, or keep the newest."))
        elif result.entry.date >= old.entry.date:
            newest[result.finding] = result
    return newest


def not_yet(entries: Iterable[LabEntry], today: date) -> list[Problem]:
    """Give a problem for each result dated after today: it would win over all others as the newest."""
    return [
        Problem(e.where, f"{e.test} is dated {e.date}, after today ({today}).", "Correct the date.")
        for e in entries
        if e.date is not None and e.date > today
    ]


@dataclass(frozen=True)
class Whose:
    """For whom a result is read: sex if known, and whether adult intervals hold."""

    sex: str | None
    adult: bool


def whose(book: Book, answers: Answers) -> Whose:
    """Say for whom results are to be read; without an age, for an adult."""
    sex, age = answers.get("sex_at_birth"), answers.get("age_years")
    adult = not isinstance(age, Decimal) or age >= book.info.adult_from_years
    return Whose(str(sex) if sex is not None else None, adult)


def intervals_for(test: Test, finding: str | None, person: Whose) -> list[Interval]:
    """Give the reference intervals that fit a result and a person: those of their sex, or else those for all adults.

    While the sex is not known, the intervals of both sexes are given. None fits a child: all are made for adults.
    """
    if not person.adult:
        return []
    fitting = [i for i in test.reference if i.finding in (None, finding)]
    sexed = [i for i in fitting if i.group.split("_")[0] in ("male", "female")]
    own = [i for i in sexed if person.sex in (None, i.group.split("_")[0])]
    return own or [i for i in fitting if i not in sexed][:1]


def read_result(engine: Engine, result: Result, person: Whose) -> LabReading:
    """Read one result against the report's own interval, or else the book's."""
    entry, test = result.entry, result.test
    own = result.low is not None or result.high is not None
    limits = [(result.low, result.high)] if own else limits_of(test, result.finding, result.unit, person)
    low, high = limits[0] if len(limits) == 1 else (None, None)
    return LabReading(
        test=test.id, name=test.name, value=str(entry.value), unit=entry.unit, canonical=_text(result.value) or "",
        canonical_unit=result.unit, low=_text(low), high=_text(high), own_interval=own,
        status=_status(result.value, limits), band=_band(test, result.finding, result.value),
        date=entry.date.isoformat() if entry.date else None, meaning=_meaning(engine, test, result.value, limits),
    )  # fmt: skip


def read_computed(engine: Engine, given: Answers, derived: Mapping[str, str], person: Whose) -> list[LabReading]:
    """Read what was worked out from results (adjusted calcium, eGFR) against its own interval."""
    readings = []
    for test in engine.book.tests.values():
        for finding_id in test.results:
            formula = engine.book.formulas.get(derived.get(finding_id, ""))
            if formula is None:
                continue
            finding, value = engine.book.catalogue[finding_id], given.get(finding_id)
            if not isinstance(finding, Number) or not isinstance(value, Decimal):
                continue
            limits = limits_of(test, finding_id, finding.unit, person)
            if not limits:
                continue
            low, high = limits[0] if len(limits) == 1 else (None, None)
            shown = _text(value) or ""
            readings.append(
                LabReading(
                    test=test.id, name=formula.name, value=shown, unit=finding.unit, canonical=shown,
                    canonical_unit=finding.unit, low=_text(low), high=_text(high), own_interval=False,
                    status=_status(value, limits), band=_band(test, finding_id, value), date=None,
                    meaning=_meaning(engine, test, value, limits),
                )
            )  # fmt: skip
    return readings


def limits_of(test: Test, finding: str | None, unit: str, person: Whose) -> list[Limits]:
    """Give the limits in a result's unit; more than one pair while the sex that decides between them is unknown."""
    found: list[Limits] = []
    for interval in intervals_for(test, finding, person):
        with suppress(UnitError):  # an interval of another quantity of the same test is no use here
            low, high = (
                None if v is None else convert(v, interval.unit, unit, test.conversions)
                for v in (interval.low, interval.high)
            )
            found.append((low, high))
    return found[:1] if person.sex is not None else list(dict.fromkeys(found))


def _meaning(engine: Engine, test: Test, value: Decimal, limits: Sequence[Limits]) -> tuple[Statement, ...]:
    status = _status(value, limits)
    said = [test.low_means] if status == "low" else [test.high_means] if status == "high" else []
    return tuple(engine.say(text, test) for text in (*said, test.disagreement) if text)


def _band(test: Test, finding: str | None, value: Decimal) -> str | None:
    fitting = (c for c in test.cutoffs if c.finding in (None, finding) and _in_band(c, value))
    return next((c.label for c in fitting), None)


def _status(value: Decimal, limits: Sequence[Limits]) -> LabStatus:
    """Low, normal or high where all limits that may hold agree; otherwise there is none to read it by."""
    found = {_against(value, low, high) for low, high in limits if low is not None or high is not None}
    return found.pop() if len(found) == 1 else "no_interval"


def _against(value: Decimal, low: Decimal | None, high: Decimal | None) -> LabStatus:
    if low is not None and value < low:
        return "low"
    return "high" if high is not None and value > high else "normal"


def _in_band(cutoff: Cutoff, value: Decimal) -> bool:
    """Whether a value falls in a named band that is written in the rules' own unit."""
    if cutoff.unit or cutoff.text or cutoff.times_uln:
        return False
    holds = (
        (cutoff.from_, ge), (cutoff.to, le), (cutoff.below, lt), (cutoff.above, gt), (cutoff.at_or_above, ge),
        (cutoff.at_or_below, le),
    )  # fmt: skip
    stated = [compare(value, limit) for limit, compare in holds if limit is not None]
    return bool(stated) and all(stated)


def _text(value: Decimal | None) -> str | None:
    return None if value is None else f"{value.normalize():f}"
