"""What every command on a diary shares: where the store is, whose diary it is, and the passphrase."""

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from crampwise.book.book import Book
from crampwise.edges.cli.files import book_option, the_book
from crampwise.logic.errors import InputError, MissingFileError, Problem

if TYPE_CHECKING:
    from crampwise.edges.store.store import Person, Store
    from crampwise.followup.records import Diary

PASSPHRASE = "CRAMPWISE_PASSPHRASE"  # noqa: S105 - the name of a variable
_FIRST = "me"


@dataclass(frozen=True)
class Place:
    """Where a command looks."""

    store: str | None
    person: str | None
    book_folder: Path | None


@dataclass(frozen=True)
class Opened:
    """An open store with one person's diary."""

    book: Book
    store: "Store"
    person: "Person"

    @property
    def hour(self) -> int:
        """When a night ends."""
        return self.book.followup.night_ends_hour

    def diary(self) -> "Diary":
        """Read the diary."""
        return self.store.diary(self.person)

    def save(self, kind: str, record: Any) -> bool:
        """Write one record; on the disk when this returns. Gives whether a day is no longer called free."""
        return self.store.save(self.person, kind, record, self.hour).no_longer_free is not None


def place_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options that say where to look; the command gets a `place`."""

    @wraps(command)
    def called(store: str | None, person: str | None, book_folder: Path | None, **rest: Any) -> Any:
        return command(place=Place(store, person, book_folder), **rest)

    whose = click.option("--person", help="Whose diary; needed when there are several people.")
    where = click.option("--store", envvar="CRAMPWISE_STORE", help="A file, or a URL postgresql://user@host/name.")
    return where(whose(book_option(called)))


@contextmanager
def opened(place: Place) -> Iterator[Opened]:
    """Open the store and find the person; the first one is made where there is nobody yet."""
    book = the_book(place.book_folder)
    store = open_it(place)
    try:
        yield Opened(book, store, _person(store, place.person))
    finally:
        store.close()


def open_it(place: Place) -> "Store":
    """Open the store, asking for the passphrase if it is locked.

    Raises:
        MissingFileError: the libraries of the store are not installed, or it cannot be reached.
    """
    where = where_of(place)
    store = imported()
    passphrase = os.environ.get(PASSPHRASE) or None
    if passphrase is None and sys.stdin.isatty() and store.is_locked(where):
        passphrase = click.prompt("Passphrase", hide_input=True, err=True)
    opened_store: Store = store.open_store(where, passphrase)
    return opened_store


def imported() -> Any:
    """Give the module of the store.

    Raises:
        MissingFileError: its libraries are not installed.
    """
    try:
        from crampwise.edges.store import store
    except ModuleNotFoundError as error:
        remedy = "Install it with: pip install 'crampwise[store]'."
        raise MissingFileError([Problem("diary", f"{error.name} is not installed.", remedy)]) from None
    return store


def where_of(place: Place) -> str:
    """Give where the store is."""
    if place.store:
        return place.store
    imported()
    from crampwise.edges.store.database import default_path

    return str(default_path())


def _person(store: "Store", name: str | None) -> "Person":
    if name is not None:
        return store.person(name)
    everyone = store.people()
    if len(everyone) > 1:
        names = ", ".join(p.name for p in everyone)
        raise InputError([Problem("diary", "there are several people here.", f"Add --person with one of: {names}.")])
    return everyone[0] if everyone else store.add_person(_FIRST)


def a_day(value: str | date) -> date:
    """Read a day such as 2026-11-21, `today` or `yesterday`; none that lies ahead."""
    today = date.today()
    if isinstance(value, date):
        return value
    if value in ("today", "yesterday"):
        return today if value == "today" else date.fromordinal(today.toordinal() - 1)
    try:
        found = date.fromisoformat(value)
    except ValueError:
        raise click.BadParameter(f"{value!r} is not a day. Write it as 2026-11-21.") from None
    if found > today:
        raise click.BadParameter(f"{found} lies ahead.")
    return found


def now() -> datetime:
    """Give the local time with its offset, to the minute."""
    return datetime.now().astimezone().replace(second=0, microsecond=0)
