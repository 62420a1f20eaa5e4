"""A process killed while it writes loses nothing that it had confirmed."""

import json
import subprocess
import sys
from pathlib import Path

from crampwise.edges.store.store import open_store

CYCLES = 200


def test_two_hundred_kills_lose_no_confirmed_entry(place: str) -> None:
    store = open_store(place)
    store.add_person("Ada")
    store.close()
    command = [sys.executable, "-m", "tests.support.killed", place, str(CYCLES)]
    done = subprocess.run(command, cwd=Path(__file__).parents[3], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    counted = json.loads(done.stdout)
    assert counted["lost"] == 0
    assert counted["confirmed"] >= CYCLES
    assert counted["unconfirmed"] <= CYCLES
