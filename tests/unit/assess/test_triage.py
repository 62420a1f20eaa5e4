"""Red flags and urgency on a small book and on the shipped one: unknown is never no."""

from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crampwise.assess.assess import assess
from crampwise.assess.assessment import Assessment
from crampwise.assess.intake import Intake
from crampwise.book.book import Book, rank
from crampwise.logic.answers import Answers, Value
from crampwise.logic.errors import InputError
from tests.support.people import TODAY, shipped, told, values_of
from tests.support.small import small_book

SMALL, BOOK = small_book(), shipped()
CALM = ("reassure", "cleared")
EXAMPLES = [
    pytest.param(flag.id, kind, i, id=f"{flag.id}-{kind}-{i}")
    for flag in BOOK.red_flags.values()
    for kind in ("fires", "clears", "open")
    for i in range(len(getattr(flag.examples, kind)))
]


def ids(found: tuple) -> set[str]:
    return {f.id for f in found}


def said(result: Assessment) -> set[str]:
    return {s.about.removeprefix("words/") for s in result.urgency.say}


def assert_sound(book: Book, result: Assessment) -> None:
    """What must hold for everyone: S1, S2 and S5, and nothing calming while a flag is open."""
    fired, still_open, ruled_out = ids(result.fired), ids(result.open), ids(result.ruled_out)
    assert fired | still_open | ruled_out == set(book.red_flags)
    assert len(fired) + len(still_open) + len(ruled_out) == len(book.red_flags)
    certain, possible = rank(result.urgency.at_least), rank(result.urgency.at_most)
    assert all(certain >= rank(f.level) for f in result.fired)
    assert all(possible >= rank(f.level) for f in (*result.fired, *result.open))
    assert certain <= possible
    assert result.urgency.settled is (certain == possible)
    assert {f.id for f in result.emergencies} == {f.id for f in result.fired if f.level == "emergency_now"}
    if any(rank(f.level) > certain for f in result.open):
        assert not result.urgency.settled
    if any(f.level != "self_care" for f in result.open):
        assert not said(result) & set(CALM)
    assert result.urgency.say


@pytest.mark.parametrize("book", [SMALL, BOOK], ids=["small", "shipped"])
def test_nobody_known_is_neither_calmed_nor_alarmed(book: Book) -> None:
    result = told(book, {})
    assert result.fired == ()
    assert result.urgency.at_least == "self_care"
    assert result.urgency.at_most == "emergency_now"
    assert not result.urgency.settled
    assert said(result) == {"no_level", "not_finished"}
    assert result.next_questions
    assert_sound(book, result)


def test_an_open_flag_names_the_questions_that_settle_it() -> None:
    (dark,) = [f for f in told(SMALL, {"cramp": True}).open if f.id == "f_dark"]
    assert [a.finding for a in dark.open_questions] == ["dark"]
    assert dark.reasons == ()


def test_a_fired_flag_names_its_reasons() -> None:
    (dark,) = told(SMALL, {"cramp": True, "dark": True, "night": False}).fired
    assert [(r.finding, r.answer) for r in dark.reasons] == [("dark", "yes"), ("cramp", "yes")]
    assert dark.open_questions == ()


def test_an_examination_is_set_aside_for_a_person_on_their_own_and_named() -> None:
    result = told(SMALL, {"swollen": False})
    (swollen,) = [r for r in result.ruled_out if r.id == "f_swollen"]
    assert swollen.not_examined == ("exam_swollen",)
    assert "words/not_examined" in {n.about for n in result.notices}
    assert "f_swollen" in ids(told(SMALL, {"swollen": False, "exam_swollen": True}).fired)
    (looked,) = [r for r in told(SMALL, {"swollen": False, "exam_swollen": False}).ruled_out if r.id == "f_swollen"]
    assert looked.not_examined == ()


def test_a_likely_cause_raises_the_urgency_and_says_so() -> None:
    calm: dict[str, Value] = {
        "cramp": False,
        "dark": False,
        "swollen": False,
        "night": True,
        **values_of(SMALL, {"age_years": 40}),
    }
    assert told(SMALL, calm).urgency.at_least == "self_care"
    salty = told(SMALL, {**calm, "pills": True, **values_of(SMALL, {"salt_level": 3})})
    assert salty.urgency.at_least == "routine"
    assert salty.urgency.raised_by == ("salt",)


def test_everything_answered_no_is_settled_and_calming() -> None:
    values = dict.fromkeys(("dark", "swollen", "pills", "bruises", "calf_site"), False)
    result = told(SMALL, {**values, "cramp": True, "night": True, **values_of(SMALL, {"age_years": 40})})
    assert (result.urgency.at_least, result.urgency.settled) == ("self_care", True)
    assert set(CALM) <= said(result)


