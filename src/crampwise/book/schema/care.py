"""Red flags, conditions, actions, stretches: what decides the advice."""

from dataclasses import dataclass
from typing import Literal

from crampwise.book.schema.common import (
    Basis,
    ClaimId,
    Entry,
    FeatureId,
    Figure,
    FindingId,
    Level,
    PolicyId,
    RedFlagId,
    Scalar,
    SourceId,
    StratumId,
)
from crampwise.logic.rules import Rule


@dataclass(frozen=True, kw_only=True)
class Examples:
    """People for whom the outcome of a rule is written down by hand: finding id to answer.

    Attributes:
        fires: the rule must be true. clears: it must be false. open: it must stay unknown.
    """

    fires: tuple[dict[str, Scalar], ...]
    clears: tuple[dict[str, Scalar], ...]
    open: tuple[dict[str, Scalar], ...] = ()


@dataclass(frozen=True, kw_only=True)
class RedFlag(Entry):
    """A rule that demands an urgency.

    Attributes:
        why: for clinicians. title, because, do, never: the same in plain words.
        answerable: whether the person's own answers settle it, or an examination or test is needed too.
        out_of_scope: not a muscle cramp at all; the person is sent elsewhere.
    """

    name: str
    group: str
    level: Level
    when: Rule
    why: str
    title: str
    because: str
    do: tuple[str, ...]
    never: tuple[str, ...] = ()
    action: str = ""
    answerable: Literal["patient", "mixed", "clinician"]
    populations: tuple[str, ...]
    out_of_scope: bool = False
    in_emergency_screen: bool = False
    examples: Examples


@dataclass(frozen=True, kw_only=True)
class Name:
    """Plain and clinical name."""

    plain: str
    clinical: str


@dataclass(frozen=True, kw_only=True)
class Likelihood:
    """P(finding | this condition, in a person with a cramp-like complaint in primary care)."""

    finding: FeatureId
    p: float
    basis: Basis
    sources: tuple[SourceId, ...] = ()
    claims: tuple[ClaimId, ...] = ()
    derived: bool = False
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class NamedBy:
    """How one source document weighs a condition."""

    source: SourceId
    weight: Literal["leading", "common", "listed", "risk_factor", "rare", "look_alike"]
    claims: tuple[ClaimId, ...]


@dataclass(frozen=True, kw_only=True)
class Condition(Entry):
    """A cause of cramps, or something mistaken for them, or a contributing factor.

    Attributes:
        prior: share of presenters in each stratum whose main cause this is; None for contributing factors.
        requires_any: the condition is impossible while all of these are false.
        urgency: the level for a likely cause with nothing worse present.
        caught_by: red flags that catch it at same_day or above.
    """

    name: Name
    kind: Literal["cause", "lookalike", "contributing_factor", "drug"]
    urgency: Level
    what: str
    clues: str
    next: str
    prior: dict[StratumId, float] | None = None
    likelihoods: tuple[Likelihood, ...] = ()
    requires_any: tuple[Rule, ...] = ()
    caught_by: tuple[RedFlagId, ...] = ()
    codes: dict[str, tuple[str, ...]] | None = None
    named_by: tuple[NamedBy, ...] = ()
    typical: dict[str, str] | None = None
    distinguishing: tuple[str, ...] = ()
    prevalence: tuple[Figure, ...] = ()
    age_sex: tuple[Figure, ...] = ()
    risk_factors: tuple[Figure, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Caution:
    """Care needed while `when` is true; `say` in plain words, `care` for clinicians."""

    when: Rule
    care: str
    say: str


@dataclass(frozen=True, kw_only=True)
class TrialUse:
    """What a trial of one person needs to know of an action.

    Attributes:
        onset_days: until it works. carry_over_days: how long its effect may last once it is left off.
        blinding: how the person can be kept from knowing, plain; or how to count fairly where that cannot be.
    """

    onset_days: int
    carry_over_days: int
    blinding: str
    basis: Basis
    sources: tuple[SourceId, ...] = ()
    note: str = ""


Horizon = Literal["now", "tonight", "this_month", "talk"]
Verdict = Literal["offer", "may_try", "not_recommended", "specialist_only", "avoid"]


@dataclass(frozen=True, kw_only=True)
class Action(Entry):
    """Something that can be done: relief, prevention, or treatment information.

    Attributes:
        say: what to do, plain. works: what the evidence shows, plain. ask_first: when not to, plain.
        horizon: now, tonight, this month, or only to talk about with a clinician.
        not_for: rules under which it is withheld; while one is unknown it is offered only behind that question.
        fits: if given, shown only to people for whom this rule is known to hold (for example only in pregnancy).
        trial: given where a trial of one person makes sense.
    """

    name: str
    title: str
    category: Literal["relief", "prevention", "supplement", "treatment", "medicine"]
    who: Literal["self", "clinician"]
    verdict: Verdict
    certainty: str
    horizon: Horizon
    say: str
    works: str
    ask_first: str = ""
    targets: tuple[str, ...]
    settings: tuple[str, ...] = ()
    dose: dict[str, Scalar | tuple[Scalar, ...]] | None = None
    steps: tuple[str, ...] = ()
    effects: tuple[Figure, ...] = ()
    time_to_benefit: str = ""
    mechanism: str = ""
    disagreement: str = ""
    not_for: tuple[Rule, ...] = ()
    cautions: tuple[Caution, ...] = ()
    care_for_all: str = ""
    stop_if: tuple[Rule, ...] = ()
    gate: PolicyId | None = None
    fits: Rule | None = None
    trial: TrialUse | None = None


@dataclass(frozen=True, kw_only=True)
class Stretch(Entry):
    """A guided stretch.

    Attributes:
        hold_s, rest_s: seconds. repeats: holds on each side in one set.
        until_eased: during a cramp, hold until the muscle lets go; `hold_s` is then the longest single hold.
        judged: which of these numbers are our judgement rather than the source's.
        not_for, fits: as in Action. instead: what to do then, `avoid` says why, both for clinicians.
    """

    muscle: str
    name: str
    title: str
    start: str
    steps: tuple[str, ...]
    hold_s: int
    repeats: int
    rest_s: int
    sides: Literal["both", "affected", "none"]
    sets: int
    when: tuple[Literal["bedtime", "cramp", "daily", "before_exercise"], ...]
    feel: str
    stop: str
    until_eased: bool = False
    judged: tuple[str, ...] = ()
    not_for: tuple[Rule, ...] = ()
    cautions: tuple[Caution, ...] = ()
    fits: Rule | None = None
    instead: str = ""
    avoid: str = ""
    form_checks: tuple[str, ...] = ()
    also_called: tuple[str, ...] = ()
    harder: tuple[str, ...] = ()
    alternatives: tuple[str, ...] = ()
    why: str = ""


@dataclass(frozen=True, kw_only=True)
class Muscle(Entry):
    """A place where a cramp can sit.

    Attributes:
        site: the finding that says so. also: lay names.
        view: from which side of the body it is seen.
        spot: circles (x, y, radius) round which it lies on the right half of the body map, in hundredths of the
            height; the left half is the mirror image. Needed where there are stretches.
    """

    title: str
    site: FindingId
    also: tuple[str, ...] = ()
    view: Literal["front", "back"] = "front"
    spot: tuple[tuple[float, ...], ...] = ()
