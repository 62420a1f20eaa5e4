"""The app: discovery, services, feedback. Nothing of a call but its kind, status and time is logged."""

import gc
import logging
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import orjson
from fastapi import FastAPI
from fastapi.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response

from crampwise import __version__
from crampwise.assess.engine import Engine, engine_of, prepare
from crampwise.book.compile import open_book
from crampwise.book.schema.hooks import CdsService
from crampwise.edges.cds_hooks.cards import Maker
from crampwise.edges.cds_hooks.chart import read_chart
from crampwise.edges.cds_hooks.data import Fetcher, Query, gather, queries
from crampwise.edges.cds_hooks.journal import Journal, own_journal
from crampwise.edges.cds_hooks.order_cards import order_cards
from crampwise.edges.cds_hooks.patient_card import patient_cards
from crampwise.edges.cds_hooks.refusal import RefusedError, refusal
from crampwise.edges.cds_hooks.request import HookCall, read_call, read_feedback
from crampwise.edges.cds_hooks.settings import Client, Settings, is_loopback
from crampwise.edges.cds_hooks.tokens import Gatekeeper, KeyRing
from crampwise.edges.records.address import checked, origin
from crampwise.fhir.names import LOINC
from crampwise.logic.errors import InputError

LOG = logging.getLogger("crampwise.cds")
SERVICES = "/cds-services"
_MOST_BYTES = 10_000_000
_HERE = r"https?://(localhost|127\.0\.0\.1|\[::1\])(:\d+)?"
_ANYONE = Client("anyone on this machine")


@dataclass
class Desk:
    """What answers calls: the book, the trusted clients, the journal.

    Attributes:
        settings: how it is run. today: gives the day for which records are read.
    """

    settings: Settings
    today: Callable[[], date] = date.today
    engine: Engine = field(init=False)
    services: dict[str, CdsService] = field(init=False)
    queries: dict[str, Query] = field(init=False)

    def __post_init__(self) -> None:
        self.journal = Journal(Path(self.settings.journal) if self.settings.journal else own_journal())
        self.fetcher = Fetcher()
        book = open_book(Path(self.settings.book) if self.settings.book else None, prepare)
        self.engine = engine_of(book)
        self.services = {s.called: s for s in book.cds_services.values()}
        self.queries = queries(book)
        self.gatekeeper = Gatekeeper(self.settings.clients, KeyRing(self.fetcher.keys), self.journal)

    def warm(self) -> None:
        """Make everything ready, by a made-up record, so that the first caller does not wait."""
        book = self.engine.book
        test = next(t for t in book.tests.values() if t.loinc and len(t.units) > 1)
        day = self.today().isoformat()
        result = {
            "resourceType": "Observation", "status": "final", "effectiveDateTime": day,
            "code": {"coding": [{"system": LOINC, "code": test.loinc[0].code}]},
            "valueQuantity": {"value": 1, "unit": test.units[1]},
        }  # fmt: skip
        medicine = {
            "resourceType": "MedicationRequest", "status": "active", "intent": "order", "authoredOn": day,
            "medicationCodeableConcept": {"text": f"{next(iter(book.medicines.values())).ingredient} 1 MG Oral Tablet"},
        }  # fmt: skip
        chart = read_chart(self.engine, "", [result, medicine], self.today())
        _ = chart.assessment.next_questions
        gc.collect()
        gc.freeze()

    def discovery(self) -> dict[str, Any]:
        """List the services, one entry for each hook."""
        usage = self.engine.book.card_texts["card_usage"].text
        prefetch = {key: query.path for key, query in self.queries.items()}
        return {
            "services": [
                {
                    "hook": hook, "id": s.called, "title": s.title, "description": s.description, "prefetch": prefetch,
                    "usageRequirements": usage,
                }
                for s in self.services.values()
                for hook in s.hooks
            ]
        }  # fmt: skip

    def caller(self, request: Request, *others: str) -> Client:
        """Give the client that calls; `others` are further addresses that its token may be for.

        Raises:
            RefusedError: it is not trusted.
        """
        if self.settings.open:
            return _ANYONE
        addresses = [self.settings.base + path for path in (request.url.path, *others)]
        return self.gatekeeper.check(request.headers.get("authorization"), addresses)

    def service(self, called: str) -> CdsService:
        """Give a service by its name.

        Raises:
            RefusedError: 404, there is none.
        """
        if called not in self.services:
            raise RefusedError(404, "There is no such service.")
        return self.services[called]

    def answer(self, client: Client, service: CdsService, call: HookCall) -> dict[str, Any]:
        """Give the cards of one call, and note which were given out."""
        resources = gather(self.queries, call, self.fetcher, self._servers(client, call))
        chart = read_chart(self.engine, call.patient, resources, self.today())
        maker = Maker(self.engine, call.patient)
        if call.hook == "patient-view":
            cards = patient_cards(maker, service, chart)
        else:
            cards = order_cards(maker, service, chart, call)
        if cards:
            self.journal.give(service.called, [(str(c.content["uuid"]), c.about) for c in cards])
        return {"cards": [c.content for c in cards]}

    def _servers(self, client: Client, call: HookCall) -> tuple[str, ...]:
        """FHIR servers that may be asked; without a list of clients, only one on this machine."""
        if not self.settings.open or call.server is None:
            return client.fhir_servers
        try:
            server = checked(call.server)
        except InputError:
            return ()
        return (server,) if is_loopback(origin(server)[1] or "") else ()


