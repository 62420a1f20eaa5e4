"""Findings with their questions, terms, the emergency screen."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from crampwise.book.schema.common import Basis, Entry, FindingId, Level, RedFlagId, SourceId, StratumId
from crampwise.logic.rules import Rule

AnsweredBy = Literal["patient", "clinician", "lab"]
AskedIn = Literal["emergency_screen", "red_flags", "story", "history", "medicines", "exam", "labs"]


@dataclass(frozen=True, kw_only=True)
class Leak:
    """How often a finding is present in someone with ordinary, idiopathic night cramps.

    Attributes:
        p: probability of yes (of true, for a term).
        options: for a choice, the probability of each option.
        by_stratum: probability that replaces `p` in a stratum.
        options_by_stratum: the same for a choice.
    """

    basis: Basis
    p: float | None = None
    options: dict[str, float] | None = None
    by_stratum: dict[StratumId, float] | None = None
    options_by_stratum: dict[StratumId, dict[str, float]] | None = None
    sources: tuple[SourceId, ...] = ()
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class Option:
    """One answer of a choice."""

    id: str
    label: str


@dataclass(frozen=True, kw_only=True)
class FindingEntry(Entry):
    """Something that can be known of a person, with the question that obtains it.

    Attributes:
        unit: UCUM unit of a number; `low`, `high` its plausible limits; `step` its precision.
        ask: the question in plain words; `short` a label; `clinical` the precise term.
        implies: yes/no findings that are yes whenever this one is.
        who_for: while this rule is false the answer is no, or empty, without asking.
        computed_by: formula, or score, that fills the answer when its inputs are known.
    """

    kind: Literal["yes_no", "choice", "number"]
    group: str
    ask: str
    short: str
    clinical: str
    answered_by: AnsweredBy
    asked_in: AskedIn
    tier: Literal["core", "extended"]
    options: tuple[Option, ...] = ()
    unit: str = ""
    low: Decimal | None = None
    high: Decimal | None = None
    step: Decimal | None = None
    implies: tuple[FindingId, ...] = ()
    who_for: Rule | None = None
    computed_by: str = ""
    leak: Leak | None = None
    codes: dict[str, tuple[str, ...]] | None = None


@dataclass(frozen=True, kw_only=True)
class TermEntry(Entry):
    """A named rule used inside others."""

    name: str
    rule: Rule
    leak: Leak | None = None


@dataclass(frozen=True, kw_only=True)
class ScreenItem:
    """One grouped question: no answers no to all `findings`; yes or not sure opens each, then those under `then`.

    Attributes:
        why: why the emergency screen asks it; empty for a line asked later.
    """

    id: str
    ask: str
    findings: tuple[FindingId, ...]
    then: tuple[FindingId, ...] = ()
    why: str = ""


@dataclass(frozen=True, kw_only=True)
class Screen:
    """Up to eight grouped questions shown together.

    Attributes:
        unexplained: the urgency of a yes to an item of which the person then cannot say which part it is.
    """

    id: str
    title: str
    items: tuple[ScreenItem, ...]
    unexplained: Level | None = None


@dataclass(frozen=True, kw_only=True)
class EmergencyScreen:
    """The grouped danger signs that begin every check.

    Attributes:
        coverage: through which items each red flag can fire.
    """

    screens: tuple[Screen, ...]
    coverage: dict[RedFlagId, tuple[str, ...]]
