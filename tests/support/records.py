"""Third-party records for tests, unpacked from tests/data: Synthea patients, examples of US Core and of IPS."""

import json
import lzma
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

DATA = Path(__file__).resolve().parents[1] / "data"


def lines(folder: str) -> Iterator[tuple[str, bytes]]:
    """Yield each file of a data folder: its name without .xz, and its bytes."""
    paths = sorted((DATA / folder).glob("*.ndjson.xz"))
    assert paths, f"tests/data/{folder} is empty"
    for path in paths:
        yield path.name.removesuffix(".xz"), lzma.decompress(path.read_bytes())


@cache
def examples(folder: str) -> tuple[dict[str, Any], ...]:
    """The resources of a data folder."""
    return tuple(json.loads(line) for _, data in lines(folder) for line in data.splitlines())


@cache
def people(folder: str) -> dict[str, list[dict[str, Any]]]:
    """The resources of a data folder by the id of the patient whom they are about."""
    found: dict[str, list[dict[str, Any]]] = {}
    for resource in examples(folder):
        own = f"Patient/{resource['id']}" if resource["resourceType"] == "Patient" else ""
        reference = own or resource.get("subject", {}).get("reference", "")
        found.setdefault(reference.removeprefix("Patient/"), []).append(resource)
    return found
