"""Opening a database: made where there is none, taken forward where it is older, refused where it is not ours."""

import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, inspect, select, text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DatabaseError, OperationalError, SQLAlchemyError

from crampwise.edges.store.cipher import SETTING
from crampwise.edges.store.tables import HEAD, metadata, settings
from crampwise.logic.errors import CrampwiseError, InputError, MissingFileError, Problem

_WAIT_S = 30
_FILES = ("", "-journal", "-wal", "-shm")
_READ = "BEGIN"
_WRITE = "BEGIN IMMEDIATE"


def default_path() -> Path:
    """Give where the diary of this user lies: in the data folder of the system."""
    from platformdirs import user_data_path

    return user_data_path("crampwise") / "diary.sqlite"


def url_of(place: str) -> URL:
    """Read a place: a path of a SQLite file, or a URL.

    Raises:
        InputError: the URL cannot be read, or is of another kind of database.
    """
    if "://" not in place:
        return URL.create("sqlite", database=str(Path(place).expanduser().absolute()))
    try:
        url = make_url(place)
    except (ArgumentError, ValueError):
        raise InputError([Problem("store", "the URL cannot be read.", "Write postgresql://user@host/name.")]) from None
    if url.get_backend_name() == "postgresql":
        return url.set(drivername="postgresql+psycopg")
    if url.get_backend_name() == "sqlite" and url.database:
        return url.set(drivername="sqlite", database=str(Path(url.database).absolute()))
    remedy = "Use a file, or postgresql://user@host/name."
    raise InputError([Problem("store", f"a store cannot lie in {url.get_backend_name()}.", remedy)])


def connect(place: str) -> Engine:
    """Open a store, or make one, in its present form.

    Raises:
        MissingFileError: it cannot be reached. InputError: it is damaged, newer, or not a store; it was not touched.
    """
    url = url_of(place)
    shown = url.database if url.get_backend_name() == "sqlite" else url.render_as_string()
    if url.get_backend_name() == "sqlite":
        _private_file(Path(str(url.database)))
    engine = _engine(url)
    try:
        _bring_forward(engine, str(shown))
    except OperationalError as error:
        engine.dispose()
        raise MissingFileError([Problem(str(shown), f"the store cannot be opened: {_reason(error)}.")]) from None
    except (SQLAlchemyError, sqlite3.DatabaseError) as error:
        engine.dispose()
        raise _damaged(str(shown), error) from None
    except CrampwiseError:
        engine.dispose()
        raise
    return engine


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """Give a connection that sees one state throughout."""
    with engine.connect().execution_options(begin=_READ) as connection, connection.begin(), _told(engine):
        yield connection


@contextmanager
def writing(engine: Engine, first: Callable[[Connection], None] | None = None) -> Iterator[Connection]:
    """Give a connection on which everything happens, or nothing; at the end it lies safely on the disk.

    What is to hold before anything is written is checked by `first`.
    """
    with engine.connect() as connection, _told(engine), connection.begin():
        if first:
            first(connection)
        yield connection


def lock_of(connection: Connection) -> bytes | None:
    """Give how the store is locked; None where it is not."""
    return connection.execute(select(settings.c.value).where(settings.c.key == SETTING)).scalar()


def files_of(engine: Engine) -> tuple[Path, ...]:
    """Give the files of a SQLite store, whether or not each is there."""
    if engine.dialect.name != "sqlite":
        return ()
    return tuple(Path(f"{engine.url.database}{end}") for end in _FILES)


def compact(engine: Engine) -> None:
    """Give freed space back, so that nothing erased stays in the files."""
    if engine.dialect.name == "sqlite":
        raw = engine.raw_connection()
        try:
            raw.cursor().execute("VACUUM")
        except sqlite3.Error as error:
            said = f"what was erased is gone, but the file still holds its traces: {error}."
            remedy = "Close what else uses it, then erase again."
            raise MissingFileError([Problem(str(engine.url.database), said, remedy)]) from None
        finally:
            raw.close()
        return
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        for name in metadata.tables:
            connection.execute(text(f"VACUUM {name}"))


