"""`python -m benchmarks.diary`: ten years of diary, 20,000 episodes: what a page and an export take.

The peer does the same without the store: Python's own sqlite3 reads the same rows, and json reads or writes them.
"""

import json
import sqlite3
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import numpy as np

from benchmarks.timing import median_ms
from crampwise.book.book import Book
from crampwise.book.compile import open_book
from crampwise.edges.store.as_csv import to_csv
from crampwise.edges.store.as_fhir import to_fhir
from crampwise.edges.store.store import Person, Store, open_store
from crampwise.followup.charts import diary_charts
from crampwise.followup.plainly import diary_to_plain
from crampwise.followup.prefill import suggest
from crampwise.followup.records import Day, Diary, Episode, diary_day
from crampwise.followup.summary import summarise

YEARS, EPISODES = 10, 20_000
TODAY = date(2026, 11, 21)


def ten_years() -> Diary:
    """A diary with every day written down."""
    rng = np.random.default_rng(1)
    days = 365 * YEARS
    first = datetime(2026, 11, 20, tzinfo=UTC) - timedelta(days=days)
    minutes = np.sort(rng.integers(0, days * 1440, EPISODES))
    muscles = ("calf", "foot_arch", "hamstring")
    episodes = tuple(
        Episode(
            id=f"{i:012x}", start=first + timedelta(minutes=int(m)), muscles=(muscles[i % 3],), side="left",
            pain=i % 11, duration_s=60 + i % 300, woke=bool(i % 2), activity="asleep", note="as so often",
        )
        for i, m in enumerate(minutes)
    )  # fmt: skip
    cramped = {diary_day(e.start, 8) for e in episodes}
    context = tuple(
        Day(day=d, cramp_free=d not in cramped or None, alcohol_units=float(rng.integers(0, 3)), sleep_h=7.0 + i % 3)
        for i in range(days)
        for d in [first.date() + timedelta(days=i)]
    )
    return Diary(episodes, context)


def peer_read(path: str) -> object:
    with sqlite3.connect(path) as connection:
        return [json.loads(p) for (p,) in connection.execute("SELECT payload FROM records")]


def measure(book: Book, store: Store, me: Person) -> dict[str, float]:
    """Processor time of each, but for writing, which waits for the disk."""
    number = iter(range(10**6))

    def add() -> None:
        now = datetime(2026, 11, 21, 3, tzinfo=UTC)
        store.save(me, "episodes", Episode(id=f"new{next(number)}", start=now, muscles=("calf",)), 8)

    def page(first: date | None = None) -> object:
        return diary_charts(summarise(book, store.diary(me), TODAY, first))

    def own(work: Callable[[], object]) -> float:
        return median_ms(work, 7, time.process_time)

    return {
        "write down one cramp (wall time)": median_ms(add, 9),
        "page: the last 20 cramps": own(lambda: store.diary(me).episodes[-20:]),
        "page: answers for the check": own(lambda: suggest(book, store.diary(me), TODAY)),
        "page: statistics and pictures, half a year": own(page),
        "page: statistics and pictures, ten years": own(lambda: page(date(2016, 1, 1))),
        "export JSON": own(lambda: json.dumps(diary_to_plain(store.diary(me)))),
        "export CSV": own(lambda: to_csv(store.diary(me))),
        "export FHIR": own(lambda: json.dumps(to_fhir(store.diary(me), me.id))),
    }


def main() -> None:
    book = open_book()
    with tempfile.TemporaryDirectory() as folder:
        columns = []
        for name, passphrase in (("plain", None), ("locked", "correct horse")):
            store = open_store(str(Path(folder) / name), passphrase)
            me = store.add_person("me")
            store.merge(me, ten_years(), book.followup.night_ends_hour)
            columns.append(measure(book, store, me))
            store.close()
        peer = median_ms(lambda: peer_read(str(Path(folder) / "plain")), 7, time.process_time)
    print(f"ten years, {EPISODES:,} episodes, {365 * YEARS:,} days; medians of processor time in ms, SQLite")
    print(f"  {'':48}{'plain':>9}{'locked':>9}{'plain to peer':>15}")
    print(f"  {'peer: sqlite3 and json read the same rows':48}{peer:9.0f}")
    for what in columns[0]:
        plain, locked = (c[what] for c in columns)
        print(f"  {what:48}{plain:9.0f}{locked:9.0f}{plain / peer:15.2f}")


if __name__ == "__main__":
    main()
