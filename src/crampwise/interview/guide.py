"""What the interview derives from a book once: a small program, where each finding is read, and tables of numbers."""

from dataclasses import dataclass
from functools import cached_property, lru_cache

import numpy as np

from crampwise.assess.engine import Engine
from crampwise.book.book import rank
from crampwise.book.schema.care import RedFlag
from crampwise.book.schema.common import LEVELS
from crampwise.book.schema.findings import FindingEntry, ScreenItem
from crampwise.book.schema.interview import Form, Interview
from crampwise.differential.features import Floats
from crampwise.interpret.program import Program, compile_program
from crampwise.interview.state import items_of
from crampwise.logic.findings import Choice, Number, YesNo

_PARTS = ("red_flag/", "who_for/", "stratum/", "requires/")


@dataclass(frozen=True)
class Chances:
    """Numbers of one stratum.

    Attributes:
        cell: (C, H) probability of each cell of each feature with each condition. told: the same times its logarithm.
    """

    cell: Floats
    told: Floats


@dataclass(frozen=True, eq=False)
class Guide:
    """Everything the choice of questions needs that does not depend on a person."""

    engine: Engine

    @property
    def settings(self) -> Interview:
        """The book's numbers."""
        return self.engine.book.interview

    @cached_property
    def program(self) -> Program:
        """The rules that decide urgency, strata and features; a fraction of all, so that it runs fast."""
        parts = {f"known/{p}" for feature in self.engine.model.features for p in feature.parts}
        rules = {k: r for k, r in self.engine.rules.items() if k.startswith(_PARTS) or k in parts}
        return compile_program(self.engine.world, rules)

    @cached_property
    def flags(self) -> tuple[RedFlag, ...]:
        """Red flags above the lowest level, the gravest first."""
        return tuple(f for f in self.engine.flags_by_level if rank(f.level) > 0)

    @cached_property
    def ranks(self) -> Floats:
        """Rank of the level of each flag."""
        return np.array([rank(f.level) for f in self.flags], dtype=np.float64)

    @cached_property
    def weights(self) -> Floats:
        """What settling each flag is worth."""
        return np.array([self.settings.weights.get(f.level, 0.0) for f in self.flags])

    @cached_property
    def reads(self) -> tuple[frozenset[str], ...]:
        """For each flag the findings on which it may turn, through implications and `who_for` too."""
        return tuple(self._all_read(f"red_flag/{f.id}") for f in self.flags)

    def _all_read(self, key: str) -> frozenset[str]:
        world, found = self.engine.world, set(self.engine.reads[key])
        waiting = list(found)
        while waiting:
            id_ = waiting.pop()
            linked = {*world.implies.get(id_, ()), *self._implying.get(id_, ())}
            if id_ in world.who_for:
                linked |= set(self.engine.reads[f"who_for/{id_}"])
            waiting += linked - found
            found |= linked
        return frozenset(found)

    @cached_property
    def _implying(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        for source, targets in self.engine.world.implies.items():
            for target in targets:
                found.setdefault(target, []).append(source)
        return found

    @cached_property
    def forms(self) -> dict[str, Form]:
        """Fixed screens by id."""
        return {f.id: f for f in self.settings.forms}

    @cached_property
    def items(self) -> dict[str, ScreenItem]:
        """Grouped danger signs by id."""
        return {item.id: item for item in items_of(self.engine)}

    @cached_property
    def gate_of(self) -> dict[str, ScreenItem]:
        """The grouped danger sign that each of its findings stands under."""
        screens = self.engine.book.emergency_screen.screens
        return {f: item for screen in screens for item in screen.items for f in item.findings}

    @cached_property
    def lines_with(self) -> dict[str, list[ScreenItem]]:
        """The lines of several findings that each finding stands on."""
        found: dict[str, list[ScreenItem]] = {}
        for item in self.items.values():
            for finding_id in item.findings:
                found.setdefault(finding_id, []).append(item)
        return found

    @cached_property
    def family(self) -> dict[str, int]:
        """Which questions may share a screen, by group of findings."""
        return {group: i for i, family in enumerate(self.settings.families) for group in family.groups}

    def family_of(self, finding_id: str) -> int:
        """Family of a finding; those without one share a screen among themselves."""
        item = self.items.get(finding_id)
        return self.family.get(self.entry(item.findings[0] if item else finding_id).group, -1)

    def entry(self, finding_id: str) -> FindingEntry:
        """The finding with its question."""
        return self.engine.book.findings[finding_id]

    def seconds(self, finding_id: str) -> float:
        """Effort of one line."""
        effort = self.settings.seconds
        if finding_id in self.items:
            return effort.yes_no + effort.more * (len(self.items[finding_id].findings) - 1)
        match self.engine.book.catalogue[finding_id]:
            case YesNo():
                return effort.yes_no
            case Choice():
                return effort.choice
            case Number():
                return effort.number

    @cached_property
    def feature_index(self) -> dict[str, int]:
        """Place of each feature by its id."""
        return {f.id: i for i, f in enumerate(self.engine.model.features)}

    @cached_property
    def features_told(self) -> dict[str, tuple[int, ...]]:
        """For each finding the features that an answer to it bears on."""
        by_part = {p: i for i, f in enumerate(self.engine.model.features) for p in f.parts}
        reading = self.engine.parts_reading
        return {id_: tuple(dict.fromkeys(by_part[p] for p in parts)) for id_, parts in reading.items()}

    @cached_property
    def urgency_of_cause(self) -> Floats:
        """(H, levels) 1 where a condition has a level."""
        ids = self.engine.model.conditions
        levels = np.array([rank(self.engine.book.conditions[c].urgency) for c in ids])
        return np.asarray(levels[:, None] == np.arange(len(LEVELS)), dtype=np.float64)

    def chances(self, stratum: str) -> Chances:
        """Give the numbers of one stratum, made on first use."""
        if stratum not in self._chances:
            numbers = self.engine.model.stratum(stratum)
            cell = np.exp(numbers.leak[:, None] + numbers.weight)
            self._chances[stratum] = Chances(cell, cell * np.log(np.maximum(cell, 1e-300)))
        return self._chances[stratum]

    @cached_property
    def _chances(self) -> dict[str, Chances]:
        return {}

    def leak(self, finding_id: str, stratum: str) -> float:
        """How often a yes/no finding is present in ordinary cramps; a guess where the book does not say."""
        leak = self.entry(finding_id).leak
        p = (leak.by_stratum or {}).get(stratum, leak.p) if leak else None
        return self.settings.unknown_yes if p is None else p


@lru_cache(maxsize=4)
def guide_of(engine: Engine) -> Guide:
    """Give the guide of an engine, made on first use."""
    return Guide(engine)
