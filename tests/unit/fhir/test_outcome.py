"""The assessment as a document: it says what the assessment says, proposes and never orders, and keeps medicines."""

import json
from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest

from crampwise.assess.assess import assess
from crampwise.assess.assessment import Assessment
from crampwise.assess.engine import engine_of
from crampwise.assess.intake import Intake
from crampwise.book.compile import open_book
from crampwise.fhir.outcome import Written, outcome
from crampwise.interview.state import State, unexplained
from crampwise.logic.answers import Answers
from tests.support.forms import CASES, case

BOOK = open_book()
ENGINE = engine_of(BOOK)
WRITTEN = Written(UUID("6f8f57a0-0f9c-4c0e-9f6e-2f1f5f3f9a11"), datetime(2026, 11, 21, 10, 0, tzinfo=UTC), "0.1.0")
Bundle = dict[str, Any]


def made(intake: Intake) -> tuple[Assessment, Bundle]:
    result = assess(BOOK, intake, date(2026, 11, 21))
    return result, outcome(ENGINE, intake, result, WRITTEN)


def kinds(bundle: Bundle, kind: str) -> list[dict[str, Any]]:
    return [e["resource"] for e in bundle["entry"] if e["resource"]["resourceType"] == kind]


def references(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        if isinstance(value.get("reference"), str):
            yield value["reference"]
        for inner in value.values():
            yield from references(inner)
    if isinstance(value, list):
        for inner in value:
            yield from references(inner)


@pytest.fixture(scope="module", params=CASES, ids=lambda p: p.stem)
def pair(request: pytest.FixtureRequest) -> tuple[Assessment, Bundle]:
    return made(case(BOOK, request.param).intake)


def test_every_reference_leads_to_a_resource_of_the_document(pair: tuple[Assessment, Bundle]) -> None:
    _, bundle = pair
    places = [e["fullUrl"] for e in bundle["entry"]]
    assert len(places) == len(set(places))
    assert set(references(bundle)) <= set(places)
    assert bundle["entry"][0]["resource"]["resourceType"] == "Composition"
    assert json.loads(json.dumps(bundle)) == bundle


def test_it_says_the_urgency_and_the_causes_of_the_assessment(pair: tuple[Assessment, Bundle]) -> None:
    result, bundle = pair
    (impression,) = kinds(bundle, "ClinicalImpression")
    codes = [f["itemCodeableConcept"]["coding"][0]["code"] for f in impression["finding"]]
    assert codes[0] == result.urgency.at_least
    assert set(codes) >= {f.id for f in result.fired}
    notes = " ".join(n["text"] for n in impression["note"])
    assert all(f.title in notes for f in result.open)
    predicted = [
        (p["outcome"]["text"], p["probabilityDecimal"])
        for r in kinds(bundle, "RiskAssessment")
        for p in r["prediction"]
    ]
    assert predicted == [(c.clinical, round(100 * c.probability, 1)) for c in result.causes]


def test_tests_and_examinations_are_proposed_and_never_ordered(pair: tuple[Assessment, Bundle]) -> None:
    result, bundle = pair
    requests = kinds(bundle, "ServiceRequest")
    assert len(requests) == len(result.tests) + len(result.examination)
    assert {(r["intent"], r["status"]) for r in requests} <= {("proposal", "draft")}
    assert {p["intent"] for p in kinds(bundle, "CarePlan")} == {"proposal"}


def test_no_medicine_is_told_to_be_stopped(pair: tuple[Assessment, Bundle]) -> None:
    result, bundle = pair
    issues = kinds(bundle, "DetectedIssue")
    assert len(issues) == sum(m.may_cause for m in result.medicines) + len(result.combinations)
    keep = BOOK.words.phrases["do_not_stop"]
    assert all(issue["detail"].endswith(keep) for issue in issues)
    (plan,) = kinds(bundle, "CarePlan")
    assert keep in [n["text"] for n in plan["note"]]


def test_the_plan_holds_no_care_at_home_in_an_emergency_and_never_what_is_withheld(
    pair: tuple[Assessment, Bundle],
) -> None:
    result, bundle = pair
    (plan,) = kinds(bundle, "CarePlan")
    offered = {a["detail"]["code"]["text"] for a in plan["activity"] if "code" in a["detail"]}
    withheld = {o.title for o in (*result.plan, *result.stretches) if o.status == "withheld"}
    assert not offered & withheld
    if result.emergencies:
        assert offered == set()
    told = {a["detail"]["description"] for a in plan["activity"] if a["detail"]["doNotPerform"]}
    assert told == {s.text for s in result.never}


def test_a_danger_sign_that_is_not_explained_raises_the_urgency_and_takes_home_care_away() -> None:
    state = State(items={"es_chest": "yes"}, passed=frozenset(ENGINE.book.findings))
    intake = state.intake(ENGINE)
    result = assess(BOOK, intake, date(2026, 11, 21))
    bundle = outcome(ENGINE, intake, result, WRITTEN, unexplained(ENGINE, state))
    (impression,) = kinds(bundle, "ClinicalImpression")
    assert impression["finding"][0]["itemCodeableConcept"]["coding"][0]["code"] == "emergency_now"
    assert not any("code" in a["detail"] for a in kinds(bundle, "CarePlan")[0]["activity"])


def test_an_open_danger_sign_takes_home_care_away() -> None:
    result, bundle = made(Intake(Answers({"chest_pain": True, "age_years": Decimal(50)})))
    assert not result.emergencies
    assert any(f.level == "emergency_now" for f in result.open)
    assert not any("code" in a["detail"] for a in kinds(bundle, "CarePlan")[0]["activity"])


def test_results_come_with_unit_and_interval_and_the_person_has_no_name() -> None:
    intake = Intake(Answers({"serum_potassium": Decimal("3.1"), "sex_at_birth": "female"}), ("furosemide",))
    _, bundle = made(intake)
    assert kinds(bundle, "Patient") == [
        {"resourceType": "Patient", "id": kinds(bundle, "Patient")[0]["id"], "gender": "female"}
    ]
    (medicine,) = kinds(bundle, "MedicationStatement")
    assert medicine["medicationCodeableConcept"]["text"] == "furosemide"


def test_the_same_input_gives_the_same_document() -> None:
    intake = case(BOOK, CASES[0]).intake
    assert made(intake)[1] == made(intake)[1]
