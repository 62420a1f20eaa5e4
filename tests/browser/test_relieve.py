"""Relieve now in a real browser: by pointing, by keys alone, without scripts, and with the server gone."""

import re
from collections.abc import Iterator
from contextlib import ExitStack

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from crampwise.book.compile import open_book
from crampwise.relieve.choice import stretches_for
from tests.support.browser import Watched, opened
from tests.support.server import running

BOOK = open_book()
CALF = "/relieve/s_calf_wall"
SIDE_S = 5 + 4 * 30 + 3 * 10
"""The wall stretch on one side: getting ready, four holds, three rests between."""
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


def answer(page: Page, *said: str) -> None:
    for i, value in enumerate(said):
        page.locator(f"#g{i} .option.{value}").click()
    page.get_by_role("button", name="Go on").click()


def cleared(page: Page, address: str = CALF) -> None:
    page.goto(address)
    answer(page, "no", "no", "no")


def test_the_map_and_the_list_offer_the_same(window: Watched) -> None:
    page = window.page
    page.goto("/relieve")
    listed = page.locator(".places a")
    spots = page.locator(".bodymap a")
    wanted = {f"/relieve/{stretches_for(BOOK, m)[0].id}" for m in BOOK.muscles.values()}
    assert {a.get_attribute("href") for a in listed.all()} == wanted
    assert {a.get_attribute("href") for a in spots.all()} == wanted
    names = " ".join(listed.all_inner_texts())
    assert all(m.title in names for m in BOOK.muscles.values())
    assert min((a.bounding_box() or {"height": 0})["height"] for a in listed.all()) >= 44
    shin = page.locator(".bodymap a", has=page.locator("title", has_text=re.compile("^Shin$")))
    box = shin.locator("path").bounding_box()
    assert box is not None
    page.mouse.click(box["x"] + box["width"] * 0.2, box["y"] + box["height"] * 0.4)
    expect(page).to_have_url(re.compile("/relieve/s_shin$"))


@pytest.mark.parametrize("width", [320, 390, 1280])
def test_every_spot_of_the_map_is_large_enough_to_tap_and_leads_to_its_own_muscle(
    chromium: Browser, site: str, width: int
) -> None:
    with opened(chromium, site, viewport={"width": width, "height": 800}) as window:
        window.page.goto("/relieve")
        found = window.page.evaluate("""() => [...document.querySelectorAll(".bodymap a:has(title)")].map((a) => {
            const address = a.getAttribute("href"), svg = a.closest("svg");
            svg.scrollIntoView({ block: "center" });
            const scale = svg.getScreenCTM();
            const halves = [...svg.querySelectorAll(`a[href='${address}'] path`)].flatMap((path) =>
                path.getAttribute("d").split("M").filter(Boolean).map((half) =>
                    half.replace("Z", "").split("L").map((p) => new DOMPoint(...p.split(" ")).matrixTransform(scale))));
            const span = (points, axis) =>
                Math.max(...points.map((p) => p[axis])) - Math.min(...points.map((p) => p[axis]));
            const mean = (points, axis) => points.reduce((sum, p) => sum + p[axis], 0) / points.length;
            const spot = halves.at(-1);
            a.scrollIntoView({ block: "center" });
            const moved = svg.getScreenCTM().f - scale.f;
            const hit = document.elementFromPoint(mean(spot, "x"), mean(spot, "y") + moved);
            return {
                name: a.textContent.trim(), address, hit: hit?.closest("a")?.getAttribute("href"),
                wide: Math.max(...halves.map((h) => span(h, "x"))), high: Math.max(...halves.map((h) => span(h, "y"))),
            };
        })""")
        assert len(found) == len(BOOK.muscles)
        assert [f for f in found if min(f["wide"], f["high"]) < 44] == []
        assert [f for f in found if f["hit"] != f["address"]] == []


def test_a_link_at_the_top_leads_to_the_timer(chromium: Browser, site: str) -> None:
    with opened(chromium, site, viewport={"width": 320, "height": 800}) as window:
        page = window.page
        cleared(page, "/relieve/s_calf_foot_pull")
        link = page.get_by_role("link", name="To the timer")
        expect(link).to_be_in_viewport()
        link.click()
        expect(page.get_by_role("button", name="Start")).to_be_in_viewport()


