"""summarise(book, diary, today): everything the statistics say about one diary."""

from dataclasses import dataclass
from datetime import date, timedelta

from crampwise.book.book import Book
from crampwise.followup.patterns import Alarm, RunChart, Spot, alarms, heat_map, hours, run_chart, spots
from crampwise.followup.rates import Around, Rate, Trend, around, rate, trend
from crampwise.followup.records import Diary
from crampwise.followup.timeline import timeline
from crampwise.followup.triggers import TriggerResult, triggers


@dataclass(frozen=True)
class Summary:
    """What a diary says.

    Attributes:
        first, last: the days looked at; None where there is no entry. episodes: all of them, also earlier ones.
        hours: cramps by hour of the day. at_night: of those looked at. heat_map: each day with its cramps, None silent.
        around: changes of medicines in the time looked at. judgement: the opinion on which the numbers rest.
    """

    today: date
    first: date | None
    last: date | None
    episodes: int
    rate: Rate
    trend: Trend
    hours: tuple[int, ...]
    at_night: int
    muscles: tuple[Spot, ...]
    run_chart: RunChart | None
    heat_map: tuple[tuple[date, int | None], ...]
    triggers: tuple[TriggerResult, ...]
    around: tuple[Around, ...]
    alarms: tuple[Alarm, ...]
    judgement: str


def summarise(book: Book, diary: Diary, today: date, first: date | None = None) -> Summary:
    """Summarise a diary up to `today`.

    Args:
        book: gives every number and the muscles.
        diary: what the person wrote.
        today: the core reads no clock.
        first: from which day on; the book's window where none is given.
    """
    followup = book.followup
    whole = timeline(diary, today, followup.night_ends_hour)
    line = whole.between(first or today - timedelta(days=followup.window_days - 1), today)
    some = bool(len(line.counts))
    days = diary.episode_days(followup.night_ends_hour)
    begin, end = line.first, line.last
    inside = tuple([e for e, d in zip(diary.episodes, days, strict=True) if begin <= d <= end]) if some else ()
    by_hour = hours(inside)
    start, stop = followup.night_hours
    night = [h for h in range(24) if (start <= h or h < stop if start > stop else start <= h < stop)]
    return Summary(
        today=today,
        first=line.first if some else None,
        last=line.last if some else None,
        episodes=len(diary.episodes),
        rate=rate(line, followup),
        trend=trend(line, followup),
        hours=by_hour,
        at_night=sum(by_hour[h] for h in night),
        muscles=spots(book, inside),
        run_chart=run_chart(line),
        heat_map=heat_map(line),
        triggers=triggers(diary, line, followup),
        around=tuple(around(whole, m, followup) for m in diary.medicines if some and line.first <= m.day <= line.last),
        alarms=alarms(book, diary, today),
        judgement=followup.judgement,
    )
