"""What every route needs: the book made ready, sealed sessions, and pages from templates."""

import gc
import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any

from fastapi import Depends
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from crampwise import __version__
from crampwise.assess.assess import assess
from crampwise.assess.countries import COUNTRIES
from crampwise.assess.engine import Engine, engine_of
from crampwise.assess.intake import Intake
from crampwise.book.book import Book
from crampwise.book.compile import open_book
from crampwise.edges.web.session import Sealer, Session
from crampwise.edges.web.settings import Settings
from crampwise.interview.candidates import next_step
from crampwise.interview.state import State
from crampwise.lookup.search import search

HERE = Path(__file__).parent
STATIC = HERE / "static"
SEE_OTHER = 303


@dataclass(frozen=True, eq=False)
class Web:
    """One app: its settings and all that is made from them once."""

    settings: Settings

    @cached_property
    def book(self) -> Book:
        """The content."""
        return open_book(Path(self.settings.book) if self.settings.book else None)

    @cached_property
    def engine(self) -> Engine:
        """The book made ready."""
        return engine_of(self.book)

    def warm(self) -> None:
        """Make everything ready, so that the first person does not wait, and nothing of it is ever collected."""
        assess(self.book, Intake(), date(2000, 1, 1))
        next_step(self.engine, State())
        search(self.book, "cramp")
        _ = self.sealer, self.templates
        gc.collect()
        gc.freeze()

    @cached_property
    def sealer(self) -> Sealer:
        """Opens and seals sessions."""
        return Sealer(self.settings.secret(), self.book, self.settings.hosted)

    @cached_property
    def templates(self) -> Environment:
        """The page templates."""
        env = Environment(
            loader=FileSystemLoader(HERE / "templates"),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        env.filters["capitalize_first"] = lambda text: text[:1].upper() + text[1:]
        env.globals |= {
            "static": self.static,
            "phrases": self.book.words.phrases,
            "headings": self.book.words.headings,
            "levels": {w.level: w for w in self.book.words.levels},
            "book": self.book,
            "countries": self.countries,
            "names_of": self.names_of,
            "hosted": self.settings.hosted,
            "keeps_diaries": self.settings.keeps_diaries,
            "version": __version__,
        }
        return env

    @cached_property
    def _digests(self) -> dict[str, str]:
        return {}

    def static(self, name: str) -> str:
        """Give the address of a static file; it changes with the content, so that it may be kept for good."""
        if name not in self._digests:
            self._digests[name] = hashlib.sha256((STATIC / name).read_bytes()).hexdigest()[:12]
        return f"/static/{name}?v={self._digests[name]}"

    @cached_property
    def countries(self) -> tuple[tuple[str, str], ...]:
        """Code and English name of each country whose emergency number the book holds."""
        codes = {c for n in self.book.words.emergency_numbers for c in n.countries}
        return tuple(sorted(((c, COUNTRIES.get(c, c)) for c in codes), key=lambda pair: pair[1]))

    def names_of(self, findings: Iterable[str]) -> str:
        """List findings by their short labels."""
        return ", ".join(self.book.findings[f].short.lower() for f in findings)

    def render(self, template: str, session: Session, **values: Any) -> str:
        """Fill a template."""
        return self.templates.get_template(template).render(session=session, **values)

    def page(self, template: str, session: Session, status: int = 200, **values: Any) -> HTMLResponse:
        """Give a page."""
        return HTMLResponse(self.render(template, session, **values), status)

    def go(self, address: str, session: Session | None = None) -> Response:
        """Lead to another address, with the session sealed anew."""
        response = RedirectResponse(address, SEE_OTHER)
        if session is not None:
            self.sealer.seal(response, session)
        return response


def the_web(request: Request) -> Web:
    """Give the app's own things."""
    found: Web = request.app.state.web
    return found


def the_session(request: Request) -> Session:
    """Give the session of a request."""
    return the_web(request).sealer.open(request)


def the_live_session(request: Request) -> Session:
    """Give the session of a request whose answer needs what was said.

    Raises:
        HTTPException: 410, what was said is no longer there.
    """
    found = the_session(request)
    if found.expired:
        raise HTTPException(410)
    return found


TheWeb = Annotated[Web, Depends(the_web)]
TheSession = Annotated[Session, Depends(the_session)]
LiveSession = Annotated[Session, Depends(the_live_session)]
