"""The FHIR endpoint: forms to read, `$next-question` of SDC, `$assess`. Nothing is kept, nothing is logged."""

import json
from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Any, NoReturn
from uuid import uuid4

from fastapi import APIRouter, FastAPI
from fastapi.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.middleware.cors import CORSMiddleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import Request
from starlette.responses import Response

from crampwise import __version__
from crampwise.assess.assess import assess
from crampwise.assess.engine import Engine, engine_of
from crampwise.assess.known import further_problems
from crampwise.book.book import Book
from crampwise.fhir.adaptive import NAME, adaptive_form, next_question
from crampwise.fhir.capability import capability
from crampwise.fhir.layout import FIXED
from crampwise.fhir.outcome import Written, outcome
from crampwise.fhir.questionnaire import Words, form_name, questionnaire
from crampwise.fhir.response import read_response
from crampwise.interview.state import unexplained
from crampwise.logic.errors import CrampwiseError, InputError, Problem

MOST_BYTES = 5_000_000
_TYPE = "application/fhir+json"
_WORDS: tuple[Words, ...] = ("lay", "clinical")
router = APIRouter(prefix="/fhir")


def create_app(book: Book, hosts: Sequence[str], origins: Sequence[str] = ()) -> FastAPI:
    """Make the endpoint.

    Args:
        book: the content.
        hosts: names under which it may be reached; a request for another name is refused.
        origins: web pages of other origins that may use it from a browser.
    """
    app = FastAPI(title="Crampwise FHIR", version=__version__, docs_url=None, redoc_url=None, openapi_url=None)
    app.state.engine = engine_of(book)
    app.include_router(router)
    app.add_exception_handler(CrampwiseError, _mendable)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(Exception, _broken)
    if origins:
        app.add_middleware(CORSMiddleware, allow_origins=list(origins), allow_methods=["*"], allow_headers=["*"])
    app.add_middleware(TrustedHostMiddleware, allowed_hosts=list(hosts))
    return app


@router.get("/metadata")
async def metadata(request: Request) -> Response:
    """What this endpoint can do."""
    return as_fhir(capability(_engine(request), __version__))


@router.get("/Questionnaire/{name}")
async def form(name: str, request: Request) -> Response:
    """A form by its id."""
    engine = _engine(request)
    if name == NAME:
        return as_fhir(adaptive_form(engine))
    scopes = (*FIXED, *engine.book.conditions, *engine.book.red_flags)
    found = next(((s, w) for s in scopes for w in _WORDS if form_name(s, w) == name), None)
    if found is None:
        raise HTTPException(404, "There is no form of this id.")
    return as_fhir(await run_in_threadpool(questionnaire, engine, *found))


@router.post("/Questionnaire/$next-question")
async def following(request: Request) -> Response:
    """The next screen of the adaptive interview."""
    response = _inside(await _body(request), "questionnaire-response")
    return as_fhir(await run_in_threadpool(next_question, _engine(request), response, datetime.now(UTC)))


@router.post("/QuestionnaireResponse/$assess")
async def assessed(request: Request) -> Response:
    """A filled-in form assessed, as a document."""
    response = _inside(await _body(request), "questionnaire-response")
    return as_fhir(await run_in_threadpool(_assess, _engine(request), response))


def _assess(engine: Engine, response: Any) -> dict[str, Any]:
    reading = read_response(engine, response)
    intake, today = reading.state.intake(engine), date.today()
    if problems := further_problems(engine, today, intake):
        raise InputError(problems)
    written = Written(uuid4(), datetime.now(UTC), __version__)
    return outcome(engine, intake, assess(engine.book, intake, today), written, unexplained(engine, reading.state))


def _engine(request: Request) -> Engine:
    engine: Engine = request.app.state.engine
    return engine


async def _body(request: Request) -> Any:
    """Read the JSON of a request.

    Raises:
        HTTPException: it is too large. InputError: it is not JSON.
    """
    data = bytearray()
    async for chunk in request.stream():
        data += chunk
        if len(data) > MOST_BYTES:
            raise HTTPException(413, f"At most {MOST_BYTES // 1_000_000} MB can be sent at once.")
    try:
        return json.loads(bytes(data), parse_constant=_no_number)
    except (UnicodeDecodeError, RecursionError, ValueError) as error:
        what = "is nested too deeply" if isinstance(error, RecursionError) else "is not JSON"
        raise InputError([Problem("body", f"{what}.", "Send a QuestionnaireResponse as JSON.")]) from None


def _no_number(text: str) -> NoReturn:
    raise ValueError(text)


def _inside(body: Any, name: str) -> Any:
    """Take a resource out of Parameters; a resource sent alone is the parameter itself."""
    if not isinstance(body, dict) or body.get("resourceType") != "Parameters":
        return body
    listed = body.get("parameter")
    for parameter in listed if isinstance(listed, list) else []:
        if isinstance(parameter, dict) and parameter.get("name") == name:
            return parameter.get("resource")
    raise InputError([Problem("Parameters", f"there is no parameter {name!r}.")])


def as_fhir(resource: dict[str, Any], status: int = 200) -> Response:
    """Give a resource as a reply that nobody keeps."""
    body = json.dumps(resource, ensure_ascii=False).encode()
    return Response(body, status, {"Cache-Control": "no-store"}, media_type=_TYPE)


def _outcome(status: int, code: str, problems: Sequence[Problem]) -> Response:
    issues = [
        {"severity": "error", "code": code, "details": {"text": f"{p.what} {p.remedy}".strip()}, "diagnostics": p.where}
        for p in problems
    ]
    return as_fhir({"resourceType": "OperationOutcome", "issue": issues}, status)


async def _mendable(_request: Request, error: Exception) -> Response:
    problems = error.problems if isinstance(error, CrampwiseError) else []
    return _outcome(422, "invalid", problems)


async def _http(_request: Request, error: Exception) -> Response:
    status = error.status_code if isinstance(error, HTTPException) else 500
    code = {404: "not-found", 405: "not-supported", 413: "too-long"}.get(status, "processing")
    return _outcome(status, code, [Problem("request", str(getattr(error, "detail", "")) or "It was refused.")])


async def _broken(_request: Request, _error: Exception) -> Response:
    return _outcome(500, "exception", [Problem("server", "Something went wrong on our side. Nothing was kept.")])
