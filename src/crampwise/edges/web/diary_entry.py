"""One entry of the diary on a page of its own: a cramp, a day, or a medicine that changed."""

from dataclasses import fields, replace
from datetime import timedelta
from typing import Any

from fastapi import APIRouter
from starlette.exceptions import HTTPException
from starlette.responses import Response

from crampwise.edges.web.answering import field_of
from crampwise.edges.web.diary import day_of, words_of
from crampwise.edges.web.diary_forms import Entry, id_of, new_id, read_entry, said_of
from crampwise.edges.web.whose import Opened, TheDiary, TheForm, tie, with_offset
from crampwise.followup.records import Day, Episode, MedicineChange
from crampwise.logic.errors import InputError

router = APIRouter(include_in_schema=False)
_JUST_NOW = timedelta(minutes=5)


@router.get("/diary/cramp")
def new_cramp(here: TheDiary) -> Response:
    """A cramp that was not written down at once."""
    return _cramp_page(here, None, Entry(said={**_blank(Episode), "date": f"{here.today}", "id": new_id()}))


@router.post("/diary/cramp")
def add_cramp(here: TheDiary, form: TheForm) -> Response:
    """Write down a cramp; sending it twice writes it once."""
    here = replace(here, whose=with_offset(here.whose, form))
    id_ = id_of(form)
    entry = read_entry(here.book, "episodes", form, {"id": id_}, here.now, here.zone)
    if entry.record is None:
        return _cramp_page(here, None, replace(entry, said={**_blank(Episode), **entry.said, "id": id_}))
    here.save("episodes", entry.record)
    return tie(here.web, here.web.go("/diary"), here.whose)


@router.get("/diary/cramp/{id_}")
def cramp(id_: str, here: TheDiary) -> Response:
    """One cramp, to be completed or changed."""
    known = _cramp(here, id_)
    return _cramp_page(here, known, Entry(said=said_of(known)))


@router.post("/diary/cramp/{id_}")
def change_cramp(id_: str, here: TheDiary, form: TheForm) -> Response:
    """Complete or change a cramp; it keeps the clock that it was written down by."""
    known = _cramp(here, id_)
    entry = read_entry(here.book, "episodes", form, {"id": id_}, here.now, known.start.tzinfo)
    if entry.record is None:
        return _cramp_page(here, known, replace(entry, said={**_blank(Episode), **entry.said}))
    here.save("episodes", entry.record)
    return here.web.go("/diary")


@router.post("/diary/cramp/{id_}/remove")
def remove_cramp(id_: str, here: TheDiary) -> Response:
    """Take a cramp away; one that is gone already stays so."""
    return _remove(here, "episodes", id_, "/diary")


@router.get("/diary/day/{number}")
def day(number: str, here: TheDiary) -> Response:
    """What a day was like."""
    wanted = day_of(number, here.today)
    return _day_page(here, wanted.toordinal(), Entry(said=said_of(here.diary.by_day.get(wanted, Day(day=wanted)))))


@router.post("/diary/day/{number}")
def change_day(number: str, here: TheDiary, form: TheForm) -> Response:
    """Write down what a day was like."""
    wanted = day_of(number, here.today)
    cramped = wanted in here.diary.episode_days(here.hour)
    fixed = {"day": wanted.isoformat(), "cramp_free": (field_of(form, "free") == "yes" and not cramped) or None}
    entry = read_entry(here.book, "days", form, fixed, here.now)
    if entry.record is None:
        free = {"cramp_free": field_of(form, "free")}
        return _day_page(here, wanted.toordinal(), replace(entry, said={**_blank(Day), **entry.said, **free}))
    if entry.record == Day(day=wanted):
        return _remove(here, "days", wanted.isoformat(), "/diary")
    here.save("days", entry.record)
    return here.web.go("/diary")


@router.get("/diary/medicines")
def medicines(here: TheDiary) -> Response:
    """Medicines that were started, stopped or changed."""
    blank = {**_blank(MedicineChange), "day": f"{here.today}", "id": new_id()}
    return _medicine_page(here, None, Entry(said=blank))


@router.post("/diary/medicines")
def add_medicine(here: TheDiary, form: TheForm) -> Response:
    """Write down a change of a medicine; sending it twice writes it once."""
    id_ = id_of(form)
    entry = read_entry(here.book, "medicines", form, {"id": id_}, here.now)
    if entry.record is None:
        return _medicine_page(here, None, replace(entry, said={**_blank(MedicineChange), **entry.said, "id": id_}))
    here.save("medicines", entry.record)
    return here.web.go("/diary/medicines")


@router.get("/diary/medicines/{id_}")
def medicine(id_: str, here: TheDiary) -> Response:
    """One change of a medicine."""
    known = _medicine(here, id_)
    return _medicine_page(here, known, Entry(said=said_of(known)))


@router.post("/diary/medicines/{id_}")
def change_medicine(id_: str, here: TheDiary, form: TheForm) -> Response:
    """Change what was written down of a medicine."""
    known = _medicine(here, id_)
    entry = read_entry(here.book, "medicines", form, {"id": id_}, here.now)
    if entry.record is None:
        return _medicine_page(here, known, replace(entry, said={**_blank(MedicineChange), **entry.said}))
    here.save("medicines", entry.record)
    return here.web.go("/diary/medicines")


@router.post("/diary/medicines/{id_}/remove")
def remove_medicine(id_: str, here: TheDiary) -> Response:
    """Take a change of a medicine away; one that is gone already stays so."""
    return _remove(here, "medicines", id_, "/diary/medicines")


def _blank(kind: type[Any]) -> dict[str, Any]:
    return {f.name: "" for f in fields(kind)}


def _cramp(here: Opened, id_: str) -> Episode:
    known = next((e for e in here.diary.episodes if e.id == id_), None)
    if known is None:
        raise HTTPException(404)
    return known


def _medicine(here: Opened, id_: str) -> MedicineChange:
    known = next((m for m in here.diary.medicines if m.id == id_), None)
    if known is None:
        raise HTTPException(404)
    return known


def _remove(here: Opened, kind: str, key: str, onward: str) -> Response:
    try:
        here.store.remove(here.person, kind, key)
    except InputError:
        return here.web.go(onward)
    return here.web.go(onward)


def _status(entry: Entry) -> int:
    return 422 if entry.problems else 200


def _cramp_page(here: Opened, known: Episode | None, entry: Entry) -> Response:
    new = known is not None and here.now - known.start < _JUST_NOW and not entry.problems
    where = words_of(here.book, known) if known else ""
    return here.page("diary_cramp.html", _status(entry), known=known, entry=entry, just_now=new, where=where)


def _day_page(here: Opened, number: int, entry: Entry) -> Response:
    wanted = day_of(str(number), here.today)
    days = here.diary.episode_days(here.hour)
    found = [e for e, d in zip(here.diary.episodes, days, strict=True) if d == wanted]
    cramps = [(e, words_of(here.book, e)) for e in found]
    return here.page("diary_day.html", _status(entry), day=wanted, number=number, entry=entry, cramps=cramps)


def _medicine_page(here: Opened, known: MedicineChange | None, entry: Entry) -> Response:
    listed = here.diary.medicines[::-1]
    return here.page("diary_medicines.html", _status(entry), known=known, entry=entry, listed=listed)
