"""Codes of the shipped book are found as a coder would read them: whole, by their beginning, or not at all."""

import json

import pytest
import yaml

from crampwise.book.compile import shipped_folder
from crampwise.book.load import content_files, load_book
from crampwise.book.schema.records import RecordKind
from crampwise.records.mapping import SYSTEMS, record_map
from tests.support.people import shipped

BARE = ("due_at", "states_absence")
BOOK = shipped()
MAP = record_map(BOOK)


def says(kind: RecordKind, system: str, code: str) -> dict[str, object]:
    return {finding: value for reading in MAP.find(kind, system, code) for finding, value in reading.says.items()}


@pytest.mark.parametrize(
    ("kind", "system", "code", "expected"),
    [
        ("condition", "icd10", "E11.65", {"diabetes": True}),
        ("condition", "icd10", "E11.22", {"diabetes": True, "known_kidney_disease": True}),
        ("condition", "icd10", "E10", {"diabetes": True}),
        ("condition", "icd10", "G12.21", {"known_nerve_disorder": True}),
        ("condition", "icd10", "R25.2", {"sudden_painful_tightening": True}),
        ("condition", "icd10", "G47.62", {"sudden_painful_tightening": True, "occurs_at_night": True}),
        ("condition", "icd10", "Z99.2", {"on_dialysis": True}),
        ("condition", "icd10", "C50.9", {"active_cancer": True, "history_of_cancer": True}),
        ("condition", "icd10", "D04.9", {}),
        ("condition", "icd10", "R25.3", {"frequent_muscle_twitching": True}),
        ("condition", "icd10", "R25", {}),
        ("condition", "snomed", "44054006", {"diabetes": True}),
        ("condition", "snomed", "15777000", {}),
        ("condition", "loinc", "44054006", {}),
        ("procedure", "snomed", "265764009", {"on_dialysis": True}),
        ("condition", "snomed", "265764009", {}),
    ],
)
def test_a_code_answers_what_it_means(kind: RecordKind, system: str, code: str, expected: dict[str, bool]) -> None:
    assert says(kind, system, code) == expected


@pytest.mark.parametrize(
    ("code", "finding"),
    [
        ("2823-3", "serum_potassium"), ("6298-4", "serum_potassium"), ("2947-0", "serum_sodium"),
        ("17861-6", "serum_calcium_total"), ("49765-1", "serum_calcium_total"), ("29265-6", "serum_calcium_adjusted"),
        ("19123-9", "serum_magnesium"), ("2777-1", "serum_phosphate"), ("38483-4", "serum_creatinine"),
        ("33914-3", "egfr"), ("2339-0", "plasma_glucose"), ("4548-4", "hba1c"), ("2157-6", "serum_ck"),
        ("3016-3", "serum_tsh"), ("2276-4", "serum_ferritin"), ("1751-7", "serum_albumin"), ("62292-8", "serum_25ohd"),
        ("6299-2", "serum_urea"), ("718-7", None), ("29463-7", "weight_kg"), ("8480-6", "systolic_bp"),
    ],
)  # fmt: skip
def test_a_laboratory_code_fills_its_finding(code: str, finding: str | None) -> None:
    assert [reading.fills for reading in MAP.find("observation", "loinc", code)] == [finding]


def test_pain_at_a_visit_is_not_the_pain_of_a_cramp() -> None:
    assert MAP.find("observation", "loinc", "72514-3") == ()


def test_only_statements_of_absence_say_no() -> None:
    """Independent of the check in the book: gone through by hand, by the names of the entries that may say no."""
    may = {
        "rec_not_pregnant", "rec_never_smoked", "rec_urine_no_blood", "rec_no_medicines", "rec_no_allergies",
        "rec_no_problems",
    }  # fmt: skip
    no = {e.id for e in BOOK.record_entries.values() if "no" in (e.says or {}).values()}
    assert {id_ for id_ in no if not id_.startswith("rec_refuted_")} == may


def test_refuting_one_kind_of_a_disease_refutes_nothing_else() -> None:
    readings = MAP.find("condition", "snomed", "44054006")
    assert {reading.state for reading in readings} == {"active"}
    assert {r.state for r in MAP.find("condition", "snomed", "73211009")} == {"active", "refuted"}


def test_every_laboratory_code_of_the_book_can_be_read_from_a_record() -> None:
    read = {code for kind, system, code in MAP.exact if (kind, system) == ("observation", "loinc")}
    unread = {loinc.code for test in BOOK.tests.values() for loinc in test.loinc if loinc.finding is None} - read
    assert unread == {"2106-3", "2118-8", "21198-7", "11524-6"}, "pregnancy tests and the ECG report hold no number"


def test_the_book_stands_without_the_codes_of_snomed() -> None:
    """Whoever may not use SNOMED CT takes it out, and the entries that have no other codes; nothing else is needed."""
    gone: set[str] = set()
    files = [
        f._replace(data=without_snomed(f.data, gone)) if f.name.startswith("records/") else f
        for f in content_files(shipped_folder())
    ]
    book = load_book(tuple(files))
    assert b"snomed" not in b"".join(f.data for f in files if f.name.startswith("records/"))
    assert set(BOOK.record_entries) - set(book.record_entries) == gone
    answered = {f for e in book.record_entries.values() for f in e.says or {}}
    conditions = {e.id for e in BOOK.record_entries.values() if e.kind == "condition" and e.state != "refuted"}
    assert conditions & gone == set(), "each disease can still be told by ICD-10"
    assert {"sex_at_birth", "pregnant", "diabetes", "sudden_painful_tightening", "taking_statin"} <= answered


def without_snomed(data: bytes, gone: set[str]) -> bytes:
    """Take the codes of SNOMED CT out of a file of content, and note the entries of which nothing is left."""
    document = yaml.load(data, Loader=yaml.BaseLoader)
    kept = []
    for entry in document.get("record_entries", []):
        for part in ("codes", "values"):
            if "snomed" in entry.get(part, {}):
                del entry[part]["snomed"]
                if not entry[part]:
                    gone.add(entry["id"])
        if entry["id"] not in gone:
            kept.append(entry)
    if "record_entries" not in document:
        return data
    return plain_yaml(kept).encode()


def plain_yaml(entries: list[dict[str, object]]) -> str:
    """Write entries so that yes, no and codes stay text, and numbers and truths stay what they are."""
    lines = ["record_entries:"]
    for entry in entries:
        parts = [f"{key}: {value if key in BARE else json.dumps(value)}" for key, value in entry.items()]
        lines += [f"  - {parts[0]}", *(f"    {part}" for part in parts[1:])]
    return "\n".join(lines) + "\n"


def test_systems_are_those_that_the_schema_knows() -> None:
    used = {s for e in BOOK.record_entries.values() for codes in (e.codes, e.values) for s in codes or {}}
    assert used <= set(SYSTEMS.values())
