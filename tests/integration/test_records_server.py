"""Records from a FHIR server: all pages, nothing sent elsewhere, and a sign-in that keeps its secrets."""

import logging
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any

import httpx2
import pytest

from crampwise.edges.records.server import Server
from crampwise.edges.records.smart import sign_in
from crampwise.logic.errors import InputError
from crampwise.records.people import Heap
from tests.integration.test_records import run
from tests.support.fhir_server import CODE, TOKEN, Site, serving
from tests.support.people import shipped

BOOK = shipped()
Json = dict[str, Any]


def about(kind: str, id_: str, **parts: Any) -> Json:
    subject = "patient" if kind == "AllergyIntolerance" else "subject"
    return {"resourceType": kind, "id": id_, subject: {"reference": "Patient/p"}, **parts}


def coded(system: str, code: str) -> Json:
    return {"coding": [{"system": system, "code": code}]}


def record() -> list[Json]:
    potassium = {"value": 3.1, "unit": "mmol/L"}
    return [
        {"resourceType": "Patient", "id": "p", "gender": "male", "birthDate": "1960-01-01"},
        {"resourceType": "Patient", "id": "q", "gender": "female"},
        *(about("Condition", f"c{i}", code=coded("http://hl7.org/fhir/sid/icd-10", code))
          for i, code in enumerate(("E11.9", "I50.9", "J00", "Z99.2", "G20"))),
        about("MedicationRequest", "m", status="active", intent="order", authoredOn="2026-10-01",
              medicationReference={"reference": "Medication/d"}),
        {"resourceType": "Medication", "id": "d", "code": coded("http://www.whocc.no/atc", "C03BA11")},
        about("Observation", "o", status="final", effectiveDateTime="2026-11-01", valueQuantity=potassium,
              code=coded("http://loinc.org", "2823-3")),
        about("AllergyIntolerance", "a", code=coded("http://snomed.info/sct", "716186003"), recordedDate="2026-01-01"),
    ]  # fmt: skip


def answers(heap: Heap) -> dict[str, Any]:
    (person,) = heap.persons(BOOK, date(2026, 11, 21))
    found = {f: a.value for f, a in person.answers.items()}
    return found | {r.finding or "": r.value for r in person.results} | {t.name: True for t in person.medicines}


@pytest.mark.parametrize("post", [True, False])
def test_every_page_of_every_kind_is_read(post: bool) -> None:
    with serving(Site(record(), post=post)) as site, Server(site.base) as server:
        heap = server.record("p")
        found = answers(heap)
    assert found["diabetes"] and found["heart_failure"] and found["on_dialysis"] and found["known_parkinsons"]
    assert found["indapamide"] and str(found["serum_potassium"]) == "3.1" and found["lidocaine_allergy"] is False
    assert server.problems == []
    assert len(heap.own["p"]) + len(heap.others) == len(record()) - 1, "all but the other patient"
    if post:
        assert not any("patient" in a for a in site.addresses if "start" not in a), "ids stand in bodies"


@pytest.mark.parametrize("status", [401, 403, 500])
def test_what_the_server_refuses_is_told_and_the_rest_is_read(status: int) -> None:
    with serving(Site(record(), refuses={"Condition": status})) as site, Server(site.base) as server:
        assert "indapamide" in answers(server.record("p"))
    assert [str(p) for p in server.problems] == [
        f"{site.base} Condition: the server refused it ({status}). What is there was not read."
    ]


@pytest.mark.parametrize(
    ("link", "why"),
    [
        ("https://elsewhere.example/next", "is said to lie at another server; it was not fetched"),
        ("Condition?patient=Patient/p&start=0", "its pages lead in a circle"),
    ],
)
def test_links_that_lead_astray_are_not_followed(link: str, why: str) -> None:
    with serving(Site(record(), next_page=link)) as site, Server(site.base) as server:
        server.record("p")
        assert any(why in str(p) for p in server.problems)


def test_a_server_that_gives_less_than_it_says_is_told() -> None:
    with serving(Site(record(), next_page="", total=5)) as site, Server(site.base) as server:
        server.record("p")
    assert f"{site.base} Condition: the server says that there are 5, and gave 2." in " ".join(
        map(str, server.problems)
    )


def test_no_such_patient() -> None:
    with serving(Site(record())) as site, Server(site.base) as server, pytest.raises(InputError, match="404"):
        server.record("z/../p")


