"""Counting the people of a screen: urgency, flags and measures, by age and sex. Tallies of parts add up."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np

from crampwise.book.schema.common import LEVELS
from crampwise.logic.rules import Compare, walk
from crampwise.population.screen import Screen
from crampwise.population.suppress import Counts

if TYPE_CHECKING:
    import pyarrow as pa

SEXES = ("female", "male", "unknown")
NOT_AMONG, UNSURE, MET, NOT_MET, OPEN = range(5)
"""Where a person stands with a measure: outside it, not known to be in it, and inside it: found, not found, open."""


@dataclass(frozen=True, eq=False)
class Groups:
    """Ages and sexes by which people are counted. Ages are cut where the book's own groups are cut."""

    screen: Screen

    @cached_property
    def cuts(self) -> tuple[int, ...]:
        """The first age of each band but the first."""
        book = self.screen.engine.book
        rules = [node for s in book.differential.strata for node in walk(s.when)]
        ages = {int(n.threshold) for n in rules if isinstance(n, Compare) and n.finding.id == "age_years"}
        return tuple(sorted({book.info.adult_from_years, *ages}))

    @cached_property
    def bands(self) -> tuple[str, ...]:
        """Names of the bands, unknown last."""
        ends = [f"{a} to {b - 1}" for a, b in pairwise((0, *self.cuts))]
        return (*ends, f"{self.cuts[-1]} and over", "unknown")

    @property
    def size(self) -> int:
        """How many groups there are; a group is band * 3 + sex."""
        return len(self.bands) * len(SEXES)

    def of(self, outcome: "pa.RecordBatch") -> "np.ndarray[tuple[int], np.dtype[np.intp]]":
        """Give the group of each person."""
        import pyarrow.compute as pc

        ages = pc.fill_null(outcome.column("age_years"), -1.0).to_numpy(zero_copy_only=False)
        band = np.where(ages < 0, len(self.cuts) + 1, np.searchsorted(self.cuts, ages, "right"))
        sex = pc.index_in(outcome.column("sex_at_birth"), _strings(SEXES[:2]))
        return np.asarray(band * len(SEXES) + pc.fill_null(sex, 2).to_numpy(zero_copy_only=False), np.intp)


@dataclass(frozen=True)
class Tally:
    """Counts of people.

    Attributes:
        groups: (G,) people of each group. levels: (5, 5) certain by possible urgency.
        contradictions: people of whom nothing is said because their record contradicts itself.
        flags: for each red flag how many are true, and how many open.
        measures: for each measure (G, 5) where people stand, see `MET`.
        medicines, tests, causes: how many people have each: contributing medicines, missing tests, the likeliest cause.
    """

    groups: Counts
    levels: Counts
    contradictions: int
    flags: Mapping[str, tuple[int, int]]
    measures: Mapping[str, Counts]
    medicines: Mapping[str, int]
    tests: Mapping[str, int]
    causes: Mapping[str, int]

    @property
    def people(self) -> int:
        """How many were screened."""
        return int(self.groups.sum())

    def __add__(self, other: "Tally") -> "Tally":
        return Tally(
            self.groups + other.groups,
            self.levels + other.levels,
            self.contradictions + other.contradictions,
            {id_: (t + other.flags[id_][0], u + other.flags[id_][1]) for id_, (t, u) in self.flags.items()},
            {id_: counts + other.measures[id_] for id_, counts in self.measures.items()},
            *(_added(getattr(self, n), getattr(other, n)) for n in ("medicines", "tests", "causes")),
        )

    def to_data(self) -> dict[str, Any]:
        """Give the tally as plain data."""
        return {
            "groups": self.groups.tolist(),
            "levels": self.levels.tolist(),
            "contradictions": self.contradictions,
            "flags": {id_: list(counts) for id_, counts in self.flags.items()},
            "measures": {id_: counts.tolist() for id_, counts in self.measures.items()},
            "medicines": dict(self.medicines),
            "tests": dict(self.tests),
            "causes": dict(self.causes),
        }

    @classmethod
    def of_data(cls, data: Mapping[str, Any]) -> "Tally":
        """Read a tally again."""
        return cls(
            np.array(data["groups"], np.int64),
            np.array(data["levels"], np.int64),
            data["contradictions"],
            {id_: (true, unknown) for id_, (true, unknown) in data["flags"].items()},
            {id_: np.array(counts, np.int64) for id_, counts in data["measures"].items()},
            data["medicines"],
            data["tests"],
            data["causes"],
        )


