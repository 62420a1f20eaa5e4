"""A simulated patient: answers what is asked from known facts, and "not sure" to everything else."""

from collections.abc import Mapping
from dataclasses import dataclass

from crampwise.assess.engine import Engine
from crampwise.assess.intake import Intake
from crampwise.assess.known import know
from crampwise.interview.candidates import Step, next_step
from crampwise.interview.guide import guide_of
from crampwise.interview.state import Mode, Question, Said, Screen, State, record
from crampwise.logic.answers import Answers, Empty, Value
from crampwise.logic.errors import InputError


@dataclass(frozen=True)
class Patient:
    """What someone knows of themselves.

    Attributes:
        facts: answers with all that follows from them. intake: medicines and results as handed in.
        mode: a person, or a clinician who has examined.
    """

    facts: Mapping[str, Value]
    intake: Intake
    mode: Mode = "person"


@dataclass(frozen=True)
class Conversation:
    """An interview from first to last screen; `states[k]` is what was known after k screens."""

    screens: tuple[Screen, ...]
    states: tuple[State, ...]
    end: Step


def patient_of(engine: Engine, intake: Intake) -> Patient:
    """Make a patient of a case. One whose facts hold examinations or results is told by a clinician."""
    known = know(engine, intake)
    book = engine.book
    clinical = bool(intake.labs) or any(book.findings[f].answered_by != "patient" for f in intake.answers.values)
    closed = Answers(dict(intake.answers.values))
    run = engine.program.run([(closed, 1)])
    facts = {**engine.closed(closed, run).values}
    named = {f for m in known.medicines for f in m.findings}
    return Patient(
        {f: v for f, v in facts.items() if f not in named or f in intake.answers.values},
        intake,
        "clinician" if clinical else "person",
    )


def answer(engine: Engine, patient: Patient, question: Question) -> Said:
    """Give the patient's answer to one line."""
    if question.kind == "medicines":
        return patient.intake.medicines or "not_sure"
    if question.kind == "results":
        return patient.intake.labs or "not_sure"
    if question.kind == "item":
        values = [patient.facts.get(f) for f in guide_of(engine).items[question.key].findings]
        if True in values:
            return "yes"
        return "no" if all(v is False for v in values) else "not_sure"
    value = patient.facts.get(question.key)
    return "not_sure" if value is None or value is Empty.EMPTY else value


def converse(engine: Engine, patient: Patient, most: int = 80, past_emergency: bool = False) -> Conversation:
    """Hold the interview to its end, or for at most `most` screens."""
    states: list[State] = [State()]
    screens: list[Screen] = []
    step = next_step(engine, states[0], patient.mode, past_emergency)
    while step.screen is not None and len(screens) < most:
        screens.append(step.screen)
        states.append(_answered(engine, patient, states[-1], step.screen))
        step = next_step(engine, states[-1], patient.mode, past_emergency)
    return Conversation(tuple(screens), tuple(states), step)


def _answered(engine: Engine, patient: Patient, state: State, screen: Screen) -> State:
    said: dict[Question, Said] = {}
    for question in screen.questions:
        if question.kind == "examination":
            said[question] = "not_sure"
            said |= _examined(engine, patient)
        else:
            said[question] = answer(engine, patient, question)
    try:
        return record(engine, state, said)
    except InputError:
        for question, value in said.items():
            try:
                state = record(engine, state, {question: value})
            except InputError:
                state = record(engine, state, {question: "not_sure"})
        return state


def _examined(engine: Engine, patient: Patient) -> dict[Question, Said]:
    """Everything an examiner hands in at once."""
    book, given = engine.book, patient.intake.answers.values
    found = {f: v for f, v in given.items() if book.findings[f].answered_by != "patient"}
    return {Question("finding", f, book.findings[f].ask): v for f, v in found.items()}
