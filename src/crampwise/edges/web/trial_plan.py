"""Setting up a trial: what this person may try, how long it has to be, and the start."""

import secrets
from datetime import date, timedelta
from threading import Lock
from typing import Any

import orjson
from cryptography.fernet import InvalidToken
from fastapi import APIRouter
from starlette.datastructures import FormData
from starlette.exceptions import HTTPException
from starlette.responses import Response

from crampwise.assess.intake import decimal_of
from crampwise.edges.web.answering import field_of
from crampwise.edges.web.diary import here_alarms
from crampwise.edges.web.diary_forms import new_id
from crampwise.edges.web.sofar import so_far
from crampwise.edges.web.whose import Opened, TheDiary, TheForm
from crampwise.followup.current import overlapping, own_rate
from crampwise.followup.design import Design, design_from, plan_of
from crampwise.followup.eligible import Candidate, candidates
from crampwise.followup.power import propose
from crampwise.followup.rates import Rate
from crampwise.followup.records import TrialRecord
from crampwise.logic.errors import InputError, Problem

router = APIRouter(include_in_schema=False)
_HOLDS_S = 86400
_WAIT_S = 20
_FEWEST, _MOST, _MOST_PAIRS, _LATEST_DAYS = 0.1, 200.0, 60, 366
_one_at_a_time = Lock()


@router.get("/trial/new")
def new(here: TheDiary) -> Response:
    """What this person may try, what has to be answered first, and what is not for them."""
    return _choices(here)


@router.get("/trial/plan")
def again(here: TheDiary) -> Response:
    """Lead back whoever comes to a plan without having asked for one."""
    return here.web.go("/trial/new")


@router.post("/trial/plan")
def plan(here: TheDiary, form: TheForm) -> Response:
    """Work out a plan; nothing is stored yet."""
    chosen = _chosen(here, field_of(form, "action"))
    if chosen is None:
        return here.web.go("/trial/new")
    problems: list[Problem] = []
    rate = _per_week(here, form, problems)
    first = _begin(here, form, problems)
    pairs = _pairs(form, problems)
    if problems or rate is None:
        return _choices(here, problems, 422)
    try:
        design = _proposed(here, chosen, rate, first, pairs)
    except InputError as error:
        return _choices(here, error.problems, 422)
    return _plan_page(here, chosen, design, new_id())


@router.post("/trial/start")
def start(here: TheDiary, form: TheForm) -> Response:
    """Store a plan as it was shown. Sending it twice starts one trial."""
    try:
        sealed = here.web.sealer.box.decrypt(field_of(form, "plan").encode("ascii"), ttl=_HOLDS_S)
        held = orjson.loads(sealed)["trial"]
    except (InvalidToken, ValueError, KeyError):
        return here.web.go("/trial/new")
    if any(t.id == held["id"] for t in here.diary.trials):
        return here.web.go(f"/trial/{held['id']}")
    record = TrialRecord(
        id=held["id"], action=held["action"], start=date.fromisoformat(held["start"]), plan=held["plan"]
    )
    design = design_from(record.action, record.start, record.plan)
    problems = []
    if _chosen(here, record.action) is None:
        return here.web.go("/trial/new")
    if record.start < here.today:
        problems.append(Problem("", "This plan would have begun on a day that is past. Please plan it anew."))
    if (other := overlapping(here.diary, design)) is not None:
        problems.append(Problem("", f"Another trial runs until {other[1]}. One at a time tells more."))
    if problems:
        return _choices(here, problems, 422)
    here.save("trials", record)
    return here.web.go(f"/trial/{record.id}")


def _choices(here: Opened, problems: list[Problem] | None = None, status: int = 200) -> Response:
    found, barred = _candidates(here)
    named: dict[str, list[Candidate]] = {"allowed": [], "ask_first": [], "refused": []}
    for candidate in found:
        named[candidate.status].append(candidate)
    return here.page(
        "trial_new.html", status, problems=problems or [], barred=barred, rate=_rate(here), alarms=here_alarms(here),
        answered=here.session.has_result, tomorrow=here.today + timedelta(days=1), **named,
    )  # fmt: skip


def _candidates(here: Opened) -> tuple[tuple[Candidate, ...], list[str]]:
    """What fits this person, or why no trial is to be thought of now."""
    if not here.session.has_result or here_alarms(here):
        return (), []
    told = so_far(here.web, here.session)
    if told.alarms or told.danger:
        return (), [here.book.words.phrases["danger_said"]]
    try:
        return candidates(here.web.engine, told.intake), []
    except InputError as error:
        return (), [p.what for p in error.problems]


def barred_from(here: Opened, action: str) -> list[str]:
    """Say why a trial that runs should not go on, as far as this session's answers tell."""
    if not here.session.has_result or here_alarms(here):
        return []
    found, barred = _candidates(here)
    mine = next((c for c in found if c.action.id == action), None)
    return barred or ([s.text for s in mine.why_not] if mine and mine.status == "refused" else [])


def _chosen(here: Opened, action: str) -> Candidate | None:
    return next((c for c in _candidates(here)[0] if c.action.id == action and c.status == "allowed"), None)


def _rate(here: Opened) -> Rate:
    return here.made(("rate", here.today), lambda diary: own_rate(here.book.followup, diary, here.today))


def _per_week(here: Opened, form: FormData, problems: list[Problem]) -> float | None:
    own, typed = _rate(here), field_of(form, "per_week")
    if not typed and own.per_week is not None:
        return own.per_week.value
    number = decimal_of(typed)
    if number is None or not _FEWEST <= number <= _MOST:
        problems.append(Problem("", f"Please say how many cramps you have in a week, from {_FEWEST:g} to {_MOST:g}."))
        return None
    return float(number)


def _begin(here: Opened, form: FormData, problems: list[Problem]) -> date:
    tomorrow = here.today + timedelta(days=1)
    typed = field_of(form, "begin")
    try:
        first = date.fromisoformat(typed) if typed else tomorrow
    except ValueError:
        first = date.min
    if not tomorrow <= first <= tomorrow + timedelta(days=_LATEST_DAYS):
        problems.append(Problem("", "Please choose a first day from tomorrow on."))
        return tomorrow
    return first


def _pairs(form: FormData, problems: list[Problem]) -> int | None:
    typed = field_of(form, "pairs")
    if not typed:
        return None
    if not typed.isdecimal() or not 2 <= int(typed) <= _MOST_PAIRS:
        problems.append(Problem("", f"Please choose from 2 to {_MOST_PAIRS} pairs."))
        return None
    return int(typed)


def _proposed(here: Opened, chosen: Candidate, per_week: float, first: date, pairs: int | None) -> Design:
    """Plan by simulation, one at a time, as each takes some seconds of a processor."""
    if not _one_at_a_time.acquire(timeout=_WAIT_S):
        raise HTTPException(429)
    try:
        return propose(here.book, chosen.action, per_week, first, secrets.randbelow(2**31), pairs)
    finally:
        _one_at_a_time.release()


def _plan_page(here: Opened, chosen: Candidate, design: Design, id_: str) -> Response:
    held: dict[str, Any] = {"id": id_, "action": design.action, "start": f"{design.start}", "plan": plan_of(design)}
    sealed = here.web.sealer.box.encrypt(orjson.dumps({"trial": held})).decode("ascii")
    return here.page(
        "trial_plan.html", chosen=chosen, design=design, sealed=sealed, say=here.book.followup.phrases,
        pairs=len(design.blocks) // 2, other=overlapping(here.diary, design),
    )  # fmt: skip
