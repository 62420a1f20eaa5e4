"""A diary as a FHIR R4 Bundle (collection): Observations and MedicationStatements, and back again."""

import json
from collections.abc import Mapping
from dataclasses import fields
from functools import cache
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from crampwise.book.book import Book
from crampwise.followup.plainly import FORMAT, KINDS, VERSION, read_diary, to_plain
from crampwise.followup.records import Diary
from crampwise.logic.errors import InputError, Problem

SYSTEM = "https://crampwise.invalid/fhir/CodeSystem/diary"
_CRAMP = {"system": "http://snomed.info/sct", "code": "55300003", "display": "Cramp"}
_PAIN = {"system": "http://loinc.org", "code": "72514-3"}
_UCUM = "http://unitsofmeasure.org"
_UNITS = {"duration_s": "s", "relief_s": "s", "exercise_min": "min", "fluids_l": "L", "alcohol_units": "{drink}",
          "sleep_h": "h", "standing_h": "h", "sitting_h": "h", "pain": "{score}"}  # fmt: skip
_STATUS = {"started": "active", "stopped": "stopped", "changed": "active"}
_OUTSIDE = ("id", "start", "day", "note")


def to_fhir(diary: Diary, person_id: str) -> dict[str, Any]:
    """Give a diary as a Bundle. The patient carries no name: who it is, is for whoever hands it over to say."""
    patient = f"urn:uuid:{person_id}"
    entries = [{"fullUrl": patient, "resource": {"resourceType": "Patient", "id": person_id}}]
    subject = {"reference": patient}
    for kind in KINDS:
        for record in getattr(diary, kind):
            values = to_plain(record)
            resource = _RESOURCES[kind](values, subject)
            name = uuid5(NAMESPACE_URL, f"{person_id}/{kind}/{values.get('id', values.get('day'))}")
            entries.append({"fullUrl": f"urn:uuid:{name}", "resource": {**resource, "id": str(name)}})
    return {"resourceType": "Bundle", "type": "collection", "entry": entries}


def from_fhir(book: Book, bundle: Any, where: str) -> Diary:
    """Read a diary back from a Bundle; resources of others are passed over.

    Raises:
        InputError: it is no Bundle, holds nothing of a diary, or with every problem in it.
    """
    if not isinstance(bundle, Mapping) or bundle.get("resourceType") != "Bundle":
        raise InputError([Problem(where, "this is not a FHIR Bundle.")])
    whole: dict[str, Any] = {"format": FORMAT, "version": VERSION} | {kind: [] for kind in KINDS}
    problems: list[Problem] = []
    held = bundle.get("entry", [])
    if not isinstance(held, list):
        raise InputError([Problem(where, "this Bundle cannot be read: entry is not a list.")])
    for i, entry in enumerate(held, 1):
        try:
            found = _record(entry["resource"])
        except (AttributeError, KeyError, TypeError, ValueError, IndexError, RecursionError):
            problems.append(Problem(f"{where}: entry {i}", "this entry cannot be read."))
            continue
        if found is not None:
            whole[found[0]].append(found[1])
    if problems:
        raise InputError(problems)
    if not any(whole[kind] for kind in KINDS) and len(held) > 1:
        raise InputError([Problem(where, "the Bundle holds nothing of a diary.")])
    return read_diary(book, whole, where)


def _observation(kind: str, when: str, code: dict[str, Any], values: dict[str, Any], subject: Any) -> dict[str, Any]:
    resource = {
        "resourceType": "Observation",
        "status": "final",
        "category": [{"coding": [{"system": SYSTEM, "code": kind}]}],
        "code": code,
        "subject": subject,
        "effectiveDateTime": when,
        "component": [c for key, value in values.items() if key not in _OUTSIDE for c in _components(key, value)],
    }
    if "id" in values:
        resource["identifier"] = [{"system": SYSTEM, "value": values["id"]}]
    if "note" in values:
        resource["note"] = [{"text": values["note"]}]
    if not resource["component"]:
        del resource["component"]
    return resource


def _episode(values: dict[str, Any], subject: Any) -> dict[str, Any]:
    return _observation("episodes", values["start"], {"coding": [_CRAMP], "text": "Muscle cramp"}, values, subject)


