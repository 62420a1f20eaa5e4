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


def test_every_not_sure_ends_without_a_stretch(client: TestClient) -> None:
    address = "/relieve/s_shin"
    page = client.get(address)
    for _ in range(10):
        if "Before you stretch" not in page.text:
            break
        page = send(client, address, form_of(page.text, *["not_sure"] * 8))
    assert "Do not do this stretch" in page.text
    assert BOOK.stretches["s_shin"].start not in page.text


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
