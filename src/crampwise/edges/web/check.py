"""The check: one screen at a time, each at an address of its own that holds a number and no answer."""

import re
from dataclasses import replace

from fastapi import APIRouter
from starlette.datastructures import FormData
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from crampwise.assess.engine import Engine
from crampwise.edges.web.answering import Name, Reading, field_of, names_of, read_form
from crampwise.edges.web.asking import Told, asked, problems_by_key, question_of, told, yes_no_only
from crampwise.edges.web.bound import bound_of
from crampwise.edges.web.notes import calling
from crampwise.edges.web.session import Session
from crampwise.edges.web.sofar import so_far
from crampwise.edges.web.web import LiveSession, TheWeb, Web
from crampwise.interview.candidates import next_step
from crampwise.interview.state import MEDICINES, RESULTS, Question, Screen, State, record
from crampwise.logic.errors import InputError, Problem

router = APIRouter(include_in_schema=False)


@router.get("/check")
async def check(web: TheWeb, session: LiveSession) -> Response:
    """Lead to the next screen, or to an emergency that was not shown yet."""
    if so_far(web, session).alarms - session.alarms:
        return web.go("/check/emergency")
    return web.go(f"/check/{len(session.steps) + 1}")


@router.get("/check/answers")
async def answers(web: TheWeb, session: LiveSession) -> Response:
    """All answers so far, each with the way to change it."""
    shorts, words = web.book.findings, {True: "yes", False: "no", None: "not sure"}
    before = [(shorts[f].short, words[said]) for f, said in session.relief.lasting.answers.items()]
    bound = bound_of(web.engine, so_far(web, session))
    return web.page("answers.html", session, told=_told(web, session), before=before, bound=bound)


@router.get("/check/results")
async def results(web: TheWeb, session: LiveSession) -> Response:
    """Test results, which anyone may give at any time."""
    return _results_page(web, session, Reading())


@router.post("/check/results")
async def take_results(request: Request, web: TheWeb, session: LiveSession) -> Response:
    """Take test results."""
    form = await request.form()
    question = Question("results", RESULTS, "")
    reading = read_form(web.engine, session.state, (question,), form, "continue")
    if not reading.problems:
        state, problems = recorded(web.engine, session.state, reading)
        if not problems:
            return _after(web, replace(session, state=state), f"/check/{len(session.steps) + 1}")
        return _results_page(web, session, reading, form, problems)
    return _results_page(web, session, reading, form)


def _results_page(
    web: Web, session: Session, reading: Reading, form: FormData | None = None, problems: list[Problem] | None = None
) -> Response:
    rows = [(r.test, str(r.value), r.unit) for r in session.state.results or ()]
    if form is not None:
        columns = [[str(v) for v in form.getlist(f"r.{part}")] for part in ("test", "value", "unit")]
        rows = [(t, v, u) for t, v, u in zip(*columns, strict=False) if t or v]
    named = [Problem("", text) for text in reading.problems.values()]
    shown = [*(problems or []), *named]
    return web.page("results.html", session, 422 if shown else 200, rows=rows, problems=shown)


@router.get("/check/emergency")
async def emergency(web: TheWeb, session: LiveSession) -> Response:
    """The emergency, and nothing that could distract from it."""
    found = so_far(web, session)
    if not found.alarms:
        return web.go("/check")
    return web.page("emergency.html", session, result=found.result, unclear=found.unclear, **calling(web, session))


@router.post("/check/go-on")
async def go_on(web: TheWeb, session: LiveSession) -> Response:
    """Go on with the questions although an emergency was shown."""
    seen = session.alarms | so_far(web, session).alarms
    return web.go("/check", replace(session, alarms=seen))


@router.get("/check/{number}")
async def screen(number: int, web: TheWeb, session: LiveSession) -> Response:
    """One screen of questions: the next one, or one that was answered before."""
    if not 1 <= number <= len(session.steps) + 1:
        return web.go("/check")
    shown = _screen(web, session, number)
    if shown is None:
        if so_far(web, session).alarms - session.alarms:
            return web.go("/check/emergency")
        return web.go("/result")
    return _screen_page(web, session, number, shown, Reading())


@router.post("/check/{number}/live")
async def live(request: Request, number: int, web: TheWeb, session: LiveSession) -> Response:
    """The urgency as it would be with what is chosen on the page; nothing is kept."""
    form = await request.form()
    questions = _sent(web.engine, form)
    reading = read_form(web.engine, session.state, questions, form, "skip")
    state, problems = recorded(web.engine, session.state, reading)
    bound = bound_of(web.engine, so_far(web, session if problems else replace(session, state=state)))
    return HTMLResponse(web.render("parts/bound.html", session, bound=bound))


