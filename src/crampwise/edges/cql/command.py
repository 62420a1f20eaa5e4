"""`crampwise cql`: the rules of the book for other people's engines."""

import json
from contextlib import suppress
from pathlib import Path

import click

from crampwise.assess.engine import engine_of, prepare
from crampwise.book.compile import open_book
from crampwise.edges.cql.library import NAME, library
from crampwise.edges.cql.resources import resources
from crampwise.logic.errors import MissingFileError, Problem


@click.group(short_help="Export the rules as CQL.")
def cql() -> None:
    """The red flags and the urgency in Clinical Quality Language, over FHIR R4."""


@cql.command(short_help="Write the CQL library, a Library and a PlanDefinition.")
@click.option(
    "--out", "folder", type=click.Path(path_type=Path), required=True, help="Folder to write to; made if missing."
)
@click.option("--book", "book_folder", type=click.Path(path_type=Path), help="Use the book in this folder.")
def export(folder: Path, book_folder: Path | None) -> None:
    """Write the red flags and the urgency as CQL 1.5 over FHIR R4.

    The folder gets Crampwise.cql, a FHIR Library that holds the same text,
    and a PlanDefinition with what to do at each urgency. Files of these
    names are replaced.
    """
    engine = engine_of(open_book(book_folder, prepare))
    text = library(engine)
    files = {f"{NAME}.cql": text}
    for resource in resources(engine, text):
        files[f"{resource['resourceType']}-{NAME}.json"] = json.dumps(resource, ensure_ascii=False, indent=2) + "\n"
    _write(folder, files)
    for name in files:
        click.echo(f"Wrote {folder / name}")


def _write(folder: Path, files: dict[str, str]) -> None:
    """Write every file under another name first, so that a full disk leaves the old ones whole."""
    parts = {folder / name: folder / f"{name}.part" for name in files}
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for part, text in zip(parts.values(), files.values(), strict=True):
            part.write_text(text, encoding="utf-8")
        for path, part in parts.items():
            part.replace(path)
    except OSError as error:
        for part in parts.values():
            with suppress(OSError):
                part.unlink()
        reason = error.strerror or "it cannot be written"
        problem = Problem(str(error.filename or folder), f"cannot be written: {reason}.", "Choose another folder.")
        raise MissingFileError([problem]) from None
