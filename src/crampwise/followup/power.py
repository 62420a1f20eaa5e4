"""How long a trial has to be: simulated trials of a person with this rate, read in the same way as real ones."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from math import exp, log, sqrt

import numpy as np

from crampwise.book.book import Book
from crampwise.book.schema.care import Action
from crampwise.book.schema.followup import Followup, TrialNumbers
from crampwise.followup.analysis import Array, Reading, read, units_of
from crampwise.followup.design import Block, Design, block_days, blocks_of
from crampwise.followup.timeline import Timeline
from crampwise.logic.errors import InputError, Problem

_ROUGHLY = 4
"""So many times fewer simulations do for a rough look."""


@dataclass(frozen=True)
class Person:
    """A simulated person.

    Attributes:
        per_week: mean cramps in a week without the intervention. ratio: what it does to the rate.
        trend: factor over the whole trial. dispersion: size of the negative binomial of a week.
        wander, memory_weeks: standard deviation and time constant of the swings of the log rate.
        written: chance that a day has an entry.
    """

    per_week: float
    ratio: float
    dispersion: float
    wander: float
    memory_weeks: float
    trend: float = 1.0
    written: float = 1.0


@dataclass(frozen=True)
class Length:
    """What trials of one length lead to: the chance of hearing that it helps, with and without an effect."""

    pairs: int
    weeks: float
    power: float
    false_alarm: float


def person_of(numbers: TrialNumbers, per_week: float, ratio: float) -> Person:
    """Give the person for whom a plan is worked out."""
    return Person(per_week, ratio, numbers.dispersion, numbers.wander, numbers.memory_weeks)


def simulate(person: Person, blocks: tuple[Block, ...], rng: np.random.Generator) -> Timeline:
    """Draw the diary of a person over a trial, day by day; a week's days share its extra variation."""
    days = sum(b.days for b in blocks)
    weeks = -(-days // 7)
    swing = np.empty(weeks)
    keep = exp(-1 / person.memory_weeks)
    noise = rng.normal(size=weeks)
    swing[0] = noise[0]
    for i in range(1, weeks):
        swing[i] = keep * swing[i - 1] + sqrt(1 - keep**2) * noise[i]
    extra = rng.gamma(person.dispersion, 1 / person.dispersion, weeks)
    level = log(person.per_week / 7) - person.wander**2 / 2
    of_week = np.exp(level + person.wander * swing) * extra
    time = np.linspace(-0.5, 0.5, days)
    active = np.concatenate([np.full(b.days, b.arm == "with") for b in blocks])
    rate = np.repeat(of_week, 7)[:days] * person.trend**time * np.where(active, person.ratio, 1.0)
    written = rng.random(days) < person.written
    counts: Array = rng.poisson(rate).astype(float)
    return Timeline(blocks[0].first, (counts * written).astype(np.int64), written)


def readings(
    person: Person, pairs: int, days: int, washout: int, followup: Followup, rng: np.random.Generator, times: int
) -> Iterator[Reading]:
    """Read simulated trials."""
    start = date(2000, 1, 3)
    for _ in range(times):
        blocks = blocks_of(start, int(rng.integers(2**31)), pairs, days, washout)
        reading = read(
            units_of(blocks, simulate(person, blocks, rng)),
            followup,
            followup.trial.worthwhile_ratio,
            followup.trial.sure,
        )
        if reading is not None:
            yield reading


def length_of(followup: Followup, action: Action, pairs: int, per_week: float, seed: int) -> Length:
    """Work out what trials of so many pairs lead to."""
    numbers = followup.trial
    days, _ = block_days(action, numbers)
    with_effect, without = (
        _chance(followup, action, pairs, per_week, ratio, seed, numbers.simulations)
        for ratio in (numbers.plan_ratio, 1.0)
    )
    return Length(pairs, 2 * pairs * days / 7, with_effect, without)


def _chance(
    followup: Followup, action: Action, pairs: int, per_week: float, ratio: float, seed: int, times: int
) -> float:
    """Chance of hearing that it helps."""
    rng = np.random.default_rng([seed, pairs, int(ratio * 1000)])
    person = person_of(followup.trial, per_week, ratio)
    found = readings(person, pairs, *block_days(action, followup.trial), followup, rng, times)
    return sum(r.verdict == "works" for r in found) / times


def shortest(followup: Followup, action: Action, per_week: float, seed: int) -> Length:
    """Find the shortest length of the book with the power that is aimed at; else the longest that is bearable.

    Power rises with length: a rough look at some lengths finds where to begin, and from there on each is worked out.
    """
    numbers = followup.trial
    days, _ = block_days(action, numbers)
    bearable = [p for p in numbers.pairs if 2 * p * days / 7 <= numbers.longest_weeks] or list(numbers.pairs[:1])
    low, high = 0, len(bearable) - 1
    while low < high:
        middle = (low + high) // 2
        rough = _chance(
            followup, action, bearable[middle], per_week, numbers.plan_ratio, seed, numbers.simulations // _ROUGHLY
        )
        low, high = (low, middle) if rough >= numbers.power else (middle + 1, high)
    found = length_of(followup, action, bearable[low], per_week, seed)
    while found.power < numbers.power and low < len(bearable) - 1:
        low += 1
        found = length_of(followup, action, bearable[low], per_week, seed)
    return found


def propose(book: Book, action: Action, per_week: float, start: date, seed: int, pairs: int | None = None) -> Design:
    """Plan a trial: of `pairs` pairs, or as long as the power that is aimed at needs.

    Raises:
        InputError: the person has no cramps to count, or no trial of bearable length would tell.
    """
    followup = book.followup
    if not 0 < per_week < 200:
        remedy = "Keep the diary first, also for days without cramps."
        raise InputError([Problem("trial", f"a trial cannot be planned from {per_week:g} cramps a week.", remedy)])
    chosen = length_of(followup, action, pairs, per_week, seed) if pairs else shortest(followup, action, per_week, seed)
    if not pairs and chosen.power < followup.trial.power:
        best = f"even {chosen.weeks:.0f} weeks would show a halving in only {chosen.power:.0%} of cases"
        remedy = "You may still set the number of pairs yourself."
        raise InputError([Problem("trial", f"with {per_week:.1f} cramps a week {best}.", remedy)])
    days, washout = block_days(action, followup.trial)
    numbers = followup.trial
    return Design(
        action.id, start, seed, blocks_of(start, seed, chosen.pairs, days, washout), round(per_week, 3), chosen.power,
        chosen.false_alarm, numbers.plan_ratio, numbers.worthwhile_ratio, numbers.sure, book.info.version,
    )  # fmt: skip
