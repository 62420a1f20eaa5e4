"""What every entry has: an id, and where its statements come from."""

from dataclasses import dataclass
from typing import Annotated, Literal


@dataclass(frozen=True)
class Ref:
    """Marks an id: of what kind of entry it is the id."""

    what: str


SourceId = Annotated[str, Ref("source")]
ClaimId = Annotated[str, Ref("claim")]
FindingId = Annotated[str, Ref("finding")]
FeatureId = Annotated[str, Ref("finding or term")]
TestId = Annotated[str, Ref("test")]
FormulaId = Annotated[str, Ref("formula")]
ConditionId = Annotated[str, Ref("condition")]
RedFlagId = Annotated[str, Ref("red flag")]
PolicyId = Annotated[str, Ref("policy")]
ActionId = Annotated[str, Ref("action")]
StretchId = Annotated[str, Ref("stretch")]
MedicineId = Annotated[str, Ref("medicine")]
MonitoringId = Annotated[str, Ref("monitoring entry")]
StratumId = Annotated[str, Ref("stratum")]
WindowId = Annotated[str, Ref("record window")]
AnyId = Annotated[str, Ref("entry")]
"""An id of any entry at all."""

Level = Literal["emergency_now", "same_day", "soon", "routine", "self_care"]
LEVELS: tuple[Level, ...] = ("self_care", "routine", "soon", "same_day", "emergency_now")
"""From the lowest to the highest."""

Basis = Literal["published", "trial", "sourced", "seed", "standard_practice", "expert_estimate"]
"""published: a figure of the cited source; trial: a trial's own figure; sourced: a statement of the cited source;
seed: the four source documents say so; standard_practice: general teaching; expert_estimate: our judgement."""

Scalar = str | int | float | bool | None


@dataclass(frozen=True, kw_only=True)
class Entry:
    """Anything in the book that says something.

    Attributes:
        id: unique over the whole book.
        basis: what the statements of this entry rest on.
        sources: publications that carry them.
        claims: checked statements at one place of a source; claims that name this entry are added to these.
        note: a remark for reviewers.
    """

    id: str
    basis: Basis
    sources: tuple[SourceId, ...] = ()
    claims: tuple[ClaimId, ...] = ()
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class Figure:
    """A published or estimated figure beside a statement.

    Attributes:
        what: outcome, measure, factor or group.
        value: the figure, or None where the source gives none.
        ci: 95 % interval, in the unit of `value`.
        n: people studied.
    """

    what: str
    value: float | str | None = None
    unit: str = ""
    ci: tuple[float, ...] = ()
    n: int | None = None
    population: str = ""
    certainty: str = ""
    arms: str = ""
    basis: Basis = "published"
    source: SourceId | None = None
    note: str = ""
