"""Medicines: requests, statements and dispenses that say a medicine is in use."""

from datetime import timedelta
from typing import Any

from crampwise.records.account import Taken
from crampwise.records.fhir import (
    Coded,
    Day,
    Resource,
    bare_reference,
    codes_in,
    entered_in_error,
    maps_in,
    named,
    said,
    text_in,
    when,
)
from crampwise.records.person import Person, Trace
from crampwise.records.products import product

_ORDERS = ("order", "original-order", "reflex-order", "filler-order", "instance-order", "plan")
_OVER = ("stopped", "completed", "cancelled", "not-taken")
_SECONDS_A_DAY = 86_400


def read_request(person: Person, resource: Resource) -> None:
    """Read a MedicationRequest."""
    trace = person.trace(resource)
    status, intent = resource.get("status"), resource.get("intent")
    if status in _OVER:
        trace.idle = f"not in use ({status})"
    elif person.refused(resource, trace, "authoredOn"):
        return
    elif resource.get("doNotPerform") is True:
        trace.problems.append("it asks that the medicine is not given")
    elif status != "active":
        trace.problems.append(f"it is not known to be in use ({status})")
    elif intent not in _ORDERS:
        trace.problems.append(f"it is not an order ({intent})")
    else:
        _take(person, resource, trace, when(resource, "authoredOn"))


def read_statement(person: Person, resource: Resource) -> None:
    """Read a MedicationStatement."""
    trace = person.trace(resource)
    status = resource.get("status")
    if status in _OVER:
        trace.idle = f"not in use ({status})"
        return
    if person.refused(resource, trace, "effectiveDateTime", "dateAsserted"):
        return
    if status != "active":
        trace.problems.append(f"it is not known to be in use ({status})")
        return
    period = resource.get("effectivePeriod")
    ended = when(period, "end") if isinstance(period, dict) else None
    if ended is not None and ended.first < person.as_of:
        trace.idle = f"not in use (ended {ended.text})"
        return
    asserted = when(resource, "dateAsserted", "effectiveDateTime")
    _take(person, resource, trace, asserted or (when(period, "start") if isinstance(period, dict) else None))


def read_dispense(person: Person, resource: Resource) -> None:
    """Read a MedicationDispense: in use as long as what was handed over lasts."""
    trace = person.trace(resource)
    if person.refused(resource, trace, "whenHandedOver", "whenPrepared"):
        return
    handed = when(resource, "whenHandedOver", "whenPrepared")
    supply = resource.get("daysSupply")
    days = supply.get("value") if isinstance(supply, dict) else None
    if resource.get("status") not in ("completed", "in-progress"):
        trace.idle = f"not handed over ({resource.get('status')})"
    elif handed is None or isinstance(days, bool) or not isinstance(days, (int, float)):
        trace.problems.append("it does not say when it was handed over, or for how many days")
    elif handed.first + timedelta(seconds=days * _SECONDS_A_DAY) < person.as_of:
        trace.idle = f"used up ({days} days from {handed.text})"
    else:
        _take(person, resource, trace, handed)


def _take(person: Person, resource: Resource, trace: Trace, day: Day | None) -> None:
    """Take a medicine in use: by what the book's medicines know, and by record entries for its codes."""
    codes, text = _medicine(person, resource, trace)
    for code, by_code in person.readings("medicine", codes):
        person.state(by_code, trace, code, day)
    reading = person.map.medicine
    if reading is None:
        return
    if not codes and not text:
        trace.problems.append("it names no medicine")
        return
    if any(c.system == "ips_absent" for c in codes):
        trace.idle = f"the book reads nothing from {said(codes)}"
        return
    too_old = person.too_old(reading, day)
    if too_old:
        trace.problems.append(too_old)
        return
    found = product(person.book, tuple(codes), text)
    for part in found.missed:
        trace.remarks.append(f"{part!r} in it was not recognised")
    if not found.ingredients and not found.findings:
        trace.remarks.append(f"{found.names[0]!r} was {found.how}; it is handed on by its name")
    first = codes[0] if codes else Coded("", "", text)
    origin = person.origin(trace, first, day, reading, found.how)
    for place, name in enumerate((*found.names, *found.missed)):
        known = place == 0
        person.taken.append(Taken(name, found.ingredients if known else (), found.findings if known else (), origin))
    trace.used = True


def _medicine(person: Person, resource: Resource, trace: Trace) -> tuple[list[Coded], str]:
    """Give the codes and the name of the medicine, from the resource itself or from what it refers to."""
    concept: Any = resource.get("medicationCodeableConcept")
    reference = resource.get("medicationReference")
    if concept is None and isinstance(reference, dict):
        target = _referred(person, resource, bare_reference(reference))
        if target is None:
            name = text_in(reference, "display")
            trace.remarks.append(f"the medicine that it refers to is not here ({bare_reference(reference)})")
            return [], name
        if entered_in_error(target):
            trace.problems.append("the medicine that it refers to was entered in error")
            return [], ""
        concept = target.get("code")
        if concept is None:
            concept = next((i.get("itemCodeableConcept") for i in maps_in(target, "ingredient")), None)
    return codes_in(concept), named(concept)


def _referred(person: Person, resource: Resource, reference: str) -> Resource | None:
    """Find what a reference means: inside the resource, or among the others."""
    if reference.startswith("#"):
        return next((c for c in maps_in(resource, "contained") if c.get("id") == reference[1:]), None)
    return person.resolve(reference)
