"""`crampwise screen`: everybody in a set of records, by the same rules as one person."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import click

from crampwise.edges.cli.files import book_option, json_option, print_json, the_book
from crampwise.edges.cli.out import Out
from crampwise.logic.errors import MissingFileError, Problem

if TYPE_CHECKING:
    from crampwise.edges.population.options import Progress

_EVERY = 5.0


@click.command(short_help="Screen a whole population.")
@click.argument("source", type=click.Path(path_type=Path))
@click.option(
    "--out", required=True, type=click.Path(path_type=Path), help="New folder for everything that comes of it."
)
@click.option(
    "--engine", type=click.Choice(["duckdb", "spark"]), default="duckdb", show_default=True, help="What reads records."
)
@click.option("--measure", "measures", multiple=True, metavar="ID", help="Only this measure; may be repeated.")
@click.option(
    "--as-of", type=click.DateTime(["%Y-%m-%d"]), help="The day for which records are read; today unless given."
)
@click.option("--no-causes", is_flag=True, help="Leave out the causes; urgency then rests on danger signs and results.")
@click.option("--strict", is_flag=True, help="End at the first entries that cannot be read, and write nothing.")
@click.option("--resume", is_flag=True, help="Go on with a screen that was not finished.")
@click.option(
    "--threads", type=click.IntRange(1), default=1, show_default=True, help="Cores that the engine may use here."
)
@click.option(
    "--suppress-below",
    "least",
    type=click.IntRange(1),
    default=5,
    show_default=True,
    help="Smaller numbers of people are not shown in reports.",
)
@json_option
@book_option
def screen(
    source: Path,
    out: Path,
    engine: Literal["duckdb", "spark"],
    measures: tuple[str, ...],
    as_of: datetime | None,
    no_causes: bool,
    strict: bool,
    resume: bool,
    threads: int,
    least: int,
    as_json: bool,
    book_folder: Path | None,
) -> None:
    """Screen everybody whose records are in SOURCE.

    SOURCE is a folder with FHIR R4 bulk files (NDJSON, also .gz or .zst, or
    Parquet), with OMOP CDM 5.4 tables, or a table of findings in Parquet.

    The folder named by --out gets one row for each person (people/), a report
    to read (report.html), the same numbers for programs (summary.json), FHIR
    MeasureReports, and the place of everything that could not be read
    (problems.ndjson). What a record does not hold is unknown, never no.
    """
    try:
        for name in ("duckdb", "pyarrow"):
            import_module(name)
    except ModuleNotFoundError as error:
        remedy = "Install it with: pip install 'crampwise[population]'."
        raise MissingFileError([Problem("screen", f"{error.name} is not installed.", remedy)]) from None
    from crampwise.edges.population.options import Options
    from crampwise.edges.population.run import run

    day = as_of.date() if as_of else date.today()
    options = Options(day, engine, measures, not no_causes, strict, resume, least, threads)
    with _progress() as progress:
        found = run(the_book(book_folder), source, out, options, progress)
    if as_json:
        print_json(found)
        return
    _show(found, out)


@contextmanager
def _progress() -> Iterator[Progress]:
    """Tell on standard error how far the work is, at most every few seconds, and when it may end."""
    begun = time.monotonic()
    told = begun

    def tell(what: str, done: int, of: int) -> None:
        nonlocal told
        now = time.monotonic()
        if now - told >= _EVERY and done:
            told = now
            left = (now - begun) * (of - done) / done
            click.echo(f"{what}: {done:,} of {of:,}, about {left / 60:.0f} min {left % 60:.0f} s left", err=True)

    yield tell


def _show(found: dict[str, Any], out: Path) -> None:
    from crampwise.edges.population.page import number

    page = Out()
    page.text(f"{number(found['people'])} people screened, as of {found['as_of']}.", style="bold")
    for measure in found["measures"]:
        total = measure["total"]
        counts = f"{number(total['found'])} of {number(total['among'])}; {number(total['unknown'])} unknown"
        page.item(f"{measure['title']}: {counts}")
    for problem in found["quality"]["problems"]:
        page.item(f"{problem['count']:,} times: {problem['what']}")
    page.text(f"* hides small numbers. Read {out / 'report.html'}.")
