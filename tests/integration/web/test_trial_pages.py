"""Trials in the web app: who may try what, the plan, its days, its end, its result."""

import html
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from pypdf import PdfReader

from crampwise.assess.engine import engine_of
from crampwise.edges.store.store import open_store
from crampwise.edges.web.keeper import Keeper
from crampwise.edges.web.settings import Settings
from crampwise.followup.design import Design, arm_of, blocks_of, plan_of
from crampwise.followup.eligible import candidates
from crampwise.followup.records import Diary, MedicineChange, TrialRecord
from tests.support.diaries import RATIOS, diary_of, poisson_diary, trial_diary
from tests.support.people import shipped, values_of
from tests.support.sessions import CHEST, NIGHT
from tests.support.walker import Walker

BOOK = shipped()
ENGINE = engine_of(BOOK)
HOUR = BOOK.followup.night_ends_hour
TODAY = date.today()
SEALED = re.compile(r'name="plan" value="([^"]+)"')


@pytest.fixture
def place(tmp_path: Path) -> str:
    return str(tmp_path / "diary.sqlite")


@pytest.fixture
def client(client: TestClient, place: str) -> Iterator[TestClient]:
    state: Any = client.app
    usual, state.state.keeper = state.state.keeper, Keeper(Settings(store=place))
    yield client
    state.state.keeper.close()
    state.state.keeper = usual


def put(place: str, diary: Diary) -> None:
    store = open_store(place)
    store.merge(next(iter(store.people()), None) or store.add_person("me"), diary, HOUR)
    store.close()


def trials(place: str) -> tuple[TrialRecord, ...]:
    store = open_store(place)
    try:
        return store.diary(store.person("me")).trials
    finally:
        store.close()


def checked(client: TestClient, answers: dict[str, str] = NIGHT) -> TestClient:
    Walker(ENGINE, values_of(BOOK, answers)).walk(client)
    return client


def planned(client: TestClient, **form: str) -> Any:
    return client.post("/trial/plan", data={"action": "i_bedclothes", "per_week": "6", "pairs": "2", **form})


def running(days_ago: int, kept: dict[date, bool] | None = None, pairs: int = 3) -> TrialRecord:
    start = TODAY - timedelta(days=days_ago)
    plan = Design("i_bedclothes", start, 1, blocks_of(start, 1, pairs, 7, 0), 5, 0.8, 0.03, 0.5, 0.75, 0.97, "0")
    return TrialRecord(id="t1", action="i_bedclothes", start=start, plan=plan_of(plan), kept=kept or {})


# --- who may try what


def test_without_answers_nothing_is_offered(client: TestClient) -> None:
    page = client.get("/trial/new").text
    assert "We first need to know what is safe for you." in page
    assert 'name="action"' not in page
    assert planned(client).url.path == "/trial/new"


def test_a_danger_sign_comes_before_any_trial(client: TestClient) -> None:
    page = checked(client, CHEST).get("/trial/new").text
    assert "A trial can wait." in page
    assert 'name="action"' not in page
    assert planned(client).url.path == "/trial/new"


def test_a_pattern_in_the_diary_comes_before_any_trial(client: TestClient, place: str) -> None:
    put(place, diary_of([0, 1] * 50, TODAY - timedelta(days=110)))
    lately = diary_of([1, 1, 1], TODAY - timedelta(days=4), muscle="hand").episodes
    put(place, Diary(tuple(replace(e, id=f"n{e.id}") for e in lately)))
    page = checked(client).get("/trial/new").text
    assert "Do the check now" in page
    assert planned(client).url.path == "/trial/new"


def test_only_what_the_book_allows_this_person_can_be_planned(client: TestClient) -> None:
    page = checked(client).get("/trial/new").text
    offered = re.findall(r'name="action" value="(\w+)"', page)
    from crampwise.edges.web.sofar import so_far
    from crampwise.edges.web.web import Web

    app: Any = client.app
    web: Web = app.state.web
    request = type("R", (), {"cookies": dict(client.cookies), "headers": {}})()
    found = candidates(ENGINE, so_far(web, web.sealer.open(request)).intake)
    assert offered == [c.action.id for c in found if c.status == "allowed"]
    assert offered
    barred = [c.action for c in found if c.status != "allowed"]
    for action in (*barred, BOOK.actions["i_quinine"]):
        assert planned(client, action=action.id).url.path == "/trial/new"


# --- the plan


