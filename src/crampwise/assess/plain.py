"""Results as plain values (dicts, lists, text, numbers) for JSON, and the JSON Schema of those values."""

from dataclasses import fields, is_dataclass
from datetime import date
from decimal import Decimal
from types import NoneType, UnionType
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

from crampwise.assess.assessment import Assessment, Change, Outcome
from crampwise.assess.brief import Brief
from crampwise.book.book import Book
from crampwise.book.schema.common import LEVELS
from crampwise.logic.findings import Choice, Number

_NOT_SURE = ["not_sure", "not sure"]
_WRITTEN = {"type": "string", "pattern": r"^\s*-?[0-9]+([.,][0-9]+)?(\s.*)?$"}
_DRAFT = "https://json-schema.org/draft/2020-12/schema"
_SIMPLE: dict[Any, str] = {str: "string", int: "integer", float: "number", bool: "boolean", NoneType: "null"}


def to_plain(value: Any) -> Any:
    """Turn a result into plain values. Field names lose a trailing underscore; probabilities keep six digits."""
    if isinstance(value, Assessment):
        return {**_fields(value), "changes": to_plain(value.changes), "outcomes": to_plain(value.outcomes)}
    if is_dataclass(value):
        return _fields(value)
    if isinstance(value, (tuple, list)):
        return [to_plain(v) for v in value]
    if isinstance(value, dict):
        return {str(k): to_plain(v) for k, v in value.items()}
    if isinstance(value, float):
        return round(value, 6)
    if isinstance(value, (date, Decimal)):
        return str(value)
    return value


def _fields(value: Any) -> dict[str, Any]:
    return {f.name.rstrip("_"): to_plain(getattr(value, f.name)) for f in fields(value) if f.repr}


def assessment_schema() -> dict[str, Any]:
    """Give the JSON Schema of an assessment."""
    definitions: dict[str, Any] = {}
    schema = _object(Assessment, definitions)
    for name, kind in (("changes", Change), ("outcomes", Outcome)):
        schema["properties"][name] = {"type": "array", "items": _schema(kind, definitions)}
        schema["required"].append(name)
    return {"$schema": _DRAFT, "title": "Crampwise assessment", **schema, "$defs": dict(sorted(definitions.items()))}


def brief_schema() -> dict[str, Any]:
    """Give the JSON Schema of an assessment in brief."""
    definitions: dict[str, Any] = {}
    schema = _object(Brief, definitions)
    return {"$schema": _DRAFT, "title": "Crampwise brief", **schema, "$defs": dict(sorted(definitions.items()))}


def _object(kind: Any, definitions: dict[str, Any]) -> dict[str, Any]:
    hints = get_type_hints(kind)
    shown = [f for f in fields(kind) if f.repr]
    return {
        "type": "object",
        "description": (kind.__doc__ or "").split("\n")[0],
        "properties": {f.name.rstrip("_"): _schema(hints[f.name], definitions) for f in shown},
        "required": [f.name.rstrip("_") for f in shown],
        "additionalProperties": False,
    }


def _schema(kind: Any, definitions: dict[str, Any]) -> dict[str, Any]:
    if kind in _SIMPLE:
        return {"type": _SIMPLE[kind]}
    if kind is date:
        return {"type": "string", "format": "date"}
    if isinstance(kind, type) and is_dataclass(kind):
        name = kind.__name__
        if name not in definitions:
            definitions[name] = {}
            definitions[name] = _object(kind, definitions)
        return {"$ref": f"#/$defs/{name}"}
    origin = get_origin(kind)
    if origin is Literal:
        return {"enum": list(get_args(kind))}
    if origin is tuple:
        return {"type": "array", "items": _schema(get_args(kind)[0], definitions)}
    if origin in (UnionType, Union):
        return {"anyOf": [_schema(k, definitions) for k in get_args(kind)]}
    raise TypeError(f"no JSON form for {kind}")


def answers_schema(book: Book) -> dict[str, Any]:
    """Give the JSON Schema of an answers file for one book: every finding with what it can be answered with."""
    quantity = {
        "type": "object",
        "properties": {"value": {"type": "number"}, "unit": {"type": "string"}},
        "required": ["value"],
        "additionalProperties": False,
    }
    yes_no = {"enum": [True, False, "yes", "no", *_NOT_SURE]}
    answers: dict[str, Any] = {}
    for id_, finding in book.catalogue.items():
        entry = book.findings[id_]
        if isinstance(finding, Choice):
            answers[id_] = {"enum": [*finding.options, *_NOT_SURE]}
        elif isinstance(finding, Number):
            bare = {"type": "number", "minimum": float(finding.low), "maximum": float(finding.high)}
            answers[id_] = {"anyOf": [bare, _WRITTEN, quantity, {"enum": _NOT_SURE}], "$comment": finding.unit}
        else:
            answers[id_] = dict(yes_no)
        answers[id_]["description"] = entry.clinical
    lab_fields = {"test": "string", "unit": "string", "value": "number", "low": "number", "high": "number"}
    lab = {k: {"type": t} for k, t in lab_fields.items()} | {"date": {"type": "string", "format": "date"}}
    person = {
        "age": answers["age_years"],
        "sex": {"enum": ["female", "male", *_NOT_SURE]},
        "pregnant": yes_no,
    }
    closed = {"type": "object", "additionalProperties": False}
    return {
        "$schema": _DRAFT,
        "title": "Crampwise answers",
        **closed,
        "properties": {
            "person": {**closed, "properties": person},
            "answers": {**closed, "properties": answers},
            "medicines": {"type": "array", "items": {"type": "string", "minLength": 1, "maxLength": 200}},
            "labs": {"type": "array", "items": {**closed, "properties": lab, "required": ["test", "value", "unit"]}},
        },
        "$comment": f"urgency levels: {', '.join(reversed(LEVELS))}",
    }
