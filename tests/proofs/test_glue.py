"""Dangerous code around sound rules is caught: sorting, offering, listing and asking are really run."""

from collections.abc import Collection
from dataclasses import replace
from itertools import combinations

import pytest

from crampwise.assess.assessment import Offer
from crampwise.assess.engine import Engine, engine_of
from crampwise.assess.intake import read_value
from crampwise.assess.known import Known
from crampwise.assess.listing import pointed_at
from crampwise.assess.plan import actions, stretches
from crampwise.assess.triage import GIVEN, Triage, triage
from crampwise.book.book import Book
from crampwise.book.tree import Located
from crampwise.interpret.program import Results
from crampwise.interview.simulate import Conversation, Patient, converse
from crampwise.logic.answers import Value
from crampwise.logic.findings import Finding
from crampwise.safety import causes, coded, glue, screen
from crampwise.safety.properties import PROPERTIES
from crampwise.safety.prove import prove
from tests.support.people import shipped

ENGINE = engine_of(shipped())


def status(*ids: str) -> dict[str, str]:
    return {o.property.id: o.status for o in prove(shipped(), [p for p in PROPERTIES if p.id in ids])}


def test_every_two_flags_meet_in_every_combination_of_truths() -> None:
    rows = [[row[k] for k in ENGINE.flag_keys] for row in glue.flags_mixed(ENGINE)]
    columns = list(zip(*rows, strict=True))
    assert all(len(set(zip(a, b, strict=True))) == 81 for a, b in combinations(columns, 2))


@pytest.mark.parametrize("most", [3, 12])
def test_every_three_reasons_meet_in_every_combination_of_truths(most: int) -> None:
    columns = list(zip(*glue.reasons_mixed(most), strict=True))
    assert len(columns) == most
    assert all(len(set(zip(*three, strict=True))) == 729 for three in combinations(columns, 3))


def test_a_fired_flag_that_clears_the_open_ones_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    def sabotaged(engine: Engine, known: Known, results: Results) -> Triage:
        told = triage(engine, known, results)
        cleared = tuple(r for f, _, r in engine.usual_flags if f.id in {o.id for o in told.open})
        return Triage(told.fired, (), (*told.ruled_out, *cleared)) if told.fired else told

    monkeypatch.setattr(glue, "triage", sabotaged)
    assert status("S1", "S2", "S5") == dict.fromkeys(("S1", "S2", "S5"), "failed")


def _made_anyway(engine: Engine, results: Results, offer: Offer) -> Offer:
    """The offer, made although one reason against it is true: if another is false and another unknown."""
    said = [(results.true[k] >> GIVEN & 1, results.false[k] >> GIVEN & 1) for k in engine.advice[offer.id].not_for]
    return replace(offer, status="offered") if {(1, 0), (0, 1), (0, 0)} <= set(said) else offer


def test_an_action_that_is_offered_between_mixed_reasons_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    def sabotaged(engine: Engine, known: Known, results: Results) -> tuple[Offer, ...]:
        return tuple(_made_anyway(engine, results, o) for o in actions(engine, known, results))

    monkeypatch.setattr(glue, "actions", sabotaged)
    assert status("S6") == {"S6": "failed"}


def test_a_list_of_stretches_that_offers_what_is_withheld_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    def sabotaged(engine: Engine, known: Known, results: Results) -> tuple[Offer, ...]:
        return tuple(replace(o, status="offered") for o in stretches(engine, known, results))

    monkeypatch.setattr(glue, "stretches", sabotaged)
    assert status("S6") == {"S6": "failed"}


def test_two_fired_flags_that_hide_a_condition_are_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    def sabotaged(engine: Engine, results: Results, ruled_out: Collection[int]) -> tuple[int, ...]:
        fired = [k for k in engine.flag_keys if results.true[k] >> GIVEN & 1]
        return pointed_at(engine, results, ruled_out) if len(fired) < 2 else ()

    monkeypatch.setattr(causes, "pointed_at", sabotaged)
    assert status("S8") == {"S8": "failed"}


def test_an_interview_that_stops_for_another_emergency_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    """Everyone is asked as if they had the first emergency, whichever they have."""
    first: list[Conversation] = []

    def sabotaged(engine: Engine, patient: Patient) -> Conversation:
        first.append(first[0] if first else converse(engine, patient))
        return first[0]

    monkeypatch.setattr(screen, "converse", sabotaged)
    assert status("S9") == {"S9": "failed"}


def test_a_reader_that_takes_the_first_word_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    def sabotaged(book: Book, finding: Finding, tree: Located) -> Value | None:
        first = tree.text.split(" ")[0]
        return read_value(book, finding, Located(first, tree.where, first))

    monkeypatch.setattr(coded, "read_value", sabotaged)
    assert coded.coded(shipped())[1]
