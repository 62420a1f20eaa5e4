"""What a person has said so far. The next screen is a function of this alone, whatever order it came in."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Final, Literal

from crampwise.assess.engine import Engine
from crampwise.assess.intake import Intake, LabEntry
from crampwise.assess.known import know
from crampwise.assess.medicines import recognise
from crampwise.book.schema.common import Level
from crampwise.book.schema.findings import ScreenItem
from crampwise.logic.answers import Answers, Value, value_problem
from crampwise.logic.errors import InputError, Problem
from crampwise.logic.findings import YesNo

MEDICINES: Final = "medicines"
EXAMINATION: Final = "examination"
RESULTS: Final = "results"
Reply = Literal["yes", "no", "not_sure"]
Mode = Literal["person", "clinician"]
Said = Value | Reply | tuple[str, ...] | tuple[LabEntry, ...] | None


@dataclass(frozen=True)
class Question:
    """One line to answer.

    Attributes:
        kind: item (a grouped danger sign), finding, or a list: medicines (names), examination (findings), results.
        key: id of the item or finding, or the name of the list.
    """

    kind: Literal["item", "finding", "medicines", "examination", "results"]
    key: str
    ask: str


@dataclass(frozen=True)
class Screen:
    """What a person sees at once; it counts as one question.

    Attributes:
        key: emergency screen or form it comes from, or "then", "urgency", "plan" for one that was chosen.
        questions: up to eight lines, each with its own answer.
    """

    key: str
    heading: str
    questions: tuple[Question, ...]


@dataclass(frozen=True)
class State:
    """The answers alone.

    Attributes:
        values, not_sure: answers to findings. items: replies to grouped danger signs.
        medicines: names; None until asked. results: lab entries; None until asked.
        passed: what was skipped, or handed in as a list.
    """

    values: Mapping[str, Value] = field(default_factory=dict)
    not_sure: frozenset[str] = frozenset()
    items: Mapping[str, Reply] = field(default_factory=dict)
    medicines: tuple[str, ...] | None = None
    results: tuple[LabEntry, ...] | None = None
    passed: frozenset[str] = frozenset()

    def intake(self, engine: Engine) -> Intake:
        """Give the answers as handed in.

        A no to a grouped danger sign is a no to each of its findings, a yes to one with a single finding is a yes to
        it. Whoever was asked and names every medicine, or none, says no to those that a name would have told.
        """
        values: dict[str, Value] = dict.fromkeys(self._not_taken(engine), False)
        for item in items_of(engine):
            reply = self.items.get(item.id)
            if reply == "no" or (reply == "yes" and len(item.findings) == 1):
                values |= dict.fromkeys(item.findings, reply == "yes")
        return Intake(Answers({**values, **self.values}, self.not_sure), self.medicines or (), self.results or ())

    def _not_taken(self, engine: Engine) -> frozenset[str]:
        """Medicines that a whole list leaves out; none while a name is not recognised, as that may be one of them.

        A list that comes from a file or a record is not whole: nobody was asked.
        """
        if self.medicines is None or MEDICINES not in self.passed:
            return frozenset()
        found = [recognise(engine.book, name) for name in self.medicines]
        if not all(m.ingredients or m.members for m in found):
            return frozenset()
        named = {f for m in found for f in m.findings}
        cards = engine.book.medicines.values()
        members = {i for m in found for i in (*m.ingredients, *m.members)}
        named |= {f for card in cards if card.ingredient in members for f in (*card.sets, *card.asks)}
        implied = {t for f in {*named, *self.values} for t in engine.world.implies.get(f, ())}
        return told_by_names(engine) - named - implied

    def asked(self, key: str) -> bool:
        """Say whether a question has been put and answered in any way, skipped included."""
        return key in self.values or key in self.not_sure or key in self.items or key in self.passed


def record(engine: Engine, state: State, said: Mapping[Question, Said]) -> State:
    """Add or change answers; None skips, "not_sure" stays unknown but asked. All of them, or none.

    Raises:
        InputError: an answer does not fit its question, or contradicts another; nothing is recorded then.
    """
    for question, value in said.items():
        state = _with(engine, state, question, value)
    know(engine, state.intake(engine))
    return state


def forget(state: State, question: Question) -> State:
    """Take an answer back, so that the question is open again."""
    key = question.key
    values = {k: v for k, v in state.values.items() if k != key}
    items = {k: v for k, v in state.items.items() if k != key}
    fresh = replace(state, values=values, not_sure=state.not_sure - {key}, items=items, passed=state.passed - {key})
    if key == MEDICINES:
        return replace(fresh, medicines=None)
    return replace(fresh, results=None) if key == RESULTS else fresh


def _with(engine: Engine, state: State, question: Question, said: Said) -> State:
    key, state = question.key, forget(state, question)
    if said is None:
        return replace(state, passed=state.passed | {key})
    if isinstance(said, tuple):
        passed = replace(state, passed=state.passed | {key})
        if question.kind == MEDICINES:
            return replace(passed, medicines=tuple(n for n in said if isinstance(n, str)))
        return replace(passed, results=tuple(r for r in said if isinstance(r, LabEntry)))
    if question.kind == "item":
        reply: Reply = "yes" if said in (True, "yes") else "no" if said in (False, "no") else "not_sure"
        return replace(state, items={**state.items, key: reply})
    if said == "not_sure":
        return replace(state, not_sure=state.not_sure | {key}, passed=state.passed | _list_key(question))
    if isinstance(engine.book.catalogue.get(key), YesNo):
        said = {"yes": True, "no": False}.get(said, said) if isinstance(said, str) else said
    problem = value_problem(engine.book.catalogue[key], said)
    if problem:
        raise InputError([Problem("answers", f"{key} {problem}.")])
    return replace(state, values={**state.values, key: said})


def _list_key(question: Question) -> frozenset[str]:
    return frozenset() if question.kind == "finding" else frozenset({question.key})


def is_yes_no(engine: Engine, question: Question) -> bool:
    """Say whether a question is answered yes or no."""
    return question.kind == "item" or isinstance(engine.book.catalogue.get(question.key), YesNo)


def items_of(engine: Engine) -> Iterator[ScreenItem]:
    """Every line that asks for several findings at once: grouped danger signs first."""
    for screen in engine.book.emergency_screen.screens:
        yield from screen.items
    yield from engine.book.interview.lines


def told_by_names(engine: Engine) -> frozenset[str]:
    """Findings that the name of a medicine answers."""
    return frozenset(f for m in engine.book.medicines.values() for f in m.sets)


def unexplained(engine: Engine, state: State) -> tuple[tuple[ScreenItem, Level], ...]:
    """Grouped danger signs answered yes of which no part was then confirmed, with the urgency that this demands."""
    closed = know(engine, state.intake(engine)).closed
    found: list[tuple[ScreenItem, Level]] = []
    for screen in engine.book.emergency_screen.screens:
        for item in screen.items if screen.unexplained else ():
            put = all(f in state.values or f in state.not_sure or f in state.passed for f in item.findings)
            none = not any(closed.get(f) is True for f in item.findings)
            if state.items.get(item.id) == "yes" and put and none and screen.unexplained:
                found.append((item, screen.unexplained))
    return tuple(found)
