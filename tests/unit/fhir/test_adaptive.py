"""`$next-question`: a standard client runs the adaptive interview and ends where the interview does."""

import copy
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from crampwise.assess.assess import assess
from crampwise.assess.engine import engine_of
from crampwise.book.compile import open_book
from crampwise.fhir.adaptive import next_question, start
from crampwise.fhir.response import read_response
from crampwise.interview.candidates import next_step
from crampwise.interview.state import State, record
from crampwise.logic.errors import InputError
from tests.support.forms import CASES, answered, case, newest, reply_to, typed

BOOK = open_book()
ENGINE = engine_of(BOOK)
NOW = datetime(2026, 11, 21, 10, 0, tzinfo=UTC)
TODAY = NOW.date()
Resource = dict[str, Any]


def client(person: State) -> list[Resource]:
    """Every reply until the interview is over."""
    replies = [next_question(ENGINE, start(ENGINE), NOW)]
    while replies[-1]["status"] != "completed":
        assert len(replies) < 120, "the interview does not end"
        replies.append(next_question(ENGINE, answered(ENGINE, replies[-1], person), NOW))
    return replies


def interviewed(person: State) -> tuple[State, int]:
    """The same person in the interview itself."""
    state, screens = State(), 0
    while (step := next_step(ENGINE, state)).screen is not None:
        state = record(ENGINE, state, {q: reply_to(ENGINE, person, q) for q in step.screen.questions})
        screens += 1
    return state, screens


@pytest.mark.parametrize("path", CASES[::3], ids=lambda p: p.stem)
def test_a_client_gets_the_screens_and_the_end_of_the_interview(path: Path) -> None:
    person = typed(case(BOOK, path))
    replies = client(person)
    state, screens = interviewed(person)
    assert len(replies) == screens + 1
    read = read_response(ENGINE, replies[-1]).state
    assert assess(BOOK, read.intake(ENGINE), TODAY) == assess(BOOK, state.intake(ENGINE), TODAY)


def test_the_first_screen_is_the_emergency_screen() -> None:
    first = next_question(ENGINE, start(ENGINE), NOW)
    assert first["status"] == "in-progress"
    asked = [i["linkId"] for i in newest(first)["item"]]
    assert asked == [i.id for i in BOOK.emergency_screen.screens[0].items]


def test_an_emergency_ends_it_at_once_with_what_to_do() -> None:
    first = next_question(ENGINE, start(ENGINE), NOW)
    sent = answered(ENGINE, first, State({"collapse_or_unresponsive": True, "blue_grey_or_blotchy_skin": True}))
    second = next_question(ENGINE, sent, NOW)
    last = next_question(ENGINE, answered(ENGINE, second, State({"collapse_or_unresponsive": True})), NOW)
    assert last["status"] == "completed"
    assert "ambulance" in newest(last)["item"][0]["text"]


def test_a_danger_sign_that_is_not_explained_is_told_at_once_and_once() -> None:
    first = next_question(ENGINE, start(ENGINE), NOW)
    second = next_question(ENGINE, answered(ENGINE, first, State({"collapse_or_unresponsive": True})), NOW)
    third = next_question(ENGINE, answered(ENGINE, second, State()), NOW)
    assert newest(third)["item"][0]["linkId"] == "alert.es_collapse"
    fourth = next_question(ENGINE, answered(ENGINE, third, State()), NOW)
    assert "alert.es_collapse" not in [i["linkId"] for i in newest(fourth)["item"]]


def test_what_was_put_and_not_answered_is_not_asked_again() -> None:
    replies = client(State())
    asked = [i["linkId"] for g in replies[-1]["contained"][0]["item"] for i in g["item"]]
    assert len(asked) == len(set(asked))


def test_the_response_that_came_in_is_not_changed_and_its_answers_stay() -> None:
    first = next_question(ENGINE, start(ENGINE), NOW)
    sent = answered(ENGINE, first, State({"wheeze": True}))
    before = copy.deepcopy(sent)
    second = next_question(ENGINE, sent, NOW)
    assert sent == before
    assert second["item"] == sent["item"]


INSIDE = start(ENGINE)["contained"][0]
BROKEN: list[Any] = [
    None,
    [],
    {},
    {"resourceType": "QuestionnaireResponse", "status": "in-progress"},
    start(ENGINE) | {"contained": "x"},
    start(ENGINE) | {"contained": [3]},
    start(ENGINE) | {"questionnaire": "#other"},
    start(ENGINE) | {"contained": [INSIDE | {"item": "x"}]},
    start(ENGINE) | {"item": 3},
    start(ENGINE) | {"contained": [INSIDE | {"derivedFrom": ["http://elsewhere.invalid/q"]}]},
]


@pytest.mark.parametrize("broken", BROKEN)
def test_what_cannot_be_read_is_refused(broken: Any) -> None:
    with pytest.raises(InputError):
        next_question(ENGINE, broken, NOW)
