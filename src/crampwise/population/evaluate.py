"""Every rule and every cause for many people: what `assess` says of one, in columns."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property, reduce
from operator import and_

import numpy as np
from numpy.typing import NDArray

from crampwise.book.book import rank
from crampwise.differential.features import Feature, Floats
from crampwise.interpret.columns import Bits, ChoiceColumn, Column, NumberColumn, Pair, Words, YesNoColumn, pack, unpack
from crampwise.interpret.planes import Block, leaf_planes, run_blocks
from crampwise.logic.answers import Value
from crampwise.logic.findings import Choice
from crampwise.logic.rules import Present
from crampwise.population.patterns import Index, distinct
from crampwise.population.screen import SEXES, Screen


@dataclass(frozen=True, slots=True)
class CauseTable:
    """The probability of each condition for each kind of evidence (V, H), and the kind of each person (N,)."""

    marginal: Floats
    of: Index


@dataclass(frozen=True, eq=False)
class Evaluated:
    """The outcome of all rules for N people.

    Attributes:
        given: as recorded. alone: with open examinations and tests set aside as not found.
        columns: what was known, formulas included.
    """

    screen: Screen
    people: int
    given: Block
    alone: Block
    columns: Mapping[str, Column]

    def true(self, key: str) -> Bits:
        """For whom a rule is true."""
        return unpack(self.given.true[key], self.people)

    def false(self, key: str) -> Bits:
        """For whom a rule is false."""
        return unpack(self.given.false[key], self.people)

    def open(self, key: str) -> Bits:
        """For whom a rule may still come true, examinations and tests set aside."""
        return unpack(~self.alone.false[key], self.people) & ~self.true(key)

    @cached_property
    def conflict(self) -> Bits:
        """Whose record contradicts itself for certain, see `interpret.world.conflicts`."""
        found = unpack(self.given.conflict, self.people)
        for id_, rule in self.screen.engine.world.who_for.items():
            if isinstance(rule, Present) and id_ in self.columns:
                given = self.columns[id_]
                there = unpack(given.true, self.people) if isinstance(given, YesNoColumn) else self.known(id_)
                found |= there & self.false(f"who_for/{id_}")
        return found

    @cached_property
    def shares(self) -> Floats:
        """The shares of the strata that each person may belong to: the first certain one ends the list. (N, S)."""
        keys = self.screen.engine.strata_truth_keys
        found, settled = np.zeros((self.people, len(keys))), np.zeros(self.people, np.bool_)
        for s, (_, key, share) in enumerate(keys):
            found[:, s] = np.where(~self.false(key) & ~settled, share, 0)
            settled |= self.true(key)
        return np.asarray(found / found.sum(axis=1, keepdims=True))

    @cached_property
    def cells(self) -> Mapping[int, NDArray[np.int8]]:
        """The cell of each feature that is known of somebody, -1 where unknown."""
        found = {}
        for f, feature in enumerate(self.screen.engine.model.features):
            keys = [f"known/{part}" for part in feature.parts]
            if all((self.given.true[k] | self.given.false[k]).any() for k in keys):
                found[f] = self._cell(feature, keys)
        return found

    def _cell(self, feature: Feature, keys: list[str]) -> NDArray[np.int8]:
        known, pattern = np.ones(self.people, np.bool_), np.zeros(self.people, np.int16)
        for i, key in enumerate(keys):
            true = self.true(key)
            known &= true | self.false(key)
            pattern += true.astype(np.int16) << i
        place = np.full(1 << len(keys), -1, np.int8)
        for c, cell in enumerate(feature.cells):
            place[sum(inside << i for i, inside in enumerate(cell))] = c
        return np.where(known, place[pattern], np.int8(-1))

    @cached_property
    def causes(self) -> "CauseTable":
        """The probabilities of the conditions, worked out once for all people with the same evidence."""
        engine = self.screen.engine
        possible = np.ones((self.people, len(engine.model.conditions)), np.bool_)
        for h, keys in engine.requires:
            possible[:, h] = ~unpack(reduce(and_, [self.given.false[k] for k in keys]), self.people)
        evidence = [*self.cells.values(), *(self.shares > 0).T, *possible[:, [h for h, _ in engine.requires]].T]
        rows = np.empty((self.people, len(evidence)), np.uint8)
        for i, values in enumerate(evidence):
            rows[:, i] = values
        found = distinct(rows)
        cells = np.full((len(found.first), len(engine.model.features)), -1, np.intp)
        for f, values in self.cells.items():
            cells[:, f] = values[found.first]
        marginal = self.screen.causes.marginals(self.shares[found.first], cells, possible[found.first])
        return CauseTable(marginal, found.of)

    def known(self, finding: str) -> Bits:
        """For whom a finding has a value, what follows from others aside."""
        match self.columns.get(finding):
            case None:
                return np.zeros(self.people, np.bool_)
            case YesNoColumn(_, people, true, false):
                return unpack(true | false, people)
            case ChoiceColumn(_, codes):
                return codes >= 0
            case NumberColumn(_, _, known, _):
                return known

    def value(self, finding: str, row: int) -> Value | None:
        """What is recorded or computed of one person's choice or number."""
        match self.columns.get(finding):
            case ChoiceColumn(Choice(_, options), codes) if codes[row] >= 0:
                return str(options[codes[row]])
            case NumberColumn(_, values, known, _) if known[row]:
                return Decimal(repr(float(values[row])))
        return None

    def levels(self, causes: bool) -> tuple[NDArray[np.int8], NDArray[np.int8]]:
        """Give the urgency that is certain and the one still possible, as ranks; with or without likely causes."""
        engine, book = self.screen.engine, self.screen.engine.book
        certain = np.zeros(self.people, np.int8)
        if book.info.abnormal_result:
            certain[self._abnormal()] = rank(book.info.abnormal_result)
        if causes:
            levels = np.array([rank(book.conditions[c].urgency) for c in engine.model.conditions], np.int8)
            likely = self.causes.marginal >= book.differential.wording.likely
            np.maximum(certain, np.where(likely, levels, 0).max(axis=1)[self.causes.of], out=certain, casting="unsafe")
        possible = np.zeros(self.people, np.int8)
        for flag in book.red_flags.values():
            level, key = rank(flag.level), f"red_flag/{flag.id}"
            np.maximum(certain, np.where(self.true(key), level, 0), out=certain, casting="unsafe")
            np.maximum(possible, np.where(self.open(key), level, 0), out=possible, casting="unsafe")
        return certain, np.maximum(certain, possible)

    def _abnormal(self) -> Bits:
        """Who has a result outside every reference interval that may hold for them; adults only."""
        sex, age = self.columns.get("sex_at_birth"), self.columns.get("age_years")
        adult, found = np.ones(self.people, np.bool_), np.zeros(self.people, np.bool_)
        if isinstance(age, NumberColumn):
            adult = ~age.known | (age.values >= self.screen.engine.book.info.adult_from_years)
        own = np.full(self.people, len(SEXES) - 1)
        if isinstance(sex, ChoiceColumn):
            names = [SEXES.index(option) for option in sex.finding.options]
            own = np.array([*names, len(SEXES) - 1])[sex.codes]
        for id_ in self.screen.test_of:
            column = self.columns.get(id_)
            if isinstance(column, NumberColumn) and column.known.any():
                for s, name in enumerate(SEXES):
                    found |= (own == s) & column.known & _outside(column.values, self.screen, id_, name)
        return found & adult


