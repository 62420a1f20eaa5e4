"""A client's whole way through, over HTTP on this machine; and the contract check, which catches planted defects."""

import copy
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx2
import pytest
import uvicorn
import yaml

from crampwise.edges.cds_hooks.app import create_app
from crampwise.edges.cds_hooks.settings import Settings
from tests.support.cds import (
    CRAMPS,
    ISS,
    TODAY,
    Elsewhere,
    bundle,
    call,
    medicine,
    patient,
    prefetch,
    result,
    signed,
)
from tests.support.cds_contract import DISCOVERY, RESPONSE, check


@pytest.fixture(scope="module")
def running(ehr: Elsewhere, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Path]]:
    """The service behind a real socket, with one trusted client; gives its address and journal."""
    folder = tmp_path_factory.mktemp("running")
    clients, journal = folder / "clients.yaml", folder / "journal.db"
    listed = [{"iss": ISS, "jku": f"{ehr.base}/keys", "fhir_servers": [f"{ehr.base}/fhir"]}]
    clients.write_text(yaml.safe_dump({"clients": listed}), "utf-8")
    import socket

    with socket.create_server(("127.0.0.1", 0)) as listener:
        base = f"http://127.0.0.1:{listener.getsockname()[1]}"
        settings = Settings(base_url=base, clients_file=str(clients), journal=str(journal))
        app = create_app(settings, lambda: TODAY)
        server = uvicorn.Server(uvicorn.Config(app, log_level="warning", access_log=False))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
        thread.start()
        while not server.started:
            assert thread.is_alive()
            time.sleep(0.01)
        yield base, journal
        server.should_exit = True
        thread.join(10)


def filled(template: str, context: dict[str, str]) -> str:
    for key, value in context.items():
        template = template.replace(f"{{{{context.{key}}}}}", value)
    return template


def test_a_client_finds_the_service_prefetches_calls_and_says_what_became_of_it(
    running: tuple[str, Path], ehr: Elsewhere
) -> None:
    base, _ = running
    ehr.paths = {
        "Patient/p1": patient(), "Condition": bundle(CRAMPS), "MedicationRequest": bundle(medicine("C03AA03")),
        "Observation": bundle(result("2823-3", 3.2, "mmol/L")), "MedicationStatement": bundle(), "Procedure": bundle(),
    }  # fmt: skip
    with httpx2.Client() as http:
        found = http.get(f"{base}/cds-services")
        assert found.headers["content-type"] == "application/json"
        assert check(found.json(), DISCOVERY) == []
        (service,) = [s for s in found.json()["services"] if s["hook"] == "patient-view"]
        token = {"Authorization": f"Bearer {ehr.token}"}
        sent = {
            key: http.get(f"{ehr.base}/fhir/{filled(t, {'patientId': 'p1'})}", headers=token).json()
            for key, t in service["prefetch"].items()
        }
        address = f"{base}/cds-services/{service['id']}"
        answer = http.post(address, json=call(prefetch=sent), headers={"Authorization": f"Bearer {signed(address)}"})
        assert answer.status_code == 200
        assert check(answer.json(), RESPONSE) == []
        (card,) = answer.json()["cards"]
        assert card["summary"].startswith("Muscle cramps, at least:")
        body = {
            "feedback": [
                {
                    "card": card["uuid"],
                    "outcome": "accepted",
                    "acceptedSuggestions": [{"id": card["suggestions"][0]["uuid"]}],
                    "outcomeTimestamp": "2026-11-21T10:00:00Z",
                },
                {
                    "card": card["uuid"],
                    "outcome": "overridden",
                    "overrideReason": {
                        "reason": {k: card["overrideReasons"][0][k] for k in ("code", "system")},
                        "userComment": "On it.",
                    },
                    "outcomeTimestamp": "2026-11-21T10:00:01.5+01:00",
                },
            ]
        }
        headers = {"Authorization": f"Bearer {signed(f'{address}/feedback')}"}
        assert http.post(f"{address}/feedback", json=body, headers=headers).status_code == 200


