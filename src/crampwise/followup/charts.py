"""Pictures of a diary and of a trial, each with its table."""

from datetime import date, timedelta
from math import exp, log

from crampwise.book.book import Book
from crampwise.followup.analysis import Reading, TrialResult
from crampwise.followup.patterns import RunChart
from crampwise.followup.summary import Summary
from crampwise.followup.svg import ACCENT, INK, SHADES, SOFT, Chart, box, dot, line, nice_top, path, picture, text

_WIDTH, _LEFT, _RIGHT = 640, 48, 16
_ROOM = _WIDTH - _LEFT - _RIGHT
_CALENDAR_DAYS = 53 * 7
_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


def diary_charts(summary: Summary) -> tuple[Chart, ...]:
    """Give the pictures of a diary; none where there is nothing to show."""
    found = []
    if summary.run_chart is not None:
        found += [run_chart(summary.run_chart), hour_chart(summary.hours), heat_chart(summary.heat_map)]
    if any(t.ratio for t in summary.triggers):
        found.append(trigger_chart(summary))
    return tuple(found)


def run_chart(chart: RunChart) -> Chart:
    """Draw cramps of each week with their median."""
    top = nice_top(max(p.per_week for p in chart.points))
    height, base = 220, 180
    step = _ROOM / max(1, len(chart.points) - 1)
    at = [(_LEFT + i * step, base - 150 * p.per_week / top) for i, p in enumerate(chart.points)]
    middle = base - 150 * chart.median / top
    marks = [*_axis(top, base), line(_LEFT, middle, _WIDTH - _RIGHT, middle, SOFT, "6 4"),
             text(_WIDTH - _RIGHT, 16, f"– – median {chart.median:.1f}", "end", 11, INK), path(at),
             *(dot(x, y) for x, y in at)]  # fmt: skip
    first, last = chart.points[0], chart.points[-1]
    marks += [text(_LEFT, 200, f"{first.ends}"), text(_WIDTH - _RIGHT, 200, f"{last.ends}", "end")]
    told = f"{len(chart.points)} weeks, median {chart.median:.1f} cramps a week, last week {last.per_week:.1f}."
    rows = tuple((str(p.ends), str(p.days), str(p.cramps), f"{p.per_week:.1f}") for p in chart.points)
    head = ("Week to", "Days with entry", "Cramps", "For 7 days")
    return _chart("weeks", "Cramps in each week", told, (_WIDTH, height), marks, head, rows)


def hour_chart(hours: tuple[int, ...]) -> Chart:
    """Draw cramps by hour of the day."""
    top, base = nice_top(max(1, *hours)), 180
    step = _ROOM / 24
    marks = list(_axis(top, base))
    marks += [
        box(_LEFT + h * step + 2, base - 150 * n / top, step - 4, 150 * n / top) for h, n in enumerate(hours) if n
    ]
    marks += [text(_LEFT + (h + 0.5) * step, 196, str(h), "middle", 11) for h in range(0, 24, 3)]
    most = max(range(24), key=hours.__getitem__)
    told = f"Most cramps came between {most} and {most + 1} o'clock: {hours[most]} of {sum(hours)}."
    rows = tuple((f"{h}:00", str(n)) for h, n in enumerate(hours))
    return _chart("hours", "Cramps by time of day", told, (_WIDTH, 210), marks, ("Hour from", "Cramps"), rows)


def heat_chart(days: tuple[tuple[date, int | None], ...]) -> Chart:
    """Draw a calendar of the last year at most: a column for each week; days with no entry are crossed out."""
    days = days[-_CALENDAR_DAYS:]
    first = days[0][0] - timedelta(days=days[0][0].weekday())
    weeks = (days[-1][0] - first).days // 7 + 1
    side = min(20.0, _ROOM / weeks)
    marks = [text(_LEFT - 6, 44 + (i + 0.75) * side, d, "end", 10) for i, d in enumerate(_DAYS)]
    for day, count in days:
        x, y = _LEFT + (day - first).days // 7 * side, 44 + day.weekday() * side
        if day.day == 1:
            marks.append(text(x, 38, f"{day:%b}", size=10))
        if count is None:
            marks.append(line(x + 3, y + side - 3, x + side - 3, y + 3, SOFT))
        else:
            marks.append(box(x + 1, y + 1, side - 2, side - 2, SHADES[min(count, len(SHADES) - 1)], SOFT))
    low = 44 + 7 * side + 16
    for i, shade in enumerate(SHADES):
        marks += [
            box(_LEFT + i * 60, low, 12, 12, shade, SOFT),
            text(_LEFT + i * 60 + 18, low + 10, f"{i}" + ("+" if i == len(SHADES) - 1 else "")),
        ]
    marks.append(text(_LEFT + len(SHADES) * 60, low + 10, "/ no entry"))
    silent = sum(c is None for _, c in days)
    told = f"{len(days)} days: {sum(bool(c) for _, c in days)} with cramps, {silent} without an entry."
    rows = tuple((str(d), "no entry" if c is None else str(c)) for d, c in days)
    return _chart("calendar", "Calendar of cramps", told, (_WIDTH, int(low) + 28), marks, ("Day", "Cramps"), rows)


