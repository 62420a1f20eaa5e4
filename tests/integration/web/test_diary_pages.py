"""The pages of the diary: one tap at night, completed later, what it says, out, in and away."""

import html
import json
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from crampwise.edges.store.store import open_store
from crampwise.edges.web.app import create_app
from crampwise.edges.web.keeper import Keeper
from crampwise.edges.web.settings import Settings
from crampwise.edges.web.whose import COOKIE, Whose, name_of_code
from crampwise.followup.analysis import analyse
from crampwise.followup.charts import diary_charts, trial_charts
from crampwise.followup.design import design_from
from crampwise.followup.plainly import diary_to_plain
from crampwise.followup.records import Day, Diary, Episode, diary_day
from crampwise.followup.summary import summarise
from tests.support.diaries import RATIOS, diary_of, poisson_diary, trial_diary
from tests.support.people import shipped
from tests.support.readability import grade, longest, names, words

BOOK = shipped()
HOUR = BOOK.followup.night_ends_hour
TODAY = date.today()
ID = re.compile(r'name="id" value="([0-9a-f]{12})"')


@pytest.fixture
def place(tmp_path: Path) -> str:
    return str(tmp_path / "diary.sqlite")


@pytest.fixture
def client(client: TestClient, place: str) -> Iterator[TestClient]:
    """The app of the other tests, with a store of its own."""
    yield from with_store(client, Settings(store=place))


def with_store(client: TestClient, settings: Settings) -> Iterator[TestClient]:
    state: Any = client.app
    usual, state.state.keeper = state.state.keeper, Keeper(settings)
    yield client
    state.state.keeper.close()
    state.state.keeper = usual


def kept(place: str, name: str = "me") -> Diary:
    store = open_store(place)
    try:
        return store.diary(store.person(name))
    finally:
        store.close()


def put(place: str, diary: Diary) -> None:
    store = open_store(place)
    me = next(iter(store.people()), None) or store.add_person("me")
    store.merge(me, diary, HOUR)
    store.close()


def id_on(page: str) -> str:
    found = ID.search(page)
    assert found
    return found[1]


def tap(client: TestClient, muscle: str = "calf", id_: str = "0123456789ab") -> Any:
    return client.post("/diary/now", data={"id": id_, "muscle": muscle})


# --- one tap


def test_one_tap_writes_a_cramp_down_and_it_can_be_completed_later(client: TestClient, place: str) -> None:
    page = client.get("/diary").text
    done = client.post("/diary/now", data={"id": id_on(page), "muscle": "calf"})
    assert done.status_code == 200
    assert re.fullmatch(r"/diary/cramp/[0-9a-f]{12}", done.url.path)
    assert "Written down: Calf" in done.text
    (written,) = kept(place).episodes
    assert written.muscles == ("calf",)
    assert abs(written.start - datetime.now().astimezone()) < timedelta(minutes=2)
    more = {"date": f"{written.start:%Y-%m-%d}", "time": f"{written.start:%H:%M}", "muscles": ["calf", "toes"],
            "side": "left", "pain": "7", "duration_s.min": "1", "duration_s.s": "30", "woke": "yes",
            "activity": "asleep", "done": "stretched it", "relief_s.s": "40", "sore": "no",
            "note": "as so often"}  # fmt: skip
    client.post(done.url.path, data=more)
    (after,) = kept(place).episodes
    assert after == Episode(
        id=written.id, start=written.start, muscles=("calf", "toes"), side="left", pain=7, duration_s=90, woke=True,
        activity="asleep", done="stretched it", relief_s=40, sore=False, note="as so often",
    )  # fmt: skip
    again = client.get(done.url.path).text
    assert 'name="pain" value="7" checked' in again
    assert 'name="duration_s.s" inputmode="numeric" maxlength="5" autocomplete="off" value="30"' in again


def test_the_same_tap_twice_is_one_cramp_and_another_place_is_another(client: TestClient, place: str) -> None:
    tap(client)
    tap(client)
    assert len(kept(place).episodes) == 1
    tap(client, "toes")
    assert sorted(e.muscles for e in kept(place).episodes) == [("calf",), ("toes",)]


