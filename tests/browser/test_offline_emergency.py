"""With the server gone the Emergency page still says whom to call."""

from playwright.sync_api import Browser, expect

from tests.support.browser import opened
from tests.support.people import shipped
from tests.support.server import running

WORDS = shipped().words
LEVEL = next(w for w in WORDS.levels if w.level == "emergency_now")


def test_an_emergency_needs_no_network(chromium: Browser) -> None:
    with running() as site:
        window = opened(chromium, site)
        page = window.__enter__().page
        page.goto("/")
        page.evaluate("navigator.serviceWorker.ready.then(() => true)")
        page.wait_for_function("navigator.serviceWorker.controller !== null")
        page.wait_for_function("async () => !!(await caches.match('/offline')) && !!(await caches.match('/emergency'))")
    for address in ("/emergency", "/check/emergency"):
        page.goto(address)
        expect(page.get_by_role("heading", level=1)).to_have_text(LEVEL.title)
        expect(page.locator("main")).to_contain_text(WORDS.emergency_number_unknown)
    page.goto("/library")
    expect(page.locator("main > p").first).to_have_text(WORDS.emergency_number_unknown)
    window.__exit__(None, None, None)
