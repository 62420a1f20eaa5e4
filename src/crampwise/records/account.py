"""What comes of reading a record: answers with their origins, and what became of every resource."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal

from crampwise.assess.intake import LabEntry
from crampwise.logic.answers import Value

Pile = Literal["used", "not_relevant", "reported"]
PILES: tuple[Pile, ...] = ("used", "not_relevant", "reported")
"""used: it answers something. not_relevant: it was understood, and the book asks nothing about it.
reported: it might have answered something, and could not; the reasons say why."""


@dataclass(frozen=True, slots=True)
class Origin:
    """Where an answer comes from.

    Attributes:
        resource: its reference, such as Observation/17. code: the code that was read, as `system|code`, or "".
        text: what the record calls it. date: as the record writes it, or "". age_days: how old that is, if known.
        entry: the record entry of the book by which it was read. how: how a medicine was recognised, else "".
    """

    resource: str
    code: str
    text: str
    date: str
    age_days: int | None
    entry: str
    how: str = ""


@dataclass(frozen=True, slots=True)
class Answered:
    """An answer to one finding, in the finding's own unit, with everything in the record that gives it."""

    finding: str
    value: Value
    origins: tuple[Origin, ...]


@dataclass(frozen=True, slots=True)
class Taken:
    """A medicine marked as in use: the name to hand on, its ingredients if recognised, the findings that are yes."""

    name: str
    ingredients: tuple[str, ...]
    findings: tuple[str, ...]
    origin: Origin


@dataclass(frozen=True, slots=True)
class Measured:
    """The newest result of one test, as reported; `value` is in the unit of `finding`, if the test fills one."""

    entry: LabEntry
    finding: str | None
    value: Decimal
    unit: str
    origin: Origin


@dataclass(frozen=True, slots=True)
class Clash:
    """Things in the record that cannot all be so; none of them is read as an answer."""

    about: str
    told: tuple[Answered, ...]
    reason: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one resource: its pile, and why. A used resource may carry remarks on what is odd in it.

    `called` is what the record calls it, where there is something to tell of it, else "".
    """

    resource: str
    kind: str
    pile: Pile
    reasons: tuple[str, ...] = ()
    called: str = ""


@dataclass(frozen=True)
class PersonRead:
    """One person's record, read.

    Attributes:
        patient: id of the Patient resource, "" if there is none. as_of: the day for which it was read.
        remarks: what concerns the whole person, such as that they have died.
        answers: by finding. medicines, results: for the answers file. clashes: what contradicts itself.
        outcomes: one for each resource that was handed in, in that order.
    """

    patient: str
    as_of: date
    remarks: tuple[str, ...]
    answers: Mapping[str, Answered]
    medicines: tuple[Taken, ...]
    results: tuple[Measured, ...]
    clashes: tuple[Clash, ...]
    outcomes: tuple[Outcome, ...]


def tally(outcomes: tuple[Outcome, ...]) -> dict[str, dict[Pile, int]]:
    """Count outcomes by kind of resource and pile."""
    counts: dict[str, dict[Pile, int]] = {}
    for outcome in outcomes:
        row = counts.setdefault(outcome.kind, dict.fromkeys(PILES, 0))
        row[outcome.pile] += 1
    return dict(sorted(counts.items()))
