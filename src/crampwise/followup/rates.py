"""How often: cramps in a week with an interval, the trend, and the change around a date."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Literal, TypeVar

import numpy as np
from numpy.typing import NDArray

from crampwise.book.schema.followup import Followup
from crampwise.followup.counts import Fit, Interval, fit, interval_of
from crampwise.followup.records import MedicineChange
from crampwise.followup.timeline import Timeline

Array = NDArray[np.float64]
W = TypeVar("W", bound=str)
_MOST_UNITS = 60
"""More weeks than this are put together, so that the work stays small."""


@dataclass(frozen=True)
class Rate:
    """Cramps in a week, over the days with an entry.

    Attributes:
        status: whether it can be told. days: days with an entry, of `span` days. cramps: on these.
    """

    status: Literal["told", "too_early", "only_cramp_days"]
    days: int
    span: int
    cramps: int
    per_week: Interval | None = None


@dataclass(frozen=True)
class Trend:
    """Change of the rate from the start to the end of the time looked at, as a ratio."""

    status: Literal["up", "down", "unclear", "too_early"]
    ratio: Interval | None = None


@dataclass(frozen=True)
class Around:
    """The rate after a date against the rate before it, as a ratio."""

    change: MedicineChange
    status: Literal["more", "less", "unclear", "too_early"]
    before_days: int
    after_days: int
    ratio: Interval | None = None


def rate(line: Timeline, followup: Followup) -> Rate:
    """Say how many cramps there are in a week."""
    days, span = int(line.written.sum()), len(line.written)
    cramps = int(line.counts.sum())
    enough = followup.enough
    if days < enough.rate_days:
        return Rate("too_early", days, span, cramps)
    if days < enough.rate_share * span:
        return Rate("only_cramp_days", days, span, cramps)
    fitted = _fit(line, followup, _no_columns(line))
    return Rate("told", days, span, cramps, interval_of(fitted.log_rate(), 7))


def trend(line: Timeline, followup: Followup) -> Trend:
    """Say whether the rate rose or fell over the time."""
    weeks = line.weeks
    enough = followup.enough
    halves = np.array_split(line.written, 2)
    if len(weeks.counts) < enough.trend_weeks or min(half.mean() for half in halves) < enough.rate_share:
        return Trend("too_early")
    slope = np.linspace(-0.5, 0.5, len(line.written))[:, None]
    found = _fit(line, followup, slope, (followup.model.trend_sd,)).coefficient(1)
    return Trend(_word(found.below(0), followup, ("up", "down", "unclear")), interval_of(found))


def around(line: Timeline, change: MedicineChange, followup: Followup) -> Around:
    """Set the time after a change of a medicine against the time before it."""
    reach = timedelta(days=followup.around_days)
    near = line.between(change.day - reach, change.day + reach - timedelta(days=1))
    after = np.arange(len(near.written)) >= (change.day - near.first).days
    parts = int(near.written[~after].sum()), int(near.written[after].sum())
    shares = [side.mean() for side in (near.written[~after], near.written[after]) if len(side)]
    if min(parts) < followup.enough.around_days or min(shares) < followup.enough.rate_share:
        return Around(change, "too_early", *parts)
    found = _fit(near, followup, after[:, None].astype(float), (followup.model.ratio_sd,)).coefficient(1)
    return Around(change, _word(found.below(0), followup, ("more", "less", "unclear")), *parts, interval_of(found))


def _word(falls: float, followup: Followup, words: tuple[W, W, W]) -> W:
    sure = followup.trial.sure
    return words[0] if 1 - falls >= sure else words[1] if falls >= sure else words[2]


def _no_columns(line: Timeline) -> Array:
    return np.zeros((len(line.written), 0))


def _fit(line: Timeline, followup: Followup, columns: Array, spread: tuple[float, ...] = ()) -> Fit:
    """Put the days together in weeks, apart where a column steps, and fit; long times in longer units."""
    total = len(line.written)
    length = 7 * max(1, -(-total // (7 * _MOST_UNITS)))
    unit = (total - 1 - np.arange(total)) // length
    stepped = np.array([len(np.unique(c)) == 2 for c in columns.T], dtype=bool)
    keys = np.column_stack([unit, columns[:, stepped]])
    _, number = np.unique(keys, axis=0, return_inverse=True)
    number = number.reshape(-1)
    days = np.bincount(number, line.written)
    there = days > 0

    def mean(values: Array) -> Array:
        return np.asarray(np.bincount(number, values * line.written)[there] / days[there])

    design = np.column_stack([np.ones(int(there.sum())), *(mean(c) for c in columns.T)])
    return fit(
        np.bincount(number, line.counts * line.written)[there].astype(float),
        days[there].astype(float),
        mean(np.arange(total) / 7.0),
        design,
        np.array([followup.model.level_sd, *spread]),
        followup.model,
    )
