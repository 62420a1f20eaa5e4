"""What a trial shows: the rate with against the rate without, as a posterior, and what may be said of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from math import log
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from crampwise.book.schema.followup import Followup
from crampwise.followup.counts import Fit, Interval, fit, interval_of
from crampwise.followup.design import Block, Design
from crampwise.followup.records import Diary, TrialRecord
from crampwise.followup.timeline import Timeline, timeline

Array = NDArray[np.float64]
Verdict = Literal["works", "no_benefit", "worse", "cannot_tell"]


@dataclass(frozen=True)
class BlockResult:
    """What was written down in the analysed days of a block."""

    block: Block
    days: int
    written: int
    cramps: int
    kept: int
    kept_known: int

    @property
    def per_week(self) -> float | None:
        """Cramps for seven days with an entry."""
        return 7 * self.cramps / self.written if self.written else None


@dataclass(frozen=True)
class Reading:
    """The posterior of the rate ratio and what it says.

    Attributes:
        ratio: rate with over rate without. fewer: probability that it is below 1. worthwhile: that it is at or below
            the limit of a benefit worth having. more: that it is above 1.
    """

    verdict: Verdict
    ratio: Interval
    fewer: float
    worthwhile: float
    more: float


@dataclass(frozen=True)
class TrialResult:
    """A trial read on one day.

    Attributes:
        reading: None while there is nothing to read: no days with an entry in one of the arms.
        written: share of the analysed days with an entry, in the arm in which fewer have one.
        kept: share of the days answered on which the plan was kept.
        caveats: names of phrases that limit the result.
        over: whether it has come to its end, planned or early. density: (log ratio, density) for a picture.
    """

    design: Design
    today: date
    over: bool
    blocks: tuple[BlockResult, ...]
    reading: Reading | None
    written: float
    kept: float | None
    caveats: tuple[str, ...]
    density: tuple[tuple[float, float], ...]


@dataclass(frozen=True)
class Units:
    """What is analysed: weeks of the analysed days of each block, shape (n,) each; `active` is 1 with and 0 without."""

    counts: Array
    days: Array
    weeks: Array
    active: Array


def units_of(blocks: tuple[Block, ...], line: Timeline) -> Units:
    """Cut the analysed days of the blocks into weeks."""
    rows = []
    for block in blocks:
        counted = line.between(block.counted_from, block.last)
        offset = (counted.first - blocks[0].first).days
        for start in range(0, len(counted.counts), 7):
            part = slice(start, start + 7)
            written = int(counted.written[part].sum())
            if written:
                cramps = int((counted.counts[part] * counted.written[part]).sum())
                rows.append((cramps, written, (offset + start) / 7, float(block.arm == "with")))
    table = np.array(rows, dtype=float).reshape(-1, 4)
    return Units(table[:, 0], table[:, 1], table[:, 2], table[:, 3])


def fit_units(units: Units, followup: Followup) -> Fit:
    """Fit the model: a level, the arms, a straight trend, and swings."""
    weeks = units.weeks - units.weeks.mean()
    reach = float(np.ptp(weeks)) or 1.0
    design = np.column_stack([np.ones(len(weeks)), units.active, weeks / reach])
    model = followup.model
    return fit(
        units.counts,
        units.days,
        units.weeks,
        design,
        np.array([model.level_sd, model.ratio_sd, model.trend_sd]),
        model,
    )


def read(units: Units, followup: Followup, worthwhile_ratio: float, sure: float) -> Reading | None:
    """Give the posterior and its verdict; None where one arm has no day with an entry."""
    if len(set(units.active)) < 2:
        return None
    found = fit_units(units, followup).coefficient(1)
    fewer, worthwhile = found.below(0.0), found.below(log(worthwhile_ratio))
    verdict: Verdict = "cannot_tell"
    if fewer >= sure and worthwhile >= 0.5:
        verdict = "works"
    elif 1 - fewer >= sure:
        verdict = "worse"
    elif worthwhile <= followup.trial.unlikely:
        verdict = "no_benefit"
    return Reading(verdict, interval_of(found), fewer, worthwhile, 1 - fewer)


def analyse(followup: Followup, design: Design, record: TrialRecord, diary: Diary, today: date) -> TrialResult:
    """Read a trial as it stands. Before its end the reading is for the stop rules only."""
    until = min(today, record.ended or today)
    line = timeline(diary, until, followup.night_ends_hour)
    begun = tuple(b for b in design.blocks if b.counted_from <= until)
    results = tuple(_block(b, line, record, until) for b in begun)
    units = units_of(begun, line)
    reading = read(units, followup, design.worthwhile_ratio, design.sure)
    written = min((_written(results, arm) for arm in ("with", "without")), default=0.0)
    answered = sum(b.kept_known for b in results)
    kept = sum(b.kept for b in results) / answered if answered else None
    numbers = followup.trial
    caveats = []
    if written < 1 - numbers.missing:
        caveats.append("not_written")
    if kept is not None and kept < numbers.adherence:
        caveats.append("not_kept")
    if reading is not None and caveats and (reading.verdict != "worse" or "not_written" in caveats):
        reading = Reading("cannot_tell", reading.ratio, reading.fewer, reading.worthwhile, reading.more)
    over = today > design.last or record.ended is not None
    density = _density(units, followup) if reading is not None else ()
    return TrialResult(design, today, over, results, reading, written, kept, tuple(caveats), density)


def _written(results: Sequence[BlockResult], arm: str) -> float:
    """Share of the days of an arm that have an entry; a side that is hardly written down cannot be compared."""
    mine = [b for b in results if b.block.arm == arm]
    days = sum(b.days for b in mine)
    return sum(b.written for b in mine) / days if days else 1.0


def stop_early(followup: Followup, result: TrialResult) -> bool:
    """Say whether the stop rule for harm holds: after enough pairs the rate is surely above the limit."""
    numbers = followup.trial
    whole = sum(1 for b in result.blocks if b.block.last < result.today) // 2
    if result.reading is None or whole < numbers.worse_pairs:
        return False
    return result.reading.verdict == "worse" and result.reading.ratio.value >= numbers.worse_ratio


def _block(block: Block, line: Timeline, record: TrialRecord, until: date) -> BlockResult:
    counted = line.between(block.counted_from, min(block.last, until))
    days = (min(block.last, until) - block.counted_from).days + 1
    span = [block.counted_from + timedelta(days=i) for i in range(days)]
    answers = [record.kept[d] for d in span if d in record.kept]
    cramps = int((counted.counts * counted.written).sum())
    return BlockResult(block, days, int(counted.written.sum()), cramps, sum(answers), len(answers))


def _density(units: Units, followup: Followup) -> tuple[tuple[float, float], ...]:
    found = fit_units(units, followup).coefficient(1)
    low, high = found.quantile(0.001), found.quantile(0.999)
    points = np.linspace(low, high, 61)
    parts = np.exp(-0.5 * ((points[:, None] - found.means) / found.sds) ** 2) / (found.sds * np.sqrt(2 * np.pi))
    return tuple((float(x), float(y)) for x, y in zip(points, parts @ found.weights, strict=True))
