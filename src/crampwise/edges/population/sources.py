"""What a source is made of: FHIR bulk files, Parquet, OMOP tables, or a ready table of findings."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from crampwise.edges.population.extract import kind_of_file
from crampwise.edges.population.omop import TABLES, table_of
from crampwise.edges.population.parts import Slice, slices
from crampwise.logic.errors import InputError, MissingFileError, Problem
from crampwise.population.screen import Screen
from crampwise.population.table import PERSON, check_names

_RECORDS = (".ndjson", ".ndjson.gz", ".ndjson.zst", ".jsonl", ".jsonl.gz", ".jsonl.zst", ".parquet")
Kind = Literal["findings", "fhir", "omop"]


@dataclass(frozen=True)
class Source:
    """Files of one kind. `folder` is what their names are told relative to."""

    kind: Kind
    folder: Path
    files: tuple[Path, ...]

    def shown(self, path: Path) -> str:
        """Give the name of a file as it is reported."""
        return path.relative_to(self.folder).as_posix()

    def fingerprint(self) -> list[list[str | int]]:
        """Give name, size and time of change of each file."""
        return [[self.shown(f), f.stat().st_size, f.stat().st_mtime_ns] for f in self.files]


def find_source(path: Path) -> Source:
    """Look what a file or folder holds.

    Raises:
        MissingFileError: there is nothing. InputError: nothing in it can be screened.
    """
    if not path.exists():
        raise MissingFileError([Problem(str(path), "there is no such file or folder.", "Check the name.")])
    folder = path if path.is_dir() else path.parent
    files = _files(path) if path.is_dir() else (path,)
    parquet = tuple(f for f in files if f.suffix == ".parquet")
    if parquet and all(_is_findings(f) for f in parquet):
        return Source("findings", folder, parquet)
    tables = {name: f for f in files if (name := table_of(f)) is not None}
    if path.is_dir() and "person" in tables:
        return _omop(folder, tables)
    records = tuple(f for f in files if _is_records(f))
    if records:
        return Source("fhir", folder, records)
    what = "holds nothing that can be screened."
    remedy = "Name a folder with FHIR files such as Condition.ndjson.gz, or a Parquet table of findings."
    raise InputError([Problem(str(path), what, remedy)])


def _omop(folder: Path, tables: Mapping[str, Path]) -> Source:
    if "concept" not in tables:
        what = "holds OMOP tables but no table CONCEPT, so that no concept id can be read."
        raise InputError([Problem(str(folder), what, "Put the vocabulary tables beside the others.")])
    return Source("omop", folder, tuple(sorted(f for name, f in tables.items() if name in TABLES)))


def _files(folder: Path) -> tuple[Path, ...]:
    """The files of a folder, and those of folders in it that are named like a table, as Spark writes them."""
    found = [f for f in folder.iterdir() if f.is_file()]
    tables = (f for f in folder.iterdir() if f.is_dir() and kind_of_file(f) is not None)
    return tuple(sorted([*found, *(f for table in tables for f in table.iterdir() if f.is_file())]))


def _is_records(path: Path) -> bool:
    return kind_of_file(path) is not None and any(path.name.endswith(end) for end in _RECORDS)


def _is_findings(path: Path) -> bool:
    return PERSON in _schema(path)


def _schema(path: Path) -> list[str]:
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        return list(pq.read_schema(path).names)
    except (pa.ArrowInvalid, OSError) as error:
        reason = str(error).partition("\n")[0]
        raise InputError([Problem(str(path), f"is not a whole Parquet file: {reason}", "Export it again.")]) from None


def findings_slices(screen: Screen, source: Source) -> list[Slice]:
    """Cut a ready table of findings into slices.

    Raises:
        InputError: it has columns that are no findings.
    """
    for path in source.files:
        check_names(screen, _schema(path), source.shown(path))
    return [part for path in source.files for part in slices(path, source.shown(path))]
