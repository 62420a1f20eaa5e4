"""A PostgreSQL server of the tests' own: in a temporary folder, on a socket, gone at the end."""

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_USER = "postgres"


def _tool(name: str) -> str:
    found = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"))
    path = str(found[-1]) if found else shutil.which(name)
    if path is None:
        raise RuntimeError(f"PostgreSQL is missing ({name}). Install it with: apt-get install postgresql")
    return path


def _as_user(command: list[str]) -> None:
    """Run a command; PostgreSQL refuses root, so root steps down to the user of Debian's package."""
    done = subprocess.run(
        command,
        capture_output=True,
        text=True,
        check=False,
        stdin=subprocess.DEVNULL,
        cwd="/",
        **({"user": _USER, "group": _USER, "extra_groups": ()} if os.getuid() == 0 else {}),  # type: ignore[call-overload]
    )
    if done.returncode:
        raise RuntimeError(f"{Path(command[0]).name} failed: {done.stderr or done.stdout}")


@contextmanager
def server() -> Iterator[str]:
    """Start a server and give its URL; every caller of `database` gets a database of its own."""
    folder = Path(tempfile.mkdtemp(prefix="cwpg"))
    try:
        if os.getuid() == 0:
            account = pwd.getpwnam(_USER)
            os.chown(folder, account.pw_uid, account.pw_gid)
        data = folder / "data"
        _as_user([_tool("initdb"), "-D", str(data), "-U", "tester", "-A", "trust", "-E", "UTF8", "--locale=C", "-N"])
        options = f"-c listen_addresses= -c unix_socket_directories={folder} -c fsync=off"
        log = folder / "log"
        _as_user([_tool("pg_ctl"), "-D", str(data), "-w", "-l", str(log), "-o", options, "start"])
        try:
            yield f"postgresql://tester@/postgres?host={folder}"
        finally:
            _as_user([_tool("pg_ctl"), "-D", str(data), "-m", "immediate", "-w", "stop"])
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def new_database(url: str, name: str) -> str:
    """Make an empty database and give its URL."""
    import psycopg

    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(f'DROP DATABASE IF EXISTS "{name}"')
        connection.execute(f'CREATE DATABASE "{name}"')
    return url.replace("/postgres?", f"/{name}?")
