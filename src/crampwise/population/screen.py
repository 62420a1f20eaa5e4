"""A book made ready to screen many people: its rules and its measures in one program, with what their reading needs."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property

import numpy as np

from crampwise.assess.engine import Engine
from crampwise.assess.labs import Limits, Whose, limits_of
from crampwise.book.schema.measures import Measure
from crampwise.book.schema.workup import Test
from crampwise.differential.features import Floats
from crampwise.interpret.program import Program, compile_program
from crampwise.interpret.world import World
from crampwise.logic.findings import Finding, Number, YesNo
from crampwise.logic.rules import Compare, Leaf, Rule, walk
from crampwise.population.causes import Causes

SEXES: tuple[str | None, ...] = ("female", "male", None)


@dataclass(frozen=True, eq=False)
class Screen:
    """Everything about a screen that does not depend on a person.

    Attributes:
        engine: the book made ready. measures: those asked for.
    """

    engine: Engine
    measures: tuple[Measure, ...]

    @cached_property
    def catalogue(self) -> Mapping[str, Finding]:
        """What may be known of a person or of their record."""
        return {**self.engine.book.catalogue, **{f: YesNo(f) for f in self.engine.book.record_facts}}

    @cached_property
    def rules(self) -> Mapping[str, Rule]:
        """Every rule of the book, both rules of each measure, and as "leaf/<n>" what the reasons are made of."""
        asked = {f"among/{m.id}": m.among for m in self.measures} | {f"measure/{m.id}": m.when for m in self.measures}
        leaves = {f"leaf/{i}": leaf for leaf, i in self.leaf_index.items()}
        return {**self.engine.rules, **asked, **leaves}

    @cached_property
    def explained(self) -> Mapping[str, Rule]:
        """Rules whose truth is explained to the reader, by key: red flags and measures."""
        flags = {f"red_flag/{f.id}": f.when for f in self.engine.flags_by_level}
        among = {f"among/{m.id}": m.among for m in self.measures}
        return {**flags, **among, **{f"measure/{m.id}": m.when for m in self.measures}}

    @cached_property
    def leaf_index(self) -> Mapping[Leaf, int]:
        """A number for each leaf of the explained rules."""
        found = dict.fromkeys(n for rule in self.explained.values() for n in walk(rule) if isinstance(n, Leaf))
        return {leaf: i for i, leaf in enumerate(found)}

    @cached_property
    def program(self) -> Program:
        """All rules compiled."""
        world = self.engine.world
        return compile_program(World(self.catalogue, world.implies, world.who_for), self.rules)

    @cached_property
    def formulas(self) -> Program:
        """For whom each formula holds: a small program for a first pass."""
        wanted = {k: r for k, r in self.engine.rules.items() if k.startswith("formula/")}
        return compile_program(self.engine.world, wanted)

    @cached_property
    def causes(self) -> Causes:
        """The differential over many people."""
        return Causes(self.engine.model, [id_ for id_, _, _ in self.engine.strata_truth_keys])

    @cached_property
    def test_of(self) -> Mapping[str, Test]:
        """The test that each result belongs to."""
        return {f: test for test in self.engine.book.tests.values() for f in test.results}

    def limits(self, finding: str, sex: str | None) -> Sequence[Limits]:
        """Give the reference limits of an adult's result, in its own unit."""
        number, test = self.catalogue[finding], self.test_of.get(finding)
        if test is None or not isinstance(number, Number):
            return ()
        return limits_of(test, finding, number.unit, Whose(sex, adult=True))

    @cached_property
    def cuts(self) -> Mapping[str, Floats]:
        """For each number the values at which anything about a person can change: thresholds and reference limits."""
        found: dict[str, set[Decimal]] = defaultdict(set)
        for leaf in self.program.leaves:
            if isinstance(leaf, Compare):
                found[leaf.finding.id].add(leaf.threshold)
        for id_ in self.test_of:
            for sex in SEXES:
                found[id_] |= {x for pair in self.limits(id_, sex) for x in pair if x is not None}
        found["age_years"].add(Decimal(self.engine.book.info.adult_from_years))
        return {id_: np.array(sorted(float(x) for x in cuts)) for id_, cuts in found.items() if cuts}
