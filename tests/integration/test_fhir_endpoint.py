"""The FHIR endpoint: forms, the adaptive interview and results over HTTP; whatever is wrong is an OperationOutcome."""

import json
from typing import Any

import pytest
from starlette.testclient import TestClient

from crampwise.assess.engine import engine_of
from crampwise.book.compile import open_book
from crampwise.edges.fhir.app import MOST_BYTES, create_app
from crampwise.fhir.adaptive import start
from crampwise.fhir.questionnaire import questionnaire

BOOK = open_book()
ENGINE = engine_of(BOOK)
NEXT, ASSESS = "/fhir/Questionnaire/$next-question", "/fhir/QuestionnaireResponse/$assess"


@pytest.fixture(scope="module")
def http() -> TestClient:
    app = create_app(BOOK, ("localhost",), ("https://forms.example",))
    return TestClient(app, base_url="http://localhost", raise_server_exceptions=False)


def filled() -> dict[str, Any]:
    yes = {"valueCoding": {"system": "http://terminology.hl7.org/CodeSystem/v2-0136", "code": "Y"}}
    form = "https://crampwise.invalid/fhir/Questionnaire/check"
    item = [{"linkId": "chest_pain", "answer": [yes]}]
    return {"resourceType": "QuestionnaireResponse", "questionnaire": form, "status": "completed", "item": item}


def test_every_form_is_there_under_its_id(http: TestClient) -> None:
    reply = http.get("/fhir/Questionnaire/t-stroke-clinical")
    assert reply.json() == questionnaire(ENGINE, "t_stroke", "clinical")
    assert reply.headers["content-type"] == "application/fhir+json"
    assert http.get("/fhir/Questionnaire/adaptive").json()["id"] == "adaptive"
    assert http.get("/fhir/Questionnaire/nothing").status_code == 404


def test_the_statement_names_the_operations(http: TestClient) -> None:
    (rest,) = http.get("/fhir/metadata").json()["rest"]
    assert [o["name"] for r in rest["resource"] for o in r["operation"]] == ["next-question", "assess"]


def test_the_adaptive_interview_runs_plain_and_in_parameters(http: TestClient) -> None:
    plain = http.post(NEXT, json=start(ENGINE))
    inside = {
        "resourceType": "Parameters",
        "parameter": [{"name": "questionnaire-response", "resource": start(ENGINE)}],
    }
    assert plain.status_code == 200
    later = http.post(NEXT, json=inside).json()
    assert later | {"authored": ""} == plain.json() | {"authored": ""}
    assert plain.headers["cache-control"] == "no-store"


def test_a_filled_in_form_is_assessed(http: TestClient) -> None:
    bundle = http.post(ASSESS, json=filled()).json()
    assert bundle["type"] == "document"
    impression = next(e["resource"] for e in bundle["entry"] if e["resource"]["resourceType"] == "ClinicalImpression")
    assert impression["finding"]


@pytest.mark.parametrize("path", [NEXT, ASSESS])
@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"3", b'{"resourceType": "Parameters"}', b"\xff", b"[" * 100_000])
def test_what_cannot_be_read_is_an_outcome(http: TestClient, path: str, body: bytes) -> None:
    reply = http.post(path, content=body)
    assert reply.status_code == 422
    outcome = reply.json()
    assert outcome["resourceType"] == "OperationOutcome"
    assert all(i["severity"] == "error" and i["details"]["text"] for i in outcome["issue"])


def test_every_problem_is_told_at_once(http: TestClient) -> None:
    broken = filled() | {"item": [{"linkId": "nonsense", "answer": [{"valueInteger": 1}]}, {"linkId": 3}]}
    assert len(http.post(ASSESS, json=broken).json()["issue"]) == 2


def test_too_much_and_the_wrong_method_and_host_are_refused(http: TestClient) -> None:
    assert http.post(ASSESS, content=b" " * (MOST_BYTES + 1)).status_code == 413
    assert http.get(ASSESS).status_code in (404, 405)
    assert http.get("/fhir/metadata", headers={"host": "elsewhere.example"}).status_code == 400


def test_only_pages_that_were_named_may_call_it_from_a_browser(http: TestClient) -> None:
    ours = http.get("/fhir/metadata", headers={"origin": "https://forms.example"})
    theirs = http.get("/fhir/metadata", headers={"origin": "https://elsewhere.example"})
    assert ours.headers["access-control-allow-origin"] == "https://forms.example"
    assert "access-control-allow-origin" not in theirs.headers


def test_nothing_that_was_sent_comes_back_in_an_error(http: TestClient) -> None:
    broken = filled() | {"status": "entered-in-error", "subject": {"display": "Jane Example"}}
    assert "Jane" not in json.dumps(http.post(ASSESS, json=broken).json())
