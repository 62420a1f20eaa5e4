"""The result of an assessment. Every sentence in it is a Statement with at least one citation."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Literal

from crampwise.book.schema.common import Level
from crampwise.book.schema.findings import AnsweredBy


@dataclass(frozen=True)
class Cite:
    """Where a statement comes from: a claim, a source, or a dated judgement, by id."""

    kind: Literal["claim", "source", "judgement"]
    id: str


@dataclass(frozen=True)
class Statement:
    """A sentence or two that the reader sees, and what it rests on. `about` is the entry of the book that says it."""

    text: str
    about: str
    cites: tuple[Cite, ...]


@dataclass(frozen=True)
class Reason:
    """An answer that led to a result: finding, its label, and the answer in words."""

    finding: str
    label: str
    answer: str


@dataclass(frozen=True)
class Ask:
    """A question that is still open: its finding, the words, and who can answer it."""

    finding: str
    ask: str
    answered_by: AnsweredBy


@dataclass(frozen=True)
class Flag:
    """A red flag that fired or is still open.

    Attributes:
        because: why it matters. do, never: what to do and what not. reasons: the answers that settled it.
        open_questions: answers that could still settle it; empty when it fired.
    """

    id: str
    level: Level
    title: str
    because: Statement
    do: tuple[Statement, ...]
    never: tuple[Statement, ...]
    clinical: Statement
    reasons: tuple[Reason, ...] = ()
    open_questions: tuple[Ask, ...] = ()
    out_of_scope: bool = False


@dataclass(frozen=True)
class RuledOut:
    """A red flag that is false. `not_examined`: findings of an examination or test that were set aside for that."""

    id: str
    level: Level
    title: str
    not_examined: tuple[str, ...] = ()


@dataclass(frozen=True)
class Urgency:
    """How urgent it is, as an interval.

    Attributes:
        at_least: what is already certain. at_most: what open answers could still make it.
        settled: the two agree, so nothing more that the person can answer will change it.
        raised_by: likely conditions whose own urgency lies above every fired flag.
        say: what to do, in words; nothing calming while a flag is open.
    """

    at_least: Level
    at_most: Level
    settled: bool
    raised_by: tuple[str, ...]
    say: tuple[Statement, ...]


@dataclass(frozen=True)
class EvidenceItem:
    """What one answer says for (positive decibans) or against a condition."""

    finding: str
    statement: Statement
    decibans: float
    word: str


@dataclass(frozen=True)
class Cause:
    """A condition in the ranking.

    Attributes:
        probability: that it explains the complaint, alone or with another.
        low, high: limits between which the probability lies in nine of ten draws of the book's uncertain numbers.
        rank_kept: share of the draws in which it has the same place in the ranking.
        wording: likely, possible, unlikely, must_not_miss, told from `low` and `high` as the book says.
        apart_from: conditions from which it cannot be told apart: their order changes with the draws.
        together: the condition it most likely goes together with, when that is likelier than it alone.
        not_known: open findings that would tell most about it.
    """

    id: str
    name: str
    clinical: str
    kind: str
    urgency: Level
    probability: float
    low: float
    high: float
    rank_kept: float
    wording: str
    apart_from: tuple[str, ...]
    together: str | None
    what: Statement
    clues: Statement
    next: Statement
    for_: tuple[EvidenceItem, ...]
    against: tuple[EvidenceItem, ...]
    not_known: tuple[Ask, ...]
    named_by: tuple[Statement, ...]


@dataclass(frozen=True)
class MedicineFound:
    """A medicine name that was handed in and what the book says of it."""

    said: str
    ingredients: tuple[str, ...]
    statements: tuple[Statement, ...]
    may_cause: bool
    suggestion: str | None = None


@dataclass(frozen=True)
class LabReading:
    """A result read against its interval.

    Attributes:
        value, unit: as handed in. canonical, canonical_unit: as the rules read it.
        low, high: the interval used; own_interval says that the report printed it.
    """

    test: str
    name: str
    value: str
    unit: str
    canonical: str
    canonical_unit: str
    low: str | None
    high: str | None
    own_interval: bool
    status: Literal["low", "normal", "high", "no_interval", "not_recognised"]
    band: str | None
    date: str | None
    meaning: tuple[Statement, ...]


@dataclass(frozen=True)
class Outcome:
    """What one result of a proposed test would do to one condition's probability."""

    test: str
    result: str
    condition: str
    before: float
    after: float


