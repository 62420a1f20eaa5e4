"""The first page in a real browser."""

import pytest
from playwright.sync_api import Browser

from tests.support.browser import Watched, opened

MOST_BYTES = 100_000


def test_the_first_page_offers_relief_first(window: Watched) -> None:
    window.page.goto("/")
    first = window.page.locator("main a").first
    assert first.get_attribute("href") == "/relieve"
    box = first.bounding_box()
    assert box is not None
    assert box["y"] < 844 / 2


def test_the_first_page_is_light(window: Watched) -> None:
    sizes: list[int] = []
    window.page.on("response", lambda r: sizes.append(len(r.body())))
    window.page.goto("/", wait_until="networkidle")
    assert len(sizes) >= 3
    assert sum(sizes) <= MOST_BYTES


@pytest.mark.parametrize("width", [320, 1280])
def test_nothing_is_wider_than_the_window(chromium: Browser, site: str, width: int) -> None:
    with opened(chromium, site, viewport={"width": width, "height": 800}) as window:
        window.page.goto("/")
        assert window.page.evaluate("document.documentElement.scrollWidth") <= width
