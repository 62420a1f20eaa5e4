"""From records to outcomes: files are sorted into buckets of people, then each bucket is folded and screened."""

from collections.abc import Callable, Mapping
from typing import Any

from crampwise.edges.population.extract import RecordFile, bucket_count, extract, facts_of_bucket, kind_of_file
from crampwise.edges.population.job import FINDINGS, Job, Parts
from crampwise.edges.population.omop import kind_of_table
from crampwise.edges.population.options import Options, Progress
from crampwise.edges.population.parts import screen_slices
from crampwise.edges.population.quality import Quality
from crampwise.edges.population.sources import Source
from crampwise.population.bodies import Bodies
from crampwise.population.fold import fold
from crampwise.population.screen import Screen


def record_files(source: Source) -> list[RecordFile]:
    """Number the files of a source that hold records."""
    omop = source.kind == "omop"
    kinds = ((path, (kind_of_table if omop else kind_of_file)(path)) for path in source.files)
    known = [(path, kind) for path, kind in kinds if kind is not None]
    return [RecordFile(i, kind, path, source.shown(path), omop) for i, (path, kind) in enumerate(known)]


def work_records(
    job: Job, screen: Screen, source: Source, options: Options, progress: Progress
) -> list[Mapping[str, Any]]:
    """Screen everybody whose records are in the files of a source; gives what was done, step by step.

    Raises:
        InputError: something cannot be read, and the screen is strict.
    """
    if options.engine == "spark":
        from crampwise.edges.population.spark import session

        with session(options) as spark:
            return _work(job, screen, source, options, progress, spark)
    return _work(job, screen, source, options, progress, None)


def _work(
    job: Job, screen: Screen, source: Source, options: Options, progress: Progress, spark: Any
) -> list[Mapping[str, Any]]:
    files = record_files(source)
    buckets = max(bucket_count(files), options.threads if spark else 1)
    total, behind, done = sum(f.path.stat().st_size for f in files), 0, list[Mapping[str, Any]]()
    for file in files:
        done.append(job.once(file.name, _extracting(job, screen, options, file, buckets, spark)))
        behind += file.path.stat().st_size
        progress("reading, bytes", behind, total)
    present = frozenset(name for step in done for name in step["present"])
    if spark:
        from crampwise.edges.population.spark import fold_on_spark

        return [*done, *fold_on_spark(spark, job, screen, options, present, buckets)]
    bodies = Bodies(screen.engine.book, options.as_of)
    for bucket in range(buckets):
        done.append(job.once(f"part-{bucket:05d}", _folding(job, screen, options, bodies, present, bucket)))
        progress("screening, parts", bucket + 1, buckets)
    return done


def _extracting(
    job: Job, screen: Screen, options: Options, file: RecordFile, buckets: int, spark: Any
) -> Callable[[], dict[str, Any]]:
    if spark:
        from crampwise.edges.population.spark import extract_on_spark

        return lambda: extract_on_spark(spark, job, screen, options, file, buckets)
    return lambda: extract(job, screen, options.as_of, file, buckets, strict=options.strict, threads=options.threads)


def _folding(
    job: Job, screen: Screen, options: Options, bodies: Bodies, present: frozenset[str], bucket: int
) -> Callable[[], dict[str, Any]]:
    return lambda: work_bucket(job, screen, options, bodies, present, bucket)


def work_bucket(
    job: Job, screen: Screen, options: Options, bodies: Bodies, present: frozenset[str], bucket: int
) -> dict[str, Any]:
    """Fold the facts of one bucket into findings, and screen its people."""
    quality, name = Quality(), f"part-{bucket:05d}"
    folded = fold(screen, bodies, present, facts_of_bucket(job, bucket))
    for where, what in folded.problems:
        quality.add(where, what)
    if options.strict:
        quality.refuse()
    with Parts(job.work / FINDINGS / f"{name}.parquet", folded.table.schema) as file:
        for batch in folded.table.to_batches():
            file.write(batch)
    found = screen_slices(job, screen, folded.table, name, causes=options.causes)
    quality.write_places(job.work / "problems" / f"{name}.ndjson")
    notes = {"people who have died, left out": folded.dead} if folded.dead else {}
    return {**found, "quality": quality.to_data(), "notes": notes}
