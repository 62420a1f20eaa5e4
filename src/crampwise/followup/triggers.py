"""What goes with cramps: rate ratios of days of one kind against the others, compared within weeks.

Each ratio is the Mantel–Haenszel rate ratio over weeks (Rothman, Greenland and Lash, Modern Epidemiology, 2008,
chapter 15), so that slow swings and trends of the rate drop out. Its standard error comes from the spread of the
weeks' own contributions, so that counts may vary more than chance alone would have it. p values are adjusted by Holm's
method over all triggers.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from math import exp, log, sqrt
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from crampwise.book.schema.followup import Followup, Trigger
from crampwise.followup.counts import Interval
from crampwise.followup.records import Day, Diary
from crampwise.followup.student import quantile, two_sided
from crampwise.followup.timeline import Timeline

Array = NDArray[np.float64]


@dataclass(frozen=True)
class TriggerResult:
    """How cramps go with one kind of day.

    Attributes:
        days, cramps: (on days of this kind, on the others), only of weeks that hold both kinds.
        ratio: rate on these days over the rate on the others, with its own 95 % interval.
        p: adjusted for the number of triggers.
    """

    trigger: Trigger
    status: Literal["more", "less", "unclear", "too_early"]
    days: tuple[int, int]
    cramps: tuple[int, int]
    ratio: Interval | None = None
    p: float | None = None


def triggers(diary: Diary, line: Timeline, followup: Followup) -> tuple[TriggerResult, ...]:
    """Look at every trigger of the book."""
    found = [_look(t, diary, line, followup) for t in followup.triggers]
    told = [(i, r.ratio, r.p) for i, r in enumerate(found) if r.ratio is not None and r.p is not None]
    for (i, ratio, _), p in zip(told, holm([p for _, _, p in told]), strict=True):
        surely = p <= followup.trigger_error
        found[i] = replace(found[i], p=p, status="unclear" if not surely else "more" if ratio.value > 1 else "less")
    return tuple(found)


def holm(p_values: Sequence[float]) -> list[float]:
    """Adjust p values for their number (Holm, Scand J Stat 1979)."""
    adjusted = [0.0] * len(p_values)
    highest = 0.0
    for rank, i in enumerate(sorted(range(len(p_values)), key=p_values.__getitem__)):
        highest = max(highest, min(1.0, (len(p_values) - rank) * p_values[i]))
        adjusted[i] = highest
    return adjusted


def _look(trigger: Trigger, diary: Diary, line: Timeline, followup: Followup) -> TriggerResult:
    kind = _kinds(trigger, diary, line)
    usable = line.written & ~np.isnan(kind)
    week = np.arange(len(kind)) // 7
    tables = [np.bincount(week[part], line.counts[part] if what else None, minlength=int(week.max(initial=0)) + 1)
              for part in (usable & (kind == 1), usable & (kind == 0)) for what in (False, True)]  # fmt: skip
    days_with, cramps_with, days_without, cramps_without = (t.astype(float) for t in tables)
    both = (days_with > 0) & (days_without > 0)
    days = int(days_with[both].sum()), int(days_without[both].sum())
    cramps = int(cramps_with[both].sum()), int(cramps_without[both].sum())
    enough = followup.enough
    if min(days) < enough.trigger_days or sum(cramps) < enough.trigger_cramps or min(cramps) == 0:
        return TriggerResult(trigger, "too_early", days, cramps)
    ratio, p = rate_ratio(days_with[both], cramps_with[both], days_without[both], cramps_without[both])
    return TriggerResult(trigger, "unclear", days, cramps, ratio, p)


def rate_ratio(
    days_with: Array, cramps_with: Array, days_without: Array, cramps_without: Array
) -> tuple[Interval, float]:
    """Give the Mantel–Haenszel rate ratio over weeks with its interval and p value.

    Args:
        days_with, cramps_with, days_without, cramps_without: of each week, shape (weeks,); days above nought.
    """
    days = days_with + days_without
    above, below = cramps_with * days_without / days, cramps_without * days_with / days
    ratio = float(above.sum() / below.sum())
    # With w weeks the plain estimate of the spread is too small by (w - 1) / w.
    weeks = len(days)
    spread = float(((above - ratio * below) ** 2).sum()) * weeks / max(1, weeks - 1)
    error = sqrt(spread) / (ratio * float(below.sum()))
    freedom = max(1, weeks - 1)
    reach = quantile(0.975, freedom) * error
    return Interval(ratio, exp(log(ratio) - reach), exp(log(ratio) + reach)), two_sided(log(ratio) / error, freedom)


def _kinds(trigger: Trigger, diary: Diary, line: Timeline) -> Array:
    """For each day 1 where it is of the kind, 0 where it is not, not-a-number where that is not known."""
    days = diary.by_day
    values = np.array([_value(days.get(line.first + timedelta(days=i)), trigger) for i in range(len(line.counts))])
    if trigger.compare == "any":
        return np.where(np.isnan(values), np.nan, (values > 0).astype(float))
    known = values[~np.isnan(values)]
    if not len(known):
        return values
    usual = np.median(known)
    outside = values > usual if trigger.compare == "above_usual" else values < usual
    return np.where(np.isnan(values), np.nan, outside.astype(float))


def _value(day: Day | None, trigger: Trigger) -> float:
    value = getattr(day, trigger.field) if day is not None else None
    return float("nan") if value is None else float(value)
