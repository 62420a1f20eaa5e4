"""Actions and stretches: withheld, asked about first, or offered; what not to do."""

import pytest

from crampwise.assess.assess import assess
from crampwise.assess.assessment import Assessment, Offer
from crampwise.assess.engine import engine_of
from crampwise.assess.known import know
from crampwise.interpret.person import evaluate
from crampwise.logic.truth import Truth
from tests.support.people import TODAY, cases, person, shipped, told
from tests.support.small import small_book

SMALL, BOOK = small_book(), shipped()


def offer(result: Assessment, id_: str) -> Offer:
    (found,) = [o for o in (*result.plan, *result.stretches) if o.id == id_]
    return found


def test_a_true_reason_against_withholds() -> None:
    found = offer(told(SMALL, {"bruises": True}), "a_guarded")
    assert found.status == "withheld"
    assert found.asks == ()
    assert "Bruises" in found.why_not[0].text


def test_an_unknown_reason_against_is_asked_first() -> None:
    found = offer(told(SMALL, {}), "a_guarded")
    assert found.status == "ask_first"
    assert [a.finding for a in found.asks] == ["bruises"]
    assert found.why_not == ()


def test_a_false_reason_against_offers_and_names_what_was_not_examined() -> None:
    found = offer(told(SMALL, {"bruises": False}), "a_guarded")
    assert (found.status, found.asks, found.not_examined) == ("offered", (), ("exam_bleeding",))
    assert offer(told(SMALL, {"bruises": False, "exam_bleeding": False}), "a_guarded").not_examined == ()
    assert offer(told(SMALL, {"bruises": False, "exam_bleeding": True}), "a_guarded").status == "withheld"


def test_an_action_without_reasons_against_is_offered() -> None:
    assert offer(told(SMALL, {}), "a_free").status == "offered"


def test_an_action_for_particular_people_is_shown_only_to_them() -> None:
    def shown(**answers: bool) -> set[str]:
        return {o.id for o in told(SMALL, answers).plan}

    assert "a_night" in shown(night=True)
    assert "a_night" not in shown()
    assert "a_night" not in shown(night=False)
    assert "a_calf" in shown()
    assert "a_calf" not in shown(calf_site=False)


def test_actions_are_sorted_by_when_they_are_to_be_done() -> None:
    horizons = [o.horizon for o in told(SMALL, {"night": True}).plan]
    assert horizons == sorted(horizons, key=["now", "tonight", "this_month", "talk"].index)
    assert {"now", "tonight", "this_month"} <= set(horizons)


def test_a_caution_is_given_when_it_holds_or_may_hold() -> None:
    def cautions(**answers: bool) -> list[str]:
        return [s.text for s in offer(told(SMALL, answers), "a_careful").cautions]

    assert cautions(pills=True) == cautions() == ["Take care."]
    assert cautions(pills=False) == []


def test_stretches_are_for_the_muscles_that_cramp() -> None:
    assert told(SMALL, {}).stretches == ()
    assert offer(told(SMALL, {"calf_site": True, "swollen": False}), "s_calf").status == "offered"
    assert offer(told(SMALL, {"calf_site": True}), "s_calf").status == "ask_first"
    assert offer(told(SMALL, {"calf_site": True, "swollen": True}), "s_calf").status == "withheld"


def test_what_not_to_do_holds_warnings_of_fired_flags_and_what_is_withheld() -> None:
    texts = [s.text for s in told(SMALL, {"dark": True, "cramp": True, "bruises": True}).never]
    assert texts[0] == "Never wait."
    assert SMALL.words.phrases["do_not_stop"] in texts
    assert any("Title a_guarded" in t for t in texts)
    assert len(texts) == len(set(texts))
    assert "Never wait." not in [s.text for s in told(SMALL, {"cramp": True}).never]


@pytest.mark.parametrize("case_id", sorted(cases()))
def test_every_offer_of_every_case_agrees_with_the_reference_interpreter(case_id: str) -> None:
    """S6: nothing is offered against a true reason; an unknown one comes only behind its question."""
    known = know(engine_of(BOOK), cases()[case_id])
    result = assess(BOOK, cases()[case_id], TODAY)
    for found in (*result.plan, *result.stretches):
        entry = BOOK.actions.get(found.id) or BOOK.stretches[found.id]
        truths = [evaluate(rule, known.closed) for rule in entry.not_for]
        assert (found.status == "withheld") is (Truth.TRUE in truths), found.id
        if found.status == "offered" and Truth.UNKNOWN in truths:
            assert found.not_examined, found.id
            assert all(BOOK.findings[f].answered_by != "patient" for f in found.not_examined)
        if found.status == "ask_first":
            assert found.asks, found.id
            assert all(a.answered_by == "patient" and known.closed.get(a.finding) is None for a in found.asks)


def test_quinine_is_never_put_on_the_plan_as_something_to_take() -> None:
    for result in (person(BOOK, "{}"), *(assess(BOOK, i, TODAY) for i in cases().values())):
        taken = [o for o in result.plan if "quinine" in o.id and o.verdict in ("offer", "may_try")]
        assert not taken


def test_stretching_is_withheld_from_a_leg_that_may_hold_a_clot() -> None:
    result = person(BOOK, "answers: {site_calf: yes, one_leg_swollen: yes, leg_red_or_warm: yes, one_leg_only: yes}")
    calf = [o for o in result.stretches if BOOK.stretches[o.id].muscle == "calf"]
    assert calf
    assert {o.status for o in calf} == {"withheld"}
