"""A form program of others shows each screen of the adaptive interview; the end is that of the same answers sent."""

from datetime import UTC, datetime
from typing import Any

import pytest
from playwright.sync_api import Browser

from crampwise.assess.assess import assess
from crampwise.assess.engine import engine_of
from crampwise.book.compile import open_book
from crampwise.fhir.adaptive import next_question, start
from crampwise.fhir.response import read_response
from crampwise.interview.state import State
from tests.support.form_clients import CLIENTS, client
from tests.support.forms import CASES, answered, case, newest, said, typed

ENGINE = engine_of(open_book())
NOW = datetime(2026, 11, 21, 10, 0, tzinfo=UTC)
CASE = "C045"


def sent(person: State) -> dict[str, Any]:
    reply = next_question(ENGINE, start(ENGINE), NOW)
    while reply["status"] != "completed":
        reply = next_question(ENGINE, answered(ENGINE, reply, person), NOW)
    return reply


@pytest.mark.parametrize("name", CLIENTS)
def test_a_client_runs_the_interview_to_its_end(chromium: Browser, name: str) -> None:
    (path,) = [p for p in CASES if p.stem == CASE]
    person = typed(case(ENGINE.book, path))
    reply = next_question(ENGINE, start(ENGINE), NOW)
    with client(name, chromium) as program:
        while reply["status"] != "completed":
            screen = {**reply["contained"][0], "item": [newest(reply)]}
            program.show(screen)
            for item in newest(reply)["item"]:
                answers = [] if item["type"] == "display" else said(ENGINE, person, item)
                if answers and program.visible(item):
                    program.answer(item, answers)
            told = program.response().get("item", [])
            reply = next_question(ENGINE, reply | {"item": [*reply.get("item", []), *told]}, NOW)
        program.show({**reply["contained"][0], "item": [newest(reply)]})
    ended, expected = (read_response(ENGINE, r).state.intake(ENGINE) for r in (reply, sent(person)))
    assert assess(ENGINE.book, ended, NOW.date()) == assess(ENGINE.book, expected, NOW.date())
