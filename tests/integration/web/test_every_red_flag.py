"""Every red flag reaches its urgency through the pages of the check, driven over HTTP."""

from collections.abc import Iterator

import pytest
from fastapi.testclient import TestClient

from crampwise.assess.engine import engine_of
from crampwise.book.book import rank
from crampwise.edges.web.app import create_app
from tests.support.people import shipped, values_of
from tests.support.walker import Walker, level_shown

BOOK = shipped()
ENGINE = engine_of(BOOK)


@pytest.fixture(scope="module")
def app() -> Iterator[TestClient]:
    with TestClient(create_app(), base_url="http://localhost") as client:
        yield client


@pytest.mark.parametrize("flag", BOOK.red_flags.values(), ids=list(BOOK.red_flags))
def test_it_reaches_its_urgency(app: TestClient, flag) -> None:
    app.cookies.clear()
    ended = Walker(ENGINE, values_of(BOOK, flag.examples.fires[0])).walk(app)
    page = app.get("/result")
    assert rank(level_shown(page.text)) >= rank(flag.level)
    if flag.level == "emergency_now":
        assert ended == "/check/emergency"
        assert "Call an ambulance now" in app.get(ended).text
