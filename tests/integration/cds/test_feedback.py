"""Feedback is kept for good, whole or not at all; and `crampwise cds` tells what became of the cards."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from starlette.testclient import TestClient

from crampwise.edges.cds_hooks.app import create_app
from crampwise.edges.cds_hooks.journal import Journal
from crampwise.edges.cds_hooks.settings import Settings
from crampwise.edges.cli.main import main
from crampwise.logic.errors import Exit, MissingFileError
from tests.support.cds import TODAY, call, medicine

PATIENT, ORDERS = "/cds-services/crampwise-patient", "/cds-services/crampwise-orders"


def one(**more: Any) -> dict[str, Any]:
    return {"card": str(uuid4()), "outcome": "overridden", "outcomeTimestamp": "2026-11-21T10:00:00Z", **more}


BAD: dict[str, Callable[[dict[str, Any]], object]] = {
    "no card": lambda f: f.pop("card"),
    "card is no uuid": lambda f: f.update(card="17"),
    "no outcome": lambda f: f.pop("outcome"),
    "unknown outcome": lambda f: f.update(outcome="ignored"),
    "no time": lambda f: f.pop("outcomeTimestamp"),
    "time without zone": lambda f: f.update(outcomeTimestamp="2026-11-21T10:00:00"),
    "time in words": lambda f: f.update(outcomeTimestamp="yesterday"),
    "accepted without suggestion": lambda f: f.update(outcome="accepted"),
    "suggestion without id": lambda f: f.update(outcome="accepted", acceptedSuggestions=[{}]),
    "suggestions in words": lambda f: f.update(outcome="accepted", acceptedSuggestions=["x"]),
    "reason in words": lambda f: f.update(overrideReason="busy"),
    "reason without code": lambda f: f.update(overrideReason={"reason": {"system": "x"}}),
    "comment is a number": lambda f: f.update(overrideReason={"userComment": 17}),
    "endless comment": lambda f: f.update(overrideReason={"userComment": "x" * 4001}),
}


@pytest.mark.parametrize("kind", BAD)
def test_bad_feedback_is_refused_whole(service: TestClient, kind: str) -> None:
    journal: Journal = service.app.state.desk.journal  # type: ignore[attr-defined]
    before = journal.count()
    spoilt = one()
    BAD[kind](spoilt)
    answer = service.post(f"{PATIENT}/feedback", json={"feedback": [one(), spoilt]})
    assert answer.status_code == 400
    assert answer.json()["problems"][0]["where"].startswith("feedback[1]")
    assert journal.count() == before


@pytest.mark.parametrize("body", [{}, {"feedback": []}, {"feedback": "x"}, {"feedback": [one()] * 101}, []])
def test_feedback_must_be_a_list_of_some(service: TestClient, body: Any) -> None:
    assert service.post(f"{PATIENT}/feedback", json=body).status_code == 400


def told(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str]:
    with pytest.raises(SystemExit) as stop:
        main(["cds", *arguments])
    said = capsys.readouterr()
    return int(str(stop.value.code)), said.out + said.err


def test_feedback_outlasts_a_restart_and_is_counted(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    journal = tmp_path / "new" / "journal.db"
    settings = Settings(journal=str(journal))
    with TestClient(create_app(settings, lambda: TODAY)) as service:
        (card,) = service.post(PATIENT, json=call()).json()["cards"]
        (other,) = service.post(ORDERS, json=call("order-sign", (medicine("R03AC12", "draft", "d1"),))).json()["cards"]
        reason = {"reason": {"code": "override_known", "system": "s"}, "userComment": "Mrs Smith is fine"}
        kept = [one(card=card["uuid"], overrideReason=reason), one(card=other["uuid"])]
        assert service.post(f"{PATIENT}/feedback", json={"feedback": kept}).status_code == 200
    assert journal.stat().st_mode & 0o077 == 0
    with TestClient(create_app(settings, lambda: TODAY)) as service:
        assert service.post(PATIENT, json=call()).status_code == 200
    code, said = told(capsys, "feedback", "--journal", str(journal), "--json")
    assert code == Exit.OK
    assert json.loads(said) == [
        {"about": "medicine:med_salmeterol", "cards": 1, "accepted": 0, "overridden": 1, "reasons": {}},
        {"about": "urgency:self_care", "cards": 2, "accepted": 0, "overridden": 1, "reasons": {"override_known": 1}},
    ]
    assert "Smith" not in said
    code, said = told(capsys, "feedback", "--journal", str(journal))
    assert "urgency:self_care: 2 given out, 0 accepted, 1 overridden (override_known 1)" in said


def test_a_journal_that_is_not_there_or_something_else_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, said = told(capsys, "feedback", "--journal", str(tmp_path / "none.db"))
    assert (code, "there is no journal here" in said) == (Exit.NO_FILE, True)
    assert not (tmp_path / "none.db").exists()
    (tmp_path / "text.db").write_text("this is no database, only text" * 100)
    with pytest.raises(MissingFileError, match="cannot be used"):
        Journal(tmp_path / "text.db")
    with pytest.raises(MissingFileError, match="cannot be used"):
        Journal(tmp_path)


@pytest.mark.parametrize(
    ("arguments", "wanted"),
    [
        (("--host", "0.0.0.0"), "--clients: is needed when others can reach"),
        (("--host", "0.0.0.0"), "--base-url: is needed when others can reach"),
        (("--origin", "*"), "'*' would let every page call"),
        (("--base-url", "http://cds.example"), "only reached in clear text"),
        (("--clients", "nowhere.yaml"), "cannot be read"),
    ],
)
def test_serve_refuses_what_is_not_safe(
    capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...], wanted: str
) -> None:
    code, said = told(capsys, "serve", *arguments)
    assert code in (Exit.BAD_INPUT, Exit.NO_FILE)
    assert wanted in said


def test_every_problem_of_a_clients_file_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "clients.yaml"
    path.write_text("""
clients:
  - {iss: a, jku: "http://far.example/keys"}
  - {jku: "https://b.example/keys"}
  - {iss: c}
  - {iss: d, jwks: {keys: []}, jku: "https://d.example/keys"}
  - {iss: e, jwks: [], secret: x}
  - {iss: f, jku: "https://f.example/keys", fhir_servers: ["ftp://f.example"]}
  - {iss: g, jku: "https://g.example/keys"}
  - {iss: g, jku: "https://g.example/keys"}
  - word
""")
    code, said = told(capsys, "serve", "--clients", str(path))
    assert code == Exit.BAD_INPUT
    for wanted in (
        "only reached in clear text", "needs iss", "either jku or jwks", "'secret' is not a key", "must be a JWK set",
        "is not an address", "named twice", "a client is a map",
    ):  # fmt: skip
        assert wanted in said
