"""Observations: of each thing observed the newest that can be read; older ones are superseded."""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from crampwise.assess.intake import LabEntry
from crampwise.assess.labs import match_results
from crampwise.assess.units import UnitError, convert, ucum_of
from crampwise.logic.errors import Problem
from crampwise.logic.findings import Number
from crampwise.records.account import Answered, Clash, Measured
from crampwise.records.conditions import unread
from crampwise.records.fhir import (
    Amount,
    Coded,
    Resource,
    Unreadable,
    amount_in,
    codes_in,
    day_of,
    maps_in,
    when,
)
from crampwise.records.mapping import Found, Reading
from crampwise.records.person import Candidate, Person, Statement

_FINAL = ("final", "amended", "corrected", "appended")
_DATES = ("effectiveDateTime", "effectivePeriod", "effectiveInstant")
_WEEK = 7


def read_observation(person: Person, resource: Resource) -> None:
    """Read an Observation: keep what the book can read until all are seen."""
    codes = codes_in(resource.get("code"))
    parts = [(codes, resource)]
    components = resource.get("component")
    if components:
        parts += [(codes_in(c.get("code")), c) for c in maps_in(resource, "component")]
    found = [(code, readings, part) for codes_, part in parts for code, readings in _found(person, codes_)]
    if not found:
        _unread(person, resource, codes)
        return
    trace = person.trace(resource)
    if person.refused(resource, trace, *_DATES):
        return
    if resource.get("status") not in _FINAL:
        trace.problems.append(f"it is not final ({resource.get('status')})")
        return
    day = when(resource, *_DATES) or when(resource, "issued")
    for code, readings, part in found:
        person.candidates.setdefault(_slot(readings), []).append(Candidate(code, readings, part, day, trace))


def _found(person: Person, codes: Iterable[Coded]) -> Iterable[tuple[Coded, Found]]:
    """Give the first code that is read, with its readings; a result is often coded twice, in two ways."""
    for code in codes:
        readings = person.map.find("observation", code.system, code.code) if code.system else ()
        if readings:
            yield code, readings
            return


def _unread(person: Person, resource: Resource, codes: list[Coded]) -> None:
    known = [c for c in codes if c.system]
    if known:
        person.idle(resource, f"the book reads nothing from {known[0].code} ({known[0].text})")
    else:
        unread(person.trace(resource), codes, resource)


def _slot(readings: Found) -> str:
    """Name what is observed: everything that reads the same finding competes to be the newest."""
    first = readings[0]
    return first.fills or first.test or " ".join(sorted({f for r in readings for f in r.says}))


def settle_observations(person: Person) -> list[Clash]:
    """Read the newest of each thing observed, and say of the others that they are superseded."""
    clashes = []
    for candidates in person.candidates.values():
        candidates.sort(key=_order, reverse=True)
        clashes += _settle(person, candidates)
    return clashes


def _order(candidate: Candidate) -> tuple[date, str]:
    return (candidate.day.first, candidate.day.text) if candidate.day else (date.min, "")


class _Read(NamedTuple):
    """What one candidate says."""

    statements: tuple[Statement, ...] = ()
    measured: Measured | None = None
    nothing: str = ""

    @property
    def meaning(self) -> tuple[object, ...]:
        """What has to be the same for two candidates to agree."""
        value = () if self.measured is None else (self.measured.value,)
        return (*value, *sorted((s.finding, str(s.value)) for s in self.statements))


def _settle(person: Person, candidates: list[Candidate]) -> list[Clash]:
    """Walk from the newest down to the first that can be read; that one counts, if it is recent enough."""
    for place, candidate in enumerate(candidates):
        read = _try(person, candidate)
        if read is None:
            continue
        rivals = [(c, r) for c in candidates[place + 1 :] if _same_time(candidate, c) and (r := _try(person, c))]
        for older in candidates[place + 1 :]:
            older.trace.idle = f"superseded by {candidate.trace.resource}"
        different = [(c, r) for c, r in rivals if r.meaning != read.meaning]
        if different:
            return [_clash([(candidate, read), *different])]
        _keep(person, candidate, read)
        return []
    return []


def _keep(person: Person, candidate: Candidate, read: _Read) -> None:
    trace = candidate.trace
    if read.nothing:
        trace.idle = read.nothing
        return
    too_old = person.too_old(candidate.readings[0], candidate.day)
    if too_old:
        if too_old not in trace.problems:
            trace.problems.append(too_old)
        return
    person.statements += read.statements
    if read.measured:
        person.measured.append(read.measured)
        trace.used = True


def _same_time(one: Candidate, other: Candidate) -> bool:
    """Whether it cannot be told which of two is newer: same moment, or same day where one gives no time."""
    if one.day is None or other.day is None:
        return one.day is other.day
    if one.day.timed and other.day.timed:
        return one.day.text == other.day.text
    return one.day.first == other.day.first


