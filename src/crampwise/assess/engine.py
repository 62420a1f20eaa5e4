"""A book made ready to assess people: compiled rules, the differential, citations. Made once for each book."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import NamedTuple

import numpy as np

from crampwise.assess.assessment import Ask, Cite, Statement
from crampwise.book.book import Book, rank
from crampwise.book.checks.evidence import OPINION
from crampwise.book.checks.safety import rules_of
from crampwise.book.schema.care import Action, RedFlag, Stretch
from crampwise.book.schema.common import LEVELS, Entry
from crampwise.book.schema.knowledge import Settled
from crampwise.differential.features import rule_of
from crampwise.differential.model import Model, build_model
from crampwise.differential.spread import Draws, draw
from crampwise.interpret.program import Program, Results, compile_program
from crampwise.interpret.prose import Labels
from crampwise.interpret.world import World
from crampwise.logic.answers import Answers, Empty, Value
from crampwise.logic.findings import YesNo
from crampwise.logic.rules import Present, Rule, findings_of


class FlagWords(NamedTuple):
    """What a red flag says: why it matters, what to do, what not, and the clinical reason."""

    because: Statement
    do: tuple[Statement, ...]
    never: tuple[Statement, ...]
    clinical: Statement


@dataclass(frozen=True, eq=False)
class Engine:
    """Everything derived from a book that does not depend on a person."""

    book: Book

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
        """Every rule of the book by key, and every yes/no finding and ranked feature as "known/<id>"."""
        known = {f"known/{id_}": Present(f) for id_, f in self.book.catalogue.items() if isinstance(f, YesNo)}
        parts = [p for feature in self.model.features for p in feature.parts]
        return {**rules_of(self.book), **known, **{f"known/{p}": rule_of(self.book, p) for p in parts}}

    @cached_property
    def program(self) -> Program:
        """All rules compiled."""
        return compile_program(self.world, self.rules)

    @cached_property
    def closing(self) -> Program:
        """Only what follows from answers: a small program for a first pass."""
        wanted = {key for _, key in self._settled_keys} | {f"who_for/{id_}" for id_ in self.world.who_for}
        return compile_program(self.world, {k: r for k, r in self.rules.items() if k in wanted})

    def closed(self, given: Answers, run: Results, lane: int = 0) -> Answers:
        """Give the answers with everything that follows from them, read off a run that had them in `lane`."""
        known: dict[str, Value] = dict(given.values)
        for id_, key in self._settled_keys:
            if id_ not in known:
                if run.true[key] >> lane & 1:
                    known[id_] = True
                elif run.false[key] >> lane & 1:
                    known[id_] = False
        for id_ in self._sometimes_empty:
            if id_ not in known and run.false[f"who_for/{id_}"] >> lane & 1:
                known[id_] = Empty.EMPTY
        return Answers(known, given.not_sure)

    @cached_property
    def _settled_keys(self) -> tuple[tuple[str, str], ...]:
        return tuple((id_, f"known/{id_}") for id_, f in self.book.catalogue.items() if isinstance(f, YesNo))

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
    def not_for(self) -> Mapping[str, tuple[str, ...]]:
        """Keys of the rules under which each action or stretch is withheld."""
        entries: list[Action | Stretch] = [*self.book.actions.values(), *self.book.stretches.values()]
        return {e.id: tuple(f"not_for/{e.id}/{i}" for i in range(len(e.not_for))) for e in entries}

    @cached_property
    def labels(self) -> Labels:
        """Short words for findings, options, units and terms."""
        findings = self.book.findings.values()
        units = {u.ucum: u.shown for u in self.book.words.units}
        return Labels(
            {f.id: f.short for f in findings},
            {(f.id, o.id): o.label for f in findings for o in f.options},
            {f.id: units.get(f.unit, f.unit) for f in findings if f.unit},
            {t.id: t.name for t in self.book.terms.values()},
        )

    @cached_property
    def asks(self) -> Mapping[str, Ask]:
        """The open question of each finding."""
        return {f.id: Ask(f.id, f.ask, f.answered_by) for f in self.book.findings.values()}

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
    def features_of_test(self) -> Mapping[str, tuple[int, ...]]:
        """Features of the differential that the results of each test would fill."""
        reads = [{f for p in feature.parts for f in self.reads[f"known/{p}"]} for feature in self.model.features]
        return {t.id: tuple(i for i, r in enumerate(reads) if r & set(t.results)) for t in self.book.tests.values()}

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
    def own_questions(self) -> Mapping[str, tuple[tuple[str, Ask], ...]]:
        """For each rule the findings that it reads and that a person can answer, with their questions."""
        return {key: tuple((f, self.asks[f]) for f in reads if f in self.patient) for key, reads in self.reads.items()}

    @cached_property
    def own_ids(self) -> Mapping[str, frozenset[str]]:
        """The same findings as a set."""
        return {key: frozenset(f for f, _ in asks) for key, asks in self.own_questions.items()}

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
    def flag_words(self) -> Mapping[str, FlagWords]:
        """The statements of each red flag."""
        return {
            f.id: FlagWords(
                self.say(f.because, f),
                tuple(self.say(t, f) for t in f.do),
                tuple(self.say(t, f) for t in f.never),
                self.say(" ".join(filter(None, (f.why, f.action))), f),
            )
            for f in self.book.red_flags.values()
        }

    @cached_property
    def patient(self) -> frozenset[str]:
        """Findings that a person can answer themselves."""
        return frozenset(f.id for f in self.book.findings.values() if f.answered_by == "patient")

    @cached_property
    def settled_with(self) -> Mapping[str, tuple[str, ...]]:
        """Settled disagreements and corrections to be told beside each entry."""
        found: dict[str, list[str]] = defaultdict(list)
        for settled in self.book.settled.values():
            for id_ in settled.show_with:
                found[id_].append(settled.id)
        return {id_: tuple(ids) for id_, ids in found.items()}

    @cached_property
    def _opinions(self) -> Mapping[str, Cite]:
        return {b: Cite("judgement", j.id) for j in self.book.judgements.values() for b in j.covers}

    def opinion(self, basis: str) -> Cite:
        """Give the judgement that stands in where the basis is opinion."""
        return self._opinions[basis]

    @cached_property
    def _cites(self) -> dict[str, tuple[Cite, ...]]:
        return {}

    def cites(self, entry: Entry) -> tuple[Cite, ...]:
        """Give what an entry rests on: claims, sources, and the judgement that stands in where it is opinion."""
        if entry.id not in self._cites:
            claims = dict.fromkeys((*entry.claims, *self.book.claims_of.get(entry.id, ())))
            found = [Cite("claim", c) for c in claims] + [Cite("source", s) for s in entry.sources]
            if entry.basis in OPINION:
                found.append(self.opinion(entry.basis))
            self._cites[entry.id] = tuple(found)
        return self._cites[entry.id]

    def say(self, text: str, entry: Entry) -> Statement:
        """Make a statement of an entry."""
        key = (entry.id, text)
        found = self._said.get(key)
        if found is None:
            found = self._said[key] = Statement(text, entry.id, self.cites(entry))
        return found

    @cached_property
    def _said(self) -> dict[tuple[str, str], Statement]:
        return {}

    def settled_statement(self, settled: Settled) -> Statement:
        """Tell the reader how a disagreement was settled, or what is corrected."""
        cites = [Cite("claim", c) for c in settled.claims] + [Cite("source", s) for s in settled.sources]
        if settled.basis in OPINION:
            cites.append(self.opinion(settled.basis))
        return Statement(settled.tell, settled.id, tuple(cites) or (Cite("judgement", self.book.words.judgement),))

    @cached_property
    def safety_net_cites(self) -> tuple[Cite, ...]:
        """What the safety net rests on."""
        words = self.book.words
        return (*(Cite("source", s) for s in words.safety_net_sources), Cite("judgement", words.judgement))

    @cached_property
    def abnormal_result(self) -> Statement:
        """What is said while a test result lies outside its range."""
        text, judgement = self.book.words.phrases["abnormal_result"], self.book.info.abnormal_result_judgement
        return Statement(text, "words/abnormal_result", (Cite("judgement", judgement or self.book.words.judgement),))

    def phrase(self, name: str) -> Statement:
        """Make a statement of one of the book's fixed sentences."""
        words = self.book.words
        return Statement(words.phrases[name], f"words/{name}", (Cite("judgement", words.judgement),))

    @cached_property
    def strata_truth_keys(self) -> tuple[tuple[str, str, float], ...]:
        """Stratum id, key of its rule, share among presenters."""
        return tuple((s.id, f"stratum/{s.id}", s.share) for s in self.book.differential.strata)

    def weight_word(self, decibans: float) -> str:
        """Call a weight of evidence by its word."""
        return next(w.word for w in self.book.words.weights if abs(decibans) >= w.decibans)

    def possible_conditions(
        self, false: Mapping[str, int], lane: int = 0
    ) -> "np.ndarray[tuple[int], np.dtype[np.bool_]]":
        """Mark conditions whose requirements are not all false in a lane."""
        possible = np.ones(len(self.model.conditions), dtype=np.bool_)
        for i, keys in self.requires:
            possible[i] = not all(false[k] >> lane & 1 for k in keys)
        return possible


@lru_cache(maxsize=4)
def engine_of(book: Book) -> Engine:
    """Give the engine of a book, made on first use."""
    return Engine(book)
