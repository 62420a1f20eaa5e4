"""Relieve now: the muscle, three safety questions, the guided stretch, what next."""

import time
from dataclasses import dataclass, replace
from typing import Any

from fastapi import APIRouter
from starlette.datastructures import FormData
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from crampwise.assess.assessment import Ask
from crampwise.assess.intake import Intake
from crampwise.assess.triage import level_words
from crampwise.book.schema.care import Muscle, Stretch
from crampwise.book.schema.common import Level
from crampwise.book.schema.findings import ScreenItem
from crampwise.edges.web.answering import field_of
from crampwise.edges.web.check import in_words
from crampwise.edges.web.notes import calling
from crampwise.edges.web.session import Relief, Session
from crampwise.edges.web.web import TheSession, TheWeb, Web
from crampwise.interview.state import State
from crampwise.logic.errors import InputError
from crampwise.logic.findings import YesNo
from crampwise.relieve.choice import stretches_for, when_words
from crampwise.relieve.figure.bodymap import body_map
from crampwise.relieve.figure.draw import pictures
from crampwise.relieve.safety import (
    Standing,
    fitting,
    relief_now,
    safety_net,
    stand,
    unexplained,
    with_answer,
    with_muscle,
)
from crampwise.relieve.steps import steps_of

router = APIRouter(include_in_schema=False)

_APART = 8
"""Most single questions on one page."""

WHOLE = "whole"
"""Marks a form that asks everything; only the page that is kept for when there is no network carries it."""

Signs = tuple[tuple[ScreenItem, Level], ...]
"""Grouped danger signs that were said to be so, of which no part is known, each with the urgency it demands."""

_SAID: dict[str, bool | None] = {"yes": True, "no": False, "not_sure": None}


@dataclass(frozen=True)
class Together:
    """One of the three questions: what it asks about, what was chosen so far, and whether an answer is missing."""

    asks: tuple[Ask, ...]
    said: str = ""
    missing: bool = False


@router.get("/relieve")
async def relieve(web: TheWeb, session: TheSession) -> Response:
    """Where the cramp is: a map of the body, and the same as a list."""
    muscles = tuple(m for m in web.book.muscles.values() if stretches_for(web.book, m))

    def address(muscle: Muscle) -> str:
        return f"/relieve/{stretches_for(web.book, muscle)[0].id}"

    maps = [("Front", body_map(muscles, "front", address)), ("Back", body_map(muscles, "back", address))]
    return web.page("relieve.html", session, maps=maps, places=[(m, address(m)) for m in muscles])


@router.get("/relieve/{name}")
async def stretch(name: str, web: TheWeb, session: TheSession) -> Response:
    """One stretch: what has to be asked first, then the stretch itself, or why not."""
    if name in web.book.muscles:
        return web.go(f"/relieve/{stretches_for(web.book, web.book.muscles[name])[0].id}")
    chosen = _stretch(web, name)
    said = session.relief.lasting
    intake = _intake(web, session.state, said, chosen)
    standing = stand(web.engine, intake, chosen)
    signs = unexplained(web.engine, intake, session.state.items)
    if signs:
        return _refused(web, session, chosen, intake, standing, signs)
    if standing.verdict == "ask":
        return _questions(web, session, chosen, _asked(standing, said))
    if standing.verdict == "go":
        shown = guide(web, chosen, intake)
        return web.page("stretch.html", session, standing=standing, **shown, **calling(web, session))
    return _refused(web, session, chosen, intake, standing)


@router.post("/relieve/{name}")
async def take(request: Request, name: str, web: TheWeb, session: TheSession) -> Response:
    """Take what was said before a stretch; sending it twice changes nothing."""
    chosen, form = _stretch(web, name), await request.form()
    asked = _sent(web, form)
    if not asked:
        raise HTTPException(400)
    if any(q.missing for q in asked):
        return _questions(web, session, chosen, asked, 422)
    before = session.relief.lasting
    answers = dict(before.answers)
    apart = before.apart
    for question in asked:
        if len(question.asks) == 1 or question.said == "no":
            answers |= {a.finding: _SAID[question.said] for a in question.asks}
        else:
            apart = True
    relief = Relief(int(time.time()), answers, apart)
    try:
        stand(web.engine, _intake(web, session.state, relief, chosen), chosen)
    except InputError as error:
        said = [in_words(web.engine, p) for p in error.problems]
        return _questions(web, session, chosen, asked, 422, said)
    return web.go(f"/relieve/{name}", replace(session, relief=relief))


