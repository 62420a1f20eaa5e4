"""`crampwise prove`: the safety properties of a book, proved for every person, with certificates."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from crampwise.book.book import Book
from crampwise.edges.cli.files import book_option, json_option, print_json, the_book, write_whole
from crampwise.edges.cli.out import Out
from crampwise.logic.errors import Exit, MissingFileError, Problem

if TYPE_CHECKING:
    from crampwise.safety.properties import Property
    from crampwise.safety.prove import Outcome

_SHOWN = 3


@click.command(short_help="Prove the safety properties of the book.")
@click.option(
    "--property", "wanted", multiple=True, metavar="ID", help="Only this property, such as S6; may be repeated."
)
@json_option
@click.option(
    "--certificates", type=click.Path(path_type=Path, file_okay=False), help="Write certificates into this folder."
)
@click.option(
    "--timeout",
    type=click.FloatRange(min=0.001),
    default=60.0,
    show_default=True,
    help="Seconds for each property; looked at between groups of cases.",
)
@click.option("--plain", is_flag=True, help="Plain lines for a screen reader: no colour, no columns.")
@book_option
@click.pass_context
def prove(
    context: click.Context,
    wanted: tuple[str, ...],
    as_json: bool,
    certificates: Path | None,
    timeout: float,
    plain: bool,
    book_folder: Path | None,
) -> None:
    """Prove the safety properties of the book for every person that can be.

    Each property gets one sentence and a certificate: SMT-LIB files that any
    solver can check, people who were found, or cases gone through. What fails
    is shown as a person, in an answers file that `crampwise assess` opens.
    Nothing is written unless --certificates names a folder.
    """
    properties = _chosen(wanted)
    book = the_book(book_folder)
    if certificates is not None:
        _make(certificates)
    from crampwise.safety.prove import prove as prove_all

    found: list[Outcome] = []
    written: list[dict[str, str]] = []
    out = Out(plain)
    results = prove_all(book, properties, timeout)
    for n, one in enumerate(properties, 1):
        click.echo(f"{n} of {len(properties)}: {one.id} ...", err=True)
        outcome = next(results)
        found.append(outcome)
        written.append(_write(certificates, outcome) if certificates is not None else {})
        if not as_json:
            _show(out, outcome, written[-1])
    if as_json:
        print_json(as_data(book, found, written))
    else:
        _sum_up(out, found)
    context.exit(_code(found))


def _chosen(wanted: tuple[str, ...]) -> tuple[Property, ...]:
    try:
        from crampwise.safety.properties import PROPERTIES
    except ModuleNotFoundError as error:
        if error.name != "z3":
            raise
        remedy = "Install it with: pip install 'crampwise[proofs]'."
        raise MissingFileError([Problem("prove", "the solver z3 is not installed.", remedy)]) from None
    known = {p.id: p for p in PROPERTIES}
    strange = [w for w in wanted if w.upper() not in known]
    if strange:
        raise click.UsageError(f"there is no property {', '.join(strange)}; there are {', '.join(known)}.")
    return tuple(known[w.upper()] for w in dict.fromkeys(wanted)) if wanted else PROPERTIES


def _make(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        reason = error.strerror or "it cannot be made"
        raise MissingFileError([Problem(str(folder), f"cannot be made: {reason}.", "Choose another place.")]) from None


def _write(folder: Path, outcome: Outcome) -> dict[str, str]:
    """Write certificates and counterexamples; gives the path of each by name."""
    files = dict(outcome.files)
    for n, example in enumerate(outcome.examples, 1):
        if example.text:
            files[f"{outcome.property.id}-counterexample-{n}.yaml"] = example.text
        if example.before:
            files[f"{outcome.property.id}-counterexample-{n}-before.yaml"] = example.before
    for name, text in files.items():
        write_whole(folder / name, text)
    return {name: str(folder / name) for name in files}


def as_data(book: Book, found: list[Outcome], written: list[dict[str, str]]) -> dict[str, Any]:
    """Give the outcomes as plain data."""
    return {
        "book": book.digest,
        "seconds": round(sum(o.seconds for o in found), 3),
        "properties": [
            {
                "id": o.property.id,
                "says": o.property.says,
                "status": o.status,
                "obligations": o.obligations,
                "seconds": round(o.seconds, 3),
                "certificate": _certificate(o, paths),
            }
            for o, paths in zip(found, written, strict=True)
        ],
    }


def _certificate(outcome: Outcome, paths: dict[str, str]) -> dict[str, Any]:
    from crampwise.safety.prove import digest

    return {
        "shown": list(outcome.how),
        "files": [{"name": n, "sha256": digest(text), "path": paths.get(n)} for n, text in outcome.files],
        "counterexamples": [
            {"obligation": e.obligation, "says": e.says, "answers": e.text, "before": e.before, "shows": e.shows}
            for e in outcome.examples
        ],
    }


def _show(out: Out, outcome: Outcome, paths: dict[str, str]) -> None:
    one = outcome.property
    out.columns((one.id, outcome.status, one.says), (3, 7))
    out.text(f"{outcome.obligations} obligations, {outcome.seconds:.1f} s. {'; '.join(outcome.how)}.", 14, "dim")
    if paths:
        out.text(f"Certificate: {', '.join(paths.values())}", 14, "dim")
    for example in outcome.examples[:_SHOWN]:
        out.item(f"{example.obligation}: {example.says}", 14, style="bold")
        if example.shows:
            out.text(example.shows, 16)
        for title, text in (("Compared with", example.before), ("Answers", example.text)):
            if text and not paths:
                out.text(f"{title} (a file for `crampwise assess`; --certificates writes it):", 16)
                for line in text.splitlines()[1:]:
                    out.text(line, 16)
    more = len(outcome.examples) - _SHOWN
    if more > 0:
        out.text(f"... and {more} more.", 14)


def _sum_up(out: Out, found: list[Outcome]) -> None:
    count = {s: sum(o.status == s for o in found) for s in ("proved", "failed", "timeout")}
    parts = [f"{n} {word}" for word, n in count.items() if n]
    out.gap()
    out.text(f"{', '.join(parts)} of {len(found)}, in {sum(o.seconds for o in found):.0f} seconds.")


def _code(found: list[Outcome]) -> Exit:
    if any(o.status == "failed" for o in found):
        return Exit.FOUND_WANTING
    return Exit.TIMED_OUT if any(o.status == "timeout" for o in found) else Exit.OK
