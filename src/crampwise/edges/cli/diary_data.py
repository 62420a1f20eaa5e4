"""`crampwise diary`: taking the diary out and in, backups, people, the lock, erasing."""

import json
import os
from pathlib import Path

import click

from crampwise.edges.cli.diary_store import PASSPHRASE, Place, imported, open_it, opened, place_options, where_of
from crampwise.edges.cli.files import print_json, write_whole
from crampwise.followup.plainly import KINDS, diary_to_plain, read_diary
from crampwise.logic.errors import InputError, MissingFileError, Problem

_MOST_BYTES = 200_000_000
_form = click.option(
    "--form", type=click.Choice(["json", "csv", "fhir"]), help="The form; from the name where not given."
)


@click.command("export")
@click.argument("file", type=click.Path(path_type=Path))
@_form
@place_options
def export_command(file: Path, form: str | None, place: Place) -> None:
    """Write the diary to a FILE: .json, .csv, or a FHIR R4 Bundle with `--form fhir`."""
    chosen = form or _form_of(file)
    with opened(place) as here:
        have = here.diary()
        if chosen == "csv":
            from crampwise.edges.store.as_csv import to_csv

            text = to_csv(have)
        elif chosen == "fhir":
            from crampwise.edges.store.as_fhir import to_fhir

            text = json.dumps(to_fhir(have, here.person.id), ensure_ascii=False, indent=1) + "\n"
        else:
            text = json.dumps(diary_to_plain(have), ensure_ascii=False, indent=1) + "\n"
        write_whole(file, text, private=True)
        click.echo(f"{sum(len(getattr(have, k)) for k in KINDS)} entries written to {file}.")


@click.command("import")
@click.argument("file", type=click.Path(path_type=Path))
@_form
@place_options
def import_command(file: Path, form: str | None, place: Place) -> None:
    """Add the entries of a FILE to the diary; those with the same id or day are replaced."""
    chosen = form or _form_of(file)
    text = _text_of(file)
    with opened(place) as here:
        if chosen == "csv":
            from crampwise.edges.store.as_csv import from_csv

            new = from_csv(here.book, text, str(file))
        else:
            try:
                values = json.loads(text)
            except (ValueError, RecursionError) as error:
                raise InputError([Problem(str(file), f"this is not JSON: {error}.")]) from None
            if chosen == "fhir" or (isinstance(values, dict) and values.get("resourceType") == "Bundle"):
                from crampwise.edges.store.as_fhir import from_fhir

                new = from_fhir(here.book, values, str(file))
            else:
                new = read_diary(here.book, values, str(file))
        here.store.merge(here.person, new, here.hour)
        click.echo(f"{sum(len(getattr(new, k)) for k in KINDS)} entries read from {file}.")


@click.command("backup")
@click.argument("file", type=click.Path(path_type=Path))
@place_options
def backup_command(file: Path, place: Place) -> None:
    """Write a backup of everyone's diaries to a new FILE; a locked store stays locked in it."""
    store = open_it(place)
    try:
        from crampwise.edges.store.backup import back_up

        click.echo(f"{back_up(store, file)} rows written to {file}.")
    finally:
        store.close()


@click.command("restore")
@click.argument("file", type=click.Path(path_type=Path))
@place_options
def restore_command(file: Path, place: Place) -> None:
    """Put a backup FILE into an empty or new store; that of a locked store needs its passphrase."""
    where = where_of(place)
    from crampwise.edges.store.backup import restore

    click.echo(f"{restore(file, where, os.environ.get(PASSPHRASE))} rows restored to {where}.")


@click.command("people")
@click.option("--add", "added", help="Add someone with this name.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@place_options
def people_command(added: str | None, as_json: bool, place: Place) -> None:
    """List who keeps a diary here."""
    store = open_it(place)
    try:
        if added is not None:
            store.add_person(added)
        names = [p.name for p in store.people()]
    finally:
        store.close()
    if as_json:
        print_json(names)
    else:
        click.echo("\n".join(names) if names else "Nobody yet.")


@click.command("erase")
@click.option("--everything", is_flag=True, help="Everyone, and the store itself.")
@click.option("--yes", is_flag=True, help="Do not ask again.")
@place_options
def erase_command(everything: bool, yes: bool, place: Place) -> None:
    """Erase one person's diary, or everything, and verify that it is gone.

    Backups and exported files are not reached. This cannot be undone.
    """
    if everything:
        store = open_it(place)
        _sure(yes, "Erase everyone's diaries and the store itself?")
        click.echo(f"{store.erase_everything()} entries erased, and verified to be gone. Backups are not reached.")
        return
    with opened(place) as here:
        _sure(yes, f"Erase the whole diary of {here.person.name}?")
        count = here.store.erase_person(here.person)
        click.echo(f"{count} entries erased, and verified to be gone. Backups are not reached.")


@click.command("lock")
@place_options
def lock_command(place: Place) -> None:
    """Lock the store with a passphrase. Without it nobody can read the diary, nor can you.

    Keep the passphrase in a safe place: it cannot be found again.
    """
    store = open_it(place)
    try:
        store.set_passphrase(click.prompt("New passphrase", hide_input=True, confirmation_prompt=True, err=True))
    finally:
        store.close()
    click.echo("The store is locked.")


@click.command("unlock")
@place_options
def unlock_command(place: Place) -> None:
    """Take the passphrase away; the diary is then stored as plain text."""
    store = open_it(place)
    try:
        if not store.locked:
            raise InputError([Problem("store", "this store is not locked.")])
        store.set_passphrase(None)
    finally:
        store.close()
    click.echo("The store is no longer locked.")


def _sure(yes: bool, question: str) -> None:
    if not yes:
        click.confirm(question, abort=True, err=True)


def _form_of(file: Path) -> str:
    return "csv" if file.suffix.lower() == ".csv" else "json"


def _text_of(file: Path) -> str:
    imported()
    try:
        if file.stat().st_size > _MOST_BYTES:
            raise InputError([Problem(str(file), f"is larger than {_MOST_BYTES // 1_000_000} MB.")])
        return file.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise MissingFileError([Problem(str(file), f"cannot be read: {error.strerror}.", "Check the name.")]) from None
    except UnicodeDecodeError:
        raise InputError([Problem(str(file), "this is not UTF-8 text.", "Save the file as UTF-8.")]) from None
