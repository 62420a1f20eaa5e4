"""The library: a page for every entry of the book, search with lay names, and the words explained."""

from dataclasses import replace
from typing import Annotated

from fastapi import APIRouter, Form
from starlette.exceptions import HTTPException
from starlette.responses import Response

from crampwise.assess.known import know
from crampwise.edges.web.web import TheSession, TheWeb
from crampwise.lookup.cite import Reference, reference_of_claim, reference_of_judgement, reference_of_source
from crampwise.lookup.entry import Part, parts_of
from crampwise.lookup.links import evidence_of, used_by
from crampwise.lookup.names import KINDS, SETTLED, name_of, title_of
from crampwise.lookup.search import search

router = APIRouter(include_in_schema=False)
SHELVES = {
    "conditions": "Causes and look-alikes",
    "stretches": "Stretches",
    "actions": "What may help",
    "medicines": "Medicines",
    "drug_classes": "Kinds of medicine",
    "tests": "Tests",
    "red_flags": "Danger signs",
    "library": "Related illnesses and healing times",
    "look_alikes": "How to tell look-alikes",
    "settled": "Where sources disagree",
    "sources": "Sources",
}
"""What the library is sorted into, for people."""

_MOST_HITS, _LONGEST_QUERY = 40, 200


@router.get("/library")
async def shelves(web: TheWeb, session: TheSession) -> Response:
    """The shelves."""
    counts = [(kind, title, len(getattr(web.book, kind))) for kind, title in SHELVES.items()]
    return web.page("library.html", session, shelves=counts)


@router.post("/library/search")
async def look_for(web: TheWeb, session: TheSession, q: Annotated[str, Form()] = "") -> Response:
    """Take words to look for; they go into the session, never into an address."""
    return web.go("/library/search", replace(session, searched=q.strip()[:_LONGEST_QUERY]))


@router.get("/library/search")
async def found(web: TheWeb, session: TheSession) -> Response:
    """What the words lead to, best first."""
    hits = search(web.book, session.searched) if session.searched else ()
    shown = [(KINDS[h.kind], h.kind, h.id, h.title) for h in hits if h.kind not in ("findings", "terms", "policies")]
    return web.page("search.html", session, hits=shown[:_MOST_HITS], more=max(0, len(shown) - _MOST_HITS))


@router.get("/library/glossary")
async def glossary(web: TheWeb, session: TheSession) -> Response:
    """Every word explained."""
    words = sorted(web.book.glossary.values(), key=lambda w: w.term.casefold())
    return web.page("glossary.html", session, words=words)


@router.get("/library/{kind}")
async def shelf(kind: str, web: TheWeb, session: TheSession) -> Response:
    """One shelf."""
    if kind not in SHELVES:
        raise HTTPException(404)
    entries = getattr(web.book, kind)
    rows = sorted(((title_of(kind, e), id_) for id_, e in entries.items()), key=lambda r: r[0].casefold())
    return web.page("shelf.html", session, kind=kind, title=SHELVES[kind], rows=rows)


@router.get("/library/{kind}/{id_}")
async def entry(kind: str, id_: str, web: TheWeb, session: TheSession) -> Response:
    """Everything about one entry, and what it rests on."""
    held = dict(web.book.sections()).get(kind, {}).get(id_)
    if held is None:
        raise HTTPException(404)
    closed = know(web.engine, session.state.intake(web.engine)).closed
    wait = any(closed.get(f) is not False for f in getattr(held, "show_only_after", ()))
    evidence = evidence_of(web.book, id_)
    references: list[Reference] = [
        *(reference_of_claim(web.book, c) for c in evidence.claims),
        *(reference_of_source(s) for s in evidence.sources),
        *(reference_of_judgement(j) for j in evidence.judgements),
    ]
    uses = [
        (KINDS.get(k, k.replace("_", " ")), [(k, i, name_of(web.book, i)) for i in ids if i in web.book.everything])
        for k, ids in used_by(web.book, id_).items()
        if k in SHELVES
    ]
    plain, technical = _split(parts_of(web.book, id_))
    return web.page(
        "entry.html", session, kind=kind, id_=id_, entry=held, name=title_of(kind, held), kind_name=KINDS[kind],
        plain=plain, technical=technical, references=references, basis=evidence.basis.replace("_", " "), uses=uses,
        settled=[(SETTLED[s.kind], s) for s in evidence.settled], shelf=SHELVES.get(kind, ""), wait=wait,
    )  # fmt: skip


_PLAIN = (
    "what", "clues", "next", "because", "do", "never", "say", "works", "ask_first", "plain", "plain_why", "plain_how",
    "start", "steps", "feel", "stop", "cautions", "meaning", "caution", "also", "facts", "corrections", "recovery",
    "link", "title", "text", "tell", "says", "mimic", "clue", "advice",
)  # fmt: skip
"""Fields that are written for everyone."""


def _split(parts: tuple[Part, ...]) -> tuple[list[Part], list[Part]]:
    """What is written for everyone, and what is for clinicians and reviewers."""
    plain = [p for p in parts if p.field in _PLAIN]
    return plain, [p for p in parts if p.field not in _PLAIN]
