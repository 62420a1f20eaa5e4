"""Diaries as plain values and back: one form for JSON, the store and CSV. Every problem at once."""

import json
import math
from bisect import insort
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import MISSING, fields, replace
from datetime import date, datetime, timedelta
from typing import Any, get_args

from crampwise.book.book import Book
from crampwise.book.rules import did_you_mean
from crampwise.followup.records import Day, Diary, Episode, MedicineChange, MedicineEvent, Side, TrialRecord
from crampwise.logic.errors import InputError, Problem

FORMAT = "crampwise-diary"
VERSION = 1
KINDS: dict[str, type[Any]] = {"episodes": Episode, "days": Day, "medicines": MedicineChange, "trials": TrialRecord}
"""The parts of a diary, and what each holds."""

_MOST_TEXT, _MOST_ID = 2000, 64
_MOST = {
    "duration_s": 172_800, "relief_s": 172_800, "pain": 10, "exercise_min": 1440, "fluids_l": 30,
    "alcohol_units": 100, "sleep_h": 24, "standing_h": 24, "sitting_h": 24,
}  # fmt: skip
_WHOLE = ("duration_s", "relief_s", "pain")
_YES_NO = ("woke", "sore", "heat", "cramp_free")
EARLIEST = date(1900, 1, 1)


def to_plain(record: Any) -> dict[str, Any]:
    """Give a record as plain values; what is unknown is left out."""
    found = {}
    for name in _NAMES[type(record)]:
        value = getattr(record, name)
        if value is None or value in ("", ()) or (value == {} and name != "plan"):
            continue
        found[name] = value if type(value) in (str, int, float, bool) else _plain(value)
    return found


_NAMES = {kind: tuple(f.name for f in fields(kind)) for kind in KINDS.values()}


def _plain(value: Any) -> Any:
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, tuple):
        return list(value)
    if isinstance(value, Mapping):
        return {str(_plain(k)): _plain(v) for k, v in value.items()}
    return value


def diary_to_plain(diary: Diary) -> dict[str, Any]:
    """Give a whole diary as plain values."""
    return {"format": FORMAT, "version": VERSION} | {k: [to_plain(r) for r in getattr(diary, k)] for k in KINDS}


def from_store(kind: str, values: Mapping[str, Any]) -> Any:
    """Build a record from values that were checked when they were written.

    Raises:
        ValueError, TypeError, KeyError: they are not those of a record after all.
    """
    held = dict(values)
    if kind == "episodes":
        held["start"] = datetime.fromisoformat(held["start"])
        if "muscles" in held:
            held["muscles"] = tuple(held["muscles"])
    elif kind == "trials":
        held["start"] = date.fromisoformat(held["start"])
        held["ended"] = date.fromisoformat(held["ended"]) if held.get("ended") else None
        held["kept"] = {date.fromisoformat(k): v for k, v in held.get("kept", {}).items()}
    else:
        held["day"] = date.fromisoformat(held["day"])
    return KINDS[kind](**held)


def read_diary(book: Book, values: Any, where: str = "diary") -> Diary:
    """Check and build a whole diary.

    Raises:
        InputError: with every problem in it.
    """
    problems: list[Problem] = []
    if not isinstance(values, Mapping) or values.get("format") != FORMAT:
        raise InputError([Problem(where, "this is not a diary.", f"It needs format: {FORMAT}.")])
    if values.get("version") != VERSION:
        remedy = "Use a newer crampwise to read it."
        raise InputError([Problem(where, f"the diary has version {values.get('version')!r}, not {VERSION}.", remedy)])
    for key in values.keys() - {*KINDS, "format", "version"}:
        problems.append(Problem(where, f"{key!r} is not a part of a diary.", did_you_mean(str(key), KINDS)))
    parts: dict[str, tuple[Any, ...]] = {}
    for kind in KINDS:
        entries = values.get(kind, [])
        if not isinstance(entries, Sequence) or isinstance(entries, str):
            problems.append(Problem(f"{where}: {kind}", "needs a list."))
            continue
        read = [_read(book, kind, e, f"{where}: {kind} {i}", problems) for i, e in enumerate(entries, 1)]
        parts[kind] = tuple(r for r in read if r is not None)
    diary = in_order(Diary(**parts))
    problems += [Problem(where, what) for what in clashes(diary, book.followup.night_ends_hour)]
    if problems:
        raise InputError(problems)
    return diary


