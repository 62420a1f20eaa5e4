"""`make bench`: the shipped red flags over ten million people, and over one; writes its part of results.md.

Everybody gets the same people and the same rules, and all must count the same people at every level of urgency.
"""

import os
import statistics
import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from itertools import pairwise

import numpy as np

from benchmarks import cases
from benchmarks import screening_peers as peers
from benchmarks.report import machine, write_section
from benchmarks.screening_people import People, generate
from benchmarks.timing import median_ms
from crampwise.assess.engine import Engine, engine_of
from crampwise.assess.known import Known, know
from crampwise.assess.triage import evaluate_rules
from crampwise.book.compile import open_book
from crampwise.book.schema.common import LEVELS
from crampwise.interpret import planes
from crampwise.interpret.columns import Pair, Words
from crampwise.interpret.planes import run_blocks
from crampwise.interpret.program import Program, compile_program
from crampwise.interpret.world import World
from crampwise.logic.answers import Answers
from crampwise.logic.rules import Any as AnyOf
from crampwise.logic.rules import Rule

PEOPLE = 10_000_000
DUCKDB_PEOPLE = 1_000_000
ROUNDS = 5
OURS = "Crampwise, numpy blocks"
Counts = dict[str, tuple[int, int]]


def level_rules(engine: Engine) -> dict[str, Rule]:
    """For each level of urgency: some red flag of it."""
    flags = engine.book.red_flags.values()
    return {level: AnyOf(tuple(f.when for f in flags if f.level == level)) for level in LEVELS}


def counts(program: Program, pairs: list[Pair], people: int, block: int = planes.BLOCK) -> Counts:
    """For how many people some flag of each level is true, and for how many all are false."""
    found = dict.fromkeys(program.keys, (0, 0))
    for part in run_blocks(program, pairs, people, block):
        for key, (true, false) in found.items():
            more_true, more_false = part.count(key)
            found[key] = true + more_true, false + more_false
    return found


def from_arrow(program: Program, bitmaps: list[Pair], people: int) -> Counts:
    """The same from Arrow's bitmaps: valid and held. Known true is both, known false is valid alone."""
    found = dict.fromkeys(program.keys, (0, 0))
    words, block = len(bitmaps[0][0]), planes.BLOCK
    for start in range(0, words, block):
        part = slice(start, start + block)
        pairs = [(v[part] & h[part], v[part] & ~h[part]) for v, h in bitmaps]
        here = counts(program, pairs, min(people - start * 64, block * 64))
        found = {key: (t + here[key][0], f + here[key][1]) for key, (t, f) in found.items()}
    return found


