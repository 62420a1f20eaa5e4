"""A diary day by day: which days have an entry, and how many cramps; and the same in weeks."""

from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from crampwise.followup.records import Diary

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Timeline:
    """Days one after the other.

    Attributes:
        first: the first day. counts: cramps of each day. written: whether the day has an entry: a cramp, or the word
            that it was free.
    """

    first: date
    counts: NDArray[np.int64]
    written: NDArray[np.bool_]

    @property
    def last(self) -> date:
        """The last day."""
        return self.first + timedelta(days=len(self.counts) - 1)

    def between(self, first: date, last: date) -> "Timeline":
        """Cut out the days from `first` to `last`, as far as there are any."""
        start = max(0, (first - self.first).days)
        stop = max(start, min(len(self.counts), (last - self.first).days + 1))
        return Timeline(self.first + timedelta(days=start), self.counts[start:stop], self.written[start:stop])

    def day(self, index: int) -> date:
        """Give the day at a place."""
        return self.first + timedelta(days=index)

    @cached_property
    def weeks(self) -> "Weeks":
        """The days in weeks, the last of which ends with the last day; weeks without an entry are left out."""
        total = len(self.counts)
        back = (total - 1 - np.arange(total)) // 7
        number = back.max(initial=0) - back
        days = np.bincount(number, self.written).astype(float)
        cramps = np.bincount(number, self.counts * self.written).astype(float)
        there = days > 0
        ends = tuple(self.last - timedelta(days=7 * int(number.max(initial=0) - i)) for i in np.flatnonzero(there))
        return Weeks(cramps[there], days[there], np.flatnonzero(there).astype(float), ends)


@dataclass(frozen=True)
class Weeks:
    """Weeks with an entry: cramps, days with an entry, number of the week, and last day of each."""

    counts: Array
    days: Array
    number: Array
    ends: tuple[date, ...]


def timeline(diary: Diary, today: date, night_ends_hour: int) -> Timeline:
    """Lay a diary out from its first entry to its last one, or to yesterday if that has no cramp yet.

    Today is left out as long as it has no entry, and later entries always are.
    """
    cramped = diary.episode_days(night_ends_hour)
    free = [d.day for d in diary.days if d.cramp_free]
    past = [d for d in (*cramped, *free) if d <= today]
    if not past:
        return Timeline(today, np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.bool_))
    first, last = min(past), max(*past, today - timedelta(days=1))
    numbers = np.array([d.toordinal() for d in cramped if d <= today], dtype=np.int64) - first.toordinal()
    counts = np.bincount(numbers, minlength=(last - first).days + 1)
    written = counts > 0
    written[[(d - first).days for d in free if d <= today]] = True
    return Timeline(first, counts, written)