def test_no_three_times_leads_to_the_stretch_with_both_pictures(window: Watched) -> None:
    page = window.page
    cleared(page)
    stretch = BOOK.stretches["s_calf_wall"]
    expect(page.get_by_role("heading", level=1)).to_have_text(stretch.title)
    for state in ("start", "stretch"):
        expect(page.get_by_role("img", name=f"{stretch.title}: {state}")).to_be_visible()
    text = page.locator("main").inner_text()
    assert all(line in text for line in (stretch.start, *stretch.steps, stretch.feel, stretch.stop))
    assert all(line in text for line in BOOK.words.safety_net)
    assert "s_calf_wall" in page.url
    assert "?" not in page.url


def test_a_yes_is_asked_apart_and_stops(window: Watched) -> None:
    page = window.page
    asked_apart(page, CALF, "leg_red_or_warm")
    expect(page.get_by_role("heading", level=1)).to_have_text("Do not do this stretch")
    assert page.locator("#timer").count() == 0
    page.get_by_role("button", name="Answer again").click()
    expect(page.locator("fieldset")).to_have_count(3)


def asked_apart(page: Page, address: str, finding: str) -> None:
    """Say yes to one thing and no to all the others."""
    ask = BOOK.findings[finding].ask
    page.goto(address)
    answer(page, *("yes" if ask in page.locator(f"#g{i}").inner_text() else "no" for i in range(3)))
    answer(page, *("yes" if text == ask else "no" for text in page.locator("legend").all_inner_texts()))


def test_a_danger_sign_of_which_no_more_is_known_may_be_an_emergency(window: Watched) -> None:
    page = window.page
    asked_apart(page, "/relieve/s_hand", "chest_pain")
    expect(page.locator("#danger")).to_contain_text("could still be")
    expect(page.get_by_role("link", name="Are you in the United Kingdom? Then call 999")).to_be_visible()
    page.get_by_role("link", name="Answer more, to be sure").click()
    expect(page).to_have_url(re.compile("/check/1$"))


def test_an_emergency_is_unmistakable(window: Watched) -> None:
    page = window.page
    asked_apart(page, "/relieve/s_jaw", "tearing_chest_or_back_pain")
    expect(page.locator("body")).to_have_class("alarm")
    expect(page.get_by_role("link", name="Are you in the United Kingdom? Then call 999")).to_be_visible()
    assert page.locator("#timer").count() == 0


def test_an_answer_left_out_is_asked_for(window: Watched) -> None:
    page = window.page
    page.goto(CALF)
    answer(page, "no")
    expect(page.get_by_role("alert")).to_contain_text("Question 2")
    expect(page.locator("#g0 input[value=no]")).to_be_checked()
    page.reload()
    expect(page.locator("#g0 input[value=no]")).to_be_checked()


def test_back_and_a_second_sending_are_harmless(window: Watched) -> None:
    page = window.page
    cleared(page)
    page.go_back()
    page.go_forward()
    expect(page.locator("#timer")).to_be_visible()
    page.reload()
    expect(page.locator("#timer")).to_be_visible()


def timed(page: Page) -> None:
    page.clock.install()
    cleared(page)
    page.get_by_role("button", name="Start").click()


def test_the_timer_goes_through_holds_rests_and_sides(window: Watched) -> None:
    page = window.page
    timed(page)
    phase, big = page.locator("#phase"), page.locator("#big")
    expect(phase).to_have_text("Get ready. Left side.")
    page.clock.run_for(6000)
    expect(phase).to_have_text("Hold 30 seconds. Left side, 1 of 4.")
    expect(page.locator("#counts")).to_have_text("Left side, 1 of 4.")
    assert 28 <= int(big.inner_text()) <= 29
    page.clock.run_for(30_000)
    expect(phase).to_have_text("Rest 10 seconds.")
    page.clock.run_for((SIDE_S - 36 + 6) * 1000)
    expect(phase).to_have_text("Hold 30 seconds. Right side, 1 of 4.")


def test_the_timer_is_right_after_the_device_slept(window: Watched) -> None:
    page = window.page
    timed(page)
    page.clock.fast_forward((SIDE_S + 5 + 30 + 3) * 1000)
    expect(page.locator("#phase")).to_have_text("Rest 10 seconds.")
    assert 6 <= int(page.locator("#big").inner_text()) <= 7
    page.clock.fast_forward(SIDE_S * 1000)
    expect(page.locator("#phase")).to_have_text("Done. Well done.")
    expect(page.get_by_role("button", name="Start again")).to_be_focused()


