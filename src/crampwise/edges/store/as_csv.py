"""A diary as one CSV table, for spreadsheets. What a spreadsheet would run as a formula is made plain text."""

import csv
import io
import json
from dataclasses import fields
from typing import Any

from crampwise.book.book import Book
from crampwise.followup.plainly import FORMAT, KINDS, VERSION, read_diary, to_plain
from crampwise.followup.records import Diary
from crampwise.logic.errors import InputError, Problem

_COLUMNS = tuple(dict.fromkeys(["kind", *(f.name for k in KINDS.values() for f in fields(k))]))
_BETWEEN = ";"
_MAPS = ("plan", "kept")
_NUMBERS = ("duration_s", "relief_s", "pain", "exercise_min", "fluids_l", "alcohol_units", "sleep_h", "standing_h",
            "sitting_h")  # fmt: skip
_YES_NO = ("woke", "sore", "heat", "cramp_free")
_FORMULA = tuple("=+-@\t\r\n'＝＋－＠")
"""First characters at which a spreadsheet may start to calculate; the apostrophe marks cells that were made plain."""


def to_csv(diary: Diary) -> str:
    """Give a diary as CSV (RFC 4180), one row for each record."""
    out = io.StringIO()
    writer = csv.DictWriter(out, _COLUMNS, restval="", lineterminator="\r\n", quoting=csv.QUOTE_ALL)
    writer.writeheader()
    for kind in KINDS:
        for record in getattr(diary, kind):
            writer.writerow({"kind": kind} | {key: _cell(value) for key, value in to_plain(record).items()})
    return out.getvalue()


def from_csv(book: Book, text: str, where: str) -> Diary:
    """Read a diary from CSV.

    Raises:
        InputError: with every problem in it.
    """
    csv.field_size_limit(10_000_000)
    reader = csv.DictReader(io.StringIO(text.removeprefix("\ufeff"), newline=""), strict=True)
    whole: dict[str, Any] = {"format": FORMAT, "version": VERSION} | {kind: [] for kind in KINDS}
    problems: list[Problem] = []
    try:
        columns = reader.fieldnames or []
        if "kind" not in columns:
            raise InputError(
                [Problem(where, "this is not a diary: there is no column 'kind'.", "Export one to see how.")]
            )
        for name in set(columns) - set(_COLUMNS):
            problems.append(Problem(where, f"there is no column {name!r} in a diary."))
        for row in reader:
            _row(row, whole, f"{where}: line {reader.line_num}", problems)
    except csv.Error as error:
        problems.append(Problem(f"{where}: line {reader.line_num}", f"this is not CSV: {error}."))
    if problems:
        raise InputError(problems)
    return read_diary(book, whole, where)


def _row(row: dict[str, Any], whole: dict[str, Any], where: str, problems: list[Problem]) -> None:
    kind = row.get("kind")
    if None in row or kind not in KINDS:
        said = "the line has more cells than columns" if None in row else f"{kind!r} is not a kind of record"
        problems.append(Problem(where, f"{said}.", f"Kinds are {', '.join(KINDS)}."))
        return
    values = {}
    for key, cell in row.items():
        if key != "kind" and cell not in (None, ""):
            try:
                values[key] = _value(key, cell)
            except (ValueError, RecursionError):
                problems.append(Problem(where, f"{key} cannot be read: {cell[:40]!r}."))
    whole[kind].append(values)


def _cell(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, dict):
        return json.dumps(value, ensure_ascii=False)
    text = _BETWEEN.join(value) if isinstance(value, list) else str(value)
    return f"'{text}" if text.startswith(_FORMULA) else text


def _value(key: str, cell: str) -> Any:
    text = cell[1:] if cell.startswith("'") else cell
    if key in _MAPS:
        return json.loads(text)
    if key == "muscles":
        return [part.strip() for part in text.split(_BETWEEN)]
    if key in _YES_NO:
        return {"yes": True, "no": False, "true": True, "false": False}.get(text.strip().lower(), text)
    if key in _NUMBERS:
        return int(text) if text.strip().isdecimal() else float(text)
    return text
