"""The result: urgency first, then what to do, what not, what may be behind it, and what everything rests on."""

from fastapi import APIRouter
from fastapi.concurrency import run_in_threadpool
from starlette.responses import Response

from crampwise.edges.web.asking import told
from crampwise.edges.web.check import assessed
from crampwise.edges.web.notes import calling
from crampwise.edges.web.session import Session
from crampwise.edges.web.shown import shown, turns
from crampwise.edges.web.web import TheSession, TheWeb, Web
from crampwise.interview.state import unexplained

router = APIRouter(include_in_schema=False)


@router.get("/result")
async def result(web: TheWeb, session: TheSession) -> Response:
    """The result of the answers so far."""
    return _page(web, session, "result.html")


@router.get("/result/changes")
async def changes(web: TheWeb, session: TheSession) -> Response:
    """Which other answers would change the result."""
    found = assessed(web, session.state)
    listed = await run_in_threadpool(turns, web.engine, found)
    return web.page("changes.html", session, turns=listed)


@router.get("/emergency")
async def help_now(web: TheWeb, session: TheSession) -> Response:
    """Whom to call, at once and without any question."""
    return web.page("call.html", session, **calling(web, session))


def _page(web: Web, session: Session, template: str) -> Response:
    if session.expired:
        return web.page("expired.html", session, 410)
    found = shown(web.engine, assessed(web, session.state), unexplained(web.engine, session.state))
    answers = told(web.engine, session.state, session.steps)
    return web.page(template, session, s=found, r=found.result, told=answers, **calling(web, session))
