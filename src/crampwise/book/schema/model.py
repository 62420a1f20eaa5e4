"""The shared numbers of the differential."""

from dataclasses import dataclass

from crampwise.book.schema.common import AnyId, Basis, ConditionId, FeatureId, SourceId
from crampwise.logic.rules import Rule


@dataclass(frozen=True, kw_only=True)
class Stratum:
    """A group of people with its own priors and leaks.

    Attributes:
        when: who belongs to it. The first stratum whose rule is true counts; unknown ones share by `share`.
        share: share among presenters, used only while age, sex or pregnancy is unknown.
    """

    id: str
    name: str
    when: Rule
    share: float
    basis: Basis


@dataclass(frozen=True, kw_only=True)
class PairFactor:
    """How much likelier than chance two conditions are found together."""

    conditions: tuple[ConditionId, ...]
    factor: float
    why: str
    basis: Basis
    sources: tuple[SourceId, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Exclusive:
    """Conditions that cannot, by definition, be found together with any other."""

    conditions: tuple[ConditionId, ...]
    why: str
    basis: Basis


@dataclass(frozen=True, kw_only=True)
class Group:
    """Findings that tend to come together whatever the cause.

    Attributes:
        correlation: 0 counts each in full, 1 counts all of them as one.
    """

    id: str
    features: tuple[FeatureId, ...]
    correlation: float
    why: str
    basis: Basis


@dataclass(frozen=True, kw_only=True)
class Wording:
    """How results are put into words.

    Attributes:
        likely: from which probability on a cause's own urgency counts.
        likely_low: a cause is called likely when even the low end of its interval reaches this.
        possible_high: a cause is called possible when at least the high end of its interval reaches this.
        apart: two causes are told apart when their order holds in at least this share of the draws.
        list_from, list_at_most: which causes are listed. must_not_miss_from: the same for dangerous ones.
        show_from_decibans, items_at_most: which evidence is listed for one cause.
    """

    likely: float
    likely_low: float
    possible_high: float
    apart: float
    list_from: float
    list_at_most: int
    must_not_miss_from: float
    show_from_decibans: float
    items_at_most: int
    basis: Basis


@dataclass(frozen=True, kw_only=True)
class Spread:
    """How uncertain the numbers are, for the intervals of the results.

    Every factor says: in nine draws of ten, the number lies within this factor of what the book states.

    Attributes:
        judgement: who judged so, and when. draws, seed: how many tables are drawn, and from which seed.
        prior_common, prior_rare: factors of a prior; it is common from a share of `common_from` on.
        odds: factor of the odds of a likelihood or leak, by what it rests on.
        leading: how many leading causes are followed through the draws. pair_from: and which pairs of them.
    """

    judgement: AnyId
    draws: int
    seed: int
    common_from: float
    prior_common: float
    prior_rare: float
    odds: dict[Basis, float]
    leading: int
    pair_from: float


@dataclass(frozen=True, kw_only=True)
class Differential:
    """Priors' strata, co-occurrence, dependence, uncertainty and wording."""

    judgement: AnyId
    strata: tuple[Stratum, ...]
    prior_basis: Basis
    prior_method: str
    prior_uncertainty: str
    clamp: float
    pair_factor: float
    pair_basis: Basis
    pair_why: str
    pairs: tuple[PairFactor, ...]
    exclusive: tuple[Exclusive, ...]
    groups: tuple[Group, ...]
    spread: Spread
    wording: Wording
