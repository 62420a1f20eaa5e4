"""The interview over a small book worked by hand, and over the real one."""

from decimal import Decimal

import pytest

from crampwise.assess.engine import Engine, engine_of
from crampwise.assess.intake import Intake
from crampwise.assess.known import know
from crampwise.book.book import Book
from crampwise.interview.candidates import Step, next_step, why
from crampwise.interview.guide import guide_of
from crampwise.interview.simulate import Patient, converse, patient_of
from crampwise.interview.state import Mode, Question, Said, State, forget, record
from crampwise.interview.stop import reach
from crampwise.logic.answers import Value
from crampwise.logic.errors import InputError
from tests.support import tiny
from tests.support.people import cases, shipped
from tests.support.small import small_book

REAL = engine_of(shipped())


def book_with(flags: list, findings: list, **interview) -> Engine:
    conditions = [tiny.condition("benign", {"all": 1.0}, {})]
    model = tiny.differential([tiny.stratum("all", "age_years >= 0 a", 1.0)])
    return engine_of(
        tiny.tiny_book(
            conditions, flags, model=model, findings=[*findings, tiny.number("age_years")], interview=interview
        )
    )


def keys(step: Step) -> list[str]:
    return [q.key for q in step.screen.questions] if step.screen else []


def say(engine: Engine, state: State, **said: Said) -> State:
    questions = {Question("finding", k, k): v for k, v in said.items() if k in engine.book.findings}
    questions |= {Question("item", k, k): v for k, v in said.items() if k not in engine.book.findings}
    return record(engine, state, questions)


@pytest.fixture(scope="module")
def two() -> Engine:
    return book_with(
        [tiny.flag("f_a", "soon", {"all": ["a", "b"]}), tiny.flag("f_c", "routine", {"any": ["c", "d"]})],
        [tiny.finding(f) for f in "abcd"],
    )


def test_all_open_questions_that_matter_share_one_screen(two: Engine) -> None:
    assert set(keys(next_step(two, State()))) == set("abcd")


def test_one_no_closes_the_other_half_of_an_all(two: Engine) -> None:
    assert set(keys(next_step(two, say(two, State(), a=False)))) == {"c", "d"}


def test_only_flags_above_the_certain_level_are_asked_about(two: Engine) -> None:
    step = next_step(two, say(two, State(), a=True, b=True))
    assert step.screen is None
    assert (step.urgency, step.plan_settled) == ("urgency_settled", True)


def test_not_sure_ends_what_it_makes_unreachable_and_the_end_says_so(two: Engine) -> None:
    unsure = say(two, State(), a="not_sure")
    assert set(keys(next_step(two, unsure))) == {"b", "c", "d"}, "b could still clear the flag"
    step = next_step(two, say(two, State(), a="not_sure", b=True, c=False, d=False))
    assert (step.screen, step.urgency) == (None, "nothing_left_to_ask")


def test_a_flag_that_stays_open_makes_clearing_lower_ones_pointless(two: Engine) -> None:
    stuck = say(two, State(), a="not_sure", b="not_sure", c="not_sure")
    assert keys(next_step(two, stuck)) == ["d"], "d can still make it routine"
    assert next_step(two, say(two, stuck, d=None)).screen is None


def test_skip_back_and_change_leave_a_state_that_depends_on_the_answers_alone(two: Engine) -> None:
    state = say(two, State(), a=True)
    assert say(two, say(two, state, a="not_sure"), a=True) == state
    assert forget(say(two, state, b=None), Question("finding", "b", "b")) == state


def test_a_line_asks_for_several_at_once() -> None:
    line = {"id": "line", "ask": "Any?", "findings": ["a", "b", "c"]}
    engine = book_with(
        [tiny.flag("f", "soon", {"any": ["a", "b", "c"]})], [tiny.finding(f) for f in "abc"], lines=[line]
    )
    assert keys(next_step(engine, State())) == ["line"]
    none = say(engine, State(), line="no")
    assert (next_step(engine, none).screen, next_step(engine, none).urgency) == (None, "urgency_settled")
    assert set(keys(next_step(engine, say(engine, State(), line="yes")))) == set("abc")
    unsure = next_step(engine, say(engine, State(), line="not_sure"))
    assert (unsure.screen, unsure.urgency) == (None, "nothing_left_to_ask")


def test_an_emergency_ends_the_interview_at_once() -> None:
    engine = engine_of(small_book())
    step = next_step(engine, say(engine, State(), dark=True, cramp=True))
    assert (step.screen, step.urgency) == (None, "emergency")
    assert next_step(engine, say(engine, State(), dark=True, cramp=True), past_emergency=True).urgency == "emergency"


