"""Every page in every state: accessible, large enough to touch, inside the window; light and dark, narrow and wide."""

from functools import cache
from typing import Literal

import pytest
from axe_playwright_python.base import AXE_FILE_PATH
from playwright.sync_api import Browser, Page

from tests.support.browser import opened
from tests.support.sessions import STATES, Cookies

PAGES = {
    "nothing said": [
        "/", "/check", "/check/results", "/check/answers", "/emergency", "/result", "/library", "/library/glossary",
        "/library/stretches", "/library/conditions/dvt", "/library/medicines/med_indapamide",
        "/library/tests/test_potassium", "/library/library/lib_tetanus", "/library/library/lib_chest_muscle_pain",
        "/library/red_flags/t_pe", "/library/sources/nhs_leg_cramps", "/library/search", "/clinician", "/privacy",
        "/api", "/no/such/page",
    ],
    "at the medicines": ["/check"],
    "half way": ["/", "/check", "/check/1", "/check/answers", "/result", "/report"],
    "an emergency": ["/check/emergency", "/result", "/report", "/emergency"],
    "a whole check": ["/result", "/result/changes", "/report", "/privacy"],
    "a clinician": ["/clinician", "/result"],
    "a clinician at the examination": ["/check"],
}  # fmt: skip
ROUTES = [(state, path) for state, paths in PAGES.items() for path in paths]
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
LEAST_TARGET = 44
SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")

SMALL_TARGETS = """(least) => [...document.querySelectorAll('a[href], button, summary, select, textarea, input')]
  .filter(e => e.type !== 'hidden' && e.checkVisibility() && getComputedStyle(e).display !== 'inline')
  .filter(e => !e.classList.contains('skip'))
  .map(e => [e.outerHTML.slice(0, 90), e.getBoundingClientRect()])
  .filter(([, r]) => r.width < least - 0.5 || r.height < least - 0.5)
  .map(([html, r]) => `${Math.round(r.width)}x${Math.round(r.height)} ${html}`)"""


@cache
def in_state(site: str, state: str) -> Cookies:
    return STATES[state](site)


def violations(page: Page) -> list[str]:
    # An evaluated script passes the page's own policy; a script element would not.
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE_FILE_PATH.read_text("utf-8"))
    found = page.evaluate("tags => axe.run(document, {runOnly: {type: 'tag', values: tags}})", TAGS)
    return [f"{v['id']}: {v['nodes'][0]['html'][:120]} ({len(v['nodes'])})" for v in found["violations"]]


@pytest.mark.parametrize(("state", "path"), ROUTES, ids=[f"{s}-{p}" for s, p in ROUTES])
def test_it_can_be_read_and_used_by_everyone(chromium: Browser, site: str, state: str, path: str) -> None:
    with opened(chromium, site, reduced_motion="reduce") as window:
        page = window.page
        window.context.add_cookies(in_state(site, state))
        page.goto(path, wait_until="load")
        assert "ramp" in page.title()
        assert page.locator("h1").count() == 1
        assert page.locator("main a[href], main button").count() >= 1
        page.evaluate("document.querySelectorAll('details').forEach(e => { e.open = true; })")
        for width in (320, 1280):
            page.set_viewport_size({"width": width, "height": 900})
            assert page.evaluate("document.documentElement.scrollWidth") <= width, width
            assert page.evaluate(SMALL_TARGETS, LEAST_TARGET) == [], width
            for scheme in SCHEMES:
                page.emulate_media(color_scheme=scheme)
                assert violations(page) == [], f"{scheme}, {width} px"


@pytest.mark.parametrize("path", ["/", "/check", "/library"])
def test_it_holds_at_twice_the_size(chromium: Browser, site: str, path: str) -> None:
    """Zoom of 200 % in a window of 640 px leaves 320 px."""
    with opened(chromium, site, viewport={"width": 320, "height": 512}, device_scale_factor=2) as window:
        window.page.goto(path)
        assert window.page.evaluate("document.documentElement.scrollWidth") <= 320