def test_pause_next_and_stop(window: Watched) -> None:
    page = window.page
    timed(page)
    page.get_by_role("button", name="Next part").click()
    expect(page.locator("#phase")).to_have_text("Hold 30 seconds. Left side, 1 of 4.")
    page.clock.run_for(10_000)
    page.get_by_role("button", name="Pause").click()
    page.clock.run_for(60_000)
    page.get_by_role("button", name="Go on").click()
    assert 19 <= int(page.locator("#big").inner_text()) <= 21
    page.get_by_role("button", name="Stop", exact=True).click()
    expect(page.locator("#phase")).to_have_text("Stopped.")
    page.clock.run_for(60_000)
    expect(page.locator("#phase")).to_have_text("Stopped.")


def test_cues_are_off_until_chosen_and_a_voice_from_elsewhere_is_not_used(window: Watched) -> None:
    window.context.add_init_script("""
        window.buzzed = 0; window.spoken = [];
        navigator.vibrate = () => { window.buzzed += 1; return true; };
        const voices = [{ name: "far", localService: false }, { name: "near", localService: true }];
        for (const voice of voices) voice.lang = "en-GB";
        window.SpeechSynthesisUtterance = class { constructor(text) { this.text = text; } };
        Object.defineProperty(window, "speechSynthesis", { value: {
            getVoices: () => voices, addEventListener() {}, cancel() {},
            speak: (said) => window.spoken.push([said.voice.name, said.text]),
        } });
    """)
    page = window.page
    timed(page)
    assert page.evaluate("[buzzed, spoken.length]") == [0, 0]
    page.get_by_label("Buzz at each part").check()
    page.get_by_label("Say each part aloud").check()
    page.get_by_role("button", name="Next part").click()
    assert page.evaluate("buzzed") == 1
    assert page.evaluate("spoken") == [["near", "Hold 30 seconds. Left side, 1 of 4."]]


def test_by_keys_alone(window: Watched) -> None:
    page = window.page
    page.goto("/relieve")

    def tab_to(wanted: str) -> None:
        for _ in range(60):
            page.keyboard.press("Tab")
            if page.evaluate(f"document.activeElement.matches({wanted!r})"):
                return
        raise AssertionError(f"{wanted} cannot be reached by keys")

    tab_to(".places a[href='/relieve/s_calf_foot_pull']")
    page.keyboard.press("Enter")
    page.wait_for_selector("#g0")
    for i in range(3):
        tab_to(f"input[name='g{i}']")
        page.keyboard.press("ArrowRight")
        expect(page.locator(f"#g{i} input[value=no]")).to_be_checked()
    tab_to("main form button")
    page.keyboard.press("Enter")
    page.wait_for_selector("#timer:not([hidden])")
    tab_to("#go")
    page.keyboard.press("Enter")
    expect(page.locator("#phase")).to_have_text("Get ready. The sore side.")


def test_without_scripts_the_page_says_what_to_count(chromium: Browser, site: str) -> None:
    with opened(chromium, site, java_script_enabled=False) as window:
        page = window.page
        page.goto("/")
        page.get_by_role("link", name=re.compile("I have a cramp now")).click()
        page.locator(".places a", has_text="Shin").click()
        answer(page, "no", "no", "no")
        expect(page.get_by_role("heading", level=1)).to_have_text("Front of shin")
        expect(page.locator("#timer")).to_be_hidden()
        expect(page.locator("#parts")).to_be_visible()
        lines = page.locator("#parts li").all_inner_texts()
        assert lines.count("Rest 10 seconds.") == 4
        assert sum(line.startswith("Hold 20 seconds.") for line in lines) == 6


def prepared(page: Page) -> None:
    """Go to the first page and wait until everything is kept."""
    page.goto("/")
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    page.wait_for_function(
        "async () => { const [name] = await caches.keys(); const store = name && await caches.open(name);"
        " return store && (await store.keys()).length > 50 && !!navigator.serviceWorker.controller; }"
    )


@pytest.fixture
def kept(chromium: Browser) -> Iterator[Watched]:
    """A window that was on the first page once, and whose server has gone since."""
    with running() as address:
        window = opened(chromium, address)
        watched = window.__enter__()
        prepared(watched.page)
    yield watched
    window.__exit__(None, None, None)


