"""What comes back: cards, 412 where data cannot be had, and a problem document for what cannot be read."""

import json
import logging
from collections.abc import Callable
from typing import Any

import pytest
from starlette.testclient import TestClient

from crampwise.book.schema.common import LEVELS
from tests.support.cds import (
    CRAMPS,
    SUBJECT,
    Elsewhere,
    bundle,
    call,
    condition,
    medicine,
    patient,
    prefetch,
    result,
    signed,
)
from tests.support.cds_contract import RESPONSE, check
from tests.support.people import shipped

PATIENT, ORDERS = "/cds-services/crampwise-patient", "/cds-services/crampwise-orders"
LOW_POTASSIUM = result("2823-3", 2.4, "mmol/L")
THIAZIDE, LOOP, SALMETEROL = "C03AA03", "C03CA01", "R03AC12"


def cards(service: TestClient, body: dict[str, Any]) -> list[dict[str, Any]]:
    answer = service.post(PATIENT if body["hook"] == "patient-view" else ORDERS, json=body)
    assert answer.status_code == 200, answer.text
    assert check(answer.json(), RESPONSE) == []
    found: list[dict[str, Any]] = answer.json()["cards"]
    return found


# --- patient-view


def test_cramps_alone_never_reassure(service: TestClient) -> None:
    (card,) = cards(service, call())
    assert card["summary"] == "Muscle cramps: the record alone cannot tell how urgent it is. Ask the patient."
    assert card["indicator"] == "info"
    assert "Not settled" in card["detail"]
    assert "Home measures" not in card["detail"]
    assert "Ask first" in card["detail"]


def test_a_dangerous_result_makes_a_critical_card_with_its_reason_and_source(service: TestClient) -> None:
    (card,) = cards(service, call(prefetch=prefetch(medications=(medicine(THIAZIDE),), results=(LOW_POTASSIUM,))))
    assert card["indicator"] == "critical"
    assert "2.4 mmol/L" in card["detail"]
    assert "hydrochlorothiazide" in card["detail"].lower()
    assert "](https://" in card["detail"]
    assert "Hypokalaemia" in card["detail"]


def test_missing_tests_come_as_suggestions_and_those_that_are_there_do_not(service: TestClient) -> None:
    def suggested(*results: dict[str, Any]) -> set[str]:
        (card,) = cards(service, call(prefetch=prefetch(medications=(medicine(THIAZIDE),), results=results)))
        return {s["label"] for s in card["suggestions"]}

    assert {"Order sodium", "Order potassium"} <= suggested()
    assert "Order potassium" not in suggested(result("2823-3", 4.2, "mmol/L"))
    assert "Order potassium" in suggested(result("2823-3", 4.2, "mmol/L", "2024-01-01"))


def test_suggestions_are_proposals_to_create_and_nothing_else(service: TestClient) -> None:
    (card,) = cards(service, call(prefetch=prefetch(medications=(medicine(THIAZIDE),))))
    (action,) = card["suggestions"][0]["actions"]
    assert action["type"] == "create"
    wanted = {"resourceType": "ServiceRequest", "status": "draft", "intent": "proposal", "subject": SUBJECT}
    assert wanted.items() <= action["resource"].items()
    assert card["selectionBehavior"] == "any"


def test_without_cramps_and_without_a_red_flag_there_is_no_card(service: TestClient) -> None:
    diabetes = condition("E11.9")
    assert cards(service, call(prefetch=prefetch(conditions=(diabetes,)))) == []
    assert cards(service, call(prefetch=prefetch(conditions=(), results=(result("2823-3", 3.3, "mmol/L"),)))) == []


def test_a_grave_red_flag_brings_a_card_without_cramps(service: TestClient) -> None:
    (card,) = cards(service, call(prefetch=prefetch(conditions=(), results=(LOW_POTASSIUM,))))
    assert card["summary"].startswith("Red flag in the record")
    assert card["indicator"] == "critical"


