"""Laws that hold of every rule: monotonicity, De Morgan, counting."""

from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from crampwise.interpret.person import evaluate, open_leaves, reasons, trace
from crampwise.interpret.world import World, close
from crampwise.logic.answers import Answers
from crampwise.logic.rules import All, Any, AtLeast, Not, Rule
from crampwise.logic.truth import Truth
from tests.generative.strategies import FINDINGS, all_rules, contradictory, people, values, worlds

MANY = settings(suppress_health_check=[HealthCheck.too_slow])
SEVERAL = st.lists(all_rules(), min_size=1, max_size=4).map(tuple)


@MANY
@given(all_rules(), worlds(), people(), st.data())
def test_one_more_answer_never_reverses_a_settled_rule(
    rule: Rule, world: World, person: Answers, data: st.DataObject
) -> None:
    before = close(world, person)
    unknown = sorted(FINDINGS.keys() - before.values.keys())
    assume(unknown)
    id_ = data.draw(st.sampled_from(unknown))
    after = close(world, person.with_values({id_: data.draw(values(FINDINGS[id_]))}))
    assume(not contradictory(world, after))
    settled = evaluate(rule, before)
    assert settled in (Truth.UNKNOWN, evaluate(rule, after))


@MANY
@given(SEVERAL, people())
def test_de_morgan(rules: tuple[Rule, ...], person: Answers) -> None:
    each_not = tuple(Not(r) for r in rules)
    assert evaluate(Not(All(rules)), person) is evaluate(Any(each_not), person)
    assert evaluate(Not(Any(rules)), person) is evaluate(All(each_not), person)


@MANY
@given(SEVERAL, people())
def test_at_least_one_is_any_and_at_least_all_is_all(rules: tuple[Rule, ...], person: Answers) -> None:
    assert evaluate(AtLeast(1, rules), person) is evaluate(Any(rules), person)
    assert evaluate(AtLeast(len(rules), rules), person) is evaluate(All(rules), person)


@MANY
@given(SEVERAL, people(), st.data())
def test_not_at_least_n_is_at_least_the_rest_not(rules: tuple[Rule, ...], person: Answers, data: st.DataObject) -> None:
    n = data.draw(st.integers(1, len(rules)))
    each_not = tuple(Not(r) for r in rules)
    assert evaluate(Not(AtLeast(n, rules)), person) is evaluate(AtLeast(len(rules) - n + 1, each_not), person)


@MANY
@given(all_rules(), people())
def test_not_not_is_nothing(rule: Rule, person: Answers) -> None:
    assert evaluate(Not(Not(rule)), person) is evaluate(rule, person)


@MANY
@given(all_rules(), people())
def test_the_reasons_alone_settle_the_rule_again(rule: Rule, person: Answers) -> None:
    traced = trace(rule, person)
    needed = {leaf.finding.id for leaf in reasons(traced)}
    only = Answers({id_: value for id_, value in person.values.items() if id_ in needed})
    assert evaluate(rule, only) is traced.truth
    assert bool(needed) is (traced.truth is not Truth.UNKNOWN)


@MANY
@given(all_rules(), people(), st.data())
def test_answers_outside_the_open_leaves_leave_a_rule_unknown(rule: Rule, person: Answers, data: st.DataObject) -> None:
    traced = trace(rule, person)
    asked = {leaf.finding.id for leaf in open_leaves(traced)}
    assert asked.isdisjoint(person.values)
    assert bool(asked) is (traced.truth is Truth.UNKNOWN)
    idle = sorted(FINDINGS.keys() - asked - person.values.keys())
    more = {id_: data.draw(values(FINDINGS[id_])) for id_ in idle}
    assert evaluate(rule, person.with_values(more)) is traced.truth


@MANY
@given(all_rules(), people())
def test_not_sure_means_what_never_asked_means(rule: Rule, person: Answers) -> None:
    assert evaluate(rule, Answers(person.values)) is evaluate(rule, person)
