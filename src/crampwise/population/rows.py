"""Resources of FHIR bulk files as rows: what is read of each kind, and which rows can answer anything at all.

Every engine makes the same rows: of each resource its person, its code, the rest of what the reader of one person's
record looks at, and its dates. From there on the work is the same for all.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from crampwise.book.schema.records import RecordKind
from crampwise.population.screen import Screen
from crampwise.records.fhir import Unreadable, codes_in, day_of
from crampwise.records.mapping import record_map

if TYPE_CHECKING:
    import pyarrow as pa

Days = NDArray[np.int32]
NO_DAY = int(np.iinfo(np.int32).min)
EPOCH = date(1970, 1, 1).toordinal()
_DATE = 10


@dataclass(frozen=True, slots=True)
class Kind:
    """What is read of one kind of resource.

    Attributes:
        name: of the resource. subject: the field that names the person. code: the field that tells whether it matters.
        body: the other fields that are read, dates aside.
        dates, others: fields of which the first that is there is the date, or the second date; a period counts by its
            end, or else its start.
        reads: what the book calls it, where its codes alone tell whether it matters.
    """

    name: str
    code: str
    body: tuple[str, ...]
    dates: tuple[str, ...]
    others: tuple[str, ...] = ()
    reads: RecordKind | None = None
    subject: str = "subject"


KINDS = (
    Kind("Patient", "", ("gender", "deceasedBoolean", "deceasedDateTime", "extension"), ("birthDate",)),
    Kind("Condition", "code", ("clinicalStatus", "verificationStatus", "abatementDateTime", "abatementPeriod"),
         ("onsetDateTime", "onsetPeriod"), ("recordedDate",), "condition"),
    Kind("Procedure", "code", ("status",), ("performedDateTime", "performedPeriod"), (), "procedure"),
    Kind("AllergyIntolerance", "code", ("clinicalStatus", "verificationStatus"), ("onsetDateTime",), ("recordedDate",),
         "allergy", "patient"),
    Kind("Observation", "code",
         ("status", "valueQuantity", "valueCodeableConcept", "valueDateTime", "dataAbsentReason", "component"),
         ("effectiveDateTime", "effectivePeriod", "effectiveInstant"), ("issued",), "observation"),
    Kind("MedicationRequest", "medicationCodeableConcept",
         ("status", "intent", "doNotPerform", "medicationReference"), ("authoredOn",)),
    Kind("MedicationStatement", "medicationCodeableConcept",
         ("status", "medicationReference", "effectivePeriod"), ("effectiveDateTime",), ("dateAsserted",)),
    Kind("MedicationDispense", "medicationCodeableConcept",
         ("status", "medicationReference", "daysSupply"), ("whenHandedOver", "whenPrepared")),
    Kind("Encounter", "serviceType", (), ("period",)),
)  # fmt: skip
BY_NAME: Mapping[str, Kind] = {kind.name: kind for kind in KINDS}

MEANING = ("modifierExtension", "implicitRules", "focus")
"""Fields that change what a resource means. Whoever has one is read by the reader of one record, which decides."""

PERSON, KIND, ID, CODE, BODY, DATE, OTHER, DAY = "person", "kind", "id", "code", "body", "date", "other", "day"
ROW = (PERSON, ID, CODE, BODY, DATE, OTHER)
SEEN = "seen"
"""The kind of a fact that only says when the last entry of a person was."""


def rows_schema() -> "pa.Schema":
    """Give the schema of rows. Texts: the reference to the person and the id plain, all else as it stood in JSON."""
    import pyarrow as pa

    return pa.schema([pa.field(name, pa.string()) for name in ROW])


def facts_schema() -> "pa.Schema":
    """Give the schema of facts: rows that may answer something, with their kind; and days on which anything was."""
    import pyarrow as pa

    return pa.schema([*(pa.field(name, pa.string()) for name in (KIND, *ROW)), pa.field(DAY, pa.int32())])


@dataclass
class Sieve:
    """Keeps the rows that may answer something, and of all others only when they were.

    Attributes:
        screen: the book made ready. as_of: the day of the screen.
        notes: how often something could not be understood, by reason.
        present: findings of results, and ids of contacts, of which the source has some entry.
    """

    screen: Screen
    as_of: date
    notes: dict[str, int] = field(default_factory=dict)
    present: set[str] = field(default_factory=set)
    _matters: dict[tuple[str, str], tuple[bool, str]] = field(default_factory=dict)

    def keep(self, kind: Kind, rows: "pa.RecordBatch") -> "pa.RecordBatch":
        """Give the facts in a batch of rows of one kind."""
        import pyarrow as pa

        person = _persons(rows.column(PERSON))
        named = person.is_valid().to_numpy(zero_copy_only=False)
        self._note(f"{kind.name}: it does not say whom it is about", int((~named).sum()))
        matters = self._relevant(kind, rows.column(CODE)) if kind.code else np.ones(len(person), np.bool_)
        kept = pa.array(np.flatnonzero(matters & named))
        facts = [_same(kind.name, len(kept)), person.take(kept)]
        facts += [rows.column(name).take(kept) for name in ROW[1:]]
        batch = pa.RecordBatch.from_arrays([*facts, pa.nulls(len(kept), pa.int32())], schema=facts_schema())
        if kind.name == "Patient":
            return batch
        day = days_of(rows.column(DATE))
        if (day == NO_DAY).any():
            day = np.where(day == NO_DAY, days_of(rows.column(OTHER)), day)
        return pa.concat_batches([batch, self._seen(person, day, named)])

    def _seen(self, person: "pa.Array", day: Days, named: NDArray[np.bool_]) -> "pa.RecordBatch":
        """For each person of a batch the newest day up to the day of the screen on which anything was."""
        import pyarrow as pa

        coded = person.dictionary_encode()
        newest = np.full(len(coded.dictionary), NO_DAY, np.int32)
        past = named & (day != NO_DAY) & (day <= self.as_of.toordinal() - EPOCH)
        who = coded.indices.fill_null(0).to_numpy(zero_copy_only=False)
        np.maximum.at(newest, who[past], day[past])
        people = coded.dictionary.filter(pa.array(newest != NO_DAY))
        nothing = pa.nulls(len(people), pa.string())
        arrays = [_same(SEEN, len(people)), people, *[nothing] * (len(ROW) - 1), pa.array(newest[newest != NO_DAY])]
        return pa.RecordBatch.from_arrays(arrays, schema=facts_schema())

    def _relevant(self, kind: Kind, codes: "pa.Array") -> NDArray[np.bool_]:
        coded = codes.dictionary_encode()
        texts = coded.dictionary.to_pylist()
        places = coded.indices.fill_null(len(texts)).to_numpy(zero_copy_only=False)
        counts = np.bincount(places, minlength=len(texts) + 1)
        missing = kind.name.startswith("Medication")  # what it is may stand in a reference
        matters = np.zeros(len(texts) + 1, np.bool_)
        matters[-1] = missing
        if not missing and kind.reads:
            self._note(f"{kind.name}: it has no code", int(counts[-1]))
        for i, text in enumerate(texts):
            if (kind.name, text) not in self._matters:
                self._matters[kind.name, text] = self._reads(kind, text)
            matters[i], reason = self._matters[kind.name, text]
            self._note(reason, int(counts[i]) if reason else 0)
        return np.asarray(matters[places])

    def _reads(self, kind: Kind, text: str) -> tuple[bool, str]:
        """Whether anything is read from a coded concept, or why it cannot be understood."""
        concept = json.loads(text)
        if kind.name == "Encounter":
            contacts = contacts_in(self.screen, concept)
            self.present |= contacts
            return bool(contacts), ""
        if kind.reads is None:
            return True, ""
        codes, mapped = [c for part in parts_of(concept) for c in codes_in(part)], record_map(self.screen.engine.book)
        found = [r for c in codes if c.system for r in mapped.find(kind.reads, c.system, c.code)]
        if kind.reads == "observation":
            self.present |= {r.fills for r in found if r.fills}
        if found or any(c.system for c in codes):
            return bool(found), ""
        return False, f"{kind.name}: it has no code in a system that is read"

    def _note(self, what: str, times: int) -> None:
        if times:
            self.notes[what] = self.notes.get(what, 0) + times


def parts_of(concept: Any) -> list[Any]:
    """Give the concepts in the code of a row: of an observation with components its own, then those of its parts."""
    if isinstance(concept, Mapping) and "panel" in concept:
        inner = concept.get("parts")
        return [concept["panel"], *(inner if isinstance(inner, list) else ())]
    return [concept]


def contacts_in(screen: Screen, concept: Any) -> frozenset[str]:
    """Give the record facts of which a contact with this kind of service is one."""
    codings = concept.get("coding") if isinstance(concept, Mapping) else None
    held = {(c.get("system"), c.get("code")) for c in codings or () if isinstance(c, Mapping)}
    facts = screen.engine.book.record_facts.values()
    return frozenset(f.id for f in facts if any((s, c) in held for s, codes in (f.codes or {}).items() for c in codes))


def _same(text: str, times: int) -> "pa.Array":
    import pyarrow as pa

    return pa.array([text]).take(pa.array(np.zeros(times, np.int8)))


def _persons(references: "pa.Array") -> "pa.Array":
    """Give the id at the end of each reference to a patient; null where there is none."""
    import pyarrow as pa

    coded = references.dictionary_encode()
    names = pa.array([*map(person_of, coded.dictionary.to_pylist()), None], pa.string())
    return names.take(coded.indices.fill_null(len(names) - 1))


def person_of(reference: str | None) -> str | None:
    """Give the id of the patient that a reference names."""
    if not reference:
        return None
    if reference.startswith("urn:uuid:"):
        return reference.removeprefix("urn:uuid:") or None
    kind, _, id_ = reference.split("/_history/")[0].rpartition("/")
    return id_ if kind.rpartition("/")[2] == "Patient" and id_ else None


def days_of(texts: "pa.Array") -> Days:
    """Give the first day that each JSON date can mean, as days since 1970; `NO_DAY` for what is none."""
    import pyarrow.compute as pc

    coded = pc.utf8_slice_codeunits(texts, 0, _DATE + 1).dictionary_encode()
    found = np.array([*map(_day, coded.dictionary.to_pylist()), NO_DAY], np.int32)
    return np.asarray(found[coded.indices.fill_null(len(found) - 1).to_numpy(zero_copy_only=False)])


def _day(text: str) -> int:
    if not text.startswith('"'):
        return NO_DAY
    try:
        found = day_of(text[1:].rstrip('"'))
    except Unreadable:
        return NO_DAY
    return found.first.toordinal() - EPOCH if found else NO_DAY


def resource_of(kind: str, code: str | None, body: str | None, when: str | None, other: str | None) -> dict[str, Any]:
    """Put a row together again as the part of a resource that is read."""
    shape = BY_NAME[kind]
    resource: dict[str, Any] = {"resourceType": kind, **(json.loads(body) if body else {})}
    if code and shape.code:
        resource[shape.code] = parts_of(json.loads(code))[0]
    for names, text in ((shape.dates, when), (shape.others, other)):
        if names and text is not None:
            resource[names[0]] = json.loads(text)
    return {key: value for key, value in resource.items() if value is not None}
