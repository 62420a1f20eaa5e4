"""Trees that make no sense cannot be built."""

from dataclasses import FrozenInstanceError
from decimal import Decimal
from typing import Any as Anything

import pytest

from crampwise.logic.findings import Choice, Number, YesNo
from crampwise.logic.rules import (
    All,
    Any,
    AtLeast,
    Compare,
    Not,
    OneOf,
    Present,
    Term,
    children,
    findings_of,
    walk,
)

URINE = YesNo("dark_urine")
SITE = Choice("site", ("calf", "foot"))
KINASE = Number("creatine_kinase", "U/L", Decimal(0), Decimal(1000))
FEVER = Present(YesNo("fever"))
LIMITS = "is outside the plausible limits of creatine_kinase, 0 to 1000"


def wrong(value: object) -> Anything:
    """Hide a value's type from the type checker, to hand it in where it does not belong."""
    return value


@pytest.mark.parametrize(
    ("build", "message"),
    [
        (lambda: Present(wrong(SITE)), "site is not a yes/no finding"),
        (lambda: Present(wrong(KINASE)), "creatine_kinase is not a yes/no finding"),
        (lambda: OneOf(wrong(URINE), ("calf",)), "dark_urine is not a choice"),
        (lambda: OneOf(SITE, ("calf", "nose", "ear")), "site has no option ear, nose"),
        (lambda: OneOf(SITE, ()), "site needs at least one option"),
        (lambda: Compare(wrong(URINE), ">=", Decimal(1)), "dark_urine is not a number"),
        (lambda: Compare(KINASE, wrong("=="), Decimal(1)), "'==' is not one of <=, >=, <, >"),
        (lambda: Compare(KINASE, "<", Decimal(-1)), f"-1 {LIMITS}"),
        (lambda: Compare(KINASE, "<", Decimal("1000.1")), f"1000.1 {LIMITS}"),
        (lambda: Compare(KINASE, "<", Decimal("NaN")), f"NaN {LIMITS}"),
        (lambda: Compare(KINASE, "<", Decimal("Infinity")), f"Infinity {LIMITS}"),
        (lambda: All(()), "all needs at least one rule"),
        (lambda: Any(()), "any needs at least one rule"),
        (lambda: AtLeast(0, (FEVER,)), "at_least 0 of 1 rules makes no sense"),
        (lambda: AtLeast(2, (FEVER,)), "at_least 2 of 1 rules makes no sense"),
        (lambda: AtLeast(1, ()), "at_least 1 of 0 rules makes no sense"),
    ],
)
def test_an_illegal_node_is_refused(build: Anything, message: str) -> None:
    with pytest.raises(ValueError) as refused:
        build()
    assert str(refused.value) == message


@pytest.mark.parametrize("threshold", [0, 1000])
def test_a_threshold_may_lie_on_a_limit(threshold: int) -> None:
    assert Compare(KINASE, ">=", Decimal(threshold)).threshold == threshold


@pytest.mark.parametrize(
    ("build", "message"),
    [
        (lambda: Choice("site", ("calf",)), "site needs at least two different options"),
        (lambda: Choice("site", ("calf", "calf")), "site needs at least two different options"),
        (lambda: Choice("site", ("calf", "foot", "calf")), "site needs at least two different options"),
        (lambda: Number("n", "a", Decimal(1), Decimal(1)), "n needs finite limits, the lower one first"),
        (lambda: Number("n", "a", Decimal(2), Decimal(1)), "n needs finite limits, the lower one first"),
        (lambda: Number("n", "a", Decimal(2), Decimal("Infinity")), "n needs finite limits, the lower one first"),
        (lambda: Number("n", "a", Decimal("NaN"), Decimal(1)), "n needs finite limits, the lower one first"),
    ],
)
def test_an_illegal_finding_is_refused(build: Anything, message: str) -> None:
    with pytest.raises(ValueError) as refused:
        build()
    assert str(refused.value) == message


def test_rules_are_equal_by_value_and_by_kind() -> None:
    assert Present(YesNo("fever")) == FEVER
    assert hash(Present(YesNo("fever"))) == hash(FEVER)
    assert Compare(KINASE, ">=", Decimal("1.0")) == Compare(KINASE, ">=", Decimal(1))
    assert All((FEVER,)) != wrong(Any((FEVER,)))
    assert Not(FEVER) != wrong(FEVER)


def test_rules_are_frozen() -> None:
    with pytest.raises(FrozenInstanceError):
        wrong(FEVER).finding = URINE


def test_children_of_each_kind_of_node() -> None:
    urine = Present(URINE)
    assert children(FEVER) == ()
    assert children(OneOf(SITE, ("calf",))) == ()
    assert children(Compare(KINASE, "<", Decimal(5))) == ()
    assert children(Not(FEVER)) == (FEVER,)
    assert children(Term("hot", FEVER)) == (FEVER,)
    assert children(All((FEVER, urine))) == (FEVER, urine)
    assert children(Any((FEVER, urine))) == (FEVER, urine)
    assert children(AtLeast(1, (FEVER, urine))) == (FEVER, urine)


def test_walk_opens_terms_and_keeps_every_occurrence() -> None:
    hot = Term("hot", FEVER)
    rule = All((hot, Not(hot)))
    assert list(walk(rule)) == [rule, hot, FEVER, Not(hot), hot, FEVER]


def test_findings_are_given_once_in_reading_order() -> None:
    rule = Any((Compare(KINASE, "<", Decimal(5)), Term("hot", FEVER), Compare(KINASE, ">", Decimal(9)), Present(URINE)))
    assert [f.id for f in findings_of(rule)] == ["creatine_kinase", "fever", "dark_urine"]
