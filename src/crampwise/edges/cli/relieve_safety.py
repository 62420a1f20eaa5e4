"""Whether one person may do one stretch, and which questions settle that with the fewest answers.

Pure: answers in, verdict and next questions out.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Literal

from crampwise.assess.assessment import Ask, Flag, Offer, Statement
from crampwise.assess.engine import Engine
from crampwise.assess.intake import Intake
from crampwise.assess.known import know
from crampwise.assess.plan import actions, offer_stretch
from crampwise.assess.triage import ALONE, evaluate_rules, triage
from crampwise.book.schema.care import Muscle, Stretch
from crampwise.interpret.person import evaluate, open_leaves, trace
from crampwise.logic.answers import Answers, Empty, Value
from crampwise.logic.findings import Choice, Number, YesNo
from crampwise.logic.truth import Truth

_GROUP = 4
"""Most questions that are put together on one screen."""

Verdict = Literal["go", "ask", "unsure", "stop"]


@dataclass(frozen=True)
class Standing:
    """How one person stands towards one stretch.

    Attributes:
        offer: the stretch as the plan has it.
        emergencies, urgent: fired red flags, those of emergency_now apart from the others above self_care.
        asks: the questions that still have to be put, in order; those after the first hold only if each answer clears.
        unclear: questions answered "not sure" on which it turns.
        clearing: for each of `asks` the answer that speaks for safety.
    """

    offer: Offer
    emergencies: tuple[Flag, ...]
    urgent: tuple[Flag, ...]
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
        first = self.asks[:1]
        if not first or self.clearing[first[0].finding] is not False:
            return first
        together = []
        for ask in self.asks[:_GROUP]:
            if self.clearing[ask.finding] is not False:
                break
            together.append(ask)
        return tuple(together)


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
        asks=tuple(engine.asks[f] for f in order),
        unclear=tuple(engine.asks[f] for f in unclear),
        clearing=order,
        reachable=reachable,
    )


def with_muscle(engine: Engine, intake: Intake, muscle: Muscle) -> Intake:
    """Add what naming the muscle says: that this is where it cramps."""
    site = muscle.site
    if not isinstance(engine.book.catalogue[site], YesNo):
        return intake
    return replace(intake, answers=intake.answers.with_values({site: True}))


def with_answer(intake: Intake, finding: str, value: Value | None) -> Intake:
    """Add one answer; None is not sure."""
    answers = intake.answers.without([finding])
    if value is None:
        return replace(intake, answers=Answers(answers.values, answers.not_sure | {finding}))
    return replace(intake, answers=answers.with_values({finding: value}))


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
    clearing answer settles most.
    """

    def __init__(self, engine: Engine, stretch: Stretch, not_sure: frozenset[str]) -> None:
        self.engine = engine
        self.rules = stretch.not_for
        self.not_sure = not_sure

    def walk(self, answers: Answers) -> tuple[dict[str, Value], tuple[str, ...], bool]:
        """Give the questions with their clearing answers, the unclear ones, and whether clearing suffices."""
        order: dict[str, Value] = {}
        unclear = tuple(f for f in self._open(answers) if f in self.not_sure)
        while candidates := [f for f in self._open(answers) if f not in self.not_sure]:
            before = len(candidates)
            clearing = {f: self._clearing(answers, f) for f in candidates}
            left = {f: len(list(self._open(answers.with_values({f: clearing[f]})))) for f in candidates}
            best = min(candidates, key=lambda f: (self._rank(f), left[f] - before))
            order[best] = clearing[best]
            answers = answers.with_values({best: clearing[best]})
        return order, unclear, all(evaluate(rule, answers) is Truth.FALSE for rule in self.rules)

    def _open(self, answers: Answers) -> Iterator[str]:
        leaves = (leaf.finding.id for rule in self.rules for leaf in open_leaves(trace(rule, answers)))
        return iter(dict.fromkeys(leaves))

    def _clearing(self, answers: Answers, finding: str) -> Value:
        """The answer that speaks for safety: no, or not existing, unless that alone would forbid the stretch."""
        if not isinstance(self.engine.book.catalogue[finding], YesNo):
            return Empty.EMPTY
        forbids = any(evaluate(rule, answers.with_values({finding: False})) is Truth.TRUE for rule in self.rules)
        return forbids

    def _rank(self, finding: str) -> int:
        if self.engine.book.findings[finding].asked_in == "emergency_screen":
            return 0
        return 1 if finding in _emergency_findings(self.engine) else 2


def _emergency_findings(engine: Engine) -> frozenset[str]:
    flags = (f for f in engine.book.red_flags.values() if f.level == "emergency_now")
    return frozenset(f for flag in flags for f in engine.reads[f"red_flag/{flag.id}"])
