"""What CDS Hooks 2.0 asks of a service's answers, as JSON Schemas of our own and what schemas cannot say."""

import re
from collections.abc import Iterator
from typing import Any

from jsonschema import Draft202012Validator

Schema = dict[str, Any]
_TEXT: Schema = {"type": "string", "minLength": 1}
_URL: Schema = {"type": "string", "pattern": r"^https?://[^\s]+$"}
_UUID: Schema = {"type": "string", "pattern": r"^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$"}
_EXTENSION: Schema = {"type": "object", "minProperties": 1}


def _object(required: str, closed: bool = True, **properties: Schema) -> Schema:
    """An object with these properties, of which some are required; `extension` is always allowed."""
    every = {**properties, "extension": _EXTENSION}
    return {"type": "object", "required": required.split(), "properties": every, "additionalProperties": not closed}


def _list(of: Schema) -> Schema:
    return {"type": "array", "minItems": 1, "items": of}


_CODING = _object("code system", closed=False, code=_TEXT, system=_TEXT, display=_TEXT)
_REASON = _CODING | {"required": ["code", "system", "display"]}
_RESOURCE: Schema = {"type": "object", "required": ["resourceType"]}
_ACTION = _object(
    "type description",
    type={"enum": ["create", "update", "delete"]},
    description=_TEXT,
    resource={"type": ["object", "string"]},
    resourceId={"oneOf": [_TEXT, _list(_TEXT)]},
) | {
    "if": {"properties": {"type": {"const": "delete"}}},
    "then": {"anyOf": [{"required": ["resourceId"]}, {"required": ["resource"]}]},
    "else": {"required": ["resource"], "properties": {"resource": _RESOURCE}},
}
_SUGGESTION = _object("label", label=_TEXT, uuid=_UUID, isRecommended={"type": "boolean"}, actions=_list(_ACTION))
_LINK = _object("label url type", label=_TEXT, url=_URL, type={"enum": ["absolute", "smart"]}, appContext=_TEXT) | {
    "if": {"required": ["appContext"]},
    "then": {"properties": {"type": {"const": "smart"}}},
}
_CARD = _object(
    "summary indicator source",
    uuid=_UUID,
    summary={"type": "string", "minLength": 1, "maxLength": 139},
    detail=_TEXT,
    indicator={"enum": ["info", "warning", "critical"]},
    source=_object("label", label=_TEXT, url=_URL, icon=_URL, topic=_CODING),
    suggestions=_list(_SUGGESTION),
    selectionBehavior={"enum": ["at-most-one", "any"]},
    overrideReasons=_list(_REASON),
    links=_list(_LINK),
) | {"dependentRequired": {"suggestions": ["selectionBehavior"]}}
RESPONSE = _object("cards", cards={"type": "array", "items": _CARD}, systemActions=_list(_ACTION))
DISCOVERY = _object(
    "services",
    services={
        "type": "array",
        "items": _object(
            "hook description id",
            hook=_TEXT,
            title=_TEXT,
            description=_TEXT,
            id={"type": "string", "pattern": r"^[A-Za-z0-9._~-]+$"},
            prefetch={"type": "object", "minProperties": 1, "additionalProperties": _TEXT},
            usageRequirements=_TEXT,
        ),
    },
)
_EVERYWHERE = {"context.userId", "context.patientId", "context.encounterId"}
_USER = {"userPractitionerId", "userPractitionerRoleId", "userPatientId", "userRelatedPersonId"}
_SIMPLE = re.compile(r"^[A-Za-z]+(/\{\{[\w.]+\}\}|\?[a-z_-]+=[^&:]*(&[a-z_-]+=[^&:]*)*)$")


def check(document: Any, schema: Schema) -> list[str]:
    """What is wrong with a discovery or an answer."""
    found = [f"{e.json_path}: {e.message[:160]}" for e in Draft202012Validator(schema).iter_errors(document)]
    found += _empty(document, "$")
    if schema is RESPONSE:
        found += _cards(document.get("cards", []))
    if schema is DISCOVERY:
        found += _services(document.get("services", []))
    return found


def _empty(part: Any, where: str) -> Iterator[str]:
    if part is None or (part in ("", [], {}) and where not in ("$.cards", "$.services")):
        yield f"{where}: null or empty"
    elif isinstance(part, dict):
        for key, inner in part.items():
            if key != "resource":
                yield from _empty(inner, f"{where}.{key}")
    elif isinstance(part, list):
        for i, inner in enumerate(part):
            yield from _empty(inner, f"{where}[{i}]")


def _cards(cards: list[dict[str, Any]]) -> Iterator[str]:
    ids = [i for c in cards for i in (c.get("uuid"), *(s.get("uuid") for s in c.get("suggestions", ()))) if i]
    if len(ids) != len(set(ids)):
        yield "a uuid is used twice"
    for i, card in enumerate(cards):
        recommended = sum(bool(s.get("isRecommended")) for s in card.get("suggestions", ()))
        if card.get("selectionBehavior") == "at-most-one" and recommended > 1:
            yield f"$.cards[{i}]: more than one suggestion is recommended, and at most one may be chosen"
        if re.search(r"<\s*/?\s*[a-zA-Z]", card.get("detail") or ""):
            yield f"$.cards[{i}].detail: HTML in Markdown"


def _services(services: list[dict[str, Any]]) -> Iterator[str]:
    pairs = [(s.get("id"), s.get("hook")) for s in services]
    if len(pairs) != len(set(pairs)):
        yield "two services share id and hook"
    for service in services:
        for key, template in (service.get("prefetch") or {}).items():
            strange = set(re.findall(r"\{\{(.*?)\}\}", template)) - _EVERYWHERE - _USER
            if strange:
                yield f"{service.get('id')} {key}: {', '.join(sorted(strange))} is no token of this hook"
            if not _SIMPLE.match(template):
                yield f"{service.get('id')} {key}: more than the recommended queries"
