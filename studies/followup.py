"""`make study`: how often the diary and the trials of one person are right, on simulated people."""

import sys
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta

import numpy as np

from crampwise.book.book import Book
from crampwise.book.compile import open_book
from crampwise.followup.design import block_days, blocks_of
from crampwise.followup.power import Person, propose, readings, simulate
from crampwise.followup.rates import rate, trend
from crampwise.followup.records import Day, Diary
from crampwise.followup.triggers import triggers

SEED = 20261121
START = date(2026, 1, 5)
TRIALS = 2000


@dataclass(frozen=True)
class Row:
    """One line of a table: what was looked at, how many, and what came out as a share."""

    what: str
    times: int
    share: float
    target: str

    def __str__(self) -> str:
        error = (self.share * (1 - self.share) / self.times) ** 0.5
        return f"| {self.what} | {self.times:,} | {self.share:.1%} ± {1.96 * error:.1%} | {self.target} |"


WORLDS = {
    "calm": Person(5, 1, 10, 0.25, 2),
    "autocorrelated": Person(5, 1, 5, 0.4, 2),
    "autocorrelated, falling to 0.6": Person(5, 1, 5, 0.4, 2, trend=0.6),
    "autocorrelated, rising to 1.6, few cramps": Person(2, 1, 5, 0.4, 2, trend=1.6),
    "autocorrelated, many cramps, a fifth of the days silent": Person(12, 1, 5, 0.4, 2, written=0.8),
}


def rates(book: Book, times: int) -> Iterator[Row]:
    """Coverage of the interval of cramps in a week."""
    for weeks in (8, 12, 26):
        for name in ("calm", "autocorrelated"):
            person = WORLDS[name]
            rng = np.random.default_rng([SEED, weeks, len(name)])
            blocks = tuple(replace(b, arm="without") for b in blocks_of(START, 1, 1, 7 * weeks // 2, 0))
            hit = 0
            for _ in range(times):
                found = rate(simulate(person, blocks, rng), book.followup).per_week
                hit += found is not None and found.low <= person.per_week <= found.high
            yield Row(f"cramps in a week, {weeks} weeks, {name}", times, hit / times, "93 to 97 %")


def trials(book: Book, times: int) -> Iterator[Row]:
    """Coverage of the interval of the ratio, and how often something without effect is said to help."""
    action = book.actions["i_bedclothes"]
    days = block_days(action, book.followup.trial)
    for name, person in WORLDS.items():
        for ratio in (1.0, 0.5):
            rng = np.random.default_rng([SEED, len(name), int(10 * ratio)])
            found = list(readings(replace(person, ratio=ratio), 12, *days, book.followup, rng, times))
            hit = sum(r.ratio.low <= ratio <= r.ratio.high for r in found)
            yield Row(f"ratio {ratio:g}, 24 weeks, {name}", times, hit / times, "93 to 97 %")
            if ratio == 1.0:
                works = sum(r.verdict == "works" for r in found)
                yield Row(f"said to help without effect, 24 weeks, {name}", times, works / times, "5 % at most")


def powers(book: Book, times: int) -> Iterator[tuple[str, float, float, int]]:
    """Power as stated in a plan, and in fresh simulated trials."""
    numbers = book.followup.trial
    for id_, per_week, pairs in (
        ("i_bedclothes", 5, None),
        ("i_bedclothes", 10, None),
        ("i_bedclothes", 3, 10),
        ("i_night_splint", 8, 8),
        ("i_bedtime_stretch_programme", 12, 6),
    ):
        action = book.actions[id_]
        plan = propose(book, action, per_week, START, SEED, pairs)
        person = Person(per_week, numbers.plan_ratio, numbers.dispersion, numbers.wander, numbers.memory_weeks)
        first = plan.blocks[0]
        rng = np.random.default_rng([SEED, per_week])
        found = readings(person, len(plan.blocks) // 2, first.days, first.washout, book.followup, rng, times)
        works = sum(r.verdict == "works" for r in found) / times
        yield f"{action.title}, {per_week} a week, {plan.weeks:.0f} weeks", plan.power, works, times


def links(book: Book, times: int) -> Iterator[Row]:
    """How often a trigger or a trend is told where there is none."""
    person = WORLDS["autocorrelated"]
    blocks = tuple(replace(b, arm="without") for b in blocks_of(START, 1, 1, 91, 0))
    rng = np.random.default_rng([SEED, 7])
    stood_out = covered = looked = trended = 0
    for _ in range(times):
        line = simulate(person, blocks, rng)
        n = len(line.counts)
        some = rng.random((2, n)) < 0.4
        figures = rng.normal(7, 1, (3, n)).round(1)
        days = tuple(
            Day(
                day=START + timedelta(days=i), heat=bool(some[0, i]), alcohol_units=float(some[1, i]),
                sleep_h=max(0.0, float(figures[0, i])), standing_h=max(0.0, float(figures[1, i])),
                sitting_h=max(0.0, float(figures[2, i])),
            )
            for i in range(n)
        )  # fmt: skip
        found = [t for t in triggers(Diary(days=days), line, book.followup) if t.ratio is not None]
        stood_out += any(t.status in ("more", "less") for t in found)
        covered += sum(t.ratio.low <= 1 <= t.ratio.high for t in found if t.ratio)
        looked += len(found)
        trended += trend(line, book.followup).status != "unclear"
    yield Row("any of five triggers stands out without a link", times, stood_out / times, "5 % at most")
    yield Row("ratio of a trigger without a link, 26 weeks", looked, covered / looked, "93 to 97 %")
    yield Row("a trend is told where there is none, 26 weeks", times, trended / times, "10 % at most")


def main(times: int) -> None:
    """Run everything and print it."""
    book = open_book()
    print(f"Seed {SEED}. Share ± 95 % simulation error.\n")
    print("| what | simulated | share | target |\n|---|---|---|---|")
    for rows in (rates, trials, links):
        for row in rows(book, times):
            print(row, flush=True)
    print("\n| plan | power as stated | power in fresh trials | simulated |\n|---|---|---|---|")
    for name, stated, found, n in powers(book, times):
        print(f"| {name} | {stated:.1%} | {found:.1%} | {n:,} |", flush=True)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else TRIALS)