def test_a_record_that_contradicts_itself_is_told(service: TestClient) -> None:
    undated = result("2823-3", 2.4, "mmol/L") | {"id": "k2"}
    mixed = prefetch(results=(LOW_POTASSIUM, undated | {"valueQuantity": undated["valueQuantity"] | {"value": 5.0}}))
    found = cards(service, call(prefetch=mixed))
    assert all("5.0" not in c["detail"] and "2.4" not in c["detail"] for c in found)


def test_text_of_the_record_cannot_become_markup(service: TestClient) -> None:
    evil = medicine(THIAZIDE)
    evil["medicationCodeableConcept"]["text"] = "<script>alert(1)</script> [here](https://evil.invalid)"
    found = cards(service, call(prefetch=prefetch(medications=(evil,), results=(LOW_POTASSIUM,))))
    assert "<script" not in json.dumps(found)
    assert "](https://evil" not in json.dumps(found)


def test_every_level_has_words_short_enough_for_a_summary() -> None:
    book = shipped()
    clinical = {w.level: w.clinical for w in book.words.levels}
    for id_ in ("card_urgency", "card_urgency_least", "card_flag"):
        for level in LEVELS:
            assert len(book.card_texts[id_].text.format(level=clinical[level])) < 140


# --- orders


def test_a_medicine_that_can_cause_cramps_is_told_to_whom_has_them(service: TestClient) -> None:
    for hook in ("order-select", "order-sign"):
        (card,) = cards(service, call(hook, (medicine(SALMETEROL, "draft", "d1"),)))
        assert card["summary"] == "Salmeterol can cause muscle cramps, and this patient has them."
        assert card["indicator"] == "warning"
        assert "no proposal to stop" in card["detail"]
    without = prefetch(conditions=())
    assert cards(service, call("order-sign", (medicine(SALMETEROL, "draft", "d1"),), prefetch=without)) == []


def test_missing_monitoring_is_proposed_to_everyone(service: TestClient) -> None:
    calm = prefetch(conditions=(), results=(result("2823-3", 4.2, "mmol/L"),))
    (card,) = cards(service, call("order-sign", (medicine(LOOP, "draft", "d1"),), prefetch=calm))
    assert card["indicator"] == "info"
    assert {s["label"] for s in card["suggestions"]} == {"Order sodium", "Order creatinine"}
    assert "183 days" in card["detail"]


def test_monitoring_that_is_done_or_being_ordered_is_not_proposed(service: TestClient) -> None:
    results = (result("2823-3", 4.2, "mmol/L"), result("2951-2", 140, "mmol/L"))
    creatinine = {
        "resourceType": "ServiceRequest", "id": "s1", "status": "draft", "intent": "order", "subject": SUBJECT,
        "code": {"coding": [{"system": "http://loinc.org", "code": "2160-0"}]},
    }  # fmt: skip
    orders = (medicine(LOOP, "draft", "d1"), creatinine)
    assert cards(service, call("order-sign", orders, prefetch=prefetch(conditions=(), results=results))) == []


def test_only_selected_orders_count(service: TestClient) -> None:
    body = call("order-select", (medicine(SALMETEROL, "draft", "d1"), medicine(LOOP, "draft", "d2")))
    body["context"]["selections"] = ["MedicationRequest/d2"]
    assert [c["summary"].partition(" ")[0] for c in cards(service, body)] == ["Furosemide"]


def test_a_risky_combination_is_told_only_when_the_order_makes_it(service: TestClient) -> None:
    def combined(*taken: str) -> list[str]:
        held = prefetch(conditions=(), medications=tuple(medicine(t, id_=t) for t in taken))
        found = cards(service, call("order-sign", (medicine(LOOP, "draft", "d1"),), prefetch=held))
        return [c["summary"] for c in found if c["summary"].startswith("Riskier together")]

    assert combined() == []
    assert combined(THIAZIDE) == ["Riskier together: metolazone or thiazide with a loop diuretic"]
    assert combined(THIAZIDE, LOOP) == []


