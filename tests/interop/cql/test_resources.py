"""The resources around the exported CQL, held against HL7's validator and the translator."""

import base64
import copy
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from crampwise.edges.cli.main import cli
from crampwise.edges.cql.library import NAME
from tests.support.cql import translated
from tests.support.interop import Validator
from tests.support.people import shipped

Change = Callable[[dict[str, Any]], object]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What the command writes."""
    made = tmp_path_factory.mktemp("export") / "new"
    cli.main(["cql", "export", "--out", str(made)], standalone_mode=False)
    return made


def resource(folder: Path, kind: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((folder / f"{kind}-{NAME}.json").read_text("utf-8"))
    return found


def test_the_command_writes_three_files_and_the_library_holds_the_text(folder: Path) -> None:
    assert sorted(p.name for p in folder.iterdir()) == [
        f"{NAME}.cql", f"Library-{NAME}.json", f"PlanDefinition-{NAME}.json",
    ]  # fmt: skip
    held = base64.b64decode(resource(folder, "Library")["content"][0]["data"])
    assert held == (folder / f"{NAME}.cql").read_bytes()


@pytest.mark.parametrize("kind", ["Library", "PlanDefinition"])
def test_the_resource_is_valid(hl7: Validator, folder: Path, kind: str) -> None:
    assert hl7.errors(resource(folder, kind)) == []


DEFECTS: dict[str, tuple[str, Change]] = {
    "no status": ("Library", lambda r: r.pop("status")),
    "no type": ("Library", lambda r: r.pop("type")),
    "text where bytes belong": ("Library", lambda r: r["content"][0].update(data="not base64!")),
    "an unknown priority": ("PlanDefinition", lambda r: r["action"][2].update(priority="now")),
    "a condition without kind": ("PlanDefinition", lambda r: r["action"][2]["condition"][0].pop("kind")),
    "an unknown element inside": ("PlanDefinition", lambda r: r["action"][2]["action"][0].update(urgency="high")),
}


@pytest.mark.parametrize("defect", DEFECTS)
def test_planted_defects_are_caught(hl7: Validator, folder: Path, defect: str) -> None:
    kind, spoil = DEFECTS[defect]
    spoilt = copy.deepcopy(resource(folder, kind))
    spoil(spoilt)
    assert hl7.errors(spoilt) != []


def test_every_condition_of_the_plan_is_cql_over_the_library(folder: Path, tmp_path: Path) -> None:
    plan = resource(folder, "PlanDefinition")
    conditions = [c["expression"]["expression"] for action in plan["action"] for c in walk(action)]
    flags = shipped().red_flags
    assert len(conditions) == 7 + len(flags)
    asks = "\n".join(f'define "condition {i}":\n  {said}\n' for i, said in enumerate(conditions))
    (tmp_path / "Plan.cql").write_text((folder / f"{NAME}.cql").read_text("utf-8") + asks, "utf-8")
    assert translated(tmp_path, ["Plan"]) == []


def walk(action: dict[str, Any]) -> list[dict[str, Any]]:
    return [*action["condition"], *(c for inner in action.get("action", ()) for c in walk(inner))]
