"""From files of records to facts, file by file: what matters is sorted by person into buckets."""

import shutil
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from crampwise.edges.population.job import FACTS, Job
from crampwise.edges.population.lines import Broken, Row, lines_of, row_of, rows_of
from crampwise.edges.population.quality import Quality
from crampwise.logic.errors import InputError, Problem
from crampwise.population.rows import BY_NAME, PERSON, ROW, Kind, Sieve, facts_schema
from crampwise.population.screen import Screen

if TYPE_CHECKING:
    import pyarrow as pa

_LINES = 65536
PER_BUCKET = 1 << 28
"""Bytes of records that are folded together."""
_PACKED = {".gz": 12, ".zst": 12, ".parquet": 8}
"""By how much compressed files grow, roughly; only the number of buckets depends on it."""


@dataclass(frozen=True, slots=True)
class RecordFile:
    """One file of records: its number and kind, where it is, how it is called in reports; a table of OMOP or not."""

    number: int
    kind: Kind
    path: Path
    shown: str
    omop: bool = False

    @property
    def name(self) -> str:
        """The name of its step."""
        return f"file-{self.number:05d}"


def kind_of_file(path: Path) -> Kind | None:
    """Give the kind of resource that a file holds, by its name or its folder's: Condition.000.ndjson.gz."""
    for name in (path.name, path.parent.name):
        found = BY_NAME.get(name.partition(".")[0].partition("_")[0].partition("-")[0])
        if found is not None:
            return found
    return None


def bucket_count(files: list[RecordFile]) -> int:
    """Give how many buckets the people are sorted into, so that one fits into memory."""
    total = sum(f.path.stat().st_size * _PACKED.get(f.path.suffix, 1) for f in files)
    return max(1, -(-total // PER_BUCKET))


def extract(
    job: Job, screen: Screen, as_of: date, file: RecordFile, buckets: int, *, strict: bool, threads: int
) -> dict[str, Any]:
    """Read one file into the buckets; gives its quality, its notes, and what it has some entry of.

    Raises:
        InputError: something cannot be read, and the screen is strict.
    """
    import duckdb

    try:
        return _extract(job, screen, as_of, file, buckets, threads, strict)
    except duckdb.Error as error:
        if file.omop or file.path.suffix == ".parquet":
            reason = str(error).partition("\n")[0]
            raise InputError([Problem(file.shown, f"cannot be read as {file.kind.name}: {reason}")]) from None
        return _extract(job, screen, as_of, file, buckets, None, strict)


def _extract(
    job: Job, screen: Screen, as_of: date, file: RecordFile, buckets: int, threads: int | None, strict: bool
) -> dict[str, Any]:
    quality, sieve = Quality(), Sieve(screen, as_of)
    counts = {"rows": 0, "read": 0}
    fast = threads is not None
    source = _by_duckdb(job, file, threads, as_of, quality) if threads else by_lines(file, quality, counts)
    with Buckets(job.work / FACTS / file.name, buckets) as writer:
        for batch in source:
            if fast:
                counts["rows"] += batch.num_rows
                counts["read"] += batch.num_rows
            writer.write(sieve.keep(file.kind, batch))
        if strict:
            quality.refuse()
    quality.file(file.shown, counts["rows"], counts["read"])
    quality.write_places(job.work / "problems" / f"{file.name}.ndjson")
    return {"quality": quality.to_data(), "notes": sieve.notes, "present": sorted(sieve.present)}


def _by_duckdb(job: Job, file: RecordFile, threads: int, as_of: date, quality: Quality) -> "Iterator[pa.RecordBatch]":
    """Rows by the fast way, which ends in an error where an entry is not as it should be."""
    import duckdb

    from crampwise.edges.population import duck, omop

    with duck.connect(threads, "512MB", job.work / "spill") as connection:
        if file.omop:
            table = omop.table_of(file.path) or ""
            yield from omop.read_rows(connection, file.path.parent, table, as_of, quality, file.shown)
            return
        for batch in duck.read_rows(connection, file.kind, file.path):
            if (
                batch.column("resourceType").null_count or _strange(batch, file.kind)
            ) and file.path.suffix != ".parquet":
                raise duckdb.Error("an entry is of another kind")
            yield batch.select(list(ROW))


def _strange(batch: "pa.RecordBatch", kind: Kind) -> bool:
    import pyarrow.compute as pc

    named = batch.column("resourceType")
    return bool(named.null_count) or pc.all(pc.equal(named, kind.name)).as_py() is False


def by_lines(file: RecordFile, quality: Quality, counts: dict[str, int]) -> "Iterator[pa.RecordBatch]":
    """Rows line by line, with every check; what cannot be read is noted with its line."""
    rows: list[Row] = []
    number = 0
    try:
        for number, line in enumerate(lines_of(file.path), 1):
            if not line.strip():
                continue
            counts["rows"] += 1
            try:
                rows.append(row_of(file.kind, line))
            except Broken as error:
                quality.add(f"{file.shown}:{number}", str(error))
                continue
            counts["read"] += 1
            if len(rows) == _LINES:
                yield rows_of(rows)
                rows = []
    except Broken as error:
        quality.add(f"{file.shown}:{number}", str(error))
    if rows:
        yield rows_of(rows)


class Buckets:
    """Sorts facts by person into one file for each bucket; they appear together when it is closed without an error."""

    def __init__(self, folder: Path, buckets: int) -> None:
        self._folder, self._count = folder, buckets
        self._part = folder.with_name(folder.name + ".part")
        self._writers: dict[int, Any] = {}

    def __enter__(self) -> "Buckets":
        shutil.rmtree(self._part, ignore_errors=True)
        shutil.rmtree(self._folder, ignore_errors=True)
        self._part.mkdir(parents=True)
        return self

    def write(self, facts: "pa.RecordBatch") -> None:
        """Add facts."""
        if self._count == 1:
            self._write(0, facts)
            return
        import pyarrow as pa

        bucket = buckets_of(facts.column(PERSON), self._count)
        for b in np.unique(bucket).tolist():
            self._write(b, facts.filter(pa.array(bucket == b)))

    def _write(self, bucket: int, facts: "pa.RecordBatch") -> None:
        import pyarrow.parquet as pq

        if bucket not in self._writers:
            path = self._part / f"bucket-{bucket:05d}.parquet"
            self._writers[bucket] = pq.ParquetWriter(path, facts_schema(), compression="zstd")
        self._writers[bucket].write_batch(facts)

    def __exit__(self, kind: object, *_: object) -> None:
        for writer in self._writers.values():
            writer.close()
        if kind is None:
            self._part.replace(self._folder)
        else:
            shutil.rmtree(self._part, ignore_errors=True)


def buckets_of(person: "pa.Array", buckets: int) -> "np.ndarray[tuple[int], np.dtype[np.intp]]":
    """Give the bucket of each person: always the same for an id, on every machine."""
    coded = person.dictionary_encode()
    found = np.array([zlib.crc32(p.encode()) % buckets for p in coded.dictionary.to_pylist()], np.intp)
    return np.asarray(found[coded.indices.to_numpy(zero_copy_only=False)])


def facts_of_bucket(job: Job, bucket: int) -> "pa.Table":
    """Read the facts of one bucket."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    folder = job.work / FACTS
    paths = [*folder.glob(f"*/bucket-{bucket:05d}.parquet"), *folder.glob(f"*/bucket={bucket}/*.parquet")]
    tables = [pq.ParquetFile(path).read(use_threads=False) for path in sorted(paths)]
    return pa.concat_tables(tables) if tables else facts_schema().empty_table()
