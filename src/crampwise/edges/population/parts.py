"""Working through a table of findings part by part: each part becomes a file of outcomes, a tally and its problems."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from crampwise.edges.population.job import PEOPLE, Job, Parts
from crampwise.edges.population.quality import Quality
from crampwise.interpret.columns import NumberColumn
from crampwise.population.outcome import BATCH, outcome_schema, screen_people
from crampwise.population.screen import Screen
from crampwise.population.table import PERSON, columns_of
from crampwise.population.tally import empty, tally

if TYPE_CHECKING:
    import pyarrow as pa

PART = 4 * BATCH
"""People of one part, unless a file has larger row groups: what is lost at most when a run is killed."""


@dataclass(frozen=True, slots=True)
class Slice:
    """Consecutive row groups of a Parquet file of findings. `shown` is the name under which it is reported."""

    path: Path
    shown: str
    groups: tuple[int, ...]
    rows: int


def slices(path: Path, shown: str) -> Iterator[Slice]:
    """Cut a Parquet file into slices of about `PART` rows."""
    import pyarrow.parquet as pq

    found = pq.read_metadata(path)
    groups: list[int] = []
    rows = 0
    for i in range(found.num_row_groups):
        groups.append(i)
        rows += found.row_group(i).num_rows
        if rows >= PART or i == found.num_row_groups - 1:
            yield Slice(path, shown, tuple(groups), rows)
            groups, rows = [], 0


def batches(part: Slice) -> Iterator["pa.RecordBatch"]:
    """Read a slice in batches of at most `BATCH` people."""
    import pyarrow.parquet as pq

    with pq.ParquetFile(part.path) as file:
        yield from file.iter_batches(BATCH, row_groups=list(part.groups), use_threads=False)


def work_part(job: Job, screen: Screen, part: Slice, name: str, *, causes: bool, strict: bool) -> dict[str, Any]:
    """Screen the people of a slice and write what is said of them; gives tally and problems as plain data.

    Raises:
        InputError: something could not be read as it stood, and the screen is strict.
    """
    quality, counted, done = Quality(), empty(screen), 0
    with Parts(job.work / PEOPLE / f"{name}.parquet", outcome_schema(screen)) as file:
        for batch in batches(part):
            kept = _sound(quality, screen, batch, part, done)
            done += batch.num_rows
            if strict:
                quality.refuse()
            outcome = screen_people(screen, kept, causes)
            counted += tally(screen, outcome)
            file.write(outcome)
    quality.file(part.shown, done, counted.people)
    quality.write_places(job.work / "problems" / f"{name}.ndjson")
    return {"tally": counted.to_data(), "quality": quality.to_data(), "people": counted.people}


def screen_slices(job: Job, screen: Screen, table: "pa.Table", name: str, *, causes: bool) -> dict[str, Any]:
    """Screen the people of a table of findings that is in memory and write what is said of them; gives the tally."""
    counted = empty(screen)
    with Parts(job.work / PEOPLE / f"{name}.parquet", outcome_schema(screen)) as file:
        for batch in table.combine_chunks().to_batches(BATCH):
            outcome = screen_people(screen, batch, causes)
            counted += tally(screen, outcome)
            file.write(outcome)
    return {"tally": counted.to_data(), "people": counted.people}


def _sound(quality: Quality, screen: Screen, batch: "pa.RecordBatch", part: Slice, done: int) -> "pa.RecordBatch":
    """Note rows without a person and numbers that cannot be; the rows are left out, the numbers are unknown anyway."""
    import pyarrow.compute as pc

    person = batch.column(PERSON)
    if person.null_count:
        for i in pc.indices_nonzero(pc.is_null(person)).to_pylist():
            quality.add(f"{part.shown}, row {done + i + 1}", "the row names no person; it was left out")
        batch = batch.filter(pc.is_valid(person))
    for id_, column in columns_of(screen, batch).items():
        if isinstance(column, NumberColumn) and column.set_aside:
            low, high, unit = column.finding.low, column.finding.high, column.finding.unit
            what = f"{id_} does not lie between {low} and {high} {unit}; read as unknown"
            quality.add(f"{part.shown}, rows {done + 1} to {done + batch.num_rows}", what, column.set_aside)
    return batch