def test_a_tap_on_a_page_left_open_since_yesterday_is_a_new_cramp(client: TestClient, place: str) -> None:
    old = datetime.now().astimezone().replace(microsecond=0) - timedelta(hours=20)
    put(place, Diary((Episode(id="0123456789ab", start=old, muscles=("calf",)),)))
    tap(client)
    assert len(kept(place).episodes) == 2


def test_an_unknown_place_is_refused(client: TestClient, place: str) -> None:
    assert tap(client, "tail").status_code == 400


def test_a_tap_can_be_undone(client: TestClient, place: str) -> None:
    address = tap(client).url.path
    assert client.post(f"{address}/remove").url.path == "/diary"
    assert client.post(f"{address}/remove").status_code == 200
    assert kept(place).episodes == ()
    assert client.get(address).status_code == 404


def test_places_of_ones_own_come_first(client: TestClient, place: str) -> None:
    put(place, diary_of([1, 1, 2], TODAY - timedelta(days=9), muscle="hand"))
    page = client.get("/diary").text
    assert re.findall(r'name="muscle" value="(\w+)"', page)[0] == "hand"


# --- other entries


def test_a_cramp_of_before_is_written_once_however_often_it_is_sent(client: TestClient, place: str) -> None:
    id_ = id_on(client.get("/diary/cramp").text)
    form = {"id": id_, "date": f"{TODAY - timedelta(days=3)}", "time": "3:10", "muscles": "toes"}
    client.post("/diary/cramp", data=form)
    client.post("/diary/cramp", data=form)
    (written,) = kept(place).episodes
    assert (written.start.hour, written.start.minute, written.muscles) == (3, 10, ("toes",))
    assert written.start.date() == TODAY - timedelta(days=3)


def test_every_fault_of_a_form_is_told_beside_its_field_and_nothing_is_written(client: TestClient, place: str) -> None:
    form = {"id": "0123456789ab", "date": f"{TODAY + timedelta(days=2)}", "time": "3:10", "duration_s.min": "long"}
    refused = client.post("/diary/cramp", data=form)
    assert refused.status_code == 422
    assert "This time lies ahead." in refused.text
    assert "Please type a number" in refused.text
    assert refused.text.count('class="wrong"') == 2
    assert client.post("/diary/cramp", data={"id": "0123456789ab"}).status_code == 422
    late = {"id": "0123456789ab", "date": f"{TODAY}", "time": "00:00", "relief_s.min": "9999", "pain": "11"}
    told = client.post("/diary/cramp", data=late)
    assert told.status_code == 422
    assert "This must lie between 0 and 10, not 11." in told.text
    assert 'value="9999"' in told.text
    assert kept(place).episodes == ()


def test_a_day_is_called_free_in_one_tap_and_a_cramp_takes_that_back(client: TestClient, place: str) -> None:
    yesterday = TODAY - timedelta(days=1)
    client.post("/diary/free", data={"day": yesterday.toordinal()})
    assert kept(place).by_day[yesterday].cramp_free
    form = {"id": "0123456789ab", "date": f"{yesterday}", "time": "22:10", "muscles": "calf"}
    client.post("/diary/cramp", data=form)
    assert not kept(place).by_day[yesterday].cramp_free
    client.post("/diary/free", data={"day": yesterday.toordinal()})
    assert not kept(place).by_day[yesterday].cramp_free
    assert client.post("/diary/free", data={"day": TODAY.toordinal() + 1}).status_code == 404
    assert client.post("/diary/free", data={"day": "x"}).status_code == 404


def test_a_day_can_be_written_changed_and_emptied(client: TestClient, place: str) -> None:
    day = TODAY - timedelta(days=2)
    address = f"/diary/day/{day.toordinal()}"
    client.post(
        address, data={"free": "yes", "sleep_h": "7,5", "heat": "yes", "alcohol_units": "0", "weakness": "a_bit"}
    )
    written = kept(place).by_day[day]
    assert (written.cramp_free, written.sleep_h, written.heat, written.alcohol_units) == (True, 7.5, True, 0)
    assert written.weakness == "a_bit"
    page = client.get(address).text
    assert 'name="free" value="yes" checked' in page
    assert 'value="7.5"' in page
    refused = client.post(address, data={"sleep_h": "30", "standing_h": "x"})
    assert refused.status_code == 422
    assert refused.text.count('class="wrong"') == 1
    assert client.post(address, data={"sleep_h": "30"}).text.count("must lie between 0 and 24") == 2
    assert kept(place).by_day[day] == written
    client.post(address, data={})
    assert kept(place).days == ()


