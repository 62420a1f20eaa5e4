"""The assessment of every development case passes HL7's validator, and a defect planted in it does not."""

import copy
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import pytest

from crampwise.assess.assess import assess
from crampwise.assess.engine import engine_of
from crampwise.book.compile import open_book
from crampwise.fhir.outcome import Written, outcome
from crampwise.interview.state import State, unexplained
from tests.support.forms import CASES, case
from tests.support.interop import Validator

BOOK = open_book()
ENGINE = engine_of(BOOK)
WRITTEN = Written(UUID("6f8f57a0-0f9c-4c0e-9f6e-2f1f5f3f9a11"), datetime(2026, 11, 21, 10, 0, tzinfo=UTC), "0.1.0")
Bundle = dict[str, Any]


def document(stem: str) -> Bundle:
    (path,) = [p for p in CASES if p.stem == stem]
    intake = case(BOOK, path).intake
    return outcome(ENGINE, intake, assess(BOOK, intake, date(2026, 11, 21)), WRITTEN)


def resource(bundle: Bundle, kind: str) -> dict[str, Any]:
    return next(e["resource"] for e in bundle["entry"] if e["resource"]["resourceType"] == kind)


DEFECTS: dict[str, Callable[[Bundle], object]] = {
    "no identifier": lambda b: b.pop("identifier"),
    "no time": lambda b: b.pop("timestamp"),
    "not a composition first": lambda b: b["entry"].reverse(),
    "an unknown status": lambda b: resource(b, "ClinicalImpression").update(status="ready"),
    "no subject": lambda b: resource(b, "RiskAssessment").pop("subject"),
    "a chance over 100 percent": lambda b: resource(b, "RiskAssessment")["prediction"][0].update(
        probabilityDecimal=140
    ),
    "an unknown intent": lambda b: resource(b, "ServiceRequest").update(intent="suggestion"),
    "a plan without intent": lambda b: resource(b, "CarePlan").pop("intent"),
    "a number as a text": lambda b: resource(b, "Observation")["valueQuantity"].update(value="3.1"),
    "an issue of unknown status": lambda b: resource(b, "DetectedIssue").update(status="maybe"),
    "a section without content": lambda b: resource(b, "Composition")["section"].append({"title": "Empty"}),
    "two resources of one address": lambda b: b["entry"].append(copy.deepcopy(b["entry"][1])),
}


@pytest.mark.parametrize("path", CASES, ids=lambda p: p.stem)
def test_every_case_is_valid(hl7: Validator, path: Any) -> None:
    assert hl7.errors(document(path.stem))[:3] == []


def test_a_danger_sign_that_is_not_explained_is_valid(hl7: Validator) -> None:
    state = State(
        items={"es_collapse": "yes"}, passed=frozenset({"collapse_or_unresponsive", "blue_grey_or_blotchy_skin"})
    )
    intake = state.intake(ENGINE)
    result = assess(BOOK, intake, date(2026, 11, 21))
    found = outcome(ENGINE, intake, result, WRITTEN, unexplained(ENGINE, state))
    assert hl7.errors(found) == []
    assert (
        resource(found, "ClinicalImpression")["finding"][0]["itemCodeableConcept"]["coding"][0]["code"]
        == "emergency_now"
    )


def test_planted_defects_are_seen(hl7: Validator) -> None:
    with_everything = next(
        d for d in (document(p.stem) for p in CASES)
        if {"Observation", "DetectedIssue", "ServiceRequest"} <= {e["resource"]["resourceType"] for e in d["entry"]}
    )  # fmt: skip
    for defect, change in DEFECTS.items():
        broken = copy.deepcopy(with_everything)
        change(broken)
        assert hl7.errors(broken), defect
