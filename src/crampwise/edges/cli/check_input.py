"""Reading what is typed at a screen of several lines, or as a list."""

import re

from crampwise.assess.intake import LabEntry, decimal_of, read_value
from crampwise.book.book import Book
from crampwise.book.rules import did_you_mean
from crampwise.book.tree import Located
from crampwise.interview.state import Question, Reply, Said

_NONE = ("none", "no", "n", "0")


def ticked(text: str, lines: int) -> list[Reply]:
    """Read the numbers of lines that are so; "?3" is not sure of line 3, "n" none, "?" not sure of all others.

    Raises:
        ValueError: something is not a line of the list; the message says what to type.
    """
    said = text.lower().replace("not sure", "?").replace("not_sure", "?")
    words = [w for w in re.split(r"[\s,;]+", said) if w and w != "and"]
    rest: Reply = "not_sure" if "?" in words else "no"
    found: list[Reply] = [rest] * lines
    for word in words:
        if word == "?" or word in _NONE:
            continue
        number = word.strip("?")
        if not number.isdigit() or not 1 <= int(number) <= lines:
            raise ValueError(f"Please type the numbers of the lines that are so (1 to {lines}), n for none, or ?.")
        found[int(number) - 1] = "not_sure" if "?" in word else "yes"
    return found


def names(text: str) -> tuple[str, ...]:
    """Read medicine names with commas between; "none" is an empty list."""
    return tuple(n.strip() for n in text.split(",") if n.strip() and n.strip().lower() not in _NONE)


def results(text: str) -> tuple[LabEntry, ...]:
    """Read test results such as "potassium 3.1 mmol/L, CK 900 U/L".

    Raises:
        ValueError: a result has no name, value or unit.
    """
    found = []
    for part in names(text.replace(";", ",")):
        match = re.fullmatch(r"(.+?)[\s:=]+([-+]?[\d.]+)\s*(\S.*)", part)
        value = decimal_of(match[2]) if match else None
        if match is None or value is None:
            raise ValueError(f"{part!r} is not a result. Type name, value and unit, such as potassium 3.1 mmol/L.")
        found.append(LabEntry(match[1].strip(), value, match[3].strip(), None, None, None, "answer"))
    return tuple(found)


def examined(book: Book, text: str) -> dict[Question, Said]:
    """Read findings of an examination such as "heart_rate 95, exam_objective_weakness yes".

    Raises:
        ValueError: a finding is not known, or its value does not fit.
    """
    said: dict[Question, Said] = {}
    for part in names(text):
        id_, _, value = part.partition(" ")
        finding = book.catalogue.get(id_)
        if finding is None:
            hint = did_you_mean(id_, book.catalogue) or "`crampwise book search WORDS` finds the right name."
            raise ValueError(f"There is no finding called {id_!r}. {hint}")
        read = read_value(book, finding, Located(value.strip() or "yes", "answer", value.strip() or "yes"))
        said[Question("finding", id_, book.findings[id_].ask)] = "not_sure" if read is None else read
    return said
