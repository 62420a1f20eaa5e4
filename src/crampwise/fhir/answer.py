"""One answer of a QuestionnaireResponse as a value; what other software gets wrong is read where its sense is plain."""

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from crampwise.assess.intake import decimal_of, read_value
from crampwise.book.book import Book
from crampwise.book.rules import did_you_mean
from crampwise.book.schema.findings import FindingEntry
from crampwise.book.tree import Located
from crampwise.fhir.names import ANSWERS, GENDER, NO, NOT_SURE, YES
from crampwise.logic.findings import Number

Told = Callable[[str], None]
"""Takes a remark on something that could be read although it is not as it should be."""

_UNKNOWN = ("asked-unknown", "unknown", "ASKU", "UNK")
"""How others write not sure: HL7's reasons for absent data and null flavours."""

_MOST = 200
_SEX = "sex_at_birth"


class AnswerError(ValueError):
    """An answer that cannot be read: what is wrong, and perhaps what to do."""


def yes_no_of(answer: Mapping[str, Any], told: Told) -> bool | None:
    """Read a yes or no; None is not sure."""
    kind, value = _value(answer)
    if kind == "valueBoolean" and isinstance(value, bool):
        return value
    code = _code(kind, value, {"Y": YES, "N": NO}, told)
    return None if code is None else code == "Y"


def choice_of(entry: FindingEntry, answer: Mapping[str, Any], told: Told) -> str | None:
    """Read an option; None is not sure."""
    kind, value = _value(answer)
    return _code(kind, value, {o.id: option_coding(entry, o.id) | {"display": o.label} for o in entry.options}, told)


def option_coding(entry: FindingEntry, option: str) -> dict[str, str]:
    """Give the code of an option of a choice."""
    if entry.id == _SEX:
        return {"system": GENDER, "code": option}
    return {"system": ANSWERS, "code": option}


def text_of(answer: Mapping[str, Any]) -> str:
    """Read the name of a medicine."""
    kind, value = _value(answer)
    if kind == "valueCoding" and isinstance(value, Mapping):
        value = value.get("display") or value.get("code")
    if not isinstance(value, str) or not value.strip():
        raise AnswerError("needs a name in words.")
    if len(value) > _MOST or not value.isprintable():
        raise AnswerError(f"a medicine name has at most {_MOST} characters, all of them visible.")
    return value.strip()


def number_of(book: Book, finding: Number, answer: Mapping[str, Any], told: Told) -> Decimal | None:
    """Read a number, in the finding's own unit; None is not sure, as far as other software can say so."""
    kind, value = _value(answer)
    unit: str | None = None
    if kind == "valueCoding":
        if _code(kind, value, {}, told) is not None:
            raise AnswerError("needs a number.")
        return None
    if kind == "valueQuantity":
        unit, value = _quantity(value, told)
    if isinstance(value, str):
        told(f"{value!r} is a text, not a number; it is read as the number.")
        value = decimal_of(value)
    if isinstance(value, bool) or not isinstance(value, (int, float, Decimal)):
        raise AnswerError("needs a number.")
    text = str(value)
    number = Located(text, "", text)
    tree = number if unit is None else Located({"value": number, "unit": Located(unit, "", unit)}, "")
    try:
        found = read_value(book, finding, tree)
    except ValueError as error:
        raise AnswerError(f"{str(error).rstrip('.')}.") from None
    assert isinstance(found, Decimal)  # noqa: S101  # a number was handed in
    return found


def _quantity(value: Any, told: Told) -> tuple[str | None, Any]:
    if not isinstance(value, Mapping) or value.get("value") is None:
        raise AnswerError("needs a quantity with a value.")
    if value.get("comparator"):
        raise AnswerError(f"a value {value['comparator']} {value['value']} is not exact.", "Leave it out.")
    if "comparator" in value:
        told("comparator is null, which FHIR does not allow; it is passed over.")
    unit = value.get("code") or value.get("unit")
    return (unit if isinstance(unit, str) else None), value["value"]


def _value(answer: Mapping[str, Any]) -> tuple[str, Any]:
    values = [(k, v) for k, v in answer.items() if k.startswith("value") and v is not None]
    if len(values) != 1:
        raise AnswerError(f"has {len(values)} values.", "An answer has one.")
    return values[0]


def _code(kind: str, value: Any, options: Mapping[str, Mapping[str, str]], told: Told) -> str | None:
    """Give the option behind a coding; None is not sure."""
    known = {**options, NOT_SURE["code"]: NOT_SURE}
    labels = {option["display"].lower(): code for code, option in known.items()}
    if kind == "valueString" and isinstance(value, str) and value.strip().lower() in labels:
        told(f"{value!r} is a text, not a code; it is read as the option of that name.")
        value = known[labels[value.strip().lower()]]
    elif kind != "valueCoding" or not isinstance(value, Mapping):
        raise AnswerError(f"needs a code, one of: {', '.join(known)}.")
    code, system, display = value.get("code"), value.get("system"), value.get("display")
    if code in _UNKNOWN:
        return None
    if not isinstance(code, str) or code not in known:
        raise AnswerError(f"{code!r} is not one of: {', '.join(known)}.", did_you_mean(str(code), known))
    if system != known[code]["system"]:
        if system:
            raise AnswerError(f"{system}|{code} is not an answer here.", f"It is {known[code]['system']}|{code}.")
        told("the code names no code system; it is taken for that of the form.")
    if display and str(display).lower() != known[code]["display"].lower():
        told(f"the name {display!r} is not that of {code!r}; the code counts.")
    return None if code == NOT_SURE["code"] else code
