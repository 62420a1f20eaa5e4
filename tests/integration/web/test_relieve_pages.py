"""The pages of relieve now, without a browser: what each answer leads to, and that their words are easy to read."""

import re
from collections.abc import Iterator
from html.parser import HTMLParser

import pytest
from fastapi.testclient import TestClient

from crampwise.edges.web.app import create_app
from tests.support.people import shipped
from tests.support.readability import grade, longest, names, words

BOOK = shipped()
BLOCKS = {"p", "li", "h1", "h2", "h3", "legend", "button", "summary", "figcaption", "label", "a", "small"}


@pytest.fixture(scope="module")
def app() -> Iterator[TestClient]:
    with TestClient(create_app(), base_url="http://localhost") as client:
        yield client


@pytest.fixture
def client(app: TestClient) -> TestClient:
    """A person with a browser of their own."""
    app.cookies.clear()
    return app


class Blocks(HTMLParser):
    """The text of each block inside main."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.inside, self.open, self.found = False, 0, [""]
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self.inside |= tag == "main"
        if tag in BLOCKS:
            self.found.append("")

    def handle_endtag(self, tag: str) -> None:
        self.inside &= tag != "main"
        if tag in BLOCKS:
            self.found.append("")

    def handle_data(self, data: str) -> None:
        if self.inside:
            self.found[-1] += data

    @property
    def texts(self) -> set[str]:
        return {text for raw in self.found if (text := " ".join(raw.split()))}


def form_of(page: str, *said: str) -> list[tuple[str, str]]:
    """What a browser sends for a page of questions with these answers in order."""
    hidden = re.findall(r'<input type="hidden" name="(q\d)" value="(\w+)">', page)
    groups = sorted({name[1:] for name, _ in hidden}, key=int)
    return [*hidden, *((f"g{i}", value) for i, value in zip(groups, said, strict=False))]


def send(client: TestClient, address: str, fields: list[tuple[str, str]], follow: bool = True):
    data: dict[str, list[str]] = {}
    for name, value in fields:
        data.setdefault(name, []).append(value)
    return client.post(address, data=data, follow_redirects=follow)


@pytest.mark.parametrize("id_", BOOK.stretches)
def test_no_to_all_leads_to_every_stretch_and_no_answer_is_in_an_address(client: TestClient, id_: str) -> None:
    address = f"/relieve/{id_}"
    page = client.get(address)
    assert BOOK.stretches[id_].start not in page.text
    answered = send(client, address, form_of(page.text, "no", "no", "no"), follow=False)
    assert (answered.status_code, answered.headers["location"]) == (303, address)
    stretch = client.get(address)
    assert BOOK.stretches[id_].start in stretch.text.replace("&#39;", "'")
    assert stretch.text.count('<svg class="figure"') >= 2
    assert stretch.headers["cache-control"] == "no-store"


def test_an_answer_holds_for_an_hour(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    address = "/relieve/s_calf_wall"
    now = 1_800_000_000
    monkeypatch.setattr("crampwise.edges.web.relieve.time.time", lambda: now)
    send(client, address, form_of(client.get(address).text, "no", "no", "no"))
    assert "Before you stretch" not in client.get(address).text
    monkeypatch.setattr("crampwise.edges.web.relieve.time.time", lambda: now + 3601)
    assert "Before you stretch" in client.get(address).text


def test_every_not_sure_ends_without_a_stretch_and_says_when_and_whom_to_call(client: TestClient) -> None:
    address = "/relieve/s_shin"
    page = client.get(address)
    for _ in range(10):
        if "Before you stretch" not in page.text:
            break
        page = send(client, address, form_of(page.text, *["not_sure"] * 8))
    assert "Do not do this stretch" in page.text
    assert BOOK.stretches["s_shin"].start not in page.text
    assert all(line in page.text for line in BOOK.words.safety_net)
    assert BOOK.words.emergency_number_unknown in page.text


def test_what_cannot_be_used_is_told(client: TestClient) -> None:
    address = "/relieve/s_shin"
    assert client.get("/relieve/nonsense").status_code == 404
    assert client.post(address).status_code == 400
    page = client.get(address)
    partly = send(client, address, form_of(page.text, "no", "maybe"))
    assert partly.status_code == 422
    assert partly.text.count("Please choose an answer.") == 4
    unknown = send(client, address, [("q0", "no_such_finding"), ("g0", "no")])
    assert unknown.status_code == 400


def test_a_muscle_leads_to_its_first_stretch(client: TestClient) -> None:
    answer = client.get("/relieve/calf", follow_redirects=False)
    assert answer.headers["location"] == "/relieve/s_calf_foot_pull"


def test_who_goes_to_a_kept_page_in_person_meets_the_questions(client: TestClient) -> None:
    page = client.get("/relieve/copy/s_calf_wall", headers={"sec-fetch-mode": "navigate"})
    assert page.url.path == "/relieve/s_calf_wall"
    assert "Before you stretch" in page.text


@pytest.mark.parametrize("id_", BOOK.stretches)
def test_only_the_kept_questions_are_marked_as_all_of_them_whoever_fetches_them(client: TestClient, id_: str) -> None:
    address, mark = f"/relieve/{id_}", 'name="whole"'
    blank = client.get(f"/relieve/copy/ask{address}")
    assert mark in blank.text
    page = client.get(address)
    assert mark not in page.text
    assert form_of(page.text) == form_of(blank.text)
    apart = send(client, address, form_of(page.text, "yes", "no", "no"))
    assert "Before you stretch" in apart.text
    assert mark not in apart.text
    assert client.get(f"/relieve/copy/ask{address}").text == blank.text


def test_the_kept_questions_are_for_the_worker_alone(client: TestClient) -> None:
    page = client.get("/relieve/copy/ask/relieve/s_hand", headers={"sec-fetch-mode": "navigate"})
    assert page.url.path == "/relieve/s_hand"
    assert client.get("/relieve/copy/ask/relieve/no_such").status_code == 404


def test_the_kept_pages_are_all_there_and_the_worker_changes_with_them(client: TestClient) -> None:
    worker = client.get("/sw.js")
    assert worker.headers["content-type"].startswith("text/javascript")
    assert worker.headers["cache-control"] == "no-cache"
    assert "__" not in worker.text
    kept = re.findall(r'"(/[^"]*)"', worker.text.split("PAGES = ")[1].split(";")[0])
    assert len(kept) > 2 * len(BOOK.stretches)
    assert {client.get(address).status_code for address in kept} == {200}
    icons = client.get("/manifest.webmanifest").json()["icons"]
    assert {client.get(icon["src"]).status_code for icon in icons} == {200}


@pytest.mark.parametrize(
    "address", ["/relieve", "/offline", "/relieve/copy/stop", "/relieve/s_back", "/relieve/copy/s_back"]
)
def test_every_sentence_of_a_page_is_easy_to_read(client: TestClient, address: str) -> None:
    texts = Blocks(client.get(address).text).texts
    assert len(texts) >= 5
    assert [t for t in texts if longest(t) > 20] == []
    assert [t for t in texts if len(words(t)) >= 5 and grade(t, names()) > 6] == []


def say_in_check(client: TestClient, item: str, reply: str, **parts: str) -> None:
    """Answer a grouped danger sign of the check with yes, and its parts."""
    data = {"heading": "x", "q": item, f"a.{item}": reply, "do": "continue"}
    assert client.post("/check/1", data=data, follow_redirects=False).status_code == 303
    for finding, said in parts.items():
        data = {"heading": "x", "q": finding, f"a.{finding}": said, "do": "continue"}
        assert client.post("/check/2", data=data, follow_redirects=False).status_code == 303


COLLAPSE = ("collapse_or_unresponsive", "blue_grey_or_blotchy_skin")


@pytest.mark.parametrize("said", [None, "no", "not_sure"])
@pytest.mark.parametrize("id_", ["s_calf_foot_pull", "s_hand"])
def test_a_danger_sign_of_the_check_that_is_not_cleared_up_stops_every_stretch(
    client: TestClient, id_: str, said: str | None
) -> None:
    address = f"/relieve/{id_}"
    asked = client.get(address).text
    say_in_check(client, "es_collapse", "yes", **({} if said is None else dict.fromkeys(COLLAPSE, said)))
    for _ in range(2):
        page = client.get(address).text
        assert BOOK.stretches[id_].start not in page
        assert 'id="timer"' not in page
        assert "<h1>Emergency." in page
        assert BOOK.words.phrases["unexplained"] in page
        assert BOOK.words.emergency_number_unknown in page
        send(client, address, form_of(asked, "no", "no", "no"))


def test_a_milder_danger_sign_of_the_check_stops_too_and_says_how_soon(client: TestClient) -> None:
    parts = ("sudden_limb_pain", "limb_pale_blue_or_cold", "one_leg_swollen", "one_arm_swollen")
    say_in_check(client, "es_limb", "yes", **dict.fromkeys(parts, "no"))
    page = client.get("/relieve/s_hand").text
    assert "You said yes to a danger sign" in page
    assert "Be seen today." in page
    assert BOOK.words.emergency_number_unknown in page
    assert 'id="timer"' not in page


def test_a_no_to_a_danger_sign_of_the_check_stops_nothing(client: TestClient) -> None:
    say_in_check(client, "es_collapse", "no")
    page = client.get("/relieve/s_hand")
    assert "Before you stretch" in page.text
    assert BOOK.stretches["s_hand"].start in send(client, "/relieve/s_hand", form_of(page.text, *["no"] * 3)).text


@pytest.mark.parametrize("finding", ["age_years", "sex_at_birth"])
@pytest.mark.parametrize("said", ["no", "yes", "not_sure"])
def test_only_what_is_answered_with_yes_or_no_is_taken(client: TestClient, finding: str, said: str) -> None:
    answered = send(client, "/relieve/s_calf_foot_pull", [("q0", finding), ("g0", said)], follow=False)
    assert answered.status_code == 400
    assert "set-cookie" not in answered.headers


def test_an_emergency_says_nothing_milder_and_asks_where_the_person_is(client: TestClient) -> None:
    address = "/relieve/s_calf_foot_pull"
    page = send(client, address, form_of(client.get(address).text, "yes", "no", "no"))
    page = send(client, address, form_of(page.text, *["yes"] * 8))
    assert "<h1>Emergency." in page.text
    assert "Be seen today" not in page.text
    assert f'name="back" value="{address}"' in page.text
    chosen = client.post("/country", data={"where": "DE", "back": address}, follow_redirects=False)
    assert chosen.headers["location"] == address
    assert "Call 112" in client.get(address).text
    elsewhere = client.post("/country", data={"where": "DE", "back": "/relieve/no"}, follow_redirects=False)
    assert elsewhere.headers["location"] == "/result"


def test_a_risk_that_is_not_cleared_up_stands_above_the_stretch(client: TestClient) -> None:
    say_in_check(client, "es_dialysis", "yes")
    page = send(client, "/relieve/s_hand", form_of(client.get("/relieve/s_hand").text, "no", "no", "no")).text
    assert BOOK.stretches["s_hand"].start in page
    assert page.index(BOOK.words.phrases["not_finished"]) < page.index('<svg class="figure"')
    assert BOOK.words.emergency_number_unknown in page