def create_app(settings: Settings | None = None, today: Callable[[], date] = date.today) -> FastAPI:
    """Make the app.

    Args:
        settings: how it is run; on this machine alone by default.
        today: gives the day for which records are read.
    """
    desk = Desk(settings or Settings(), today)

    @asynccontextmanager
    async def life(_app: FastAPI) -> AsyncIterator[None]:
        desk.warm()
        yield
        desk.journal.close()

    app = FastAPI(
        title="Crampwise CDS Hooks", version=__version__, lifespan=life, docs_url=None, redoc_url=None, openapi_url=None
    )
    app.state.desk = desk
    _routes(app, desk)
    app.add_exception_handler(RefusedError, _refused)
    app.add_exception_handler(HTTPException, _http)
    app.add_middleware(_Logged)
    here = _HERE if desk.settings.open or "here" in desk.settings.origins else None
    app.add_middleware(
        CORSMiddleware, allow_origins=[o for o in desk.settings.origins if o != "here"], allow_origin_regex=here,
        allow_methods=["GET", "POST"], allow_headers=["Authorization", "Content-Type"], max_age=600,
    )  # fmt: skip
    return app


def app_from_environment() -> FastAPI:
    """Make the app of a worker process."""
    return create_app(Settings.from_environment())


def _routes(app: FastAPI, desk: Desk) -> None:
    @app.get(SERVICES)
    async def discovery() -> Response:
        return _json(desk.discovery())

    @app.post(f"{SERVICES}/{{called}}")
    async def call(called: str, request: Request) -> Response:
        service = desk.service(called)
        client = await run_in_threadpool(desk.caller, request)
        read = read_call(service, await _body(request))
        return _json(await run_in_threadpool(desk.answer, client, service, read))

    @app.post(f"{SERVICES}/{{called}}/feedback")
    async def feedback(called: str, request: Request) -> Response:
        service = desk.service(called)
        client = await run_in_threadpool(desk.caller, request, f"{SERVICES}/{called}")
        await run_in_threadpool(desk.journal.keep, client.iss, service.called, read_feedback(await _body(request)))
        return _json({})


async def _body(request: Request) -> bytes:
    """Read the body, up to a limit.

    Raises:
        RefusedError: 413, it is too large.
    """
    parts, total = [], 0
    async for part in request.stream():
        total += len(part)
        if total > _MOST_BYTES:
            raise RefusedError(413, f"At most {_MOST_BYTES // 1_000_000} MB can be sent at once.")
        parts.append(part)
    return b"".join(parts)


def _json(document: Any) -> Response:
    return Response(orjson.dumps(document), media_type="application/json", headers={"Cache-Control": "no-store"})


async def _refused(_request: Request, error: Exception) -> Response:
    known = error if isinstance(error, RefusedError) else RefusedError(500, "")
    return refusal(known.status, known.detail, known.problems)


async def _http(_request: Request, error: Exception) -> Response:
    known = error if isinstance(error, HTTPException) else HTTPException(500)
    return refusal(known.status_code, str(known.detail))


class _Logged:
    """Logs method, pattern of the route, status and time; of what breaks, only its kind."""

    def __init__(self, app: Any) -> None:
        self.app = app

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        start, status = time.perf_counter(), 0

        async def noted(message: Any) -> None:
            nonlocal status
            status = message.get("status", status)
            await send(message)

        try:
            await self.app(scope, receive, noted)
        except ClientDisconnect:
            return
        except Exception as error:
            LOG.error("%s", type(error).__name__)
            if status:
                raise ConnectionError("the answer broke off") from None
            await refusal(500, "Something went wrong on our side.")(scope, receive, noted)
        took = (time.perf_counter() - start) * 1000
        LOG.info("%s %s %d %.0f ms", scope["method"], getattr(scope.get("route"), "path", "-"), status, took)
