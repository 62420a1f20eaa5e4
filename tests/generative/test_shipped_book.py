"""Every rule of the shipped book means the same to the reference interpreter and to the compiled program."""

from collections import defaultdict
from decimal import Decimal
from random import Random

import pytest

from crampwise.assess.engine import Engine, engine_of
from crampwise.book.compile import open_book
from crampwise.interpret.program import leaves_of
from crampwise.interpret.world import close
from crampwise.logic.answers import Answers, Value
from crampwise.logic.findings import Choice, Finding, Number, YesNo
from crampwise.logic.rules import Compare
from tests.generative.strategies import contradictory
from tests.support.interpreters import FAST, disagreements

PEOPLE = 60
ANSWERS = 40


@pytest.fixture(scope="module")
def engine() -> Engine:
    return engine_of(open_book())


def borders(engine: Engine) -> dict[str, list[Decimal]]:
    """For each number every threshold of the book, and a little less and more."""
    found: dict[str, set[Decimal]] = defaultdict(set)
    for leaf in leaves_of(engine.rules):
        if isinstance(leaf, Compare):
            finding, near = leaf.finding, Decimal("0.001")
            around = (leaf.threshold - near, leaf.threshold, leaf.threshold + near)
            found[finding.id] |= {n for n in around if finding.low <= n <= finding.high}
    return {id_: sorted(numbers) for id_, numbers in found.items()}


def answer(random: Random, finding: Finding, numbers: dict[str, list[Decimal]]) -> Value:
    match finding:
        case YesNo():
            return random.random() < 0.5
        case Choice(_, options):
            return random.choice(options)
        case Number(id_, _, low, high):
            return random.choice(numbers.get(id_, [low, high]))


def random_people(engine: Engine) -> list[Answers]:
    """Sparse people who break no implication; always with some of age, sex and pregnancy, which much depends on."""
    random, numbers = Random(20261121), borders(engine)
    findings = engine.world.findings
    people: list[Answers] = []
    while len(people) < PEOPLE:
        ids = {*random.sample(sorted(findings), ANSWERS), *random.sample(["age_years", "sex_at_birth", "pregnant"], 2)}
        person = Answers({id_: answer(random, findings[id_], numbers) for id_ in sorted(ids)})
        if not contradictory(engine.world, person):
            people.append(person)
    return people


def test_all_rules_agree_for_random_people(engine: Engine) -> None:
    assert not disagreements(engine.world, engine.rules, random_people(engine), FAST)


def test_the_people_settle_rules_both_ways_and_leave_some_open(engine: Engine) -> None:
    people = random_people(engine)
    results = engine.program.run([(person, 1 << lane) for lane, person in enumerate(people)])
    everyone = (1 << PEOPLE) - 1
    true = sum(results.true[k].bit_count() for k in engine.rules)
    false = sum(results.false[k].bit_count() for k in engine.rules)
    total = len(engine.rules) * PEOPLE
    assert results.conflict & everyone == 0
    assert true > total // 50
    assert false > total // 50
    assert true + false < total


def test_a_person_about_whom_nothing_is_known_settles_no_rule(engine: Engine) -> None:
    results = engine.program.run([(Answers(), 1)])
    assert [k for k in engine.rules if results.true[k] or results.false[k]] == []


def test_closing_through_the_program_gives_the_reference_closure(engine: Engine) -> None:
    people = random_people(engine)
    run = engine.program.run([(person, 1 << lane) for lane, person in enumerate(people)])
    for lane, person in enumerate(people):
        assert engine.closed(person, run, lane).values == close(engine.world, person).values
