"""`crampwise fhir questionnaire`: the interview as a form for other people's software."""

import json
from pathlib import Path
from typing import Literal

import click

from crampwise.assess.engine import engine_of
from crampwise.edges.cli.files import book_option, print_json, the_book, write_whole

out_option = click.option("--out", type=click.Path(path_type=Path), help="Write to this file instead.")


def write_json(resource: object, out: Path | None) -> None:
    """Print a resource, or write it to a file."""
    if out is None:
        print_json(resource)
        return
    write_whole(out, json.dumps(resource, ensure_ascii=False, indent=2) + "\n")
    click.echo(f"Wrote {out}.", err=True)


@click.command(short_help="The interview as a form.")
@click.option(
    "--scope",
    default="check",
    show_default=True,
    help="check, emergency, examination, results, or the id of a condition or red flag.",
)
@click.option("--words", type=click.Choice(["lay", "clinical"]), default="lay", show_default=True, help="For whom.")
@out_option
@book_option
def questionnaire(scope: str, words: Literal["lay", "clinical"], out: Path | None, book_folder: Path | None) -> None:
    """Print the interview as a FHIR Questionnaire (R4, SDC).

    What the form cannot carry is said on standard error, and in it under
    purpose.
    """
    from crampwise.fhir.questionnaire import questionnaire as form

    resource = form(engine_of(the_book(book_folder)), scope, words)
    write_json(resource, out)
    if resource["purpose"]:
        click.echo(f"What this form cannot carry: {resource['purpose']}", err=True)