@router.post("/check/{number}")
async def take(request: Request, number: int, web: TheWeb, session: LiveSession) -> Response:
    """Take the answers of one screen; sending them twice changes nothing."""
    form = await request.form()
    questions, heading = _sent(web.engine, form), field_of(form, "heading")
    if not questions:
        raise HTTPException(400)
    number = min(number, len(session.steps) + 1)
    shown = Screen("", heading, questions)
    do = field_of(form, "do")
    reading = read_form(web.engine, session.state, questions, form, do)
    if MEDICINES in reading.raw and not reading.problems and _look_again(web, form, reading, do):
        return _screen_page(web, session, number, shown, reading, checked=True)
    if reading.problems:
        return _screen_page(web, session, number, shown, reading, status=422)
    state, problems = recorded(web.engine, session.state, reading)
    if problems:
        return _screen_page(web, session, number, shown, reading, problems, status=422)
    keys = (heading, *(q.key for q in questions))
    steps = (*session.steps[: number - 1], keys, *session.steps[number:])
    return _after(web, replace(session, state=state, steps=steps), f"/check/{len(steps) + 1}")


def _after(web: Web, session: Session, onward: str) -> Response:
    """Lead on; to the emergency page the moment a new emergency shows."""
    new = so_far(web, session).alarms - session.alarms
    return web.go("/check/emergency" if new else onward, session)


def _look_again(web: Web, form: FormData, reading: Reading, do: str) -> bool:
    """Whether names of medicines were not recognised and the person has not seen that yet; puts a correction in."""
    used = field_of(form, "use")
    if used:
        old, _, new = used.partition("|")
        lines = [new if n.said == old else n.said for n in _names(web, reading)]
        reading.raw[MEDICINES] = "\n".join(lines)
        kept = next(q for q in reading.said if q.key == MEDICINES)
        reading.said = {q: s for q, s in reading.said.items() if q.key != MEDICINES} | {kept: tuple(lines)}
        return True
    unknown = [n.said for n in _names(web, reading) if not n.taken_for]
    return bool(unknown) and do != "skip" and field_of(form, "checked") != "\n".join(unknown)


def _names(web: Web, reading: Reading) -> list[Name]:
    return names_of(web.engine, next((s for q, s in reading.said.items() if q.key == MEDICINES), None))


def recorded(engine: Engine, state: State, reading: Reading) -> tuple[State, list[Problem]]:
    """Add what was read to the answers; where answers contradict each other, give the old ones and the problems."""
    try:
        return record(engine, state, reading.said), []
    except InputError as error:
        return state, [in_words(engine, p) for p in error.problems]


def in_words(engine: Engine, problem: Problem) -> Problem:
    """Say a problem without the ids of findings."""
    shorts = {id_: f"“{f.short}”" for id_, f in engine.book.findings.items()}
    what = re.sub(r"\b([a-z0-9_]+) \([^)]*\)", lambda m: shorts.get(m[1], m[0]), problem.what)
    what = re.sub(r"\b[a-z0-9]+(?:_[a-z0-9]+)+\b|^\w+", lambda m: shorts.get(m[0], m[0]), what)
    return Problem("", what, problem.remedy.replace("not_sure", "“not sure”"))


def _screen(web: Web, session: Session, number: int) -> Screen | None:
    if number <= len(session.steps):
        heading, *keys = session.steps[number - 1]
        questions = tuple(q for key in keys if (q := question_of(web.engine, key)))
        return Screen("", heading, questions)
    return next_step(web.engine, session.state, session.mode, past_emergency=bool(session.alarms)).screen


def _sent(engine: Engine, form: FormData) -> tuple[Question, ...]:
    """The questions that a form answers, named in the form itself, so that it may come late or twice."""
    keys = dict.fromkeys(str(k) for k in form.getlist("q"))
    return tuple(q for key in keys if (q := question_of(engine, key)))


def _screen_page(
    web: Web,
    session: Session,
    number: int,
    shown: Screen,
    reading: Reading,
    problems: list[Problem] | None = None,
    status: int = 200,
    checked: bool = False,
) -> Response:
    lines = [asked(web.engine, session.state, q, session.mode) for q in shown.questions]
    lines = problems_by_key(lines, reading.problems, reading.raw)
    names = _names(web, reading) if checked else []
    new = number == len(session.steps) + 1
    left = next_step(web.engine, session.state, session.mode, past_emergency=True).screens_left if new else None
    return web.page(
        "check.html",
        session,
        status,
        number=number,
        heading=shown.heading,
        lines=lines,
        names=names,
        unknown="\n".join(n.said for n in names if not n.taken_for),
        problems=problems or [],
        yes_no_only=yes_no_only(web.engine, shown.questions),
        left=left,
        told=_told(web, session),
        given_results=[(r.test, str(r.value), r.unit) for r in session.state.results or ()],
        bound=bound_of(web.engine, so_far(web, session)),
    )


def _told(web: Web, session: Session) -> list[Told]:
    return told(web.engine, session.state, session.steps)
