"""Deleting or weakening any one red flag, or any one reason against an action, is noticed."""

from collections import Counter

import pytest

from crampwise.assess.engine import engine_of
from crampwise.assess.intake import Intake
from crampwise.assess.known import know
from crampwise.assess.triage import GIVEN, evaluate_rules
from crampwise.book.schema.common import LEVELS
from crampwise.logic.answers import Answers
from tests.proofs.content_mutants import Jury, entries, flag_mutants, reason_mutants, records
from tests.support.people import shipped, told, values_of

BOOK = shipped()
ENGINE = engine_of(BOOK)
WITHHELD = records("withheld.yaml")["withheld"]
FIRES = records("people.yaml")["fires"]


def test_the_record_of_red_flags_is_the_book() -> None:
    recorded = {id_: level for level, ids in records("flags.yaml").items() for id_ in ids}
    assert recorded == {f.id: f.level for f in BOOK.red_flags.values()}, (
        "A red flag came, went or changed its level. If that is meant, write it into tests/proofs/flags.yaml by hand."
    )


@pytest.mark.parametrize("person", FIRES, ids=[f"{i}-{p['flag']}" for i, p in enumerate(FIRES)])
def test_a_recorded_person_sets_off_the_red_flag(person: dict) -> None:
    assert person["flag"] in {f.id for f in told(BOOK, values_of(BOOK, person["who"])).fired}


@pytest.mark.parametrize("person", WITHHELD, ids=[str(i) for i in range(len(WITHHELD))])
def test_a_recorded_person_is_not_offered_what_is_not_for_them(person: dict) -> None:
    values = values_of(BOOK, person["who"])
    results = evaluate_rules(ENGINE, know(ENGINE, Intake(Answers(values))))
    advice = ENGINE.advice.items()
    against = {id_ for id_, a in advice if any(results.true[k] >> GIVEN & 1 for k in a.not_for)}
    assert set(person["not"]) <= against
    shown = told(BOOK, values)
    offers = {o.id: o.status for o in (*shown.plan, *shown.stretches)}
    assert {offers.get(id_, "withheld") for id_ in person["not"]} == {"withheld"}


def test_every_action_with_a_reason_against_it_is_recorded() -> None:
    recorded = {id_ for person in WITHHELD for id_ in person["not"]}
    assert recorded == {id_ for id_, entry in entries(ENGINE).items() if entry.not_for}


def test_every_mutant_of_the_content_is_noticed_or_proved_harmless() -> None:
    jury = Jury(ENGINE)
    mutants = [*flag_mutants(ENGINE), *reason_mutants(ENGINE)]
    noticed = [(m, jury.notice(m)) for m in mutants]
    assert [f"{m.kind}: {m.id}: {m.what}" for m, notice in noticed if notice is None] == []
    kinds = Counter((m.kind, notice) for m, notice in noticed)
    harmless = sum(n for (_, notice), n in kinds.items() if notice == "harmless")
    assert harmless <= len(mutants) * 0.05, kinds


def test_without_its_records_the_jury_misses_mutants() -> None:
    jury = Jury(ENGINE)
    jury.levels, jury.fires, jury.withheld = {}, [], []
    some = [m for m in (*flag_mutants(ENGINE), *reason_mutants(ENGINE)) if m.id in ("t_acs", "i_salt")]
    missed = {m.kind for m in some if jury.notice(m) is None}
    assert missed == {"flag weakened", "reason deleted", "reason weakened"}


def test_a_record_that_says_what_the_mutant_says_notices_nothing() -> None:
    """Deleting and lowering are noticed by comparing levels, so whoever changes the record as well is not stopped."""
    jury = Jury(ENGINE)
    for mutant in (m for m in flag_mutants(ENGINE) if m.id == "t_acs" and m.kind in ("flag deleted", "flag lowered")):
        levels = dict(jury.levels)
        del levels["t_acs"]
        jury.levels = levels if mutant.kind == "flag deleted" else {**levels, "t_acs": LEVELS[-2]}
        assert jury.notice(mutant) is None
        jury = Jury(ENGINE)
        assert jury.notice(mutant) == "record"


def test_a_row_that_the_unchanged_rule_does_not_serve_notices_nothing() -> None:
    jury = Jury(ENGINE)
    nobody = Answers()
    jury.withheld = [(nobody, frozenset(entries(ENGINE)))]
    assert {jury.notice(m) for m in reason_mutants(ENGINE) if m.id == "i_salt"} <= {None, "harmless"}