@contextmanager
def _told(engine: Engine) -> Iterator[None]:
    """Turn what a database reports into a message for people."""
    shown = engine.url.database if engine.dialect.name == "sqlite" else engine.url.render_as_string()
    try:
        yield
    except OperationalError as error:
        raise MissingFileError([Problem(str(shown), f"the store cannot be used: {_reason(error)}.")]) from None
    except DatabaseError as error:
        raise _damaged(str(shown), error) from None


def _engine(url: URL) -> Engine:
    try:
        if url.get_backend_name() == "sqlite":
            # hide_parameters: health data must not get into messages.
            engine = create_engine(url, hide_parameters=True, connect_args={"timeout": _WAIT_S})
            event.listen(engine, "connect", _prepare_sqlite)
            event.listen(engine, "begin", lambda c: c.exec_driver_sql(c.get_execution_options().get("begin", _WRITE)))
            return engine
        return create_engine(url, hide_parameters=True, connect_args={"connect_timeout": _WAIT_S})
    except ModuleNotFoundError:
        remedy = "Install it with: pip install 'crampwise[postgresql]'."
        raise MissingFileError([Problem("store", "psycopg is not installed.", remedy)]) from None


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    """Begin by hand (the driver would leave changes of tables outside), wait for the disk, overwrite what is erased."""
    connection.isolation_level = None
    for setting in ("foreign_keys = ON", "synchronous = FULL", "secure_delete = ON", "trusted_schema = OFF"):
        connection.execute(f"PRAGMA {setting}")


def _private_file(path: Path) -> None:
    """Make an empty file that only its owner can read, where there is none."""
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
    except OSError as error:
        reason = error.strerror or "it cannot be used"
        raise MissingFileError([Problem(str(path), f"the store cannot be used: {reason}.")]) from None


def _bring_forward(engine: Engine, shown: str) -> None:
    with engine.connect().execution_options(begin=_READ) as connection, connection.begin():
        if engine.dialect.name == "sqlite":
            said = connection.execute(text("PRAGMA quick_check(1)")).scalar()
            if said != "ok":
                raise sqlite3.DatabaseError(said)
        at = _revision(connection, shown)
    if at != HEAD:
        with engine.connect() as connection, connection.begin():
            _migrate(connection)


def _revision(connection: Connection, shown: str) -> str | None:
    """Give the form a database is in, None for an empty one."""
    tables = set(inspect(connection).get_table_names())
    if not tables:
        return None
    if "alembic_version" not in tables or "records" not in tables:
        raise InputError([Problem(shown, "this database is not a diary of crampwise.", "Name another place.")])
    found = connection.execute(text("SELECT version_num FROM alembic_version")).scalars().all()
    if len(found) != 1:
        raise InputError([Problem(shown, "the store does not say which form it is in.", "Restore a backup.")])
    if found[0] not in _known():
        remedy = "Use the newer crampwise. Nothing was changed."
        raise InputError([Problem(shown, f"the store was made by a newer crampwise (form {found[0]}).", remedy)])
    return str(found[0])


def _known() -> tuple[str, ...]:
    """Every form that can be read. Forms are numbered, so no script has to be opened to tell."""
    return tuple(f"{n:04}" for n in range(1, int(HEAD) + 1))


def _migrate(connection: Connection) -> None:
    """Take a database to the present form, all steps in one transaction."""
    from alembic import command
    from alembic.config import Config

    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(7283094)"))
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


def _damaged(shown: str, error: Exception) -> InputError:
    remedy = "It was not changed. Restore a backup into another place."
    return InputError([Problem(shown, f"the store is damaged or is no database: {_reason(error)}.", remedy)])


def _reason(error: Exception) -> str:
    """The first line of what the database says, without parameters."""
    told = str(getattr(error, "orig", None) or error).strip().splitlines()
    return told[0].rstrip(".") if told else "no reason given"
