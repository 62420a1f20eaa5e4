"""Out and in again: export, erase, import gives the same store; backups; what a spreadsheet would run."""

import csv
import hashlib
import io
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crampwise.edges.store.as_csv import from_csv, to_csv
from crampwise.edges.store.as_fhir import from_fhir, to_fhir
from crampwise.edges.store.backup import back_up, restore
from crampwise.edges.store.store import Store, open_store
from crampwise.followup.plainly import diary_to_plain, read_diary
from crampwise.followup.records import Diary, Episode
from crampwise.logic.errors import InputError, MissingFileError
from tests.support.diaries import diaries, diary_of
from tests.support.people import shipped

BOOK = shipped()
ID = "7ffa8099-14a4-4209-bed9-2dfcdb7610b1"
A_WEEK = diary_of([1, 0, 2, None, 0, 1, 0])
FORMS = {
    "json": (lambda d: json.dumps(diary_to_plain(d)), lambda t: read_diary(BOOK, json.loads(t))),
    "csv": (to_csv, lambda t: from_csv(BOOK, t, "diary.csv")),
    "fhir": (lambda d: json.dumps(to_fhir(d, ID)), lambda t: from_fhir(BOOK, json.loads(t), "bundle.json")),
}


@pytest.fixture
def store(place: str) -> Iterator[Store]:
    opened = open_store(place)
    yield opened
    opened.close()


@pytest.mark.parametrize("form", sorted(FORMS))
@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(diary=diaries(BOOK))
def test_export_erase_import_gives_the_same_store(form: str, diary: Diary, store: Store) -> None:
    write, read = FORMS[form]
    me = store.add_person("Ada")
    store.merge(me, diary, 8)
    exported = write(store.diary(me))
    store.erase_person(me)
    assert store.people() == ()
    again = store.add_person("Ada")
    store.merge(again, read(exported), 8)
    assert store.diary(again) == diary
    assert write(store.diary(again)) == exported
    store.erase_person(again)


DANGEROUS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


@given(start=st.sampled_from(DANGEROUS), rest=st.text(st.characters(blacklist_categories=["Cs", "Cc"]), max_size=20))
def test_no_cell_starts_a_formula(start: str, rest: str) -> None:
    text = (start + rest).replace("\r", " ")
    diary = Diary((Episode(id="e", start=datetime(2026, 1, 1, tzinfo=UTC), note=text, done=text),))
    rows = list(csv.reader(io.StringIO(to_csv(diary), newline="")))
    assert all(not cell.startswith(DANGEROUS) for row in rows for cell in row)
    read = from_csv(BOOK, to_csv(diary), "x").episodes[0]
    assert (read.note, read.done) == (text.strip(), text.strip())


def test_problems_of_a_csv_are_told_all_at_once() -> None:
    text = (
        "kind,id,start,pain,muscles,colour\nepisodes,a,2026-01-01T03:00+00:00,11,calf,\nfoo,,,,,\n"
        "episodes,b,yesterday,1,calff,\n"
    )
    with pytest.raises(InputError) as told:
        from_csv(BOOK, text, "d.csv")
    assert [str(p) for p in told.value.problems] == [
        "d.csv: there is no column 'colour' in a diary.",
        "d.csv: line 3: 'foo' is not a kind of record. Kinds are episodes, days, medicines, trials.",
    ]
    with pytest.raises(InputError) as told:
        from_csv(BOOK, text.replace(",colour", "").replace(",\n", "\n").replace("foo,,,,\n", ""), "d.csv")
    said = [str(p) for p in told.value.problems]
    assert len(said) == 3 and "pain must lie between 0 and 10" in said[0] and "Did you mean 'calf'?"[:-1] in said[2]


@pytest.mark.parametrize(
    "values", [None, [], {}, {"format": "crampwise-diary", "version": 2}, {"format": "x", "version": 1}]
)
def test_what_is_no_diary_is_refused(values: Any) -> None:
    with pytest.raises(InputError):
        read_diary(BOOK, values)
    with pytest.raises(InputError):
        from_fhir(BOOK, values, "x")


def test_both_forms_of_the_same_id_are_refused() -> None:
    plain = diary_to_plain(diary_of([1]))
    plain["episodes"] *= 2
    with pytest.raises(InputError, match="given twice"):
        read_diary(BOOK, plain)


# --- FHIR R4: what a Bundle of these resources must hold (https://hl7.org/fhir/R4/, resource definitions).

