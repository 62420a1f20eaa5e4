"""The CQL library as a FHIR Library, and what to do at each urgency as a PlanDefinition (R4)."""

import base64
from typing import Any

from crampwise.assess.assessment import Cite
from crampwise.assess.engine import Engine
from crampwise.book.book import Book
from crampwise.book.schema.care import RedFlag
from crampwise.book.schema.common import LEVELS, Level
from crampwise.edges.cql.library import NAME
from crampwise.fhir.evidence import related_artifact
from crampwise.fhir.names import BASE
from crampwise.interpret.cql import string

_PRIORITY: dict[Level, str] = {
    "emergency_now": "stat", "same_day": "asap", "soon": "urgent", "routine": "routine", "self_care": "routine",
}  # fmt: skip
_READ = ("Patient", "Observation", "Condition", "Procedure", "MedicationRequest", "MedicationStatement")
_RESULTS = (("Urgency certain", "string", "1"), ("Urgency possible", "string", "1"), ("Settled", "boolean", "1"),
            ("Contradictions", "string", "*"))  # fmt: skip


def resources(engine: Engine, cql: str) -> list[dict[str, Any]]:
    """Give the Library with the CQL text inside, and the PlanDefinition that reads it."""
    return [_library(engine, cql), _plan(engine)]


def _library(engine: Engine, cql: str) -> dict[str, Any]:
    kind = {"system": "http://terminology.hl7.org/CodeSystem/library-type", "code": "logic-library"}
    return {
        **_about(engine, "Library", "Crampwise: red flags and urgency of muscle cramps", "Rules in CQL."),
        "type": {"coding": [kind]},
        "parameter": [
            {"name": name, "use": "out", "min": 0, "max": most, "type": type_} for name, type_, most in _RESULTS
        ],
        "dataRequirement": [{"type": type_} for type_ in _READ],
        "content": [{"contentType": "text/cql", "data": base64.b64encode(cql.encode()).decode()}],
    }


def _plan(engine: Engine) -> dict[str, Any]:
    kind = {"system": "http://terminology.hl7.org/CodeSystem/plan-definition-type", "code": "eca-rule"}
    title = "Crampwise: what to do about muscle cramps, by urgency"
    said = "One action for each urgency, with the red flags that demand it. Proposals for a clinician."
    return {
        **_about(engine, "PlanDefinition", title, said),
        "type": {"coding": [kind]},
        "library": [f"{BASE}/Library/{NAME}|{engine.book.info.version}"],
        "action": [*_doubts(engine), *(_level(engine, level) for level in reversed(LEVELS))],
    }


def _about(engine: Engine, type_: str, title: str, said: str) -> dict[str, Any]:
    info = engine.book.info
    return {
        "resourceType": type_,
        "id": NAME,
        "url": f"{BASE}/{type_}/{NAME}",
        "identifier": [{"system": "urn:ietf:rfc:3986", "value": f"{BASE}/{type_}/{NAME}"}],
        "version": info.version,
        "name": NAME,
        "title": title,
        "status": "draft",
        "experimental": True,
        "date": info.date.isoformat(),
        "description": f"{said} Made from the book with digest {engine.book.digest}.",
        "purpose": info.scope,
        "usage": "Information, not a diagnosis. Not a medical device; not evaluated in patients.",
    }


def _doubts(engine: Engine) -> list[dict[str, Any]]:
    """What must be seen before anything reassures."""
    phrase = engine.book.words.phrases["not_finished"]
    return [
        {
            "title": "Answers contradict each other",
            "textEquivalent": "Settle them before you rely on anything milder than an emergency.",
            "condition": [_when('exists "Contradictions"')],
        },
        {"title": "Not settled", "textEquivalent": phrase, "condition": [_when('"Settled" is not true')]},
    ]


def _level(engine: Engine, level: Level) -> dict[str, Any]:
    words = next(w for w in engine.book.words.levels if w.level == level)
    reading = "possible" if level == LEVELS[0] else "certain"
    flags = [_flag(engine.book, f) for f in engine.flags_by_level if f.level == level]
    return {
        "title": words.clinical,
        "textEquivalent": f"{words.title} {words.do}",
        "priority": _PRIORITY[level],
        "condition": [_when(f'"Urgency {reading}" = {string(level)}')],
        **({"action": flags} if flags else {}),
    }


def _flag(book: Book, flag: RedFlag) -> dict[str, Any]:
    code = {"system": f"{BASE}/CodeSystem/red-flags", "code": flag.id, "display": flag.name}
    return {
        "title": flag.name,
        "description": flag.why,
        "textEquivalent": " ".join(flag.do),
        "code": [{"coding": [code]}],
        "documentation": [related_artifact(book, Cite("source", s)) for s in flag.sources],
        "condition": [_when(f'exists ("Fired" F where F.id = {string(flag.id)})')],
    }


def _when(expression: str) -> dict[str, Any]:
    return {"kind": "applicability", "expression": {"language": "text/cql", "expression": expression}}
