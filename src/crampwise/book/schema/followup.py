"""What the diary, its statistics and the trials go by: every number and every sentence of follow-up."""

from dataclasses import dataclass, field
from typing import Literal

from crampwise.book.schema.common import Basis, FindingId, SourceId

Field = Literal["exercise_min", "fluids_l", "heat", "alcohol_units", "sleep_h", "standing_h", "sitting_h"]


@dataclass(frozen=True, kw_only=True)
class Trigger:
    """Something of a day that may go with cramps.

    Attributes:
        field: what is written down each day.
        compare: `any` sets days with some of it against days with none; `above_usual` sets days above the person's
            own median against the others; `below_usual` the other way round.
    """

    id: str
    field: Field
    compare: Literal["any", "above_usual", "below_usual"]
    title: str


@dataclass(frozen=True, kw_only=True)
class Enough:
    """Below these counts a question is answered with "too early to say".

    Attributes:
        rate_days: days with an entry before a rate is given. rate_share: share of the days that need an entry.
        trend_weeks: weeks with an entry before a trend is given.
        trigger_days: days of each kind. trigger_cramps: cramps in all.
        around_days: days with an entry on each side of a start of a medicine.
    """

    rate_days: int
    rate_share: float
    trend_weeks: int
    trigger_days: int
    trigger_cramps: int
    around_days: int


@dataclass(frozen=True, kw_only=True)
class CountModel:
    """Priors and grid of the model for counts.

    Attributes:
        level_sd, ratio_sd, trend_sd: standard deviations of the normal priors of the log rate, of a log rate ratio and
            of the log change over the whole time.
        dispersion: sizes of the negative binomial. wander: standard deviations of the slow swings of the log rate.
        memory_weeks: time constants of these swings.
    """

    level_sd: float
    ratio_sd: float
    trend_sd: float
    dispersion: tuple[float, ...]
    wander: tuple[float, ...]
    memory_weeks: tuple[float, ...]


@dataclass(frozen=True, kw_only=True)
class TrialNumbers:
    """How a trial of one person is planned, stopped and read.

    Attributes:
        worthwhile_ratio: a rate ratio at or below it is a benefit worth having.
        sure: probability from which something is said to be so. unlikely: probability below which it is not.
        power: chance of a clear answer that a plan aims at. plan_ratio: the true ratio for which it is worked out.
        pairs: numbers of block pairs that are tried, in order. longest_weeks: longer plans are not proposed.
        shortest_block_days: analysed days of each block at least. simulations: simulated trials for each length.
        dispersion, wander, memory_weeks: what the simulated person is like.
        adherence: share of days on which the rule has to be kept before a result is read.
        missing: share of days without an entry from which a trial cannot be read.
        worse_ratio, worse_pairs: a trial ends early when, after so many pairs, the rate is surely above this ratio.
        look_back_days: the person's own rate is taken from these last days.
    """

    worthwhile_ratio: float
    sure: float
    unlikely: float
    power: float
    plan_ratio: float
    pairs: tuple[int, ...]
    longest_weeks: int
    shortest_block_days: int
    simulations: int
    dispersion: float
    wander: float
    memory_weeks: float
    adherence: float
    missing: float
    worse_ratio: float
    worse_pairs: int
    look_back_days: int


@dataclass(frozen=True, kw_only=True)
class Pattern:
    """A pattern in the diary that opens the check again.

    Attributes:
        kind: `new_muscle` a site that was never written down before; `spreading` cramps in at least `regions` regions
            of the body; `weakness` weakness written down on `count` days and more than in the time before.
        count: entries that make the pattern. days: the last days that are looked at.
        settle_days: `new_muscle` needs entries over this time before it is looked for.
        asks: questions to put first when the check is opened again.
    """

    id: str
    kind: Literal["new_muscle", "spreading", "weakness"]
    count: int
    days: int
    regions: int = 0
    settle_days: int = 0
    title: str
    say: str
    asks: tuple[FindingId, ...]
    basis: Basis
    sources: tuple[SourceId, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Share:
    """An answer that a diary gives to a finding: yes when this share of at least `entries` entries says so."""

    finding: FindingId
    of: Literal["night", "woke", "sore", "exercise"]
    share: float


@dataclass(frozen=True, kw_only=True)
class Band:
    """An option of a finding that holds up to this number."""

    option: str
    below: float | None = None


@dataclass(frozen=True, kw_only=True)
class Prefill:
    """Answers of the check that a diary can give.

    Attributes:
        days: how far back. entries: fewer episodes answer nothing.
        site_share: share of the episodes from which a site is answered with yes. A site is never answered with no.
    """

    days: int
    entries: int
    site_share: float
    shares: tuple[Share, ...]
    frequency: FindingId
    per_month: tuple[Band, ...]
    duration: FindingId
    seconds: tuple[Band, ...]
    pain: FindingId


@dataclass(frozen=True, kw_only=True)
class Followup:
    """Everything follow-up goes by.

    Attributes:
        night_ends_hour: an episode before this hour belongs to the day before.
        night_hours: from and to, for the share of cramps at night.
        window_days: statistics look at these last days.
        trigger_error: share of "stands out" among chance findings, over all triggers together.
        around_days: days looked at on each side of a start of a medicine.
        activities: what was done before a cramp, by id. weakness: how weak a limb is, by id, from none upwards.
        fields: how each part of an entry is called.
        phrases: fixed sentences. regions: parts of the body, by the findings that stand for the places in them.
    """

    judgement: str
    basis: Basis
    sources: tuple[SourceId, ...] = ()
    why: str
    night_ends_hour: int
    night_hours: tuple[int, ...]
    window_days: int
    trigger_error: float
    around_days: int
    activities: dict[str, str]
    weakness: dict[str, str]
    fields: dict[str, str]
    enough: Enough
    model: CountModel
    trial: TrialNumbers
    triggers: tuple[Trigger, ...]
    phrases: dict[str, str]
    regions: dict[str, tuple[FindingId, ...]] = field(default_factory=dict)
    patterns: tuple[Pattern, ...] = ()
    prefill: Prefill | None = None