def test_a_medicine_may_be_given_by_reference(service: TestClient) -> None:
    coded = medicine(SALMETEROL, "draft", "d1")
    concept = coded.pop("medicationCodeableConcept")
    coded["contained"] = [{"resourceType": "Medication", "id": "med", "code": concept}]
    coded["medicationReference"] = {"reference": "#med"}
    assert len(cards(service, call("order-sign", (coded,)))) == 1


def test_no_card_ever_proposes_to_stop_a_medicine(service: TestClient) -> None:
    every = sorted({m.atc for m in shipped().medicines.values() if m.atc})
    drafts = tuple(medicine(atc, "draft", f"d{i}") for i, atc in enumerate(every))
    found = cards(service, call("order-sign", drafts))
    assert len(found) > 100
    for card in found:
        for suggestion in card.get("suggestions", ()):
            assert [(a["type"], a["resource"]["resourceType"]) for a in suggestion["actions"]] == [
                ("create", "ServiceRequest")
            ]


# --- data


def test_without_data_the_answer_is_412(service: TestClient) -> None:
    whole = call()
    for lacking in ("patient", "conditions", "medications", "results"):
        part = {k: v for k, v in whole["prefetch"].items() if k != lacking}
        answer = service.post(PATIENT, json=whole | {"prefetch": part})
        assert answer.status_code == 412
        assert [p["where"] for p in answer.json()["problems"]] == [f"prefetch.{lacking}"]


def test_an_outcome_in_the_place_of_data_is_412_and_null_is_no_data(service: TestClient) -> None:
    outcome = {"resourceType": "OperationOutcome", "issue": [{"severity": "error", "code": "timeout"}]}
    assert service.post(PATIENT, json=call(prefetch=prefetch() | {"results": outcome})).status_code == 412
    assert len(cards(service, call(prefetch=prefetch() | {"results": None, "medications": None}))) == 1


def test_what_was_not_sent_is_fetched_with_the_token(hosted: TestClient, ehr: Elsewhere, base: str) -> None:
    ehr.paths = {
        "Patient/p1": patient(), "Condition": bundle(CRAMPS), "MedicationRequest": bundle(medicine(THIAZIDE)),
        "Observation": bundle(LOW_POTASSIUM),
    }  # fmt: skip
    ehr.asked.clear()

    def answer(token: str, **more: Any) -> Any:
        grant = {"access_token": token, "token_type": "Bearer", "expires_in": 300, "scope": "x", "subject": "y"}
        body = call(fhirServer=f"{ehr.base}/fhir", fhirAuthorization=grant, **more)
        return hosted.post(PATIENT, json=body, headers={"Authorization": f"Bearer {signed(base + PATIENT)}"})

    fetched = answer(ehr.token, prefetch={})
    assert fetched.status_code == 200
    assert fetched.json()["cards"][0]["indicator"] == "critical"
    assert len(ehr.asked) == 6
    ehr.asked.clear()
    sent = prefetch(medications=(medicine(THIAZIDE),))
    del sent["results"]
    assert answer(ehr.token, prefetch=sent).json()["cards"][0]["indicator"] == "critical"
    assert {a.partition("?")[0] for a in ehr.asked} == {
        "/fhir/Observation",
        "/fhir/MedicationStatement",
        "/fhir/Procedure",
    }
    assert answer("wrong", prefetch={}).status_code == 412


def test_only_servers_agreed_on_are_asked(hosted: TestClient, ehr: Elsewhere, base: str) -> None:
    grant = {"access_token": ehr.token, "token_type": "Bearer", "expires_in": 300, "scope": "x", "subject": "y"}
    ehr.asked.clear()
    for server in (f"{ehr.base}/other", "http://169.254.169.254/latest", "file:///etc/passwd"):
        body = call(fhirServer=server, fhirAuthorization=grant, prefetch={})
        headers = {"Authorization": f"Bearer {signed(base + PATIENT)}"}
        assert hosted.post(PATIENT, json=body, headers=headers).status_code == 412
    assert ehr.asked == []


