"""For clinicians: the check in clinical words, then examination, odds before and after, tests and medicines."""

from dataclasses import replace
from itertools import groupby
from typing import Any

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from crampwise.assess.assessment import Outcome
from crampwise.assess.odds import Shift, shifts
from crampwise.edges.web.notes import calling
from crampwise.edges.web.report import report_of_session
from crampwise.edges.web.session import Session
from crampwise.edges.web.shown import shown
from crampwise.edges.web.sofar import so_far
from crampwise.edges.web.web import LiveSession, TheSession, TheWeb, Web
from crampwise.interview.state import EXAMINATION
from crampwise.report.text import as_text

router = APIRouter(include_in_schema=False)


@router.get("/clinician")
def overview(request: Request, web: TheWeb, session: LiveSession) -> Response:
    """The clinician's view of the answers so far, or the way into it."""
    if session.mode != "clinician":
        return web.page("clinician_start.html", session)
    return web.page("clinician.html", session, **_view(request, web, session), **calling(web, session))


@router.post("/clinician/start")
async def start(web: TheWeb, session: TheSession) -> Response:
    """Ask in clinical words, examination and results too."""
    return web.go("/check", replace(session, mode="clinician"))


@router.post("/clinician/leave")
async def leave(web: TheWeb, session: TheSession) -> Response:
    """Ask in everyday words again."""
    return web.go("/check", replace(session, mode="person"))


@router.get("/clinician.txt")
def plain(request: Request, web: TheWeb, session: LiveSession) -> Response:
    """The summary as text, to paste into a record."""
    return PlainTextResponse(_text(request, web, session))


def _view(request: Request, web: Web, session: Session) -> dict[str, Any]:
    known = so_far(web, session)
    result = known.result
    telling = [o for o in result.outcomes if f"{o.before:.0%}" != f"{o.after:.0%}"]
    outcomes = [(web.book.tests[t].name, list(o)) for t, o in groupby(telling, key=lambda o: o.test)]
    found = next((n for n, keys in enumerate(session.steps, 1) if EXAMINATION in keys), None)
    return {
        "s": shown(web.engine, known),
        "r": result,
        "shifts": shifts(web.engine, known.intake, result),
        "outcomes": outcomes,
        "found": found,
        "name": _names(web),
        "text": _text(request, web, session),
        "urgency": report_of_session(request, web, session).urgency,
    }


def _names(web: Web) -> dict[str, str]:
    return {c.id: c.name.clinical for c in web.book.conditions.values()}


def _text(request: Request, web: Web, session: Session) -> str:
    known = so_far(web, session)
    rows = [_shift_words(s) for s in shifts(web.engine, known.intake, known.result)]
    telling = (o for o in known.result.outcomes if f"{o.before:.0%}" != f"{o.after:.0%}")
    tests = [_outcome_words(web, o) for o in telling]
    blocks = [as_text(report_of_session(request, web, session)).rstrip()]
    if rows:
        blocks.append("\n".join(["PRE-TEST TO POST-TEST ODDS", *rows]))
    if tests:
        blocks.append("\n".join(["WHAT A RESULT WOULD DO", *tests]))
    return "\n\n".join(blocks) + "\n"


def _shift_words(shift: Shift) -> str:
    return f"- {shift.cause.clinical}: {shift.odds_before} -> {shift.odds_after} (x {shift.times:.2g})"


def _outcome_words(web: Web, outcome: Outcome) -> str:
    test = web.book.tests[outcome.test].name
    name = web.book.conditions[outcome.condition].name.clinical
    return f"- {test}, {outcome.result}: {name} {outcome.before:.0%} -> {outcome.after:.0%}"
