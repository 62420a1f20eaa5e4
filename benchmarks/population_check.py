"""What a screen of generated people must show, at full size.

python -m benchmarks.bulk 1000000 PEOPLE
crampwise screen PEOPLE --out A --as-of 2026-11-21
crampwise screen PEOPLE --out B --as-of 2026-11-21 --engine spark --threads 2
python -m benchmarks.population_check A B

Everything planted must be found, the one in ten that is truly unknown included; both engines must give the same table;
and for a sample of people every red flag and measure must be what the reference interpreter says, rule by rule.
"""

import sys
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.parquet as pq

from benchmarks import bulk
from crampwise.assess.engine import Engine, engine_of
from crampwise.book.compile import open_book
from crampwise.interpret.person import evaluate
from crampwise.interpret.world import World, close
from crampwise.logic.answers import Answers, Value
from crampwise.logic.truth import Truth
from crampwise.population.computed import with_formulas
from crampwise.population.screen import Screen
from crampwise.population.table import columns_of

SAMPLE = 50_000
SAID = {Truth.TRUE: True, Truth.FALSE: False, Truth.UNKNOWN: None}


def planted(people: Any) -> tuple[int, int]:
    """How many planted truths were not found, and of how many people it is truly unknown whether they have cramps."""
    columns = {c for truth in bulk.PLANTED.values() for c in truth}
    found = {c: people[c].to_pylist() for c in columns}
    ids = people["person"].to_pylist()
    wrong = sum(found[c][i] is not v for i, id_ in enumerate(ids) for c, v in bulk.planted(id_).items())
    pairs = zip(found[f"{bulk.AMONG}{bulk.DIALYSIS}"], found[bulk.DIALYSIS], strict=True)
    return wrong, sum(among is True and met is None for among, met in pairs)


def answers_of(screen: Screen, findings: Any, rows: Any, *, computed: bool) -> list[dict[str, Value]]:
    """The recorded answers of some people, with formulas filled or without."""
    batch = findings.take(rows).combine_chunks().to_batches()[0]
    recorded = columns_of(screen, batch)
    columns = with_formulas(screen, recorded, batch.num_rows) if computed else recorded
    found: list[dict[str, Value]] = [{} for _ in range(batch.num_rows)]
    for id_ in columns:
        if id_ in batch.schema.names:
            values = batch.column(id_).to_pylist()
        else:
            values = [float(v) if k else None for v, k in zip(columns[id_].values, columns[id_].known, strict=True)]  # type: ignore[union-attr]
        for row, value in zip(found, values, strict=True):
            if value is not None:
                row[id_] = Decimal(repr(value)) if isinstance(value, float) else value
    return found


def discordant(screen: Screen, engine: Engine, people: Any, findings: Any) -> int:
    """How many flags and measures of the sample are not what the reference interpreter says."""
    chosen = np.sort(np.random.default_rng(1).choice(len(people), min(SAMPLE, len(people)), replace=False))
    world = World(screen.catalogue, engine.world.implies, engine.world.who_for)
    told, wrong, known = people.take(chosen).to_pylist(), 0, dict[frozenset[Any], dict[str, bool | None]]()
    both = (answers_of(screen, findings, chosen, computed=computed) for computed in (True, False))
    for row, given, recorded in zip(told, *both, strict=True):
        key = frozenset((*given.items(), *recorded))
        if key not in known:
            known[key] = _expected(screen, engine, world, given, frozenset(recorded))
        wrong += sum(row[column] is not value for column, value in known[key].items())
    return wrong


def _expected(
    screen: Screen, engine: Engine, world: World, given: dict[str, Value], recorded: frozenset[str]
) -> dict[str, bool | None]:
    closed = close(world, Answers(given))
    tested = {f for test in engine.book.tests.values() if set(test.results) & recorded for f in test.results}
    aside = {f: v for f, v in engine.not_found.items() if closed.get(f) is None and f not in tested}
    alone = close(world, closed.with_values(aside))
    found: dict[str, bool | None] = {}
    for flag in engine.book.red_flags.values():
        true = evaluate(flag.when, closed) is Truth.TRUE
        found[flag.id] = True if true else False if evaluate(flag.when, alone) is Truth.FALSE else None
    for m in screen.measures:
        found |= {f"{bulk.AMONG}{m.id}": SAID[evaluate(m.among, closed)], m.id: SAID[evaluate(m.when, closed)]}
    return found


def main(folders: list[Path]) -> None:
    """Check, print, and end with 1 if anything is wrong."""
    book = open_book()
    screen = Screen(engine_of(book), tuple(book.measures.values()))
    people, findings = (pq.read_table(folders[0] / name).sort_by("person") for name in ("people", "findings"))
    wrong, unknown = planted(people)
    apart = discordant(screen, screen.engine, people, findings)
    print(f"{len(people):,} people: {wrong} planted truths not found, {unknown:,} people truly unknown")
    print(f"{min(SAMPLE, len(people)):,} people held against the reference interpreter: {apart} discordant")
    same = True
    for other in folders[1:]:
        for name, table in (("people", people), ("findings", findings)):
            equal = table.equals(pq.read_table(other / name).sort_by("person"))
            same &= equal
            print(f"{name} of {folders[0].name} and {other.name}: {'identical' if equal else 'NOT THE SAME'}")
    sys.exit(bool(wrong or apart or not same))


if __name__ == "__main__":
    main([Path(name) for name in sys.argv[1:]])
