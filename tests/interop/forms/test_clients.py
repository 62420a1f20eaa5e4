"""Form programs of others show the form, are filled in from development cases, and give back the same assessment."""

from datetime import date
from typing import Any

import pytest
from playwright.sync_api import Browser

from crampwise.assess.assess import assess
from crampwise.assess.engine import engine_of
from crampwise.book.compile import open_book
from crampwise.fhir.questionnaire import questionnaire
from crampwise.fhir.response import read_response
from crampwise.interview.state import State
from tests.support.form_clients import CLIENTS, client
from tests.support.forms import CASES, case, items, said, typed

BOOK = open_book()
ENGINE = engine_of(BOOK)
FORM = questionnaire(ENGINE, "check")
TODAY = date(2026, 11, 21)
CHOSEN = ("C003", "C036", "C045")
"""Ordinary, with medicines, and an emergency."""


@pytest.mark.parametrize("id_", CHOSEN)
@pytest.mark.parametrize("name", CLIENTS)
def test_a_case_filled_in_gives_the_assessment_of_the_case_typed_in(chromium: Browser, name: str, id_: str) -> None:
    (path,) = [p for p in CASES if p.stem == id_]
    own = typed(case(BOOK, path))
    state = State({k: v for k, v in own.values.items() if k in ENGINE.patient}, own.not_sure, {}, own.medicines)
    with client(name, chromium) as program:
        program.show(FORM)
        for item in items(FORM):
            answers: list[dict[str, Any]] = [] if item["type"] == "display" else said(ENGINE, state, item)
            if answers and program.visible(item):
                program.answer(item, answers)
        response = program.response()
    reading = read_response(ENGINE, response)
    read = assess(BOOK, reading.state.intake(ENGINE), TODAY)
    assert read == assess(BOOK, state.intake(ENGINE), TODAY)