TEXT = {"type": "string", "pattern": r"[\S]"}
CODING = {
    "type": "object",
    "required": ["system", "code"],
    "properties": {"system": {"pattern": "^https?://"}, "code": {"pattern": r"^\S+( \S+)*$"}},
}
CONCEPT = {"type": "object", "properties": {"coding": {"type": "array", "minItems": 1, "items": CODING}, "text": TEXT}}
DATE = {"pattern": r"^\d{4}-\d\d-\d\d(T\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d))?$"}
VALUE = {
    "type": "object",
    "required": ["code"],
    "additionalProperties": False,
    "minProperties": 2,
    "maxProperties": 2,
    "properties": {
        "code": CONCEPT,
        "valueString": TEXT,
        "valueBoolean": {"type": "boolean"},
        "valueQuantity": {
            "type": "object",
            "required": ["value", "unit", "system", "code"],
            "properties": {"value": {"type": "number"}},
        },
    },
}
SHARED: dict[str, Any] = {
    "resourceType": {},
    "id": {"pattern": r"^[A-Za-z0-9\-.]{1,64}$"},
    "identifier": {},
    "subject": {"required": ["reference"]},
    "note": {"items": {"required": ["text"]}, "minItems": 1},
}
RESOURCES = {
    "Patient": {"required": ["id"], "properties": SHARED},
    "Observation": {
        "required": ["status", "code", "subject"],
        "properties": SHARED
        | {
            "status": {"const": "final"},
            "category": {"items": CONCEPT},
            "code": CONCEPT,
            "effectiveDateTime": DATE,
            "valueString": {"type": "string", "minLength": 1},
            "component": {"type": "array", "minItems": 1, "items": VALUE},
        },
    },
    "MedicationStatement": {
        "required": ["status", "medicationCodeableConcept", "subject"],
        "properties": SHARED
        | {
            "status": {"enum": ["active", "stopped"]},
            "statusReason": {"items": CONCEPT},
            "medicationCodeableConcept": CONCEPT,
            "effectiveDateTime": DATE,
        },
    },
}


@given(diary=diaries(BOOK))
def test_the_bundle_has_the_structure_of_r4(diary: Diary) -> None:
    bundle = to_fhir(diary, ID)
    assert bundle["resourceType"] == "Bundle" and bundle["type"] == "collection"
    urls = [e["fullUrl"] for e in bundle["entry"]]
    assert len(urls) == len(set(urls)) and all(u.startswith("urn:uuid:") for u in urls)
    for entry in bundle["entry"]:
        resource = entry["resource"]
        shape = {"type": "object", "additionalProperties": False, **RESOURCES[resource["resourceType"]]}
        jsonschema.validate(resource, shape)
        assert entry["fullUrl"] == f"urn:uuid:{resource['id']}"
        assert resource.get("subject", {"reference": urls[0]})["reference"] in urls


def test_resources_of_others_are_passed_over() -> None:
    bundle = to_fhir(diary_of([1]), ID)
    bundle["entry"].append({"resource": {"resourceType": "Observation", "status": "final", "code": {"text": "other"}}})
    assert from_fhir(BOOK, bundle, "x") == diary_of([1])
    with pytest.raises(InputError, match="entry 2: this entry cannot be read"):
        from_fhir(BOOK, {"resourceType": "Bundle", "entry": [{"resource": {"resourceType": "Patient"}}, {}]}, "x")


# --- backups


@pytest.mark.parametrize("passphrase", [None, "correct horse"])
def test_a_backup_is_restored_whole_also_into_the_other_database(
    passphrase: str | None, place: str, tmp_path: Path
) -> None:
    store = open_store(place, passphrase)
    whole = diary_of([1, 0, 2])
    store.merge(store.add_person("Ada"), whole, 8)
    file = tmp_path / "backup.json"
    back_up(store, file)
    store.close()
    assert (b"calf".hex() in file.read_text()) is (passphrase is None)
    assert file.stat().st_mode & 0o077 == 0
    other = str(tmp_path / "other.sqlite")
    restore(file, other, passphrase)
    again = open_store(other, passphrase)
    assert again.diary(again.person("Ada")) == whole
    again.close()
    with pytest.raises(InputError, match="the store is not empty|this store is locked"):
        restore(file, other, passphrase)
    with pytest.raises(InputError, match="already a file"):
        back_up(open_store(str(tmp_path / "third.sqlite")), file)


def test_a_backup_of_the_first_form_is_restored(tmp_path: Path) -> None:
    store = open_store(str(tmp_path / "a.sqlite"))
    store.merge(store.add_person("Ada"), A_WEEK, 8)
    back_up(store, tmp_path / "backup.json")
    store.close()
    held = json.loads((tmp_path / "backup.json").read_text())
    tables = json.loads(held["tables"])
    for person in tables["people"]:
        del person["mark"]
    body = json.dumps(tables)
    old = held | {"form": "0001", "tables": body, "sha256": hashlib.sha256(body.encode()).hexdigest()}
    (tmp_path / "old.json").write_text(json.dumps(old))
    restore(tmp_path / "old.json", str(tmp_path / "b.sqlite"))
    store = open_store(str(tmp_path / "b.sqlite"))
    assert store.diary(store.person("Ada")) == A_WEEK
    assert store.mark(store.person("Ada"))
    store.close()


def test_damaged_backups_are_refused(tmp_path: Path) -> None:
    store = open_store(str(tmp_path / "a.sqlite"))
    store.add_person("Ada")
    file = tmp_path / "backup.json"
    back_up(store, file)
    store.close()
    text = file.read_text()
    for broken in (text[:-40], text.replace("416461", "416462"), "[]", ""):
        file.write_text(broken)
        with pytest.raises(InputError, match="not a backup, or it is damaged"):
            restore(file, str(tmp_path / "b.sqlite"))
    file.write_text(text.replace('"form": "0002"', '"form": "9999"'))
    with pytest.raises(InputError, match="newer crampwise"):
        restore(file, str(tmp_path / "b.sqlite"))
    with pytest.raises(MissingFileError):
        restore(tmp_path / "nowhere.json", str(tmp_path / "b.sqlite"))
    assert not (tmp_path / "b.sqlite").exists()
