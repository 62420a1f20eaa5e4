from decimal import Decimal
from typing import Any

import pytest

from crampwise.logic.answers import Answers, Empty, value_problem
from crampwise.logic.errors import BookError, CrampwiseError, Exit, InputError, MissingFileError, Problem
from crampwise.logic.findings import Choice, Finding, Number, YesNo

FEVER = YesNo("fever")
SITE = Choice("site", ("calf", "foot"))
AGE = Number("age", "a", Decimal(0), Decimal(120))


def test_a_value_that_was_never_given_is_none() -> None:
    assert Answers({"fever": False}).get("fever") is False
    assert Answers().get("fever") is None


def test_not_sure_has_no_value_but_was_asked() -> None:
    answers = Answers({"age": Decimal(5)}, frozenset({"fever"}))
    assert answers.get("fever") is None
    assert answers.asked("fever")
    assert answers.asked("age")
    assert not answers.asked("site")


def test_a_value_wins_over_not_sure() -> None:
    assert Answers({"fever": True}, frozenset({"fever", "site"})).not_sure == {"site"}


def test_adding_replaces_values_and_not_sure_and_leaves_the_old_alone() -> None:
    before = Answers({"fever": False}, frozenset({"site"}))
    after = before.with_values({"fever": True, "site": "calf"})
    assert after == Answers({"fever": True, "site": "calf"})
    assert before == Answers({"fever": False}, frozenset({"site"}))


def test_taking_away_forgets_values_and_not_sure() -> None:
    answers = Answers({"fever": True, "age": Decimal(5)}, frozenset({"site"}))
    assert answers.without(["fever", "site", "unheard_of"]) == Answers({"age": Decimal(5)})


def test_values_cannot_be_changed_in_place_nor_through_what_was_handed_in() -> None:
    given: dict[str, Any] = {"fever": True}
    answers = Answers(given)
    given["fever"] = False
    assert answers.get("fever") is True
    values: Any = answers.values
    with pytest.raises(TypeError):
        values["fever"] = False


@pytest.mark.parametrize(
    ("finding", "value"),
    [(FEVER, True), (FEVER, False), (SITE, "calf"), (AGE, Decimal(0)), (AGE, Decimal(120)), (AGE, Decimal("59.5"))],
)
def test_values_that_fit(finding: Finding, value: object) -> None:
    assert value_problem(finding, value) is None


@pytest.mark.parametrize(
    ("finding", "value", "problem"),
    [
        (FEVER, "yes", "needs yes, no or not_sure"),
        (FEVER, 1, "needs yes, no or not_sure"),
        (FEVER, None, "needs yes, no or not_sure"),
        (FEVER, Empty.EMPTY, "needs yes, no or not_sure"),
        (SITE, "nose", "needs one of: calf, foot (or not_sure)"),
        (SITE, True, "needs one of: calf, foot (or not_sure)"),
        (SITE, "", "needs one of: calf, foot (or not_sure)"),
        (AGE, 5, "needs a number in a"),
        (AGE, 5.0, "needs a number in a"),
        (AGE, "5", "needs a number in a"),
        (AGE, True, "needs a number in a"),
        (AGE, Decimal("NaN"), "needs a number in a"),
        (AGE, Decimal("sNaN"), "needs a number in a"),
        (AGE, Decimal("Infinity"), "needs a number in a"),
        (AGE, Decimal("-0.1"), "must lie between 0 and 120 a"),
        (AGE, Decimal(121), "must lie between 0 and 120 a"),
    ],
)
def test_values_that_do_not_fit(finding: Finding, value: object, problem: str) -> None:
    assert value_problem(finding, value) == problem


def test_a_problem_reads_where_what_remedy() -> None:
    assert str(Problem("a.yaml:1:2", "this is wrong.", "Mend it.")) == "a.yaml:1:2: this is wrong. Mend it."
    assert str(Problem("a.yaml", "this is wrong.")) == "a.yaml: this is wrong."


@pytest.mark.parametrize(
    ("kind", "code"), [(BookError, 4), (InputError, 3), (MissingFileError, 5), (CrampwiseError, 3)]
)
def test_an_error_says_every_problem_and_has_its_exit_code(kind: type[CrampwiseError], code: int) -> None:
    error = kind([Problem("a", "one."), Problem("b", "two.")])
    assert str(error) == "a: one.\nb: two."
    assert error.code == Exit(code)
