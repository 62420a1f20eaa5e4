"""The check in a real browser: by touch, by keys alone, without JavaScript, back and forth, and twice."""

import re

import pytest
from playwright.sync_api import Browser, Page, expect

from crampwise.assess.engine import engine_of
from crampwise.book.book import rank
from crampwise.book.schema.common import LEVELS
from crampwise.interview.guide import guide_of
from tests.support.browser import Watched, opened
from tests.support.people import shipped, values_of
from tests.support.sessions import NIGHT, walked
from tests.support.walker import Walker, level_shown

BOOK = shipped()
ENGINE = engine_of(BOOK)


def one_of_each_level() -> list:
    own = [f for f in BOOK.red_flags.values() if f.answerable == "patient"]
    return [next(f for f in own if f.level == level) for level in LEVELS]


def answer(page: Page, walker: Walker) -> None:
    """Answer everything on one page by touching it, as the walker would over HTTP."""
    fields = walker.fields(page.content())
    for name, value in fields:
        field = page.locator(f'[name="{name}"]')
        if name.startswith("a.") and field.count() > 1:
            page.locator(f'[name="{name}"][value="{value}"]').check()
        elif name.startswith("a."):
            field.fill(value)
    page.locator(f'button[value="{fields[1][1]}"]').click()


@pytest.mark.parametrize("flag", one_of_each_level(), ids=LEVELS)
def test_a_red_flag_of_each_urgency_reaches_it(window: Watched, flag) -> None:
    walker = Walker(ENGINE, values_of(BOOK, flag.examples.fires[0]))
    page = window.page
    page.goto("/check")
    for _ in range(40):
        if not re.search(r"/check/\d+$", page.url):
            break
        answer(page, walker)
    if flag.level == "emergency_now":
        expect(page).to_have_url(re.compile("/check/emergency$"))
        expect(page.locator("h1")).to_contain_text("Get help now")
        expect(page.locator("a.guess")).to_have_attribute("href", "tel:999")
    page.goto("/result")
    expect(page.locator("h1")).to_be_visible()
    assert rank(level_shown(page.content())) >= rank(flag.level)
    assert flag.level == "self_care" or flag.title in page.content().replace("&amp;", "&")


def test_keys_alone_are_enough(window: Watched) -> None:
    page = window.page
    page.goto("/check")
    page.keyboard.press("Tab")
    expect(page.locator(":focus")).to_have_text("Skip to the content")
    page.keyboard.press("Enter")
    seen: list[str] = []
    for _ in range(60):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.type") == "radio":
            name = page.evaluate("document.activeElement.name")
            page.keyboard.press("ArrowRight")
            seen.append(name)
        if page.evaluate("document.activeElement.value") == "continue":
            break
    questions = [f"a.{i.id}" for i in BOOK.emergency_screen.screens[0].items]
    assert seen == questions
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("/check/2$"))


def test_letters_answer_and_lead_on(window: Watched) -> None:
    page = window.page
    page.goto("/check")
    first, second, *_ = BOOK.emergency_screen.screens[0].items
    page.locator(f'[name="a.{first.id}"]').first.focus()
    page.keyboard.press("n")
    assert page.locator(f'[name="a.{first.id}"][value=no]').is_checked()
    assert page.evaluate("document.activeElement.name") == f"a.{second.id}"


def test_the_urgency_moves_while_answers_are_chosen(window: Watched) -> None:
    page = window.page
    page.goto("/check")
    before = page.inner_text("#bound")
    item = next(i for i in BOOK.emergency_screen.screens[0].items if i.findings == ("stroke_signs_sudden",))
    page.locator(f'[name="a.{item.id}"][value=yes]').check()
    expect(page.locator("#bound")).not_to_have_text(before)
    expect(page.locator("#bound")).to_contain_text("Emergency")


def test_the_whole_check_works_without_javascript(chromium: Browser, site: str) -> None:
    with opened(chromium, site, java_script_enabled=False) as window:
        page = window.page
        page.goto("/check")
        walker = Walker(ENGINE, values_of(BOOK, NIGHT))
        for _ in range(40):
            if not re.search(r"/check/\d+$", page.url):
                break
            answer(page, walker)
        expect(page).to_have_url(re.compile("/result$"))
        page.locator(".mark").first.click()
        expect(page.locator(".evidence > li:target .refs")).to_be_visible()
        page.goto("/result/changes")
        assert page.locator("#turns").inner_text().strip()


def test_one_tap_leads_from_a_sentence_to_claim_source_date_and_strength(chromium: Browser, site: str) -> None:
    with opened(chromium, site) as window:
        page = window.page
        window.context.add_cookies(walked(site, NIGHT))
        page.goto("/result")
        marks = page.locator(".mark:visible")
        assert marks.count() >= 5
        marks.nth(1).click()
        sheet = page.locator(".evidence > li:target")
        expect(sheet).to_be_visible()
        assert sheet.locator(".origin").first.inner_text().strip()
        assert re.search(r"read|opened|opinion|second hand", sheet.locator(".strength").first.inner_text())
        page.keyboard.press("Escape")
        expect(sheet).to_have_count(0)


