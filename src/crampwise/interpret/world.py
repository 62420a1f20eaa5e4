"""Which answers follow from which: implications between findings, and for whom a finding exists at all."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from crampwise.interpret.person import evaluate
from crampwise.logic.answers import Answers, Empty, Value
from crampwise.logic.findings import Finding, YesNo
from crampwise.logic.rules import Present, Rule
from crampwise.logic.truth import Truth


@dataclass(frozen=True)
class World:
    """The findings and the laws that hold between them.

    Attributes:
        findings: by id.
        implies: a yes to the key is a yes to each of the ids, and a no to one of these is a no to the key.
        who_for: while this rule is false, the finding is no, or has no value, without asking.
    """

    findings: Mapping[str, Finding]
    implies: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    who_for: Mapping[str, Rule] = field(default_factory=dict)


@dataclass(frozen=True)
class Conflict:
    """Two answers that cannot both hold: `first` settles `second` otherwise than it was answered."""

    first: str
    second: str
    certain: bool


def close(world: World, answers: Answers) -> Answers:
    """Add every answer that follows from the given ones. Given answers are never changed."""
    known: dict[str, Value] = dict(answers.values)
    while fresh := _implied(world, known) or _not_applicable(world, known):
        known |= fresh
    return Answers(known, answers.not_sure)


def _implied(world: World, known: Mapping[str, Value]) -> dict[str, Value]:
    new: dict[str, Value] = {}
    for source, targets in world.implies.items():
        if known.get(source) is True:
            new |= dict.fromkeys(targets, True)
        elif any(known.get(target) is False for target in targets):
            new[source] = False
    return {finding_id: value for finding_id, value in new.items() if finding_id not in known}


def _not_applicable(world: World, known: Mapping[str, Value]) -> dict[str, Value]:
    answers = Answers(known)
    return {
        finding_id: False if isinstance(world.findings[finding_id], YesNo) else Empty.EMPTY
        for finding_id, rule in world.who_for.items()
        if finding_id not in known and evaluate(rule, answers) is Truth.FALSE
    }


def conflicts(world: World, answers: Answers) -> list[Conflict]:
    """List given answers that contradict each other.

    A conflict is certain when an implication, or a plain yes/no condition ("pregnant" for weeks of pregnancy), is
    broken. It is not certain when only age or sex makes an answer unlikely: then the person is asked to confirm.
    """
    closed = close(world, answers)
    found = [
        Conflict(source, target, certain=True)
        for source, targets in world.implies.items()
        for target in targets
        if closed.get(source) is True and closed.get(target) is False
    ]
    for finding_id, rule in world.who_for.items():
        given = answers.get(finding_id)
        if given is None or given is False or given is Empty.EMPTY or evaluate(rule, closed) is not Truth.FALSE:
            continue
        by = rule.finding.id if isinstance(rule, Present) else ""
        found.append(Conflict(by, finding_id, certain=isinstance(rule, Present)))
    return found
