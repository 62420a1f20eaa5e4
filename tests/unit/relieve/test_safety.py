"""A stretch starts only when nothing speaks against it; what is unclear is asked with as few questions as possible."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crampwise.assess.engine import engine_of
from crampwise.assess.intake import Intake
from crampwise.assess.known import know
from crampwise.assess.triage import ALONE, GIVEN, evaluate_rules
from crampwise.book.compile import open_book
from crampwise.book.schema.care import Stretch
from crampwise.relieve.safety import Standing, fitting, relief_now, stand, with_answer, with_muscle

BOOK = open_book()
ENGINE = engine_of(BOOK)
STRETCHES = tuple(BOOK.stretches.values())


def start(stretch: Stretch) -> Intake:
    return with_muscle(ENGINE, Intake(), BOOK.muscles[stretch.muscle])


def clear(stretch: Stretch) -> tuple[Intake, Standing, int]:
    """Give every clearing answer, one by one."""
    intake, standing, asked = start(stretch), stand(ENGINE, start(stretch), stretch), 0
    while standing.verdict == "ask":
        finding = standing.asks[0].finding
        intake = with_answer(intake, finding, standing.clearing[finding])
        standing, asked = stand(ENGINE, intake, stretch), asked + 1
    return intake, standing, asked


@pytest.mark.parametrize("stretch", STRETCHES, ids=lambda s: s.id)
def test_clearing_answers_lead_to_the_stretch_with_fewer_questions_than_findings(stretch: Stretch) -> None:
    first = stand(ENGINE, start(stretch), stretch)
    assert first.verdict == "ask"
    _, standing, asked = clear(stretch)
    assert standing.verdict == "go"
    assert asked == len(first.asks) <= len(first.offer.asks)


@pytest.mark.parametrize("stretch", STRETCHES, ids=lambda s: s.id)
def test_questions_of_the_emergency_screen_come_first(stretch: Stretch) -> None:
    asked_in = [
        BOOK.findings[a.finding].asked_in == "emergency_screen" for a in stand(ENGINE, start(stretch), stretch).asks
    ]
    assert asked_in == sorted(asked_in, reverse=True)


@pytest.mark.parametrize("stretch", STRETCHES, ids=lambda s: s.id)
def test_nothing_known_never_goes(stretch: Stretch) -> None:
    assert stand(ENGINE, Intake(), stretch).verdict == "ask"


@pytest.mark.parametrize("stretch", STRETCHES, ids=lambda s: s.id)
def test_not_sure_throughout_is_unsure(stretch: Stretch) -> None:
    intake, standing = start(stretch), stand(ENGINE, start(stretch), stretch)
    for _ in range(100):
        if standing.verdict != "ask":
            break
        intake = with_answer(intake, standing.asks[0].finding, None)
        standing = stand(ENGINE, intake, stretch)
    assert standing.verdict == "unsure"
    assert standing.unclear


@settings(max_examples=50)
@given(data=st.data())
def test_any_answers_end_in_a_verdict_that_the_rules_support(data: st.DataObject) -> None:
    stretch = data.draw(st.sampled_from(STRETCHES))
    intake = start(stretch)
    standing = stand(ENGINE, intake, stretch)
    seen: set[str] = set()
    while standing.verdict == "ask":
        finding = standing.asks[0].finding
        assert finding not in seen
        assert finding in ENGINE.patient
        assert BOOK.findings[finding].kind == "yes_no"
        seen.add(finding)
        intake = with_answer(intake, finding, data.draw(st.sampled_from([False, False, False, True, None])))
        standing = stand(ENGINE, intake, stretch)
    results = evaluate_rules(ENGINE, know(ENGINE, intake))
    keys = ENGINE.stretches[stretch.id].not_for
    if standing.verdict == "go":
        assert all(results.false[k] >> ALONE & 1 for k in keys)
        assert not standing.emergencies
    elif standing.verdict == "stop":
        assert standing.emergencies or any(results.true[k] >> GIVEN & 1 for k in keys)
    else:
        assert not all(results.false[k] >> ALONE & 1 for k in keys)


def test_groups_hold_only_questions_to_which_no_is_safe() -> None:
    for stretch in STRETCHES:
        group = stand(ENGINE, start(stretch), stretch).group
        assert 1 <= len(group) <= 4
        assert len(group) == 1 or all(
            stand(ENGINE, start(stretch), stretch).clearing[a.finding] is False for a in group
        )


def test_an_emergency_stops_whatever_else_is_clear() -> None:
    stretch = BOOK.stretches["s_calf_wall"]
    intake, standing, _ = clear(stretch)
    assert standing.verdict == "go"
    flag = BOOK.red_flags["t_seizure"]
    for finding, value in flag.examples.fires[0].items():
        intake = with_answer(intake, finding, value in ("yes", True))
    standing = stand(ENGINE, intake, stretch)
    assert standing.verdict == "stop"
    assert "t_seizure" in {f.id for f in standing.emergencies}


def test_no_question_is_about_a_leg_when_no_leg_moves() -> None:
    """Each of these shows in a leg alone."""
    legs = {"one_leg_only", "one_leg_swollen", "weight_bearing_lost", "tiptoe_standing_lost"}
    asked = {s.id: {a.finding for a in stand(ENGINE, start(s), s).asks} for s in STRETCHES}
    elsewhere = {s.id for s in STRETCHES if BOOK.muscles[s.muscle].site in _NO_LEG_MOVES} | {"s_ribs"}
    assert len(elsewhere) == 7
    assert {id_: asked[id_] & legs for id_ in elsewhere if asked[id_] & legs} == {}
    assert all(legs <= asked[id_] for id_ in asked.keys() - elsewhere)


_NO_LEG_MOVES = ("site_hand_or_arm", "site_neck", "site_jaw")


@pytest.mark.parametrize(("pregnant", "there"), [(True, True), (False, False), (None, False)])
def test_a_stretch_for_particular_people_is_offered_to_them_alone(pregnant: bool | None, there: bool) -> None:
    intake = with_answer(Intake(), "pregnant", pregnant)
    offered = {s.id for s in fitting(ENGINE, intake, BOOK.muscles["calf"])}
    assert ("s_preg_foot" in offered) == there
    assert offered - {"s_preg_foot"} == {"s_calf_wall", "s_calf_towel", "s_calf_foot_pull"}


@pytest.mark.parametrize("stretch", STRETCHES, ids=lambda s: s.id)
def test_dark_pee_with_the_cramp_to_be_stretched_stops_at_once(stretch: Stretch) -> None:
    """Who asks for a stretch has a cramp; with dark pee that is muscle breakdown until shown otherwise."""
    standing = stand(ENGINE, with_answer(start(stretch), "dark_urine", True), stretch)
    assert standing.verdict == "stop"
    assert "t_rhabdo" in {f.id for f in (*standing.emergencies, *standing.urgent)}


def test_three_questions_hold_everything_once() -> None:
    for stretch in STRETCHES:
        standing = stand(ENGINE, start(stretch), stretch)
        assert len(standing.three) == 3
        assert [a for asks in standing.three for a in asks] == list(standing.asks)
        sizes = [len(asks) for asks in standing.three]
        assert max(sizes) - min(sizes) <= 2


def test_a_danger_sign_of_which_no_more_is_known_may_be_an_emergency() -> None:
    """Chest pain withholds the stretch of a hand before anything else of a heart attack was asked."""
    stretch = BOOK.stretches["s_hand"]
    intake = with_answer(start(stretch), "chest_pain", True)
    standing = stand(ENGINE, intake, stretch)
    assert standing.verdict == "stop"
    assert not standing.emergencies
    assert "t_acs" in {f.id for f in standing.dangers}
    assert stand(ENGINE, start(stretch), stretch).dangers == ()


def test_relief_is_only_what_is_offered_for_the_muscle_now() -> None:
    stretch = BOOK.stretches["s_calf_wall"]
    intake, _, _ = clear(stretch)
    offers = relief_now(ENGINE, intake, BOOK.muscles["calf"])
    assert offers
    assert {o.horizon for o in offers} == {"now"}
    assert {o.status for o in offers} == {"offered"}
