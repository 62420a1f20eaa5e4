"""The same rules as others would write them: Polars expressions, PyArrow kernels, DuckDB booleans."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

from crampwise.logic.rules import All, AtLeast, Leaf, Not, Rule, Term
from crampwise.logic.rules import Any as AnyOf

Counts = dict[str, tuple[int, int]]
Names = Mapping[Leaf, str]
Two = Callable[[Any, Any], Any]
CHUNK = 1 << 17


def build(
    rules: Mapping[str, Rule], leaf: Callable[[Leaf], Any], both: Two, either: Two, negate: Callable[[Any], Any]
) -> dict[str, Any]:
    """Translate rules into the three-valued logic of a library; what they have in common is translated once."""
    done: dict[Rule, Any] = {}

    def write(node: Rule) -> Any:
        if node not in done:
            done[node] = _write(node)
        return done[node]

    def _write(node: Rule) -> Any:
        match node:
            case Term(_, inner):
                return write(inner)
            case Not(inner):
                return negate(write(inner))
            case All(inner):
                return at_least(len(inner), [write(r) for r in inner], both, either)
            case AnyOf(inner):
                return at_least(1, [write(r) for r in inner], both, either)
            case AtLeast(n, inner):
                return at_least(n, [write(r) for r in inner], both, either)
            case _:
                return leaf(node)

    return {key: write(rule) for key, rule in rules.items()}


def at_least(n: int, values: Sequence[Any], both: Two, either: Two) -> Any:
    """At least `n` of the values, by counting up."""
    level: list[Any] = [None] * (n + 1)
    for seen, value in enumerate(values):
        for k in range(min(n, seen + 1), 0, -1):
            if n - k > len(values) - 1 - seen:
                continue
            below = value if k == 1 else both(level[k - 1], value)
            level[k] = below if level[k] is None else either(level[k], below)
    return level[n]


def polars_queries(table: Any, rules: Mapping[str, Rule], names: Names) -> dict[str, Callable[[], Counts]]:
    """In memory and streaming, with as many threads as there are cores."""
    import polars as pl

    frame = pl.from_arrow(table, rechunk=False)
    assert isinstance(frame, pl.DataFrame)
    expressions = build(rules, lambda leaf: pl.col(names[leaf]), lambda a, b: a & b, lambda a, b: a | b, lambda a: ~a)
    query = frame.lazy().select(
        *(e.sum().alias(f"{key} true") for key, e in expressions.items()),
        *((~e).sum().alias(f"{key} false") for key, e in expressions.items()),
    )

    def run(engine: Any) -> Counts:
        row = query.collect(engine=engine).row(0, named=True)
        return {key: (row[f"{key} true"], row[f"{key} false"]) for key in rules}

    threads = pl.thread_pool_size()
    return {
        f"Polars, in memory ({threads} threads)": partial(run, "in-memory"),
        f"Polars, streaming ({threads} threads)": partial(run, "streaming"),
    }


def pyarrow_queries(table: Any, rules: Mapping[str, Rule], names: Names) -> dict[str, Callable[[], Counts]]:
    """The Kleene kernels over whole columns, and over pieces that fit into the cache."""
    import pyarrow.compute as pc

    def run(piece: Any) -> Counts:
        found: dict[str, tuple[int, int]] = {}
        made = build(rules, lambda leaf: piece.column(names[leaf]).chunk(0), pc.and_kleene, pc.or_kleene, pc.invert)
        for key, result in made.items():
            true = result.true_count
            found[key] = true, len(result) - result.null_count - true
        return found

    def pieces() -> Counts:
        total = dict.fromkeys(rules, (0, 0))
        for start in range(0, table.num_rows, CHUNK):
            here = run(table.slice(start, CHUNK))
            total = {key: (t + here[key][0], f + here[key][1]) for key, (t, f) in total.items()}
        return total

    return {
        "PyArrow kernels, whole columns": partial(run, table),
        f"PyArrow kernels, {CHUNK:,} people at a time": pieces,
    }


def duckdb_query(table: Any, rules: Mapping[str, Rule], names: Names) -> Callable[[], Counts]:
    """SQL booleans with NULL, from a table of its own."""
    import duckdb

    connection = duckdb.connect()
    connection.execute("set threads = 2")
    connection.register("people_arrow", table)
    connection.execute("create table people as select * from people_arrow")
    said: dict[str, str] = build(
        rules,
        lambda leaf: names[leaf],
        lambda a, b: f"({a} AND {b})",
        lambda a, b: f"({a} OR {b})",
        lambda a: f"(NOT {a})",
    )
    inner = ", ".join(f"{sql} AS {key}" for key, sql in said.items())
    outer = ", ".join(f"count(*) FILTER ({key}), count(*) FILTER (NOT {key})" for key in rules)
    sql = f"SELECT {outer} FROM (SELECT {inner} FROM people)"  # noqa: S608 - our own names only

    def run() -> Counts:
        row = connection.execute(sql).fetchone()
        assert row is not None
        return {key: (row[2 * i], row[2 * i + 1]) for i, key in enumerate(rules)}

    return run