def test_a_plan_is_shown_then_started_once(client: TestClient, place: str) -> None:
    page = html.unescape(planned(checked(client)).text)
    assert "With 6.0 cramps a week you need about 4 weeks to see them halved." in page
    assert "It" in page and BOOK.followup.phrases["usual_care"] in page
    action = BOOK.actions["i_bedclothes"]
    assert action.trial and action.trial.blinding in page
    sealed = SEALED.findall(page)[0]
    for _ in range(2):
        begun = client.post("/trial/start", data={"plan": sealed})
        assert begun.status_code == 200
        assert re.fullmatch(r"/trial/[0-9a-f]{12}", begun.url.path)
    (record,) = trials(place)
    assert record.start == TODAY + timedelta(days=1)
    assert len(record.plan["arms"]) == 4
    assert "It begins on" in begun.text
    assert "Another trial runs until" in planned(client).text
    assert client.post("/trial/start", data={"plan": sealed[:-3] + "abc"}).url.path == "/trial/new"


def test_a_second_trial_is_not_started_beside_the_first(client: TestClient, place: str) -> None:
    page = planned(checked(client)).text
    put(place, Diary(trials=(running(1),)))
    refused = client.post("/trial/start", data={"plan": SEALED.findall(page)[0]})
    assert refused.status_code == 422
    assert "One at a time tells more." in refused.text
    assert [t.id for t in trials(place)] == ["t1"]


def test_every_fault_of_the_set_up_is_told(client: TestClient) -> None:
    refused = planned(checked(client), per_week="many", begin=f"{TODAY}", pairs="99")
    assert refused.status_code == 422
    for said in ("how many cramps you have in a week", "a first day from tomorrow on", "from 2 to 60 pairs"):
        assert said in refused.text


def test_the_rate_is_that_of_the_diary(client: TestClient, place: str) -> None:
    put(place, poisson_diary(1.0, 60, 5, TODAY - timedelta(days=61)))
    page = checked(client).get("/trial/new").text
    assert "That is from your diary." in page
    assert 'name="per_week"' not in page
    shown = planned(client, per_week="")
    assert re.search(r"With [5-9]\.\d cramps a week", shown.text)


# --- its days


def test_today_says_what_to_do_and_takes_whether_it_was_done(client: TestClient, place: str) -> None:
    record = running(10)
    put(place, Diary(trials=(record,)))
    page = client.get("/trial/t1").text
    design = Design("i_bedclothes", record.start, 1, blocks_of(record.start, 1, 3, 7, 0), 5, 0, 0, 0.5, 0.75, 0.97, "0")
    block = arm_of(design, TODAY)
    assert block and ("Do it today" if block.arm == "with" else "Leave it today") in page
    assert "Cramps in each block" not in page
    assert "times as many" not in page
    for answer in ("yes", "no"):
        client.post("/trial/t1/kept", data={"day": TODAY.toordinal(), "answer": answer})
    client.post("/trial/t1/kept", data={"day": TODAY.toordinal() - 1, "answer": "yes"})
    assert trials(place)[0].kept == {TODAY: False, TODAY - timedelta(days=1): True}
    for day, answer in ((TODAY.toordinal() - 60, "yes"), (TODAY.toordinal(), "maybe")):
        assert client.post("/trial/t1/kept", data={"day": day, "answer": answer}).status_code == 400
    file = client.get("/trial/t1/calendar.ics")
    assert file.content.startswith(b"BEGIN:VCALENDAR\r\n")
    assert file.content.count(b"BEGIN:VEVENT") == 6
    assert client.get("/trial/nope").status_code == 404


def test_a_running_trial_waits_for_a_danger_sign(client: TestClient, place: str) -> None:
    put(place, Diary(trials=(running(1),)))
    assert "it today</p>" in client.get("/trial/t1").text
    page = checked(client, CHEST).get("/trial/t1").text
    assert "Stop the trial" in page and "A trial can wait." in page
    assert "it today</p>" not in page and BOOK.followup.phrases["carry_on"] not in page


def test_clearly_more_cramps_stop_it_and_a_pattern_does(client: TestClient, place: str) -> None:
    record = running(41)
    design = Design("i_bedclothes", record.start, 1, blocks_of(record.start, 1, 3, 7, 0), 5, 0, 0, 0.5, 0.75, 0.97, "0")
    blocks = [arm_of(design, record.start + timedelta(days=i)) for i in range(40)]
    counts = [6 if b and b.arm == "with" else 1 for b in blocks]
    put(place, replace(diary_of(counts, record.start), trials=(record,)))
    assert BOOK.followup.phrases["stop_worse"] in client.get("/trial/t1").text
    lately = diary_of([1, 1, 1], TODAY - timedelta(days=4), muscle="hand").episodes
    put(place, Diary(tuple(replace(e, id=f"n{e.id}") for e in lately)))
    put(place, diary_of([0] * 40 + [1] * 30, record.start - timedelta(days=80)))
    assert BOOK.followup.phrases["stop_check"] in client.get("/trial/t1").text