def test_examinations_and_tests_are_never_asked_of_a_person() -> None:
    engine = engine_of(small_book())
    expectations: tuple[tuple[Mode, bool], ...] = (("person", False), ("clinician", True))
    for mode, expected in expectations:
        state, seen = State(), set()
        while (step := next_step(engine, state, mode)).screen is not None:
            seen |= set(keys(step))
            state = record(engine, state, dict.fromkeys(step.screen.questions))
        assert ("exam_swollen" in seen) is expected


def test_contradicting_answers_are_refused_and_nothing_is_recorded() -> None:
    state = say(REAL, State(), sex_at_birth="female", age_years=Decimal(30), pregnant=False)
    with pytest.raises(InputError):
        say(REAL, state, gestation_weeks=Decimal(20))


def test_an_answer_that_does_not_fit_is_refused() -> None:
    with pytest.raises(InputError, match="needs a number"):
        say(REAL, State(), age_years="no")


def test_a_whole_list_of_medicines_says_no_to_the_others_unless_a_name_is_unknown() -> None:
    ask = Question("medicines", "medicines", "?")
    for names, expected in (((), False), (("atorvastatin",), False), (("zzqx",), None), ("not_sure", None)):
        state = record(REAL, State(), {ask: names})
        assert know(REAL, state.intake(REAL)).closed.get("taking_lithium") is expected
    known = know(REAL, record(REAL, State(), {ask: ("atorvastatin",)}).intake(REAL))
    assert known.closed.get("taking_statin") is True


def test_names_that_nobody_was_asked_for_say_no_to_nothing() -> None:
    known = know(REAL, State(medicines=("atorvastatin",)).intake(REAL))
    assert known.closed.get("taking_statin") is True
    assert known.closed.get("taking_lithium") is None


def typical(book: Book) -> dict[str, Value]:
    yes = {"sudden_painful_tightening", "site_calf", "occurs_at_night", "wakes_from_sleep", "relieved_by_stretching"}
    facts: dict[str, Value] = {f: f in yes for f in REAL.patient if book.findings[f].kind == "yes_no"}
    return facts | {
        "age_years": Decimal(45),
        "sex_at_birth": "male",
        "episode_duration": "ten_seconds_to_ten_minutes",
        "episode_frequency": "one_to_three_a_month",
        "time_since_first_episode": "over_5_years",
        "pain_score": Decimal(4),
    }


def test_a_typical_night_cramp_is_settled_within_twelve_screens() -> None:
    talk = converse(REAL, Patient(typical(shipped()), Intake()))
    assert (talk.end.urgency, talk.end.plan_settled) == ("urgency_settled", True)
    assert len(talk.screens) <= 12
    found = reach(guide_of(REAL), talk.states[-1], know(REAL, talk.states[-1].intake(REAL)), "person")
    assert (found.certain, found.stuck) == (0, 0)


def test_no_screen_has_more_than_eight_lines_and_none_is_put_twice() -> None:
    for id_ in sorted(cases())[::6]:
        talk = converse(REAL, patient_of(REAL, cases()[id_]))
        put = [q.key for s in talk.screens for q in s.questions]
        assert len(put) == len(set(put)), id_
        assert max(len(s.questions) for s in talk.screens) <= 8


def test_the_first_screens_are_the_emergency_screens_in_order() -> None:
    talk = converse(REAL, Patient(typical(shipped()), Intake()))
    ids = [s.id for s in shipped().emergency_screen.screens]
    assert [s.key for s in talk.screens if s.key in ids] == ids == [s.key for s in talk.screens[:3]]


def test_every_question_can_say_why_it_is_asked() -> None:
    talk = converse(REAL, Patient(typical(shipped()), Intake()))
    for screen in talk.screens:
        for question in screen.questions:
            statements = why(REAL, question)
            assert statements and all(s.cites for s in statements)


def test_a_grouped_danger_sign_says_why_it_is_asked_and_not_why_another_is() -> None:
    coverage = shipped().emergency_screen.coverage
    for item in (i for screen in shipped().emergency_screen.screens for i in screen.items):
        (statement,) = why(REAL, Question("item", item.id, item.ask))
        assert statement.text == item.why
        flags = [shipped().red_flags[f] for f, items in coverage.items() if item.id in items]
        assert statement.cites
        assert set(statement.cites) <= {c for f in flags for c in REAL.say("", f).cites}


@pytest.mark.parametrize("finding", ["age_years", "sex_at_birth", "pregnant"])
def test_who_somebody_is_decides_which_questions_fit(finding: str) -> None:
    (statement,) = why(REAL, Question("finding", finding, ""))
    assert statement.text == shipped().words.phrases["why_person"]


def test_lines_hold_findings_that_a_person_can_answer_each_once() -> None:
    lines = [f for line in shipped().interview.lines for f in line.findings]
    assert len(lines) == len(set(lines))
    assert set(lines) <= REAL.patient
    assert all(shipped().findings[f].kind == "yes_no" for f in lines)