def test_a_medicine_is_written_down_changed_and_taken_away(client: TestClient, place: str) -> None:
    id_ = id_on(client.get("/diary/medicines").text)
    form = {"id": id_, "name": "indapamide", "event": "started", "day": f"{TODAY}"}
    for _ in range(2):
        page = client.post("/diary/medicines", data=form)
    assert "indapamide, started" in page.text
    assert "Do not stop or change a prescribed medicine" in page.text
    client.post(f"/diary/medicines/{id_}", data={**form, "event": "stopped"})
    assert [m.event for m in kept(place).medicines] == ["stopped"]
    assert client.post("/diary/medicines", data={"id": id_}).status_code == 422
    client.post(f"/diary/medicines/{id_}/remove")
    assert kept(place).medicines == ()


def test_every_entry_can_be_reached_from_the_list(client: TestClient, place: str) -> None:
    diary = poisson_diary(0.8, 120, 1, TODAY - timedelta(days=121))
    put(place, diary)
    found: set[str] = set()
    page, number = client.get("/diary/entries/1").text, 1
    pages = int(re.findall(r"Page 1 of (\d+)", page)[0])
    assert pages > 2
    for number in range(1, pages + 1):
        found |= set(re.findall(r'href="/diary/cramp/([^"]+)"', client.get(f"/diary/entries/{number}").text))
    assert found == {e.id for e in diary.episodes}
    assert client.get(f"/diary/entries/{pages + 1}").status_code == 404


# --- what it says


def test_the_numbers_are_those_of_the_statistics_with_every_picture_as_a_table(client: TestClient, place: str) -> None:
    put(place, poisson_diary(0.8, 100, 2, TODAY - timedelta(days=101)))
    for address in ("/diary/numbers", "/diary/numbers/year", "/diary/numbers/all"):
        page = client.get(address).text
        assert "cramps a week" in page
        assert page.count("<svg") - page.count('aria-hidden="true"><path') == page.count("<caption>") == 3
        assert " style=" not in page
    assert client.get("/diary/numbers/decade").status_code == 404


def test_what_the_pictures_say_is_easy() -> None:
    diary = poisson_diary(0.8, 100, 2, TODAY - timedelta(days=101))
    days = tuple(replace(d, alcohol_units=float(i % 2)) for i, d in enumerate(diary.days))
    cramped = sorted({e.start.date() for e in diary.episodes})
    more = tuple(Day(day=d, alcohol_units=float(i % 2)) for i, d in enumerate(cramped))
    charts = [*diary_charts(summarise(BOOK, replace(diary, days=(*days, *more)), TODAY))]
    for verdict in RATIOS:
        trial = trial_diary(verdict)
        (record,) = trial.trials
        design = design_from(record.action, record.start, record.plan)
        charts += trial_charts(BOOK, analyse(BOOK.followup, design, record, trial, TODAY))
    assert {c.name for c in charts} == {"weeks", "hours", "calendar", "triggers", "blocks", "ratio"}
    texts = [t for c in charts for t in (c.title, c.told, *c.head)]
    assert [t for t in texts if longest(t) > 20] == []
    hard = [(round(grade(t, names()), 1), t) for t in texts if len(words(t)) >= 5 and grade(t, names()) > 6]
    assert hard == []


def test_a_change_by_another_program_shows_at_once(client: TestClient, place: str) -> None:
    put(place, diary_of([1, 0], TODAY - timedelta(days=4)))
    assert "1 cramp<" in client.get("/diary").text
    put(place, diary_of([0, 1, 1], TODAY - timedelta(days=3), muscle="toes"))
    assert "3 cramps<" in client.get("/diary").text


