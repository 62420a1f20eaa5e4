"""What a screen says of each person, as a table: urgency, flags, measures, medicines, tests, causes and reasons."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from crampwise.book.schema.common import LEVELS
from crampwise.interpret.columns import Bits, pack
from crampwise.population.computed import with_formulas
from crampwise.population.evaluate import Evaluated, evaluate
from crampwise.population.patterns import Patterns, patterns, pick
from crampwise.population.reasons import reasons_of
from crampwise.population.screen import Screen
from crampwise.population.table import MEDICINES, PERSON, columns_of, kind_of

if TYPE_CHECKING:
    import pyarrow as pa

BATCH = 131072
"""People who are worked out together."""

TOP = 3
_PLACES = 4
_PERSONAL = ("age_years", "sex_at_birth")
CONTRADICTION = "The record contradicts itself."


def outcome_schema(screen: Screen) -> "pa.Schema":
    """Give the schema of the outcome: one row for each person.

    certain, possible: urgency by what is known, and the highest that what is not known could still bring. problem:
    why nothing is said of the person. Then a column for each red flag and two for each measure (`among_` says who is
    asked about): true, false, or null for unknown. Tests that the book asks for and the record does not hold; the
    likeliest causes; for each flag and measure that is true what made it so; medicines that may contribute.
    """
    import pyarrow as pa

    level, texts = pa.dictionary(pa.int8(), pa.string()), pa.list_(pa.string())
    cause = pa.struct([pa.field("condition", pa.string()), pa.field("probability", pa.float64())])
    reason = pa.struct([pa.field("rule", pa.string()), pa.field("because", texts)])
    return pa.schema(
        [
            pa.field(PERSON, pa.string(), nullable=False),
            *(pa.field(name, kind_of(screen.catalogue[name])) for name in _PERSONAL),
            pa.field("certain", level),
            pa.field("possible", level),
            pa.field("problem", pa.string()),
            *(pa.field(flag.id, pa.bool_()) for flag in screen.engine.flags_by_level),
            *(pa.field(f"among_{m.id}", pa.bool_()) for m in screen.measures),
            *(pa.field(m.id, pa.bool_()) for m in screen.measures),
            pa.field("missing_tests", texts),
            pa.field("causes", pa.list_(cause)),
            pa.field("reasons", pa.list_(reason)),
            pa.field(MEDICINES, texts),
        ]
    )


def screen_people(screen: Screen, batch: "pa.RecordBatch", causes: bool = True) -> "pa.RecordBatch":
    """Screen the people of a batch of the table of findings; rows stay in order.

    Args:
        screen: the book made ready. batch: one row for each person.
        causes: whether causes are worked out. Without them a likely cause cannot raise the urgency.
    """
    import pyarrow as pa

    people, wanted = batch.num_rows, outcome_schema(screen)
    columns = columns_of(screen, batch)
    full = with_formulas(screen, columns, people)
    changed = [c for id_, c in columns.items() if full[id_] is not c]
    found = patterns([*full.values(), *changed], screen.cuts, people)
    some = {id_: pick(c, found.first) for id_, c in full.items()}
    recorded = {id_: pick(c, found.first) for id_, c in columns.items()}
    shown = evaluate(screen, some, recorded, len(found.first))
    arrays: dict[str, pa.Array] = {PERSON: batch.column(PERSON), MEDICINES: _contributing(screen, batch)}
    for name in _PERSONAL:
        there = name in batch.schema.names
        arrays[name] = batch.column(name) if there else pa.nulls(people, wanted.field(name).type)
    arrays |= {name: _spread(array, found) for name, array in _shared(shown, causes, wanted)}
    return pa.RecordBatch.from_arrays([arrays[name] for name in wanted.names], schema=wanted)


def _spread(array: "pa.Array", found: Patterns) -> "pa.Array":
    """Give each person what was worked out for their pattern."""
    import pyarrow as pa

    if array.null_count == len(array):
        return pa.nulls(len(found.of), array.type)
    return array.take(pa.array(found.of))


def _shared(shown: Evaluated, causes: bool, wanted: "pa.Schema") -> Iterator[tuple[str, "pa.Array"]]:
    """Yield the columns that are the same for all people of a pattern."""
    import pyarrow as pa

    screen, sound = shown.screen, ~shown.conflict
    for name, ranks in zip(("certain", "possible"), shown.levels(causes), strict=True):
        yield name, pa.DictionaryArray.from_arrays(pa.array(ranks, mask=~sound), pa.array(LEVELS))
    yield "problem", pa.array(np.full(shown.people, CONTRADICTION), pa.string(), mask=sound)
    for flag in screen.engine.flags_by_level:
        key = f"red_flag/{flag.id}"
        yield flag.id, _truths(shown.true(key), ~shown.open(key) & ~shown.true(key), sound)
    for m in screen.measures:
        yield f"among_{m.id}", _truths(shown.true(f"among/{m.id}"), shown.false(f"among/{m.id}"), sound)
        yield m.id, _truths(shown.true(f"measure/{m.id}"), shown.false(f"measure/{m.id}"), sound)
    yield "missing_tests", _lists(_missing(shown), sound)
    yield "causes", _causes(shown, causes, sound, wanted.field("causes").type)
    yield (
        "reasons",
        pa.array(
            [why if ok else None for why, ok in zip(reasons_of(shown), sound.tolist(), strict=True)],
            wanted.field("reasons").type,
        ),
    )


def _truths(true: Bits, false: Bits, sound: Bits) -> "pa.Array":
    import pyarrow as pa

    valid = (true | false) & sound
    buffers = [pa.py_buffer(pack(bits)) for bits in (valid, true)]
    return pa.Array.from_buffers(pa.bool_(), len(valid), buffers)


def _missing(shown: Evaluated) -> dict[str, Bits]:
    """For whom each test is asked for, is not held back, and has no result; see `assess.workup.tests`."""
    book, found = shown.screen.engine.book, {}
    for test in book.tests.values():
        wanted = shown.true(f"test/{test.id}")
        for panel in book.panels.values():
            if test.id in panel.tests:
                wanted = wanted | shown.true(f"panel/{panel.id}")
        if test.not_when is not None:
            wanted = wanted & shown.false(f"not_test/{test.id}")
        if test.results and test.results[0] in shown.columns:
            wanted = wanted & ~shown.known(test.results[0])
        found[test.id] = wanted
    return found


def _lists(marked: dict[str, Bits], sound: Bits) -> "pa.Array":
    """For each person the names under which they are marked, in order."""
    import pyarrow as pa

    marks = np.array(list(marked.values())) & sound
    who, which = np.nonzero(marks.T)
    ends = np.concatenate([[0], np.cumsum(np.bincount(who, minlength=len(sound)))]).astype(np.int32)
    names = pa.array(list(marked)).take(pa.array(which))
    return pa.ListArray.from_arrays(pa.array(ends), names, mask=pa.array(~sound))


def _causes(shown: Evaluated, wanted: bool, sound: Bits, kind: "pa.DataType") -> "pa.Array":
    """The likeliest conditions that the book would list; rounded, so that ties fall in the book's order."""
    import pyarrow as pa

    if not wanted:
        return pa.nulls(shown.people, kind)
    engine, table = shown.screen.engine, shown.causes
    rounded = np.round(table.marginal, _PLACES)
    order = np.argsort(-rounded, axis=1, kind="stable")[:, :TOP]
    p = np.take_along_axis(rounded, order, axis=1)
    listed = p >= engine.book.differential.wording.list_from
    ends = np.concatenate([[0], np.cumsum(listed.sum(axis=1))]).astype(np.int32)
    names = pa.array(engine.model.conditions).take(pa.array(order[listed]))
    pairs = pa.StructArray.from_arrays([names, pa.array(p[listed])], names=["condition", "probability"])
    told = pa.ListArray.from_arrays(pa.array(ends), pairs, type=kind)
    return told.take(pa.array(table.of, mask=~sound))


def _contributing(screen: Screen, batch: "pa.RecordBatch") -> "pa.Array":
    """Of each person's medicines those that may cause cramps; null where the table names no medicines."""
    import pyarrow as pa
    import pyarrow.compute as pc

    if MEDICINES not in batch.schema.names:
        return pa.nulls(batch.num_rows, pa.list_(pa.string()))
    given = batch.column(MEDICINES)
    values, owner = pc.list_flatten(given), pc.list_parent_indices(given).to_numpy(zero_copy_only=False)
    cards = screen.engine.book.medicines.values()
    causing = {m.ingredient for m in cards if m.evidence not in ("asked_about", "doubtful")}
    kept = pc.is_in(values, pa.array(sorted(causing)))
    owner = owner[kept.to_numpy(zero_copy_only=False)]
    ends = np.concatenate([[0], np.cumsum(np.bincount(owner, minlength=batch.num_rows))]).astype(np.int32)
    return pa.ListArray.from_arrays(pa.array(ends), values.filter(kept), mask=pc.is_null(given))
