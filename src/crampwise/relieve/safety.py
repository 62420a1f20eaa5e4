"""Whether one person may do one stretch, and which questions settle that with the fewest answers.

Pure: answers in, verdict and next questions out.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from itertools import takewhile
from typing import Literal

from crampwise.assess.assessment import Ask, Flag, Offer, Statement
from crampwise.assess.engine import Engine
from crampwise.assess.intake import Intake
from crampwise.assess.known import know
from crampwise.assess.plan import actions, fits, offer_stretch
from crampwise.assess.triage import ALONE, evaluate_rules, triage
from crampwise.book.schema.care import Muscle, Stretch
from crampwise.interpret.person import evaluate, open_leaves, trace
from crampwise.logic.answers import Answers, Empty, Value
from crampwise.logic.findings import Choice, Number, YesNo
from crampwise.logic.rules import Any as AnyOf
from crampwise.logic.rules import Rule, Term, findings_of
from crampwise.logic.truth import Truth
from crampwise.relieve.choice import stretches_for

_GROUP = 4
"""Most questions that are put together in one line of dialogue."""

_SCREEN = 3
"""Most questions on one page, each of which asks whether any of several things is so."""

Verdict = Literal["go", "ask", "unsure", "stop"]


@dataclass(frozen=True)
class Standing:
    """How one person stands towards one stretch.

    Attributes:
        offer: the stretch as the plan has it.
        emergencies, urgent: fired red flags, those of emergency_now apart from the others above self_care.
        dangers: emergencies that are not ruled out, and for which a danger sign was said to be so.
        asks: the questions that still have to be put, in order; those after the first hold only if each answer clears.
        unclear: questions answered "not sure" on which it turns.
        clearing: for each of `asks` the answer that speaks for safety.
    """

    offer: Offer
    emergencies: tuple[Flag, ...]
    urgent: tuple[Flag, ...]
    dangers: tuple[Flag, ...]
    asks: tuple[Ask, ...]
    unclear: tuple[Ask, ...]
    clearing: Mapping[str, Value]
    reachable: bool

    @property
    def verdict(self) -> Verdict:
        """Say go, ask, unsure or stop; an emergency or one reason against it stops whatever else is open."""
        if self.emergencies or self.offer.status == "withheld":
            return "stop"
        if self.offer.status == "offered":
            return "go"
        return "ask" if self.asks and self.reachable else "unsure"

    @cached_property
    def group(self) -> tuple[Ask, ...]:
        """The next questions to put together: several yes/no questions to which no is the clearing answer, or one."""
        return self._no_clears[:_GROUP] or self.asks[:1]

    @property
    def three(self) -> tuple[tuple[Ask, ...], ...]:
        """At most three questions that hold together all to which no is the clearing answer; else the next one."""
        together = self._no_clears
        if not together:
            return (self.asks[:1],)
        size = -(-len(together) // _SCREEN)
        return tuple(together[i : i + size] for i in range(0, len(together), size))

    @property
    def _no_clears(self) -> tuple[Ask, ...]:
        return tuple(takewhile(lambda ask: self.clearing[ask.finding] is False, self.asks))


def stand(engine: Engine, intake: Intake, stretch: Stretch) -> Standing:
    """Work out how a person stands towards a stretch.

    Raises:
        InputError: the answers contradict each other.
    """
    known = know(engine, intake)
    results = evaluate_rules(engine, known)
    flags = triage(engine, known, results)
    alone = known.given.with_values(_not_found(engine, known.closed))
    closed = engine.closed(alone, results, ALONE)
    order, unclear, reachable = _Path(engine, stretch, known.given.not_sure).walk(closed)
    return Standing(
        offer=offer_stretch(engine, known, results, stretch),
        emergencies=tuple(f for f in flags.fired if f.level == "emergency_now"),
        urgent=tuple(f for f in flags.fired if f.level in ("same_day", "soon")),
        dangers=tuple(f for f in flags.open if f.level == "emergency_now" and _touched(engine, f, known.closed)),
        asks=tuple(engine.asks[f] for f in order),
        unclear=tuple(engine.asks[f] for f in unclear),
        clearing=order,
        reachable=reachable,
    )


def with_muscle(engine: Engine, intake: Intake, muscle: Muscle) -> Intake:
    """Add what asking for a stretch says: that there is a cramp, unless that was denied, and that it is here."""
    said: dict[str, Value] = {}
    cramp = engine.book.info.relief_says
    if cramp and intake.answers.get(cramp) is None:
        said[cramp] = True
    if isinstance(engine.book.catalogue[muscle.site], YesNo):
        said[muscle.site] = True
    return replace(intake, answers=intake.answers.with_values(said))


def with_answer(intake: Intake, finding: str, value: Value | None) -> Intake:
    """Add one answer; None is not sure."""
    answers = intake.answers.without([finding])
    if value is None:
        return replace(intake, answers=Answers(answers.values, answers.not_sure | {finding}))
    return replace(intake, answers=answers.with_values({finding: value}))


def fitting(engine: Engine, intake: Intake, muscle: Muscle) -> tuple[Stretch, ...]:
    """Give the stretches for a muscle that are for everyone or for this person, those during a cramp first."""
    results = evaluate_rules(engine, know(engine, intake))
    return tuple(s for s in stretches_for(engine.book, muscle) if fits(engine.stretches[s.id], results))


def relief_now(engine: Engine, intake: Intake, muscle: Muscle) -> tuple[Offer, ...]:
    """Give what else this person may do for this muscle right now."""
    known = know(engine, intake)
    found = actions(engine, known, evaluate_rules(engine, known))
    targets = {a.id: a.targets for a in engine.book.actions.values()}
    return tuple(
        o for o in found if o.horizon == "now" and o.status == "offered" and {muscle.id, "all"} & set(targets[o.id])
        and engine.book.actions[o.id].verdict in ("offer", "may_try")
    )  # fmt: skip


def safety_net(engine: Engine) -> tuple[Statement, ...]:
    """Give when to get help."""
    return tuple(Statement(t, "words/safety_net", engine.safety_net_cites) for t in engine.book.words.safety_net)


def _touched(engine: Engine, flag: Flag, closed: Answers) -> bool:
    """Whether a danger sign that a red flag reads was said to be so."""
    read = engine.reads[f"red_flag/{flag.id}"]
    return any(engine.book.findings[f].asked_in == "emergency_screen" and closed.get(f) is True for f in read)


def _not_found(engine: Engine, closed: Answers) -> dict[str, Value]:
    """Open examination and test findings, set aside as in the plan for a person on their own."""
    return {
        f.id: Empty.EMPTY if isinstance(engine.book.catalogue[f.id], Choice | Number) else False
        for f in engine.book.findings.values()
        if f.answered_by != "patient" and closed.get(f.id) is None
    }


class _Path:
    """The questions in the order in which they would be put if every answer cleared.

    Questions of the emergency screen come first, then those that other emergencies turn on; among equals the one whose
    clearing answer settles most. The rules are taken apart at every "any", so that an answer touches only few parts.
    """

    def __init__(self, engine: Engine, stretch: Stretch, not_sure: frozenset[str]) -> None:
        self.engine = engine
        self.parts = tuple(dict.fromkeys(part for rule in stretch.not_for for part in _alternatives(rule)))
        self.not_sure = not_sure
        self.reading: dict[str, list[Rule]] = {}
        for part in self.parts:
            for finding in findings_of(part):
                self.reading.setdefault(finding.id, []).append(part)

    def walk(self, answers: Answers) -> tuple[dict[str, Value], tuple[str, ...], bool]:
        """Give the questions with their clearing answers, the unclear ones, and whether clearing suffices."""
        order: dict[str, Value] = {}
        still_open = {part: _open(part, answers) for part in self.parts}
        unclear = tuple(f for f in _counted(still_open) if f in self.not_sure)
        while candidates := [f for f in _counted(still_open) if f not in self.not_sure]:
            first = min(map(self._rank, candidates))
            after = {f: self._after(answers, f) for f in candidates if self._rank(f) == first}
            best = max(after, key=lambda f: self._settled(still_open, after[f][1]))
            order[best] = after[best][0]
            answers = answers.with_values({best: after[best][0]})
            still_open |= after[best][1]
        return order, unclear, all(evaluate(part, answers) is Truth.FALSE for part in self.parts)

    def _after(self, answers: Answers, finding: str) -> tuple[Value, "_Open"]:
        """The answer that speaks for safety, and what is then open in the parts that read it.

        That answer is no, or not existing, unless this alone would forbid the stretch.
        """
        value: Value = Empty.EMPTY
        if isinstance(self.engine.book.catalogue[finding], YesNo):
            no = answers.with_values({finding: False})
            value = any(evaluate(part, no) is Truth.TRUE for part in self.reading[finding])
        told = answers.with_values({finding: value})
        return value, {part: _open(part, told) for part in self.reading[finding]}

    def _settled(self, before: "_Open", after: "_Open") -> int:
        """How many questions fall away."""
        return len(_counted(before)) - len(_counted(before | after))

    def _rank(self, finding: str) -> int:
        if self.engine.book.findings[finding].asked_in == "emergency_screen":
            return 0
        return 1 if finding in _emergency_findings(self.engine) else 2


_Open = dict[Rule, tuple[str, ...]]
"""The open findings of each part."""


def _alternatives(rule: Rule) -> Iterator[Rule]:
    """Take a rule apart at every "any" around the whole of it."""
    match rule:
        case Term(_, inner):
            yield from _alternatives(inner)
        case AnyOf(inner):
            for part in inner:
                yield from _alternatives(part)
        case _:
            yield rule


def _open(part: Rule, answers: Answers) -> tuple[str, ...]:
    return tuple(dict.fromkeys(leaf.finding.id for leaf in open_leaves(trace(part, answers))))


def _counted(still_open: _Open) -> dict[str, None]:
    return dict.fromkeys(f for ids in still_open.values() for f in ids)


@lru_cache(maxsize=2)
def _emergency_findings(engine: Engine) -> frozenset[str]:
    flags = (f for f in engine.book.red_flags.values() if f.level == "emergency_now")
    return frozenset(f for flag in flags for f in engine.reads[f"red_flag/{flag.id}"])
