"""What cannot be served is said in the same shape as everything else, with the status that fits."""

import re

import pytest
from fastapi.testclient import TestClient

from crampwise.assess.engine import engine_of
from tests.support.people import shipped, values_of
from tests.support.sessions import NIGHT
from tests.support.walker import Walker

REFUSED = [({"Host": "evil.example"}, 400), ({"Sec-Fetch-Site": "cross-site"}, 403)]


@pytest.mark.parametrize(("headers", "status"), REFUSED)
def test_who_is_turned_away_gets_a_page(client: TestClient, headers: dict[str, str], status: int) -> None:
    answer = client.post("/end", headers=headers)
    assert answer.status_code == status
    assert answer.headers["content-type"].startswith("text/html")
    assert "To the first page" in answer.text
    assert "content-security-policy" in answer.headers


@pytest.mark.parametrize(("headers", "status"), REFUSED)
def test_a_program_that_is_turned_away_gets_a_problem_document(
    client: TestClient, headers: dict[str, str], status: int
) -> None:
    answer = client.post("/api/v1/assess", headers=headers, json={})
    assert answer.status_code == answer.json()["status"] == status
    assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize("host", ["localhost:8477", "127.0.0.1", "[::1]:8321", "LOCALHOST"])
def test_every_name_of_this_machine_is_served(client: TestClient, host: str) -> None:
    assert client.get("/", headers={"Host": host}).status_code == 200


@pytest.mark.parametrize("path", ["/check/abc", "/check/1.5", "/report-a5.pdf"])
def test_an_address_that_cannot_be_is_not_found(client: TestClient, path: str) -> None:
    assert client.get(path).status_code == 404


@pytest.mark.parametrize("path", ["/", "/check/1", "/report.txt", "/static/app.css", "/api/v1/book"])
def test_head_gives_the_headers_alone(client: TestClient, path: str) -> None:
    whole, head = client.get(path), client.head(path)
    assert head.status_code == whole.status_code == 200
    assert head.headers["content-type"] == whole.headers["content-type"]
    assert head.content == b""


@pytest.mark.parametrize(
    "path",
    ["/check/1", "/check/answers", "/check/results", "/result", "/result/changes", "/report", "/report.txt",
     "/report-a4.pdf", "/clinician", "/clinician.txt"],
)  # fmt: skip
def test_a_session_that_is_over_is_gone_and_not_an_empty_result(client: TestClient, path: str) -> None:
    client.cookies.set("crampwise", "gAAAAA" + "x" * 100)
    answer = client.get(path)
    assert answer.status_code == 410
    assert "no longer here" in answer.text


def test_every_link_within_the_result_leads_somewhere(client: TestClient) -> None:
    Walker(engine_of(shipped()), values_of(shipped(), NIGHT)).walk(client)
    page = client.get("/result").text
    ids = re.findall(r'\bid="([^"]+)"', page)
    assert len(ids) == len(set(ids))
    assert set(re.findall(r'href="#([^"]+)"', page)) <= set(ids)


def test_the_example_for_programs_names_the_address_that_is_served(client: TestClient) -> None:
    page = client.get("/api", headers={"Host": "localhost:8477"}).text
    assert "http://localhost:8477/api/v1/assess" in page
