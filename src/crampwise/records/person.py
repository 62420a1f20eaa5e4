"""One person's record, resource by resource: each becomes statements, or says why it does not."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

from crampwise.book.book import Book
from crampwise.book.schema.records import RecordKind
from crampwise.logic.answers import Value
from crampwise.records.account import Measured, Origin, Outcome, Taken
from crampwise.records.fhir import Coded, Day, Resource, entered_in_error, named, reference_of, when
from crampwise.records.mapping import Found, Reading, RecordMap, record_map

Resolve = Callable[[str], Resource | None]
"""From a reference to the resource that it means, if that is at hand."""


class Statement(NamedTuple):
    """One answer that one resource gives."""

    finding: str
    value: Value
    origin: Origin
    trace: "Trace"


@dataclass(slots=True)
class Trace:
    """What becomes of one resource while it is read.

    Attributes:
        used: whether anything of it stands; settled at the end for what it states.
        problems: why something of it could not be read. remarks: what is odd.
        idle: why it is not relevant.
    """

    of: Resource
    used: bool = False
    problems: list[str] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)
    idle: str = ""

    @property
    def resource(self) -> str:
        """The reference of the resource."""
        return reference_of(self.of)

    def outcome(self) -> Outcome:
        """Sum up."""
        kind = str(self.of.get("resourceType"))
        told = (*self.problems, *self.remarks)
        if self.used or self.problems:
            called = named(self.of.get("code") or self.of.get("medicationCodeableConcept")) if told else ""
            return Outcome(self.resource, kind, "used" if self.used else "reported", told, called)
        return Outcome(self.resource, kind, "not_relevant", (self.idle, *self.remarks) if self.idle else ())


class Candidate(NamedTuple):
    """A part of an observation that may be the newest of its kind: the code read, its readings, the part, its date."""

    code: Coded
    readings: Found
    part: Resource
    day: Day | None
    trace: Trace


@dataclass
class Person:
    """What was found so far.

    Attributes:
        map: how codes are read. as_of: the day for which the record is read. resolve: finds what is referred to.
        traces: one for each resource. statements: answers by resources. candidates: observations, by what they are of.
        taken: medicines in use. measured: newest results. remarks: what concerns the whole person.
    """

    book: Book
    as_of: date
    resolve: Resolve
    map: RecordMap = field(init=False)
    traces: list[Trace | Outcome] = field(default_factory=list)
    statements: list[Statement] = field(default_factory=list)
    candidates: dict[str, list[Candidate]] = field(default_factory=dict)
    taken: list[Taken] = field(default_factory=list)
    measured: list[Measured] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.map = record_map(self.book)

    def trace(self, resource: Resource) -> Trace:
        """Begin the trace of a resource."""
        trace = Trace(resource)
        self.traces.append(trace)
        return trace

    def idle(self, resource: Resource, reason: str) -> None:
        """Note a resource that is not relevant."""
        self.traces.append(
            Outcome(reference_of(resource), str(resource.get("resourceType")), "not_relevant", (reason,))
        )

    def readings(self, kind: RecordKind, codes: Iterable[Coded]) -> list[tuple[Coded, Reading]]:
        """Give how the codes are read, each with the code it was found by."""
        return [(c, r) for c in codes if c.system for r in self.map.find(kind, c.system, c.code)]

    def age_of(self, day: Day | None) -> int | None:
        """Give how many days ago something was; a date without its day counts as old as it can be."""
        return None if day is None else (self.as_of - day.first).days

    def origin(self, trace: Trace, code: Coded, day: Day | None, reading: Reading, how: str = "") -> Origin:
        """Say where an answer comes from."""
        name = f"{code.system}|{code.code}" if code.system else code.code
        return Origin(trace.resource, name, code.text, day.text if day else "", self.age_of(day), reading.entry, how)

    def state(self, reading: Reading, trace: Trace, code: Coded, day: Day | None) -> None:
        """Take the answers that a code gives, if it is recent enough."""
        too_old = self.too_old(reading, day)
        if too_old:
            trace.problems.append(too_old)
            return
        origin = self.origin(trace, code, day, reading)
        self.statements += [Statement(finding, value, origin, trace) for finding, value in reading.says.items()]

    def too_old(self, reading: Reading, day: Day | None) -> str:
        """Say why something is too old to count, or "" when it counts."""
        if reading.days is None:
            return ""
        if day is None:
            return "it has no date, so its age cannot be told"
        age = (self.as_of - day.first).days
        return f"out of date ({age} days old; the limit is {reading.days})" if age > reading.days else ""

    def refused(self, resource: Resource, trace: Trace, *dates: str) -> bool:
        """Whether a resource cannot count at all: it was entered in error, or is dated after the day it is read for.

        Raises:
            Unreadable: one of its dates is none.
        """
        if entered_in_error(resource):
            trace.problems.append("it says itself that it was entered in error")
            return True
        days = [when(resource, key) for key in dates]
        later = [day.text for day in days if day is not None and day.first > self.as_of]
        if later:
            trace.problems.append(f"it is dated {later[0]}, after {self.as_of}")
        return bool(later)
