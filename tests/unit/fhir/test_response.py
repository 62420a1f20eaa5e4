"""A filled-in form read back: the same answers, every problem at once, and the defects of form software reported."""

import copy
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from crampwise.assess.assess import assess
from crampwise.assess.engine import engine_of
from crampwise.book.compile import open_book
from crampwise.fhir.questionnaire import questionnaire
from crampwise.fhir.response import read_response
from crampwise.interview.state import State, unexplained
from crampwise.logic.errors import InputError
from tests.support.forms import CASES, case, filled, typed

BOOK = open_book()
ENGINE = engine_of(BOOK)
TODAY = date(2026, 11, 21)
FORM = questionnaire(ENGINE, "check")
RESULTS = questionnaire(ENGINE, "results")


def response(*items: tuple[str, Any], **head: Any) -> dict[str, Any]:
    listed = [{"linkId": id_, "answer": answer if isinstance(answer, list) else [answer]} for id_, answer in items]
    whole = {"resourceType": "QuestionnaireResponse", "questionnaire": FORM["url"], "status": "completed"}
    return {**whole, "item": [{"linkId": "section.x", "item": listed}], **head}


def code(value: str, **more: Any) -> dict[str, Any]:
    systems = {
        "Y": "http://terminology.hl7.org/CodeSystem/v2-0136",
        "N": "http://terminology.hl7.org/CodeSystem/v2-0136",
    }
    own = "https://crampwise.invalid/fhir/CodeSystem/answers"
    return {"valueCoding": {"system": systems.get(value, own), "code": value, **more}}


def problems(resource: Any) -> list[str]:
    with pytest.raises(InputError) as caught:
        read_response(ENGINE, resource)
    return [str(p) for p in caught.value.problems]


@pytest.mark.parametrize("path", CASES, ids=lambda p: p.stem)
def test_a_filled_in_form_gives_the_assessment_of_the_same_answers_typed_in(path: Any) -> None:
    own = typed(case(BOOK, path))
    state = State(
        {k: v for k, v in own.values.items() if k in ENGINE.patient}, own.not_sure, {}, own.medicines, None, own.passed
    )
    reading = read_response(ENGINE, filled(ENGINE, FORM, state))
    assert [r for r in reading.remarks if "says no to all" not in r.what] == []
    expected = assess(BOOK, state.intake(ENGINE), TODAY)
    assert assess(BOOK, reading.state.intake(ENGINE), TODAY) == expected


def test_not_sure_no_and_no_answer_stay_three_things() -> None:
    read = read_response(ENGINE, response(("fever", code("not-sure")), ("wheeze", code("N")), ("headache", []))).state
    assert read.not_sure == {"fever"}
    assert read.values == {"wheeze": False}
    assert not read.asked("headache")


def test_a_no_to_a_grouped_question_is_a_no_to_each() -> None:
    read = read_response(ENGINE, response(("es_collapse", code("N")))).state
    values = read.intake(ENGINE).answers.values
    assert values["collapse_or_unresponsive"] is False
    assert values["blue_grey_or_blotchy_skin"] is False


def test_a_yes_to_a_grouped_question_without_saying_which_part_is_a_danger_sign() -> None:
    read = read_response(ENGINE, response(("es_collapse", code("Y")))).state
    assert [(item.id, level) for item, level in unexplained(ENGINE, read)] == [("es_collapse", "emergency_now")]


def test_a_grouped_no_never_takes_back_a_yes() -> None:
    reading = read_response(ENGINE, response(("es_gut", code("N")), ("vomiting_blood", code("Y"))))
    values = reading.state.intake(ENGINE).answers.values
    assert values["vomiting_blood"] is True
    assert values["diarrhoea_watery"] is False
    assert "that counts" in str(reading.remarks[0])


def test_numbers_come_in_the_units_of_the_book() -> None:
    given = [
        ("age_years", {"valueInteger": 61}),
        ("serum_potassium", {"valueQuantity": {"value": 3, "code": "mmol/L"}}),
    ]
    grams = {"valueQuantity": {"value": Decimal("9.6"), "unit": "mg/dL"}}
    read = read_response(ENGINE, response(*given, ("serum_calcium_total", grams))).state
    assert read.values["age_years"] == 61
    assert read.values["serum_potassium"] == 3
    assert read.values["serum_calcium_total"] == pytest.approx(Decimal("2.395"), abs=Decimal("0.01"))