def _clash(held: list[tuple[Candidate, _Read]]) -> Clash:
    about = _slot(held[0][0].readings)
    reason = f"different values of {about} at the same time; none is read"
    told: list[Answered] = []
    for candidate, read in held:
        candidate.trace.problems.append(reason)
        told += [Answered(s.finding, s.value, (s.origin,)) for s in read.statements]
        if read.measured:
            told.append(Answered(about, read.measured.value, (read.measured.origin,)))
    return Clash(about, tuple(told), reason)


def _try(person: Person, candidate: Candidate) -> _Read | None:
    """Read a candidate, or note why it cannot be read."""
    try:
        return _read(person, candidate)
    except Unreadable as error:
        problem = str(error)
        if problem not in candidate.trace.problems:
            candidate.trace.problems.append(problem)
        return None


def _read(person: Person, candidate: Candidate) -> _Read:
    reading = candidate.readings[0]
    absent = candidate.part.get("dataAbsentReason")
    if absent is not None:
        raise Unreadable(f"it holds no value ({next((c.code for c in codes_in(absent)), 'no reason given')})")
    if reading.values:
        return _coded(person, candidate)
    if reading.due_at is not None:
        return _due(person, candidate, reading, reading.due_at)
    amount = amount_in(candidate.part.get("valueQuantity"), candidate.trace.remarks)
    if reading.test:
        return _Read(measured=_measured(person, candidate, reading, amount))
    finding = person.book.catalogue[str(reading.fills)]
    value = _converted(person, finding, amount)
    origin = person.origin(candidate.trace, candidate.code, candidate.day, reading)
    return _Read((Statement(finding.id, value, origin, candidate.trace),))


def _coded(person: Person, candidate: Candidate) -> _Read:
    """Read a coded value; one that answers nothing still supersedes the older ones."""
    part = candidate.part
    codes = codes_in(part.get("valueCodeableConcept")) or codes_in({"coding": part.get("valueCoding")})
    if not codes:
        raise Unreadable("it holds no coded value")
    held = {(c.system, c.code) for c in codes}
    statements = [
        Statement(finding, value, person.origin(candidate.trace, candidate.code, candidate.day, r), candidate.trace)
        for r in candidate.readings
        if r.values & held
        for finding, value in r.says.items()
    ]
    if statements:
        return _Read(tuple(statements))
    return _Read(nothing=f"its value {codes[0].text or codes[0].code!r} answers no question")


def _due(person: Person, candidate: Candidate, reading: Reading, due_at: Decimal) -> _Read:
    """Count back from a date in the value to the number of weeks today."""
    due = day_of(candidate.part.get("valueDateTime"))
    if due is None:
        raise Unreadable("it holds no date")
    finding = person.book.catalogue[str(reading.fills)]
    weeks = due_at + (person.as_of - due.first).days // _WEEK
    if not isinstance(finding, Number) or not finding.low <= weeks <= finding.high:
        raise Unreadable(f"its date {due.text} does not fit {person.as_of}")
    origin = person.origin(candidate.trace, candidate.code, candidate.day, reading)
    answers = {finding.id: weeks, **reading.says}
    return _Read(tuple(Statement(id_, value, origin, candidate.trace) for id_, value in answers.items()))


def _converted(person: Person, finding: object, amount: Amount) -> Decimal:
    """Convert a number to the unit of the finding that it fills, by the first unit that fits."""
    if not isinstance(finding, Number):
        raise Unreadable("it fills no number")
    reason = ""
    for unit in amount.units:
        try:
            value = convert(amount.value, ucum_of(unit, person.book.words.units), finding.unit)
        except UnitError as error:
            reason = reason or str(error)
            continue
        if finding.low <= value <= finding.high:
            return value
        reason = f"{amount.value} {unit} does not lie between {finding.low} and {finding.high} {finding.unit}"
    raise Unreadable(reason)


def _measured(person: Person, candidate: Candidate, reading: Reading, amount: Amount) -> Measured:
    """Match a result to its test, by the first unit that fits, and keep the report's own interval."""
    book, day = person.book, candidate.day
    reason = ""
    for unit in amount.units:
        low, high = _interval(candidate.part, unit)
        first = day.first if day else None
        entry = LabEntry(candidate.code.code, amount.value, unit, first, low, high, candidate.trace.resource)
        problems: list[Problem] = []
        results = match_results(book, [entry], problems)
        if results:
            origin = person.origin(candidate.trace, candidate.code, day, reading)
            return Measured(entry, results[0].finding, results[0].value, results[0].unit, origin)
        reason = reason or " ".join(p.what for p in problems)
    raise Unreadable(reason or "its value cannot be read")


def _interval(part: Resource, unit: str) -> tuple[Decimal | None, Decimal | None]:
    """Give the report's own limits, if it prints one pair of them, in the unit of the result."""
    ranges = list(maps_in(part, "referenceRange"))
    if len(ranges) != 1:
        return None, None
    limits = []
    for side in ("low", "high"):
        limit = ranges[0].get(side)
        try:
            amount = amount_in(limit, []) if limit is not None else None
        except Unreadable:
            amount = None
        limits.append(amount.value if amount and unit in amount.units else None)
    low, high = limits
    return (None, None) if low is not None and high is not None and low > high else (low, high)
