"""Other people's software, started once each. Run by `make interop`, which installs it first."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from tests.support.browser import launched
from tests.support.interop import Validator, validator


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Tests that share a program run in one worker."""
    for item in items:
        if "/interop/" in item.nodeid:
            area = item.nodeid.partition("/interop/")[2].partition("/")[0]
            shared = "hl7" if "hl7" in getattr(item, "fixturenames", ()) else area
            item.add_marker(pytest.mark.xdist_group(shared))


@pytest.fixture(scope="session")
def hl7() -> Iterator[Validator]:
    with validator() as running:
        yield running


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    with launched() as browser:
        yield browser
