"""Reading and screening on Apache Spark: the same rows, the same fold, the same rules, on as many cores as there are.

Every worker must have crampwise installed and must reach the folder that the outcome is written to.
"""

import json
import os
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from crampwise.assess.engine import engine_of, prepare
from crampwise.book.compile import open_book
from crampwise.edges.population.extract import RecordFile, buckets_of, by_lines, extract
from crampwise.edges.population.job import FACTS, Job
from crampwise.edges.population.lines import Broken, row_of, rows_of
from crampwise.edges.population.options import Options
from crampwise.edges.population.quality import Quality
from crampwise.logic.errors import MissingFileError, Problem
from crampwise.population.bodies import Bodies
from crampwise.population.rows import PERSON, Sieve, facts_schema
from crampwise.population.screen import Screen

if TYPE_CHECKING:
    import pyarrow as pa

BUCKET = "bucket"
_TOLD = -1
"""The bucket of what is told to the driver: counts, not facts."""
_SPLITTABLE = (".ndjson", ".jsonl")


@contextmanager
def session(options: Options) -> Iterator[Any]:
    """Give the Spark session of this process, or a local one with as many cores as asked for.

    Raises:
        MissingFileError: PySpark or Java is missing.
    """
    try:
        from pyspark.sql import SparkSession
    except ModuleNotFoundError:
        remedy = "Install it with: pip install 'crampwise[spark]'."
        raise MissingFileError([Problem("--engine spark", "PySpark is not installed.", remedy)]) from None
    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    found = SparkSession.getActiveSession()
    if found is not None:
        yield found
        return
    builder = SparkSession.builder.appName("crampwise screen").config("spark.ui.showConsoleProgress", "false")
    if "SPARK_ENV_LOADED" not in os.environ:
        builder = (
            builder.master(f"local[{options.threads}]")
            .config("spark.ui.enabled", "false")
            .config("spark.driver.bindAddress", "127.0.0.1")
            .config("spark.driver.host", "127.0.0.1")
        )
    try:
        made = builder.getOrCreate()
    except Exception as error:
        remedy = "Install Java 17 or newer, and set JAVA_HOME."
        raise MissingFileError([Problem("--engine spark", f"Spark did not start ({error}).", remedy)]) from None
    made.sparkContext.setLogLevel("ERROR")
    try:
        yield made
    finally:
        made.stop()


def extract_on_spark(
    spark: Any, job: Job, screen: Screen, options: Options, file: RecordFile, buckets: int
) -> dict[str, Any]:
    """Read one file into the buckets on all workers; see `extract.extract`.

    A compressed file cannot be split, and Parquet is typed already: these are read by the driver.
    """
    if file.path.suffix not in _SPLITTABLE:
        return extract(job, screen, options.as_of, file, buckets, strict=options.strict, threads=options.threads)
    from pyspark.sql.pandas.types import from_arrow_schema

    folder = job.work / FACTS / file.name
    schema = from_arrow_schema(_bucketed())
    rows = spark.read.text(file.path.absolute().as_uri()).mapInArrow(
        _reader(options, file, buckets, _folder(screen)), schema
    )
    rows.write.mode("overwrite").partitionBy(BUCKET).parquet(folder.absolute().as_uri())
    return _told(job, screen, options, file, folder / f"{BUCKET}={_TOLD}")


def _reader(
    options: Options, file: RecordFile, buckets: int, book: Path | None
) -> "Callable[[Iterable[pa.RecordBatch]], Iterator[pa.RecordBatch]]":
    """Give the function that workers run over the lines of a file."""

    def read(batches: "Iterable[pa.RecordBatch]") -> "Iterator[pa.RecordBatch]":
        sieve, counts = Sieve(_screen(book), options.as_of), {"rows": 0, "read": 0}
        for batch in batches:
            rows = []
            for line in batch.column(0).to_pylist():
                if line and line.strip():
                    counts["rows"] += 1
                    try:
                        rows.append(row_of(file.kind, line.encode("utf-8", "surrogatepass")))
                    except Broken:
                        continue
                    counts["read"] += 1
            facts = sieve.keep(file.kind, rows_of(rows))
            yield _with_bucket(facts, buckets_of(facts.column(PERSON), buckets))
        yield _message({**counts, "notes": sieve.notes, "present": sorted(sieve.present)})

    return read


def _told(job: Job, screen: Screen, options: Options, file: RecordFile, folder: Path) -> dict[str, Any]:
    """Add up what the workers told, and find the lines that could not be read."""
    import pyarrow.parquet as pq

    messages = [json.loads(text) for text in pq.read_table(folder, partitioning=None)["body"].to_pylist()]
    quality, notes, present = Quality(), dict[str, int](), set[str]()
    counts = {key: sum(m[key] for m in messages) for key in ("rows", "read")}
    for message in messages:
        present |= set(message["present"])
        for what, count in message["notes"].items():
            notes[what] = notes.get(what, 0) + count
    if counts["rows"] != counts["read"]:
        for _ in by_lines(file, quality, {"rows": 0, "read": 0}):
            pass
    if options.strict:
        quality.refuse()
    quality.file(file.shown, counts["rows"], counts["read"])
    quality.write_places(job.work / "problems" / f"{file.name}.ndjson")
    return {"quality": quality.to_data(), "notes": notes, "present": sorted(present)}


def fold_on_spark(
    spark: Any, job: Job, screen: Screen, options: Options, present: frozenset[str], buckets: int
) -> Iterator[Mapping[str, Any]]:
    """Fold and screen each bucket on some worker; yields what was done, in order of the buckets."""
    from crampwise.edges.population.records import work_bucket

    book, measures = _folder(screen), [m.id for m in screen.measures]

    def work(numbers: Iterable[int]) -> Iterator[tuple[int, str]]:
        mine = _screen(book, measures)
        bodies = Bodies(mine.engine.book, options.as_of)
        for bucket in numbers:
            made = job.once(f"part-{bucket:05d}", partial(work_bucket, job, mine, options, bodies, present, bucket))
            yield bucket, json.dumps(made)

    numbers = spark.sparkContext.parallelize(range(buckets), buckets)
    yield from (json.loads(text) for _, text in sorted(numbers.mapPartitions(work).collect()))


def _folder(screen: Screen) -> Path | None:
    """The folder of the book, if it is not the shipped one."""
    return screen.engine.book.derived.get(Path)


def _screen(book: Path | None, measures: Iterable[str] | None = None) -> Screen:
    """Make the book ready on a worker, once in its life."""
    opened = open_book(book, prepare)
    wanted = list(opened.measures if measures is None else measures)
    return Screen(engine_of(opened), tuple(opened.measures[m] for m in wanted))


def _bucketed() -> "pa.Schema":
    import pyarrow as pa

    return facts_schema().append(pa.field(BUCKET, pa.int32()))


def _with_bucket(facts: "pa.RecordBatch", bucket: Any) -> "pa.RecordBatch":
    import pyarrow as pa

    return pa.RecordBatch.from_arrays([*facts.columns, pa.array(bucket, pa.int32())], schema=_bucketed())


def _message(told: Mapping[str, Any]) -> "pa.RecordBatch":
    import pyarrow as pa

    names = _bucketed().names
    row = dict.fromkeys(names) | {"body": json.dumps(told), BUCKET: _TOLD}
    return pa.RecordBatch.from_pylist([row], schema=_bucketed())
