"""The description of the REST interface, made from the same schemas as the command line's."""

from functools import lru_cache
from typing import Any

from crampwise import __version__
from crampwise.assess.plain import answers_schema, assessment_schema, brief_schema
from crampwise.book.book import Book
from crampwise.lookup.names import KINDS

EXAMPLE: dict[str, Any] = {
    "person": {"age": 67, "sex": "female", "pregnant": "no"},
    "answers": {"sudden_painful_tightening": "yes", "site_calf": "yes", "occurs_at_night": "yes"},
    "medicines": ["indapamide 2.5 mg"],
    "labs": [{"test": "potassium", "value": 3.3, "unit": "mmol/L"}],
}
_TEXT = {"type": "string"}
_YES_NO = {"enum": ["yes", "no", "not_sure"]}


@lru_cache(maxsize=2)
def document(book: Book) -> dict[str, Any]:
    """Give the OpenAPI 3.1 document."""
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Crampwise",
            "version": __version__,
            "summary": "Muscle cramps: urgency, causes, tests and plan, with evidence.",
            "description": "Stateless. Information, not a diagnosis; not evaluated in patients. Nothing sent is kept.",
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": "/api/v1"}],
        "paths": _paths(),
        "components": {"schemas": _schemas(book), "responses": {"Problem": _problem_response()}},
    }


def _paths() -> dict[str, Any]:
    kind = {"name": "kind", "in": "path", "required": True, "schema": {"enum": _kinds()}, "example": "condition"}
    id_ = {"name": "id", "in": "path", "required": True, "schema": _TEXT, "example": "hypokalaemia"}
    entries = {"type": "array", "items": _closed({"id": _TEXT, "title": _TEXT})}
    so_far = {**EXAMPLE, "items": {"es_collapse": "no"}, "passed": [], "mode": "person"}
    return {
        "/book": {"get": _operation("book", "Which book this is", {"type": "object"})},
        "/book/{kind}": {"get": _operation("entries", "Every entry of one kind", entries, [kind])},
        "/book/{kind}/{id}": {
            "get": _operation("entry", "One entry with its evidence", {"type": "object"}, [kind, id_])
        },
        "/assess": {"post": _operation("assess", "Assess answers, in brief", _ref("Brief"), (), "Answers", EXAMPLE)},
        "/explain": {
            "post": _operation("explain", "Assess answers, everything", _ref("Explained"), (), "Answers", EXAMPLE)
        },
        "/next": {"post": _operation("next", "The next screen", _ref("Step"), (), "AnswersSoFar", so_far)},
        "/search": {
            "post": _operation(
                "search", "Find entries by words", _ref("Found"), (), "Search", {"words": "charley horse", "limit": 5}
            )
        },
    }


def _operation(
    id_: str, summary: str, gives: dict[str, Any], parameters: Any = (), takes: str = "", example: Any = None
) -> dict[str, Any]:
    body = {"required": True, "content": {"application/json": {"schema": _ref(takes), "example": example}}}
    responses: dict[str, Any] = {
        "200": {"description": "Done.", "content": {"application/json": {"schema": gives}}},
        "default": {"$ref": "#/components/responses/Problem"},
    }
    made: dict[str, Any] = {"operationId": id_, "summary": summary, "responses": responses}
    if parameters:
        made["parameters"] = list(parameters)
    return made | ({"requestBody": body} if takes else {})


def _schemas(book: Book) -> dict[str, Any]:
    answers, whole, short = answers_schema(book), assessment_schema(), brief_schema()
    parts = {name: part for schema in (whole, short) for name, part in schema.get("$defs", {}).items()}
    extra = {
        "items": {"type": "object", "additionalProperties": _YES_NO},
        "passed": {"type": "array", "items": _TEXT},
        "mode": {"enum": ["person", "clinician"]},
        "past_emergency": {"type": "boolean"},
    }
    so_far = {**answers, "properties": {**answers["properties"], **extra}}
    found = {
        "Answers": answers,
        "AnswersSoFar": so_far,
        "Assessment": whole,
        "Brief": short,
        "Explained": _closed(
            {"assessment": _ref("Assessment"), "references": {"type": "array", "items": _ref("Reference")}}
        ),
        "Reference": _closed(
            dict.fromkeys(("kind", "id", "says", "origin", "place", "date", "strength", "address"), _TEXT)
        ),
        "Search": {
            **_closed({"words": _TEXT, "kind": {"enum": list(KINDS.values())}, "limit": {"type": "integer"}}),
            "required": ["words"],
        },
        "Found": _closed({"total": {"type": "integer"}, "hits": {"type": "array", "items": {"type": "object"}}}),
        "Step": _closed(
            {
                "done": {"type": "boolean"},
                "urgency": {"enum": ["emergency", "urgency_settled", "nothing_left_to_ask", None]},
                "plan_settled": {"type": "boolean"},
                "screens_left": {"type": "integer"},
                "screen": {"type": ["object", "null"]},
            }
        ),
        "Problem": _closed(
            {
                "type": _TEXT,
                "title": _TEXT,
                "status": {"type": "integer"},
                "detail": _TEXT,
                "problems": {
                    "type": "array",
                    "items": _closed({"where": _TEXT, "what": _TEXT, "remedy": _TEXT}),
                },
            }
        ),
    }
    return {name: _moved(schema) for name, schema in (found | parts).items()}


def _moved(value: Any) -> Any:
    """Point references at the components of the document."""
    if isinstance(value, dict):
        return {
            k: v.replace("#/$defs/", "#/components/schemas/") if k == "$ref" else _moved(v)
            for k, v in value.items()
            if k not in ("$defs", "$schema")
        }
    return [_moved(v) for v in value] if isinstance(value, list) else value


def _problem_response() -> dict[str, Any]:
    example = {
        "type": "about:blank",
        "title": "Unprocessable Content",
        "status": 422,
        "detail": "Something in what was sent cannot be used.",
        "problems": [{"where": "/answers/site_calv", "what": "there is no finding called 'site_calv'.", "remedy": ""}],
    }
    content = {"application/problem+json": {"schema": _ref("Problem"), "example": example}}
    return {"description": "What is wrong: every problem at once (RFC 9457).", "content": content}


def _closed(properties: dict[str, Any]) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


def _ref(name: str) -> dict[str, str]:
    return {"$ref": f"#/components/schemas/{name}"}


def _kinds() -> list[str]:
    return [name.replace(" ", "-") for name in KINDS.values()]
