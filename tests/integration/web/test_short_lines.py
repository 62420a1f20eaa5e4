"""No line of a page that a patient reads is a list joined into one long sentence."""

import pytest
from fastapi.testclient import TestClient

from crampwise.assess.engine import engine_of
from tests.integration.web.test_relieve_pages import Blocks, form_of, send
from tests.support.people import shipped, values_of
from tests.support.readability import longest
from tests.support.sessions import CHEST, NIGHT
from tests.support.walker import Walker


@pytest.mark.parametrize(("person", "address"), [(NIGHT, "/result"), (CHEST, "/check/emergency"), (CHEST, "/result")])
def test_no_line_of_a_result_is_long(client: TestClient, person: dict[str, str], address: str) -> None:
    Walker(engine_of(shipped()), values_of(shipped(), person)).walk(client)
    page = client.get(address).text
    own = page.partition('id="evidence"')[0].partition("What this rests on")[0]
    texts = Blocks(own).texts
    assert len(texts) > 20
    assert [t for t in texts if longest(t) > 20] == []


def test_no_line_of_a_stretch_is_long(client: TestClient) -> None:
    address = "/relieve/s_calf_foot_pull"
    page = send(client, address, form_of(client.get(address).text, *["no"] * 3))
    texts = Blocks(page.text).texts
    assert "Nobody has examined you. These were not checked:" in texts
    assert [t for t in texts if longest(t) > 20] == []
