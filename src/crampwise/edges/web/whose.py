"""Whose diary a request is about. On this machine it is that of its user; hosted, that of who holds the diary code."""

import base64
import hashlib
import os
from collections.abc import AsyncIterator, Callable
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime, timedelta, timezone, tzinfo
from typing import Annotated, Any, TypeVar

import orjson
from cryptography.fernet import InvalidToken
from fastapi import Depends
from starlette.datastructures import FormData
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from crampwise.book.book import Book
from crampwise.edges.store.store import Person, Store
from crampwise.edges.web.answering import field_of
from crampwise.edges.web.keeper import Keeper
from crampwise.edges.web.session import Session
from crampwise.edges.web.web import Web, the_session, the_web
from crampwise.followup.records import Diary
from crampwise.logic.errors import CrampwiseError, InputError

COOKIE = "crampwise-diary"
_KEPT_S, _SESSION_S = 400 * 86400, 12 * 3600
_FIRST = "me"
_MOST_OFFSET = 14 * 60
T = TypeVar("T")


@dataclass(frozen=True)
class Whose:
    """What ties a browser to a diary, sealed in a cookie of its own.

    Attributes:
        person: the one chosen among several on this machine. code: hosted, the diary code. key: names the unlocking.
        offset: minutes from UTC that the browser told, where its clock is not that of this machine.
        waiting: cramps that were tapped while the diary was locked, so that none is lost: id, muscle and time of each.
    """

    person: str = ""
    code: str = ""
    key: str = ""
    offset: int | None = None
    waiting: tuple[tuple[str, str, str], ...] = ()


class ClosedError(Exception):
    """The diary is not open to this request: locked, hosted without a code, or of several people."""


@dataclass(frozen=True)
class Opened:
    """One person's open diary."""

    web: Web
    session: Session
    keeper: Keeper
    store: Store
    person: Person
    whose: Whose

    @property
    def book(self) -> Book:
        """The content."""
        return self.web.book

    @property
    def hour(self) -> int:
        """When a night ends."""
        return self.book.followup.night_ends_hour

    @property
    def now(self) -> datetime:
        """The time where the person is, to the minute."""
        return clock(self.keeper, self.whose)

    @property
    def zone(self) -> tzinfo | None:
        """Where the person is; None is where this machine is, whose rules for summer time then hold."""
        return zone_of(self.keeper, self.whose)

    @property
    def today(self) -> date:
        """The day where the person is."""
        return self.now.date()

    @property
    def diary(self) -> Diary:
        """What the person wrote down."""
        return self.keeper.diary(self.store, self.person)

    def made(self, name: Any, make: Callable[[Diary], T]) -> T:
        """Give what is worked out from the diary, once for each state of it."""
        return self.keeper.made(self.store, self.person, name, make)

    def save(self, kind: str, record: Any) -> None:
        """Write one record; on the disk when this returns."""
        self.keeper.save(self.store, self.person, kind, record, self.hour)

    def page(self, template: str, status: int = 200, **values: Any) -> Response:
        """Give a page."""
        return self.web.page(template, self.session, status, **values)


def clock(keeper: Keeper, whose: Whose) -> datetime:
    """Give the time where the person is, to the minute."""
    return datetime.now().astimezone(zone_of(keeper, whose)).replace(second=0, microsecond=0)


def zone_of(keeper: Keeper, whose: Whose) -> tzinfo | None:
    """Give the zone that a browser told; None where it did not, or where it is this machine's own."""
    if not keeper.settings.hosted or whose.offset is None:
        return None
    return timezone(timedelta(minutes=whose.offset))


def whose_of(request: Request) -> Whose:
    """Read the cookie; nobody's where there is none or it cannot be read."""
    web = the_web(request)
    try:
        token = request.cookies.get(COOKIE, "").encode("ascii")
        held = orjson.loads(web.sealer.box.decrypt(token, ttl=_KEPT_S))
        given: dict[str, Any] = held["diary"]
        found = Whose(**given | {"waiting": tuple((id_, muscle, at) for id_, muscle, at in given["waiting"])})
        if not web.settings.hosted:
            web.sealer.box.decrypt(token, ttl=_SESSION_S)
    except (InvalidToken, ValueError, KeyError, TypeError):
        return Whose()
    return found


def tie(web: Web, response: Response, whose: Whose) -> Response:
    """Put the tie into the cookie of a response; with nothing in it the cookie goes."""
    hosted = web.settings.hosted
    if whose == Whose():
        response.delete_cookie(COOKIE, httponly=True, samesite="lax", secure=hosted)
    else:
        token = web.sealer.box.encrypt(orjson.dumps({"diary": asdict(whose)})).decode("ascii")
        age = _KEPT_S if hosted else None
        response.set_cookie(COOKIE, token, age, httponly=True, samesite="lax", secure=hosted)
    return response


def new_code() -> str:
    """Draw a diary code of 80 bits, in four groups."""
    drawn = base64.b32encode(os.urandom(10)).decode().lower()
    return "-".join(drawn[i : i + 4] for i in range(0, 16, 4))


def name_of_code(code: str) -> str:
    """Give the name under which the diary of a code is kept; nobody can read the code off it."""
    plain = "".join(c for c in code.lower() if c.isalnum())
    return "web-" + hashlib.sha256(plain.encode()).hexdigest()[:48]


def the_keeper(request: Request) -> Keeper:
    """Give the keeper of the app."""
    found: Keeper = request.app.state.keeper
    return found


def with_offset(whose: Whose, form: FormData) -> Whose:
    """Take up the clock that a form tells."""
    try:
        minutes = int(field_of(form, "offset"))
    except ValueError:
        return whose
    return replace(whose, offset=minutes) if abs(minutes) <= _MOST_OFFSET else whose


def open_diary(request: Request, session: Session, whose: Whose) -> Opened:
    """Open the diary of a request.

    Raises:
        ClosedError: it is not open to this request. HTTPException: 404, this site keeps no diaries.
    """
    web, keeper = the_web(request), the_keeper(request)
    if keeper.place is None:
        raise HTTPException(404)
    try:
        store = keeper.store(whose.key)
    except CrampwiseError:
        if web.settings.hosted:  # what it says is for who runs the site
            raise HTTPException(503) from None
        raise
    if store is None:
        raise ClosedError("locked")
    return Opened(web, session, keeper, store, _person(web, store, whose), whose)


def _person(web: Web, store: Store, whose: Whose) -> Person:
    if web.settings.hosted:
        try:
            return store.person(name_of_code(whose.code))
        except InputError:
            raise ClosedError("code") from None
    everyone = store.people()
    if not everyone:
        return store.add_person(_FIRST)
    if len(everyone) == 1:
        return everyone[0]
    chosen = next((p for p in everyone if p.id == whose.person), None)
    if chosen is None:
        raise ClosedError("person")
    return chosen


def the_diary(request: Request) -> Opened:
    """Give the open diary of a request."""
    return open_diary(request, the_session(request), whose_of(request))


def diary_if_any(request: Request, session: Session) -> Opened | None:
    """Give the diary of a request to whoever only mentions it: None where there is none, or it is not open."""
    keeper = the_keeper(request)
    if not keeper.begun:
        return None
    try:
        return open_diary(request, session, whose_of(request))
    except (ClosedError, CrampwiseError, HTTPException):
        return None


async def the_form(request: Request) -> AsyncIterator[FormData]:
    """Read the form of a request; files in it are closed at the end."""
    async with request.form() as form:
        yield form


TheDiary = Annotated[Opened, Depends(the_diary)]
TheForm = Annotated[FormData, Depends(the_form)]
