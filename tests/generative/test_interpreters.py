"""The compiled program means what the reference interpreter means, for random rules, people and worlds."""

from typing import get_args

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crampwise.interpret.person import evaluate
from crampwise.interpret.program import compile_program
from crampwise.interpret.world import close, conflicts
from crampwise.logic.answers import Answers
from crampwise.logic.rules import Rule, Term, walk
from tests.generative.strategies import FINDINGS, Case, cases, contradictory, people, values, worlds

MANY = settings(suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])


@MANY
@given(cases())
def test_the_program_agrees_with_the_reference_in_every_lane(case: Case) -> None:
    program = compile_program(case.world, case.rules)
    results = program.run([(person, 1 << lane) for lane, person in enumerate(case.people)])
    for lane, person in enumerate(case.people):
        marked = bool(results.conflict >> lane & 1)
        assert marked is contradictory(case.world, person)
        if marked:
            continue
        closed = close(case.world, person)
        for key, rule in case.rules.items():
            assert results.truth(key, lane) is evaluate(rule, closed), (key, lane)
            assert results.true[key] & results.false[key] & 1 << lane == 0, (key, lane)


@MANY
@given(cases(), st.data())
def test_a_later_entry_overrides_an_earlier_one_in_its_own_lanes(case: Case, data: st.DataObject) -> None:
    base = case.people[0]
    added = data.draw(people())
    program = compile_program(case.world, case.rules)
    together = program.run([(base, 0b11), (added, 0b10)])
    alone = program.run([(Answers({**base.values, **added.values}), 1)])
    unchanged = program.run([(base, 1)])
    for key in case.rules:
        assert together.true[key] >> 1 & 1 == alone.true[key]
        assert together.false[key] >> 1 & 1 == alone.false[key]
        assert together.true[key] & 1 == unchanged.true[key]
        assert together.false[key] & 1 == unchanged.false[key]


@MANY
@given(worlds(), people())
def test_closing_adds_and_never_changes_and_is_done_in_one_go(world, person: Answers) -> None:
    closed = close(world, person)
    assert closed.values.items() >= person.values.items()
    assert close(world, closed) == closed


@MANY
@given(worlds(), people(), st.randoms())
def test_closing_does_not_depend_on_the_order_of_answers(world, person: Answers, random) -> None:
    order = list(person.values.items())
    random.shuffle(order)
    assert close(world, Answers(dict(order), person.not_sure)) == close(world, person)


@MANY
@given(worlds(), people())
def test_a_broken_implication_is_always_listed_as_a_certain_conflict(world, person: Answers) -> None:
    broken = [c for c in conflicts(world, person) if c.second in world.implies.get(c.first, ())]
    assert bool(broken) is contradictory(world, person)
    assert all(c.certain for c in broken)


def test_every_kind_of_node_is_generated() -> None:
    met: set[type[Rule]] = set()
    nested_terms: set[str] = set()

    @settings(max_examples=60, database=None, derandomize=True, suppress_health_check=list(HealthCheck))
    @given(cases())
    def collect(case: Case) -> None:
        for rule in case.rules.values():
            for node in walk(rule):
                met.add(type(node))
                if isinstance(node, Term):
                    nested_terms.add(node.name)

    collect()
    assert met == {kind for member in get_args(Rule) for kind in (get_args(member) or (member,))}
    assert nested_terms == {"first", "second"}


def test_every_kind_of_answer_can_be_drawn() -> None:
    drawn: set[type] = set()

    @settings(max_examples=60, database=None, derandomize=True)
    @given(st.sampled_from(sorted(FINDINGS)).flatmap(lambda id_: values(FINDINGS[id_])))
    def collect(value: object) -> None:
        drawn.add(type(value))

    collect()
    assert {kind.__name__ for kind in drawn} == {"bool", "str", "Decimal", "Empty"}
