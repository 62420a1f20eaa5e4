"""The diary and the trials in a real browser: one thumb at night, no script, twice, back; every state for everyone."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from crampwise.edges.store.store import open_store
from crampwise.edges.web.settings import Settings
from crampwise.followup.design import Design, blocks_of, plan_of
from crampwise.followup.records import Day, Diary, MedicineChange, TrialRecord
from tests.support.accessible import judge
from tests.support.browser import opened
from tests.support.diaries import diary_of, poisson_diary, trial_diary
from tests.support.server import running
from tests.support.sessions import NIGHT, walked

TODAY = date.today()
NUMBER = TODAY.toordinal() - 1
PHONE = {"width": 320, "height": 568}
PASSPHRASE = "correct horse"


@dataclass(frozen=True)
class Kept:
    """A site with a store that each test fills anew."""

    site: str
    place: Path

    def put(self, diary: Diary, passphrase: str | None = None) -> None:
        self.place.unlink(missing_ok=True)
        store = open_store(str(self.place), passphrase)
        store.merge(store.add_person("me"), diary, 8)
        store.close()

    def read(self) -> Diary:
        store = open_store(str(self.place))
        try:
            return store.diary(store.person("me"))
        finally:
            store.close()


@pytest.fixture(scope="module")
def keeping(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Kept]:
    place = tmp_path_factory.mktemp("diary") / "diary.sqlite"
    with running(Settings(store=str(place))) as site:
        yield Kept(site, place)


def full() -> Diary:
    diary = poisson_diary(0.8, 120, 1, TODAY - timedelta(days=121))
    context = {d.day: replace(d, alcohol_units=float(i % 2), sleep_h=7.0) for i, d in enumerate(diary.days)}
    cramped = sorted({e.start.date() for e in diary.episodes} - set(context))
    more = (Day(day=d, alcohol_units=float(i % 2)) for i, d in enumerate(cramped))
    change = MedicineChange(id="m1", day=TODAY - timedelta(days=40), name="indapamide", event="started")
    lately = tuple(replace(e, id=f"n{i}", muscles=("hand",)) for i, e in enumerate(diary.episodes[-3:]))
    days = tuple(sorted((*context.values(), *more), key=lambda d: d.day))
    return Diary((*diary.episodes, *lately), days, (change,))


def trial_running() -> Diary:
    start = TODAY - timedelta(days=10)
    plan = Design("i_bedclothes", start, 1, blocks_of(start, 1, 3, 7, 0), 5, 0.8, 0.03, 0.5, 0.75, 0.97, "0")
    kept = {TODAY - timedelta(days=1): True}
    record = TrialRecord(id="t1", action="i_bedclothes", start=start, plan=plan_of(plan), kept=kept)
    return replace(poisson_diary(0.8, 60, 1, TODAY - timedelta(days=61)), trials=(record,))


def tapped(page: Page) -> None:
    page.goto("/diary")
    page.locator("button[name=muscle]").first.click()
    page.wait_for_url("**/diary/cramp/*")


def faulty(page: Page) -> None:
    page.goto("/diary/cramp")
    page.fill("[name='duration_s.min']", "long")
    page.click("text=Save")
    page.wait_for_selector("#problems")


def planned(page: Page) -> None:
    page.goto("/trial/new")
    page.click("button[value=i_bedclothes]")
    page.wait_for_url("**/trial/plan")


def wrong(page: Page) -> None:
    page.goto("/diary")
    page.fill("#passphrase", "wrong")
    page.click("text=Open it")
    page.wait_for_selector("#problems")


def erased(page: Page) -> None:
    page.goto("/diary/data")
    page.check("[name=sure]", force=True)
    page.click("button:text-is('Erase')")
    page.wait_for_selector("h1:has-text('gone')")


Reach = str | Callable[[Page], None]
STATES: dict[str, tuple[Callable[[], Diary], tuple[Reach, ...]]] = {
    "empty": (Diary, ("/diary", "/diary/numbers", "/diary/answers", "/diary/entries/1", "/trial")),
    "full": (
        full,
        ("/diary", "/diary/numbers/all", "/diary/entries/1", f"/diary/day/{NUMBER}", "/diary/medicines",
         "/diary/medicines/m1", "/diary/data", "/diary/answers", "/trial/new", "/report", tapped, faulty, erased),
    ),
    "calm": (lambda: poisson_diary(0.8, 60, 1, TODAY - timedelta(days=61)), ("/trial", "/trial/new", planned)),
    "in a trial": (trial_running, ("/trial", "/trial/t1")),
    "it works": (lambda: trial_diary("works"), ("/trial", "/trial/t1")),
    "it does not": (lambda: trial_diary("no_benefit"), ("/trial/t1",)),
    "it cannot tell": (lambda: trial_diary("cannot_tell"), ("/trial/t1",)),
}  # fmt: skip
ROUTES = [(state, reach) for state, (_, reaches) in STATES.items() for reach in reaches]


def named(value: object) -> str:
    return getattr(value, "__name__", str(value))


@pytest.mark.parametrize(("state", "reach"), ROUTES, ids=[f"{s}-{named(r)}" for s, r in ROUTES])
def test_it_can_be_read_and_used_by_everyone(chromium: Browser, keeping: Kept, state: str, reach: Reach) -> None:
    keeping.put(STATES[state][0]())
    with opened(chromium, keeping.site, reduced_motion="reduce") as window:
        if state == "calm":
            window.context.add_cookies(walked(keeping.site, NIGHT))
        if callable(reach):
            reach(window.page)
        else:
            window.page.goto(reach, wait_until="load")
        judge(window.page)


@pytest.mark.parametrize("reach", ["/diary", wrong], ids=named)
def test_a_locked_diary_can_be_opened_by_everyone(chromium: Browser, keeping: Kept, reach: Reach) -> None:
    keeping.put(full(), PASSPHRASE)
    with opened(chromium, keeping.site, reduced_motion="reduce") as window:
        if callable(reach):
            reach(window.page)
        else:
            window.page.goto(reach)
        judge(window.page)


# --- at night, with one thumb


def test_the_first_place_is_under_the_thumb_and_one_tap_is_enough(chromium: Browser, keeping: Kept) -> None:
    keeping.put(diary_of([1, 2, 1], TODAY - timedelta(days=5), muscle="foot_arch"))
    with opened(chromium, keeping.site, viewport=PHONE, has_touch=True) as window:
        page = window.page
        page.goto("/diary")
        button = page.locator("button[name=muscle]").first
        assert button.inner_text() == "Sole of the foot"
        box = button.bounding_box()
        assert box and box["y"] + box["height"] <= PHONE["height"]
        assert box["width"] >= 120 and box["height"] >= 64
        button.tap()
        page.wait_for_url("**/diary/cramp/*")
        assert "Written down" in page.locator("h1").inner_text()
        done = page.get_by_role("link", name="Done").bounding_box()
        assert done and done["y"] + done["height"] <= PHONE["height"]
    assert len(keeping.read().episodes) == 5


def test_two_quick_taps_are_one_cramp(chromium: Browser, keeping: Kept) -> None:
    keeping.put(Diary())
    with opened(chromium, keeping.site, viewport=PHONE) as window:
        window.page.goto("/diary")
        window.page.locator("button[name=muscle]").first.dblclick()
        window.page.wait_for_url("**/diary/cramp/*")
    assert len(keeping.read().episodes) == 1


def test_going_back_and_tapping_another_place_is_another_cramp(chromium: Browser, keeping: Kept) -> None:
    keeping.put(Diary())
    with opened(chromium, keeping.site, viewport=PHONE) as window:
        page = window.page
        tapped(page)
        page.go_back()
        page.click("button[value=toes]")
        page.wait_for_url("**/diary/cramp/*")
    assert sorted(e.muscles for e in keeping.read().episodes) == [("calf",), ("toes",)]


@pytest.mark.parametrize("script", [True, False], ids=["script", "no script"])
def test_a_cramp_a_day_and_a_medicine_are_written_down(chromium: Browser, keeping: Kept, script: bool) -> None:
    keeping.put(Diary())
    with opened(chromium, keeping.site, viewport=PHONE, java_script_enabled=script) as window:
        page = window.page
        tapped(page)
        page.locator("#f-pain label", has_text="7").click()
        page.fill("[name='duration_s.min']", "2")
        page.locator("#f-woke label", has_text="Yes").click()
        page.click("text=Save")
        page.wait_for_url("**/diary")
        page.locator("button:has-text('No cramp')").first.click()
        page.wait_for_url("**/diary")
        page.click("text=My medicines")
        page.fill("#f-name", "indapamide")
        page.locator("#f-event label", has_text="Started").click()
        page.click("text=Save")
        page.wait_for_selector("text=indapamide, started")
    kept = keeping.read()
    (cramp,) = kept.episodes
    assert (cramp.pain, cramp.duration_s, cramp.woke) == (7, 120, True)
    assert [d.cramp_free for d in kept.days] == [True]
    assert [m.event for m in kept.medicines] == ["started"]


def test_a_trial_is_set_up_and_kept_without_a_script(chromium: Browser, keeping: Kept) -> None:
    keeping.put(poisson_diary(0.8, 60, 1, TODAY - timedelta(days=61)))
    with opened(chromium, keeping.site, viewport=PHONE, java_script_enabled=False) as window:
        page = window.page
        window.context.add_cookies(walked(keeping.site, NIGHT))
        planned(page)
        assert "to see them halved" in page.locator("main").inner_text()
        page.click("button:has-text('Start on')")
        page.wait_for_url("**/trial/*")
        assert "It begins on" in page.locator("main").inner_text()
    (record,) = keeping.read().trials
    assert record.start == TODAY + timedelta(days=1)
    started = replace(record, start=TODAY - timedelta(days=1))
    keeping.put(Diary(trials=(started,)))
    with opened(chromium, keeping.site, viewport=PHONE, java_script_enabled=False) as window:
        window.page.goto(f"/trial/{record.id}")
        window.page.locator("button[value=yes]").first.click()
        window.page.wait_for_selector("[aria-pressed=true]")
    assert keeping.read().trials[0].kept == {TODAY: True}


def test_the_keyboard_alone_writes_a_cramp_down(chromium: Browser, keeping: Kept) -> None:
    keeping.put(Diary())
    with opened(chromium, keeping.site) as window:
        page = window.page
        page.goto("/diary")
        for _ in range(30):
            page.keyboard.press("Tab")
            if page.evaluate("document.activeElement.name") == "muscle":
                break
        page.keyboard.press("Enter")
        page.wait_for_url("**/diary/cramp/*")
    assert len(keeping.read().episodes) == 1


def test_a_copy_is_saved_and_read_back(chromium: Browser, keeping: Kept, tmp_path: Path) -> None:
    keeping.put(full())
    before = keeping.read()
    with opened(chromium, keeping.site) as window:
        page = window.page
        page.goto("/diary/data")
        with page.expect_download() as saving:
            page.click("text=To keep (JSON)")
        saving.value.save_as(tmp_path / "diary.json")
        erased(page)
        page.goto("/diary/data")
        page.set_input_files("#file", tmp_path / "diary.json")
        page.click("button:text-is('Read it')")
        page.wait_for_selector("[role=status]")
    assert keeping.read() == before
