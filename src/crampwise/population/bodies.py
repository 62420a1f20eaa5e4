"""What one resource says, worked out by the reader of one person's record, once for all resources with the same words.

A resource is read as if it were of the day of the screen. Which of its dates decides, and how old it may be, comes out
beside what it says, so that ages are then compared for many people at once.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

from crampwise.book.book import Book
from crampwise.logic.answers import Value
from crampwise.population.rows import BY_NAME, resource_of
from crampwise.records.observations import settle_observations
from crampwise.records.person import Person, Trace
from crampwise.records.read import READERS

_MOST = 200_000


@dataclass(frozen=True, slots=True)
class Said:
    """One answer of a resource.

    Attributes:
        finding, value: the answer. days: the age up to which it counts; None where age does not matter.
        newest: of two dates the newer one is its age, otherwise the first.
        medicine: it comes from what a medicine is, not from its code.
    """

    finding: str
    value: Value
    days: int | None
    newest: bool = False
    medicine: bool = False


Slots = Mapping[str, tuple[Said, ...] | None]
"""For each thing observed what is said of it; None where it cannot be read."""


@dataclass(frozen=True, slots=True)
class Told:
    """What a resource says.

    Attributes:
        says: its answers, for all kinds but observations. slots: those of an observation.
        ingredients: of a medicine, with the age in days up to which it counts.
        problems: why something of it is not read.
    """

    says: tuple[Said, ...] = ()
    slots: Slots = field(default_factory=dict)
    ingredients: tuple[str, ...] = ()
    medicine_days: int | None = None
    problems: tuple[str, ...] = ()


@dataclass
class Bodies:
    """Remembers what resources say by their words."""

    book: Book
    as_of: date
    _known: dict[tuple[str, str | None, str | None], Told] = field(default_factory=dict)

    def told(self, kind: str, code: str | None, body: str | None) -> Told:
        """Give what a resource of this kind with these words says."""
        key = kind, code, body
        found = self._known.get(key)
        if found is None:
            if len(self._known) >= _MOST:
                self._known.clear()
            found = self._known[key] = self._read(kind, code, body)
        return found

    def _read(self, kind: str, code: str | None, body: str | None) -> Told:
        today, before = f'"{self.as_of}"', f'"{self.as_of - timedelta(days=1)}"'
        two = bool(BY_NAME[kind].others) and kind != "Observation"
        person = Person(self.book, self.as_of, lambda _: None)
        READERS[kind](person, resource_of(kind, code, body, before if two else today, today if two else None))
        if kind == "Observation":
            return self._observed(person)
        says = [Said(s.finding, s.value, self._days(s.origin.entry), s.origin.age_days == 0) for s in person.statements]
        days = self._days(person.taken[0].origin.entry) if person.taken else None
        says += [Said(f, True, days, medicine=True) for t in person.taken for f in t.findings]
        ingredients = tuple(dict.fromkeys(i for t in person.taken for i in t.ingredients))
        return Told(tuple(says), {}, ingredients, days, _problems(person))

    def _observed(self, person: Person) -> Told:
        slots: dict[str, tuple[Said, ...] | None] = {}
        for slot, candidates in person.candidates.items():
            alone = Person(self.book, self.as_of, lambda _: None, traces=person.traces)
            alone.candidates = {slot: candidates}
            settle_observations(alone)
            says = [Said(s.finding, s.value, self._days(s.origin.entry)) for s in alone.statements]
            says += [Said(m.finding, m.value, self._days(m.origin.entry)) for m in alone.measured if m.finding]
            slots[slot] = tuple(says) if says or alone.measured or candidates[0].trace.idle else None
        return Told(slots=slots, problems=_problems(person))

    def _days(self, entry: str) -> int | None:
        return self.book.record_windows[self.book.record_entries[entry].window].days


def _problems(person: Person) -> tuple[str, ...]:
    return tuple(dict.fromkeys(p for t in person.traces if isinstance(t, Trace) for p in t.problems))
