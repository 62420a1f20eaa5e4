"""What becomes known: computed answers, what follows, contradictions, unusual answers to be confirmed."""

import pytest

from crampwise.assess.engine import engine_of
from crampwise.assess.known import Known, know
from crampwise.logic.answers import Empty
from crampwise.logic.errors import InputError, Problem
from tests.support.people import intake, person, shipped

BOOK = shipped()


def known(text: str) -> Known:
    return know(engine_of(BOOK), intake(BOOK, text))


def problems(text: str) -> list[Problem]:
    with pytest.raises(InputError) as caught:
        known(text)
    return caught.value.problems


def test_a_yes_brings_what_it_implies_and_a_no_takes_what_implies_it() -> None:
    closed = known("answers: {on_dialysis: yes, taking_diuretic: no}").closed
    assert closed.get("known_kidney_disease") is True
    assert closed.get("taking_thiazide") is False
    assert closed.get("taking_loop_diuretic") is False


def test_what_cannot_apply_needs_no_answer() -> None:
    closed = known("{person: {age: 40, sex: male}}").closed
    assert closed.get("pregnant") is False
    assert closed.get("gestation_weeks") is Empty.EMPTY


def test_given_answers_are_kept_apart_from_what_follows() -> None:
    found = known("answers: {on_dialysis: yes}")
    assert dict(found.given.values) == {"on_dialysis": True}


def test_formulas_feed_each_other_and_say_where_they_come_from() -> None:
    # eGFR from creatinine; calcium corrected by albumin; the D-dimer ratio through the limit of another formula.
    found = known("""
        person: {age: 70, sex: female}
        labs:
          - {test: creatinine, value: 2.0, unit: mg/dL}
          - {test: calcium, value: 1.83, unit: mmol/L}
          - {test: albumin, value: 26, unit: g/L}
          - {test: d-dimer, value: 1400, unit: ng/mL FEU}
    """)
    numbers = {
        id_: float(str(found.given.get(id_))) for id_ in ("egfr", "serum_calcium_adjusted", "d_dimer_times_limit")
    }
    assert numbers == pytest.approx(
        {"egfr": 26.4, "serum_calcium_adjusted": 2.11, "d_dimer_times_limit": 2.0}, abs=0.05
    )
    assert found.derived["egfr"] == "f_egfr_ckdepi_2021"
    assert found.derived["serum_creatinine"] == "2.0 mg/dL"


def test_a_score_waits_until_every_item_is_known() -> None:
    score = BOOK.scores["score_wells_dvt"]
    reads = dict.fromkeys(f for i in range(len(score.items)) for f in engine_of(BOOK).reads[f"score/{score.id}/{i}"])
    yes_no = [f for f in reads if BOOK.findings[f].kind == "yes_no"]
    numbers = "".join(f", {f}: {BOOK.findings[f].low} {BOOK.findings[f].unit}" for f in reads if f not in yes_no)
    all_no = ", ".join(f"{f}: no" for f in yes_no)
    assert known(f"answers: {{{all_no}{numbers}}}").given.get(score.result) == 0
    assert known(f"answers: {{{all_no.rpartition(',')[0]}{numbers}}}").given.get(score.result) is None


def test_medicines_and_results_become_answers() -> None:
    found = known("{medicines: [Lipitor 20 mg], labs: [{test: k, value: 3.1, unit: mmol/L}]}")
    assert found.given.get("taking_statin") is True
    assert found.derived["taking_statin"] == "Lipitor 20 mg"
    assert found.derived["serum_potassium"] == "3.1 mmol/L"


def test_a_medicine_and_an_explicit_no_contradict() -> None:
    (problem,) = problems("answers:\n  taking_statin: no\nmedicines: [Lipitor]")
    assert problem.where == "me.yaml:2:18"
    assert problem.what == "taking_statin says no, but 'Lipitor' is one."
    assert problem.remedy


def test_a_medicine_settles_not_sure() -> None:
    found = known("{answers: {taking_statin: not_sure}, medicines: [Lipitor]}")
    assert found.given.get("taking_statin") is True


def test_a_broken_implication_is_refused_with_its_place() -> None:
    (problem,) = problems("answers:\n  on_dialysis: yes\n  known_kidney_disease: no\n")
    assert problem.where == "me.yaml:3:25"
    assert "on_dialysis" in problem.what
    assert "known_kidney_disease" in problem.what
    assert problem.what.endswith("contradict each other.")
    assert problem.remedy == "Correct one, or answer not_sure."


def test_not_pregnant_and_thirty_weeks_is_refused() -> None:
    (problem,) = problems("person: {age: 30, sex: female, pregnant: no}\nanswers: {gestation_weeks: 30}")
    assert "pregnant" in problem.what
    assert "gestation_weeks" in problem.what
    assert problem.where.startswith("me.yaml:2:")


def test_pregnant_and_thirty_weeks_is_taken() -> None:
    assert known("{person: {age: 30, sex: female, pregnant: yes}, answers: {gestation_weeks: 30}}").confirm == ()


def test_every_contradiction_is_reported_at_once() -> None:
    found = problems("""
        person: {age: 30, sex: female, pregnant: no}
        answers:
          {on_dialysis: yes, known_kidney_disease: no, gestation_weeks: 30, taking_statin: no,
           serum_potassium: 4 mmol/L}
        medicines: [Lipitor]
        labs: [{test: k, value: 3.1, unit: mmol/L}]
    """)
    said = " ".join(p.what for p in found)
    assert len(found) == 4
    assert all(word in said for word in ("on_dialysis", "gestation_weeks", "taking_statin", "serum_potassium"))
    assert all(p.where.startswith("me.yaml:") and p.remedy for p in found)


def test_a_pregnant_man_is_asked_to_confirm_and_taken_at_his_word() -> None:
    result = person(BOOK, "person: {age: 30, sex: male, pregnant: yes}")
    (confirm,) = result.confirm
    assert confirm.finding == "pregnant"
    assert confirm.statement.cites
    assert known("person: {age: 30, sex: male, pregnant: yes}").closed.get("pregnant") is True


@pytest.mark.parametrize("age", [5, 70])
def test_pregnancy_at_an_unusual_age_is_confirmed_not_refused(age: int) -> None:
    assert [c.finding for c in person(BOOK, f"person: {{age: {age}, sex: female, pregnant: yes}}").confirm] == [
        "pregnant"
    ]


def test_an_ordinary_person_has_nothing_to_confirm() -> None:
    assert person(BOOK, "{person: {age: 30, sex: female, pregnant: yes}, answers: {on_dialysis: no}}").confirm == ()
