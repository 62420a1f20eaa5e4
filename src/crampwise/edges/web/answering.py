"""What a form sent back, read as answers: every problem at once, beside the question that it belongs to."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from starlette.datastructures import FormData

from crampwise.assess.engine import Engine
from crampwise.assess.intake import LabEntry, decimal_of, read_value
from crampwise.assess.medicines import Recognised, recognise
from crampwise.book.tree import Located
from crampwise.edges.web.asking import NOT_SURE, examined
from crampwise.interview.state import EXAMINATION, Question, Said, State, is_yes_no
from crampwise.logic.findings import Number

MOST_MEDICINES, MOST_RESULTS, LONGEST = 40, 40, 200
_NO_ANSWER = "Please answer this, or press “Skip the rest”."


@dataclass
class Reading:
    """What was read from a form.

    Attributes:
        said: the answers. problems: what is wrong, by key. raw: what was sent, to be shown again.
    """

    said: dict[Question, Said] = field(default_factory=dict)
    problems: dict[str, str] = field(default_factory=dict)
    raw: dict[str, str] = field(default_factory=dict)


def read_form(engine: Engine, state: State, questions: tuple[Question, ...], form: FormData, do: str) -> Reading:
    """Read the answers to some questions.

    Args:
        engine: the book made ready.
        state: the answers so far.
        questions: what was asked.
        form: what was sent; the answer to a question is under "a." and its key.
        do: continue (every question needs an answer), rest_no (the others are no) or skip (the others are skipped).
    """
    reading = Reading()
    for question in questions:
        _read(engine, state, question, form, do, reading)
    return reading


def _read(engine: Engine, state: State, question: Question, form: FormData, do: str, reading: Reading) -> None:
    key = question.key
    text = reading.raw[key] = field_of(form, f"a.{key}")
    try:
        match question.kind:
            case "medicines":
                none = text == "" and field_of(form, "u.medicines") == "none"
                said: Said = () if none else _medicines(text) if text else None
                answered = none or bool(text)
            case "results":
                said = tuple(_results(form))
                answered = True
            case "examination":
                reading.said |= _examination(engine, state, form, reading)
                said, answered = None, True
            case _:
                unsure = text == "" and field_of(form, f"u.{key}") == NOT_SURE
                text = reading.raw[key] = NOT_SURE if unsure else text
                said = _value(engine, question, text) if text else None
                answered = bool(text)
    except ValueError as error:
        reading.problems[key] = str(error)
        return
    if not answered and do == "rest_no" and is_yes_no(engine, question):
        said, answered = "no", True
    if not answered and do != "skip":
        reading.problems[key] = _NO_ANSWER
    reading.said[question] = said


def _value(engine: Engine, question: Question, text: str) -> Said:
    if question.kind == "item" or text == NOT_SURE:
        if text not in ("yes", "no", NOT_SURE):
            raise ValueError("Please choose yes, no or not sure.")
        return "yes" if text == "yes" else "no" if text == "no" else NOT_SURE
    finding = engine.book.catalogue[question.key]
    try:
        value = read_value(engine.book, finding, Located(text, "answer", text))
    except ValueError as error:
        if isinstance(finding, Number):
            unit = engine.labels.units.get(finding.id, "")
            limits = f"Please type a number from {finding.low} to {finding.high} {unit}".rstrip()
            raise ValueError(f"{limits}, or tick “not sure”.") from None
        raise ValueError("Please choose one of the answers.") from error
    return NOT_SURE if value is None else value


def _medicines(text: str) -> tuple[str, ...]:
    names = tuple(dict.fromkeys(n for part in re.split(r"[\n,;]", text) if (n := " ".join(part.split()))))
    if len(names) > MOST_MEDICINES:
        raise ValueError(f"Please name at most {MOST_MEDICINES} medicines.")
    if any(len(n) > LONGEST or not n.isprintable() for n in names):
        raise ValueError(f"Please write each name in at most {LONGEST} letters.")
    return names


def _results(form: FormData) -> Iterator[LabEntry]:
    """Rows of name, value and unit; rows without a value are left out."""
    rows = list(
        zip(
            *(
                [v.strip() for v in form.getlist(f"r.{part}") if isinstance(v, str)]
                for part in ("test", "value", "unit")
            ),
            strict=False,
        )
    )
    if len(rows) > MOST_RESULTS:
        raise ValueError(f"Please give at most {MOST_RESULTS} results.")
    for test, value, unit in rows:
        if not value and not (test and unit):
            continue
        number = decimal_of(value)
        if not test or number is None or len(test) > LONGEST or len(unit) > LONGEST:
            named = test or "The result without a name"
            raise ValueError(f"{named} needs a name and a number such as 3.1.")
        yield LabEntry(test, number, unit, None, None, None, test)


def _examination(engine: Engine, state: State, form: FormData, reading: Reading) -> dict[Question, Said]:
    """Findings that were filled in; one that is blank now but was not before is taken back."""
    said: dict[Question, Said] = {}
    for part in examined(engine, state):
        question = Question("finding", part.key, part.ask)
        text = field_of(form, f"a.{part.key}")
        if not text and not part.said:
            continue
        try:
            said[question] = _value(engine, question, text) if text else None
        except ValueError as error:
            reading.problems[EXAMINATION] = f"{part.ask}: {error}"
    return said


def field_of(form: FormData, name: str) -> str:
    """Give one field of a form as text."""
    value = form.get(name, "")
    return value.strip() if isinstance(value, str) else ""


@dataclass(frozen=True)
class Name:
    """A typed medicine: what it was taken for, or what it may be instead."""

    said: str
    taken_for: str
    meant: str


def names_of(engine: Engine, said: Said) -> list[Name]:
    """Say what each typed medicine was taken for."""
    typed = said if isinstance(said, tuple) else ()
    return [_name(recognise(engine.book, n)) for n in typed if isinstance(n, str)]


def _name(found: Recognised) -> Name:
    near = re.search(r"'(.+)'", found.suggestion or "")
    known = ", ".join(found.ingredients) or ("a kind of medicine we know" if found.members or found.findings else "")
    return Name(found.said, known, near[1] if near else "")