def test_further_pages_are_fetched_but_never_from_elsewhere(service: TestClient, ehr: Elsewhere) -> None:
    more = bundle(medicine(THIAZIDE))
    ehr.paths = {"page2": more}
    grant = {"access_token": ehr.token, "token_type": "Bearer", "expires_in": 300, "scope": "x", "subject": "y"}

    def paged(url: str) -> Any:
        sent = prefetch(results=(LOW_POTASSIUM,))
        sent["medications"]["link"] = [{"relation": "next", "url": url}]
        sent |= {"statements": None, "procedures": None}
        return service.post(PATIENT, json=call(prefetch=sent, fhirServer=f"{ehr.base}/fhir", fhirAuthorization=grant))

    assert "hydrochlorothiazide" in paged(f"{ehr.base}/fhir/page2").text.lower()
    assert paged("https://evil.invalid/page2").status_code == 412


def test_data_of_another_patient_are_refused(service: TestClient) -> None:
    other = LOW_POTASSIUM | {"subject": {"reference": "Patient/p2"}}
    answer = service.post(PATIENT, json=call(prefetch=prefetch(results=(other,))))
    assert answer.status_code == 400
    assert answer.json()["problems"][0]["what"] == "is about another patient."
    assert service.post(PATIENT, json=call(prefetch=prefetch() | {"patient": patient(id="p2")})).status_code == 400


# --- what cannot be read

Change = Callable[[dict[str, Any]], object]
MALFORMED: dict[str, tuple[Change, str]] = {
    "no hook": (lambda b: b.pop("hook"), "hook"),
    "another hook": (lambda b: b.update(hook="order-sign"), "hook"),
    "no instance": (lambda b: b.pop("hookInstance"), "hookInstance"),
    "instance is no UUID": (lambda b: b.update(hookInstance="17"), "hookInstance"),
    "no context": (lambda b: b.pop("context"), "context"),
    "context is a list": (lambda b: b.update(context=[]), "context"),
    "no user": (lambda b: b["context"].pop("userId"), "context.userId"),
    "user without type": (lambda b: b["context"].update(userId="17"), "context.userId"),
    "no patient": (lambda b: b["context"].pop("patientId"), "context.patientId"),
    "patient with a path": (lambda b: b["context"].update(patientId="../x"), "context.patientId"),
    "prefetch is a list": (lambda b: b.update(prefetch=[]), "prefetch"),
    "server is a number": (lambda b: b.update(fhirServer=17), "fhirServer"),
    "token without server": (
        lambda b: b.update(fhirAuthorization={"access_token": "a", "token_type": "Bearer"}), "fhirServer",
    ),
    "no access token": (lambda b: b.update(fhirAuthorization={}), "fhirAuthorization"),
    "token of another type": (
        lambda b: b.update(fhirServer="https://f.invalid", fhirAuthorization={"access_token": "a", "token_type": "m"}),
        "fhirAuthorization.token_type",
    ),
    "token that breaks a header": (
        lambda b: b.update(fhirServer="https://f.invalid", fhirAuthorization={"access_token": "a\r\nb"}),
        "fhirAuthorization",
    ),
}  # fmt: skip


@pytest.mark.parametrize("kind", MALFORMED)
def test_a_malformed_call_is_told_what_is_wrong(service: TestClient, kind: str) -> None:
    spoil, where = MALFORMED[kind]
    body = call()
    spoil(body)
    answer = service.post(PATIENT, json=body)
    assert answer.status_code == 400
    assert answer.headers["content-type"] == "application/problem+json"
    assert where in [p["where"] for p in answer.json()["problems"]]


@pytest.mark.parametrize("drafts", [None, [], {"resourceType": "Patient"}, {"resourceType": "Bundle", "entry": [{}]}])
def test_orders_must_be_a_bundle_of_resources(service: TestClient, drafts: Any) -> None:
    body = call("order-sign")
    body["context"]["draftOrders"] = drafts
    assert service.post(ORDERS, json=body).status_code == 400


