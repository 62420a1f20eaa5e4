"""The diary out, in and away: files to keep, files to read, everything erased and checked to be gone."""

import json
from collections.abc import Callable
from pathlib import PurePath

import orjson
from fastapi import APIRouter
from starlette.datastructures import FormData, UploadFile
from starlette.exceptions import HTTPException
from starlette.responses import Response

from crampwise.edges.store.as_csv import from_csv, to_csv
from crampwise.edges.store.as_fhir import from_fhir, to_fhir
from crampwise.edges.web.answering import field_of
from crampwise.edges.web.web import TheWeb
from crampwise.edges.web.whose import Opened, TheDiary, TheForm, Whose, tie
from crampwise.followup.plainly import KINDS, diary_to_plain, read_diary
from crampwise.followup.records import Diary
from crampwise.logic.errors import InputError, Problem

router = APIRouter(include_in_schema=False)
_FORMS: dict[str, tuple[str, Callable[[Opened], bytes]]] = {
    "diary.json": ("application/json", lambda here: orjson.dumps(diary_to_plain(here.diary))),
    "diary.csv": ("text/csv; charset=utf-8", lambda here: to_csv(here.diary).encode()),
    "diary-fhir.json": ("application/fhir+json", lambda here: orjson.dumps(to_fhir(here.diary, here.person.id))),
}
_SHOWN = 20


@router.get("/diary/data")
def data(here: TheDiary) -> Response:
    """What can be done with the diary as a whole."""
    return _page(here)


@router.get("/diary/{name}.{end}")
def export(name: str, end: str, here: TheDiary) -> Response:
    """The whole diary as a file."""
    file = f"{name}.{end}"
    if file not in _FORMS:
        raise HTTPException(404)
    kind, made = _FORMS[file]
    headers = {"Content-Disposition": f'attachment; filename="{file}"'}
    return Response(made(here), media_type=kind, headers=headers)


@router.post("/diary/import")
def import_(here: TheDiary, form: TheForm) -> Response:
    """Add the entries of a file, all of them or none; those with the same id or day are replaced."""
    try:
        new = _read(here, form)
        here.store.merge(here.person, new, here.hour)
    except InputError as error:
        return _page(here, error.problems, status=422)
    return _page(here, added=sum(len(getattr(new, k)) for k in KINDS))


@router.post("/diary/people")
def add_person(here: TheDiary, form: TheForm) -> Response:
    """Add another person's diary on this machine, and go on with theirs."""
    if here.web.settings.hosted:
        raise HTTPException(404)
    try:
        added = here.store.add_person(field_of(form, "name"))
    except InputError as error:
        return _page(here, error.problems, status=422)
    whose = Whose(person=added.id, key=here.whose.key)
    return tie(here.web, here.web.go("/diary"), whose)


@router.post("/diary/erase")
def erase(here: TheDiary, form: TheForm) -> Response:
    """Erase this diary, and verify that it is gone."""
    if field_of(form, "sure") != "yes":
        said = Problem("", "Nothing was erased. Tick the box first, if you are sure.")
        return _page(here, [said], status=422)
    alone = not here.web.settings.hosted and len(here.store.people()) == 1
    count = here.store.erase_everything() if alone else here.store.erase_person(here.person)
    here.keeper.close()
    page = here.web.page("diary_erased.html", here.session, count=count)
    return tie(here.web, page, Whose())


@router.get("/diary/erase")
def erased(web: TheWeb) -> Response:
    """Lead back whoever reloads the page that told of erasing."""
    return web.go("/diary")


def _read(here: Opened, form: FormData) -> Diary:
    file = form.get("file")
    if not isinstance(file, UploadFile) or not file.filename:
        raise InputError([Problem("", "Please choose a file.")])
    where = PurePath(file.filename).name[:100]
    try:
        text = file.file.read().decode("utf-8-sig")
    except UnicodeDecodeError:
        raise InputError([Problem(where, "this is not a text file.")]) from None
    if where.lower().endswith(".csv"):
        return from_csv(here.book, text, where)
    try:
        values = json.loads(text)
    except (ValueError, RecursionError):
        raise InputError([Problem(where, "this is no file of a diary.", "Choose a .json or .csv file.")]) from None
    if isinstance(values, dict) and values.get("resourceType") == "Bundle":
        return from_fhir(here.book, values, where)
    return read_diary(here.book, values, where)


def _page(here: Opened, problems: list[Problem] | None = None, added: int = -1, status: int = 200) -> Response:
    hosted = here.web.settings.hosted
    return here.page(
        "diary_data.html", status, problems=(problems or [])[:_SHOWN], more=max(0, len(problems or []) - _SHOWN),
        added=added, code=here.whose.code if hosted else "", person=here.person,
        several=not hosted and len(here.store.people()) > 1, locked=here.store.locked,
    )  # fmt: skip
