"""The Patient resource: age, sex, and whether the person has died."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal

from crampwise.logic.findings import Number
from crampwise.records.fhir import Coded, Day, Resource, Unreadable, codes_in, day_of, maps_in
from crampwise.records.person import Person, Statement, Trace

_BIRTH_SEX = "http://hl7.org/fhir/us/core/StructureDefinition/us-core-birthsex"


def read_patient(person: Person, resource: Resource) -> None:
    """Read a Patient."""
    trace = person.trace(resource)
    _death(person, resource)
    _age(person, resource, trace)
    sexes = list(_sexes(resource))
    for code, reading in person.readings("patient", sexes):
        person.state(reading, trace, code, None)
    trace.idle = "it gives neither age nor sex"


def _sexes(resource: Resource) -> Iterator[Coded]:
    """Yield the sex of the administrative record, and the sex at birth that US Core puts beside it."""
    gender = resource.get("gender")
    if isinstance(gender, str):
        yield Coded("gender", gender, "gender")
    for extension in maps_in(resource, "extension"):
        if extension.get("url") == _BIRTH_SEX:
            code = extension.get("valueCode")
            yield from [Coded("gender", code, "birth sex")] if isinstance(code, str) else []
            yield from codes_in(extension.get("valueCodeableConcept"))


def _death(person: Person, resource: Resource) -> None:
    dead = resource.get("deceasedBoolean")
    day = resource.get("deceasedDateTime")
    if dead is True or (isinstance(day, str) and day):
        told = f" ({day})" if isinstance(day, str) else ""
        person.remarks.append(f"The record says that this person has died{told}.")


def _age(person: Person, resource: Resource, trace: Trace) -> None:
    reading = person.map.age
    if reading is None or reading.fills is None:
        return
    try:
        born = day_of(resource.get("birthDate"))
    except Unreadable:
        trace.problems.append(f"its birth date {resource.get('birthDate')!r} is not a date")
        return
    if born is None:
        trace.problems.append("it has no birth date")
        return
    finding = person.book.catalogue[reading.fills]
    years = years_between(born.first, person.as_of)
    if not isinstance(finding, Number) or not finding.low <= years <= finding.high:
        trace.problems.append(f"its birth date {born.text} cannot be: it makes {years} years on {person.as_of}")
        return
    if len(born.text) < len("2000-01-01"):
        trace.remarks.append(f"its birth date is only {born.text}; the age may be a year less")
    origin = person.origin(trace, Coded("", "birthDate", "birth date"), Day(born.first, born.text), reading)
    person.statements.append(Statement(finding.id, Decimal(years), origin, trace))


def years_between(born: date, day: date) -> int:
    """Count completed years."""
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))
