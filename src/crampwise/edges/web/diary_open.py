"""The way into a diary that is not open: its passphrase, one of several people, or hosted the diary code."""

from dataclasses import replace
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Form
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from crampwise.edges.store.store import Person
from crampwise.edges.web.answering import field_of
from crampwise.edges.web.keeper import Keeper
from crampwise.edges.web.session import Session
from crampwise.edges.web.web import TheSession, TheWeb, Web, the_session, the_web
from crampwise.edges.web.whose import (
    ClosedError,
    TheForm,
    Whose,
    name_of_code,
    new_code,
    open_diary,
    the_keeper,
    tie,
    whose_of,
    with_offset,
)
from crampwise.followup.records import Episode
from crampwise.logic.errors import InputError

router = APIRouter(include_in_schema=False)
_WRONG = {
    "locked": "This is not the right passphrase. Please try again.",
    "code": "We know no diary with this code. Please look at it again.",
}


@router.get("/diary/open")
def open_(request: Request, web: TheWeb, session: TheSession) -> Response:
    """What is needed to open the diary; on to it where it is open."""
    try:
        open_diary(request, session, whose_of(request))
    except ClosedError as closed:
        return _closed(request, web, session, str(closed))
    return web.go("/diary")


@router.post("/diary/unlock")
def unlock(request: Request, form: TheForm) -> Response:
    """Take the passphrase of a locked diary."""
    web, session, keeper = the_web(request), the_session(request), the_keeper(request)
    _must_keep(keeper)
    try:
        key = keeper.unlock(field_of(form, "passphrase"))
    except InputError:
        return _closed(request, web, session, "locked", _WRONG["locked"])
    return _onward(request, session, replace(whose_of(request), key=key))


@router.post("/diary/choose")
def choose(request: Request, session: TheSession, person: Annotated[str, Form()] = "") -> Response:
    """Take which of several people on this machine it is."""
    if the_web(request).settings.hosted:
        raise HTTPException(404)
    return _onward(request, session, replace(whose_of(request), person=person))


@router.post("/diary/begin")
def begin(request: Request, form: TheForm) -> Response:
    """Hosted: begin a diary, and give its code to this browser."""
    web, session, keeper = the_web(request), the_session(request), the_keeper(request)
    if not web.settings.hosted:
        raise HTTPException(404)
    _must_keep(keeper)
    whose = with_offset(whose_of(request), form)
    store = keeper.store("")
    if store is None:
        raise HTTPException(503)
    try:
        open_diary(request, session, whose)
    except ClosedError:
        whose = replace(whose, code=new_code())
        store.add_person(name_of_code(whose.code))
    return _onward(request, session, whose, "/diary/data#code")


@router.post("/diary/code")
def code(request: Request, form: TheForm) -> Response:
    """Hosted: open the diary of a code on this device."""
    web, session = the_web(request), the_session(request)
    if not web.settings.hosted:
        raise HTTPException(404)
    whose = with_offset(replace(whose_of(request), code=field_of(form, "code")[:40]), form)
    try:
        open_diary(request, session, whose)
    except ClosedError:
        return _closed(request, web, session, "code", _WRONG["code"])
    return _onward(request, session, whose)


@router.post("/diary/leave")
def leave(request: Request) -> Response:
    """Close the diary in this browser; nothing in it is erased."""
    web, keeper = the_web(request), the_keeper(request)
    keeper.lock_again(whose_of(request).key)
    return tie(web, web.go("/"), Whose())


def _onward(request: Request, session: Session, whose: Whose, onward: str = "/diary") -> Response:
    """Go on with what opens the diary, and write down the cramps that waited for it; one that is there stays."""
    web = the_web(request)
    if whose.waiting:
        try:
            here = open_diary(request, session, whose)
        except ClosedError:
            return tie(web, web.go("/diary/open"), whose)
        known = {e.id for e in here.diary.episodes}
        for id_, muscle, at in whose.waiting:
            if id_ not in known:
                here.save("episodes", Episode(id=id_, start=datetime.fromisoformat(at), muscles=(muscle,)))
        onward = onward if "#" in onward else f"/diary/cramp/{whose.waiting[-1][0]}"
    return tie(web, web.go(onward), replace(whose, waiting=()))


def _must_keep(keeper: Keeper) -> None:
    if keeper.place is None:
        raise HTTPException(404)


def _closed(request: Request, web: Web, session: Session, what: str, wrong: str = "") -> Response:
    people: tuple[Person, ...] = ()
    whose = whose_of(request)
    if what == "person":
        store = the_keeper(request).store(whose.key)
        people = store.people() if store else ()
    status = 422 if wrong else 200
    return web.page("diary_closed.html", session, status, what=what, wrong=wrong, people=people, waiting=whose.waiting)
