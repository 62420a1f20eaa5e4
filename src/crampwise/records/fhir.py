"""Parts of FHIR R4 resources, read with patience: what is odd is remarked on, what cannot be read says why."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from crampwise.assess.intake import decimal_of
from crampwise.records.mapping import SYSTEMS

Resource = Mapping[str, Any]

UCUM = "http://unitsofmeasure.org"


class Unreadable(ValueError):
    """A part of a resource that cannot be read; the message says why."""


class Coded(NamedTuple):
    """A code: short name of its system ("" if it is not one that is read), the code, and what the record calls it."""

    system: str
    code: str
    text: str


class Day(NamedTuple):
    """A date as written, with the first day that it can mean."""

    first: date
    text: str

    @property
    def timed(self) -> bool:
        """Whether it says more than the day."""
        return len(self.text) > 10


def text_in(part: Any, key: str) -> str:
    """Give a text in a map, or "" where there is none."""
    value = part.get(key) if isinstance(part, dict) else None
    return value if isinstance(value, str) else ""


def maps_in(part: Any, key: str) -> Iterator[Resource]:
    """Yield the maps in a list; a lone map counts as a list of one."""
    value = part.get(key) if isinstance(part, dict) else None
    for item in value if isinstance(value, list) else [value]:
        if isinstance(item, dict):
            yield item


def codes_in(concept: Any) -> list[Coded]:
    """Give the codes of a CodeableConcept, in its order."""
    if not isinstance(concept, dict):
        return []
    whole = concept.get("text")
    named = whole if isinstance(whole, str) else ""
    found = []
    for coding in maps_in(concept, "coding"):
        code = coding.get("code")
        if isinstance(code, str) and code:
            system = SYSTEMS.get(text_in(coding, "system"), "")
            found.append(Coded(system, code.strip(), text_in(coding, "display") or named))
    return found


def named(concept: Any) -> str:
    """Give what the record calls a CodeableConcept."""
    return text_in(concept, "text") or next((c.text for c in codes_in(concept) if c.text), "")


def status_in(concept: Any) -> str:
    """Give a status that is coded, or a plain text as older versions of FHIR have it."""
    if isinstance(concept, str):
        return concept
    return next((text_in(c, "code") for c in maps_in(concept, "coding")), "")


def day_of(written: Any) -> Day | None:
    """Read a FHIR date or date with time; None where nothing is written.

    Raises:
        Unreadable: it is not a date.
    """
    if written is None or written == "":
        return None
    if isinstance(written, str):
        head = written[:10]
        full = head if len(written) >= 10 else head + "-01" * ((10 - len(head)) // 3)
        try:
            return Day(date.fromisoformat(full), written)
        except ValueError:
            pass
    raise Unreadable(f"its date {written!r} is not a date")


def when(resource: Resource, *keys: str) -> Day | None:
    """Give the first date that stands under one of the keys; of a period, its end or else its start.

    Raises:
        Unreadable: what stands there is not a date.
    """
    for key in keys:
        written = resource.get(key)
        if isinstance(written, dict):
            written = written.get("end") or written.get("start")
        found = day_of(written)
        if found is not None:
            return found
    return None


class Amount(NamedTuple):
    """A number with the units under which it may be understood, best first."""

    value: Decimal
    units: tuple[str, ...]


def amount_in(quantity: Any, remarks: list[str]) -> Amount:
    """Read a Quantity.

    Args:
        quantity: what stands in valueQuantity.
        remarks: gets what is odd but does no harm.

    Raises:
        Unreadable: it holds no number, or only a bound.
    """
    if not isinstance(quantity, dict):
        raise Unreadable("its value is not a quantity")
    if "comparator" in quantity:
        if quantity["comparator"] is not None:
            raise Unreadable(f"its value is only a bound ({quantity['comparator']} {quantity.get('value')})")
        remarks.append("comparator is null; it was read as absent")
    raw = quantity.get("value")
    if isinstance(raw, str):
        remarks.append("the number is written as text")
    number = decimal_of(str(raw)) if isinstance(raw, (int, float, str)) and not isinstance(raw, bool) else None
    if number is None:
        raise Unreadable("it holds no number" if raw is None else f"its value {raw!r} is not a number")
    code, unit = text_in(quantity, "code"), text_in(quantity, "unit")
    if code and quantity.get("system") not in (None, UCUM):
        code = ""
    units = tuple(dict.fromkeys(u for u in (code, unit) if u))
    if not units:
        raise Unreadable("its number has no unit")
    return Amount(number, units)


def reference_of(resource: Resource) -> str:
    """Give how a resource is referred to: Type/id, or only its type where it has no id."""
    kind, id_ = resource.get("resourceType"), resource.get("id")
    return f"{kind}/{id_}" if isinstance(id_, str) and id_ else str(kind)


def bare_reference(reference: Any) -> str:
    """Give a reference without its server and version; a urn stays as it is."""
    text = text_in(reference, "reference")
    if not text or text.startswith(("#", "urn:")):
        return text
    return "/".join(text.split("/_history/")[0].split("/")[-2:])


def entered_in_error(resource: Resource) -> bool:
    """Whether a resource says of itself that it should not be there."""
    statuses = (resource.get("status"), resource.get("verificationStatus"))
    return any(status_in(s) == "entered-in-error" for s in statuses)


def said(codes: Iterable[Coded]) -> str:
    """Give codes as people read them, for a message."""
    return ", ".join(f"{c.code}{f' ({c.text})' if c.text else ''}" for c in codes)
