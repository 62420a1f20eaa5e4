"""The interview over people drawn from the real book's own model."""

from random import Random

import pytest

from benchmarks.interview_study import outcome, people
from crampwise.assess.assess import assess
from crampwise.assess.engine import engine_of
from crampwise.assess.intake import Intake
from crampwise.interpret.world import close
from crampwise.interview.candidates import next_step
from crampwise.interview.simulate import Patient, converse
from crampwise.interview.state import Question, Said, State, is_yes_no, record
from crampwise.logic.answers import Answers
from tests.support.people import TODAY, cases, shipped

ENGINE = engine_of(shipped())


@pytest.mark.parametrize("seed", range(8))
def test_stopping_early_gives_the_urgency_of_all_answers(seed: int) -> None:
    for person in people(ENGINE, 25, seed):
        result, _ = outcome(ENGINE, person)
        assert result.asked == result.everything, dict(person.values)


@pytest.mark.parametrize("seed", range(4))
def test_the_order_of_answers_never_matters(seed: int) -> None:
    random = Random(seed)
    for person in people(ENGINE, 3, seed + 100):
        talk = converse(ENGINE, Patient(dict(close(ENGINE.world, person).values), Intake()))
        end = talk.states[-1]
        said = [*end.values.items(), *((f, "not_sure") for f in end.not_sure)]
        random.shuffle(said)
        again = State(dict(said_value for said_value in said if said_value[0] in end.values))
        shuffled_items = list(end.items.items())
        random.shuffle(shuffled_items)
        other = State(again.values, end.not_sure, dict(shuffled_items), end.medicines, end.results, end.passed)
        assert other == end
        assert next_step(ENGINE, other) == next_step(ENGINE, end)
        assert assess(shipped(), other.intake(ENGINE), TODAY) == assess(shipped(), end.intake(ENGINE), TODAY)


@pytest.mark.parametrize("seed", range(3))
def test_screens_answered_one_line_at_a_time_in_any_order_lead_to_the_same_state(seed: int) -> None:
    random = Random(seed)
    step, whole, single = next_step(ENGINE, State()), State(), State()
    for _ in range(6):
        assert step.screen is not None
        said: dict[Question, Said] = {
            q: random.choice(["no", "not_sure", None] if is_yes_no(ENGINE, q) else ["not_sure", None])
            for q in step.screen.questions
        }
        whole = record(ENGINE, whole, said)
        for question in random.sample(list(said), len(said)):
            single = record(ENGINE, single, {question: said[question]})
        assert whole == single
        step = next_step(ENGINE, whole)


@pytest.mark.parametrize("case_id", sorted(cases())[::9])
def test_not_sure_to_what_was_not_asked_changes_nothing(case_id: str) -> None:
    intake = cases()[case_id]
    unasked = [f for f in ENGINE.patient if f not in intake.answers.values]
    unsure = frozenset(Random(case_id).sample(sorted(unasked), 60))
    with_unsure = Intake(Answers(intake.answers.values, unsure), intake.medicines, intake.labs, intake.places)
    before, after = assess(shipped(), intake, TODAY), assess(shipped(), with_unsure, TODAY)
    assert before == after