def read_record(book: Book, kind: str, values: Mapping[str, Any], where: str) -> Any:
    """Check and build one record.

    Raises:
        InputError: with every problem in it.
    """
    problems: list[Problem] = []
    record = _read(book, kind, values, where, problems)
    if problems:
        raise InputError(problems)
    return record


def in_order(diary: Diary) -> Diary:
    """Give the same diary with each part in order of time."""
    return Diary(**{kind: tuple(sorted(getattr(diary, kind), key=order)) for kind, order in _ORDER.items()})


_ORDER: dict[str, Callable[[Any], Any]] = {
    "episodes": lambda e: (e.start, e.id),
    "days": lambda d: d.day,
    "medicines": lambda m: (m.day, m.id),
    "trials": lambda t: (t.start, t.id),
}


def key_of(kind: str, record: Any) -> str:
    """Give what a record is found by: its id, or for a day the date."""
    if kind == "days":
        day: date = record.day
        return day.isoformat()
    return str(record.id)


def with_record(diary: Diary, kind: str, record: Any) -> Diary:
    """Give a diary in order with one record added, or put in the place of the one with its id or day."""
    key, order = key_of(kind, record), _ORDER[kind]
    kept = [r for r in getattr(diary, kind) if key_of(kind, r) != key]
    insort(kept, record, key=order)
    parts: dict[str, tuple[Any, ...]] = {kind: tuple(kept)}
    return replace(diary, **parts)


def joined(old: Diary, new: Diary) -> Diary:
    """Give a diary with another one added; records with the same id or day are those of `new`."""
    parts = {}
    for kind in KINDS:
        held = {key_of(kind, r): r for r in (*getattr(old, kind), *getattr(new, kind))}
        parts[kind] = tuple(held.values())
    return in_order(Diary(**parts))


def clashes(diary: Diary, night_ends_hour: int) -> Iterator[str]:
    """Say what contradicts itself: a day called free that has a cramp, a day or an id given twice."""
    cramped = set(diary.episode_days(night_ends_hour))
    for day in diary.days:
        if day.cramp_free and day.day in cramped:
            yield f"{day.day} is called free of cramps, but there is a cramp on it."
    yield from (f"{key} is given twice." for key in _twice(d.day for d in diary.days))
    for kind in ("episodes", "medicines", "trials"):
        yield from (f"the id {key!r} is given twice in {kind}." for key in _twice(r.id for r in getattr(diary, kind)))


def _twice(keys: Iterable[Any]) -> list[Any]:
    return [key for key, times in Counter(keys).items() if times > 1]


def _read(book: Book, kind: str, values: Any, where: str, problems: list[Problem]) -> Any:
    if not isinstance(values, Mapping):
        problems.append(Problem(where, "needs a map of values."))
        return None
    before = len(problems)
    known = {f.name: f for f in fields(KINDS[kind])}
    held: dict[str, Any] = {}
    for key, value in values.items():
        if key not in known:
            problems.append(Problem(where, f"{key!r} is not known here.", did_you_mean(str(key), known)))
        elif value is not None and value != "":
            try:
                held[key] = _checker(kind, key)(book, value)
            except ValueError as error:
                problems.append(Problem(where, f"{key} {error}."))
    required = [n for n, f in known.items() if f.default is MISSING and f.default_factory is MISSING]
    missing = [n for n in required if n not in held and n not in values]
    if missing:
        problems.append(Problem(where, f"{', '.join(missing)} missing."))
    return KINDS[kind](**held) if len(problems) == before else None


Check = Callable[[Book, Any], Any]