def all_no() -> dict[str, Value]:
    """Every question that a patient can answer, answered no, at an ordinary age, with an ordinary cramp at night."""
    lacking = {f.id: False for f in BOOK.findings.values() if f.kind == "yes_no" and f.answered_by == "patient"}
    typical = ("sudden_painful_tightening", "visible_or_palpable_hard_knot", "occurs_at_night", "occurs_at_rest",
               "relieved_by_stretching", "site_calf")  # fmt: skip
    person = values_of(BOOK, {"age_years": 45, "sex_at_birth": "male", "pain_score": 2})
    mild = {"episode_duration": "ten_seconds_to_ten_minutes", "episode_frequency": "under_1_a_month",
            "time_since_first_episode": "six_months_to_five_years"}  # fmt: skip
    return {**lacking, **mild, **dict.fromkeys(typical, True), **person}


def test_every_danger_sign_answered_no_with_a_typical_cramp_is_self_care() -> None:
    result = told(BOOK, all_no())
    assert (ids(result.open), ids(result.fired) - {"t_self_care_default"}) == (set(), set())
    assert (result.urgency.at_least, result.urgency.settled) == ("self_care", True)
    assert set(CALM) <= said(result)
    assert result.causes[0].id == "benign_nocturnal_leg_cramps"


@pytest.mark.parametrize("left_out", [f for f in BOOK.findings if BOOK.findings[f].asked_in == "emergency_screen"])
def test_one_unanswered_emergency_question_takes_the_calm_away(left_out: str) -> None:
    assert_sound(BOOK, told(BOOK, {k: v for k, v in all_no().items() if k != left_out}))


@pytest.mark.parametrize(("flag_id", "kind", "i"), EXAMPLES)
def test_every_example_of_every_red_flag(flag_id: str, kind: str, i: int) -> None:
    result = told(BOOK, values_of(BOOK, getattr(BOOK.red_flags[flag_id].examples, kind)[i]))
    assert (flag_id in ids(result.fired)) is (kind == "fires")
    aside = {r.id: r.not_examined for r in result.ruled_out}
    if kind == "clears":
        assert aside[flag_id] == ()
    if kind == "open":
        assert flag_id in ids(result.open) or aside[flag_id], "cleared, without saying what nobody examined"
    assert_sound(BOOK, result)


def test_every_red_flag_has_an_example_of_each_outcome() -> None:
    without = [f.id for f in BOOK.red_flags.values() if not (f.examples.fires and f.examples.clears)]
    assert not without


PATIENT = [f for f in SMALL.findings if SMALL.findings[f].answered_by == "patient" and f != "age_years"]
people = st.dictionaries(
    st.sampled_from([f for f in SMALL.findings if f not in ("age_years", "salt_level")]), st.booleans()
)
shipped_people = st.dictionaries(
    st.sampled_from(sorted(f.id for f in BOOK.findings.values() if f.kind == "yes_no")), st.booleans(), max_size=25
)


def by_flags(result: Assessment) -> int:
    return max((rank(f.level) for f in result.fired), default=0)


@settings(max_examples=60)
@given(people, st.sampled_from(PATIENT), st.booleans())
def test_one_more_answer_never_lowers_what_flags_reached(values: dict[str, bool], more: str, answer: bool) -> None:
    before, after = told(SMALL, values), told(SMALL, {more: answer, **values})
    assert ids(before.fired) <= ids(after.fired)
    assert by_flags(after) >= by_flags(before)


def assessed(values: dict[str, bool], not_sure: set[str] | None = None) -> Assessment | None:
    """Assess someone by the shipped book; answers that contradict each other are refused and give None."""
    try:
        return assess(BOOK, Intake(Answers(values, frozenset(not_sure or ()))), TODAY)
    except InputError as error:
        assert "contradict" in str(error)
        return None


@settings(max_examples=30)
@given(shipped_people, shipped_people)
def test_more_answers_never_lower_what_flags_reached_in_the_shipped_book(
    values: dict[str, bool], more: dict[str, bool]
) -> None:
    before, after = assessed(values), assessed({**more, **values})
    if before and after:
        assert ids(before.fired) <= ids(after.fired)
        assert by_flags(after) >= by_flags(before)
        assert_sound(BOOK, after)


@settings(max_examples=15)
@given(shipped_people, st.randoms())
def test_the_order_of_answers_does_not_matter(values: dict[str, bool], random: Random) -> None:
    items = list(values.items())
    random.shuffle(items)
    assert assessed(values) == assessed(dict(items))


@settings(max_examples=15)
@given(shipped_people, st.sets(st.sampled_from(sorted(BOOK.findings)), max_size=10))
def test_not_sure_is_the_same_as_never_asked(values: dict[str, bool], unsure: set[str]) -> None:
    assert assessed(values, unsure) == assessed(values)
