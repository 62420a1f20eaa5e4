"""Conditions, procedures and allergies: what their codes say, if their state allows it."""

from crampwise.book.schema.records import RecordKind
from crampwise.records.fhir import (
    Coded,
    Day,
    Resource,
    codes_in,
    named,
    said,
    status_in,
    when,
)
from crampwise.records.mapping import Reading
from crampwise.records.person import Person, Trace

_PRESENT = ("active", "recurrence", "relapse")
_PAST = ("inactive", "remission", "resolved")
_UNSURE = ("unconfirmed", "provisional", "differential")
_CONDITION_DATES = ("recordedDate", "onsetDateTime", "onsetPeriod")
_DONE = ("completed", "in-progress")


def read_condition(person: Person, resource: Resource) -> None:
    """Read a Condition."""
    trace = person.trace(resource)
    found = _readings(person, trace, "condition", resource)
    if not found or person.refused(resource, trace, *_CONDITION_DATES):
        return
    verified = status_in(resource.get("verificationStatus"))
    if verified in _UNSURE:
        trace.problems.append(f"it is not confirmed ({verified})")
        return
    if verified == "refuted":
        wide = [(c, r) for c, r in found if r.state == "refuted"]
        for code, reading in wide:
            person.state(reading, trace, code, _recorded(resource))
        if not wide:
            trace.problems.append("it is stated not to be so, which does not rule out other forms; read as unknown")
        return
    _stated(person, trace, resource, [(c, r) for c, r in found if r.state != "refuted"])


def _stated(person: Person, trace: Trace, resource: Resource, found: list[tuple[Coded, Reading]]) -> None:
    """Take what a confirmed condition says, now or in the past."""
    status = status_in(resource.get("clinicalStatus"))
    over = bool(resource.get("abatementDateTime") or resource.get("abatementPeriod"))
    present = status in _PRESENT or (status not in _PAST and not over)
    if status not in (*_PRESENT, *_PAST):
        trace.remarks.append(f"it does not say whether it is present; read as {'present' if present else 'past'}")
    for code, reading in found:
        if present or reading.state == "ever":
            person.state(reading, trace, code, _day(resource, present and reading.state == "active"))
        else:
            gone = f"{code.code} is no longer present ({status or 'ended'})"
            trace.problems.append(f"{gone}; read neither as yes nor as no")


def _day(resource: Resource, ongoing: bool) -> Day | None:
    """Give the date that counts: of something present the last time it was noted, otherwise when it began."""
    onset, recorded = when(resource, "onsetDateTime", "onsetPeriod"), when(resource, "recordedDate")
    if onset is None or recorded is None:
        return onset or recorded
    return max(onset, recorded) if ongoing else onset


def _recorded(resource: Resource) -> Day | None:
    return when(resource, "recordedDate", "onsetDateTime")


def read_procedure(person: Person, resource: Resource) -> None:
    """Read a Procedure."""
    trace = person.trace(resource)
    found = _readings(person, trace, "procedure", resource)
    if not found or person.refused(resource, trace, "performedDateTime", "performedPeriod"):
        return
    status = resource.get("status")
    if status not in _DONE:
        trace.problems.append(f"it was not done, or that is not known ({status})")
        return
    day = when(resource, "performedDateTime", "performedPeriod")
    for code, reading in found:
        person.state(reading, trace, code, day)


def read_allergy(person: Person, resource: Resource) -> None:
    """Read an AllergyIntolerance."""
    trace = person.trace(resource)
    found = _readings(person, trace, "allergy", resource)
    if not found or person.refused(resource, trace, "recordedDate"):
        return
    verified, status = status_in(resource.get("verificationStatus")), status_in(resource.get("clinicalStatus"))
    if verified in ("refuted", *_UNSURE) or status in _PAST:
        trace.problems.append(f"it is not a present, confirmed allergy ({verified or status})")
        return
    for code, reading in found:
        person.state(reading, trace, code, when(resource, "recordedDate", "onsetDateTime"))


def _readings(person: Person, trace: Trace, kind: RecordKind, resource: Resource) -> list[tuple[Coded, Reading]]:
    """Give how a resource's code is read; where it is not, say why."""
    codes = codes_in(resource.get("code"))
    found = person.readings(kind, codes)
    if not found:
        unread(trace, codes, resource)
    return found


def unread(trace: Trace, codes: list[Coded], resource: Resource) -> None:
    """Say why nothing is read from a resource's codes: the book asks nothing of them, or they cannot be understood."""
    known = [c for c in codes if c.system]
    if known:
        trace.idle = f"the book reads nothing from {said(known)}"
    elif codes:
        trace.problems.append(f"it is coded only in a system that is not read: {said(codes)}")
    else:
        text = named(resource.get("code"))
        trace.problems.append(f"it has words but no code: {text!r}" if text else "it has no code")
