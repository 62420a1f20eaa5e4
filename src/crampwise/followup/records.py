"""What a diary holds. Unknown is None or empty, never nought; a day without an entry is silent."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import Any, Literal

Side = Literal["left", "right", "both"]
MedicineEvent = Literal["started", "stopped", "changed"]
_A_DAY = timedelta(days=1)


@dataclass(frozen=True, kw_only=True)
class Episode:
    """One cramp.

    Attributes:
        start: when it began, in local time with its offset from UTC.
        muscles: ids of muscles of the book. pain: 0 to 10. duration_s, relief_s: seconds; how long, and until eased.
        woke: whether it woke the person. sore: whether the muscle was sore afterwards.
        activity: id of what was done before. trigger, done, note: in the person's own words.
    """

    id: str
    start: datetime
    muscles: tuple[str, ...] = ()
    side: Side | None = None
    duration_s: int | None = None
    pain: int | None = None
    woke: bool | None = None
    activity: str = ""
    trigger: str = ""
    done: str = ""
    relief_s: int | None = None
    sore: bool | None = None
    note: str = ""

    @property
    def open_fields(self) -> tuple[str, ...]:
        """What can still be filled in."""
        wanted = ("muscles", "side", "duration_s", "pain", "woke", "activity", "done", "relief_s", "sore")
        return tuple(name for name in wanted if getattr(self, name) in (None, "", ()))


@dataclass(frozen=True, kw_only=True)
class Day:
    """What one diary day was like.

    Attributes:
        cramp_free: the person says that there was no cramp. None says nothing.
        exercise_min: minutes. fluids_l: litres. alcohol_units: units or standard drinks. sleep_h, standing_h,
            sitting_h: hours; sleep is that of the night before.
        weakness: how weak a limb was between cramps, by id of the book.
    """

    day: date
    cramp_free: bool | None = None
    exercise_min: float | None = None
    fluids_l: float | None = None
    heat: bool | None = None
    alcohol_units: float | None = None
    sleep_h: float | None = None
    standing_h: float | None = None
    sitting_h: float | None = None
    weakness: str = ""
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class MedicineChange:
    """A medicine that was started, stopped or changed; kept as a fact, never as advice."""

    id: str
    day: date
    name: str
    event: MedicineEvent
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class TrialRecord:
    """A trial of one person.

    Attributes:
        plan: the design as plain values, unchanged from the start on.
        kept: for days of the trial, whether the plan of the day was kept.
        ended: the day it was ended early, and why.
    """

    id: str
    action: str
    start: date
    plan: Mapping[str, Any]
    kept: Mapping[date, bool] = field(default_factory=dict)
    ended: date | None = None
    reason: str = ""


@dataclass(frozen=True)
class Diary:
    """Everything one person wrote down: episodes by start, days and medicine changes by day, trials by start."""

    episodes: tuple[Episode, ...] = ()
    days: tuple[Day, ...] = ()
    medicines: tuple[MedicineChange, ...] = ()
    trials: tuple[TrialRecord, ...] = ()

    @cached_property
    def by_day(self) -> Mapping[date, Day]:
        """The days by date."""
        return {d.day: d for d in self.days}

    def episode_days(self, night_ends_hour: int) -> tuple[date, ...]:
        """Give the diary day of each episode, in the order of the episodes; worked out once."""
        if night_ends_hour not in self._episode_days:
            self._episode_days[night_ends_hour] = tuple([diary_day(e.start, night_ends_hour) for e in self.episodes])
        return self._episode_days[night_ends_hour]

    @cached_property
    def _episode_days(self) -> dict[int, tuple[date, ...]]:
        return {}


def diary_day(start: datetime, night_ends_hour: int) -> date:
    """Give the diary day of an episode: a night belongs to the day before it."""
    day = start.date()
    return day - _A_DAY if start.hour < night_ends_hour else day
