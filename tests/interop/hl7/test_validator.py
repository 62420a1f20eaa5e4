"""The validator itself: it runs offline, passes what is valid, and sees nested and profile defects."""

import copy
from collections.abc import Callable
from typing import Any

import pytest

from tests.support.interop import SDC_QUESTIONNAIRE, Validator

Change = Callable[[dict[str, Any]], object]
FORM: dict[str, Any] = {
    "resourceType": "Questionnaire",
    "extension": [
        {
            "url": "http://hl7.org/fhir/5.0/StructureDefinition/extension-Questionnaire.versionAlgorithm[x]",
            "valueCoding": {"system": "http://hl7.org/fhir/version-algorithm", "code": "semver"},
        }
    ],
    "url": "https://crampwise.invalid/fhir/Questionnaire/probe",
    "version": "1.0.0",
    "name": "Probe",
    "title": "Probe",
    "status": "draft",
    "item": [
        {
            "linkId": "group",
            "type": "group",
            "text": "Group",
            "item": [
                {"linkId": "first", "type": "boolean", "text": "First?"},
                {
                    "linkId": "second",
                    "type": "integer",
                    "text": "Second?",
                    "enableWhen": [{"question": "first", "operator": "=", "answerBoolean": True}],
                },
            ],
        }
    ],
}
RESPONSE: dict[str, Any] = {
    "resourceType": "QuestionnaireResponse",
    "questionnaire": f"{FORM['url']}|1.0.0",
    "status": "completed",
    "item": [{"linkId": "group", "item": [{"linkId": "first", "answer": [{"valueBoolean": False}]}]}],
}


def inner(form: dict[str, Any]) -> list[dict[str, Any]]:
    items = form["item"][0]["item"]
    assert isinstance(items, list)
    return items


FORM_DEFECTS: dict[str, Change] = {
    "no status": lambda f: f.pop("status"),
    "no url, which SDC wants": lambda f: f.pop("url"),
    "no algorithm of versions, which SDC wants": lambda f: f.pop("extension"),
    "a nested item without linkId": lambda f: inner(f)[0].pop("linkId"),
    "an unknown type of a nested item": lambda f: inner(f)[0].update(type="radio"),
    "a linkId twice": lambda f: inner(f)[1].update(linkId="first"),
    "enableWhen on a question that does not exist": lambda f: inner(f)[1]["enableWhen"][0].update(question="third"),
    "an unknown element": lambda f: inner(f)[1].update(foo="bar"),
}
RESPONSE_DEFECTS: dict[str, Change] = {
    "unknown status": lambda r: r.update(status="done"),
    "an answer of the wrong type": lambda r: inner(r)[0].update(answer=[{"valueString": "no"}]),
    "an unknown linkId": lambda r: inner(r).append({"linkId": "third", "answer": [{"valueBoolean": True}]}),
    "an answer to a question that was off": lambda r: inner(r).append(
        {"linkId": "second", "answer": [{"valueInteger": 3}]}
    ),
}


def test_a_valid_form_passes(hl7: Validator) -> None:
    assert hl7.errors(FORM, SDC_QUESTIONNAIRE) == []


@pytest.mark.parametrize("defect", FORM_DEFECTS)
def test_a_planted_defect_is_seen(hl7: Validator, defect: str) -> None:
    broken = copy.deepcopy(FORM)
    FORM_DEFECTS[defect](broken)
    assert hl7.errors(broken, SDC_QUESTIONNAIRE)


def test_a_response_is_held_against_its_form(hl7: Validator) -> None:
    hl7.know(FORM)
    assert hl7.errors(RESPONSE) == []
    for defect, change in RESPONSE_DEFECTS.items():
        broken = copy.deepcopy(RESPONSE)
        change(broken)
        assert hl7.errors(broken), defect
