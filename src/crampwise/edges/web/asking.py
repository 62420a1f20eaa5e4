"""Questions as a page shows them: what is asked, what may be answered, what was said before, and why."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

from crampwise.assess.engine import Engine
from crampwise.book.schema.findings import FindingEntry
from crampwise.interview.candidates import why
from crampwise.interview.state import EXAMINATION, MEDICINES, RESULTS, Mode, Question, State, is_yes_no, items_of
from crampwise.logic.findings import Choice, Number
from crampwise.lookup.cite import Reference, reference

NOT_SURE = "not_sure"
_YES_NO = (("yes", "Yes"), ("no", "No"), (NOT_SURE, "Not sure"))
_REFERENCES = 3
_READ_OFF = ("lab", "yes_no")
"""Tests that are read as a yes or no, such as an ECG, stand with the examination."""

_LISTS: Final = (MEDICINES, EXAMINATION, RESULTS)


@dataclass(frozen=True)
class Why:
    """A reason for asking, and what it rests on."""

    text: str
    references: tuple[Reference, ...]


@dataclass(frozen=True)
class Asked:
    """One question on a page.

    Attributes:
        control: pick (one of `options`), number, medicines, results or examination.
        said: the answer so far, as the form would send it. problem: what is wrong with it.
        parts: the findings of an examination.
    """

    key: str
    control: str
    ask: str
    options: tuple[tuple[str, str], ...] = ()
    unit: str = ""
    said: str = ""
    problem: str = ""
    whys: tuple[Why, ...] = ()
    parts: tuple["Asked", ...] = ()


def question_of(engine: Engine, key: str) -> Question | None:
    """Give the question behind a key; None when the book does not ask it any more."""
    listed = next((kind for kind in _LISTS if kind == key), None)
    if listed:
        return Question(listed, key, engine.book.words.phrases[f"ask_{key}"])
    item = next((i for i in items_of(engine) if i.id == key), None)
    if item:
        return Question("item", key, item.ask)
    entry = engine.book.findings.get(key)
    return Question("finding", key, entry.ask) if entry else None


def asked(engine: Engine, state: State, question: Question, mode: Mode, *, reasons: int = 1) -> Asked:
    """Make one question ready for a page.

    Args:
        engine: the book made ready.
        state: gives the answer so far.
        question: what is asked.
        mode: a clinician is asked in clinical words.
        reasons: how many reasons for asking are given.
    """
    key = question.key
    whys = tuple(
        Why(s.text, tuple(reference(engine.book, c) for c in s.cites[:_REFERENCES]))
        for s in (why(engine, question)[:reasons] if question.kind in ("item", "finding") else ())
    )
    shown = Asked(key, "pick", question.ask, _YES_NO, said=said_before(state, key), whys=whys)
    if question.kind in _LISTS:
        parts = tuple(examined(engine, state)) if question.kind == EXAMINATION else ()
        return replace(shown, control=question.kind, options=(), parts=parts)
    if question.kind == "item":
        return shown
    return _finding(engine, shown, engine.book.findings[key], mode)


def _finding(engine: Engine, shown: Asked, entry: FindingEntry, mode: Mode) -> Asked:
    finding = engine.book.catalogue[entry.id]
    if mode == "clinician":
        shown = replace(shown, ask=entry.clinical)
    if isinstance(finding, Choice):
        return replace(shown, options=(*((o.id, o.label) for o in entry.options), (NOT_SURE, "Not sure")))
    if isinstance(finding, Number):
        return replace(shown, control="number", options=(), unit=engine.labels.units.get(entry.id, finding.unit))
    return shown


def said_before(state: State, key: str) -> str:
    """Give an answer as the form would send it; empty when there is none."""
    if key in state.items:
        return state.items[key]
    if key in state.not_sure:
        return NOT_SURE
    value = state.values.get(key)
    if isinstance(value, bool):
        return "yes" if value else "no"
    if key == MEDICINES:
        return "\n".join(state.medicines or ())
    return "" if value is None else str(value)


def examined(engine: Engine, state: State) -> list[Asked]:
    """Everything that an examination may find, in the order of the book's examination steps."""
    entries = (f for f in engine.book.findings.values() if not f.computed_by)
    clinical = {f.id: f for f in entries if f.answered_by == "clinician" or (f.answered_by, f.kind) == _READ_OFF}
    order = dict.fromkeys(f for step in engine.book.examination.values() for f in step.findings if f in clinical)
    shown = [Asked(f, "pick", clinical[f].clinical, _YES_NO, said=said_before(state, f)) for f in (*order, *clinical)]
    unique = {s.key: s for s in shown}
    return [_finding(engine, s, clinical[s.key], "clinician") for s in unique.values()]


def yes_no_only(engine: Engine, questions: tuple[Question, ...]) -> bool:
    """Say whether one button can answer no to whatever is left on a screen."""
    return all(is_yes_no(engine, q) for q in questions)


@dataclass(frozen=True)
class Told:
    """One answer so far: the page it was given on, its label, and the answer in words."""

    page: int
    label: str
    answer: str


def told(engine: Engine, state: State, steps: tuple[tuple[str, ...], ...]) -> list[Told]:
    """Give every answer so far, in the order asked, with the page on which it can be changed."""
    found = []
    for page, (_heading, *keys) in enumerate(steps, 1):
        for key in keys:
            question = question_of(engine, key)
            if question:
                found += [Told(page, label, answer) for label, answer in _in_words(engine, state, question)]
    return found


def _in_words(engine: Engine, state: State, question: Question) -> list[tuple[str, str]]:
    key, book = question.key, engine.book
    if key == MEDICINES:
        names = state.medicines
        return [("Medicines", "skipped" if names is None else ", ".join(names) or "none")]
    if key == RESULTS:
        rows = state.results
        said = "skipped" if rows is None else ", ".join(f"{r.test} {r.value} {r.unit}" for r in rows)
        return [("Test results", said or "none")]
    if key == EXAMINATION:
        parts = [(p.ask, p.said) for p in examined(engine, state) if p.said]
        return [(ask, said.replace("_", " ")) for ask, said in parts] or [("Examination", "skipped")]
    label = question.ask if question.kind == "item" else book.findings[key].short
    return [(label, value_words(engine, key, said_before(state, key)))]


def value_words(engine: Engine, key: str, said: str) -> str:
    """Put an answer into words."""
    if said in ("", NOT_SURE):
        return "not sure" if said else "skipped"
    label = engine.labels.options.get((key, said))
    unit = engine.labels.units.get(key, "")
    return label or f"{said} {unit}".strip()


def problems_by_key(shown: list[Asked], problems: Mapping[str, str], raw: Mapping[str, str]) -> list[Asked]:
    """Put what was typed and what is wrong with it back beside each question."""
    return [replace(a, problem=problems.get(a.key, ""), said=raw.get(a.key, a.said)) for a in shown]