@dataclass(frozen=True)
class TestProposal:
    """A test to talk about with a clinician: why it is proposed, and what low and high would mean."""

    id: str
    name: str
    why: Statement
    how: Statement
    low_means: Statement
    high_means: Statement
    because: tuple[Reason, ...]
    timing: Statement | None = None


@dataclass(frozen=True)
class ExamProposal:
    """An examination step that would answer open findings."""

    id: str
    name: str
    why: Statement
    how: Statement
    clinical: Statement
    findings: tuple[str, ...]


Status = Literal["offered", "ask_first", "withheld", "information"]


@dataclass(frozen=True)
class Offer:
    """An action or stretch, and whether this person may have it.

    Attributes:
        status: offered; ask_first (a reason against it may hold, `asks` must be answered first); withheld; information
            (decided on by a clinician, or not recommended: told, never offered).
        not_examined: findings of an examination or test that were set aside for a person on their own.
    """

    id: str
    title: str
    kind: str
    horizon: str
    verdict: str
    status: Status
    say: tuple[Statement, ...]
    works: Statement | None
    cautions: tuple[Statement, ...]
    asks: tuple[Ask, ...]
    why_not: tuple[Statement, ...]
    not_examined: tuple[str, ...]


@dataclass(frozen=True)
class OtherAnswer:
    """An answer that differs from what is known: its finding, the question, and the answer in words."""

    finding: str
    ask: str
    answer: str


ChangeKind = Literal["raises_urgency", "lowers_urgency", "swaps_first_cause"]


@dataclass(frozen=True)
class Change:
    """A smallest change of answers and what it would do.

    Attributes:
        kind: raises_urgency, lowers_urgency or swaps_first_cause.
        answers: the one answer that differs, or two of which neither alone would do it.
        to: the level or the condition that would result.
    """

    kind: ChangeKind
    answers: tuple[OtherAnswer, ...]
    to: str


@dataclass(frozen=True)
class Confirm:
    """An answer that is unusual beside another; taken as given, to be checked with the person."""

    finding: str
    statement: Statement


@dataclass(frozen=True)
class Assessment:
    """What the book says about one person's answers on one day.

    `changes` and `outcomes`, which try many other answers, are worked out when they are first read.
    """

    book_version: str
    book_digest: str
    date: date
    urgency: Urgency
    emergencies: tuple[Flag, ...]
    fired: tuple[Flag, ...]
    open: tuple[Flag, ...]
    ruled_out: tuple[RuledOut, ...]
    causes: tuple[Cause, ...]
    medicines: tuple[MedicineFound, ...]
    combinations: tuple[Statement, ...]
    labs: tuple[LabReading, ...]
    tests: tuple[TestProposal, ...]
    no_tests: Statement | None
    examination: tuple[ExamProposal, ...]
    plan: tuple[Offer, ...]
    stretches: tuple[Offer, ...]
    never: tuple[Statement, ...]
    disagreements: tuple[Statement, ...]
    corrections: tuple[Statement, ...]
    confirm: tuple[Confirm, ...]
    next_questions: tuple[Ask, ...]
    safety_net: tuple[Statement, ...]
    notices: tuple[Statement, ...]
    find_changes: Callable[[], tuple[Change, ...]] = field(repr=False, compare=False)
    find_outcomes: Callable[[], tuple[Outcome, ...]] = field(repr=False, compare=False)

    @cached_property
    def changes(self) -> tuple[Change, ...]:
        """Answers, one or two, that would raise or lower the urgency, or put another cause first."""
        return self.find_changes()

    @cached_property
    def outcomes(self) -> tuple[Outcome, ...]:
        """What each result of each proposed test would do to the conditions it bears on most."""
        return self.find_outcomes()
