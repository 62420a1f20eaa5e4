"""`python -m tests.support.killed PLACE CYCLES`: writers killed at a random moment, and what was lost.

Each cycle forks a writer that saves episodes and names each one once it is confirmed; after a random time it is killed
with SIGKILL, and the store is opened again. Prints the number of confirmed, lost and unconfirmed entries as JSON.
"""

import json
import os
import random
import signal
import sys
import time
from datetime import UTC, datetime, timedelta

from crampwise.edges.store.store import open_store
from crampwise.followup.records import Episode

_LONGEST_S = 0.03


def write_for_ever(place: str, first: int, pipe: int) -> None:
    store = open_store(place)
    me = store.person("Ada")
    number = first
    while True:
        start = datetime(2020, 1, 1, tzinfo=UTC) + timedelta(minutes=number)
        store.save(me, "episodes", Episode(id=str(number), start=start, note="x" * 3000), 8)
        os.write(pipe, f"{number}\n".encode())
        number += 1


def killed_after(place: str, first: int, seconds: float) -> list[str]:
    """Start a writer, kill it so many seconds after its first entry, and give what it had confirmed."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            write_for_ever(place, first, writing)
        finally:
            os._exit(1)
    os.close(writing)
    said = os.read(reading, 65536)
    time.sleep(seconds)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    while more := os.read(reading, 65536):
        said += more
    os.close(reading)
    return said.decode().split()


def main(place: str, cycles: int) -> None:
    rng = random.Random(1)
    confirmed: set[str] = set()
    lost: set[str] = set()
    found: set[str] = set()
    for cycle in range(cycles):
        confirmed |= set(killed_after(place, cycle * 100_000, rng.uniform(0, _LONGEST_S)))
        store = open_store(place)
        found = {e.id for e in store.diary(store.person("Ada")).episodes}
        store.close()
        lost |= confirmed - found
    print(json.dumps({"confirmed": len(confirmed), "lost": len(lost), "unconfirmed": len(found - confirmed)}))


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
