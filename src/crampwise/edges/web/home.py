"""The first page, what the person chose, and the end of a session."""

import json
from dataclasses import replace
from typing import Annotated

from fastapi import APIRouter, Form
from starlette.responses import Response

from crampwise.edges.web.openapi import EXAMPLE, document
from crampwise.edges.web.session import KEPT_DAYS
from crampwise.edges.web.web import TheSession, TheWeb

_BACK = ("/emergency", "/check/emergency", "/result")

router = APIRouter(include_in_schema=False)


@router.get("/")
async def start(web: TheWeb, session: TheSession) -> Response:
    """The first page."""
    return web.page("home.html", session)


@router.get("/privacy")
async def privacy(web: TheWeb, session: TheSession) -> Response:
    """What is kept, where, and how to delete it."""
    return web.page("privacy.html", session, days=KEPT_DAYS)


@router.get("/api")
async def programs(web: TheWeb, session: TheSession) -> Response:
    """What programs can ask."""
    said = json.dumps(EXAMPLE, indent=1)
    example = f"curl -H 'Content-Type: application/json' http://localhost:8321/api/v1/assess -d '{said}'"
    return web.page("programs.html", session, paths=document(web.book)["paths"], example=example)


@router.post("/keep")
async def keep(web: TheWeb, session: TheSession, kept: Annotated[bool, Form()] = False) -> Response:
    """Keep the answers on this device for some weeks, or only until the browser closes."""
    return web.go("/check/answers", replace(session, kept=kept))


@router.post("/country")
async def country(
    web: TheWeb, session: TheSession, where: Annotated[str, Form()] = "", back: Annotated[str, Form()] = ""
) -> Response:
    """Take where the person is, for the emergency number."""
    known = where.upper() if len(where) == 2 and where.isalpha() else None
    onward = back if back in _BACK else "/result"
    return web.go(onward, replace(session, country=known))


@router.post("/end")
async def end(web: TheWeb) -> Response:
    """Delete the session from the device."""
    response = web.go("/")
    web.sealer.end(response)
    return response
