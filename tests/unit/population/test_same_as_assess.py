"""A screen says of each person what `assess` and the reference interpreter say of them alone."""

import os
from datetime import date

import pytest

from crampwise.assess.assess import assess
from crampwise.assess.engine import engine_of
from crampwise.assess.known import know
from crampwise.book.compile import open_book
from crampwise.interpret.person import evaluate, open_leaves, trace
from crampwise.logic.errors import InputError
from crampwise.logic.truth import Truth
from crampwise.population.outcome import screen_people
from crampwise.population.screen import Screen
from tests.support.crowd import as_batch, as_intake, crowd

PEOPLE = int(os.environ.get("SCREEN_PEOPLE", "400"))
TODAY = date(2026, 11, 21)


@pytest.fixture(scope="module")
def screened():
    book = open_book()
    screen = Screen(engine_of(book), tuple(book.measures.values()))
    rows = crowd(book, PEOPLE, 20261121)
    return book, screen, rows, screen_people(screen, as_batch(screen, rows)).to_pylist()


def test_urgency_flags_tests_and_causes_are_those_of_assess(screened):
    book, _, rows, found = screened
    contradicting = 0
    for row, told in zip(rows, found, strict=True):
        try:
            alone = assess(book, as_intake(book, row), TODAY)
        except InputError:
            assert told["problem"], row
            contradicting += 1
            continue
        assert told["problem"] is None, row
        assert (told["certain"], told["possible"]) == (alone.urgency.at_least, alone.urgency.at_most), row
        flags = {f.id: told[f.id] for f in book.red_flags.values()}
        assert {i for i, v in flags.items() if v is True} == {f.id for f in alone.fired}, row
        assert {i for i, v in flags.items() if v is None} == {f.id for f in alone.open}, row
        assert told["missing_tests"] == [t.id for t in alone.tests], row
        probability = {c.id: c.probability for c in alone.causes}
        for cause in told["causes"]:
            assert cause["probability"] == pytest.approx(probability[cause["condition"]], abs=1e-4), row
        reasons = {r["rule"]: r["because"] for r in told["reasons"]}
        assert {f.id: [r.finding for r in f.reasons] for f in alone.fired} == {
            i: why for i, why in reasons.items() if i in book.red_flags
        }, row
    assert 0 < contradicting < PEOPLE / 2


def test_nothing_differs_from_the_reference_interpreter(screened):
    book, screen, rows, found = screened
    engine, checked = engine_of(book), 0
    for row, told in zip(rows, found, strict=True):
        if told["problem"]:
            continue
        closed = know(engine, as_intake(book, row)).closed
        for flag in book.red_flags.values():
            truth = evaluate(flag.when, closed)
            assert (told[flag.id] is True) == (truth is Truth.TRUE), (flag.id, row)
            if truth is Truth.FALSE:
                assert told[flag.id] is False, (flag.id, row)
            if told[flag.id] is False and truth is Truth.UNKNOWN:
                opened = {leaf.finding.id for leaf in open_leaves(trace(flag.when, closed))}
                assert opened - engine.patient, (flag.id, row)
        for m in screen.measures:
            for column, rule in ((f"among_{m.id}", m.among), (m.id, m.when)):
                expected = {Truth.TRUE: True, Truth.FALSE: False, Truth.UNKNOWN: None}[evaluate(rule, closed)]
                assert told[column] is expected, (column, row)
                checked += 1
    assert checked > PEOPLE


def test_people_with_nothing_known_are_unknown_everywhere(screened):
    _, screen, _, _ = screened
    (nobody,) = screen_people(screen, as_batch(screen, [{}])).to_pylist()
    assert nobody["certain"] == "self_care" and nobody["possible"] == "emergency_now"
    assert {nobody[m.id] for m in screen.measures} == {None}
    assert not any(nobody[f.id] for f in screen.engine.flags_by_level)
    assert nobody["reasons"] == []


def test_rows_come_out_in_order_and_do_not_depend_on_their_neighbours(screened):
    _, screen, rows, found = screened
    some = rows[::-3]
    alone = screen_people(screen, as_batch(screen, some)).to_pylist()
    together = found[::-3]
    for one, other in zip(alone, together, strict=True):
        assert {**one, "person": ""} == {**other, "person": ""}