def _checker(kind: str, key: str) -> Check:
    if key in _MOST:
        return lambda _book, value: _number(key, value)
    if key in _YES_NO:
        return lambda _book, value: _boolean(value)
    if key == "start" and kind == "episodes":
        return lambda _book, value: _moment(value)
    special: dict[str, Check] = {
        "day": lambda _book, value: _date(value),
        "start": lambda _book, value: _date(value),
        "ended": lambda _book, value: _date(value),
        "muscles": _muscles,
        "side": lambda _book, value: _one_of(value, get_args(Side)),
        "event": lambda _book, value: _one_of(value, get_args(MedicineEvent)),
        "activity": lambda book, value: _one_of(value, tuple(book.followup.activities)),
        "weakness": lambda book, value: _one_of(value, tuple(book.followup.weakness)),
        "action": lambda book, value: _one_of(value, tuple(a.id for a in book.actions.values() if a.trial)),
        "plan": lambda _book, value: _map(value),
        "kept": lambda _book, value: {_date(k): _boolean(v) for k, v in _map(value).items()},
        "id": lambda _book, value: _text(value, _MOST_ID),
    }
    return special.get(key, lambda _book, value: _text(value, _MOST_TEXT))


def _number(key: str, value: Any) -> float | int:
    most = _MOST[key]
    if isinstance(value, bool) or not isinstance(value, int | float) or not abs(value) < math.inf:
        raise ValueError(f"needs a number, not {value!r}")
    if not 0 <= value <= most:
        raise ValueError(f"must lie between 0 and {most}, not {value}")
    if key in _WHOLE:
        if value != int(value):
            raise ValueError(f"needs a whole number, not {value}")
        return int(value)
    return value


def _boolean(value: Any) -> bool:
    if not isinstance(value, bool):
        raise ValueError(f"needs true or false, not {value!r}")
    return value


def _one_of(value: Any, options: tuple[str, ...]) -> str:
    if value not in options:
        hint = did_you_mean(str(value), options) if len(options) > 6 else ""
        raise ValueError(f"needs one of {', '.join(options)}, not {value!r}. {hint}".strip(" ."))
    return str(value)


def _muscles(book: Book, value: Any) -> tuple[str, ...]:
    if not isinstance(value, list | tuple) or not all(isinstance(m, str) for m in value):
        raise ValueError("needs a list of muscles")
    for muscle in value:
        if muscle not in book.muscles:
            raise ValueError(f"holds {muscle!r}, which is no muscle. {did_you_mean(muscle, book.muscles)}".strip(" ."))
    return tuple(dict.fromkeys(value))


def _text(value: Any, most: int) -> str:
    if not isinstance(value, str):
        raise ValueError(f"needs text, not {value!r}")
    if len(value) > most or any((ord(c) < 32 and c not in "\n\t") or 0xD800 <= ord(c) < 0xE000 for c in value):
        raise ValueError(f"needs at most {most} characters, without control characters")
    return value.strip()


def _date(value: Any) -> date:
    try:
        found = date.fromisoformat(value)
    except (ValueError, TypeError):
        raise ValueError(f"needs a day such as 2026-11-21, not {value!r}") from None
    if found < EARLIEST:
        raise ValueError(f"is before {EARLIEST.year}")
    return found


def _moment(value: Any) -> datetime:
    try:
        found = datetime.fromisoformat(value)
    except (ValueError, TypeError):
        raise ValueError(f"needs a time such as 2026-11-21T03:10+00:00, not {value!r}") from None
    if found.tzinfo is None:
        raise ValueError("needs its offset from UTC, such as +00:00")
    if (found.utcoffset() or timedelta()) % timedelta(minutes=1):
        raise ValueError("needs its offset from UTC in whole minutes")
    if found.date() < EARLIEST:
        raise ValueError(f"is before {EARLIEST.year}")
    return found


def _map(value: Any) -> Mapping[str, Any]:
    if not isinstance(value, Mapping) or not all(isinstance(k, str) for k in value):
        raise ValueError("needs a map")
    try:
        json.dumps(value, allow_nan=False)
    except (ValueError, TypeError):
        raise ValueError("needs plain values") from None
    return value
