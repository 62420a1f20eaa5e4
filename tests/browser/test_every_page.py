"""Every page in every state: accessible, large enough to touch, inside the window; light and dark, narrow and wide."""

from functools import cache

import pytest
from playwright.sync_api import Browser

from tests.support.accessible import judge
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


@cache
def in_state(site: str, state: str) -> Cookies:
    return STATES[state](site)


@pytest.mark.parametrize(("state", "path"), ROUTES, ids=[f"{s}-{p}" for s, p in ROUTES])
def test_it_can_be_read_and_used_by_everyone(chromium: Browser, site: str, state: str, path: str) -> None:
    with opened(chromium, site, reduced_motion="reduce") as window:
        page = window.page
        window.context.add_cookies(in_state(site, state))
        page.goto(path, wait_until="load")
        judge(page)


@pytest.mark.parametrize("path", ["/", "/check", "/library"])
def test_it_holds_at_twice_the_size(chromium: Browser, site: str, path: str) -> None:
    """Zoom of 200 % in a window of 640 px leaves 320 px."""
    with opened(chromium, site, viewport={"width": 320, "height": 512}, device_scale_factor=2) as window:
        window.page.goto(path)
        assert window.page.evaluate("document.documentElement.scrollWidth") <= 320
