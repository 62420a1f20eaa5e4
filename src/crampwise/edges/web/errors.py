"""Whatever goes wrong: a friendly page for people, one problem document (RFC 9457) for programs."""

from collections.abc import Sequence
from http import HTTPStatus
from typing import Any

import orjson
from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from crampwise.edges.web.security import MOST_BYTES, TooLargeError
from crampwise.edges.web.web import the_session, the_web
from crampwise.edges.web.whose import ClosedError
from crampwise.logic.errors import CrampwiseError, Problem

API = "/api/"


def problem_response(status: int, detail: str, problems: Sequence[Problem] = ()) -> Response:
    """Give a problem document, with every problem at once."""
    phrase = HTTPStatus(status).phrase
    document: dict[str, Any] = {"type": "about:blank", "title": phrase, "status": status, "detail": detail}
    document["problems"] = [{"where": p.where, "what": p.what, "remedy": p.remedy} for p in problems]
    return Response(orjson.dumps(document), status, media_type="application/problem+json")


def add_errors(app: FastAPI) -> None:
    """Register what is done with each kind of error."""
    app.add_exception_handler(CrampwiseError, _mendable)
    app.add_exception_handler(RequestValidationError, _malformed)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(TooLargeError, _too_large)
    app.add_exception_handler(OverflowError, _too_long)
    app.add_exception_handler(ClosedError, _closed)


async def _mendable(request: Request, error: Exception) -> Response:
    problems = error.problems if isinstance(error, CrampwiseError) else []
    return _answer(request, 422, "Something in what was sent cannot be used.", problems)


async def _malformed(request: Request, error: Exception) -> Response:
    given = error.errors() if isinstance(error, RequestValidationError) else []
    if any(e["loc"][0] == "path" for e in given):
        return _answer(request, 404, "There is nothing at this address.")
    problems = [Problem(".".join(map(str, e["loc"])), str(e["msg"])) for e in given]
    return _answer(request, 422, "Something in what was sent cannot be read.", problems)


async def _http(request: Request, error: Exception) -> Response:
    status = error.status_code if isinstance(error, HTTPException) else 500
    detail = str(error.detail) if isinstance(error, HTTPException) else ""
    return _answer(request, status, detail)


async def _too_large(request: Request, _error: Exception) -> Response:
    return _answer(request, 413, f"At most {MOST_BYTES // 1_000_000} MB can be sent at once.")


async def _too_long(request: Request, _error: Exception) -> Response:
    return _answer(request, 413, "These answers are too long to be kept.")


async def _closed(request: Request, _error: Exception) -> Response:
    return the_web(request).go("/diary/open")


def refusal(request: Request, status: int, detail: str) -> Response:
    """Give the answer to what is turned away at the gate."""
    return _answer(request, status, detail)


def broken(request: Request) -> Response:
    """Give the answer when something broke on our side."""
    return _answer(request, 500, "Something went wrong on our side. Nothing was lost.")


def _answer(request: Request, status: int, detail: str, problems: Sequence[Problem] = ()) -> Response:
    if request.url.path.startswith(API):
        return problem_response(status, detail, problems)
    web = the_web(request)
    if status == HTTPStatus.GONE:
        return web.page("expired.html", the_session(request), status)
    title, say = _SAID.get(status, _SAID[400 if status < 500 else 500])
    return web.page(
        "error.html", the_session(request), status, title=title, say=say, problems=problems, status_code=status
    )


_SAID = {
    400: ("We could not read that", "Please go back and try again."),
    403: ("That came from another site", "For your safety we did nothing with it."),
    404: ("This page is not here", "The address may be wrong, or the page has moved."),
    405: ("That does not work here", "Please start from the first page."),
    413: ("That is too much at once", "Please write less, and send it again."),
    422: ("We could not use that", "Please go back and mend what is listed here."),
    429: ("Too many at once", "Please wait a minute, then try again."),
    500: ("Something broke on our side", "Your answers are safe on your device. Please try again."),
}
