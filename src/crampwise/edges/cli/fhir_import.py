"""`crampwise fhir import` and `crampwise fhir connect`: a patient record read into answers, to be confirmed."""

import re
from collections.abc import Iterable
from datetime import date
from importlib import import_module
from pathlib import Path
from typing import Any

import click

from crampwise.assess.evaluation import CASE_KEYS
from crampwise.assess.intake import Intake, read_intake
from crampwise.book.book import Book
from crampwise.edges.cli.fhir_show import show_many, show_one
from crampwise.edges.cli.files import book_option, json_option, print_json, read_document, the_book, write_whole
from crampwise.logic.answers import Answers
from crampwise.logic.errors import InputError, MissingFileError, Problem
from crampwise.records.account import Outcome, PersonRead, tally
from crampwise.records.document import answers_file, differences, outcome_json, plain, record_json
from crampwise.records.people import Heap

_SERVER = re.compile(r"https?://", re.IGNORECASE)
_NAME = re.compile(r"[^A-Za-z0-9.-]")

as_of_option = click.option("--as-of", metavar="DATE", help="Read the record as it stood on this day (default: today).")
given_option = click.option(
    "--answers", "given", type=click.Path(), metavar="FILE", help="What the person answered already; it stays."
)
out_option = click.option(
    "--out", type=click.Path(path_type=Path), help="Write the answers to this file; for several persons, a folder."
)


@click.command("import", short_help="Read a patient record into answers.")
@click.argument("source")
@click.option("--patient", metavar="ID", help="Only this patient; a server needs it.")
@as_of_option
@given_option
@out_option
@json_option
@book_option
def import_command(
    source: str,
    patient: str | None,
    as_of: str | None,
    given: str | None,
    out: Path | None,
    as_json: bool,
    book_folder: Path | None,
) -> None:
    """Read a patient record into answers.

    SOURCE is a file (a Bundle, a patient summary, any resource, NDJSON; gzipped or not), a folder of such files, or the
    address of a FHIR server. Nothing is assessed: look through the answers, then hand the file to `crampwise assess`.
    """
    _installed()
    day = _day(as_of)
    book = the_book(book_folder)
    answers = _given(book, given)
    if _SERVER.match(source):
        from crampwise.edges.records.server import Server

        if not patient:
            problem = Problem(source, "a server needs to be told whose record to read.", "Add --patient ID.")
            raise InputError([problem])
        with Server(source) as server:
            heap, unread = server.record(patient), server.problems
    else:
        from crampwise.edges.records.files import load

        loaded = load(Path(source))
        heap, unread = loaded.heap, loaded.unread
    _deliver(book, heap, unread, patient, day, answers, out, as_json, source)


@click.command("connect", short_help="Sign in at a FHIR server (SMART) and read the record.")
@click.argument("server")
@click.option("--client-id", required=True, help="The id under which this program is registered at the server.")
@click.option("--port", type=click.IntRange(0, 65535), default=0, help="Port of the address to come back to.")
@click.option("--open/--no-open", "open_browser", default=True, help="Open the browser, or only print the address.")
@as_of_option
@given_option
@out_option
@json_option
@book_option
def connect_command(
    server: str,
    client_id: str,
    port: int,
    open_browser: bool,
    as_of: str | None,
    given: str | None,
    out: Path | None,
    as_json: bool,
    book_folder: Path | None,
) -> None:
    """Sign in at a FHIR SERVER in your browser, choose a patient there, and read the record into answers.

    The sign-in is a SMART App Launch (standalone, PKCE). This program asks for reading only. The access token stays in
    memory, is sent to this server alone, and is gone when the program ends.
    """
    _installed()
    from crampwise.edges.records.smart import sign_in

    day = _day(as_of)
    book = the_book(book_folder)
    answers = _given(book, given)
    with sign_in(server, client_id, port, _announce(open_browser)) as (connected, patient):
        heap, unread = connected.record(patient), connected.problems
    _deliver(book, heap, unread, patient, day, answers, out, as_json, server)


def _installed() -> None:
    """See to it that what reads records is there.

    Raises:
        MissingFileError: it is not installed.
    """
    try:
        for name in ("httpx2", "orjson"):
            import_module(name)
    except ModuleNotFoundError as error:
        remedy = "Install it with: pip install 'crampwise[records]'."
        raise MissingFileError([Problem("fhir", f"{error.name} is not installed.", remedy)]) from None


def _announce(open_browser: bool) -> Any:
    def announce(address: str) -> None:
        click.echo(f"Sign in here: {address}", err=True)
        if open_browser:
            click.launch(address)

    return announce


def _day(text: str | None) -> date:
    if text is None:
        return date.today()
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise click.BadParameter("write a day such as 2026-11-21.", param_hint="--as-of") from None


def _given(book: Book, path: str | None) -> Answers | None:
    if path is None:
        return None
    intake: Intake = read_intake(book, read_document(path), CASE_KEYS)
    return intake.answers


def _deliver(
    book: Book,
    heap: Heap,
    unread: list[Problem],
    patient: str | None,
    day: date,
    given: Answers | None,
    out: Path | None,
    as_json: bool,
    source: str,
) -> None:
    """Read the persons, write the answers if asked to, and show what was read."""
    from crampwise.edges.records.files import nothing_collected

    if patient is not None and patient not in heap.own:
        remedy = f"There are {len(heap.own)}, such as {', '.join(list(heap.own)[:3])}." if heap.own else ""
        raise InputError([Problem(source, f"there is no patient {patient!r} in it.", remedy)])
    with nothing_collected():
        persons = list(heap.persons(book, day, patient))
    if out is not None:
        _write(persons, given, out)
    for problem in unread:
        click.echo(str(problem), err=True)
    if as_json:
        print_json(_json(book, persons, heap.others, unread, given))
    elif len(persons) == 1:
        show_one(book, persons[0], heap.others, given)
    else:
        show_many(persons, heap.others)
    if out is not None and not as_json:
        click.echo(f"Wrote {out}.")


def _json(
    book: Book, persons: list[PersonRead], others: list[Outcome], unread: list[Problem], given: Answers | None
) -> dict[str, Any]:
    everything = (*(o for p in persons for o in p.outcomes), *others)
    return {
        "book": {"version": book.info.version, "digest": book.digest},
        "persons": [{**record_json(p), "differences": _differences(given, p)} for p in persons],
        "others": [outcome_json(o) for o in others],
        "unread": [str(p) for p in unread],
        "counts": tally(everything),
    }


def _differences(given: Answers | None, person: PersonRead) -> list[dict[str, Any]]:
    return [
        {"finding": d.finding, "said": "not_sure" if d.said is None else plain(d.said), "record": plain(d.read.value)}
        for d in (differences(given, person) if given else ())
    ]


def _write(persons: Iterable[PersonRead], given: Answers | None, out: Path) -> None:
    """Write the answers of one person to a file, or of several to a folder, readable for the owner alone."""
    people = list(persons)
    if len(people) == 1 and not out.is_dir():
        write_whole(out, answers_file(people[0], given), private=True)
        return
    try:
        out.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        reason = error.strerror or "it cannot be made"
        raise MissingFileError([Problem(str(out), f"is no folder: {reason}.", "Name another place.")]) from None
    for person in people:
        write_whole(out / f"{_NAME.sub('_', person.patient)}.yaml", answers_file(person, given), private=True)