def test_medicines_count_only_as_a_whole_list() -> None:
    whole = read_response(ENGINE, response(("medicines.any", code("Y")), ("medicines", [{"valueString": "ramipril"}])))
    assert whole.state.medicines == ("ramipril",)
    assert read_response(ENGINE, response(("medicines.any", code("N")))).state.medicines == ()
    assert read_response(ENGINE, response(("medicines", [{"valueString": "none"}]))).state.medicines == ()
    assert read_response(ENGINE, response(("medicines.any", code("not-sure")))).state.medicines is None
    (problem,) = problems(response(("medicines", [{"valueString": "ramipril"}])))
    assert "medicines.any is not answered" in problem


DEFECTS = {
    "a number as a text": (("age_years", {"valueInteger": "61"}), "is a text, not a number"),
    "a comparator that is null": (
        ("serum_potassium", {"valueQuantity": {"value": 3.1, "unit": "mmol/L", "comparator": None}}),
        "comparator is null",
    ),
    "a name that is not that of the code": (("fever", code("Y", display="Ja")), "the code counts"),
    "a code without its system": (("fever", {"valueCoding": {"code": "Y"}}), "names no code system"),
    "a text in place of a code": (("fever", {"valueString": "Yes"}), "is a text, not a code"),
}


@pytest.mark.parametrize("defect", DEFECTS)
def test_a_defect_of_form_software_is_read_and_reported(defect: str) -> None:
    item, told = DEFECTS[defect]
    reading = read_response(ENGINE, response(item))
    assert reading.state.values[item[0]] in (True, Decimal("61"), Decimal("3.1"))
    assert any(told in str(r) for r in reading.remarks)


def test_a_response_that_is_not_finished_is_used_and_told() -> None:
    reading = read_response(ENGINE, response(("fever", code("Y")), status="in-progress"))
    assert reading.state.values == {"fever": True}
    assert "in-progress" in str(reading.remarks[0])


def test_another_version_of_the_form_is_told() -> None:
    reading = read_response(ENGINE, response(("fever", code("Y")), questionnaire=f"{FORM['url']}|0.0.1"))
    assert "version 0.0.1" in str(reading.remarks[0])


def test_every_problem_is_told_at_once() -> None:
    bad = response(
        ("feverr", code("Y")),
        ("fever", code("perhaps")),
        ("age_years", {"valueInteger": 300}),
        ("wheeze", {"valueInteger": 1}),
        ("serum_potassium", {"valueQuantity": {"value": 3.1}}),
        ("serum_sodium", {"valueQuantity": {"value": 140, "unit": "mmol/L", "comparator": "<"}}),
        ("headache", [code("Y"), code("N")]),
        ("nausea", {"valueCoding": {"system": "http://elsewhere.invalid", "code": "Y"}}),
    )
    told = problems(bad)
    assert len(told) == 8
    assert "Did you mean 'fever'?" in told[0]
    assert "not one of: Y, N, not-sure" in told[1]
    assert "between 0 and 120 years" in told[2]
    assert "needs a code" in told[3]
    assert "needs its unit" in told[4]
    assert "is not exact" in told[5]
    assert "has 2 answers" in told[6]
    assert "elsewhere.invalid|Y is not an answer here" in told[7]


@pytest.mark.parametrize(
    "resource",
    [
        None, [], "x", {}, {"resourceType": "Bundle"}, response(item="x"), response(item=[1]), response(item=[{}]),
        response(item=[{"linkId": "fever", "answer": "Y"}]), response(item=[{"linkId": "fever", "answer": [1]}]),
        response(("fever", {"valueCoding": 3})), response(("fever", {"valueCoding": {}})),
        response(("age_years", {"valueDecimal": True})),
        response(("age_years", {"valueQuantity": {}})), response(("age_years", {"valueInteger": [1]})),
        response(("fever", {"valueCoding": {"code": "Y"}, "valueBoolean": True})), response(("section.x", code("Y"))),
        response(status="entered-in-error"), response(questionnaire="https://elsewhere.invalid/form"),
        response(("medicines", [{"valueString": " "}])),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_a_problem_and_never_a_crash(resource: Any) -> None:
    assert problems(resource)


def test_the_response_is_not_changed() -> None:
    one = response(("fever", code("Y")), ("age_years", {"valueInteger": 61}))
    before = copy.deepcopy(one)
    read_response(ENGINE, one)
    assert one == before
