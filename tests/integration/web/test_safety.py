"""What the app gives away, keeps and refuses."""

import logging
import re

import pytest
from fastapi.testclient import TestClient

from crampwise.assess.engine import engine_of
from crampwise.edges.web.app import create_app
from crampwise.edges.web.security import MOST_BYTES, POLICY
from crampwise.edges.web.settings import Settings
from crampwise.logic.errors import InputError
from tests.support.people import shipped, values_of
from tests.support.sessions import CHEST, NIGHT
from tests.support.walker import Walker

BOOK = shipped()
ENGINE = engine_of(BOOK)
PATHS = ("/", "/check/1", "/result", "/library", "/static/app.css", "/api/v1/book", "/no/such/page")


@pytest.mark.parametrize("path", PATHS)
def test_every_answer_carries_the_policy(client: TestClient, path: str) -> None:
    headers = client.get(path).headers
    assert headers["content-security-policy"] == POLICY
    assert "unsafe" not in POLICY
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["x-content-type-options"] == "nosniff"
    assert "no-store" in headers["cache-control"] or path.startswith("/static")


@pytest.mark.parametrize("path", ["/", "/check/1", "/result", "/report", "/library/conditions/dvt", "/clinician"])
def test_no_page_has_a_part_inline_or_from_elsewhere(client: TestClient, path: str) -> None:
    page = client.get(path).text
    assert not re.search(r"<style|\sstyle=|\son\w+=|javascript:", page)
    assert re.findall(r"<script(?![^>]*\ssrc=)", page) == []
    assert re.findall(r'<(?:script|link|img|iframe|source)[^>]*(?:src|href)="(?!/)[^"]*"', page) == []


