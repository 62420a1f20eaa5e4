"""`crampwise assess`: the answers in a file, assessed."""

import os
from datetime import date
from functools import partial
from pathlib import Path

import click

from crampwise.assess.assess import assess as assess_person
from crampwise.assess.engine import engine_of
from crampwise.assess.evaluation import CASE_KEYS
from crampwise.assess.intake import read_intake
from crampwise.assess.known import further_problems
from crampwise.assess.page import page
from crampwise.assess.plain import to_plain
from crampwise.edges.cli.files import book_option, json_option, print_json, read_document, the_book, write_whole
from crampwise.edges.cli.render import show


def _two_letters(_context: click.Context, _option: click.Parameter, value: str | None) -> str | None:
    if value is not None and not (len(value) == 2 and value.isalpha()):
        raise click.BadParameter("write a two-letter country code, such as GB.")
    return value


country_option = click.option(
    "--country", callback=_two_letters, help="Two-letter code of where you are, for the emergency number."
)
plain_option = click.option("--plain", is_flag=True, help="Plain lines, without colour or boxes.")


@click.command(short_help="Assess the answers in a file.")
@click.argument("answers", type=click.Path(allow_dash=True))
@json_option
@plain_option
@click.option("--html", type=click.Path(path_type=Path), help="Write a page to this file instead.")
@country_option
@book_option
def assess(
    answers: str, as_json: bool, plain: bool, html: Path | None, country: str | None, book_folder: Path | None
) -> None:
    """Assess the ANSWERS file (YAML or JSON; "-" reads standard input)."""
    if as_json and html is not None:
        raise click.UsageError("--json and --html cannot be used together.")
    book = the_book(book_folder)
    today = date.today()
    intake = read_intake(book, read_document(answers), CASE_KEYS, partial(further_problems, engine_of(book), today))
    result = assess_person(book, intake, today)
    if as_json:
        print_json(to_plain(result))
        return
    laid_out = page(book, result, country or country_of_locale())
    if html is not None:
        from crampwise.edges.cli.html import html_text

        write_whole(html, html_text(book, laid_out))
        click.echo(f"Wrote {html}.")
    else:
        show(book, laid_out, plain=plain)


def country_of_locale() -> str | None:
    """Give the country of the user's locale, or None where the locale names none."""
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        language, _, country = os.environ.get(name, "").partition(".")[0].partition("_")
        if language and len(country) == 2:
            return country.upper()
    return None
