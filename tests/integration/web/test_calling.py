"""Whom to call: the number of the country that the person chose; a guess from the language is asked, not taken."""

import re

import pytest
from fastapi.testclient import TestClient

from tests.support.people import shipped

UNKNOWN = shipped().words.emergency_number_unknown
AMERICAN = {"Accept-Language": "en-US,en;q=0.9"}


def test_a_language_is_no_place(client: TestClient) -> None:
    page = client.get("/emergency", headers=AMERICAN).text
    assert UNKNOWN in page
    assert not re.search(r">\s*Call 911", page)
    assert page.index(UNKNOWN) < page.index("Are you in the United States? Then call 911.")


def test_the_guess_does_not_become_the_country_once_something_was_answered(client: TestClient) -> None:
    client.post("/keep", data={"kept": "true"}, headers=AMERICAN)
    assert UNKNOWN in client.get("/emergency", headers=AMERICAN).text


@pytest.mark.parametrize(
    ("code", "number", "says"),
    [("DE", "112", "In Germany, call 112."), ("GB", "999", "In the United Kingdom, call 999.")],
)
def test_the_chosen_country_is_named_and_asked_no_more(client: TestClient, code: str, number: str, says: str) -> None:
    page = client.post("/country", data={"where": code, "back": "/emergency"}, headers=AMERICAN).text
    assert f'href="tel:{number}">Call {number}<' in page
    assert says in page
    assert UNKNOWN not in page
    assert "Are you in" not in page


def test_without_any_sign_of_the_country_nothing_is_guessed(client: TestClient) -> None:
    page = client.get("/emergency", headers={"Accept-Language": "de"}).text
    assert UNKNOWN in page
    assert "tel:" not in page


def test_the_page_without_network_says_whom_to_call_first(client: TestClient) -> None:
    page = client.get("/offline").text
    assert 0 < page.index(UNKNOWN) < page.index("Relieve a cramp now")
    assert '"/emergency"' in client.get("/sw.js").text
