"""Random worlds, rules and people, drawn fast from a seed: for nets of a thousand to a million rules.

Hypothesis draws better but fewer; see tests/generative/strategies.py, whose vocabulary this shares.
"""

from collections.abc import Mapping
from random import Random

from crampwise.interpret.world import World
from crampwise.logic.answers import Answers, Empty, Value
from crampwise.logic.findings import Choice, Finding, Number, YesNo
from crampwise.logic.rules import OPERATORS, All, Any, AtLeast, Compare, Not, OneOf, Present, Rule, Term
from tests.generative.strategies import FINDINGS, LAYERS, NUMBERS, THRESHOLDS

PEOPLE = 70
"""More than the bits of a word."""


def rule(random: Random, findings: list[Finding], terms: list[Rule], depth: int = 4) -> Rule:
    """A rule of any form; the deeper, the more often a leaf."""
    kind = random.randrange(10)
    if depth == 0 or kind < 3:
        return random.choice(terms) if terms and random.random() < 0.2 else leaf(random, random.choice(findings))
    if kind < 5:
        return Not(rule(random, findings, terms, depth - 1))
    parts = tuple(rule(random, findings, terms, depth - 1) for _ in range(random.randint(1, 4)))
    if kind < 7:
        return All(parts)
    return Any(parts) if kind < 9 else AtLeast(random.randint(1, len(parts)), parts)


def leaf(random: Random, finding: Finding) -> Rule:
    match finding:
        case YesNo():
            return Present(finding)
        case Choice(_, options):
            return OneOf(finding, tuple(random.sample(options, random.randint(1, len(options) - 1))))
        case Number():
            return Compare(finding, random.choice(OPERATORS), random.choice(THRESHOLDS))


def world(random: Random) -> World:
    """Implications towards later findings of a layer and lower layers; who_for rules over lower layers."""
    implies: dict[str, tuple[str, ...]] = {}
    who_for: dict[str, Rule] = {}
    lower: list[Finding] = []
    for layer in LAYERS:
        bools = [f for f in layer if isinstance(f, YesNo)]
        for i, finding in enumerate(bools):
            targets = [f.id for f in (*bools[i + 1 :], *lower) if isinstance(f, YesNo)]
            if targets and random.random() < 0.5:
                implies[finding.id] = tuple(random.sample(targets, random.randint(1, min(2, len(targets)))))
        for any_kind in layer if lower else ():
            if random.random() < 0.5:
                who_for[any_kind.id] = rule(random, lower, [], depth=2)
        lower += layer
    return World(FINDINGS, implies, who_for)


def person(random: Random, always: str, never: str) -> Answers:
    """Sparse to full answers; now and then one that does not apply."""
    asked = {always, *random.sample(sorted(FINDINGS), random.randint(0, len(FINDINGS)))} - {never}
    return Answers({id_: value(random, FINDINGS[id_]) for id_ in sorted(asked)})


def value(random: Random, finding: Finding) -> Value:
    match finding:
        case YesNo():
            return random.random() < 0.5
        case Choice(_, options):
            return Empty.EMPTY if random.random() < 0.03 else random.choice(options)
        case Number():
            return Empty.EMPTY if random.random() < 0.03 else random.choice((finding.low, *NUMBERS, finding.high))


def batch(seed: int, rules: int) -> tuple[World, Mapping[str, Rule], list[Answers]]:
    """One world, so many rules over it (and every yes/no finding as a rule), and 70 people.

    One finding is known of everybody, and one of nobody.
    """
    random = Random(seed)
    findings = list(FINDINGS.values())
    first = Term("first", rule(random, findings, [], depth=3))
    second = Term("second", rule(random, findings, [first], depth=3))
    drawn = {f"rule/{i}": rule(random, findings, [first, second]) for i in range(rules)}
    known = {f"known/{f.id}": Present(f) for f in findings if isinstance(f, YesNo)}
    always, never = random.sample(sorted(FINDINGS), 2)
    return world(random), {**known, **drawn}, [person(random, always, never) for _ in range(PEOPLE)]
