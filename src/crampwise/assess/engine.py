"""A book made ready to assess people: compiled rules, the differential, its words. Made once for each book."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, reduce
from operator import and_

import numpy as np

from crampwise.assess.assessment import Ask, Flag, RuledOut
from crampwise.assess.voice import Voice
from crampwise.book.book import Book, rank
from crampwise.book.checks.safety import rules_of
from crampwise.book.schema.care import RedFlag
from crampwise.book.schema.common import LEVELS
from crampwise.differential.features import rule_of
from crampwise.differential.model import Model, build_model
from crampwise.differential.spread import Draws, draw
from crampwise.interpret.program import Program, Results, compile_program
from crampwise.interpret.world import World
from crampwise.logic.answers import Answers, Empty, Value
from crampwise.logic.findings import YesNo
from crampwise.logic.rules import Present, Rule, findings_of


@dataclass(frozen=True, eq=False)
class Engine(Voice):
    """Everything derived from a book that does not depend on a person."""

    @cached_property
    def world(self) -> World:
        """The laws between findings."""
        entries = self.book.findings.values()
        return World(
            self.book.catalogue,
            {f.id: f.implies for f in entries if f.implies},
            {f.id: f.who_for for f in entries if f.who_for},
        )

    @cached_property
    def rules(self) -> Mapping[str, Rule]:
        """Every rule of the book by key, and as "known/<id>" every ranked feature and what may follow from others."""
        ids, keys = self._settled_keys
        follow = (self.book.catalogue[id_] for id_ in ids)
        known = {key: Present(f) for key, f in zip(keys, follow, strict=True) if isinstance(f, YesNo)}
        parts = [p for feature in self.model.features for p in feature.parts]
        return {**rules_of(self.book), **known, **{f"known/{p}": rule_of(self.book, p) for p in parts}}

    @cached_property
    def program(self) -> Program:
        """All rules compiled."""
        return compile_program(self.world, self.rules)

    @cached_property
    def closing(self) -> Program:
        """Only what follows from answers: a small program for a first pass."""
        wanted = {*self._settled_keys[1]} | {f"who_for/{id_}" for id_ in self.world.who_for}
        return compile_program(self.world, {k: r for k, r in self.rules.items() if k in wanted})

    @cached_property
    def urgent(self) -> Program:
        """Only what decides urgency, and for whom a finding exists: for thousands of pairs of answers at once."""
        wanted = {k: r for k, r in self.rules.items() if k.startswith(("red_flag/", "who_for/"))}
        return compile_program(self.world, wanted)

    def closed(self, given: Answers, run: Results, lane: int = 0) -> Answers:
        """Give the answers with everything that follows from them, read off a run that had them in `lane`."""
        known: dict[str, Value] = dict(given.values)
        ids, keys = self._settled_keys
        for id_, (true, false) in zip(ids, run.both(keys), strict=True):
            if id_ not in known:
                if true >> lane & 1:
                    known[id_] = True
                elif false >> lane & 1:
                    known[id_] = False
        for id_ in self._sometimes_empty:
            if id_ not in known and run.false[f"who_for/{id_}"] >> lane & 1:
                known[id_] = Empty.EMPTY
        return Answers(known, given.not_sure)

    @cached_property
    def _settled_keys(self) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Yes/no findings that other answers can settle, with the keys that tell."""
        implies, who_for = self.world.implies, self.world.who_for
        may_follow = {*who_for, *implies, *(f for targets in implies.values() for f in targets)}
        catalogue = self.book.catalogue
        ids = tuple(i for i in catalogue if i in may_follow and isinstance(catalogue[i], YesNo))
        return ids, tuple(f"known/{i}" for i in ids)

    @cached_property
    def _sometimes_empty(self) -> tuple[str, ...]:
        return tuple(id_ for id_ in self.world.who_for if not isinstance(self.book.catalogue[id_], YesNo))

    @cached_property
    def model(self) -> Model:
        """The differential."""
        return build_model(self.book)

    @cached_property
    def draws(self) -> Draws:
        """Draws of the differential's uncertain numbers, always the same ones: the book gives the seed."""
        return draw(self.model, np.random.default_rng(self.book.differential.spread.seed))

    @cached_property
    def reads(self) -> Mapping[str, tuple[str, ...]]:
        """Findings that each rule reads, by key."""
        return {key: tuple(f.id for f in findings_of(rule)) for key, rule in self.rules.items()}

    @cached_property
    def parts_reading(self) -> Mapping[str, tuple[str, ...]]:
        """For each finding the parts of ranked features whose rule reads it, directly or through implications."""
        found: dict[str, dict[str, None]] = defaultdict(dict)
        for feature in self.model.features:
            for part in feature.parts:
                for id_ in self.reads[f"known/{part}"]:
                    for source in self.linked(id_):
                        found[source][part] = None
        return {id_: tuple(parts) for id_, parts in found.items()}

    @cached_property
    def features_touched(self) -> Mapping[str, frozenset[int]]:
        """For each finding the numbers of the ranked features with a part whose rule reads it."""
        holding: dict[str, set[int]] = defaultdict(set)
        for f, feature in enumerate(self.model.features):
            for part in feature.parts:
                holding[part].add(f)
        read = self.parts_reading
        return {id_: frozenset(f for p in read.get(id_, ()) for f in holding[p]) for id_ in self.book.catalogue}

    def linked(self, finding_id: str) -> tuple[str, ...]:
        """A finding, and those that may settle it or be settled by it through implications."""
        implies = self.world.implies
        upward = implies.get(finding_id, ())
        downward = tuple(f for f, targets in implies.items() if finding_id in targets)
        return tuple(dict.fromkeys((finding_id, *upward, *downward)))

    @cached_property
    def requires(self) -> tuple[tuple[int, tuple[str, ...]], ...]:
        """For each condition that requires something: its index, and the keys of its rules."""
        index = {c: i for i, c in enumerate(self.model.conditions)}
        return tuple(
            (index[c.id], tuple(f"requires/{c.id}/{i}" for i in range(len(c.requires_any))))
            for c in self.book.conditions.values()
            if c.requires_any and c.id in index
        )

    @cached_property
    def screen_order(self) -> Mapping[str, int]:
        """Place of each finding on the emergency screens."""
        gates = [f for s in self.book.emergency_screen.screens for i in s.items for f in i.findings]
        return {f: i for i, f in enumerate(gates)}

    @cached_property
    def level_order(self) -> Mapping[str, int]:
        """Place of each urgency level, the gravest first."""
        return {level: -rank(level) for level in LEVELS}

    @cached_property
    def features_reading(self) -> Mapping[str, tuple[str, ...]]:
        """Findings behind each finding or term for which some condition has a likelihood."""
        used = dict.fromkeys(x.finding for c in self.book.conditions.values() for x in c.likelihoods)
        return {id_: self.reads.get(f"term/{id_}", (id_,)) for id_ in used}

    @cached_property
    def tells(self) -> Mapping[str, frozenset[str]]:
        """For each condition the findings behind its likelihoods."""
        read = self.features_reading
        return {
            c.id: frozenset(f for x in c.likelihoods for f in read[x.finding]) for c in self.book.conditions.values()
        }

    @cached_property
    def features_of_test(self) -> Mapping[str, tuple[int, ...]]:
        """Features of the differential that the results of each test would fill."""
        reads = [{f for p in feature.parts for f in self.reads[f"known/{p}"]} for feature in self.model.features]
        return {t.id: tuple(i for i, r in enumerate(reads) if r & set(t.results)) for t in self.book.tests.values()}

    @cached_property
    def feature_asks(self) -> tuple[tuple[tuple[str, Ask], ...], ...]:
        """For each feature the findings that its parts read, with their questions."""
        read = (dict.fromkeys(f for p in x.parts for f in self.reads[f"known/{p}"]) for x in self.model.features)
        return tuple(tuple((f, self.asks[f]) for f in found) for found in read)

    @cached_property
    def grave(self) -> "np.ndarray[tuple[int], np.dtype[np.bool_]]":
        """Conditions that must not be missed: those to be seen on the same day or sooner."""
        levels = (self.book.conditions[c].urgency for c in self.model.conditions)
        return np.array([rank(level) >= rank("same_day") for level in levels], dtype=np.bool_)

    @cached_property
    def catching(self) -> tuple[tuple[int, tuple[str, ...]], ...]:
        """For each condition that must not be missed, by index: keys of the red flags of that height that catch it."""
        flags, least = self.book.red_flags, rank("same_day")
        return tuple(
            (int(h), tuple(f"red_flag/{f}" for f in condition.caught_by if rank(flags[f].level) >= least))
            for h in np.flatnonzero(self.grave)
            for condition in [self.book.conditions[self.model.conditions[h]]]
        )

    def telling_features(self, stratum: str, condition: int) -> tuple[int, ...]:
        """Features that condition (by index) has likelihoods for, those that can tell most first."""
        key = (stratum, condition)
        if key not in self._telling:
            weight, first = self.model.stratum(stratum).weight[:, condition], self.model.first
            listed = [f for f, given in enumerate(self.model.likelihoods) if condition in given]
            sizes = {f: float(np.abs(weight[first[f] : first[f + 1]]).max()) for f in listed}
            self._telling[key] = tuple(sorted(listed, key=lambda f: -sizes[f]))
        return self._telling[key]

    @cached_property
    def _telling(self) -> dict[tuple[str, int], tuple[int, ...]]:
        return {}

    @cached_property
    def not_found(self) -> Mapping[str, Value]:
        """What an examination or test would have to show for none of its findings to count."""
        clinical = (f.id for f in self.book.findings.values() if f.answered_by != "patient")
        return {f: False if isinstance(self.book.catalogue[f], YesNo) else Empty.EMPTY for f in clinical}

    @cached_property
    def own_questions(self) -> Mapping[str, Mapping[str, Ask]]:
        """For each rule the findings that it reads and that a person can answer, with their questions."""
        return {key: {f: self.asks[f] for f in reads if f in self.patient} for key, reads in self.reads.items()}

    @cached_property
    def asking_alike(self) -> Mapping[str, str]:
        """For each rule the first one that asks the person the same."""
        first: dict[tuple[str, ...], str] = {}
        return {key: first.setdefault(tuple(asks), key) for key, asks in self.own_questions.items()}

    @cached_property
    def own_asks(self) -> Mapping[str, tuple[Ask, ...]]:
        """The same questions alone."""
        return {key: tuple(asks.values()) for key, asks in self.own_questions.items()}

    @cached_property
    def asked_by(self) -> Mapping[str, frozenset[str]]:
        """For each finding that a person can answer: keys of the red flags and reasons against advice that read it."""
        found: dict[str, set[str]] = defaultdict(set)
        for key in (*self.flag_keys, *(key for advice in self.advice.values() for key in advice.not_for)):
            for f in self.own_questions[key]:
                found[f].add(key)
        return {f: frozenset(keys) for f, keys in found.items()}

    @cached_property
    def own_ids(self) -> Mapping[str, frozenset[str]]:
        """The same findings as a set."""
        return {key: frozenset(asks) for key, asks in self.own_questions.items()}

    @cached_property
    def ask_order(self) -> tuple[str, ...]:
        """Findings that red flags read: those of the emergency screen first, then those of the gravest flags."""
        reads = dict.fromkeys(f for flag in self.flags_by_level for f in self.reads[f"red_flag/{flag.id}"])
        return tuple(sorted(reads, key=lambda f: self.screen_order.get(f, len(self.screen_order))))

    @cached_property
    def clinical_reads(self) -> Mapping[str, tuple[str, ...]]:
        """For each rule the findings that it reads and that take an examination or a test."""
        return {key: tuple(f for f in reads if f not in self.patient) for key, reads in self.reads.items()}

    @cached_property
    def flags_by_level(self) -> tuple[RedFlag, ...]:
        """Red flags, the gravest first."""
        return tuple(sorted(self.book.red_flags.values(), key=lambda f: -rank(f.level)))

    @cached_property
    def flag_keys(self) -> tuple[str, ...]:
        """Keys of the red flags, the gravest first."""
        return tuple(f"red_flag/{flag.id}" for flag in self.flags_by_level)

    @cached_property
    def usual_flags(self) -> tuple[tuple[RedFlag, Flag, RuledOut], ...]:
        """Each red flag, and how it is told when all of it is open and when all of it is ruled out."""
        keyed = zip(self.flags_by_level, self.flag_keys, strict=True)
        return tuple((f, self.flag(f, self.own_asks[key]), RuledOut(f.id, f.level, f.title)) for f, key in keyed)

    @cached_property
    def patient(self) -> frozenset[str]:
        """Findings that a person can answer themselves."""
        return frozenset(f.id for f in self.book.findings.values() if f.answered_by == "patient")

    @cached_property
    def strata_truth_keys(self) -> tuple[tuple[str, str, float], ...]:
        """Stratum id, key of its rule, share among presenters."""
        return tuple((s.id, f"stratum/{s.id}", s.share) for s in self.book.differential.strata)

    def impossible(self, false: Mapping[str, int]) -> tuple[tuple[int, int], ...]:
        """For each condition (by index) that requires something the lanes in which all of that is false."""
        return tuple((i, reduce(and_, [false[key] for key in keys])) for i, keys in self.requires)

    def possible(self, ruled_out: Iterable[int]) -> "np.ndarray[tuple[int], np.dtype[np.bool_]]":
        """Mark all conditions but these."""
        marks = np.ones(len(self.model.conditions), dtype=np.bool_)
        marks[list(ruled_out)] = False
        return marks


def ruled_out(impossible: Sequence[tuple[int, int]], lane: int) -> tuple[int, ...]:
    """Conditions that are impossible in a lane."""
    return tuple([i for i, lanes in impossible if lanes >> lane & 1])


def engine_of(book: Book) -> Engine:
    """Give the engine of a book, made on first use."""
    found: Engine = book.derived.setdefault(Engine, Engine(book))
    return found


def prepare(book: Book) -> None:
    """Work out beforehand what assessing a person needs, so that it is stored with the book."""
    engine = engine_of(book)
    for stratum in book.differential.strata:
        engine.model.stratum(stratum.id)
    models = ("program", "closing", "urgent", "draws", "features_touched")
    words = ("usual_flags", "actions", "stretches", "asked_by", "asking_alike")
    for name in (*models, *words):
        getattr(engine, name)