@router.post("/relieve/{name}/again")
async def again(name: str, web: TheWeb, session: TheSession) -> Response:
    """Forget what was said before a stretch, and ask again."""
    return web.go(f"/relieve/{_stretch(web, name).id}", replace(session, relief=Relief()))


def guide(web: Web, chosen: Stretch, intake: Intake | None = None) -> dict[str, Any]:
    """Give what the page of a stretch shows; without a person, what holds for everyone."""
    book, engine = web.book, web.engine
    muscle = book.muscles[chosen.muscle]
    drawings = [d for d in book.drawings.values() if d.stretch == chosen.id]
    fit = fitting(engine, intake, muscle) if intake else tuple(s for s in stretches_for(book, muscle) if not s.fits)
    others = [s for s in fit if s is not chosen]
    if intake:
        others = [s for s in others if stand(engine, intake, s).verdict in ("go", "ask")]
    return {
        "stretch": chosen,
        "muscle": muscle,
        "figures": [(d, *pictures(d, chosen.title)) for d in drawings],
        "steps": list(steps_of(chosen)),
        "others": [(s, when_words(s)) for s in others],
        "offers": relief_now(engine, intake, muscle) if intake else (),
        "safety_net": safety_net(engine),
    }


def all_questions(web: Web, chosen: Stretch) -> Response:
    """Give the page of questions to a person of whom nothing is known, its form marked as asking everything."""
    standing = stand(web.engine, _intake(web, State(), Relief(), chosen), chosen)
    return _questions(web, Session(), chosen, _asked(standing, Relief()), whole=WHOLE)


def _stretch(web: Web, name: str) -> Stretch:
    if name not in web.book.stretches:
        raise HTTPException(404)
    return web.book.stretches[name]


def _intake(web: Web, state: State, said: Relief, chosen: Stretch) -> Intake:
    intake = with_muscle(web.engine, state.intake(web.engine), web.book.muscles[chosen.muscle])
    for finding, value in said.answers.items():
        intake = with_answer(intake, finding, value)
    return intake


def _asked(standing: Standing, said: Relief) -> list[Together]:
    """Put several things into each of three questions; one by one, once one of the three was not answered no."""
    if said.apart:
        return [Together((ask,)) for ask in standing.asks[:_APART]]
    return [Together(asks) for asks in standing.three]


def _sent(web: Web, form: FormData) -> list[Together]:
    """The questions that a form answers, named in the form itself, so that it may come late or twice."""
    found = []
    for i in range(_APART):
        known = [str(f) for f in form.getlist(f"q{i}") if _yes_no(web, str(f))]
        if known:
            said = field_of(form, f"g{i}")
            asks = tuple(web.engine.asks[f] for f in dict.fromkeys(known))
            found.append(Together(asks, said, said not in _SAID))
    return found


def _yes_no(web: Web, finding: str) -> bool:
    """Whether something is a question that a person answers with yes or no."""
    asked = finding in web.engine.patient and finding in web.engine.asks
    return asked and isinstance(web.book.catalogue[finding], YesNo)


def _questions(
    web: Web,
    session: Session,
    chosen: Stretch,
    asked: list[Together],
    status: int = 200,
    problems: Any = (),
    whole: str = "",
) -> Response:
    muscle = web.book.muscles[chosen.muscle]
    values = {"stretch": chosen, "muscle": muscle, "asked": asked, "problems": problems, "whole": whole}
    return web.page("relieve_ask.html", session, status, **values)


def _refused(
    web: Web, session: Session, chosen: Stretch, intake: Intake, standing: Standing, signs: Signs = ()
) -> Response:
    """Say that a stretch is not to be done, and why; next to an emergency, of nothing milder."""
    emergency = bool(standing.emergencies) or any(level == "emergency_now" for _, level in signs)
    others = [s for s in fitting(web.engine, intake, web.book.muscles[chosen.muscle]) if s is not chosen]
    possible = [] if emergency or signs or standing.verdict != "stop" else others
    flags = standing.emergencies if emergency else standing.urgent
    return web.page(
        "relieve_stop.html",
        session,
        stretch=chosen,
        muscle=web.book.muscles[chosen.muscle],
        standing=standing,
        emergency=emergency,
        signs=[(item, level) for item, level in signs if level == "emergency_now" or not emergency],
        flags=[(f, level_words(web.engine, f.level).text) for f in flags],
        others=[s for s in possible if stand(web.engine, intake, s).verdict in ("go", "ask")],
        safety_net=safety_net(web.engine),
        **calling(web, session),
    )
