"""The app: routes, headers, errors. Nothing of a request but its kind and status is ever logged."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI
from starlette.middleware.gzip import GZipMiddleware
from starlette.responses import Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from crampwise import __version__
from crampwise.edges.web import (
    api,
    check,
    clinician,
    diary,
    diary_data,
    diary_entry,
    diary_numbers,
    diary_open,
    home,
    library,
    offline,
    relieve,
    report,
    result,
    trial,
    trial_plan,
)
from crampwise.edges.web.errors import add_errors
from crampwise.edges.web.gate import Gate
from crampwise.edges.web.keeper import Keeper
from crampwise.edges.web.limit import Limit
from crampwise.edges.web.log import Logged
from crampwise.edges.web.security import Guard
from crampwise.edges.web.settings import Settings
from crampwise.edges.web.web import STATIC, Web

_LEAST_ZIPPED = 1000


def create_app(settings: Settings | None = None) -> FastAPI:
    """Make the app.

    Args:
        settings: how it is run; on this machine alone by default.
    """
    web = Web(settings or Settings())

    @asynccontextmanager
    async def warm(_app: FastAPI) -> AsyncIterator[None]:
        web.warm()
        yield
        app.state.keeper.close()

    app = FastAPI(
        title="Crampwise", version=__version__, lifespan=warm, docs_url=None, redoc_url=None, openapi_url=None
    )
    app.state.web, app.state.keeper = web, Keeper(web.settings)
    diaries = (diary, diary_entry, diary_numbers, diary_open, diary_data, trial_plan, trial)
    for area in (home, offline, relieve, check, result, library, report, clinician, *diaries, api):
        app.include_router(area.router)
    app.mount("/static", _Static(directory=STATIC), name="static")
    add_errors(app)
    app.add_middleware(Logged)
    app.add_middleware(Limit, rate=web.settings.rate)
    app.add_middleware(GZipMiddleware, minimum_size=_LEAST_ZIPPED, compresslevel=5)
    app.add_middleware(Gate, hosts=web.settings.hosts)
    app.add_middleware(Guard, hosted=web.settings.hosted)
    return app


def app_from_environment() -> FastAPI:
    """Make the app of a worker process."""
    return create_app(Settings.from_environment())


class _Static(StaticFiles):
    """Static files; those asked for by their digest may be kept for good."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        response = await super().get_response(path, scope)
        kept = scope.get("query_string", b"").startswith(b"v=")
        response.headers["Cache-Control"] = "public, max-age=31536000, immutable" if kept else "no-cache"
        return response