def empty(screen: Screen) -> Tally:
    """Give the tally of nobody."""
    size = Groups(screen).size
    flags = {f.id: (0, 0) for f in screen.engine.flags_by_level}
    measures = {m.id: np.zeros((size, 5), np.int64) for m in screen.measures}
    return Tally(np.zeros(size, np.int64), np.zeros((5, 5), np.int64), 0, flags, measures, {}, {}, {})


def tally(screen: Screen, outcome: "pa.RecordBatch") -> Tally:
    """Count the people of one batch of the outcome."""
    import pyarrow.compute as pc

    groups, sound = Groups(screen), pc.is_null(outcome.column("problem"))
    group = groups.of(outcome)
    certain, possible = (_level(outcome.column(name)) for name in ("certain", "possible"))
    known = certain >= 0
    levels = np.bincount(certain[known] * len(LEVELS) + possible[known], minlength=len(LEVELS) ** 2)
    bad = int(pc.sum(pc.invert(sound)).as_py() or 0)
    flags = {}
    for flag in screen.engine.flags_by_level:
        column = outcome.column(flag.id)
        flags[flag.id] = column.true_count, column.null_count - bad
    first = pc.struct_field(pc.list_flatten(pc.list_slice(outcome.column("causes"), 0, 1)), "condition")
    return Tally(
        np.bincount(group, minlength=groups.size).astype(np.int64),
        levels.reshape(len(LEVELS), len(LEVELS)).astype(np.int64),
        bad,
        flags,
        {m.id: _places(outcome, m.id, group, groups.size) for m in screen.measures},
        _named(pc.list_flatten(outcome.column("medicines"))),
        _named(pc.list_flatten(outcome.column("missing_tests"))),
        _named(first),
    )


def _places(outcome: "pa.RecordBatch", id_: str, group: Counts, size: int) -> Counts:
    among, met = _three(outcome.column(f"among_{id_}")), _three(outcome.column(id_))
    inside = np.choose(met, [NOT_MET, MET, OPEN])
    place = np.choose(among, [np.full(len(met), NOT_AMONG), inside, np.full(len(met), UNSURE)])
    return np.bincount(group * 5 + place, minlength=size * 5).reshape(size, 5).astype(np.int64)


def _three(column: "pa.Array") -> "np.ndarray[tuple[int], np.dtype[np.intp]]":
    """0 for false, 1 for true, 2 for unknown."""
    import pyarrow as pa
    import pyarrow.compute as pc

    return np.asarray(pc.fill_null(column.cast(pa.int8()), 2).to_numpy(zero_copy_only=False), np.intp)


def _level(column: "pa.Array") -> "np.ndarray[tuple[int], np.dtype[np.intp]]":
    import pyarrow as pa
    import pyarrow.compute as pc

    place = pc.index_in(column.cast(pa.string()), _strings(LEVELS))
    return np.asarray(pc.fill_null(place, -1).to_numpy(zero_copy_only=False), np.intp)


def _named(values: "pa.Array") -> dict[str, int]:
    import pyarrow.compute as pc

    counted = pc.value_counts(values)
    return {c["values"]: c["counts"] for c in counted.to_pylist() if c["values"] is not None}


def _added(one: Mapping[str, int], other: Mapping[str, int]) -> dict[str, int]:
    return {id_: one.get(id_, 0) + other.get(id_, 0) for id_ in {**one, **other}}


def _strings(values: tuple[str, ...]) -> "pa.Array":
    import pyarrow as pa

    return pa.array(values)
