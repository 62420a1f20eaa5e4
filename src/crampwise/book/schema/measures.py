"""Measures of a population, and what they may ask of a record rather than of a person."""

from dataclasses import dataclass
from typing import Literal

from crampwise.book.schema.common import Entry, FindingId
from crampwise.logic.rules import Rule


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordFact(Entry):
    """Something that stands in a record: a statement about the record, never about the person.

    It is true when the record holds it inside the window. It is false only when the record shows that it would hold it:
    the source carries entries of this kind for somebody, and this person's record has some entry inside the window.
    Otherwise it is unknown.

    Attributes:
        kind: a result of a test, or a contact with a service.
        results: findings of which one result is enough (kind result).
        codes: coding system to the codes of which one is enough (kind contact).
        months: how far the window reaches back from the day of the screen.
        missing: how its absence is told.
    """

    name: str
    missing: str
    kind: Literal["result", "contact"]
    months: int
    results: tuple[FindingId, ...] = ()
    codes: dict[str, tuple[str, ...]] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure(Entry):
    """A question about a population.

    Attributes:
        title: in plain words. why: why it matters, for those who run the screen.
        among: whom it is about (the denominator). when: who of them is found (the numerator). Both may read record
            facts, which no other rule may.
        next: what may be done about those found. Never to stop a medicine.
    """

    title: str
    among: Rule
    when: Rule
    why: str
    next: str
