"""Tests and examinations: proposed by their rules, held back while something may speak against them."""

import pytest

from crampwise.assess.assess import assess
from crampwise.assess.engine import engine_of
from crampwise.assess.known import know
from crampwise.interpret.person import evaluate
from crampwise.logic.truth import Truth
from tests.support.people import TODAY, cases, shipped, told, values_of
from tests.support.small import small_book

SMALL, BOOK = small_book(), shipped()


def proposed(**answers: bool) -> set[str]:
    return {t.id for t in told(SMALL, answers).tests}


def test_a_test_is_proposed_when_its_rule_is_true_and_nothing_speaks_against_it() -> None:
    assert proposed(pills=True, bruises=False, cramp=True) == {"test_salt"}
    assert proposed(pills=True, bruises=True, cramp=True) == set()
    assert proposed(pills=True, cramp=True) == set()
    assert proposed(bruises=False) == set()
    assert proposed(cramp=False) == {"test_urine"}


def test_a_panel_proposes_its_tests() -> None:
    assert proposed(dark=True, bruises=False) == {"test_salt", "test_urine"}


def test_a_known_result_is_not_asked_for_again() -> None:
    result = told(SMALL, {"pills": True, "bruises": False, **values_of(SMALL, {"salt_level": 4})})
    assert "test_salt" not in {t.id for t in result.tests}


def test_a_proposal_says_why_and_what_each_result_would_change() -> None:
    given = {"pills": True, "bruises": False, "cramp": True}
    (salt,) = told(SMALL, given).tests
    assert [(r.finding, r.answer) for r in salt.because] == [("pills", "yes")]
    outcomes = told(SMALL, given).outcomes
    assert {o.test for o in outcomes} == {"test_salt"}
    for outcome in outcomes:
        level = 3 if not outcome.result.startswith("not") else 4
        after = told(SMALL, {**given, **values_of(SMALL, {"salt_level": level})})
        now = {c.id: c.probability for c in after.causes}
        assert now.get(outcome.condition, outcome.after) == pytest.approx(outcome.after)
        before = {c.id: c.probability for c in told(SMALL, given).causes}
        assert before.get(outcome.condition, outcome.before) == pytest.approx(outcome.before)


def test_when_no_tests_are_needed_that_is_said_only_if_none_is_proposed() -> None:
    said = told(SMALL, {"night": True}).no_tests
    assert said is not None
    assert said.text == "No tests needed."
    assert told(SMALL, {"night": True, "pills": True, "bruises": False}).no_tests is None
    assert told(SMALL, {}).no_tests is None


def test_an_examination_is_proposed_where_it_was_set_aside_to_clear_a_flag() -> None:
    (leg,) = told(SMALL, {"swollen": False}).examination
    assert leg.findings == ("exam_swollen",)
    assert told(SMALL, {"swollen": False, "exam_swollen": False}).examination == ()


@pytest.mark.parametrize("case_id", sorted(cases()))
def test_every_proposed_test_of_every_case_has_a_true_rule_and_none_against_it(case_id: str) -> None:
    known = know(engine_of(BOOK), cases()[case_id])
    result = assess(BOOK, cases()[case_id], TODAY)
    for proposal in result.tests:
        test = BOOK.tests[proposal.id]
        rules = [test.when, *(p.when for p in BOOK.panels.values() if test.id in p.tests)]
        assert Truth.TRUE in [evaluate(r, known.closed) for r in rules], test.id
        assert test.not_when is None or evaluate(test.not_when, known.closed) is Truth.FALSE, test.id
        assert proposal.because, test.id
    for step in result.examination:
        assert all(known.closed.get(f) is None for f in step.findings)
    assert result.no_tests is None or not result.tests


def test_causes_sum_to_no_more_than_two_each_and_the_first_is_the_likeliest() -> None:
    for given in cases().values():
        causes = assess(BOOK, given, TODAY).causes
        chances = [c.probability for c in causes]
        assert chances == sorted(chances, reverse=True)
        assert all(0 <= p <= 1 + 1e-9 for p in chances)
        assert sum(chances) <= 2 + 1e-6
