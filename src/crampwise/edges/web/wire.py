"""JSON on the wire: documents read with the place of every value, results written fast."""

import json
from decimal import Decimal
from typing import Any, NoReturn

import orjson
from starlette.responses import Response

from crampwise.book.tree import Located
from crampwise.logic.errors import InputError, Problem


def read_json(body: bytes) -> Located:
    """Read a JSON document; the place of a value is its JSON Pointer, and numbers keep their digits.

    Raises:
        InputError: it is not JSON, or a key stands in it twice.
    """
    try:
        value = json.loads(body, parse_float=Decimal, parse_constant=_refused, object_pairs_hook=_Pairs)
    except UnicodeDecodeError:
        raise InputError([Problem("body", "is not UTF-8 text.")]) from None
    except json.JSONDecodeError as error:
        place = f"line {error.lineno}, column {error.colno}"
        raise InputError([Problem(place, f"is not JSON: {error.msg.lower()}.")]) from None
    except (RecursionError, ValueError) as error:
        what = "is nested too deeply." if isinstance(error, RecursionError) else f"{error}."
        raise InputError([Problem("body", what)]) from None
    problems: list[Problem] = []
    tree = _located(value, "", problems)
    if problems:
        raise InputError(problems)
    return tree


class _Pairs(list[tuple[str, Any]]):
    """The members of a JSON object, before it is known whether a key stands twice."""


def _refused(name: str) -> NoReturn:
    raise ValueError(f"{name} is not a number in JSON")


def _located(value: Any, where: str, problems: list[Problem]) -> Located:
    if isinstance(value, _Pairs):
        found: dict[str, Located] = {}
        for key, child in value:
            place = f"{where}/{key.replace('~', '~0').replace('/', '~1')}"
            if key in found:
                problems.append(Problem(place, "stands here twice.", "Keep one."))
            found[key] = _located(child, place, problems)
        return Located(found, where or "/")
    if isinstance(value, list):
        return Located([_located(v, f"{where}/{i}", problems) for i, v in enumerate(value)], where or "/")
    if isinstance(value, Decimal):
        return Located(float(value), where or "/", str(value))
    return Located(value, where or "/", "" if value is None else str(value))


def as_json(value: Any, status: int = 200) -> Response:
    """Give a value, dataclasses included, as a JSON response."""
    return Response(orjson.dumps(value), status, media_type="application/json")
