"""What could not be read, or not as it stood: counted by kind, each with its place."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from crampwise.logic.errors import InputError, Problem

_STRICT_SHOWN = 100


@dataclass
class Quality:
    """Problems met so far.

    Attributes:
        counts: how often each kind of problem was met. examples: one place of each, whatever the order of the work.
        files: for each file its rows and how many of them were read. places: every problem, for the file of places.
    """

    counts: dict[str, int] = field(default_factory=dict)
    examples: dict[str, str] = field(default_factory=dict)
    files: list[dict[str, Any]] = field(default_factory=list)
    places: list[dict[str, str]] = field(default_factory=list)

    def add(self, where: str, what: str, times: int = 1) -> None:
        """Note a problem: where, what, and how often there."""
        self.counts[what] = self.counts.get(what, 0) + times
        self.examples[what] = min(self.examples.get(what, where), where)
        self.places.append({"where": where, "what": what} | ({"times": str(times)} if times > 1 else {}))

    def file(self, name: str, rows: int, read: int) -> None:
        """Note how much of a file was read."""
        self.files.append({"file": name, "rows": rows, "read": read})

    def refuse(self) -> None:
        """End a strict screen at its first problems.

        Raises:
            InputError: with the problems met so far, if any.
        """
        if self.places:
            problems = [Problem(p["where"], p["what"]) for p in self.places[:_STRICT_SHOWN]]
            raise InputError(problems)

    def to_data(self) -> dict[str, Any]:
        """Give counts, examples and files as plain data."""
        return {"counts": self.counts, "examples": self.examples, "files": self.files}

    def write_places(self, path: Path) -> None:
        """Write every place, one JSON object to a line; nothing where there is none."""
        if self.places:
            path.parent.mkdir(parents=True, exist_ok=True)
            part = path.with_name(path.name + ".part")
            part.write_text("".join(json.dumps(p, ensure_ascii=False) + "\n" for p in self.places), encoding="utf-8")
            part.replace(path)


def together(steps: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """Add up the qualities and notes of steps for the report."""
    counts: dict[str, int] = {}
    examples: dict[str, str] = {}
    files: dict[str, dict[str, Any]] = {}
    notes: dict[str, int] = {}
    for step in steps:
        part = step["quality"]
        for what, count in step.get("notes", {}).items():
            notes[what] = notes.get(what, 0) + count
        for what, count in part["counts"].items():
            counts[what] = counts.get(what, 0) + count
            example = part["examples"][what]
            examples[what] = min(examples.get(what, example), example)
        for file in part["files"]:
            known = files.setdefault(file["file"], {"file": file["file"], "rows": 0, "read": 0})
            known["rows"] += file["rows"]
            known["read"] += file["read"]
    ranked = sorted(counts, key=lambda what: (-counts[what], what))
    problems = [{"what": w, "count": counts[w], "example": examples[w]} for w in ranked]
    said = [{"what": w, "count": notes[w]} for w in sorted(notes, key=lambda w: (-notes[w], w))]
    return {"files": list(files.values()), "problems": problems, "notes": said}