@pytest.mark.parametrize("selections", [None, "MedicationRequest/d1", [], [17], ["MedicationRequest/other"]])
def test_selections_must_be_among_the_orders(service: TestClient, selections: Any) -> None:
    body = call("order-select", (medicine(LOOP, "draft", "d1"),))
    body["context"]["selections"] = selections
    assert service.post(ORDERS, json=body).status_code == 400


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"17", b"null", b"\xff\xfe", b'{"a": NaN}', b"[" * 100_000])
def test_what_is_no_json_object_is_refused(service: TestClient, body: bytes) -> None:
    answer = service.post(PATIENT, content=body)
    assert answer.status_code == 400
    assert answer.json()["status"] == 400


def test_too_much_is_refused(service: TestClient) -> None:
    assert service.post(PATIENT, content=b" " * 10_000_001).status_code == 413


@pytest.mark.parametrize(("method", "path", "status"), [
    ("GET", "/", 404), ("POST", "/cds-services/other", 404), ("GET", PATIENT, 405), ("DELETE", "/cds-services", 405),
    ("POST", "/cds-services/other/feedback", 404),
])  # fmt: skip
def test_other_addresses_and_methods_are_refused(service: TestClient, method: str, path: str, status: int) -> None:
    answer = service.request(method, path)
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"


ODD: list[Any] = [17, "x", [], {}, [None], {"resourceType": 17}, {"resourceType": "Bundle", "entry": "x"}, True]


@pytest.mark.parametrize("odd", ODD, ids=str)
@pytest.mark.parametrize("key", ["patient", "conditions", "results"])
def test_odd_data_are_never_fatal(service: TestClient, key: str, odd: Any) -> None:
    assert service.post(PATIENT, json=call(prefetch=prefetch() | {key: odd})).status_code in (200, 400, 412)


@pytest.mark.parametrize("part", ["code", "valueQuantity", "status", "effectiveDateTime", "subject", "id"])
@pytest.mark.parametrize("odd", ODD, ids=str)
def test_odd_resources_are_never_fatal(service: TestClient, part: str, odd: Any) -> None:
    answer = service.post(PATIENT, json=call(prefetch=prefetch(results=(LOW_POTASSIUM | {part: odd},))))
    assert answer.status_code in (200, 400)


def test_nothing_of_a_patient_is_logged(service: TestClient, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        cards(service, call(prefetch=prefetch(results=(LOW_POTASSIUM,))))
        service.post(PATIENT, json=call(prefetch=[]))
    ours = [r.getMessage() for r in caplog.records if r.name.startswith("crampwise")]
    assert any("/cds-services/{called} 200" in line for line in ours)
    assert not any("p1" in r.getMessage() or "2823" in r.getMessage() for r in caplog.records)


# --- pages in browsers


def test_a_page_of_an_allowed_address_may_call(hosted: TestClient) -> None:
    asks = {
        "Origin": "https://ehr.invalid", "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "authorization,content-type",
    }  # fmt: skip
    preflight = hosted.options(PATIENT, headers=asks)
    assert preflight.status_code == 200
    assert preflight.headers["access-control-allow-origin"] == "https://ehr.invalid"
    assert "authorization" in preflight.headers["access-control-allow-headers"].lower()
    real = hosted.get("/cds-services", headers={"Origin": "https://ehr.invalid"})
    assert real.headers["access-control-allow-origin"] == "https://ehr.invalid"
    refused = hosted.post(PATIENT, json=call(), headers={"Origin": "https://ehr.invalid"})
    assert (refused.status_code, refused.headers["access-control-allow-origin"]) == (401, "https://ehr.invalid")


def test_other_pages_may_not(hosted: TestClient, service: TestClient) -> None:
    asks = {"Origin": "https://evil.invalid", "Access-Control-Request-Method": "POST"}
    assert "access-control-allow-origin" not in hosted.options(PATIENT, headers=asks).headers
    assert "access-control-allow-origin" not in service.options(PATIENT, headers=asks).headers
    here = asks | {"Origin": "http://localhost:8080"}
    assert service.options(PATIENT, headers=here).headers["access-control-allow-origin"] == "http://localhost:8080"
    assert "access-control-allow-origin" not in hosted.options(PATIENT, headers=here).headers
