"""What the reader of one person's record says, as a row of the table of findings."""

import gzip
import json
from collections.abc import Iterable, Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from crampwise.book.book import Book
from crampwise.records.account import PersonRead
from crampwise.records.people import heap_of


def resources_in(folder: Path) -> Iterator[dict[str, Any]]:
    """Every resource in the files of a folder."""
    for path in sorted(folder.iterdir()):
        if ".ndjson" in path.name:
            data = path.read_bytes()
            for line in (gzip.decompress(data) if path.suffix == ".gz" else data).splitlines():
                if line.strip():
                    yield json.loads(line)


def row_of(read: PersonRead) -> dict[str, Any]:
    """Answers, newest results and what medicines say; numbers as floats."""
    found: dict[str, Any] = {id_: _plain(a.value) for id_, a in read.answers.items()}
    found |= {m.finding: float(m.value) for m in read.results if m.finding is not None}
    found |= {finding: True for taken in read.medicines for finding in taken.findings}
    found["medicines"] = sorted({i for taken in read.medicines for i in taken.ingredients})
    return found


def expected_rows(book: Book, resources: Iterable[dict[str, Any]], as_of: date) -> dict[str, dict[str, Any]]:
    """The row of each living person, by the reader of one record."""
    people = heap_of(resources).persons(book, as_of)
    return {p.patient: row_of(p) for p in people if not any("has died" in r for r in p.remarks)}


def _plain(value: object) -> object:
    return float(value) if isinstance(value, Decimal) else value


def known(row: dict[str, Any], record_facts: Iterable[str]) -> dict[str, Any]:
    """A row of a table of findings without what is not known, and without record facts."""
    facts = set(record_facts)
    return {k: v for k, v in row.items() if v is not None and k not in facts and k != "person"}
