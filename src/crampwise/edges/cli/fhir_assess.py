"""`crampwise fhir assess`: an assessment as a FHIR document."""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from functools import partial
from pathlib import Path
from uuid import uuid4

import click

from crampwise import __version__
from crampwise.assess.engine import Engine, engine_of
from crampwise.assess.evaluation import CASE_KEYS
from crampwise.assess.intake import Intake, read_intake
from crampwise.assess.known import further_problems
from crampwise.book.schema.common import Level
from crampwise.book.schema.findings import ScreenItem
from crampwise.edges.cli.fhir_forms import out_option, tell, write_json
from crampwise.edges.cli.files import book_option, read_document, read_json, the_book
from crampwise.interview.state import unexplained
from crampwise.logic.errors import InputError


@click.command(short_help="An assessment as a FHIR document.")
@click.argument("answers", type=click.Path(allow_dash=True))
@click.option("--response", is_flag=True, help="ANSWERS is a filled-in form (a QuestionnaireResponse).")
@out_option
@book_option
def assess(answers: str, response: bool, out: Path | None, book_folder: Path | None) -> None:
    """Assess ANSWERS and print the result as a FHIR Bundle (R4, a document).

    ANSWERS is an answers file, or with --response a filled-in form; "-"
    reads standard input. The person is not named in the document.
    """
    from crampwise.assess.assess import assess as assess_person
    from crampwise.fhir.outcome import Written, outcome

    engine = engine_of(the_book(book_folder))
    today = date.today()
    intake, unclear = _response(engine, answers, today) if response else (_answers(engine, answers, today), ())
    result = assess_person(engine.book, intake, today)
    write_json(outcome(engine, intake, result, Written(uuid4(), datetime.now(UTC), __version__), unclear), out)


def _answers(engine: Engine, path: str, today: date) -> Intake:
    return read_intake(engine.book, read_document(path), CASE_KEYS, partial(further_problems, engine, today))


def _response(engine: Engine, path: str, today: date) -> tuple[Intake, Sequence[tuple[ScreenItem, Level]]]:
    from crampwise.fhir.response import read_response

    reading = read_response(engine, read_json(path), path)
    tell(engine, reading, path)
    intake = reading.state.intake(engine)
    if problems := further_problems(engine, today, intake):
        raise InputError(problems)
    return intake, unexplained(engine, reading.state)
