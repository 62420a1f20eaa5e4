"""The nets: every interpreter says what the reference says, over random rules and over every rule of the shipped book.

`make test` draws a thousand rules for 70 people each; `make nightly` a million. Z3 terms join in for a thousand.
"""

import os
from collections.abc import Iterator
from itertools import pairwise, product
from math import prod
from random import Random

import pytest

from crampwise.assess.engine import Engine, engine_of
from crampwise.interpret.person import evaluate, open_leaves, trace
from crampwise.interpret.world import World
from crampwise.logic.answers import Answers, Value
from crampwise.logic.findings import Choice, Number, YesNo
from crampwise.logic.rules import Compare, Rule, findings_of, walk
from crampwise.logic.truth import Truth
from tests.support.interpreters import FAST, INTERPRETERS, disagreements
from tests.support.people import shipped
from tests.support.random_rules import PEOPLE, batch

RULES = int(os.environ.get("AGREEMENT_RULES", "1000"))
FINITE = int(os.environ.get("AGREEMENT_FINITE", "1000"))
"""A shipped rule with at most so many different people is run over all of them, a larger one over its borders."""

WALKS = int(os.environ.get("AGREEMENT_WALKS", "4"))

TOGETHER, SHARDS = 50, 20
WITH_SOLVER = 1000
"""So many random rules are run on Z3 terms too; that every shipped rule agrees there is proved (P1)."""


@pytest.mark.parametrize("shard", range(SHARDS))
def test_random_rules_mean_the_same_to_every_interpreter(shard: int) -> None:
    for seed in range(shard, -(-RULES // TOGETHER), SHARDS):
        world, rules, people = batch(seed, TOGETHER)
        assert len(people) == PEOPLE
        interpreters = INTERPRETERS if seed * TOGETHER < WITH_SOLVER else FAST
        assert not disagreements(world, rules, people, interpreters), f"seed {seed}"


def test_random_rules_come_out_in_all_three_ways() -> None:
    world, rules, people = batch(0, TOGETHER)
    outcome = INTERPRETERS[0].run(world, rules, people)
    found = [t for key, truths in outcome.truths.items() if key.startswith("rule/") for t in truths]
    assert min(found.count(t) for t in Truth) > len(found) // 10
    assert any(outcome.conflict)
    assert not all(outcome.conflict)


# --- every rule of the shipped book


@pytest.fixture(scope="module")
def engine() -> Engine:
    return engine_of(shipped())


def states(rule: Rule) -> dict[str, list[Value | None]]:
    """For each finding of a rule: unknown, yes, no, each option, and below, at and above each of its thresholds."""
    limits: dict[str, set] = {}
    for node in walk(rule):
        if isinstance(node, Compare):
            limits.setdefault(node.finding.id, set()).add(node.threshold)
    found: dict[str, list[Value | None]] = {}
    for finding in findings_of(rule):
        match finding:
            case YesNo(id_):
                found[id_] = [None, True, False]
            case Choice(id_, options):
                found[id_] = [None, *options]
            case Number(id_, _, low, high):
                edges = sorted({low, high, *limits[id_]})
                middles = [(a + b) / 2 for a, b in pairwise(edges)]
                found[id_] = [None, *sorted({*edges, *middles})]
    return found


def people_of(rule: Rule) -> tuple[list[Answers], bool]:
    """Everybody whom a rule can tell apart, or people at its borders; and whether it is everybody."""
    choices = states(rule)
    if prod(map(len, choices.values())) > FINITE:
        return list(border_people(rule, choices)), False
    people = [
        {id_: v for id_, v in zip(choices, some, strict=True) if v is not None} for some in product(*choices.values())
    ]
    return [Answers(values) for values in people], True


def border_people(rule: Rule, choices: dict[str, list[Value | None]]) -> Iterator[Answers]:
    """Walk from nothing known to a settled rule, answer by answer; and say each last, deciding answer otherwise.

    Half of the walks keep the rule from becoming true as long as they can, the others from becoming false.
    """
    random = Random(str(rule))
    for walk_number in range(WALKS):
        avoid = (Truth.TRUE, Truth.FALSE)[walk_number % 2]
        told = Answers()
        while open_now := sorted({leaf.finding.id for leaf in open_leaves(trace(rule, told))}):
            yield told
            id_ = random.choice(open_now)
            values = [v for v in random.sample(choices[id_], len(choices[id_])) if v is not None]
            others = [told.with_values({id_: v}) for v in values]
            told = next((o for o in others if evaluate(rule, o) is not avoid), others[0])
            if evaluate(rule, told) is not Truth.UNKNOWN:
                yield from others


@pytest.mark.parametrize("shard", range(8))
def test_every_shipped_rule_means_the_same_to_every_interpreter(engine: Engine, shard: int) -> None:
    lawless = World(engine.world.findings)
    for rule in sorted(set(engine.rules.values()), key=str)[shard::8]:
        people, _ = people_of(rule)
        assert not disagreements(lawless, {"it": rule}, people, FAST)


def test_most_shipped_rules_are_run_over_everybody(engine: Engine) -> None:
    rules = set(engine.rules.values())
    assert sum(people_of(rule)[1] for rule in rules) > 0.8 * len(rules)


def test_every_shipped_red_flag_comes_out_in_all_three_ways(engine: Engine) -> None:
    for flag in engine.book.red_flags.values():
        met = set()
        for answers in people_of(flag.when)[0]:
            met.add(evaluate(flag.when, answers))
        assert met == set(Truth), flag.id
