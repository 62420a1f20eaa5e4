"""The interface for programs: its results, its one shape of errors, its description."""

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from fastapi.testclient import TestClient

from crampwise.assess.assess import assess
from crampwise.assess.intake import read_intake
from crampwise.edges.web.app import create_app
from crampwise.edges.web.openapi import EXAMPLE
from crampwise.edges.web.settings import Settings
from crampwise.edges.web.wire import read_json
from tests.support.people import TODAY, shipped

SCHEMAS = Path(__file__).parents[3] / "schemas"
BOOK = shipped()


def schema(name: str) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads((SCHEMAS / f"{name}.schema.json").read_text("utf-8"))
    return loaded


def test_assess_gives_what_the_library_gives(client: TestClient) -> None:
    found = client.post("/api/v1/assess", json=EXAMPLE)
    assert found.status_code == 200
    result = assess(BOOK, read_intake(BOOK, read_json(json.dumps(EXAMPLE).encode())), TODAY)
    body = found.json()
    assert body["urgency"]["at_least"] == result.urgency.at_least
    assert [c["id"] for c in body["causes"]] == [c.id for c in result.causes]
    assert [f["id"] for f in body["open"]] == [f.id for f in result.open]
    jsonschema.Draft202012Validator(schema("brief")).validate(body)


def test_explain_gives_everything_with_each_citation_taken_apart(client: TestClient) -> None:
    body = client.post("/api/v1/explain", json=EXAMPLE).json()
    jsonschema.Draft202012Validator(schema("assessment")).validate(body["assessment"])
    held = {(r["kind"], r["id"]) for r in body["references"]}
    cited = {(c["kind"], c["id"]) for c in _cites(body["assessment"])}
    assert cited <= held


def _cites(value: Any) -> list[dict[str, str]]:
    if isinstance(value, dict):
        return [*value.get("cites", []), *(c for v in value.values() for c in _cites(v))]
    return [c for v in value for c in _cites(v)] if isinstance(value, list) else []


def test_a_program_can_hold_the_whole_interview(client: TestClient) -> None:
    said: dict[str, Any] = {"answers": {}, "items": {}, "passed": [], "medicines": [], "past_emergency": False}
    for _ in range(60):
        step = client.post("/api/v1/next", json=said).json()
        if step["done"]:
            break
        for question in step["screen"]["questions"]:
            if question["kind"] == "item":
                said["items"][question["key"]] = "no"
            elif {o["id"] for o in question["options"]} >= {"yes", "no"}:
                said["answers"][question["key"]] = "no"
            else:
                said["passed"].append(question["key"])
    assert step["done"]
    assert step["plan_settled"]


@pytest.mark.parametrize(
    ("path", "body", "status", "wheres"),
    [
        ("assess", b"{", 422, ["line 1, column 2"]),
        ("assess", b'{"person": {"age": NaN}}', 422, ["body"]),
        ("assess", b'{"a": 1, "a": 2}', 422, ["/a"]),
        ("assess", b"\xff", 422, ["body"]),
        ("assess", b"[" * 100_000, 422, ["body"]),
        ("assess", b"[]", 422, ["/"]),
        (
            "assess",
            b'{"person": {"age": 200}, "answers": {"site_calv": "yes", "site_calf": 3}, "labs": [{"test": "k"}]}',
            422,
            ["/person/age", "/answers/site_calv", "/answers/site_calf", "/labs/0"],
        ),
        ("next", b'{"items": [], "passed": "x", "mode": "m"}', 422, ["/items", "/passed", "/mode"]),
        ("next", b'{"items": {"nope": "yes", "es_fit": 1}}', 422, ["/items/nope", "/items/es_fit"]),
        ("search", b'{"limit": 0, "kind": "x", "w": 1}', 422, ["/w", "/words", "/kind", "/limit"]),
        ("nothing", b"{}", 404, []),
    ],
)
def test_errors_have_one_shape_and_name_every_problem(
    client: TestClient, path: str, body: bytes, status: int, wheres: list[str]
) -> None:
    response = client.post(f"/api/v1/{path}", content=body)
    assert response.status_code == status
    assert response.headers["content-type"] == "application/problem+json"
    document = response.json()
    assert set(document) == {"type", "title", "status", "detail", "problems"}
    assert document["status"] == status
    assert [p["where"] for p in document["problems"]] == wheres


def test_unknown_entries_and_kinds_are_named(client: TestClient) -> None:
    assert "'xx'" in client.get("/api/v1/book/condition/xx").json()["detail"]
    assert "red-flag" in client.get("/api/v1/book/xx").json()["detail"]


def test_every_entry_of_the_book_can_be_read(client: TestClient) -> None:
    kinds = client.get("/api/v1/openapi.json").json()["paths"]["/book/{kind}"]["get"]["parameters"][0]["schema"]["enum"]
    for kind in kinds:
        rows = client.get(f"/api/v1/book/{kind}").json()
        assert rows
        assert client.get(f"/api/v1/book/{kind}/{rows[0]['id']}").json()["id"] == rows[0]["id"]


def test_the_description_describes_what_is_there(client: TestClient) -> None:
    document = client.get("/api/v1/openapi.json").json()
    refs = json.dumps(document).count("#/$defs/")
    assert refs == 0
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            address = "/api/v1" + path.replace("{kind}", "condition").replace("{id}", "hypokalaemia")
            example = operation.get("requestBody", {}).get("content", {}).get("application/json", {}).get("example")
            response = client.request(method, address, json=example)
            assert response.status_code == 200, address
    for name in ("Answers", "Assessment", "Brief"):
        part = document["components"]["schemas"][name]
        assert part["properties"].keys() == schema(name.lower())["properties"].keys()


def test_a_rate_is_kept_and_says_when_to_come_back() -> None:
    with TestClient(create_app(Settings(rate=3)), base_url="http://localhost") as client:
        statuses = [client.get("/api/v1/book").status_code for _ in range(5)]
        refused = client.get("/api/v1/book")
    assert statuses == [200, 200, 200, 429, 429]
    assert 0 < int(refused.headers["retry-after"]) <= 60
    assert refused.json()["status"] == 429