def test_a_trial_can_be_stopped_once_and_taken_away(client: TestClient, place: str) -> None:
    put(place, replace(diary_of([1, 0, 2, 1, 0, 0, 1, 2, 1, 0], TODAY - timedelta(days=10)), trials=(running(10),)))
    over = client.post("/trial/t1/stop", data={"reason": "moved house"})
    assert "You stopped it on" in over.text
    client.post("/trial/t1/stop", data={"reason": "again"})
    assert trials(place)[0].reason == "moved house"
    assert client.post("/trial/t1/kept", data={"day": TODAY.toordinal(), "answer": "yes"}).status_code == 400
    for _ in range(2):
        assert client.post("/trial/t1/remove").url.path == "/trial"
    assert trials(place) == ()


# --- its result


@pytest.mark.parametrize("verdict", sorted(RATIOS))
def test_the_result_says_what_was_found_and_shows_it(client: TestClient, place: str, verdict: str) -> None:
    put(place, trial_diary(verdict))
    page = client.get("/trial/t1").text
    assert f"<h2>{BOOK.followup.phrases[verdict]}</h2>" in page
    assert page.count("<caption>") == 2
    assert page.count("<dt>") == 29
    assert "Report for a doctor (CENT 2015)" in page
    others = {BOOK.followup.phrases[v] for v in RATIOS} - {BOOK.followup.phrases[verdict]}
    assert not any(f"<h2>{said}</h2>" in page for said in others)
    assert 'href="/trial/t1"' in client.get("/trial").text


# --- in the report for a doctor


def test_the_report_for_a_doctor_holds_the_diary_and_the_last_trial(client: TestClient, place: str) -> None:
    assert "CRAMP DIARY" not in client.get("/report.txt").text
    diary = trial_diary("works")
    put(place, diary)
    text = " ".join(client.get("/report.txt").text.split())
    days = {d.day for d in diary.days} | {e.start.date() for e in diary.episodes}
    first = max(min(days), TODAY - timedelta(days=BOOK.followup.window_days - 1))
    counted = [e for e in diary.episodes if e.start.date() >= first]
    told = f"CRAMP DIARY - {first} to {TODAY - timedelta(days=1)}: {len(counted)} cramps, entries on"
    assert told in text
    assert f"At night 0 of {len(counted)}; calf {len(counted)}." in text
    assert re.search(r"Own trial of loose bed covers, to [\d-]+: it helps; rate with over without 0\.3\d? \(", text)
    assert "Cramp diary" in client.get("/report").text
    assert "CRAMP DIARY" in client.get("/clinician.txt").text


@pytest.mark.parametrize("paper", ["a4", "us-letter"])
def test_the_fullest_report_with_a_diary_still_has_one_page(client: TestClient, place: str, paper: str) -> None:
    start = TODAY - timedelta(days=150)
    diary = trial_diary("no_benefit")
    spread = [
        replace(e, id=f"{i}-{m}", start=e.start - timedelta(days=k), muscles=(m,), side="left")
        for k, m in enumerate(BOOK.muscles) for i, e in enumerate(diary_of([1, 2, 1], start).episodes)
    ]  # fmt: skip
    changes = tuple(
        MedicineChange(id=f"m{i}", day=TODAY - timedelta(days=30 * i), name=f"a long name {i}", event="started")
        for i in range(1, 5)
    )
    put(place, replace(diary, episodes=(*diary.episodes, *spread), days=(), medicines=changes))
    medicines = "\n".join(m.ingredient for m in list(BOOK.medicines.values())[:40])
    client.post("/check/1", data={"heading": "x", "q": "medicines", "a.medicines": medicines, "do": "skip"})
    yes = [f.id for f in BOOK.findings.values() if f.group == "history" and f.kind == "yes_no"][:30]
    for id_ in yes:
        client.post("/check/2", data={"heading": "x", "q": id_, f"a.{id_}": "yes", "do": "continue"})
    made = PdfReader(BytesIO(client.get(f"/report-{paper}.pdf").content))
    assert len(made.pages) == 1
    assert "Cramp diary" in made.pages[0].extract_text()