def trigger_chart(summary: Summary) -> Chart:
    """Draw rate ratios with their intervals on a log scale."""
    shown = [(t, t.ratio, t.p) for t in summary.triggers if t.ratio is not None and t.p is not None]
    left, right, row = 250, _WIDTH - _RIGHT, 28
    low = min(0.5, *(r.low for _, r, _ in shown))
    high = max(2.0, *(r.high for _, r, _ in shown))

    def at(value: float) -> float:
        return left + (right - left) * (log(value) - log(low)) / (log(high) - log(low))

    height = 38 + row * len(shown) + 30
    marks = [line(at(1), 26, at(1), height - 30, SOFT, "4 4"), text(at(1), height - 12, "1 = no link", "middle", 11)]
    rows = []
    for i, (t, r, p) in enumerate(shown):
        y = 42 + row * i
        marks += [text(left - 8, y + 4, t.trigger.title, "end"), line(at(r.low), y, at(r.high), y, INK, width=2)]
        marks.append(box(at(r.value) - 4, y - 4, 8, 8))
        rows.append((t.trigger.title, f"{r.value:.2f}", f"{r.low:.2f}", f"{r.high:.2f}", f"{p:.3f}"))
    told = f"{len(shown)} kinds of days; {sum(t.status in ('more', 'less') for t, _, _ in shown)} stand out."
    head = ("Kind of day", "Rate ratio", "Low", "High", "p, adjusted")
    return _chart("triggers", "What goes with your cramps", told, (_WIDTH, height), marks, head, tuple(rows))


def trial_charts(book: Book, result: TrialResult) -> tuple[Chart, ...]:
    """Give the pictures of a trial: its blocks, and the posterior of the ratio."""
    found = [_blocks(result)] if result.blocks else []
    if result.reading is not None:
        found.append(_posterior(book, result, result.reading))
    return tuple(found)


def _blocks(result: TrialResult) -> Chart:
    rates = [b.per_week or 0.0 for b in result.blocks]
    top, base = nice_top(max(1.0, *rates)), 180
    step = _ROOM / len(rates)
    marks = list(_axis(top, base))
    for i, (b, r) in enumerate(zip(result.blocks, rates, strict=True)):
        with_it = b.block.arm == "with"
        marks.append(
            box(
                _LEFT + i * step + 2,
                base - 150 * r / top,
                step - 4,
                150 * r / top,
                ACCENT if with_it else "#ffffff",
                INK,
            )
        )
        marks.append(text(_LEFT + (i + 0.5) * step, 196, "+" if with_it else "–", "middle"))
    marks.append(text(_LEFT, 214, "+ with it, – without it", size=11))
    rows = tuple(
        (str(b.block.number), b.block.arm, str(b.block.first), str(b.written), str(b.cramps),
         "" if b.per_week is None else f"{b.per_week:.1f}") for b in result.blocks
    )  # fmt: skip
    head = ("Block", "Arm", "From", "Days with entry", "Cramps", "For 7 days")
    told = f"{len(rows)} blocks. With it: {_mean(result, 'with')}. Without it: {_mean(result, 'without')}."
    return _chart("blocks", "Cramps in each block", told, (_WIDTH, 224), marks, head, rows)


def _mean(result: TrialResult, arm: str) -> str:
    """Cramps in a week over all blocks of one arm, in words."""
    written = sum(b.written for b in result.blocks if b.block.arm == arm)
    cramps = sum(b.cramps for b in result.blocks if b.block.arm == arm)
    return f"{7 * cramps / written:.1f} cramps a week" if written else "no entry"


def _posterior(book: Book, result: TrialResult, reading: Reading) -> Chart:
    xs = [x for x, _ in result.density]
    low, high = min(*xs, log(0.5)), max(*xs, log(1.5))
    top = max(y for _, y in result.density)

    def at(value: float) -> float:
        return _LEFT + _ROOM * (value - low) / (high - low)

    limit = result.design.worthwhile_ratio
    marks = [line(_LEFT, 180, _WIDTH - _RIGHT, 180)]
    marks.append(path([(at(x), 180 - 150 * y / top) for x, y in result.density]))
    for value, name in ((1.0, "1: no change"), (limit, f"{limit:g}: worth having")):
        marks += [line(at(log(value)), 20, at(log(value)), 180, SOFT, "4 4")]
        marks.append(text(at(log(value)), 198 if value == 1.0 else 214, name, "middle", 11))
    told = (
        f"Ratio {reading.ratio.value:.2f}, from {reading.ratio.low:.2f} to {reading.ratio.high:.2f}. "
        f"{book.followup.phrases[reading.verdict]}"
    )
    interval = f"{reading.ratio.low:.2f} to {reading.ratio.high:.2f}"
    rows = (
        ("Ratio", f"{reading.ratio.value:.2f}"),
        ("95 % interval", interval),
        ("Chance of fewer cramps", f"{reading.fewer:.0%}"),
        (f"Chance of a ratio of {limit:g} or less", f"{reading.worthwhile:.0%}"),
        ("Chance of more cramps", f"{reading.more:.0%}"),
        ("Lowest and highest drawn", f"{exp(xs[0]):.2f}, {exp(xs[-1]):.2f}"),
    )
    return _chart("ratio", "Rate with it over rate without it", told, (_WIDTH, 224), marks, ("What", "Value"), rows)


def _axis(top: float, base: float) -> list[str]:
    marks = [line(_LEFT, base, _WIDTH - _RIGHT, base), line(_LEFT, base - 150, _LEFT, base)]
    for part in (0.0, 0.5, 1.0):
        marks.append(text(_LEFT - 6, base - 150 * part + 4, f"{top * part:g}", "end", 11))
    return marks


def _chart(
    name: str,
    title: str,
    told: str,
    size: tuple[int, int],
    marks: list[str],
    head: tuple[str, ...],
    rows: tuple[tuple[str, ...], ...],
) -> Chart:
    heading = text(8, 16, title, size=13)
    return Chart(name, title, told, picture(name, title, told, size, [heading, *marks]), head, rows)
