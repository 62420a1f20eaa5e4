"""The session: what one person has said, sealed in a cookie on their own device. The server keeps nothing."""

import base64
import hashlib
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any

import orjson
from cryptography.fernet import Fernet, InvalidToken
from starlette.requests import Request
from starlette.responses import Response

from crampwise.assess.intake import LabEntry
from crampwise.book.book import Book
from crampwise.interview.state import Mode, Reply, State
from crampwise.logic.answers import value_problem
from crampwise.logic.findings import Number, YesNo

COOKIE = "crampwise"
_CHUNK, _MOST_CHUNKS = 3600, 4
_IDLE = 12 * 3600
KEPT_DAYS = 30
_DAY = 86400


@dataclass(frozen=True)
class Relief:
    """What was said before a stretch.

    Attributes:
        at: when, in seconds since 1970; what hurts and how changes within hours, so it holds only for a while.
        answers: finding to yes, no or (None) not sure. apart: a question about several things was not answered no.
    """

    at: int = 0
    answers: Mapping[str, bool | None] = field(default_factory=dict)
    apart: bool = False


@dataclass(frozen=True)
class Session:
    """What one person has said and chosen.

    Attributes:
        state: the answers. steps: the keys asked on each screen so far, in order.
        mode: who answers. country: where the person is, for the emergency number.
        alarms: emergencies that were shown and gone past. kept: the person asked to keep the answers on this device.
        searched: words last looked for in the library. relief: what was said before a stretch.
        expired: there was a session, but it is over.
    """

    state: State = field(default_factory=State)
    steps: tuple[tuple[str, ...], ...] = ()
    mode: Mode = "person"
    country: str | None = None
    alarms: frozenset[str] = frozenset()
    kept: bool = False
    searched: str = ""
    relief: Relief = field(default_factory=Relief)
    expired: bool = False

    @property
    def started(self) -> bool:
        """Whether anything was asked yet."""
        return bool(self.steps)


class Sealer:
    """Seals sessions into cookies and opens them: encrypted and signed with a key made from the secret."""

    def __init__(self, secret: bytes, book: Book, hosted: bool) -> None:
        key = hashlib.sha256(b"crampwise session" + secret).digest()
        self.box = Fernet(base64.urlsafe_b64encode(key))
        self.book = book
        self.hosted = hosted

    def open(self, request: Request) -> Session:
        """Give the session of a request; a fresh one where there is none, or none that still holds."""
        names = [COOKIE, *(f"{COOKIE}{i}" for i in range(1, _MOST_CHUNKS))]
        sealed = "".join(request.cookies.get(n, "") for n in names)
        if not sealed:
            return Session(country=_country(request))
        try:
            token = sealed.encode("ascii")
            body = orjson.loads(zlib.decompress(self.box.decrypt(token)))
            age = int(body["t"])
            self.box.decrypt(token, ttl=KEPT_DAYS * _DAY if age else _IDLE)
            return _session(self.book, body)
        except (InvalidToken, ValueError, zlib.error, KeyError, TypeError):
            return Session(country=_country(request), expired=True)

    def seal(self, response: Response, session: Session) -> None:
        """Put the session into the cookies of a response.

        Raises:
            OverflowError: it is too long to be kept in cookies.
        """
        token = self.box.encrypt(zlib.compress(orjson.dumps(_plain(session)), 9)).decode("ascii")
        parts = [token[i : i + _CHUNK] for i in range(0, len(token), _CHUNK)]
        if len(parts) > _MOST_CHUNKS:
            raise OverflowError(len(token))
        for i in range(_MOST_CHUNKS):
            name = f"{COOKIE}{i or ''}"
            if i < len(parts):
                age = KEPT_DAYS * _DAY if session.kept else None
                response.set_cookie(name, parts[i], age, httponly=True, samesite="lax", secure=self.hosted)
            elif i > 0:
                response.delete_cookie(name, httponly=True, samesite="lax", secure=self.hosted)

    def end(self, response: Response) -> None:
        """Delete the session from the device."""
        for i in range(_MOST_CHUNKS):
            response.delete_cookie(f"{COOKIE}{i or ''}", httponly=True, samesite="lax", secure=self.hosted)


def _plain(session: Session) -> dict[str, Any]:
    state = session.state
    values = {k: v if isinstance(v, bool) else str(v) for k, v in state.values.items()}
    results = state.results and [[r.test, str(r.value), r.unit] for r in state.results]
    return {
        "t": session.kept,
        "v": values,
        "u": sorted(state.not_sure),
        "i": dict(state.items),
        "m": state.medicines,
        "r": results if state.results is not None else None,
        "p": sorted(state.passed),
        "s": session.steps,
        "c": session.country,
        "a": sorted(session.alarms),
        "w": session.mode,
        "q": session.searched,
        "f": [session.relief.at, session.relief.answers, session.relief.apart],
    }


def _session(book: Book, body: Mapping[str, Any]) -> Session:
    """Take up a session; answers to what the book no longer asks are left out, and so are open again."""
    results = body["r"]
    state = State(
        values={k: v for k, raw in body["v"].items() if (v := _value(book, k, raw)) is not None},
        not_sure=frozenset(k for k in body["u"] if k in book.catalogue),
        items={k: _reply(v) for k, v in body["i"].items()},
        medicines=None if body["m"] is None else tuple(body["m"]),
        results=None
        if results is None
        else tuple(LabEntry(t, Decimal(v), u, None, None, None, t) for t, v, u in results),
        passed=frozenset(body["p"]),
    )
    mode: Mode = "clinician" if body["w"] == "clinician" else "person"
    steps = tuple(tuple(s) for s in body["s"])
    alarms = frozenset(body["a"])
    at, said, apart = body["f"]
    relief = Relief(at, {k: v for k, v in said.items() if isinstance(book.catalogue.get(k), YesNo)}, apart)
    return Session(state, steps, mode, body["c"], alarms, bool(body["t"]), body["q"], relief)


def _value(book: Book, id_: str, raw: Any) -> Any:
    finding = book.catalogue.get(id_)
    value = Decimal(raw) if isinstance(finding, Number) else raw
    return value if finding is not None and value_problem(finding, value) is None else None


def _reply(text: str) -> Reply:
    return "yes" if text == "yes" else "no" if text == "no" else "not_sure"


def _country(request: Request) -> str | None:
    """The country that the browser's language names, if it names one."""
    language = request.headers.get("accept-language", "").partition(",")[0].partition(";")[0].strip()
    region = language.partition("-")[2]
    return region.upper() if len(region) == 2 and region.isalpha() else None


def with_state(session: Session, state: State) -> Session:
    """Give the session with other answers."""
    return replace(session, state=state)
