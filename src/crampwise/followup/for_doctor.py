"""A diary in a few lines for a doctor: how often, when, where, what stands out, and trials that are over."""

from collections.abc import Iterator, Sequence

from crampwise.book.book import Book
from crampwise.followup.analysis import TrialResult
from crampwise.followup.counts import Interval
from crampwise.followup.summary import Summary

_PLACES, _DAYS = 4, 3
_TREND = {"up": "rising", "down": "falling", "unclear": "no clear trend", "too_early": "too short for a trend"}
_VERDICT = {
    "works": "it helps", "no_benefit": "no benefit worth having", "worse": "more cramps with it",
    "cannot_tell": "cannot tell",
}  # fmt: skip


def lines_for_doctor(book: Book, summary: Summary, results: Sequence[TrialResult] = ()) -> tuple[str, ...]:
    """Give the lines in clinical words; none where the diary says nothing about the time looked at.

    Args:
        book: names the actions of trials.
        summary: what the diary says.
        results: trials that are over, the newest last.
    """
    if summary.first is None:
        return ()
    return (*_rate(summary), *_where(summary), *_stands_out(summary), *(_trial(book, r) for r in results[-1:]))


def _rate(summary: Summary) -> Iterator[str]:
    rate = summary.rate
    said = f"{summary.first} to {summary.last}: {rate.cramps} cramps, entries on {rate.days} of {rate.span} days"
    if rate.per_week is not None:
        said += f"; {_interval(rate.per_week, 1)} a week, {_TREND[summary.trend.status]}"
    yield f"{said}."
    for alarm in summary.alarms:
        seen = ", ".join(map(str, alarm.days[-_DAYS:]))
        where = f" ({', '.join(alarm.where).lower()})" if alarm.where else ""
        yield f"Pattern to be looked at: {alarm.pattern.title.lower()}{where}; last on {seen}."


def _where(summary: Summary) -> Iterator[str]:
    total = sum(summary.hours)
    if total:
        places = ", ".join(f"{s.title.lower()} {s.total}{_sides(s.left, s.right)}" for s in summary.muscles[:_PLACES])
        yield f"At night {summary.at_night} of {total}" + (f"; {places}." if places else ".")


def _sides(left: int, right: int) -> str:
    return f" (left {left}, right {right})" if left or right else ""


def _stands_out(summary: Summary) -> Iterator[str]:
    for t in summary.triggers:
        if t.status in ("more", "less") and t.ratio is not None:
            yield f"{t.trigger.title}: rate ratio {_interval(t.ratio, 2)}."
    for a in summary.around:
        if a.status in ("more", "less") and a.ratio is not None:
            yield f"{a.change.name} {a.change.event} {a.change.day}: rate after over before {_interval(a.ratio, 2)}."


def _trial(book: Book, result: TrialResult) -> str:
    reading = result.reading
    name, last = book.actions[result.design.action].title, result.design.last
    if reading is None:
        return f"Own trial of {name.lower()}, to {last}: too few entries."
    ratio = _interval(reading.ratio, 2)
    return f"Own trial of {name.lower()}, to {last}: {_VERDICT[reading.verdict]}; rate with over without {ratio}."


def _interval(value: Interval, places: int) -> str:
    return f"{value.value:.{places}f} ({value.low:.{places}f} to {value.high:.{places}f})"
