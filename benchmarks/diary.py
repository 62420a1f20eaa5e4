"""`python -m benchmarks.diary`: ten years of diary, 20,000 episodes: what a page and an export take.

Pages are asked for through the whole web app, in this process. The peer does the same without any of it: Python's own
sqlite3 reads the same rows, and json reads them.
"""

import json
import os
import sqlite3
import statistics
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from functools import partial
from pathlib import Path

import numpy as np
from fastapi.testclient import TestClient

from benchmarks.timing import median_ms
from crampwise.edges.store.store import open_store
from crampwise.edges.web.app import create_app
from crampwise.edges.web.keeper import PASSPHRASE, Keeper
from crampwise.edges.web.settings import Settings
from crampwise.followup.records import Day, Diary, Episode, diary_day

YEARS, EPISODES = 10, 20_000
ROUNDS = 7
PAGES = {
    "the diary": "/diary",
    "one day": f"/diary/day/{date.today().toordinal() - 3000}",
    "all entries, the last page": "/diary/entries/{last}",
    "statistics and pictures, half a year": "/diary/numbers",
    "statistics and pictures, ten years": "/diary/numbers/all",
    "answers for the check": "/diary/answers",
    "set up a trial": "/trial/new",
    "report for a doctor": "/report",
}
FILES = {"export JSON": "/diary/diary.json", "export CSV": "/diary/diary.csv", "export FHIR": "/diary/diary-fhir.json"}


def ten_years() -> Diary:
    """A diary with every day written down."""
    rng = np.random.default_rng(1)
    days = 365 * YEARS
    last = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0) - timedelta(days=1)
    first = last - timedelta(days=days)
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


def after(prepare: Callable[[], object], work: Callable[[], object]) -> float:
    """Median processor time in ms of work that is prepared anew each time."""
    times = []
    for _ in range(ROUNDS):
        prepare()
        start = time.process_time()
        work()
        times.append(1000 * (time.process_time() - start))
    return statistics.median(times)


def nothing() -> None:
    """Leave everything as it is."""


def measure(client: TestClient, keeper: Keeper) -> dict[str, tuple[float, ...]]:
    """Processor time of each page: the first after the start, after a change, and when nothing changed."""

    def tap() -> None:
        client.cookies.clear()
        answer = client.post("/diary/now", data={"muscle": "calf"}, follow_redirects=False)
        assert answer.status_code == 303, answer.text

    def get(address: str) -> None:
        answer = client.get(address)
        assert answer.status_code == 200, (address, answer.status_code)

    found: dict[str, tuple[float, ...]] = {"write down one cramp (wall time)": (median_ms(tap, ROUNDS),)}
    last = client.get("/diary/entries/1").text.partition("Page 1 of ")[2].partition("<")[0]
    for name, address in PAGES.items():
        page = address.format(last=last)
        found[f"page: {name}"] = tuple(after(prepare, partial(get, page)) for prepare in (keeper.close, tap, nothing))
    for name, address in FILES.items():
        found[name] = tuple(after(prepare, partial(get, address)) for prepare in (keeper.close, tap))
    return found


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        columns = []
        for name, passphrase in (("plain", None), ("locked", "correct horse")):
            place = str(Path(folder) / name)
            if passphrase:
                os.environ[PASSPHRASE] = passphrase
            store = open_store(place, passphrase)
            store.merge(store.add_person("me"), ten_years(), 8)
            store.close()
            app = create_app(Settings(store=place))
            with TestClient(app, base_url="http://localhost") as client:
                columns.append(measure(client, app.state.keeper))
        peer = median_ms(lambda: peer_read(str(Path(folder) / "plain")), ROUNDS, time.process_time)
    print(f"ten years, {EPISODES:,} episodes, {365 * YEARS:,} days; medians of processor time in ms, SQLite")
    print(f"  peer: sqlite3 and json read the same rows: {peer:.0f}")
    print(f"  {'':44}{'plain':>27}{'locked':>27}{'to peer':>9}")
    print(f"  {'':44}{'first':>9}{'changed':>9}{'same':>9}{'first':>9}{'changed':>9}{'same':>9}{'changed':>9}")
    for what, plain in columns[0].items():
        cells = "".join(f"{c:9.0f}" for c in (*plain, *[float("nan")] * (3 - len(plain)))).replace("nan", "  –")
        locked = columns[1][what]
        more = "".join(f"{c:9.0f}" for c in (*locked, *[float("nan")] * (3 - len(locked)))).replace("nan", "  –")
        share = f"{plain[1] / peer:9.2f}" if len(plain) > 1 else ""
        print(f"  {what:44}{cells}{more}{share}")


if __name__ == "__main__":
    main()
