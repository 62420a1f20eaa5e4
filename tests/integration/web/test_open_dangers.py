"""A danger sign that was said yes to, in the check or before a stretch: no page that the person opens next is calm."""

import html
import re

import pytest
from fastapi.testclient import TestClient

from crampwise.assess.engine import engine_of
from tests.support.people import shipped

BOOK = shipped()
ENGINE = engine_of(BOOK)
WORDS = {w.level: w for w in BOOK.words.levels}
HOME_CARE, LIFE = WORDS["self_care"].clinical, WORDS["emergency_now"].clinical
ITEMS = {i.id: i for s in BOOK.emergency_screen.screens for i in s.items}


def chest_pain(client: TestClient) -> None:
    """Chest pain, and not sure of anything else of that sign."""
    rest = [f for f in ITEMS["es_chest"].findings if f != "chest_pain"]
    client.post("/check/1", data={"heading": "x", "q": "es_chest", "a.es_chest": "yes", "do": "continue"})
    said = {"a.chest_pain": "yes"} | {f"a.{f}": "not_sure" for f in rest}
    client.post("/check/2", data={"heading": "x", "q": ["chest_pain", *rest], **said, "do": "continue"})


def collapse_without_part(client: TestClient) -> None:
    """Yes to a sign, no to each part of it, and past the emergency."""
    client.post("/check/1", data={"heading": "x", "q": "es_collapse", "a.es_collapse": "yes", "do": "continue"})
    client.post("/check/2", data={"heading": "x", "q": list(ITEMS["es_collapse"].findings), "do": "rest_no"})
    client.post("/check/go-on")


def cold_limb(client: TestClient) -> None:
    """Before a stretch: the limb is cold and the pee dark."""
    for finding in ("limb_pale_blue_or_cold", "sudden_limb_pain", "dark_urine", "chest_pain_now_at_rest"):
        client.post("/relieve/s_calf_foot_pull", data={"q0": finding, "g0": "yes"})


def text(client: TestClient, address: str) -> str:
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", client.get(address).text)).split())


def bound(client: TestClient, address: str = "/check/answers") -> str:
    found = re.search(r'<div class="bound.*?</div>', client.get(address).text, re.S)
    assert found
    return found[0]


@pytest.mark.parametrize("say", [lambda _client: None, chest_pain], ids=["nothing", "chest pain"])
@pytest.mark.parametrize("address", ["/report", "/report.txt", "/clinician", "/clinician.txt"])
def test_a_doctor_does_not_read_home_care_first_while_emergencies_are_open(client: TestClient, say, address) -> None:
    client.post("/clinician/start")
    say(client)
    page = text(client, address)
    assert HOME_CARE not in page
    assert 0 <= page.find(LIFE) < page.find("Cannot be called safe yet")


def test_chest_pain_gives_the_number_and_no_home_care_while_it_is_open(client: TestClient) -> None:
    chest_pain(client)
    assert "level-self_care" not in bound(client)
    assert "You said yes to a danger sign" in bound(client)
    page = text(client, "/result")
    assert "You said yes to a danger sign" in page
    assert BOOK.words.emergency_number_unknown in page
    assert not any(BOOK.words.headings[h] in page for h in ("now", "tonight", "this_month", "ask_first"))
    assert BOOK.conditions["benign_nocturnal_leg_cramps"].name.plain not in page


def test_it_is_said_on_the_page_while_the_parts_are_still_to_be_answered(client: TestClient) -> None:
    client.post("/check/1", data={"heading": "x", "q": "es_chest", "a.es_chest": "yes", "do": "continue"})
    assert "You said yes to a danger sign" in bound(client, "/check/2")
    live = client.post("/check/1/live", data={"heading": "x", "q": "es_chest", "a.es_chest": "yes"})
    assert "You said yes to a danger sign" in live.text


def test_the_range_is_never_milder_than_the_result(client: TestClient) -> None:
    collapse_without_part(client)
    assert WORDS["emergency_now"].title in bound(client)
    assert "level-self_care" not in bound(client)


def test_an_emergency_said_before_a_stretch_is_known_everywhere(client: TestClient) -> None:
    cold_limb(client)
    assert WORDS["emergency_now"].title in text(client, "/result")
    assert text(client, "/report.txt").find(LIFE) > 0
    assert HOME_CARE not in text(client, "/report.txt")
    assert "Show my result" in text(client, "/")
    assert f"{BOOK.findings['dark_urine'].short}: yes" in text(client, "/check/answers")
    assert client.get("/check/emergency").url.path == "/check/emergency"
    assert client.get("/check").url.path == "/check/emergency"


@pytest.mark.parametrize("say", ["relief", "search"])
def test_the_privacy_page_knows_of_everything_that_the_cookie_holds(client: TestClient, say: str) -> None:
    if say == "relief":
        client.post("/relieve/s_calf_foot_pull", data={"q0": "dark_urine", "g0": "not_sure"})
    else:
        client.post("/library/search", data={"q": "calf"})
    page = text(client, "/privacy")
    assert "There are no answers on this device now" not in page
    assert "Delete my answers now" in page
    client.post("/end")
    assert "There are no answers on this device now" in text(client, "/privacy")