def contract_failures(base: str, bodies: list[dict[str, Any]]) -> list[str]:
    """Everything in which the running service does not do as it should, call by call."""
    found: list[str] = []
    with httpx2.Client() as http:

        def post(address: str, body: Any) -> Any:
            return http.post(address, json=body, headers={"Authorization": f"Bearer {signed(address)}"})

        services = http.get(f"{base}/cds-services").json()["services"]
        for body in bodies:
            for service in (s for s in services if s["hook"] == body["hook"]):
                address = f"{base}/cds-services/{service['id']}"
                answer = post(address, body)
                found += [] if answer.status_code == 200 else [f"{body['hook']}: status {answer.status_code}"]
                found += check(answer.json(), RESPONSE)
                for card in answer.json().get("cards", []):
                    said = {"card": card["uuid"], "outcome": "overridden", "outcomeTimestamp": "2026-01-02T10:00:00Z"}
                    if post(f"{address}/feedback", {"feedback": [said]}).status_code != 200:
                        found.append("feedback was refused")
                bare = {k: v for k, v in body.items() if k not in ("prefetch", "fhirServer", "fhirAuthorization")}
                if post(address, bare).status_code != 412:
                    found.append("without data it is not 412")
                wrongs: tuple[Any, ...] = ({k: v for k, v in body.items() if k != "hook"}, [])
                for wrong in wrongs:
                    if not 400 <= post(address, wrong).status_code < 500:
                        found.append("a malformed call is not refused")
    return found


def test_every_hook_keeps_the_contract(running: tuple[str, Path]) -> None:
    held = prefetch(medications=(medicine("C03AA03"),), results=(result("2823-3", 2.4, "mmol/L"),))
    drafts = (medicine("C03CA01", "draft", "d1"), medicine("R03AC12", "draft", "d2"))
    bodies = [call(h, drafts, prefetch=held) for h in ("patient-view", "order-select", "order-sign")]
    assert contract_failures(running[0], bodies) == []


CARD: dict[str, Any] = {
    "uuid": str(uuid4()), "summary": "s", "detail": "d", "indicator": "info", "source": {"label": "x"},
    "selectionBehavior": "any",
    "suggestions": [
        {"label": "l", "actions": [{"type": "create", "description": "d", "resource": {"resourceType": "Task"}}]}
    ],
}  # fmt: skip
PLANTED: dict[str, Callable[[dict[str, Any]], object]] = {
    "summary of 140 characters": lambda c: c.update(summary="x" * 140),
    "unknown indicator": lambda c: c.update(indicator="hard-stop"),
    "no source": lambda c: c.pop("source"),
    "suggestions without selectionBehavior": lambda c: c.pop("selectionBehavior"),
    "action without description": lambda c: c["suggestions"][0]["actions"][0].pop("description"),
    "create without resource": lambda c: c["suggestions"][0]["actions"][0].pop("resource"),
    "empty links": lambda c: c.update(links=[]),
    "appContext on an absolute link": lambda c: c.update(
        links=[{"label": "l", "url": "https://a.invalid", "type": "absolute", "appContext": "x"}]
    ),
    "override reason without display": lambda c: c.update(overrideReasons=[{"code": "a", "system": "b"}]),
    "relative address": lambda c: c["source"].update(url="/x"),
    "null detail": lambda c: c.update(detail=None),
    "two recommended of at most one": lambda c: c.update(
        selectionBehavior="at-most-one",
        suggestions=[{"label": "a", "isRecommended": True}, {"label": "b", "isRecommended": True}],
    ),
    "HTML": lambda c: c.update(detail="<div>x</div>"),
    "unknown element": lambda c: c.update(urgency="high"),
    "uuid that is none": lambda c: c.update(uuid="17"),
}


@pytest.mark.parametrize("kind", PLANTED)
def test_the_contract_check_catches_planted_defects(kind: str) -> None:
    assert check({"cards": [CARD]}, RESPONSE) == []
    spoilt = copy.deepcopy(CARD)
    PLANTED[kind](spoilt)
    assert check({"cards": [spoilt]}, RESPONSE) != []


def test_the_contract_check_catches_a_planted_prefetch() -> None:
    service = {
        "hook": "patient-view",
        "id": "x",
        "description": "d",
        "prefetch": {"a": "Patient/{{context.patientId}}"},
    }
    assert check({"services": [service]}, DISCOVERY) == []
    for template in ("Patient/{{context.draftOrders.id}}", "Observation?code:missing=true", "Patient?_has:x=1"):
        assert check({"services": [service | {"prefetch": {"a": template}}]}, DISCOVERY) != []
    assert check({"services": [service, service]}, DISCOVERY) != []
