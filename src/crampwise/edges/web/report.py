"""The page for a doctor, as HTML, PDF on two kinds of paper, and plain text."""

from fastapi import APIRouter
from fastapi.concurrency import run_in_threadpool
from starlette.responses import PlainTextResponse, Response

from crampwise.edges.web.check import assessed
from crampwise.edges.web.session import Session
from crampwise.edges.web.web import TheSession, TheWeb, Web
from crampwise.interview.state import unexplained
from crampwise.report.content import Report, report_of
from crampwise.report.pdf import Paper, as_pdf
from crampwise.report.text import NOTE, TITLE, as_text, sections

router = APIRouter(include_in_schema=False)


@router.get("/report")
async def report(web: TheWeb, session: TheSession) -> Response:
    """The page to show or print."""
    made = report_of_session(web, session)
    return web.page("report.html", session, title=TITLE, note=NOTE, report=made, sections=list(sections(made)))


@router.get("/report.txt")
async def plain(web: TheWeb, session: TheSession) -> Response:
    """The page to paste."""
    return PlainTextResponse(as_text(report_of_session(web, session)))


@router.get("/report-{paper}.pdf")
async def pdf(paper: Paper, web: TheWeb, session: TheSession) -> Response:
    """The page to print or send."""
    made = await run_in_threadpool(as_pdf, report_of_session(web, session), paper)
    named = {"Content-Disposition": 'inline; filename="cramp-check.pdf"'}
    return Response(made, media_type="application/pdf", headers=named)


def report_of_session(web: Web, session: Session) -> Report:
    """Make the page for a doctor from a session."""
    unclear = [(item.ask, level) for item, level in unexplained(web.engine, session.state)]
    return report_of(web.engine, session.state.intake(web.engine), assessed(web, session.state), unclear)
