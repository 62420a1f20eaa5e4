"""S10, coded answers: each is read as itself, and words around one are refused, so no wording can move an answer."""

from collections.abc import Iterator

from crampwise.assess.intake import read_value
from crampwise.book.book import Book
from crampwise.book.tree import Located
from crampwise.logic.answers import Value
from crampwise.logic.findings import Choice, Finding, Number, YesNo
from crampwise.safety.obligations import Failure

AROUND = ("{} really", "only {}", "{}, but it is nothing", "{} but only a little", "not {}", "{} {}", "({})", "{}!")
"""Words around an answer."""
REFUSED = "refused"


def coded(book: Book) -> tuple[int, list[Failure]]:
    """Read every answer of every finding, as it is and with words around it."""
    ran, failures = 0, []
    for finding in book.catalogue.values():
        for text, value in _answers(finding):
            ran += 1 + len(AROUND)
            if _read(book, finding, text) != value:
                failures.append(Failure(f"S10/{finding.id}/{text}", f"{text!r} is not read as itself."))
            dressed = [around.format(text, text) for around in AROUND]
            moved = [words for words in dressed if _read(book, finding, words) != REFUSED]
            failures += [Failure(f"S10/{finding.id}/{words}", f"{words!r} is taken as an answer.") for words in moved]
    return ran, failures


def _answers(finding: Finding) -> Iterator[tuple[str, Value | None]]:
    """Every answer there is; of a number the two limits."""
    yield "not_sure", None
    match finding:
        case YesNo():
            yield from (("yes", True), ("no", False))
        case Choice(_, options):
            yield from ((option, option) for option in options)
        case Number(_, unit, low, high):
            yield from ((f"{limit} {unit}".strip(), limit) for limit in (low, high))


def _read(book: Book, finding: Finding, text: str) -> Value | None:
    try:
        return read_value(book, finding, Located(text, "answers", text))
    except ValueError:
        return REFUSED