def test_back_shows_what_was_said_and_changing_it_keeps_the_rest(window: Watched) -> None:
    page = window.page
    page.goto("/check")
    page.locator('button[value="rest_no"]').click()
    expect(page).to_have_url(re.compile("/check/2$"))
    page.locator('button[value="rest_no"]').click()
    expect(page).to_have_url(re.compile("/check/3$"))
    page.go_back()
    page.go_back()
    expect(page).to_have_url(re.compile("/check/1$"))
    first = BOOK.emergency_screen.screens[0].items[0]
    assert page.locator(f'[name="a.{first.id}"][value=no]').is_checked()
    page.locator(f'[name="a.{first.id}"][value=not_sure]').check()
    page.locator('button[value="continue"]').click()
    expect(page).to_have_url(re.compile(r"/check/\d+$"))
    page.goto("/check/2")
    assert page.locator("input[value=no]:checked").count() == len(BOOK.emergency_screen.screens[1].items)


def test_sending_twice_changes_nothing(window: Watched) -> None:
    page = window.page
    page.goto("/check")
    page.evaluate("""() => {
        const button = document.querySelector('button[value=rest_no]');
        button.click(); button.click();
    }""")
    expect(page).to_have_url(re.compile("/check/2$"))
    page.goto("/check/answers")
    assert page.locator(".told > div").count() == len(BOOK.emergency_screen.screens[0].items)


def test_kept_answers_are_there_after_the_browser_was_closed(chromium: Browser, site: str) -> None:
    with opened(chromium, site) as window:
        window.page.goto("/check")
        window.page.locator('button[value="rest_no"]').click()
        window.page.goto("/check/answers")
        window.page.get_by_role("button", name="Keep them for").click()
        left = window.context.storage_state()
    assert all(c["expires"] > 0 for c in left["cookies"])
    with opened(chromium, site, storage_state=left) as window:
        window.page.goto("/")
        window.page.get_by_text("Go on with my check").click()
        expect(window.page).to_have_url(re.compile("/check/2$"))
        window.page.goto("/check/answers")
        window.page.get_by_role("button", name="Delete my answers").click()
        assert window.context.cookies() == []


def test_answers_that_are_not_kept_go_with_the_browser(window: Watched) -> None:
    window.page.goto("/check")
    window.page.locator('button[value="rest_no"]').click()
    assert [c["expires"] for c in window.context.cookies()] == [-1]


def test_a_misspelt_medicine_is_put_right_and_an_unknown_one_stays(chromium: Browser, site: str) -> None:
    with opened(chromium, site) as window:
        page = window.page
        window.context.add_cookies(walked(site, NIGHT, 3))
        page.goto("/check")
        page.locator("textarea").fill("simvastatiin\nfoobarol")
        page.locator('[name="a.age_years"]').fill("62")
        page.locator('[name="a.sex_at_birth"][value=male]').check()
        page.locator('[name="a.pregnant"][value=no]').check() if page.locator('[name="a.pregnant"]').count() else None
        page.locator('button[value="continue"]').click()
        page.get_by_role("button", name="I mean simvastatin").click()
        expect(page.locator("textarea")).to_have_value("simvastatin\nfoobarol")
        page.locator('button[value="continue"]').click()
        expect(page).not_to_have_url(re.compile("/check/4$"))
        page.goto("/report")
        assert "foobarol: not recognised" in page.inner_text("main")


def test_what_is_missing_is_said_beside_each_question(window: Watched) -> None:
    window.page.goto("/check")
    window.page.locator('button[value="continue"]').click()
    box = window.page.locator("#problems")
    expect(box).to_be_visible()
    assert box.locator("li").count() == len(BOOK.emergency_screen.screens[0].items)
    box.locator("a").nth(3).click()
    assert window.page.url.endswith(f"#q-{BOOK.emergency_screen.screens[0].items[3].id}")


def test_nothing_moves_for_those_who_ask_for_that(chromium: Browser, site: str) -> None:
    with opened(chromium, site, reduced_motion="reduce") as window:
        for path in ("/", "/check", "/result"):
            window.page.goto(path)
            assert window.page.evaluate("document.getAnimations().length") == 0


def test_everyday_words_find_their_page(window: Watched) -> None:
    window.page.goto("/library")
    window.page.get_by_label("Look for").fill("charley horse")
    window.page.get_by_role("button", name="Search").click()
    expect(window.page).to_have_url(re.compile("/library/search$"))
    window.page.locator(".hits a").first.click()
    expect(window.page.locator("h1")).to_have_text("Charley horse")


def test_the_walker_knows_every_grouped_question() -> None:
    assert {i.id for s in BOOK.emergency_screen.screens for i in s.items} <= guide_of(ENGINE).items.keys()
