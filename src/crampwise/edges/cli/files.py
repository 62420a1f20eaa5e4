"""Reading what a user names on the command line: answers files and books."""

import json
import sys
from decimal import Decimal
from pathlib import Path
from typing import Any, NoReturn

import click

from crampwise.assess.engine import prepare
from crampwise.book.book import Book
from crampwise.book.compile import open_book
from crampwise.book.tree import Located, read_yaml
from crampwise.logic.errors import InputError, MissingFileError, Problem

MOST_BYTES = 1_000_000
"""An answers file is a few kilobytes; more than this is a mistake."""

MOST_JSON_BYTES = 5_000_000
"""A filled-in form or a bundle with an assessment has well under a megabyte."""

book_option = click.option(
    "--book",
    "book_folder",
    type=click.Path(path_type=Path),
    help="Use the book in this folder instead of the shipped one.",
)
json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON.")


def the_book(folder: Path | None) -> Book:
    """Open the shipped book, or the one in a folder."""
    return open_book(folder, prepare)


def read_document(path: str) -> Located:
    """Read a YAML or JSON document from a file, or from standard input for "-".

    Raises:
        MissingFileError: it cannot be read. InputError: it is too large, not text, or not YAML or JSON.
    """
    name = "standard input" if path == "-" else path
    data = _bytes(path, name)
    if len(data) > MOST_BYTES:
        size = "too large" if path == "-" else f"{Path(path).stat().st_size / 1e6:.0f} MB"
        raise InputError([Problem(name, f"is {size}; an answers file has at most {MOST_BYTES // 1_000_000} MB.")])
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise InputError([Problem(f"{name}:{line}", "this is not UTF-8 text.", "Save the file as UTF-8.")]) from None
    problems: list[Problem] = []
    tree = read_yaml(_no_tabs(text), name, problems)
    if problems or tree is None:
        raise InputError(problems)
    return tree


def read_json(path: str) -> Any:
    """Read a JSON document from a file, or from standard input for "-"; numbers keep their digits.

    Raises:
        MissingFileError: it cannot be read. InputError: it is too large, not text, or not JSON.
    """
    name = "standard input" if path == "-" else path
    data = _bytes(path, name, MOST_JSON_BYTES)
    if len(data) > MOST_JSON_BYTES:
        raise InputError([Problem(name, f"is larger than {MOST_JSON_BYTES // 1_000_000} MB.")])
    try:
        return json.loads(data.decode("utf-8-sig"), parse_float=Decimal, parse_constant=_no_number)
    except UnicodeDecodeError:
        raise InputError([Problem(name, "this is not UTF-8 text.", "Save the file as UTF-8.")]) from None
    except json.JSONDecodeError as error:
        place = f"{name}:{error.lineno}:{error.colno}"
        raise InputError([Problem(place, f"this is not JSON: {error.msg.lower()}.")]) from None
    except (RecursionError, ValueError) as error:
        what = "is nested too deeply." if isinstance(error, RecursionError) else f"{error}."
        raise InputError([Problem(name, what)]) from None


def _no_number(text: str) -> NoReturn:
    raise ValueError(f"{text} is not a number in JSON")


def _bytes(path: str, name: str, most: int = MOST_BYTES) -> bytes:
    if path == "-":
        return sys.stdin.buffer.read(most + 1)
    try:
        with Path(path).open("rb") as file:
            return file.read(most + 1)
    except OSError as error:
        reason = error.strerror or "it cannot be read"
        raise MissingFileError([Problem(name, f"cannot be read: {reason}.", "Check the name.")]) from None


def _no_tabs(text: str) -> str:
    """JSON may be indented with tabs, which YAML forbids; a tab inside a JSON string is always escaped."""
    return text.replace("\t", " ") if text.lstrip().startswith(("{", "[")) else text


def print_json(data: Any) -> None:
    """Print a value as JSON."""
    click.echo(json.dumps(data, ensure_ascii=False, indent=2))


def write_whole(path: Path, text: str, private: bool = False) -> None:
    """Write a file completely or not at all; a private one only its owner can read.

    Raises:
        MissingFileError: it cannot be written there.
    """
    part = path.with_name(path.name + ".part")
    try:
        if private:
            part.unlink(missing_ok=True)
            part.touch(mode=0o600)
        part.write_text(text, encoding="utf-8")
        part.replace(path)
    except OSError as error:
        part.unlink(missing_ok=True)
        reason = error.strerror or "it cannot be written"
        raise MissingFileError([Problem(str(path), f"cannot be written: {reason}.", "Choose another place.")]) from None
