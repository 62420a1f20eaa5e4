"""The book's record entries, made ready for look-up by kind of resource, code system and code."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import lru_cache

from crampwise.assess.labs import test_names
from crampwise.book.book import Book
from crampwise.book.schema.records import CodeSystem, RecordEntry, RecordKind, RecordState
from crampwise.logic.answers import Value

SYSTEMS: Mapping[str, CodeSystem] = {
    "http://snomed.info/sct": "snomed",
    "http://hl7.org/fhir/sid/icd-10": "icd10",
    "http://hl7.org/fhir/sid/icd-10-cm": "icd10",
    "http://hl7.org/fhir/sid/icd-10-pcs": "icd10",
    "http://fhir.de/CodeSystem/bfarm/icd-10-gm": "icd10",
    "http://loinc.org": "loinc",
    "http://www.nlm.nih.gov/research/umls/rxnorm": "rxnorm",
    "http://www.whocc.no/atc": "atc",
    "http://hl7.org/fhir/administrative-gender": "gender",
    "http://terminology.hl7.org/CodeSystem/v3-AdministrativeGender": "gender",
    "http://hl7.org/fhir/uv/ips/CodeSystem/absent-unknown-uv-ips": "ips_absent",
}
"""The short name of each code system that is read, by its FHIR address."""


@dataclass(frozen=True, slots=True)
class Reading:
    """How one code of one kind of resource is read.

    Attributes:
        entry: id of the record entry. state: for a condition, which state it needs.
        days: the age in days up to which it counts; None where age does not matter.
        says: answers given by the code itself.
        values: coded values, by system, of which one must be there; empty where none need be.
        fills: the number finding that takes the value. test: the test it is a result of, if any.
        due_at: the number that `fills` will reach on the date in the value.
    """

    entry: str
    state: RecordState | None
    days: int | None
    says: Mapping[str, Value]
    values: frozenset[tuple[str, str]]
    fills: str | None
    test: str | None = None
    due_at: Decimal | None = None


Found = tuple[Reading, ...]


@dataclass(frozen=True)
class RecordMap:
    """All readings.

    Attributes:
        exact: readings of whole codes. beginnings: of all codes that begin so. Both by kind, system and code.
        age: how an age is read from a date of birth, if at all.
        medicine: how a medicine is read that the book's medicines recognise, if at all.
    """

    exact: Mapping[tuple[str, str, str], Found]
    beginnings: Mapping[tuple[str, str, str], Found]
    age: Reading | None
    medicine: Reading | None
    _known: dict[tuple[str, str, str], Found] = field(default_factory=dict, repr=False)

    def find(self, kind: RecordKind, system: str, code: str) -> Found:
        """Give the readings of a code of a system (short name); empty where the book reads nothing from it."""
        key = (kind, system, code)
        found = self._known.get(key)
        if found is None:
            starts = [self.beginnings.get((kind, system, code[:n]), ()) for n in range(len(code) + 1)]
            found = self._known[key] = (*self.exact.get(key, ()), *(r for readings in starts for r in readings))
        return found


@lru_cache(maxsize=4)
def record_map(book: Book) -> RecordMap:
    """Make the record entries of a book ready, once."""
    exact: dict[tuple[str, str, str], Found] = {}
    beginnings: dict[tuple[str, str, str], Found] = {}
    age = medicine = None
    for entry in book.record_entries.values():
        reading = _reading(book, entry)
        if entry.kind == "patient" and not entry.codes:
            age = reading
        elif entry.kind == "medicine" and not entry.codes:
            medicine = reading
        for system, codes in (entry.codes or {}).items():
            for code in codes:
                where, bare = (beginnings, code[:-1]) if code.endswith("*") else (exact, code)
                key = (entry.kind, system, bare)
                where[key] = (*where.get(key, ()), reading)
        for code, result in _results(book, entry):
            key = (entry.kind, "loinc", code)
            exact[key] = (*exact.get(key, ()), result)
    return RecordMap(exact, beginnings, age, medicine)


def _reading(book: Book, entry: RecordEntry, fills: str | None = None, test: str | None = None) -> Reading:
    words: Mapping[str, Value] = {"yes": True, "no": False}
    return Reading(
        entry=entry.id,
        state=entry.state,
        days=book.record_windows[entry.window].days,
        says={finding: words.get(answer, answer) for finding, answer in (entry.says or {}).items()},
        values=frozenset((s, c) for s, codes in (entry.values or {}).items() for c in codes),
        fills=fills or entry.fills,
        test=test,
        due_at=entry.due_at,
    )


def _results(book: Book, entry: RecordEntry) -> Iterator[tuple[str, Reading]]:
    """Give the LOINC codes of an entry's tests, each with the finding that its result fills, if any."""
    names = test_names(book)
    for test in entry.tests:
        for loinc in book.tests[test].loinc:
            yield loinc.code, _reading(book, entry, names[loinc.code][1], test)
