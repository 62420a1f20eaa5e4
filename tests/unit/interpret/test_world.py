from decimal import Decimal
from itertools import permutations

import pytest

from crampwise.interpret.world import Conflict, World, close, conflicts
from crampwise.logic.answers import Answers, Empty, Value
from crampwise.logic.findings import Choice, Number, YesNo
from crampwise.logic.rules import All, Compare, Not, OneOf, Present, Rule

FINDINGS = {
    f.id: f
    for f in (
        YesNo("thiazide"),
        YesNo("diuretic"),
        YesNo("medicine"),
        YesNo("pregnant"),
        YesNo("waters_broke"),
        Choice("sex", ("female", "male")),
        Number("age", "a", Decimal(0), Decimal(120)),
        Number("weeks", "wk", Decimal(0), Decimal(45)),
    )
}
SEX, AGE = Choice("sex", ("female", "male")), Number("age", "a", Decimal(0), Decimal(120))
PREGNANT = Present(YesNo("pregnant"))
CAN_BE_PREGNANT = All((OneOf(SEX, ("female",)), Compare(AGE, ">=", Decimal(12))))
IMPLIES = {"thiazide": ("diuretic",), "diuretic": ("medicine",)}
WHO_FOR: dict[str, Rule] = {"pregnant": CAN_BE_PREGNANT, "weeks": PREGNANT, "waters_broke": PREGNANT}
WORLD = World(FINDINGS, IMPLIES, WHO_FOR)


def test_a_yes_goes_up_the_chain() -> None:
    assert close(WORLD, Answers({"thiazide": True})).values == {"thiazide": True, "diuretic": True, "medicine": True}


def test_a_no_goes_down_the_chain() -> None:
    assert close(WORLD, Answers({"medicine": False})).values == {
        "medicine": False,
        "diuretic": False,
        "thiazide": False,
    }


def test_a_no_does_not_go_up_and_a_yes_does_not_go_down() -> None:
    assert close(WORLD, Answers({"thiazide": False})).values == {"thiazide": False}
    assert close(WORLD, Answers({"medicine": True})).values == {"medicine": True}


def test_who_for_reaches_through_findings_and_leaves_numbers_empty() -> None:
    assert close(WORLD, Answers({"sex": "male"})).values == {
        "sex": "male",
        "pregnant": False,
        "weeks": Empty.EMPTY,
        "waters_broke": False,
    }


def test_an_unknown_who_for_settles_nothing() -> None:
    assert close(WORLD, Answers({"sex": "female"})).values == {"sex": "female"}


def test_what_follows_is_no_longer_not_sure() -> None:
    closed = close(WORLD, Answers({"thiazide": True}, frozenset({"diuretic", "age"})))
    assert closed.not_sure == {"age"}


def test_given_answers_are_never_changed() -> None:
    given: dict[str, Value] = {
        "thiazide": True,
        "medicine": False,
        "sex": "male",
        "pregnant": True,
        "weeks": Decimal(20),
    }
    assert close(WORLD, Answers(given)).values.items() >= given.items()


@pytest.mark.parametrize("implies", [dict(order) for order in permutations(IMPLIES.items())])
@pytest.mark.parametrize("who_for", [dict(order) for order in permutations(WHO_FOR.items())])
def test_the_order_in_which_the_laws_stand_does_not_matter(implies, who_for) -> None:
    world = World(FINDINGS, implies, who_for)
    for given in (Answers({"thiazide": True, "sex": "male"}), Answers({"medicine": False, "age": Decimal(5)})):
        assert close(world, given) == close(WORLD, given)
        assert set(conflicts(world, given)) == set(conflicts(WORLD, given)) == set()


@pytest.mark.parametrize("implies", [dict(order) for order in permutations(IMPLIES.items())])
def test_a_broken_chain_is_found_in_either_order(implies) -> None:
    found = conflicts(World(FINDINGS, implies), Answers({"thiazide": True, "medicine": False}))
    assert found
    assert all(c.certain for c in found)


def test_a_broken_implication_is_certain() -> None:
    given = Answers({"diuretic": True, "medicine": False})
    assert Conflict("diuretic", "medicine", certain=True) in conflicts(WORLD, given)


def test_an_answer_against_a_plain_yes_no_condition_is_certain() -> None:
    given = Answers({"pregnant": False, "weeks": Decimal(20)})
    assert conflicts(WORLD, given) == [Conflict("pregnant", "weeks", certain=True)]


def test_an_answer_that_only_age_or_sex_makes_unlikely_is_to_be_confirmed() -> None:
    assert conflicts(WORLD, Answers({"sex": "male", "pregnant": True})) == [Conflict("", "pregnant", certain=False)]


def test_a_no_or_an_empty_value_is_no_conflict_with_who_for() -> None:
    given = Answers({"sex": "male", "pregnant": False, "weeks": Empty.EMPTY, "waters_broke": False})
    assert conflicts(WORLD, given) == []


def test_answers_that_fit_have_no_conflict() -> None:
    given: dict[str, Value] = {
        "sex": "female",
        "age": Decimal(30),
        "pregnant": True,
        "weeks": Decimal(20),
        "thiazide": True,
    }
    assert conflicts(WORLD, Answers(given)) == []


def test_who_for_may_be_any_rule() -> None:
    world = World(FINDINGS, who_for={"thiazide": Not(PREGNANT)})
    assert close(world, Answers({"pregnant": True})).get("thiazide") is False
    assert close(world, Answers({"pregnant": False})).get("thiazide") is None
