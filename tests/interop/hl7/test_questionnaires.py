"""Every exported questionnaire passes HL7's validator with the SDC profile, and a defect planted in it does not."""

import copy
from collections.abc import Callable
from typing import Any

import pytest

from crampwise.assess.engine import engine_of
from crampwise.book.compile import open_book
from crampwise.fhir.layout import FIXED
from crampwise.fhir.names import ENABLE_WHEN, QUESTIONNAIRE_PROFILE
from crampwise.fhir.questionnaire import Words, questionnaire
from tests.support.interop import Validator

Form = dict[str, Any]
ENGINE = engine_of(open_book())


def gate(form: Form) -> Form:
    found = form["item"][0]["item"][0]
    assert isinstance(found, dict)
    return found


def gated(form: Form) -> Form:
    return next(i for s in form["item"] for i in s["item"] if "enableWhen" in i)


def expressed(form: Form) -> Form:
    found = (x for s in form["item"] for i in s["item"] for x in i.get("extension", []) if x["url"] == ENABLE_WHEN)
    expression = next(found)["valueExpression"]
    assert isinstance(expression, dict)
    return expression


DEFECTS: dict[str, Callable[[Form], object]] = {
    "no url": lambda f: f.pop("url"),
    "no algorithm of versions": lambda f: f["extension"].pop(0),
    "an unknown status": lambda f: f.update(status="finished"),
    "a date in another order": lambda f: f.update(date="21/11/2026"),
    "an item without linkId": lambda f: gate(f).pop("linkId"),
    "an unknown type of item": lambda f: gate(f).update(type="radio"),
    "a linkId twice": lambda f: f["item"][0]["item"][1].update(linkId=gate(f)["linkId"]),
    "options and a value set": lambda f: gate(f).update(answerValueSet="https://crampwise.invalid/vs"),
    "options of two kinds": lambda f: gate(f)["answerOption"][0].update(valueString="Yes"),
    "options on a boolean": lambda f: gate(f).update(type="boolean"),
    "a condition on a question that is not there": lambda f: gated(f)["enableWhen"][0].update(question="nowhere"),
    "an unknown operator": lambda f: gated(f)["enableWhen"][0].update(operator="=="),
    "a condition without an answer": lambda f: gated(f)["enableWhen"][0].pop("answerCoding"),
    "several conditions and no word on how they join": lambda f: gated(f).pop("enableBehavior"),
    "an expression in no language": lambda f: expressed(f).pop("language"),
    "a wrong name of an answer": lambda f: gate(f)["answerOption"][0]["valueCoding"].update(display="Perhaps"),
    "an empty list": lambda f: gate(f).update(code=[]),
    "an unknown element": lambda f: gate(f).update(colour="red"),
}


@pytest.mark.parametrize("words", ["lay", "clinical"])
def test_every_scope_is_valid(hl7: Validator, words: Words) -> None:
    scopes = [*FIXED, *ENGINE.book.conditions, *ENGINE.book.red_flags]
    found = {s: hl7.errors(questionnaire(ENGINE, s, words), QUESTIONNAIRE_PROFILE) for s in scopes}
    assert {s: issues[:3] for s, issues in found.items() if issues} == {}


def test_planted_defects_are_seen(hl7: Validator) -> None:
    form = questionnaire(ENGINE, "emergency")
    for defect, change in DEFECTS.items():
        broken = copy.deepcopy(form)
        change(broken)
        assert hl7.errors(broken, QUESTIONNAIRE_PROFILE), defect