def test_answers_are_in_no_address_and_no_log(client: TestClient, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        walker = Walker(ENGINE, values_of(BOOK, NIGHT))
        walker.walk(client)
        client.post("/library/search", data={"q": "very private words"})
    ours = [r.getMessage() for r in caplog.records if r.name.startswith(("crampwise", "uvicorn"))]
    assert any("POST /check/{number} 303" in m for m in ours)
    asked = {r.getMessage() for r in caplog.records if r.name == "httpx2"}
    for text in (*ours, *asked):
        assert "private" not in text
        assert not any(key in text for key in (*NIGHT, "yes", "no_", "="))


def test_the_cookie_is_sealed_and_only_for_this_site(client: TestClient) -> None:
    first = BOOK.emergency_screen.screens[0].items[0].id
    response = client.post(
        "/check/1", data={"heading": "x", "q": first, f"a.{first}": "no", "do": "continue"}, follow_redirects=False
    )
    cookie = response.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=lax" in cookie
    assert first not in cookie


def test_a_cookie_that_was_tampered_with_is_a_session_that_is_over(client: TestClient) -> None:
    client.cookies.set("crampwise", "gAAAAA" + "x" * 100)
    page = client.get("/check/1")
    assert page.status_code == 410
    assert "no longer here" in page.text
    assert client.post("/check/1", data={"q": "es_collapse"}).status_code == 410
    assert client.get("/").status_code == 200


@pytest.mark.parametrize(
    "headers", [{"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://evil.example"}, {"Sec-Fetch-Site": "same-site"}]
)
def test_a_form_from_another_site_is_refused(client: TestClient, headers: dict[str, str]) -> None:
    response = client.post("/end", headers=headers)
    assert response.status_code == 403
    assert "content-security-policy" in response.headers


def test_another_host_name_is_refused(client: TestClient) -> None:
    assert client.get("/", headers={"Host": "evil.example"}).status_code == 400


@pytest.mark.parametrize("path", ["/check/1", "/api/v1/assess"])
def test_what_is_too_large_is_refused(client: TestClient, path: str) -> None:
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    response = client.post(path, content=b"q=" + b"x" * (MOST_BYTES + 10), headers=form)
    assert response.status_code == 413


@pytest.mark.parametrize(
    ("path", "fields", "status"),
    [
        ("/check/1", {}, 400),
        ("/check/1", {"q": "no_such_question"}, 400),
        ("/check/1", {"q": "es_collapse", "a.es_collapse": "perhaps", "do": "continue"}, 422),
        ("/check/1", {"q": "age_years", "a.age_years": "1e9", "do": "continue"}, 422),
        ("/check/1", {"q": "age_years", "a.age_years": "<script>", "do": "continue"}, 422),
        ("/check/x", {"q": "age_years"}, 404),
        ("/check/1", {"q": "medicines", "a.medicines": "x" * 300, "do": "continue"}, 422),
        ("/check/results", {"r.test": "potassium", "r.value": "many", "r.unit": "mmol/L"}, 422),
        ("/check/results", {"r.test": "potassium", "r.value": "3", "r.unit": "pounds"}, 422),
        ("/no/such/page", {}, 404),
        ("/library", {}, 405),
    ],
)
def test_bad_forms_get_a_friendly_page_and_change_nothing(
    client: TestClient, path: str, fields: dict[str, str], status: int
) -> None:
    response = client.post(path, data=fields)
    assert response.status_code == status
    assert "<h1>" in response.text
    assert "Traceback" not in response.text
    assert "<script>" not in response.text
    assert "You have not answered anything yet" in client.get("/check/answers").text


def test_contradicting_answers_are_named_in_plain_words(client: TestClient) -> None:
    entry = next(f for f in BOOK.findings.values() if f.implies and f.answered_by == "patient")
    first, second = entry.id, entry.implies[0]
    page = client.post(
        "/check/1", data={"q": [first, second], f"a.{first}": "yes", f"a.{second}": "no", "do": "continue"}
    )
    assert page.status_code == 422
    assert first not in re.sub(r"<[^>]+>", "", page.text)
    assert "contradict each other" in page.text


def test_an_answer_too_long_to_keep_is_said_so(client: TestClient) -> None:
    lines = ((chr(0x4E00 + (i * 977 + j * 7919) % 20000) for j in range(190)) for i in range(40))
    names = "\n".join("".join(line) for line in lines)
    page = client.post("/check/1", data={"q": "medicines", "a.medicines": names, "do": "skip"})
    assert page.status_code == 413
    assert "write less" in page.text


def test_a_whole_check_fits_into_few_cookies(client: TestClient) -> None:
    Walker(ENGINE, values_of(BOOK, NIGHT)).walk(client)
    assert sum(len(c.value or "") for c in client.cookies.jar) < 8000


def test_nothing_calming_is_said_while_a_danger_sign_is_open(client: TestClient) -> None:
    calm = BOOK.words.phrases["reassure"]
    pages = [client.get("/result").text]
    Walker(ENGINE, values_of(BOOK, NIGHT)).walk(client)
    done = client.get("/result").text
    assert BOOK.words.headings["open"] in done or calm in done
    for page in pages:
        assert calm not in page
        assert "Care for this at home" not in page.split("What would change this")[0]


def test_the_emergency_interrupts_and_can_be_gone_past(client: TestClient) -> None:
    assert Walker(ENGINE, values_of(BOOK, CHEST)).walk(client) == "/check/emergency"
    assert client.get("/check").url.path == "/check/emergency"
    onward = client.post("/check/go-on")
    assert re.fullmatch(r"/check/\d+", onward.url.path)
    assert "Get help now" in client.get("/result").text


def test_a_danger_sign_without_its_part_raises_the_result(client: TestClient) -> None:
    """Yes to a group, and no to each part of it: the page must not be milder than the group demands."""
    item = BOOK.emergency_screen.screens[0].items[0]
    client.post("/check/1", data={"heading": "x", "q": item.id, f"a.{item.id}": "yes", "do": "continue"})
    parts = {"heading": "x", "q": list(item.findings), "do": "rest_no"}
    assert client.post("/check/2", data=parts).url.path == "/check/emergency"
    assert 'class="urgency level-emergency_now"' in client.get("/result").text


@pytest.mark.parametrize(
    ("settings", "wrong"),
    [
        (Settings(host="0.0.0.0"), ["--allowed-host", "--proxy", "--secret-file"]),
        (Settings(host="::", allowed_hosts=("a.example",), proxies=("10.0.0.1",)), ["--secret-file"]),
        (Settings(proxies=("nonsense",)), ["--proxy"]),
        (Settings(allowed_hosts=("*",)), ["--allowed-host"]),
    ],
)
def test_others_are_let_in_only_with_every_setting(settings: Settings, wrong: list[str]) -> None:
    with pytest.raises(InputError) as raised:
        settings.check()
    assert [p.where for p in raised.value.problems] == wrong


def test_hosted_cookies_go_over_tls_only(tmp_path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("s" * 40)
    settings = Settings(
        host="0.0.0.0", allowed_hosts=("cramps.example",), proxies=("10.0.0.1",), secret_file=str(secret)
    )
    settings.check()
    with TestClient(create_app(settings), base_url="https://cramps.example") as hosted:
        response = hosted.post("/library/search", data={"q": "calf"}, follow_redirects=False)
        assert "secure" in response.headers["set-cookie"].lower()
        assert "strict-transport-security" in response.headers


def test_a_short_secret_is_refused(tmp_path) -> None:
    (tmp_path / "secret").write_text("short")
    with pytest.raises(InputError, match="holds 5 characters"):
        Settings(secret_file=str(tmp_path / "secret")).secret()