def _day(values: dict[str, Any], subject: Any) -> dict[str, Any]:
    code = {"coding": [{"system": SYSTEM, "code": "day"}], "text": "Day of a cramp diary"}
    return _observation("days", values["day"], code, values, subject)


def _medicine(values: dict[str, Any], subject: Any) -> dict[str, Any]:
    resource = {
        "resourceType": "MedicationStatement",
        "identifier": [{"system": SYSTEM, "value": values["id"]}],
        "status": _STATUS[values["event"]],
        "statusReason": [{"coding": [{"system": SYSTEM, "code": values["event"]}]}],
        "medicationCodeableConcept": {"text": values["name"]},
        "subject": subject,
        "effectiveDateTime": values["day"],
    }
    return resource | ({"note": [{"text": values["note"]}]} if "note" in values else {})


def _trial(values: dict[str, Any], subject: Any) -> dict[str, Any]:
    return {
        "resourceType": "Observation",
        "identifier": [{"system": SYSTEM, "value": values["id"]}],
        "status": "final",
        "category": [{"coding": [{"system": SYSTEM, "code": "trials"}]}],
        "code": {"coding": [{"system": SYSTEM, "code": "trial"}], "text": "Trial of one person"},
        "subject": subject,
        "effectiveDateTime": values["start"],
        "valueString": json.dumps(values, ensure_ascii=False),
    }


_RESOURCES = {"episodes": _episode, "days": _day, "medicines": _medicine, "trials": _trial}


@cache
def _code(key: str) -> dict[str, Any]:
    """Give the code of a field; made once, as a long diary names each thousands of times."""
    return {"coding": [{"system": SYSTEM, "code": key}, *([_PAIN] if key == "pain" else [])]}


def _components(key: str, value: Any) -> list[dict[str, Any]]:
    """Give a component for each value, several where there is a list."""
    code = _code(key)
    found = []
    for part in value if isinstance(value, list) else [value]:
        if isinstance(part, bool):
            held: dict[str, Any] = {"valueBoolean": part}
        elif isinstance(part, int | float):
            unit = _UNITS[key]
            held = {"valueQuantity": {"value": part, "unit": unit.strip("{}"), "system": _UCUM, "code": unit}}
        else:
            held = {"valueString": part}
        found.append({"code": code, **held})
    return found


def _record(resource: Mapping[str, Any]) -> tuple[str, dict[str, Any]] | None:
    """Take a record out of a resource; None where it is none of a diary."""
    match resource["resourceType"]:
        case "Observation":
            return _from_observation(resource)
        case "MedicationStatement" if any(i.get("system") == SYSTEM for i in resource.get("identifier", [])):
            values = {
                "id": resource["identifier"][0]["value"],
                "day": resource["effectiveDateTime"],
                "name": resource["medicationCodeableConcept"]["text"],
                "event": resource["statusReason"][0]["coding"][0]["code"],
            }
            return "medicines", values | _note(resource)
    return None


def _from_observation(resource: Mapping[str, Any]) -> tuple[str, dict[str, Any]] | None:
    codes = [c["code"] for g in resource.get("category", []) for c in g.get("coding", []) if c.get("system") == SYSTEM]
    if not codes:
        return None
    kind = codes[0]
    if kind == "trials":
        return kind, json.loads(resource["valueString"])
    lists = {f.name for f in fields(KINDS[kind]) if f.name == "muscles"}
    values: dict[str, Any] = {"start" if kind == "episodes" else "day": resource["effectiveDateTime"]}
    if kind == "episodes":
        values["id"] = resource["identifier"][0]["value"]
    for component in resource.get("component", []):
        key = component["code"]["coding"][0]["code"]
        value = component.get("valueString", component.get("valueBoolean"))
        value = component["valueQuantity"]["value"] if value is None else value
        if key in lists:
            values.setdefault(key, []).append(value)
        else:
            values[key] = value
    return kind, values | _note(resource)


def _note(resource: Mapping[str, Any]) -> dict[str, Any]:
    return {"note": resource["note"][0]["text"]} if resource.get("note") else {}
