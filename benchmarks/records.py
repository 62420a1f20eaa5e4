"""`python -m benchmarks.records`: reading whole patient records, against merely parsing the same files.

The peers do nothing with what they parse: orjson is the floor of any reader in Python, json what comes with it.
"""

import gzip
import json
import tempfile
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path

import orjson

from benchmarks.report import machine, write_section
from benchmarks.timing import median_ms
from crampwise.assess.engine import prepare
from crampwise.book.book import Book
from crampwise.book.compile import open_book
from crampwise.edges.records.files import load, nothing_collected
from tests.support.records import lines

_ROUNDS = 5


def _parsed(folder: Path, parse: Callable[[bytes], object]) -> int:
    """Parse every line with the collector of garbage off, as the reader has it."""
    with nothing_collected():
        kept = []
        for path in sorted(folder.iterdir()):
            with path.open("rb") as file:
                kept += [parse(line) for line in file]
        return len(kept)


def _read(folder: Path, book: Book, day: date) -> object:
    with nothing_collected():
        return list(load(folder).heap.persons(book, day))


def main() -> None:
    """Measure, print, and write the section of results.md."""
    book = open_book(None, prepare)
    day = date(2021, 6, 1)
    with tempfile.TemporaryDirectory() as name:
        plain, packed = Path(name) / "plain", Path(name) / "packed"
        plain.mkdir()
        packed.mkdir()
        size = 0
        for file, data in lines("synthea"):
            size += len(data)
            (plain / file).write_bytes(data)
            (packed / f"{file}.gz").write_bytes(gzip.compress(data, 6))
        number = _parsed(plain, orjson.loads)
        work: dict[str, Callable[[], object]] = {
            "orjson parses each line": lambda: _parsed(plain, orjson.loads),
            "json parses each line": lambda: _parsed(plain, json.loads),
            "sorted by person": lambda: load(plain),
            "sorted by person, gzipped files": lambda: load(packed),
            "sorted and read into answers": lambda: _read(plain, book, day),
        }
        times = {what: median_ms(run, _ROUNDS, time.process_time) / 1000 for what, run in work.items()}
    floor = times["orjson parses each line"]
    rows = [
        f"| {what} | {t:.2f} | {number / t:,.0f} | {size / t / 1e6:.0f} | {t / floor:.1f} |"
        for what, t in times.items()
    ]
    write_section(
        "Patient records",
        [
            *machine("orjson"),
            f"615 Synthea patients, {number:,} resources, {size / 1e6:.0f} MB; medians of {_ROUNDS} in processor time.",
            "",
            "| | s | resources/s | MB/s | to orjson |",
            "|---|---|---|---|---|",
            *rows,
        ],
    )


if __name__ == "__main__":
    main()
