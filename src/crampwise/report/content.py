"""What a doctor should see in thirty seconds: who, how urgent, what was said, what it may be, what to look at."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from crampwise.assess.assessment import Assessment, Cause, MedicineFound
from crampwise.assess.engine import Engine
from crampwise.assess.intake import Intake
from crampwise.assess.triage import answer_words
from crampwise.assess.wording import lab_text
from crampwise.book.book import rank
from crampwise.book.schema.common import Level
from crampwise.logic.answers import Value

_PERSON = ("age_years", "sex_at_birth", "pregnant", "gestation_weeks")
_TIMELINE = ("time_since_first_episode", "episode_frequency", "episode_duration")
_CAUSES, _WEIGHTS, _FLAGS, _TESTS, _STEPS, _LABS, _MEDICINES, _SAID = 5, 3, 8, 12, 12, 10, 14, 24
_DIARY = 7
_LONGEST, _DIARY_LINE = 60, 260


@dataclass(frozen=True)
class Row:
    """A label with what belongs to it."""

    label: str
    text: str


@dataclass(frozen=True)
class RankedCause:
    """One cause: clinical name, probability in percent with its limits, and the answers that weigh most."""

    name: str
    share: str
    weights: str


@dataclass(frozen=True)
class Report:
    """The page for a doctor.

    Attributes:
        urgency: lines in clinical words. What is certain, then what open answers could still make it; the other way
            round while nothing above care at home is certain.
        diary: what a cramp diary says, where there is one.
        said: yes answers and choices in the person's words. denied, unsure: all that was answered no, or not sure.
        fired, open: red flags, with why. asked: how many red flags are ruled out.
    """

    day: str
    person: str
    urgency: tuple[str, ...]
    timeline: tuple[Row, ...]
    diary: tuple[str, ...]
    said: tuple[str, ...]
    denied: str
    unsure: str
    fired: tuple[Row, ...]
    open: str
    asked: str
    causes: tuple[RankedCause, ...]
    tests: tuple[str, ...]
    steps: tuple[str, ...]
    medicines: tuple[str, ...]
    labs: tuple[str, ...]
    book: str


def report_of(
    engine: Engine,
    intake: Intake,
    result: Assessment,
    unclear: Sequence[tuple[str, Level]] = (),
    diary: tuple[str, ...] = (),
) -> Report:
    """Make the page for a doctor.

    Args:
        engine: the book made ready.
        intake: the answers. result: their assessment.
        unclear: danger signs that were said yes to without saying which part, with the urgency that this demands.
        diary: what a cramp diary says, line by line.
    """
    book, values = engine.book, intake.answers.values
    words = {w.level: w for w in book.words.levels}
    own = {k: v for k, v in values.items() if k not in (*_PERSON, *_TIMELINE)}
    yes = [book.findings[k].ask for k, v in own.items() if v is True]
    chosen = [f"{book.findings[k].short}: {_say(engine, k, v)}" for k, v in own.items() if not isinstance(v, bool)]
    noes = [book.findings[k].short.lower() for k, v in own.items() if v is False]
    urgency = result.urgency
    unexplained = [Row(ask, book.words.phrases["unexplained"]) for ask, _ in unclear]
    certain = max([urgency.at_least, *(level for _, level in unclear)], key=rank)
    fired = [
        *unexplained,
        *(Row(f.title, ", ".join(f"{r.label}: {r.answer}" for r in f.reasons)) for f in result.fired),
    ]
    named = [f"{f.title} ({words[f.level].target})" for f in result.open]
    return Report(
        day=result.date.isoformat(),
        person=", ".join(_person(engine, values)),
        urgency=_urgency(engine, result, certain),
        timeline=tuple(Row(book.findings[k].short, _say(engine, k, values[k])) for k in _TIMELINE if k in values),
        diary=_some([_short(line, _DIARY_LINE) for line in diary], _DIARY),
        said=_some([*yes, *chosen], _SAID),
        denied="; ".join(dict.fromkeys(noes)),
        unsure=", ".join(_some([book.findings[k].short.lower() for k in sorted(intake.answers.not_sure)], _SAID)),
        fired=tuple(fired[:_FLAGS]),
        open="; ".join(_some(named, _FLAGS)),
        asked=f"{len(result.ruled_out)} of {len(book.red_flags)} red flags are ruled out by the answers.",
        causes=tuple(_cause(engine, c) for c in result.causes[:_CAUSES]),
        tests=_some([t.name for t in result.tests], _TESTS),
        steps=_some([s.name for s in result.examination], _STEPS),
        medicines=_some([_medicine(m) for m in result.medicines], _MEDICINES),
        labs=_some([_short(lab_text(book.words, lab), 90) for lab in result.labs], _LABS),
        book=f"Book {result.book_version} ({result.book_digest[:12]})",
    )


def _urgency(engine: Engine, result: Assessment, certain: Level) -> tuple[str, ...]:
    clinical = {w.level: w.clinical for w in engine.book.words.levels}
    reach = result.urgency.at_most
    if rank(reach) <= rank(certain):
        return (clinical[certain],)
    if rank(certain) == 0:
        still = f"{len(result.open)} of {len(engine.book.red_flags)} red flags are not ruled out."
        return (f"Could be, while answers are open: {clinical[reach]}", f"Cannot be called safe yet: {still}")
    return (clinical[certain], f"Could still be, while answers are open: {clinical[reach]}")


def _person(engine: Engine, values: Mapping[str, Value]) -> list[str]:
    found = [f"{engine.book.findings[k].short}: {_say(engine, k, values[k])}" for k in _PERSON if k in values]
    return found or ["Age and sex not given"]


def _say(engine: Engine, id_: str, value: Value) -> str:
    return answer_words(engine, engine.book.catalogue[id_], value)


def _cause(engine: Engine, cause: Cause) -> RankedCause:
    percent, low, high = (round(100 * p) for p in (cause.probability, cause.low, cause.high))
    heavy = sorted((*cause.for_, *cause.against), key=lambda i: -abs(i.decibans))[:_WEIGHTS]
    said = ", ".join(f"{_label(engine, i.finding)} ({_weight(engine, i.decibans)})" for i in heavy)
    return RankedCause(cause.clinical, f"{percent} % ({low} to {high})", said)


def _weight(engine: Engine, decibans: float) -> str:
    word = next(w.word for w in engine.book.words.weights if abs(decibans) >= w.decibans)
    return f"{word} {'for' if decibans > 0 else 'against'}"


def _label(engine: Engine, id_: str) -> str:
    found = engine.book.findings.get(id_)
    return found.short.lower() if found else engine.labels.terms.get(id_, id_)


def _medicine(found: MedicineFound) -> str:
    said, ingredients = found.said, found.ingredients
    known = f" ({', '.join(ingredients[:2])})" if ingredients and ingredients[0].lower() not in said.lower() else ""
    unknown = f": not recognised. {found.suggestion or ''}".rstrip()
    note = ": linked with cramps" if found.may_cause else "" if ingredients else unknown
    return f"{_short(said, _LONGEST)}{known}{note}"


def _some(items: list[str], most: int) -> tuple[str, ...]:
    """The first of many, and how many more."""
    items = list(dict.fromkeys(items))
    more = len(items) - most
    return (*items[:most], f"and {more} more") if more > 0 else tuple(items)


def _short(text: str, most: int) -> str:
    return text if len(text) <= most else text[: most - 1].rstrip() + "…"