def in_two_threads(program: Program, pairs: list[Pair], people: int) -> Counts:
    words = len(pairs[0][0])
    cuts = [0, words // 2 // planes.BLOCK * planes.BLOCK, words]
    with ThreadPoolExecutor(2) as pool:
        halves = list(
            pool.map(
                lambda cut: counts(
                    program,
                    [(t[slice(*cut)], f[slice(*cut)]) for t, f in pairs],
                    min(people, cut[1] * 64) - cut[0] * 64,
                ),
                pairwise(cuts),
            )
        )
    return {key: (halves[0][key][0] + halves[1][key][0], halves[0][key][1] + halves[1][key][1]) for key in halves[0]}


def read_speed(memory: Words) -> float:
    """Bytes per second that one core reads: the fastest of three ways, over the planes themselves."""
    ways: list[Callable[[], object]] = [
        partial(np.bitwise_or.reduce, memory),
        partial(np.max, memory),
        partial(np.add.reduce, memory),
    ]
    return memory.nbytes / min(median_ms(way, 3) for way in ways) * 1000


def seconds(works: Mapping[str, Callable[[], Counts]], expected: Mapping[str, Counts]) -> dict[str, float]:
    """Median time of each, taken in turns so that a busy moment meets all alike; the counts must be as expected."""
    times: dict[str, list[float]] = {name: [] for name in works}
    for _ in range(ROUNDS):
        for name, work in works.items():
            start = time.perf_counter()
            found = work()
            times[name].append(time.perf_counter() - start)
            assert found == expected[name], (name, found, expected[name])
    return {name: statistics.median(taken) for name, taken in times.items()}


def screen(engine: Engine, crowd: People) -> list[str]:
    """The table of the many."""
    rules, bare = level_rules(engine), World(engine.world.findings)
    alone, shipped = compile_program(bare, rules), compile_program(engine.world, rules)
    pairs = [crowd.planes[leaf] for leaf in alone.leaves]
    pairs_shipped = [crowd.planes[leaf] for leaf in shipped.leaves]
    bitmaps = [crowd.bitmaps[leaf] for leaf in alone.leaves]
    names = {leaf: f"l{i}" for i, leaf in enumerate(alone.leaves)}
    table, n, few = crowd.table(names), crowd.people, DUCKDB_PEOPLE
    duckdb_name = f"DuckDB booleans (2 threads, on {few:,} of them)"
    works: dict[str, Callable[[], Counts]] = {
        OURS: partial(counts, alone, pairs, n),
        "the same, and closing the answers first, as shipped": partial(counts, shipped, pairs_shipped, n),
        "the same, in two threads": partial(in_two_threads, alone, pairs, n),
        "Crampwise, from Arrow bitmaps": partial(from_arrow, alone, bitmaps, n),
        **peers.polars_queries(table, rules, names),
        **peers.pyarrow_queries(table, rules, names),
        duckdb_name: peers.duckdb_query(table.slice(0, few), rules, names),
    }
    everybody = works[OURS]()
    expected = dict.fromkeys(works, everybody)
    expected[duckdb_name] = counts(alone, [(t[: few // 64], f[: few // 64]) for t, f in pairs], few)
    before = read_speed(crowd.memory)
    took = seconds(works, expected)
    took[duckdb_name] *= n / few
    speed = max(before, read_speed(crowd.memory))
    return _table(took, n, sum(t.nbytes + f.nbytes for t, f in pairs), speed, everybody)


def _table(took: Mapping[str, float], n: int, needed: int, speed: float, expected: Counts) -> list[str]:
    ours = took[OURS]
    rows = [
        f"| {name} | {n / t / 1e6:.3g} | {needed / t / speed:.1%} | {'' if t == ours else f'{t / ours:.1f} x'} |"
        for name, t in took.items()
    ]
    shown = ", ".join(f"{level} {true:,} / {n - true - false:,}" for level, (true, false) in expected.items())
    return [
        "| who | million people/s | of the read limit | time against Crampwise |",
        "|---|---|---|---|",
        *rows,
        "",
        f"Read limit: {needed / 1e6:,.0f} MB of planes at {speed / 1e9:.1f} GB/s, read by one core in the same run, is",
        f"{n / (needed / speed) / 1e6:,.0f} million people/s.",
        f"People for whom some red flag of the level is true / may still become so: {shown}.",
    ]


def one_person(engine: Engine, everyone: list[Known]) -> list[str]:
    """The rows of one person: medians over the people of the acceptance cases."""
    both = statistics.median(median_ms(partial(evaluate_rules, engine, k), 100) for k in everyone)
    return [
        "| rules | one person | a hundred hypothetical answers of that person |",
        "|---|---|---|",
        _row("the rules that decide the urgency", engine.urgent, engine, everyone),
        _row("all rules of the book", engine.program, engine, everyone),
        "",
        f"An assessment runs all rules in two lanes (with and without examinations): {1000 * both:.0f} µs.",
        "From answers to the truth of every rule, filling the planes included. Medians over the acceptance cases.",
    ]


def _row(name: str, program: Program, engine: Engine, everyone: list[Known]) -> str:
    hundred = _hypothetical(engine, 100)
    every = (1 << len(hundred)) - 1
    alone = statistics.median(median_ms(partial(program.run, [(k.given, 1)]), 200) for k in everyone)
    many = statistics.median(median_ms(partial(program.run, [(k.given, every), *hundred]), 50) for k in everyone)
    return f"| {name} ({len(program.keys):,}) | {1000 * alone:.0f} µs | {1000 * many:.0f} µs |"


def _hypothetical(engine: Engine, many: int) -> list[tuple[Answers, int]]:
    """Each of the first questions of the red flags answered yes and no, one lane for each answer."""
    yes_no = [f for f in engine.ask_order if f"known/{f}" in engine.rules][: many // 2]
    answers = [Answers({f: value}) for f in yes_no for value in (True, False)]
    return [(a, 1 << lane) for lane, a in enumerate(answers)]


def main() -> None:
    """Measure, print and write the section."""
    engine, load = engine_of(open_book()), os.getloadavg()[0]
    few = one_person(engine, [know(engine, i) for i in cases.intakes(engine.book)])
    crowd = generate(engine, level_rules(engine), PEOPLE)
    many = screen(engine, crowd)
    lines = [
        *machine("numpy", "pyarrow", "polars", "duckdb"),
        f"The machine was shared (load average {load:.0f} when begun), so trust the ratios more than the times.",
        "",
        f"The {len(engine.book.red_flags)} red flags of the shipped book over {PEOPLE:,} generated people:",
        f"{len(crowd.planes)} yes/no columns with gaps, one for each leaf of the rules, packed in memory. Answers are",
        "closed beforehand, so nobody needs to know what follows from what. All count the same people at each level.",
        "",
        *many,
        "",
        "One person, the same function on Python ints:",
        "",
        *few,
    ]
    write_section("Rules over many people", lines)


if __name__ == "__main__":
    main()
