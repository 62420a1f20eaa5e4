"""Pages that need no browser to be judged: the library, the report, the reading grade of what the app itself says."""

import html
import re
from datetime import date
from io import BytesIO
from typing import Any

import pypdfium2
import pytest
from fastapi.testclient import TestClient
from pypdf import PdfReader

from crampwise.assess.engine import engine_of
from crampwise.edges.web.library import SHELVES
from crampwise.edges.web.web import HERE
from tests.support.people import shipped, values_of
from tests.support.readability import grade, longest, names, words
from tests.support.sessions import CHEST, NIGHT
from tests.support.walker import Walker

BOOK = shipped()
ENGINE = engine_of(BOOK)
POINTS = {"a4": (595, 842), "us-letter": (612, 792)}


@pytest.mark.parametrize("kind", SHELVES)
def test_every_entry_on_every_shelf_has_a_page(client: TestClient, kind: str) -> None:
    shelf = client.get(f"/library/{kind}").text
    ids = list(getattr(BOOK, kind))
    assert all(f'href="/library/{kind}/{i}"' in shelf for i in ids)
    for id_ in ids[:: max(1, len(ids) // 12)]:
        page = client.get(f"/library/{kind}/{id_}")
        assert page.status_code == 200
        waits = getattr(getattr(BOOK, kind)[id_], "show_only_after", ())
        assert ("Answer the danger signs first" if waits else "What it rests on") in page.text


def test_an_unknown_entry_or_shelf_is_not_found(client: TestClient) -> None:
    assert client.get("/library/conditions/nope").status_code == 404
    assert client.get("/library/nope").status_code == 404


def test_a_page_that_could_calm_waits_for_the_danger_signs(client: TestClient) -> None:
    card = next(c for c in BOOK.library.values() if c.show_only_after)
    address = f"/library/library/{card.id}"
    assert card.facts[-1].text not in html.unescape(client.get(address).text)
    fields = {"heading": "x", "q": list(card.show_only_after), "do": "rest_no"}
    client.post("/check/1", data=fields)
    assert card.facts[-1].text in html.unescape(client.get(address).text)


@pytest.mark.parametrize("person", [{}, NIGHT, CHEST], ids=["nothing said", "night", "chest"])
@pytest.mark.parametrize("paper", POINTS)
def test_the_report_is_one_tagged_page_with_text(client: TestClient, person: dict[str, str], paper: str) -> None:
    if person:
        Walker(ENGINE, values_of(BOOK, person)).walk(client)
    made = client.get(f"/report-{paper}.pdf")
    assert made.headers["content-type"] == "application/pdf"
    reader = PdfReader(BytesIO(made.content))
    assert len(reader.pages) == 1
    box = reader.pages[0].mediabox
    assert (round(box.width), round(box.height)) == POINTS[paper]
    root: Any = reader.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"]
    assert root["/Lang"] == "en"
    text = reader.pages[0].extract_text()
    assert "Urgency" in text
    assert date.today().isoformat() in text
    tags = set(_tags(root["/StructTreeRoot"]))
    assert {"/H1", "/H2", "/P"} <= tags


def _tags(node: Any) -> list[str]:
    node = node.get_object() if hasattr(node, "get_object") else node
    if isinstance(node, list):
        return [t for child in node for t in _tags(child)]
    if not isinstance(node, dict):
        return []
    return [str(node.get("/S", "")), *_tags(node.get("/K", []))]


def test_the_fullest_report_still_fits_and_leaves_no_part_off_the_paper(client: TestClient) -> None:
    medicines = "\n".join([m.ingredient for m in list(BOOK.medicines.values())[:40]])
    client.post("/check/1", data={"heading": "x", "q": "medicines", "a.medicines": medicines, "do": "skip"})
    yes = [f.id for f in BOOK.findings.values() if f.group == "history" and f.kind == "yes_no"][:30]
    for id_ in yes:
        client.post("/check/2", data={"heading": "x", "q": id_, f"a.{id_}": "yes", "do": "continue"})
    made = client.get("/report-a4.pdf").content
    assert len(PdfReader(BytesIO(made)).pages) == 1
    picture = pypdfium2.PdfDocument(made)[0].render(scale=1).to_numpy()
    ink = (picture < 128).any(axis=2)
    assert ink.any()
    margin = 20
    edges = (ink[:margin], ink[-margin:], ink[:, :margin], ink[:, -margin:])
    assert not any(edge.any() for edge in edges), "print runs into the margin"


def test_the_plain_report_holds_the_answers_and_the_urgency(client: TestClient) -> None:
    Walker(ENGINE, values_of(BOOK, NIGHT)).walk(client)
    text = client.get("/report.txt").text
    assert "Is it in the calf?" in text
    assert "URGENCY" in text
    assert max(map(len, text.splitlines())) <= 88


OWN = sorted(
    p for p in (HERE / "templates").rglob("*.html")
    if p.name not in ("clinician.html", "clinician_start.html", "programs.html", "report.html")
)  # fmt: skip


def own_texts() -> list[tuple[str, str]]:
    """What the templates themselves say to patients, without what they take from the book."""
    found = []
    for path in OWN:
        text = re.sub(r"{#.*?#}|{%.*?%}", " ", path.read_text("utf-8"), flags=re.S)
        text = re.sub(r"{{.*?}}", " it ", text, flags=re.S)
        for part in re.findall(r">([^<>]+)<", re.sub(r"</?(?:strong|code|em)\b[^>]*>", " ", text)):
            plain = " ".join(html.unescape(part).split())
            if len(words(plain)) > 1:
                found.append((path.name, plain))
    return found


def test_what_the_pages_themselves_say_is_easy() -> None:
    texts = own_texts()
    assert len(texts) > 60
    hard = [(p, round(grade(t, names()), 1), t) for p, t in texts if len(words(t)) >= 5 and grade(t, names()) > 6]
    assert hard == []
    assert [(p, t) for p, t in texts if longest(t) > 20] == []
    alarm = [(p, t) for p, t in texts if p in ("emergency.html", "call.html") and len(words(t)) >= 5]
    assert [(p, t) for p, t in alarm if grade(t, names()) > 5] == []


def test_the_report_leaves_out_no_answer_and_names_what_a_wrong_name_may_mean(client: TestClient) -> None:
    Walker(ENGINE, values_of(BOOK, NIGHT)).walk(client)
    medicines = {"heading": "x", "q": "medicines", "a.medicines": "furosemid", "checked": "furosemid", "do": "continue"}
    client.post("/check/99", data=medicines)
    made = PdfReader(BytesIO(client.get("/report-a4.pdf").content))
    paper = " ".join(made.pages[0].extract_text().split())
    text = " ".join(client.get("/report.txt").text.split())
    denied = text.partition("SAID NO TO")[2].partition("Made from")[0]
    assert len(made.pages) == 1
    assert denied.count(";") > 100
    assert denied.strip(" -")[-40:] in paper
    for said in (text, paper):
        assert "more" not in said.partition("aid no to")[2]
        assert "deciban" not in said
        assert re.search(r"\((?:strong|clear|some|little) (?:for|against)\)", said)
        assert re.search(r"furosemid: not recognised\. .*furosemide", said)