@pytest.mark.parametrize("said", [("yes", "yes", "no"), ("not_sure", "no", "no")])
def test_no_to_what_is_left_does_not_lead_to_a_stretch_when_the_server_goes_half_way(
    chromium: Browser, said: tuple[str, ...]
) -> None:
    """Only part of the questions is on the page then; what was said before is not known without the server."""
    with ExitStack() as server, opened(chromium, server.enter_context(running())) as window:
        page = window.page
        prepared(page)
        page.goto(CALF)
        answer(page, *said)
        left = page.locator("legend").count()
        assert left > 3
        server.close()
        answer(page, *["no"] * left)
        expect(page.get_by_role("heading", level=1)).to_have_text("Before you stretch")
        expect(page).to_have_url(re.compile(f"{CALF}$"))
        expect(page.locator("fieldset")).to_have_count(3)
        answer(page, "no", "no", "no")
        expect(page.locator("#timer")).to_be_visible()


def test_the_whole_stretch_works_with_the_server_gone(kept: Watched) -> None:
    page = kept.page
    page.clock.install()
    page.goto("/")
    page.get_by_role("link", name=re.compile("I have a cramp now")).click()
    page.locator(".places a", has_text="Shin").click()
    answer(page, "no", "no", "no")
    expect(page.get_by_role("heading", level=1)).to_have_text("Front of shin")
    expect(page.get_by_role("img", name="Front of shin: stretch")).to_be_visible()
    page.get_by_role("button", name="Start").click()
    page.clock.run_for(6000)
    expect(page.locator("#phase")).to_have_text("Hold 20 seconds. Left side, 1 of 3.")
    sound(page, 390)
    page.get_by_role("link", name="Another place").first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Where is the cramp?")


@pytest.mark.parametrize("said", ["yes", "not_sure"])
def test_with_the_server_gone_anything_but_no_does_not_lead_to_a_stretch(kept: Watched, said: str) -> None:
    page = kept.page
    page.goto(CALF)
    answer(page, "no", said, "no")
    expect(page.get_by_role("heading", level=1)).to_have_text("Do not stretch now")
    sound(page, 390)
    page.goto(CALF)
    answer(page, "no", "no")
    expect(page.get_by_role("heading", level=1)).to_have_text("Before you stretch")
    page.goto("/check")
    expect(page.get_by_role("heading", level=1)).to_have_text("There is no network")


def test_what_is_kept_holds_no_answer(window: Watched) -> None:
    page = window.page
    cleared(page)
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    page.wait_for_function("async () => (await caches.keys()).length === 1")
    page.wait_for_function("async () => (await (await caches.open((await caches.keys())[0])).keys()).length > 50")
    text = page.evaluate(f"caches.match('/relieve/copy/ask{CALF}').then((r) => r.text())")
    assert "Before you stretch" in text
    assert "checked" not in text


def test_it_can_be_installed(window: Watched) -> None:
    page = window.page
    page.goto("/")
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    tools = window.context.new_cdp_session(page)
    manifest = tools.send("Page.getAppManifest")
    assert manifest["errors"] == []
    found = {e["errorId"] for e in tools.send("Page.getInstallabilityErrors")["installabilityErrors"]}
    assert found <= {"in-incognito"}


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 1280])
def test_every_page_is_accessible_and_fits(chromium: Browser, site: str, width: int, theme: str) -> None:
    with opened(chromium, site, viewport={"width": width, "height": 800}, color_scheme=theme) as window:
        page = window.page
        page.goto("/relieve")
        sound(page, width)
        page.goto(CALF)
        sound(page, width)
        answer(page, "no")
        sound(page, width)
        answer(page, "no", "yes", "no")
        sound(page, width)
        asks = page.locator("legend").count()
        answer(page, *["not_sure"] * asks)
        while page.get_by_role("heading", level=1).inner_text() == "Before you stretch":
            answer(page, *["not_sure"] * page.locator("legend").count())
        sound(page, width)
        page.get_by_role("button", name="Answer again").click()
        answer(page, "no", "no", "no")
        page.wait_for_selector("#timer:not([hidden])")
        sound(page, width)
        page.get_by_role("button", name="Start").click()
        sound(page, width)
        page.goto("/offline")
        sound(page, width)


def sound(page: Page, width: int) -> None:
    found = Axe().run(
        page, options={"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
    )
    assert found.response["violations"] == [], found.generate_report()
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    small = page.evaluate("""() => [...document.querySelectorAll("main a, main button, main label")]
        .filter((e) => !e.closest("p, li, [aria-hidden]") || e.matches(".button, .places a"))
        .filter((e) => e.getBoundingClientRect().height > 0 && e.getBoundingClientRect().height < 44)
        .map((e) => e.textContent)""")
    assert small == []
