"""A real Chromium on the app: every request that leaves this machine and every refused inline part is a failure."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from tests.support.browser import Watched, launched, opened
from tests.support.server import running


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """All browser tests share one browser, so they run in one worker."""
    for item in items:
        if "/browser/" in item.nodeid:
            item.add_marker(pytest.mark.xdist_group("browser"))


@pytest.fixture(scope="session")
def site() -> Iterator[str]:
    with running() as address:
        yield address


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    with launched() as browser:
        yield browser


@pytest.fixture
def window(chromium: Browser, site: str) -> Iterator[Watched]:
    """A fresh window of a phone."""
    with opened(chromium, site) as watched:
        yield watched