def _outside(values: Floats, screen: Screen, finding: str, sex: str | None) -> Bits:
    """Whether values are low by all limits that may hold, or high by all."""
    limits = [pair for pair in screen.limits(finding, sex) if pair != (None, None)]
    if not limits:
        return np.zeros(len(values), np.bool_)
    below = [values < float(low) if low is not None else np.zeros(len(values), np.bool_) for low, _ in limits]
    above = [values > float(high) if high is not None else np.zeros(len(values), np.bool_) for _, high in limits]
    return np.asarray(reduce(and_, below) | reduce(and_, above))


def evaluate(screen: Screen, columns: Mapping[str, Column], recorded: Mapping[str, Column], people: int) -> Evaluated:
    """Run every rule twice: as recorded, and with open examinations and tests set aside.

    Args:
        screen: the book made ready. columns: what is known, formulas included. people: how many there are.
        recorded: the same without what formulas filled.
    """
    planes = leaf_planes(screen.program, columns, people)
    given = _run(screen, planes, people)
    aside = _set_aside(screen, planes, given, recorded, people)
    return Evaluated(screen, people, given, _run(screen, aside, people), columns)


def _run(screen: Screen, planes: list[Pair], people: int) -> Block:
    (block,) = run_blocks(screen.program, planes, people, max(1, -(-people // 64)))
    return block


def _set_aside(
    screen: Screen, planes: list[Pair], given: Block, recorded: Mapping[str, Column], people: int
) -> list[Pair]:
    """Make every open examination and test finding false, except where a result of the same test is in the record."""
    everybody = pack(np.ones(people, np.bool_))
    engine, found = screen.engine, list(planes)
    for i, leaf in enumerate(screen.program.leaves):
        id_ = leaf.finding.id
        if id_ not in engine.not_found:
            continue
        true, false = planes[i]
        closed = true | false
        if f"known/{id_}" in given.true:
            closed = closed | given.true[f"known/{id_}"] | given.false[f"known/{id_}"]
        found[i] = true, false | (everybody & ~closed & ~_tested(screen, id_, recorded, people))
    return found


def _tested(screen: Screen, finding: str, recorded: Mapping[str, Column], people: int) -> Words:
    test = screen.test_of.get(finding)
    found = np.zeros(people, np.bool_)
    for result in test.results if test else ():
        column = recorded.get(result)
        if isinstance(column, NumberColumn):
            found |= column.known
    return pack(found)
