"""Forms of the diary read as records: every problem at once, beside the field that it belongs to."""

import re
import uuid
from dataclasses import dataclass, field, fields
from datetime import date, datetime, time, timedelta, tzinfo
from typing import Any

from starlette.datastructures import FormData

from crampwise.assess.intake import decimal_of
from crampwise.book.book import Book
from crampwise.edges.web.answering import field_of
from crampwise.followup.plainly import KINDS, read_record, to_plain
from crampwise.logic.errors import InputError

_LASTING = ("duration_s", "relief_s")
_PARTS = ("date", "time", *(f"{name}.{unit}" for name in _LASTING for unit in ("min", "s")))
"""Fields of a form that together make one of a record."""

_YES_NO = ("woke", "sore", "heat")
_NUMBERS = ("pain", "exercise_min", "fluids_l", "alcohol_units", "sleep_h", "standing_h", "sitting_h")
_ID = re.compile(r"[0-9a-f]{12}")
_DAY, _CLOCK = "Please choose a day.", "Please give the time, such as 3:10."
_NUMBER = "Please type a number, such as 1.5."


@dataclass
class Entry:
    """What a form sent.

    Attributes:
        record: None while there are problems. problems: by field. said: what was sent, to be shown again.
    """

    record: Any = None
    problems: dict[str, str] = field(default_factory=dict)
    said: dict[str, Any] = field(default_factory=dict)


def new_id() -> str:
    """Draw the id of an entry."""
    return uuid.uuid4().hex[:12]


def id_of(form: FormData) -> str:
    """Give the id that the form brought along, so that sending it twice writes one entry."""
    sent = field_of(form, "id")
    return sent if _ID.fullmatch(sent) else new_id()


def read_entry(
    book: Book, kind: str, form: FormData, fixed: dict[str, Any], now: datetime, zone: tzinfo | None = None
) -> Entry:
    """Read one entry.

    Args:
        book: gives what may be chosen. kind: of the entry. form: what was sent.
        fixed: values that the form does not hold, such as the id.
        now: the time where the person is; nothing may lie ahead of it.
        zone: where a clock time is meant; None is where this machine is.
    """
    names = {f.name for f in fields(KINDS[kind])} - {"id", "cramp_free"}
    entry = Entry(said={name: field_of(form, name) for name in (*names, *_PARTS)})
    values = dict(fixed)
    for name in names - fixed.keys():
        try:
            value = _value(name, form, zone)
        except ValueError as error:
            entry.problems[name] = str(error)
            continue
        if value not in (None, "", []):
            values[name] = value
    entry.said |= {"muscles": form.getlist("muscles")}
    _not_ahead(values, now, entry.problems)
    try:
        entry.record = read_record(book, kind, values, "") if not entry.problems else None
    except InputError as error:
        for problem in error.problems:
            name, _, rest = problem.what.partition(" ")
            known = name in book.followup.fields
            entry.problems[name if known else ""] = f"This {rest}" if known else problem.what
    return entry


def said_of(record: Any) -> dict[str, Any]:
    """Give a record as its form would send it."""
    plain = {f.name: "" for f in fields(record)} | to_plain(record)
    said = {k: ("yes" if v else "no") if isinstance(v, bool) else v for k, v in plain.items()}
    if hasattr(record, "start"):
        said |= {"date": f"{record.start:%Y-%m-%d}", "time": f"{record.start:%H:%M}"}
    for name in _LASTING:
        seconds = said.get(name)
        if isinstance(seconds, int):
            said |= {f"{name}.min": seconds // 60 or "", f"{name}.s": seconds % 60 or ("" if seconds else 0)}
    return said


def _value(name: str, form: FormData, zone: tzinfo | None) -> Any:
    text = field_of(form, name)
    if name == "start":
        return _moment(form, zone)
    if name == "day":
        return _day(text).isoformat()
    if name == "muscles":
        return [str(m) for m in form.getlist("muscles")]
    if name in _LASTING:
        parts = [_number(field_of(form, f"{name}.{unit}")) for unit in ("min", "s")]
        return None if parts == [None, None] else round(60 * (parts[0] or 0) + (parts[1] or 0))
    if name in _YES_NO:
        return {"yes": True, "no": False}.get(text)
    return _number(text) if name in _NUMBERS else text


def _number(text: str) -> float | int | None:
    if not text:
        return None
    found = decimal_of(text)
    if found is None:
        raise ValueError(_NUMBER)
    return int(found) if found == int(found) else float(found)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ValueError(_DAY) from None


def _moment(form: FormData, zone: tzinfo | None) -> str:
    day = _day(field_of(form, "date"))
    try:
        clock = time.fromisoformat(field_of(form, "time").replace(".", ":").zfill(5)).replace(tzinfo=None)
    except ValueError:
        raise ValueError(_CLOCK) from None
    found = datetime.combine(day, clock).replace(second=0, microsecond=0)
    return (found.replace(tzinfo=zone) if zone else found.astimezone()).isoformat()


def _not_ahead(values: dict[str, Any], now: datetime, problems: dict[str, str]) -> None:
    if "start" in values and datetime.fromisoformat(values["start"]) > now + timedelta(minutes=1):
        problems["start"] = "This time lies ahead."
    if "day" in values and str(values["day"]) > now.date().isoformat():
        problems["day"] = "This day lies ahead."
