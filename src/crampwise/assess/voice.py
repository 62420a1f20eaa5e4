"""The words of a book as statements with their citations, made once and shared by everyone assessed."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple, TypedDict, Unpack

from crampwise.assess.assessment import Ask, Cite, Flag, Statement
from crampwise.book.book import Book
from crampwise.book.checks.evidence import OPINION
from crampwise.book.schema.care import Action, Condition, RedFlag, Stretch
from crampwise.book.schema.common import Entry
from crampwise.book.schema.knowledge import Settled
from crampwise.interpret.prose import Labels

_ORDER = ("now", "tonight", "this_month", "talk")


class _Told(TypedDict):
    kind: str
    horizon: str
    verdict: str
    only_told: bool
    works: Statement | None


class Advice(NamedTuple):
    """An action or stretch with its words and the keys of its rules.

    Attributes:
        horizon: when it is done. sites: where the cramp must be for it to make sense; None for anywhere.
        fits: of the rule that must hold for it. not_for: of those under which it is withheld.
        cautions: of the rule of each caution, with what it says.
    """

    entry: Action | Stretch
    kind: str
    horizon: str
    verdict: str
    only_told: bool
    sites: frozenset[str] | None
    fits: str | None
    not_for: tuple[str, ...]
    say: tuple[Statement, ...]
    works: Statement | None
    cautions: tuple[tuple[str, Statement], ...]


class TestWords(NamedTuple):
    """What is said of a test: why, how, and what low and high mean."""

    why: Statement
    how: Statement
    low_means: Statement
    high_means: Statement
    timing: Statement | None


@dataclass(frozen=True, eq=False)
class Voice:
    """What a book says, entry by entry."""

    book: Book

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

    def flag(self, f: RedFlag, open_questions: tuple[Ask, ...]) -> Flag:
        """Tell a red flag of which these questions are open."""
        because, clinical = self.say(f.because, f), self.say(" ".join(filter(None, (f.why, f.action))), f)
        do, never = (tuple([self.say(text, f) for text in texts]) for texts in (f.do, f.never))
        return Flag(f.id, f.level, f.title, because, do, never, clinical, (), open_questions, f.out_of_scope)

    @cached_property
    def actions(self) -> Mapping[str, Advice]:
        """Every action with its words, by when it is to be done."""
        return {
            a.id: self._advice(
                a,
                (a.say,),
                a.targets,
                kind=a.category,
                horizon=a.horizon,
                verdict=a.verdict,
                only_told=a.who == "clinician" or a.verdict not in ("offer", "may_try"),
                works=self.say(a.works, a),
            )
            for a in sorted(self.book.actions.values(), key=lambda a: _ORDER.index(a.horizon))
        }

    @cached_property
    def stretches(self) -> Mapping[str, Advice]:
        """Every stretch with its words."""
        return {
            s.id: self._advice(
                s,
                (s.start, *s.steps, s.stop),
                (s.muscle,),
                kind="stretch",
                horizon=", ".join(s.when),
                verdict="offer",
                only_told=False,
                works=None,
            )
            for s in self.book.stretches.values()
        }

    def _advice(
        self, entry: Action | Stretch, texts: Iterable[str], targets: Sequence[str], **told: Unpack[_Told]
    ) -> Advice:
        muscles = self.book.muscles
        return Advice(
            entry,
            sites=None if "all" in targets else frozenset(muscles[m].site for m in targets),
            fits=f"fits/{entry.id}" if entry.fits is not None else None,
            not_for=tuple(f"not_for/{entry.id}/{i}" for i in range(len(entry.not_for))),
            say=tuple(self.say(text, entry) for text in texts),
            cautions=tuple((f"caution/{entry.id}/{i}", self.say(c.say, entry)) for i, c in enumerate(entry.cautions)),
            **told,
        )

    @cached_property
    def advice(self) -> Mapping[str, Advice]:
        """Every action and stretch with its words."""
        return {**self.actions, **self.stretches}

    @cached_property
    def test_words(self) -> Mapping[str, TestWords]:
        """The statements of each test."""
        return {
            t.id: TestWords(
                self.say(t.plain_why, t),
                self.say(t.plain_how, t),
                self.say(t.low_means, t),
                self.say(t.high_means, t),
                self.say(timing, t) if (timing := " ".join(filter(None, (t.timing, t.method)))) else None,
            )
            for t in self.book.tests.values()
        }

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

    @cached_property
    def settled(self) -> Mapping[str, Statement]:
        """How each disagreement was settled, and what is corrected."""
        return {s.id: self._settled(s) for s in self.book.settled.values()}

    def _settled(self, settled: Settled) -> Statement:
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
    def named_by(self) -> Mapping[str, tuple[Statement, ...]]:
        """Which sources name each condition as a cause, and how strongly."""
        phrases, sources = self.book.words.phrases, self.book.sources
        return {
            c.id: tuple(
                Statement(
                    f"{phrases[f'named_{n.weight}']} ({sources[n.source].title})",
                    c.id,
                    tuple(Cite("claim", claim) for claim in n.claims),
                )
                for n in c.named_by
            )
            for c in self.book.conditions.values()
        }

    def weight_cites(self, condition: Condition, parts: tuple[str, ...]) -> tuple[Cite, ...]:
        """What the likelihoods behind a weight rest on; where the condition gives none, the model's own judgement."""
        key = (condition.id, parts)
        if key not in self._weight_cites:
            found: dict[Cite, None] = {}
            for x in condition.likelihoods:
                if x.finding in parts:
                    found |= dict.fromkeys(Cite("claim", c) for c in x.claims)
                    found |= dict.fromkeys(Cite("source", s) for s in x.sources)
                    if x.basis in (*OPINION, "seed"):
                        found[self.opinion("expert_estimate")] = None
            self._weight_cites[key] = tuple(found) or (Cite("judgement", self.book.differential.judgement),)
        return self._weight_cites[key]

    @cached_property
    def _weight_cites(self) -> dict[tuple[str, tuple[str, ...]], tuple[Cite, ...]]:
        return {}

    def weight_word(self, decibans: float) -> str:
        """Call a weight of evidence by its word."""
        size = abs(decibans)
        for w in self.book.words.weights:
            if size >= w.decibans:
                return w.word
        raise ValueError(f"no word for {decibans} decibans")