def test_a_diary_held_in_memory_is_the_one_on_the_disk_after_each_change(client: TestClient, place: str) -> None:
    put(place, poisson_diary(0.5, 30, 4, TODAY - timedelta(days=31)))
    free = next(d.day for d in kept(place).days)
    steps = [
        ("/diary/now", {"id": "0123456789ab", "muscle": "toes"}),
        ("/diary/cramp", {"id": "0123456789ac", "date": f"{free}", "time": "22:00", "muscles": "calf"}),
        ("/diary/cramp/0123456789ac", {"date": f"{TODAY - timedelta(days=2)}", "time": "22:00", "pain": "3"}),
        (f"/diary/day/{free.toordinal()}", {"sleep_h": "7"}),
        ("/diary/cramp/0123456789ac/remove", {}),
    ]
    for address, form in steps:
        client.get("/diary")
        assert client.post(address, data=form).status_code == 200
        assert client.get("/diary/diary.json").json() == diary_to_plain(kept(place)), address


def test_a_pattern_opens_the_check_again_with_its_questions(client: TestClient, place: str) -> None:
    put(place, diary_of([0, 1] * 50, TODAY - timedelta(days=110)))
    assert "Do the check now" not in client.get("/diary").text
    lately = diary_of([1, 1, 1], TODAY - timedelta(days=4), muscle="hand").episodes
    put(place, Diary(tuple(Episode(id=f"n{e.id}", start=e.start, muscles=e.muscles) for e in lately)))
    for address in ("/diary", "/diary/numbers"):
        page = client.get(address).text
        assert "Cramps in a new place" in page
        assert "Please do the check again." in page
    before = {"heading": "x", "q": "steadily_getting_worse", "a.steadily_getting_worse": "no", "do": "continue"}
    client.post("/check/1", data=before)
    asked = client.post("/diary/recheck")
    assert asked.url.path == "/check/2"
    pattern = next(p for p in BOOK.followup.patterns if p.id == "new_muscle")
    for finding in pattern.asks:
        assert html.escape(BOOK.findings[finding].ask, quote=False) in html.unescape(asked.text)
    assert 'value="no" checked' not in asked.text
    onward = client.post("/check/2", data={"heading": "x", "q": list(pattern.asks), "do": "rest_no"})
    assert onward.url.path == "/check/3"


def test_only_answers_that_are_ticked_go_into_the_check(client: TestClient, place: str) -> None:
    put(place, diary_of([1, 0, 1, 0, 2, 1, 0] * 4, TODAY - timedelta(days=29), hour=22))
    page = client.get("/diary/answers").text
    assert "Is it in the calf? Yes." in page
    assert " checked" not in page
    assert client.post("/diary/answers", data={}).url.path.startswith("/check/")
    assert "You have not answered anything" in client.get("/check/answers").text
    told = client.post("/diary/answers", data={"use": ["site_calf", "not_offered", "dark_urine"]})
    assert told.url.path == "/check/answers"
    assert told.text.count("<dt>") == 1
    assert BOOK.findings["site_calf"].short in told.text
    client.post("/diary/answers", data={"use": ["site_calf"]})
    assert client.get("/check/answers").text.count("<dt>") == 1


# --- out, in, away


@pytest.mark.parametrize("file", ["diary.json", "diary.csv", "diary-fhir.json"])
def test_what_is_saved_erased_and_read_back_is_the_same(client: TestClient, place: str, file: str) -> None:
    put(place, poisson_diary(0.5, 30, 3, TODAY - timedelta(days=31)))
    before = diary_to_plain(kept(place))
    saved = client.get(f"/diary/{file}")
    assert saved.headers["content-disposition"] == f'attachment; filename="{file}"'
    refused = client.post("/diary/erase", data={})
    assert refused.status_code == 422
    assert diary_to_plain(kept(place)) == before
    gone = client.post("/diary/erase", data={"sure": "yes"})
    assert "none is left" in gone.text
    assert not Path(place).exists()
    read = client.post("/diary/import", files={"file": (file, saved.content)})
    assert "entries were read" in read.text
    assert diary_to_plain(kept(place)) == before


