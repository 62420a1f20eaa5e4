"""A backup of a whole store in one file, for both databases; a locked store stays locked in it."""

import hashlib
import json
import os
from pathlib import Path
from typing import Any

from sqlalchemy import insert, select

from crampwise.edges.store.cipher import SETTING, unlock
from crampwise.edges.store.database import reading, writing
from crampwise.edges.store.store import Store, open_store
from crampwise.edges.store.tables import HEAD, metadata, new_mark, people
from crampwise.logic.errors import InputError, MissingFileError, Problem

_FORMAT = "crampwise-backup"


def back_up(store: Store, path: Path) -> int:
    """Write everything to a file that only its owner can read; gives the number of rows.

    Raises:
        MissingFileError: it cannot be written. InputError: there is already a file.
    """
    tables: dict[str, list[dict[str, str]]] = {}
    with reading(store.engine) as connection:
        for table in metadata.sorted_tables:
            found = connection.execute(select(table)).mappings().all()
            tables[table.name] = [{k: _written(v) for k, v in row.items()} for row in found]
    body = json.dumps(tables, sort_keys=True)
    digest = hashlib.sha256(body.encode()).hexdigest()
    part = path.with_name(path.name + ".part")
    try:
        if path.exists():
            raise InputError([Problem(str(path), "there is already a file.", "Choose another name.")])
        part.unlink(missing_ok=True)
        with os.fdopen(os.open(part, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w", encoding="utf-8") as file:
            json.dump({"format": _FORMAT, "form": HEAD, "sha256": digest, "tables": body}, file)
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    except OSError as error:
        part.unlink(missing_ok=True)
        raise MissingFileError([Problem(str(path), f"cannot be written: {error.strerror}.")]) from None
    return sum(len(rows) for rows in tables.values())


def restore(path: Path, place: str, passphrase: str | None = None) -> int:
    """Put a backup into an empty or new store; gives the number of rows.

    Raises:
        MissingFileError: the backup cannot be read. InputError: it is damaged or newer, or the store is not empty.
    """
    tables = _read(path)
    lock = next((_bytes(row["value"]) for row in tables["settings"] if row["key"] == SETTING), None)
    if lock is not None:
        if not passphrase:
            raise InputError(
                [Problem(str(path), "this backup is locked.", "Give its passphrase in CRAMPWISE_PASSPHRASE.")]
            )
        unlock(passphrase, lock)
    store = open_store(place)
    try:
        with writing(store.engine) as connection:
            if any(connection.execute(select(table).limit(1)).first() for table in metadata.sorted_tables):
                raise InputError([Problem("store", "the store is not empty.", "Restore into another place.")])
            for table in metadata.sorted_tables:
                rows = [{k: _read_as(table.c[k].type.python_type, v) for k, v in row.items()}
                        for row in tables[table.name]]  # fmt: skip
                if table is people:
                    rows = [row | {"mark": new_mark()} for row in rows]
                if rows:
                    connection.execute(insert(table), rows)
    finally:
        store.close()
    return sum(len(rows) for rows in tables.values())


def _read(path: Path) -> dict[str, list[dict[str, Any]]]:
    try:
        held = json.loads(path.read_text(encoding="utf-8"))
        if held["format"] != _FORMAT:
            raise ValueError
        if held["form"] > HEAD:
            raise InputError([Problem(str(path), "the backup was made by a newer crampwise.", "Use that one.")])
        if hashlib.sha256(held["tables"].encode()).hexdigest() != held["sha256"]:
            raise ValueError
        tables: dict[str, list[dict[str, Any]]] = json.loads(held["tables"])
    except OSError as error:
        raise MissingFileError([Problem(str(path), f"cannot be read: {error.strerror}.")]) from None
    except (ValueError, KeyError, TypeError, AttributeError):
        raise InputError([Problem(str(path), "this is not a backup, or it is damaged.", "Use another one.")]) from None
    return tables


def _written(value: Any) -> str:
    return value if isinstance(value, str) else bytes(value).hex()


def _bytes(text: str) -> bytes:
    return bytes.fromhex(text)


def _read_as(kind: type, text: str) -> Any:
    return _bytes(text) if kind is bytes else text
