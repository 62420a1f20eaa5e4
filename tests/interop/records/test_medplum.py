"""Prefill by search from Medplum's server gives what the same patients give from a file."""

import json
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

AS_OF = "2021-06-01"
READ = {"Patient", "Condition", "Procedure", "Observation", "MedicationRequest"}


def imported(*arguments: str) -> Any:
    done = subprocess.run(
        [sys.executable, "-m", "crampwise", "fhir", "import", *arguments, "--as-of", AS_OF, "--json"],
        capture_output=True, text=True, check=False, timeout=120,
    )  # fmt: skip
    assert done.returncode == 0 and done.stderr == "", done.stderr
    return json.loads(done.stdout)


@pytest.fixture(scope="module")
def from_file(patients: Path) -> dict[str, Any]:
    return {person["patient"]: person for person in imported(str(patients))["persons"]}


@pytest.mark.parametrize("place", range(4))
def test_a_search_finds_what_is_in_the_file(medplum: str, from_file: dict[str, Any], place: int) -> None:
    patient = list(from_file)[place]
    (found,) = imported(medplum, "--patient", patient)["persons"]
    wanted = from_file[patient]
    for part in ("answers", "medicines", "results", "contradictions"):
        key = lambda told: json.dumps(told, sort_keys=True)  # noqa: E731
        assert sorted(map(key, found[part])) == sorted(map(key, wanted[part]))
    here = Counter(r["kind"] for r in wanted["resources"] if r["kind"] in READ)
    assert Counter(r["kind"] for r in found["resources"]) == here, "every page was fetched"
    assert max(here.values()) > 200, "more than one page"


def test_a_patient_who_is_not_there(medplum: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "crampwise", "fhir", "import", medplum, "--patient", "nobody"],
        capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip
    assert done.returncode == 3 and "404" in done.stderr and "Traceback" not in done.stderr
