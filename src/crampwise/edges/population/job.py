"""The folder of a screen while it is worked on: parts appear whole or not at all; what is done is not done again."""

import json
import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from crampwise.logic.errors import InputError, MissingFileError, Problem
from crampwise.population.tally import Tally

if TYPE_CHECKING:
    import pyarrow as pa

PEOPLE, FINDINGS, FACTS = "people", "findings", "facts"
_RUN = "run.json"


@dataclass(frozen=True)
class Job:
    """A screen that is being worked on.

    Attributes:
        out: where the outcome will stand. work: where it is made; it becomes `out` when all is done.
    """

    out: Path

    @property
    def work(self) -> Path:
        """The folder in which the outcome is made."""
        return self.out.with_name(self.out.name + ".partial")

    def begin(self, run: Mapping[str, Any], resume: bool) -> None:
        """Make the folder, or find it again.

        Args:
            run: everything that the outcome depends on. resume: go on with what an earlier run of the same has left.

        Raises:
            InputError: something stands in the way, or what was left belongs to another run.
            MissingFileError: the folder cannot be made.
        """
        if self.out.exists() and (not self.out.is_dir() or any(self.out.iterdir())):
            raise InputError([Problem(str(self.out), "is there already.", "Name a new folder, or remove this one.")])
        left = self.work / _RUN
        if self.work.exists() and not resume:
            remedy = "Add --resume to go on with it, or remove the folder."
            raise InputError([Problem(str(self.work), "an earlier screen was not finished here.", remedy)])
        if left.exists():
            self._same(json.loads(left.read_text("utf-8")), run)
        try:
            self.work.mkdir(parents=True, exist_ok=True)
            write_text(left, json.dumps(run, indent=1))
        except OSError as error:
            reason = error.strerror or "it cannot be made"
            raise MissingFileError([Problem(str(self.work), f"cannot be made: {reason}.")]) from None

    def _same(self, before: Mapping[str, Any], run: Mapping[str, Any]) -> None:
        changed = [key for key in run if before.get(key) != run[key]]
        if changed:
            what = f"was begun with another {', another '.join(changed)}."
            raise InputError([Problem(str(self.work), what, "Remove the folder, or give the same as before.")])

    def once(self, name: str, make: Callable[[], Any]) -> Any:
        """Give what was made under this name before, as plain data; or make it, and keep it."""
        path = self.work / "done" / f"{name}.json"
        if path.exists():
            return json.loads(path.read_text("utf-8"))
        found = make()
        path.parent.mkdir(exist_ok=True)
        write_text(path, json.dumps(found))
        return found

    def finish(self) -> None:
        """Take away what only the work needed, and put the outcome in its place."""
        for name in ("done", FACTS):
            shutil.rmtree(self.work / name, ignore_errors=True)
        (self.work / _RUN).unlink()
        if self.out.exists():
            self.out.rmdir()
        self.work.replace(self.out)

    def tally(self, names: list[str], empty: Tally) -> Tally:
        """Add up the tallies of parts that are done."""
        total = empty
        for name in names:
            total += Tally.of_data(json.loads((self.work / "done" / f"{name}.json").read_text("utf-8")))
        return total


def write_text(path: Path, text: str) -> None:
    """Write a file completely or not at all."""
    part = path.with_name(path.name + ".part")
    part.write_text(text, encoding="utf-8")
    part.replace(path)


class Parts:
    """Writes one Parquet file batch by batch; it appears under its name only when it is closed without an error."""

    def __init__(self, path: Path, schema: "pa.Schema") -> None:
        import pyarrow.parquet as pq

        path.parent.mkdir(parents=True, exist_ok=True)
        self._path, self._part = path, path.with_name(path.name + ".part")
        self._writer = pq.ParquetWriter(self._part, schema, compression="zstd")

    def __enter__(self) -> "Parts":
        return self

    def write(self, batch: "pa.RecordBatch") -> None:
        """Add the rows of a batch."""
        self._writer.write_batch(batch)

    def __exit__(self, kind: object, *_: object) -> None:
        self._writer.close()
        if kind is None:
            self._part.replace(self._path)
        else:
            self._part.unlink(missing_ok=True)
