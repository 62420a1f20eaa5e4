"""Proves properties of a book: status, obligations, certificate, and each counterexample replayed as a person."""

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from time import perf_counter
from typing import Literal

from crampwise.assess.engine import engine_of
from crampwise.book.book import Book
from crampwise.safety.ground import Ground
from crampwise.safety.obligations import Clock, Failure, Shown, show
from crampwise.safety.properties import PROPERTIES, Property
from crampwise.safety.replay import answers_text, replay

Status = Literal["proved", "failed", "timeout"]


@dataclass(frozen=True)
class Example:
    """A person who breaks an obligation.

    Attributes:
        says: what is wrong. text: the answers file; before: that of the person compared with. shows: what an
            assessment of it gives; empty where no person can show it.
    """

    obligation: str
    says: str
    text: str = ""
    before: str = ""
    shows: str = ""


@dataclass(frozen=True)
class Outcome:
    """What became of one property.

    Attributes:
        obligations: how many things were shown. how: how each group of them was. files: certificates by name.
    """

    property: Property
    status: Status
    obligations: int
    seconds: float
    how: tuple[str, ...]
    files: tuple[tuple[str, str], ...]
    examples: tuple[Example, ...]


def prove(book: Book, wanted: Iterable[Property] = PROPERTIES, seconds: float = 60) -> Iterator[Outcome]:
    """Prove properties one after the other.

    Args:
        book: the content. wanted: which properties. seconds: how long the solver may take for each.
    """
    ground = Ground(engine_of(book))
    for one in wanted:
        started = perf_counter()
        clock = Clock(seconds)
        shown = [show(obligation, clock) for obligation in one.obligations(ground)]
        examples = tuple(_example(ground, f) for s in shown for f in s.failures)
        yield Outcome(
            one,
            _status(shown),
            sum(s.count for s in shown),
            perf_counter() - started,
            tuple(s.how for s in shown),
            tuple(
                (name, f"; book {book.digest}\n{text}" if name.endswith(".smt2") else text)
                for s in shown
                for name, text in s.files
            ),
            examples,
        )


def _status(shown: Iterable[Shown]) -> Status:
    every = list(shown)
    if any(s.failures for s in every):
        return "failed"
    return "timeout" if any(s.late for s in every) else "proved"


def _example(ground: Ground, failure: Failure) -> Example:
    if failure.answers is None:
        return Example(failure.id, failure.says)
    book = ground.engine.book
    text = answers_text(book, failure.answers, failure.says)
    before = answers_text(book, failure.before, "Compared with this person.") if failure.before else ""
    said = [replay(book, t) for t in (before, text) if t]
    tested = f" A test that is under way: {', '.join(failure.tested)}." if failure.tested else ""
    return Example(failure.id, failure.says + tested, text, before, " Then: ".join(said))


def digest(text: str) -> str:
    """SHA-256 of a certificate."""
    return hashlib.sha256(text.encode()).hexdigest()
