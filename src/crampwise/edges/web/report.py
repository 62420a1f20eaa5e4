"""The page for a doctor, as HTML, PDF on two kinds of paper, and plain text."""

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from crampwise.edges.web.diary_report import diary_lines
from crampwise.edges.web.session import Session
from crampwise.edges.web.sofar import so_far
from crampwise.edges.web.web import LiveSession, TheWeb, Web
from crampwise.report.content import Report, report_of
from crampwise.report.pdf import Paper, as_pdf
from crampwise.report.text import NOTE, TITLE, as_text, sections

router = APIRouter(include_in_schema=False)


@router.get("/report")
def report(request: Request, web: TheWeb, session: LiveSession) -> Response:
    """The page to show or print."""
    made = report_of_session(request, web, session)
    return web.page("report.html", session, title=TITLE, note=NOTE, report=made, sections=list(sections(made)))


@router.get("/report.txt")
def plain(request: Request, web: TheWeb, session: LiveSession) -> Response:
    """The page to paste."""
    return PlainTextResponse(as_text(report_of_session(request, web, session)))


@router.get("/report-{paper}.pdf")
def pdf(request: Request, paper: Paper, web: TheWeb, session: LiveSession) -> Response:
    """The page to print or send."""
    made = as_pdf(report_of_session(request, web, session), paper)
    named = {"Content-Disposition": 'inline; filename="cramp-check.pdf"'}
    return Response(made, media_type="application/pdf", headers=named)


def report_of_session(request: Request, web: Web, session: Session) -> Report:
    """Make the page for a doctor from a session, and from the diary where there is one."""
    found = so_far(web, session)
    unclear = [(item.ask, level) for item, level in found.unclear]
    return report_of(web.engine, found.intake, found.result, unclear, diary_lines(request, session))