def test_a_file_that_cannot_be_read_is_told_and_changes_nothing(client: TestClient, place: str) -> None:
    tap(client)
    bad = json.dumps({"format": "crampwise-diary", "version": 1, "episodes": [{"id": "a", "pain": 99}, {"x": 1}]})
    for name, content in (("d.json", bad), ("d.json", "{"), ("d.csv", "a,b"), ("d.json", b"\xff\xfe"), ("", "")):
        refused = client.post("/diary/import", files={"file": (name, content)} if name else None)
        assert refused.status_code == 422
        assert "Nothing was changed." in refused.text
    assert len(kept(place).episodes) == 1
    assert client.post("/diary/import", files={"file": ("d.json", b" " * 41_000_000)}).status_code == 413
    assert client.post("/diary/cramp", data={"note": "x" * 1_000_001}).status_code == 413


# --- whose it is


def test_two_people_on_one_machine_are_asked_who_it_is(client: TestClient, place: str) -> None:
    tap(client)
    assert client.post("/diary/people", data={"name": "Ada"}).url.path == "/diary"
    assert client.post("/diary/people", data={"name": "Ada"}).status_code == 422
    tap(client, "toes")
    assert [e.muscles for e in kept(place, "Ada").episodes] == [("toes",)]
    client.post("/diary/leave")
    asked = client.get("/diary")
    assert asked.url.path == "/diary/open"
    chosen = {n: i for i, n in re.findall(r'name="person" value="([^"]+)">([^<]+)<', asked.text)}
    assert sorted(chosen) == ["Ada", "me"]
    client.post("/diary/choose", data={"person": chosen["me"]})
    assert "1 cramp<" in client.get("/diary").text


@pytest.fixture
def locked(client: TestClient, place: str) -> TestClient:
    tap(client)
    store = open_store(place)
    store.set_passphrase("correct horse")
    store.close()
    return client


def test_a_locked_diary_asks_for_its_passphrase_and_loses_no_tap(locked: TestClient, place: str) -> None:
    for address in ("/diary", "/diary/numbers", "/diary/diary.json", "/diary/data"):
        asked = locked.get(address)
        assert asked.url.path == "/diary/open"
        assert "Passphrase" in asked.text
        assert "calf" not in asked.text.lower()
    waits = tap(locked, "toes")
    assert "will be written down as soon as you open it" in waits.text
    assert locked.post("/diary/unlock", data={"passphrase": "wrong"}).status_code == 422
    done = locked.post("/diary/unlock", data={"passphrase": "correct horse"})
    assert "Written down: Toes" in done.text
    store = open_store(place, "correct horse")
    assert sorted(e.muscles for e in store.diary(store.person("me")).episodes) == [("calf",), ("toes",)]
    store.close()
    locked.post("/diary/leave")
    assert locked.get("/diary").url.path == "/diary/open"


def test_two_places_tapped_while_locked_are_two_cramps_and_unlocking_twice_makes_no_more(
    locked: TestClient, place: str
) -> None:
    tap(locked, "calf")
    tap(locked, "neck")
    waiting = dict(locked.cookies)
    for _ in range(2):
        locked.cookies.update(waiting)
        assert locked.post("/diary/unlock", data={"passphrase": "correct horse"}).status_code == 200
    store = open_store(place, "correct horse")
    held = store.diary(store.people()[0]).episodes
    store.close()
    assert sorted(e.muscles for e in held) == [("calf",), ("calf",), ("neck",)]


def test_another_browser_does_not_get_through_an_unlocked_diary(locked: TestClient) -> None:
    locked.post("/diary/unlock", data={"passphrase": "correct horse"})
    assert locked.get("/diary").url.path == "/diary"
    locked.cookies.clear()
    assert locked.get("/diary").url.path == "/diary/open"
    assert "Cramp diary" not in locked.get("/report").text


SECRET = "s" * 40


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[TestClient, Settings]]:
    secret = tmp_path_factory.mktemp("hosted") / "secret"
    secret.write_text(SECRET)
    settings = Settings(
        host="0.0.0.0", allowed_hosts=("cramps.example",), proxies=("10.0.0.2",), secret_file=str(secret)
    )
    app = create_app(settings)
    with TestClient(app, base_url="https://cramps.example", raise_server_exceptions=False) as found:
        yield found, settings


