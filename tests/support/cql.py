"""Exported CQL in other people's hands: the reference translator, and cql-execution over FHIR resources."""

import json
import subprocess
import zipfile
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from crampwise.fhir.names import ANSWERS, FINDINGS, UCUM
from crampwise.logic.answers import Value
from crampwise.logic.findings import Choice, Finding, Number
from tests.support.interop import installed, node, packed

SCRIPTS = Path(__file__).parents[1] / "interop" / "cql"
HELPERS = "FHIRHelpers-4.0.1"


def translated(folder: Path, names: Sequence[str]) -> list[dict[str, str]]:
    """Translate libraries of a folder into ELM beside them; gives every message of the translator."""
    jar = packed("hl7", "node-java-fhir-validator") / "src/java-pkgs/quick-1.5.12.jar"
    with zipfile.ZipFile(jar) as inside:
        for kind in ("cql", "json"):
            (folder / f"helpers.{kind}").write_bytes(inside.read(f"org/hl7/fhir/{HELPERS}.{kind}"))
    return _lines("translate.mjs", str(folder), str(folder / "helpers.cql"), *names)


def run(
    folder: Path, name: str, patients: Iterable[Sequence[dict[str, Any]]], day: str = ""
) -> dict[str, dict[str, Any]]:
    """Run a translated library over people, each a list of resources; gives the results of each by patient id.

    `day` is the day for which it runs, today if empty.
    """
    bundles = folder / "bundles.ndjson"
    with bundles.open("w", encoding="utf-8") as file:
        for resources in patients:
            entries = [{"resource": r} for r in resources]
            file.write(json.dumps({"resourceType": "Bundle", "type": "collection", "entry": entries}) + "\n")
    elm, helpers = folder / f"{name}.json", folder / "helpers.json"
    return {row.pop("id"): row for row in _lines("run.mjs", str(elm), str(helpers), str(bundles), day)}


def _lines(script: str, *arguments: str) -> list[dict[str, Any]]:
    """Run a script beside the installed packages and read its lines of JSON."""
    done = subprocess.run(
        [node(), str(SCRIPTS / script), *arguments], cwd=installed("cql"), capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]


def told(finding: Finding, value: Value, when: str | None = None) -> dict[str, Any]:
    """An answer as an Observation coded with the finding."""
    resource: dict[str, Any] = {
        "resourceType": "Observation",
        "status": "final",
        "code": {"coding": [{"system": FINDINGS, "code": finding.id}]},
    }
    match finding:
        case Number(_, unit, _, _):
            resource["valueQuantity"] = {"value": float(str(value)), "unit": unit, "system": UCUM, "code": unit}
        case Choice():
            resource["valueCodeableConcept"] = {"coding": [{"system": ANSWERS, "code": value}]}
        case _:
            resource["valueBoolean"] = value
    return resource | ({"effectiveDateTime": when} if when else {})
