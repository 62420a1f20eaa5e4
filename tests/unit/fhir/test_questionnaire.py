"""The exported form: not sure stays apart from no, conditions point at what the form asks, ids stay the same."""

import re
from collections.abc import Iterator
from typing import Any

import pytest

from crampwise.assess.engine import engine_of
from crampwise.book.compile import open_book
from crampwise.fhir.layout import FIXED
from crampwise.fhir.questionnaire import questionnaire
from crampwise.logic.errors import InputError

ENGINE = engine_of(open_book())
SCOPES = (*FIXED, "benign_nocturnal_leg_cramps", "diabetes_related_cramps", "t_stroke", "t_dvt_likely")


def items(form: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for group in form["item"]:
        yield from group["item"]


def expressions(item: dict[str, Any]) -> list[str]:
    return [x["valueExpression"]["expression"] for x in item.get("extension", []) if "valueExpression" in x]


@pytest.fixture(scope="module", params=SCOPES)
def form(request: pytest.FixtureRequest) -> dict[str, Any]:
    return questionnaire(ENGINE, request.param)


def test_every_choice_offers_not_sure_and_names_its_answers_in_the_form(form: dict[str, Any]) -> None:
    for item in items(form):
        assert "answerValueSet" not in item
        assert item["type"] != "boolean", "a boolean cannot say not sure"
        if item["type"] == "choice":
            codes = [o["valueCoding"]["code"] for o in item["answerOption"]]
            assert codes[-1] == "not-sure"
            assert len(codes) > 2


def test_every_question_can_be_left_open(form: dict[str, Any]) -> None:
    assert not any(item.get("required") or "initial" in item for item in items(form))


def test_conditions_refer_only_to_what_the_form_asks(form: dict[str, Any]) -> None:
    known = {item["linkId"] for item in items(form)}
    variables = {x["valueExpression"]["name"] for x in form["extension"] if "valueExpression" in x}
    earlier: set[str] = set()
    for item in items(form):
        assert {w["question"] for w in item.get("enableWhen", [])} <= earlier, item["linkId"]
        for text in expressions(item):
            assert set(re.findall(r"'([\w.]+)' in %", text)) <= known
            assert set(re.findall(r"%(\w+)", text)) <= variables
            assert f"'{item['linkId']}' in" not in text, "an item must not switch itself on or off"
        earlier.add(item["linkId"])


def test_a_grouped_question_opens_its_findings_on_yes_and_on_not_sure() -> None:
    form = questionnaire(ENGINE, "emergency")
    by_id = {item["linkId"]: item for item in items(form)}
    for screen in ENGINE.book.emergency_screen.screens:
        for gate in screen.items:
            for finding in gate.findings if len(gate.findings) > 1 else ():
                when = by_id[finding].get("enableWhen", [])
                opened = {(w["question"], w["answerCoding"]["code"]) for w in when}
                assert opened == {(gate.id, "Y"), (gate.id, "not-sure")} or expressions(by_id[finding])


def test_the_check_asks_everything_that_a_person_can_answer() -> None:
    form = questionnaire(ENGINE, "check")
    asked = {item["linkId"] for item in items(form)}
    gates = {i.id: i.findings for s in ENGINE.book.emergency_screen.screens for i in s.items}
    single = {f for id_, found in gates.items() if len(found) == 1 and id_ in asked for f in found}
    own = {f for f in ENGINE.patient if not ENGINE.book.findings[f].computed_by}
    assert own - asked - single == set()


def test_numbers_have_units_and_limits_of_the_book() -> None:
    by_id = {item["linkId"]: item for item in items(questionnaire(ENGINE, "results"))}
    potassium = by_id["serum_potassium"]
    units = [x["valueCoding"]["code"] for x in potassium["extension"] if x["url"].endswith("unitOption")]
    assert units[0] == "mmol/L"
    assert potassium["type"] == "quantity"
    assert {"system": "http://loinc.org", "code": "2823-3"} in potassium["code"]


def test_the_loss_is_declared() -> None:
    check, exam = (questionnaire(ENGINE, s)["purpose"] for s in ("check", "examination"))
    phrases = ENGINE.book.words.phrases
    assert phrases["form_not_sure_number"] in check
    assert phrases["form_names_not_read"] in check
    assert phrases["form_part_only"] not in check
    assert phrases["form_part_only"] in exam


def test_ids_and_versions_do_not_change_between_two_exports() -> None:
    first, second = (questionnaire(ENGINE, "check") for _ in range(2))
    assert first == second
    assert first["url"] == "https://crampwise.invalid/fhir/Questionnaire/check"
    assert first["version"] == ENGINE.book.info.version
    clinical = questionnaire(ENGINE, "check", "clinical")
    assert clinical["url"].endswith("/check-clinical")
    assert [i["linkId"] for i in items(clinical)] == [i["linkId"] for i in items(first)]


def test_claims_are_cited_with_their_place() -> None:
    form = questionnaire(ENGINE, "check")
    artifacts = [x["valueRelatedArtifact"] for x in form["extension"] if "valueRelatedArtifact" in x]
    labels = {a["label"] for a in artifacts}
    assert labels & set(ENGINE.book.claims)
    assert all("characters" in a["citation"] for a in artifacts if a["label"] in ENGINE.book.claims)


def test_clinical_words_use_the_clinical_terms() -> None:
    by_id = {item["linkId"]: item for item in items(questionnaire(ENGINE, "check", "clinical"))}
    assert by_id["wheeze"]["text"] == ENGINE.book.findings["wheeze"].clinical


def test_an_unknown_scope_is_refused_with_the_nearest_one() -> None:
    with pytest.raises(InputError, match="Did you mean 'emergency'"):
        questionnaire(ENGINE, "emergancy")
