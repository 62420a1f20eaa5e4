"""The check persons of tests/content/typical_people.yaml, as answers documents."""

from datetime import date
from pathlib import Path
from typing import Any

import yaml

SOURCE = Path(__file__).parents[1] / "content" / "typical_people.yaml"
_FILE: dict[str, Any] = yaml.load(SOURCE.read_text("utf-8"), Loader=yaml.BaseLoader)
PEOPLE: list[dict[str, Any]] = _FILE["people"]
WITHOUT_PERSON: frozenset[str] = frozenset(_FILE["without_person"])
"""Conditions that nothing but a medicine, or nothing at all, tells from others."""


def document(person: dict[str, Any], day: date) -> str:
    """The person as an answers document in YAML; results carry this day."""
    told = [f"  {name}: {answer}" for answer in ("yes", "no") for name in person.get(answer, [])]
    for name, said in person.get("other", {}).items():
        value, _, unit = said.partition(" ")
        told.append(f"  {name}: {{value: {value}, unit: '{unit}'}}" if unit else f"  {name}: {said}")
    about = ", ".join(f"{key}: {value}" for key, value in person["person"].items())
    lines = [f"person: {{{about}}}", "answers:", *told]
    if "medicines" in person:
        lines.append(f"medicines: [{', '.join(person['medicines'])}]")
    labs = person.get("labs", [])
    if labs:
        lines.append("labs:")
    for lab in labs:
        lines.append(f"  - {{test: {lab['test']}, value: {lab['value']}, unit: '{lab['unit']}', date: {day}}}")
    return "\n".join(lines) + "\n"
