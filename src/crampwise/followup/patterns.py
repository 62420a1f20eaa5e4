"""When and where cramps come, and patterns that open the check again."""

from collections import Counter
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from crampwise.book.book import Book
from crampwise.book.schema.followup import Pattern
from crampwise.followup.records import Diary, Episode
from crampwise.followup.timeline import Timeline


@dataclass(frozen=True)
class Spot:
    """Cramps in one muscle, by side."""

    muscle: str
    title: str
    left: int
    right: int
    both: int
    unknown: int

    @property
    def total(self) -> int:
        """All of them."""
        return self.left + self.right + self.both + self.unknown


@dataclass(frozen=True)
class RunPoint:
    """One week of a run chart: its last day, days with an entry, cramps, and cramps for seven such days."""

    ends: date
    days: int
    cramps: int
    per_week: float


@dataclass(frozen=True)
class RunChart:
    """Weeks, their median, and the longest run on one side of it."""

    points: tuple[RunPoint, ...]
    median: float
    longest_run: int


@dataclass(frozen=True)
class Alarm:
    """A pattern that opens the check again: what was seen on which days."""

    pattern: Pattern
    days: tuple[date, ...]
    where: tuple[str, ...]


def hours(episodes: tuple[Episode, ...]) -> tuple[int, ...]:
    """Count cramps by the hour of the local day, 24 of them."""
    found = Counter(e.start.hour for e in episodes)
    return tuple(found[h] for h in range(24))


def spots(book: Book, episodes: tuple[Episode, ...]) -> tuple[Spot, ...]:
    """Count cramps by muscle and side, the most frequent first."""
    found = Counter((m, e.side) for e in episodes for m in e.muscles)
    muscles = {m for m, _ in found}
    listed = [
        Spot(m, book.muscles[m].title, found[m, "left"], found[m, "right"], found[m, "both"], found[m, None])
        for m in book.muscles
        if m in muscles
    ]
    return tuple(sorted(listed, key=lambda s: -s.total))


def run_chart(line: Timeline) -> RunChart | None:
    """Give the weeks with their median; None where there is no week with an entry."""
    weeks = line.weeks
    if not len(weeks.counts):
        return None
    per_week = 7 * weeks.counts / weeks.days
    median = float(np.median(per_week))
    points = tuple(
        RunPoint(e, int(d), int(c), float(r))
        for e, d, c, r in zip(weeks.ends, weeks.days, weeks.counts, per_week, strict=True)
    )
    return RunChart(points, median, _longest_run(np.sign(per_week - median)))


def _longest_run(sides: np.ndarray) -> int:
    """Longest run of points on one side; points on the median neither add nor break (Perla et al. 2011)."""
    longest = current = 0
    side = 0.0
    for s in sides[sides != 0]:
        current = current + 1 if s == side else 1
        side = s
        longest = max(longest, current)
    return longest


def heat_map(line: Timeline) -> tuple[tuple[date, int | None], ...]:
    """Give each day with its cramps, None where it has no entry."""
    return tuple(
        (line.day(i), int(c) if w else None) for i, (c, w) in enumerate(zip(line.counts, line.written, strict=True))
    )


def alarms(book: Book, diary: Diary, today: date) -> tuple[Alarm, ...]:
    """Find the patterns that open the check again."""
    look = {"new_muscle": _new_muscle, "spreading": _spreading, "weakness": _weakness}
    found = (look[p.kind](book, diary, p, today) for p in book.followup.patterns)
    return tuple(a for a in found if a is not None)


def _sites(book: Book, episode: Episode) -> set[str]:
    return {book.muscles[m].site for m in episode.muscles if m in book.muscles}


def _new_muscle(book: Book, diary: Diary, pattern: Pattern, today: date) -> Alarm | None:
    since = today - timedelta(days=pattern.days)
    days = diary.episode_days(book.followup.night_ends_hour)
    before = [e for e, d in zip(diary.episodes, days, strict=True) if d <= since]
    lately = [(e, d) for e, d in zip(diary.episodes, days, strict=True) if since < d <= today]
    if not before or (since - days[0]).days < pattern.settle_days:
        return None
    known = {book.muscles[m].site for m in {m for e in before for m in e.muscles} if m in book.muscles}
    new = Counter(s for e, _ in lately for s in _sites(book, e) - known)
    sites = {s for s, n in new.items() if n >= pattern.count}
    if not known or not sites:
        return None
    seen = tuple(dict.fromkeys(d for e, d in lately if _sites(book, e) & sites))
    return Alarm(pattern, seen, tuple(book.findings[s].short for s in sorted(sites)))


def _spreading(book: Book, diary: Diary, pattern: Pattern, today: date) -> Alarm | None:
    since = today - timedelta(days=pattern.days)
    days = diary.episode_days(book.followup.night_ends_hour)
    region_of = {site: region for region, sites in book.followup.regions.items() for site in sites}
    seen: dict[str, list[date]] = {}
    for episode, day in zip(diary.episodes, days, strict=True):
        if since < day <= today:
            for region in {region_of[s] for s in _sites(book, episode)}:
                seen.setdefault(region, []).append(day)
    often = {r: found for r, found in seen.items() if len(found) >= pattern.count}
    if len(often) < pattern.regions:
        return None
    return Alarm(pattern, tuple(sorted({d for found in often.values() for d in found})), tuple(sorted(often)))


def _weakness(book: Book, diary: Diary, pattern: Pattern, today: date) -> Alarm | None:
    degrees = list(book.followup.weakness)
    since = today - timedelta(days=pattern.days)
    weak = [(d.day, degrees.index(d.weakness)) for d in diary.days if d.weakness and d.day <= today]
    lately = [(d, degree) for d, degree in weak if d > since and degree > 0]
    before = [degree for d, degree in weak if since - timedelta(days=pattern.days) < d <= since]
    worst = max((degree for _, degree in lately), default=0)
    grown = worst > max(before, default=0) or sum(degree for _, degree in lately) > sum(before)
    return Alarm(pattern, tuple(d for d, _ in lately), ()) if len(lately) >= pattern.count and grown else None
