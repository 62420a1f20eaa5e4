"""Which question comes next: emergency screens, the story, medicines, then whatever could still raise the urgency."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from crampwise.assess.assessment import Statement
from crampwise.assess.engine import Engine
from crampwise.assess.intake import Intake
from crampwise.assess.known import Known, know
from crampwise.assess.triage import evaluate_rules, triage
from crampwise.book.schema.findings import ScreenItem
from crampwise.logic.answers import Answers, Value
from crampwise.logic.findings import YesNo

MEDICINES = "medicines"
Reply = Literal["yes", "no", "not_sure"]
_MOST_WHY = 3


@dataclass(frozen=True, slots=True)
class Question:
    """Something to ask.

    Attributes:
        kind: item (one grouped question of an emergency screen), finding, or medicines (names as free text).
        key: id of the item or finding. heading: what the question belongs to.
    """

    kind: Literal["item", "finding", "medicines"]
    key: str
    ask: str
    heading: str


@dataclass(frozen=True)
class Progress:
    """What a person has said so far; a skipped question counts as asked.

    Attributes:
        values, not_sure: answers to findings. items: replies to grouped questions. medicines: names, None until asked.
        skipped: questions passed over.
    """

    values: Mapping[str, Value] = field(default_factory=dict)
    not_sure: frozenset[str] = frozenset()
    items: Mapping[str, Reply] = field(default_factory=dict)
    medicines: tuple[str, ...] | None = None
    skipped: frozenset[str] = frozenset()

    def intake(self, engine: Engine) -> Intake:
        """Give the answers as handed in: a no to a grouped question is a no to each of its findings."""
        values: dict[str, Value] = {}
        for item in _items(engine):
            reply = self.items.get(item.id)
            if reply == "no" or (reply == "yes" and len(item.findings) == 1):
                values |= dict.fromkeys(item.findings, reply == "yes")
        return Intake(Answers({**values, **self.values}, self.not_sure), self.medicines or ())

    def passed(self, key: str) -> bool:
        """Say whether a question has been put, whatever came of it."""
        return key in self.values or key in self.not_sure or key in self.items or key in self.skipped


def next_question(engine: Engine, progress: Progress) -> Question | None:
    """Give the next question, or None when nothing is left that could change the urgency."""
    known = know(engine, progress.intake(engine))
    return next(_waiting(engine, progress, known), None)


def questions_left(engine: Engine, progress: Progress) -> int:
    """Estimate how many questions are left."""
    known = know(engine, progress.intake(engine))
    return sum(1 for _ in _waiting(engine, progress, known))


def _waiting(engine: Engine, progress: Progress, known: Known) -> Iterator[Question]:
    """All questions that would be put if nothing changed, in order, each once."""
    seen: set[str] = set()
    for question in _ordered(engine, progress, known):
        if question.key not in seen and not progress.passed(question.key):
            seen.add(question.key)
            yield question


def _ordered(engine: Engine, progress: Progress, known: Known) -> Iterator[Question]:
    screen = engine.book.emergency_screen
    headings = engine.book.words.headings
    yield from _findings(engine, known, screen.before, headings["person"])
    for part in screen.screens:
        for item in part.items:
            yield from _item(engine, progress, known, item, part.title)
    yield from _findings(engine, known, screen.story, headings["story"])
    if progress.medicines is None:
        yield Question("medicines", MEDICINES, engine.book.words.phrases["ask_medicines"], headings["medicines"])
    flags = triage(engine, known, evaluate_rules(engine, known))
    for flag in flags.open:
        asks = [a.finding for a in flag.open_questions if not progress.passed(a.finding)]
        yield from _findings(engine, known, asks[:1], headings["open"])


def _item(engine: Engine, progress: Progress, known: Known, item: ScreenItem, heading: str) -> Iterator[Question]:
    if all(known.closed.get(f) is not None or progress.passed(f) for f in item.findings):
        opened = any(known.closed.get(f) is not False for f in item.findings)
    else:
        if item.id not in progress.items:
            yield Question("item", item.id, item.ask, heading)
            return
        opened = progress.items[item.id] != "no"
    if opened and item.id in progress.items:
        yield from _findings(engine, known, (*item.findings, *item.then), heading)


def _findings(engine: Engine, known: Known, ids: Sequence[str], heading: str) -> Iterator[Question]:
    """Questions whose answer is neither known nor implied, and that the person can answer."""
    for id_ in ids:
        if known.closed.get(id_) is None and id_ in engine.patient:
            yield Question("finding", id_, engine.book.findings[id_].ask, heading)


def why(engine: Engine, question: Question) -> tuple[Statement, ...]:
    """Say why a question is asked: the dangers it may show, else the causes it speaks for, with their evidence."""
    ids = _item_by_id(engine)[question.key].findings if question.kind == "item" else (question.key,)
    flags = [f for f in engine.book.red_flags.values() if set(ids) & set(engine.reads[f"red_flag/{f.id}"])]
    if flags:
        from_grave = sorted(flags, key=lambda f: engine.level_order[f.level])
        return tuple(engine.say(f"{f.title}. {f.because}", f) for f in from_grave[:_MOST_WHY])
    causes = [
        c
        for c in engine.book.conditions.values()
        if any(id_ in engine.features_reading.get(x.finding, ()) for x in c.likelihoods for id_ in ids)
    ]
    return tuple(engine.say(f"{c.name.plain}. {c.what}", c) for c in causes[:_MOST_WHY]) or (
        engine.phrase("why_person"),
    )


def record(
    engine: Engine, progress: Progress, question: Question, value: Value | Reply | tuple[str, ...] | None
) -> Progress:
    """Add an answer; None skips the question, "not_sure" stays unknown but asked.

    Raises:
        InputError: the answer contradicts an earlier one; nothing is recorded then.
    """
    new = _with(engine, progress, question, value)
    know(engine, new.intake(engine))
    return new


def _with(engine: Engine, p: Progress, question: Question, value: Value | Reply | tuple[str, ...] | None) -> Progress:
    if value is None:
        medicines = () if question.kind == "medicines" else p.medicines
        return Progress(p.values, p.not_sure, p.items, medicines, p.skipped | {question.key})
    if isinstance(value, tuple):
        return Progress(p.values, p.not_sure, p.items, value, p.skipped)
    if question.kind == "item":
        reply: Reply = "yes" if value in (True, "yes") else "no" if value in (False, "no") else "not_sure"
        return Progress(p.values, p.not_sure, {**p.items, question.key: reply}, p.medicines, p.skipped)
    if value == "not_sure":
        return Progress(p.values, p.not_sure | {question.key}, p.items, p.medicines, p.skipped)
    return Progress({**p.values, question.key: value}, p.not_sure, p.items, p.medicines, p.skipped)


def is_yes_no(engine: Engine, question: Question) -> bool:
    """Say whether a question is answered yes or no."""
    return question.kind == "item" or isinstance(engine.book.catalogue.get(question.key), YesNo)


def _items(engine: Engine) -> Iterator[ScreenItem]:
    return (item for screen in engine.book.emergency_screen.screens for item in screen.items)


def _item_by_id(engine: Engine) -> dict[str, ScreenItem]:
    return {item.id: item for item in _items(engine)}