@pytest.fixture
def hosted(site: tuple[TestClient, Settings], place: str) -> Iterator[TestClient]:
    found, settings = site
    found.cookies.clear()
    yield from with_store(found, replace(settings, store=place))


def begun(client: TestClient) -> str:
    page = client.post("/diary/begin", data={"offset": "60"})
    assert page.url.path == "/diary/data"
    return re.findall(r"<code>([a-z2-7-]{19})</code>", page.text)[0]


def test_hosted_nobody_sees_the_diary_of_another(hosted: TestClient, place: str) -> None:
    assert hosted.get("/diary").url.path == "/diary/open"
    first = begun(hosted)
    tap(hosted, "calf")
    hosted.cookies.clear()
    assert hosted.get("/diary/diary.json").url.path == "/diary/open"
    second = begun(hosted)
    assert first != second
    assert hosted.get("/diary/diary.json").json()["episodes"] == []
    ids = [p.id for p in people(place)]
    for address in ("/diary/choose", "/diary/people"):
        assert hosted.post(address, data={"person": ids[0], "name": "x"}).status_code == 404
    hosted.cookies.clear()
    assert hosted.post("/diary/code", data={"code": "aaaa-bbbb-cccc-dddd"}).status_code == 422
    assert hosted.post("/diary/code", data={"code": ""}).status_code == 422
    opened = hosted.post("/diary/code", data={"code": first.upper().replace("-", " "), "offset": "60"})
    assert opened.url.path == "/diary"
    assert len(hosted.get("/diary/diary.json").json()["episodes"]) == 1
    assert first.replace("-", "") not in Path(place).read_bytes().decode("latin-1")
    assert name_of_code(first) in [p.name for p in people(place)]


def test_hosted_the_clock_is_that_of_the_browser(hosted: TestClient) -> None:
    begun(hosted)
    hosted.post("/diary/now", data={"id": "0123456789ab", "muscle": "calf", "offset": "330"})
    (written,) = hosted.get("/diary/diary.json").json()["episodes"]
    start = datetime.fromisoformat(written["start"])
    assert start.utcoffset() == timedelta(minutes=330)
    assert abs(start - datetime.now().astimezone()) < timedelta(minutes=2)


def test_hosted_erasing_takes_ones_own_diary_only(hosted: TestClient, place: str) -> None:
    begun(hosted)
    hosted.cookies.clear()
    begun(hosted)
    hosted.post("/diary/erase", data={"sure": "yes"})
    assert len(people(place)) == 1
    assert COOKIE not in hosted.cookies


def people(place: str) -> Any:
    store = open_store(place)
    try:
        return store.people()
    finally:
        store.close()


def test_hosted_without_a_store_there_is_no_diary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CRAMPWISE_STORE")
    (tmp_path / "secret").write_text(SECRET)
    settings = Settings(host="0.0.0.0", allowed_hosts=("cramps.example",), secret_file=str(tmp_path / "secret"))
    with TestClient(create_app(settings), base_url="https://cramps.example") as client:
        for address in ("/diary", "/diary/open", "/diary/data"):
            assert client.get(address).status_code == 404
        assert 'href="/diary"' not in client.get("/").text
        assert client.get("/report").status_code == 200


def test_a_forged_cookie_is_nobody(client: TestClient, place: str) -> None:
    tap(client)
    client.post("/diary/people", data={"name": "Ada"})
    client.cookies.clear()
    client.cookies.set(COOKIE, json.dumps({"diary": {"person": people(place)[0].id}}))
    assert client.get("/diary").url.path == "/diary/open"
    assert Whose() == Whose()


def test_no_address_holds_what_was_written(client: TestClient) -> None:
    tap(client)
    client.post(
        "/diary/medicines", data={"id": "0123456789ab", "name": "indapamide", "event": "started", "day": f"{TODAY}"}
    )
    addresses = set()
    for page in (
        "/diary",
        "/diary/entries/1",
        "/diary/medicines",
        f"/diary/day/{diary_day(datetime.now(), HOUR).toordinal()}",
    ):
        addresses |= set(re.findall(r'(?:href|action)="([^"]+)"', client.get(page).text))
    assert not any(w in a.lower() for a in addresses for w in ("calf", "indapamide", f"{TODAY}"))
