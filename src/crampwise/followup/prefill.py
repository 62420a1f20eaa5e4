"""Answers of the check that a diary can give. Each is shown to the person before it is used; none is ever a no."""

from collections import Counter
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from statistics import median

from crampwise.book.book import Book
from crampwise.book.schema.followup import Band, Followup
from crampwise.followup.rates import rate
from crampwise.followup.records import Diary, Episode
from crampwise.followup.timeline import timeline
from crampwise.logic.answers import Value

_DAYS_OF_A_MONTH = 30.44


@dataclass(frozen=True)
class Suggested:
    """An answer and what it rests on: so many of so many entries."""

    finding: str
    value: Value
    entries: int
    of: int


def suggest(book: Book, diary: Diary, today: date) -> tuple[Suggested, ...]:
    """Give the answers that a diary suggests; none where it holds too little."""
    followup, settings = book.followup, book.followup.prefill
    if settings is None:
        return ()
    since = today - timedelta(days=settings.days - 1)
    hour = followup.night_ends_hour
    days = diary.episode_days(hour)
    lately = [e for e, d in zip(diary.episodes, days, strict=True) if since <= d <= today]
    if len(lately) < settings.entries:
        return ()
    n = len(lately)
    found = []
    sites = Counter(site for e in lately for site in {book.muscles[m].site for m in e.muscles if m in book.muscles})
    found += [Suggested(s, True, k, n) for s, k in sites.items() if k >= settings.site_share * n]
    for share in settings.shares:
        known = [answer for e in lately if (answer := _says(e, share.of, followup)) is not None]
        if len(known) >= settings.entries and sum(known) >= share.share * len(known):
            found.append(Suggested(share.finding, True, sum(known), len(known)))
    told = rate(timeline(diary, today, hour).between(since, today), followup)
    if told.per_week is not None:
        monthly = told.per_week.value * _DAYS_OF_A_MONTH / 7
        found.append(Suggested(settings.frequency, _band(monthly, settings.per_month), n, n))
    if len(lasting := [e.duration_s for e in lately if e.duration_s is not None]) >= settings.entries:
        found.append(Suggested(settings.duration, _band(median(lasting), settings.seconds), len(lasting), n))
    if pains := [e.pain for e in lately if e.pain is not None]:
        found.append(Suggested(settings.pain, Decimal(max(pains)), len(pains), n))
    return tuple(found)


def _says(episode: Episode, what: str, followup: Followup) -> bool | None:
    if what == "night":
        start, stop = followup.night_hours
        hour = episode.start.hour
        return start <= hour or hour < stop if start > stop else start <= hour < stop
    if what == "exercise":
        return episode.activity == "sport" if episode.activity else None
    return episode.woke if what == "woke" else episode.sore


def _band(value: float, bands: tuple[Band, ...]) -> str:
    return next(b.option for b in bands if b.below is None or value < b.below)
