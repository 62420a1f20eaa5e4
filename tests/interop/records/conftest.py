"""Two FHIR servers of others on this machine: Medplum's with search, Healro's with a SMART sign-in."""

import json
import os
import socket
import subprocess
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest

from tests.support.interop import installed, node, packed
from tests.support.records import examples

HERE = Path(__file__).resolve().parent
MOST = 4


@pytest.fixture(scope="session")
def patients(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The Synthea patients of whom most is known, with everything about them, as one file."""
    known = Counter(r.get("subject", {}).get("reference") for r in examples("synthea"))
    mine = {reference for reference, _ in known.most_common(MOST + 1) if reference}
    ids = {reference.removeprefix("Patient/") for reference in mine}
    path = tmp_path_factory.mktemp("patients") / "patients.ndjson"
    with path.open("w", encoding="utf-8") as file:
        for resource in examples("synthea"):
            if resource["id"] in ids or resource.get("subject", {}).get("reference") in mine:
                file.write(json.dumps(resource) + "\n")
    return path


@pytest.fixture(scope="session")
def medplum(patients: Path) -> Iterator[str]:
    """The address of Medplum's server, holding `patients`."""
    process = subprocess.Popen(
        [node(), str(HERE / "medplum.mjs"), str(patients)],
        cwd=installed("records"),
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout
        address = process.stdout.readline().strip()
        assert address.startswith("http://127.0.0.1:"), "Medplum's server did not start"
        yield address
    finally:
        process.kill()
        process.communicate()


@pytest.fixture(scope="session")
def healro(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of Healro's server, holding its own patients."""
    package = packed("records", "@healro/smart-fhir-server")
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    process = subprocess.Popen(
        [node(), str(package / "dist/cli/bin.js"), "--host", "127.0.0.1", "--port", str(port),
         "--base-url", f"http://127.0.0.1:{port}", "--data-dir", str(package / "data")],
        cwd=tmp_path_factory.mktemp("healro"), stdout=subprocess.DEVNULL,
        env=os.environ | {"SUPPRESS_NO_CONFIG_WARNING": "1"},
    )  # fmt: skip
    address = f"http://127.0.0.1:{port}"
    try:
        wait_for(f"{address}/.well-known/smart-configuration")
        yield address
    finally:
        process.kill()
        process.wait()


def wait_for(address: str, seconds: float = 20) -> None:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        try:
            if httpx2.get(address).is_success:
                return
        except httpx2.HTTPError:
            time.sleep(0.1)
    raise AssertionError(f"{address} does not answer")
