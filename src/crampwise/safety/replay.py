"""A counterexample as an answers file, and what an assessment makes of that file."""

import json
from decimal import Decimal

from crampwise.assess.assess import assess
from crampwise.assess.assessment import Assessment
from crampwise.assess.intake import read_intake
from crampwise.book.book import Book
from crampwise.book.tree import read_yaml
from crampwise.logic.answers import Answers, Value
from crampwise.logic.errors import CrampwiseError, InputError, Problem
from crampwise.logic.findings import Number

_MOST = 4


def answers_text(book: Book, answers: Answers, says: str) -> str:
    """Write an answers file; `says` becomes its first line, a comment."""
    lines = [f"  {id_}: {_written(book, id_, value)}" for id_, value in answers.values.items()]
    return "\n".join([f"# {' '.join(says.split())}", "answers:" if lines else "answers: {}", *lines, ""])


def _written(book: Book, id_: str, value: Value) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    finding = book.catalogue[id_]
    if isinstance(finding, Number) and isinstance(value, Decimal):
        return json.dumps({"value": f"{value:f}", "unit": finding.unit}) if finding.unit else f"{value:f}"
    return str(value)


def read(book: Book, text: str) -> Assessment:
    """Assess an answers file as the command line does.

    Raises:
        InputError: the file cannot be used.
    """
    problems: list[Problem] = []
    tree = read_yaml(text, "counterexample.yaml", problems)
    if tree is None or problems:
        raise InputError(problems)
    return assess(book, read_intake(book, tree), book.info.date)


def replay(book: Book, text: str) -> str:
    """Say in one line what an assessment of the file shows."""
    try:
        result = read(book, text)
    except CrampwiseError as error:
        return f"The assessment refuses it: {error.problems[0]}"
    except (StopIteration, KeyError) as error:
        return f"The assessment breaks off ({type(error).__name__})."
    urgency = result.urgency
    fired = ", ".join(f.id for f in result.fired[:_MOST]) or "none"
    offered = ", ".join(o.id for o in (*result.plan, *result.stretches) if o.status == "offered") or "nothing"
    return f"Shown: {urgency.at_least} to {urgency.at_most}. Red flags fired: {fired}. Offered: {offered}."