def test_the_command_reads_from_a_server() -> None:
    with serving(Site(record())) as site:
        shown, _ = run("fhir", "import", site.base, "--patient", "p")
        told = run("fhir", "import", site.base, code=3)[1]
    assert "Parkinson" in shown and "resources: " in shown
    assert "a server needs to be told whose record to read" in told


class Browser:
    """Follows the sign-in address as a browser would, on a thread of its own."""

    def __init__(self, before: str = "") -> None:
        self.before, self.seen, self.threads = before, "", list[threading.Thread]()
        self.shown: list[str] = []

    def __call__(self, address: str) -> None:
        self.seen = address
        thread = threading.Thread(target=self._go, args=(address,))
        self.threads.append(thread)
        thread.start()

    def _go(self, address: str) -> None:
        back = httpx2.URL(address).params["redirect_uri"]
        if self.before:
            self.shown.append(httpx2.get(f"{back}{self.before}").text)
        self.shown.append(httpx2.get(address, follow_redirects=True).text)


@contextmanager
def signing_in(site: Site, browser: Browser, wait: float = 20) -> Iterator[tuple[Server, str]]:
    try:
        with sign_in(site.base, "crampwise", 0, browser, wait) as found:
            yield found
    finally:
        for thread in browser.threads:
            thread.join()


def test_a_sign_in_reads_the_record_of_the_patient_who_was_chosen(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    browser = Browser()
    with serving(Site(record(), token=True)) as site, signing_in(site, browser) as (server, patient):
        assert patient == "p"
        assert answers(server.record(patient))["diabetes"] is True
    asked = httpx2.URL(browser.seen).params
    assert asked["code_challenge_method"] == "S256" and len(asked["state"]) >= 32 and asked["aud"] == site.base
    assert "patient/Condition.read" in asked["scope"] and "write" not in asked["scope"] and "*" not in asked["scope"]
    everything = " ".join((*site.addresses, browser.seen, *(m for m in caplog.messages)))
    assert TOKEN not in everything and site.forms[0]["code_verifier"] not in everything
    assert "You are signed in" in browser.shown[0] and CODE not in browser.shown[0]


def test_an_answer_to_another_sign_in_is_passed_over() -> None:
    browser = Browser(before="?code=stolen&state=guessed")
    with serving(Site(record(), token=True)) as site, signing_in(site, browser) as (_, patient):
        assert patient == "p"


@pytest.mark.parametrize(
    ("manners", "why"),
    [
        ({"configuration": {"code_challenge_methods_supported": ["plain"]}}, "does not support PKCE with S256"),
        ({"configuration": {"token_endpoint": "http://elsewhere.example/token"}}, "only reached in clear text"),
        ({"configuration": {"authorization_endpoint": "javascript:alert(1)"}}, "is not an address"),
        ({"granted": {"patient": None}}, "did not say which patient was chosen"),
        ({"granted": {"access_token": None}}, "gave no access token"),
        ({"granted": {"token_type": "mac"}}, "gave no access token"),
    ],
)
def test_a_sign_in_that_is_not_safe_or_not_whole_is_refused(manners: Json, why: str) -> None:
    with serving(Site(record(), **manners)) as site, pytest.raises(InputError, match=why), signing_in(site, Browser()):
        pass


def test_a_refusal_by_the_user_is_told() -> None:
    browser = Browser()

    def refuse(address: str) -> None:
        params = httpx2.URL(address).params
        back = f"{params['redirect_uri']}?error=access_denied&state={params['state']}"
        browser.threads.append(threading.Thread(target=httpx2.get, args=(back,)))
        browser.threads[-1].start()

    with (
        serving(Site(record())) as site,
        pytest.raises(InputError, match="the sign-in was refused: access_denied"),
        sign_in(site.base, "crampwise", 0, refuse, 20),
    ):
        pass
    browser.threads[0].join()


def test_nobody_comes_back() -> None:
    with (
        serving(Site(record())) as site,
        pytest.raises(InputError, match="nobody came back from the sign-in in time"),
        sign_in(site.base, "crampwise", 0, lambda _: None, 0.2),
    ):
        pass


def test_a_port_in_use_is_told() -> None:
    with serving(Site(record())) as site, socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        told = run("fhir", "connect", site.base, "--client-id", "x", "--no-open", "--port", str(port), code=3)[1]
    assert f"port {port}: cannot be used" in told
