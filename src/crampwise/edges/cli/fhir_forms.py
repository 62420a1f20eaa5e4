"""`crampwise fhir questionnaire` and `crampwise fhir answers`: the interview as a form, and a filled-in form read."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import click

from crampwise.assess.engine import Engine, engine_of
from crampwise.edges.cli.files import book_option, print_json, read_json, the_book, write_whole
from crampwise.interview.state import unexplained

if TYPE_CHECKING:
    from crampwise.fhir.response import Reading

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


@click.command(short_help="Read a filled-in form.")
@click.argument("response", type=click.Path(allow_dash=True))
@book_option
def answers(response: str, book_folder: Path | None) -> None:
    """Read the filled-in form RESPONSE (a QuestionnaireResponse) as an answers file.

    The answers file is printed; `crampwise assess -` reads it. What is not
    as it should be in the response, but could be read, is said on standard
    error.
    """
    import yaml

    from crampwise.fhir.response import read_response
    from crampwise.interview.document import answers_document

    engine = engine_of(the_book(book_folder))
    reading = read_response(engine, read_json(response), response)
    tell(engine, reading, response)
    click.echo(yaml.safe_dump(answers_document(engine, reading.state), sort_keys=False, allow_unicode=True), nl=False)


def tell(engine: Engine, reading: "Reading", where: str) -> None:
    """Say on standard error what is not as it should be in a response, and danger signs that are not explained."""
    for remark in reading.remarks:
        click.echo(str(remark), err=True)
    for item, _ in unexplained(engine, reading.state):
        click.echo(f"{where}: {item.id}: {item.ask} {engine.book.words.phrases['unexplained']}", err=True)
