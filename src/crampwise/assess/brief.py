"""The heart of an assessment in a few kilobytes, for programs that ask often."""

from dataclasses import dataclass
from datetime import date
from typing import Literal

from crampwise.assess.assessment import Ask, Assessment, Flag, MedicineFound, Statement, Urgency
from crampwise.book.schema.common import Level


@dataclass(frozen=True)
class OpenFlag:
    """A red flag that the answers do not settle."""

    id: str
    level: Level


@dataclass(frozen=True)
class BriefCause:
    """A condition in the ranking: its probability, and the limits between which it lies in nine of ten draws."""

    id: str
    name: str
    clinical: str
    urgency: Level
    wording: str
    probability: float
    low: float
    high: float


@dataclass(frozen=True)
class BriefOffer:
    """An action or stretch; anything but `offered` must not be offered."""

    id: str
    title: str
    horizon: str
    status: Literal["offered", "ask_first", "withheld", "information"]


@dataclass(frozen=True)
class Brief:
    """What the book says about one person's answers, in brief.

    Attributes:
        urgency: use both ends. fired: red flags, the emergencies first. open: red flags that are not settled.
        tests: ids of tests to talk about. not_examined: findings that were set aside to rule a flag out.
    """

    book_version: str
    book_digest: str
    date: date
    urgency: Urgency
    fired: tuple[Flag, ...]
    open: tuple[OpenFlag, ...]
    ruled_out: tuple[str, ...]
    not_examined: tuple[str, ...]
    causes: tuple[BriefCause, ...]
    medicines: tuple[MedicineFound, ...]
    tests: tuple[str, ...]
    plan: tuple[BriefOffer, ...]
    never: tuple[Statement, ...]
    next_questions: tuple[Ask, ...]


def brief(result: Assessment) -> Brief:
    """Take the heart out of an assessment."""
    return Brief(
        book_version=result.book_version,
        book_digest=result.book_digest,
        date=result.date,
        urgency=result.urgency,
        fired=result.fired,
        open=tuple(
            OpenFlag(f.id, f.level) for f in result.open
        ),
        ruled_out=tuple(f.id for f in result.ruled_out),
        not_examined=tuple(sorted({f for flag in result.ruled_out for f in flag.not_examined})),
        causes=tuple(
            BriefCause(
                c.id, c.name, c.clinical, c.urgency, c.wording, round(c.probability, 6), round(c.low, 6),
                round(c.high, 6),
            )
            for c in result.causes
        ),
        medicines=result.medicines,
        tests=tuple(t.id for t in result.tests),
        plan=tuple(
            BriefOffer(o.id, o.title, o.horizon, o.status)
            for o in (*result.stretches, *result.plan)
        ),
        never=result.never,
        next_questions=result.next_questions,
    )  # fmt: skip
