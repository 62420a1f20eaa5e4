"""A whole screen: from a source to a folder with one row for each person, a report, a summary and measure reports."""

import json
import shutil
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from crampwise.assess.engine import engine_of
from crampwise.book.book import Book
from crampwise.book.rules import did_you_mean
from crampwise.edges.population.job import Job, write_text
from crampwise.edges.population.measure_report import measure_reports
from crampwise.edges.population.options import Options, Progress
from crampwise.edges.population.page import html_page
from crampwise.edges.population.parts import Slice, work_part
from crampwise.edges.population.quality import together
from crampwise.edges.population.records import work_records
from crampwise.edges.population.sources import Source, find_source, findings_slices
from crampwise.logic.errors import InputError, Problem
from crampwise.population.screen import Screen
from crampwise.population.summary import summary
from crampwise.population.tally import Tally, empty


def make_screen(book: Book, measures: Iterable[str]) -> Screen:
    """Make a book ready to screen with some of its measures, or all.

    Raises:
        InputError: there is no such measure.
    """
    wanted = list(dict.fromkeys(measures)) or list(book.measures)
    problems = [
        Problem("--measure", f"there is no measure called {m!r}.", did_you_mean(m, book.measures))
        for m in wanted
        if m not in book.measures
    ]
    if problems:
        raise InputError(problems)
    return Screen(engine_of(book), tuple(book.measures[m] for m in wanted))


def run(book: Book, source: Path, out: Path, options: Options, progress: Progress) -> dict[str, Any]:
    """Screen everybody in `source` and give the summary; `out` appears when everything in it is whole.

    Raises:
        InputError: the source cannot be used, `out` is in the way, or strict and something could not be read.
        MissingFileError: there is no source, or `out` cannot be written.
    """
    screen = make_screen(book, options.measures)
    found = find_source(source)
    job = Job(out)
    job.begin(_fingerprint(screen, found, options), options.resume)
    try:
        if found.kind == "findings":
            done = _work(job, screen, findings_slices(screen, found), options, progress)
        else:
            done = work_records(job, screen, found, options, progress)
    except InputError:
        shutil.rmtree(job.work, ignore_errors=True)
        raise
    counted = sum((Tally.of_data(d["tally"]) for d in done if "tally" in d), start=empty(screen))
    data = summary(screen, counted, together(done), options.as_of, options.least)
    _report(job, data)
    job.finish()
    return data


def _work(
    job: Job, screen: Screen, parts: list[Slice], options: Options, progress: Progress
) -> list[Mapping[str, Any]]:
    total, behind = sum(p.rows for p in parts), 0
    done: list[Mapping[str, Any]] = []
    for i, part in enumerate(parts):
        name = f"part-{i:05d}"

        def work(part: Slice = part, name: str = name) -> dict[str, Any]:
            return work_part(job, screen, part, name, causes=options.causes, strict=options.strict)

        done.append(job.once(name, work))
        behind += part.rows
        progress("people", behind, total)
    return done


def _fingerprint(screen: Screen, source: Source, options: Options) -> dict[str, Any]:
    """Everything that the outcome depends on."""
    return {
        "book": screen.engine.book.digest,
        "source": source.fingerprint(),
        "as-of": options.as_of.isoformat(),
        "engine": options.engine,
        "threads": options.threads if options.engine == "spark" else 1,
        "measures": [m.id for m in screen.measures],
        "causes": options.causes,
        "strict": options.strict,
        "least": options.least,
    }


def _report(job: Job, data: Mapping[str, Any]) -> None:
    write_text(job.work / "summary.json", json.dumps(data, ensure_ascii=False, indent=1))
    write_text(job.work / "measure-reports.json", json.dumps(measure_reports(data), ensure_ascii=False, indent=1))
    write_text(job.work / "report.html", html_page(data))
    folder = job.work / "problems"
    with (job.work / "problems.ndjson").open("wb") as file:
        for path in sorted(folder.glob("*.ndjson")):
            file.write(path.read_bytes())
    shutil.rmtree(folder, ignore_errors=True)
