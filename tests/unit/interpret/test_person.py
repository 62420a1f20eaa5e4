from decimal import Decimal

import pytest

from crampwise.interpret.person import evaluate, open_leaves, reasons, trace
from crampwise.logic.answers import Answers, Empty, Value
from crampwise.logic.findings import Choice, Number, YesNo
from crampwise.logic.rules import All, Any, AtLeast, Compare, Not, OneOf, Present, Rule, Term
from crampwise.logic.truth import Truth

A, B, C = (Present(YesNo(id_)) for id_ in "abc")
CALF = OneOf(Choice("site", ("calf", "foot")), ("calf",))
OLD = Compare(Number("age", "a", Decimal(0), Decimal(120)), ">=", Decimal(60))


def person(**values: Value) -> Answers:
    return Answers(values)


def reason_ids(rule: Rule, answers: Answers) -> list[str]:
    return [leaf.finding.id for leaf in reasons(trace(rule, answers))]


def open_ids(rule: Rule, answers: Answers) -> list[str]:
    return [leaf.finding.id for leaf in open_leaves(trace(rule, answers))]


def test_a_trace_has_the_shape_of_the_rule_and_the_truth_of_every_part() -> None:
    traced = trace(All((A, Not(B), Term("third", C))), person(a=True, b=True))
    assert traced.truth is Truth.FALSE
    assert [part.truth for part in traced.parts] == [Truth.TRUE, Truth.FALSE, Truth.UNKNOWN]
    assert [part.rule for part in traced.parts] == [A, Not(B), Term("third", C)]
    assert [inner.truth for part in traced.parts for inner in part.parts] == [Truth.TRUE, Truth.UNKNOWN]


def test_an_empty_value_makes_every_leaf_false() -> None:
    empty = person(site=Empty.EMPTY, age=Empty.EMPTY)
    assert evaluate(CALF, empty) is Truth.FALSE
    assert evaluate(OLD, empty) is Truth.FALSE
    assert evaluate(Not(OLD), empty) is Truth.TRUE


@pytest.mark.parametrize("value", [5, 5.0, "5", True])
def test_a_number_that_is_not_a_decimal_is_refused(value: Value) -> None:
    with pytest.raises(TypeError, match="age is a number, not"):
        evaluate(OLD, person(age=value))


@pytest.mark.parametrize(
    ("rule", "answers", "ids"),
    [
        (A, person(a=True), ["a"]),
        (A, person(a=False), ["a"]),
        (A, person(), []),
        (CALF, person(site="foot"), ["site"]),
        (Not(A), person(a=False), ["a"]),
        (All((A, B)), person(a=True, b=True), ["a", "b"]),
        (All((A, B)), person(a=True, b=False), ["b"]),
        (All((A, B)), person(b=False), ["b"]),
        (All((A, B)), person(a=True), []),
        (Any((A, B, C)), person(a=False, b=True), ["b"]),
        (Any((A, B)), person(a=False, b=False), ["a", "b"]),
        (AtLeast(2, (A, B, C)), person(a=True, b=False, c=True), ["a", "c"]),
        (AtLeast(2, (A, B, C)), person(a=True, b=False, c=False), ["b", "c"]),
        (Term("t", Any((A, B))), person(a=True, b=False), ["a"]),
        (Not(All((A, Not(B)))), person(a=True, b=True), ["b"]),
    ],
)
def test_reasons_are_the_leaves_that_settled_the_rule(rule: Rule, answers: Answers, ids: list[str]) -> None:
    assert reason_ids(rule, answers) == ids


@pytest.mark.parametrize(
    ("rule", "answers", "ids"),
    [
        (A, person(), ["a"]),
        (A, person(a=True), []),
        (Not(A), person(), ["a"]),
        (All((A, B)), person(), ["a", "b"]),
        (All((A, B)), person(a=True), ["b"]),
        (All((A, B)), person(a=False), []),
        (Any((A, All((B, C)))), person(a=False, b=False), []),
        (Any((A, All((B, C)))), person(b=False), ["a"]),
        (Any((A, All((B, C)))), person(b=True), ["a", "c"]),
        (AtLeast(2, (A, B, CALF)), person(a=True), ["b", "site"]),
        (Term("t", All((OLD, CALF))), person(site="calf"), ["age"]),
    ],
)
def test_open_leaves_are_those_that_could_still_settle_the_rule(rule: Rule, answers: Answers, ids: list[str]) -> None:
    assert open_ids(rule, answers) == ids


def test_not_sure_leaves_a_leaf_open() -> None:
    assert open_ids(A, Answers(not_sure=frozenset({"a"}))) == ["a"]
