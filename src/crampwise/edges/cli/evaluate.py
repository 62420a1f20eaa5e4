"""`crampwise evaluate`: assessments held against a folder of cases."""

from datetime import date
from pathlib import Path
from typing import Any

import click

from crampwise.assess.engine import engine_of
from crampwise.assess.evaluation import Case, Evaluation, evaluate_cases, read_case
from crampwise.assess.known import know
from crampwise.assess.scores import Changed, calibration, changed
from crampwise.book.book import Book
from crampwise.edges.cli.evaluate_interview import interview_cases, questions_data, show_interview
from crampwise.edges.cli.evaluate_scores import against_data, plot, scores_data, show_against, show_scores
from crampwise.edges.cli.files import book_option, json_option, print_json, read_document, the_book
from crampwise.edges.cli.out import Out
from crampwise.edges.cli.revisions import other_book
from crampwise.logic.errors import InputError, MissingFileError, Problem

_SUFFIXES = (".yaml", ".yml", ".json")


@click.command(short_help="Hold assessments against a folder of cases.")
@click.argument("folder", type=click.Path(path_type=Path))
@json_option
@click.option("--interview", is_flag=True, help="A simulated patient answers only what is asked.")
@click.option("--plain", is_flag=True, help="Plain lines for a screen reader: no colour, no columns.")
@click.option("--plot", "plot_file", type=click.Path(path_type=Path), help="Draw the calibration plot as a PNG file.")
@click.option("--against", help="Compare with another book: a folder, or a git revision of this one.")
@book_option
def evaluate(
    folder: Path,
    as_json: bool,
    interview: bool,
    plain: bool,
    plot_file: Path | None,
    against: str | None,
    book_folder: Path | None,
) -> None:
    """Assess every case in FOLDER and count what is right.

    A case is an answers file (.yaml, .yml or .json) with a key `expect`, such
    as {urgency: soon, conditions: [tetany], tests: [test_calcium]}. Prints how
    often urgency and cause are right, every miss by name, how good the
    probabilities are, and what was taken for what.
    """
    opened = the_book(book_folder)
    cases = read_cases(opened, folder)
    talked = interview_cases(opened, cases, date.today()) if interview else None
    result = talked.told if talked else evaluate_cases(opened, cases, date.today())
    changes = _changes(result, folder, against, book_folder) if against else ()
    if plot_file:
        plot(calibration(result.results), plot_file)
    if as_json:
        compared = {"against": against_data(changes)} if against else {}
        asked = {"questions": questions_data(talked)} if talked else {}
        print_json({**as_data(result), **scores_data(result), **compared, **asked})
        return
    out = Out(plain)
    _show(out, result)
    show_scores(out, result)
    if talked:
        show_interview(out, talked)
    if against:
        show_against(out, against, changes)


def _changes(result: Evaluation, folder: Path, against: str, book_folder: Path | None) -> tuple[Changed, ...]:
    other = other_book(against, book_folder)
    return changed(evaluate_cases(other, read_cases(other, folder), date.today()).results, result.results)


def read_cases(book: Book, folder: Path) -> list[Case]:
    """Read every case in a folder.

    Raises:
        MissingFileError: the folder is not there or holds no case. InputError: with every problem of every file.
    """
    if not folder.is_dir():
        raise MissingFileError(
            [Problem(str(folder), "there is no such folder.", "Name the folder that holds the cases.")]
        )
    paths = sorted(p for p in folder.iterdir() if p.suffix.lower() in _SUFFIXES and p.is_file())
    if not paths:
        remedy = f"Cases are files that end in {', '.join(_SUFFIXES)}."
        raise MissingFileError([Problem(str(folder), "there is no case in this folder.", remedy)])
    cases: list[Case] = []
    problems: list[Problem] = []
    seen: dict[str, Path] = {}
    for path in paths:
        try:
            case = read_case(book, read_document(str(path)), path.stem)
            know(engine_of(book), case.intake)
        except InputError as error:
            problems += [_in_file(path, p) for p in error.problems]
            continue
        if case.id in seen:
            problems.append(Problem(str(path), f"the id {case.id!r} is also used in {seen[case.id]}.", "Rename one."))
        seen[case.id] = path
        cases.append(case)
    if problems:
        raise InputError(problems)
    return cases


def _in_file(path: Path, problem: Problem) -> Problem:
    """Name the file where a problem does not do so itself."""
    named = problem.where.startswith(str(path))
    return problem if named else Problem(f"{path}: {problem.where}", problem.what, problem.remedy)


def as_data(result: Evaluation) -> dict[str, Any]:
    """Give an evaluation as plain data; fractions lie between 0 and 1, and are 0 where there is nothing to count."""
    urgency = {"exact": result.exact, "too_low": result.too_low, "too_high": result.too_high}
    fractions = {f"{name}_fraction": _fraction(n, result.cases) for name, n in urgency.items()}
    missed = _fraction(result.emergencies_missed, result.emergencies)
    top = {f"top{n}": count for n, count in result.top.items()}
    return {
        "cases": result.cases,
        "urgency": {
            **urgency,
            "emergencies": result.emergencies,
            "emergencies_missed": result.emergencies_missed,
            **fractions,
            "emergencies_missed_fraction": missed,
        },
        "causes": {
            **top,
            **{f"{name}_fraction": _fraction(n, result.with_conditions) for name, n in top.items()},
        },
        "tests": {
            "expected": result.tests_expected,
            "proposed": result.tests_proposed,
            "proposed_fraction": _fraction(result.tests_proposed, result.tests_expected),
        },
        "misses": [{"id": m.id, "what": m.what, "expected": m.expected, "got": m.got} for m in result.misses],
    }


def _fraction(part: int, whole: int) -> float:
    return round(part / whole, 4) if whole else 0.0


def _show(out: Out, result: Evaluation) -> None:
    data = as_data(result)
    urgency, causes, tests = data["urgency"], data["causes"], data["tests"]
    rows = [
        ("urgency exact", result.exact, result.cases, urgency["exact_fraction"]),
        ("urgency too low", result.too_low, result.cases, urgency["too_low_fraction"]),
        ("urgency too high", result.too_high, result.cases, urgency["too_high_fraction"]),
        ("emergencies missed", result.emergencies_missed, result.emergencies, urgency["emergencies_missed_fraction"]),
        *(
            (
                f"accepted cause in first {n}" if n > 1 else "accepted cause first",
                count,
                result.with_conditions,
                causes[f"top{n}_fraction"],
            )
            for n, count in result.top.items()
        ),
        ("expected tests proposed", result.tests_proposed, result.tests_expected, tests["proposed_fraction"]),
    ]
    out.text(f"{result.cases} case{'s' if result.cases != 1 else ''}, {result.emergencies} of them emergencies")
    for label, part, whole, fraction in rows:
        share = f"{fraction:.1%}" if whole else "none to count"
        out.columns((label, f"{part} of {whole}", share), (26, 12))
    if not result.misses:
        out.text("No misses.")
        return
    out.heading(f"{len(result.misses)} miss{'es' if len(result.misses) != 1 else ''}")
    widths = (max(len(m.id) for m in result.misses), max(len(m.what) for m in result.misses))
    for miss in result.misses:
        out.columns((miss.id, miss.what, f"expected {miss.expected}; got {miss.got}"), widths)
