"""The REST interface: stateless, JSON in and out, every problem at once."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from fastapi import APIRouter
from fastapi.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from crampwise.assess.assess import assess
from crampwise.assess.assessment import Assessment, Cite
from crampwise.assess.brief import brief
from crampwise.assess.intake import read_intake
from crampwise.assess.plain import to_plain
from crampwise.book.tree import Located
from crampwise.edges.web.asking import NOT_SURE, asked
from crampwise.edges.web.openapi import document
from crampwise.edges.web.web import TheWeb, Web
from crampwise.edges.web.wire import as_json, read_json
from crampwise.interview.candidates import next_step, why
from crampwise.interview.state import Mode, Question, Reply, State, items_of
from crampwise.logic.errors import InputError, Problem
from crampwise.lookup.cite import reference
from crampwise.lookup.data import entry_data
from crampwise.lookup.names import KINDS, title_of
from crampwise.lookup.search import search

router = APIRouter(prefix="/api/v1")
_STATE_KEYS = ("items", "passed", "mode", "past_emergency")
_MOST_HITS = 100
_TITLE = 200


@router.get("/openapi.json")
async def openapi(web: TheWeb) -> Response:
    """The description of this interface."""
    return as_json(document(web.book))


@router.get("/book")
async def book(web: TheWeb) -> Response:
    """Which book this is and what it holds."""
    info = web.book.info
    counts = {KINDS[kind]: len(entries) for kind, entries in web.book.sections()}
    scope = {"title": info.title, "scope": info.scope, "not_for": list(info.not_for)}
    return as_json({"version": info.version, "digest": web.book.digest, **scope, "entries": counts})


@router.get("/book/{kind}")
async def entries(kind: str, web: TheWeb) -> Response:
    """Every entry of one kind."""
    section = _section(kind)
    held = getattr(web.book, section)
    return as_json([{"id": id_, "title": title_of(section, e)} for id_, e in held.items()])


@router.get("/book/{kind}/{id_}")
async def entry(kind: str, id_: str, web: TheWeb) -> Response:
    """One entry with its evidence."""
    if id_ not in getattr(web.book, _section(kind)):
        raise HTTPException(404, f"There is no {kind} called {id_[:_TITLE]!r}.")
    return as_json(entry_data(web.book, id_))


@router.post("/assess")
async def assess_answers(request: Request, web: TheWeb) -> Response:
    """Assess answers; the result in brief."""
    intake = read_intake(web.book, read_json(await request.body()))
    return as_json(brief(web.book, intake, date.today()))


@router.post("/explain")
async def explain(request: Request, web: TheWeb) -> Response:
    """Assess answers; everything, with what would change it and every citation taken apart."""
    result = _assessed(web, read_json(await request.body()))
    return as_json(await run_in_threadpool(_explained, web, result))


@router.post("/next")
async def next_question(request: Request, web: TheWeb) -> Response:
    """Give the next screen of questions, a function of the answers alone."""
    tree = read_json(await request.body())
    state, mode, past = _state(web, tree)
    step = next_step(web.engine, state, mode, past)
    screen = step.screen and {
        "key": step.screen.key,
        "heading": step.screen.heading,
        "questions": [_question(web, state, q, mode) for q in step.screen.questions],
    }
    done = {"done": screen is None, "urgency": step.urgency, "plan_settled": step.plan_settled}
    return as_json({**done, "screens_left": step.screens_left, "screen": screen})


@router.post("/search")
async def search_book(request: Request, web: TheWeb) -> Response:
    """Find entries by words; the words travel in the body, never in an address."""
    tree = read_json(await request.body())
    fields = tree.value if isinstance(tree.value, dict) else {}
    problems = [Problem(v.where, f"{k!r} is not a key of a search.") for k, v in fields.items() if k not in _SEARCH]
    words, kind, limit = (fields.get(k) for k in _SEARCH)
    if words is None or not isinstance(words.value, str) or not words.value.strip():
        problems.append(Problem("/words", "is needed: the words to look for."))
    section = next((s for s, name in KINDS.items() if kind is not None and name == kind.value), None)
    if kind is not None and section is None:
        problems.append(Problem(kind.where, "is no kind of content.", f"Kinds are {', '.join(KINDS.values())}."))
    most = 20 if limit is None else limit.value
    if isinstance(most, bool) or not isinstance(most, int) or not 1 <= most <= _MOST_HITS:
        problems.append(Problem("/limit", f"must be a whole number from 1 to {_MOST_HITS}."))
    if problems or words is None:
        raise InputError(problems)
    hits = search(web.book, words.value[:_TITLE], section)
    shown = [{"kind": KINDS[h.kind], "id": h.id, "title": h.title, "score": h.score} for h in hits[:most]]
    return as_json({"total": len(hits), "hits": shown})


_SEARCH = ("words", "kind", "limit")


def _section(kind: str) -> str:
    section = next((s for s, name in KINDS.items() if name.replace(" ", "-") == kind), None)
    if section is None:
        named = ", ".join(name.replace(" ", "-") for name in KINDS.values())
        raise HTTPException(404, f"There is no kind called {kind[:_TITLE]!r}. Kinds are {named}.")
    return section


def _assessed(web: Web, tree: Located) -> Assessment:
    return assess(web.book, read_intake(web.book, tree), date.today())


def _explained(web: Web, result: Assessment) -> dict[str, Any]:
    plain: dict[str, Any] = to_plain(result)
    cites: dict[tuple[str, str], Cite] = {}
    _collect(plain, cites)
    return {"assessment": plain, "references": [reference(web.book, c) for c in cites.values()]}


def _collect(value: Any, found: dict[tuple[str, str], Cite]) -> None:
    if isinstance(value, dict):
        for cite in value.get("cites", ()):
            found.setdefault((cite["kind"], cite["id"]), Cite(cite["kind"], cite["id"]))
        for child in value.values():
            _collect(child, found)
    elif isinstance(value, list):
        for child in value:
            _collect(child, found)


def _state(web: Web, tree: Located) -> tuple[State, Mode, bool]:
    """Read the answers so far with what was replied to grouped questions and what was skipped."""
    intake = read_intake(web.book, tree, _STATE_KEYS)
    problems: list[Problem] = []
    known = {i.id for i in items_of(web.engine)}
    items: dict[str, Reply] = {}
    for key, child in _map(tree, "items", problems):
        if key not in known:
            problems.append(Problem(child.where, "is no grouped question of the book."))
        elif child.value in ("yes", "no", NOT_SURE):
            items[key] = child.value
        else:
            problems.append(Problem(child.where, "needs yes, no or not_sure."))
    passed, mode = tree.value.get("passed"), tree.value.get("mode")
    skipped = [c.value for c in passed.value] if passed is not None and isinstance(passed.value, list) else []
    if (passed is not None and not isinstance(passed.value, list)) or not all(isinstance(k, str) for k in skipped):
        problems.append(Problem("/passed", "must be a list of keys."))
    if mode is not None and mode.value not in ("person", "clinician"):
        problems.append(Problem(mode.where, "must be person or clinician."))
    if problems:
        raise InputError(problems)
    medicines = intake.medicines if tree.value.get("medicines") is not None else None
    results = intake.labs if tree.value.get("labs") is not None else None
    asked_lists = {n for n, v in (("medicines", medicines), ("results", results)) if v is not None}
    values, unsure = dict(intake.answers.values), intake.answers.not_sure
    state = State(values, unsure, items, medicines, results, frozenset((*skipped, *asked_lists)))
    past = tree.value.get("past_emergency")
    wanted: Mode = "clinician" if mode is not None and mode.value == "clinician" else "person"
    return state, wanted, past is not None and past.value is True


def _map(tree: Located, key: str, problems: list[Problem]) -> Iterable[tuple[str, Located]]:
    child = tree.value.get(key)
    if child is None or child.value is None:
        return ()
    if not isinstance(child.value, dict):
        problems.append(Problem(child.where, "must be a map."))
        return ()
    return child.value.items()


def _question(web: Web, state: State, question: Question, mode: Mode) -> dict[str, Any]:
    shown = asked(web.engine, state, question, mode, reasons=0)
    options = [{"id": value, "label": label} for value, label in shown.options]
    told = why(web.engine, question) if question.kind in ("item", "finding") else ()
    return {
        "kind": question.kind,
        "key": question.key,
        "ask": shown.ask,
        "options": options,
        "unit": shown.unit,
        "why": to_plain(told),
    }
