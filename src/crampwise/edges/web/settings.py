"""How the web app is run: on this machine alone, or hosted behind a proxy that ends TLS."""

import ipaddress
import json
import os
import secrets
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import platformdirs

from crampwise.logic.errors import InputError, MissingFileError, Problem

ENVIRONMENT = "CRAMPWISE_WEB"
"""Carries the settings, never the secret, to worker processes."""

STORE = "CRAMPWISE_STORE"
"""Names the store where no setting does."""

_LEAST_SECRET = 32
_LOCAL_HOSTS = ("localhost", "127.0.0.1", "[::1]")


@dataclass(frozen=True)
class Settings:
    """How the app is served.

    Attributes:
        host, port: where it listens. allowed_hosts: names that a request may be for.
        secret_file: holds the secret that session keys are made from; None is a file of this user, made when missing.
        proxies: addresses whose X-Forwarded headers are believed. book: folder of another book than the shipped one.
        rate: API requests that one address may make in a minute; 0 is no limit.
        store: where diaries are kept; None is this user's own file, and nowhere when hosted.
    """

    host: str = "127.0.0.1"
    port: int = 8321
    allowed_hosts: tuple[str, ...] = ()
    secret_file: str | None = None
    proxies: tuple[str, ...] = ()
    book: str | None = None
    rate: int = 0
    store: str | None = None

    @property
    def hosted(self) -> bool:
        """Whether others than this machine can reach it; then cookies go over TLS only."""
        return not is_loopback(self.host)

    @property
    def diaries(self) -> str | None:
        """Where diaries are kept if that was said."""
        return self.store or os.environ.get(STORE)

    @property
    def keeps_diaries(self) -> bool:
        """Whether there are diaries here: always on this machine, hosted only where they were asked for."""
        return bool(self.diaries) or not self.hosted

    @property
    def hosts(self) -> tuple[str, ...]:
        """Every name that a request may be for."""
        return self.allowed_hosts or _LOCAL_HOSTS

    def check(self) -> None:
        """Refuse to be reachable by others without everything that this needs.

        Raises:
            InputError: with every setting that is missing or wrong.
        """
        problems = []
        if self.hosted:
            wanted = {
                "--allowed-host": (self.allowed_hosts, "Name the host that people will type, such as cramps.example."),
                "--proxy": (self.proxies, "Give the address of the proxy that ends TLS, such as 10.0.0.2."),
                "--secret-file": (self.secret_file, "Make one with: openssl rand -hex 32 > secret; chmod 600 secret"),
            }
            problems += [
                Problem(name, f"is needed when others can reach {self.host}.", remedy)
                for name, (value, remedy) in wanted.items()
                if not value
            ]
        for proxy in self.proxies:
            if not _is_network(proxy):
                problems.append(Problem("--proxy", f"{proxy!r} is not an IP address or network."))
        if "*" in self.allowed_hosts:
            problems.append(Problem("--allowed-host", "'*' would allow every host.", "Name the hosts."))
        if problems:
            raise InputError(problems)

    def secret(self) -> bytes:
        """Read the secret; on this machine alone it is made when missing.

        Raises:
            MissingFileError: the file cannot be read. InputError: it is too short.
        """
        if self.secret_file is None:
            return _own_secret(Path(platformdirs.user_state_dir("crampwise")) / "web-secret")
        try:
            found = Path(self.secret_file).read_bytes().strip()
        except OSError as error:
            reason = error.strerror or "cannot be read"
            raise MissingFileError(
                [Problem(self.secret_file, f"cannot be read: {reason}.", "Check the name.")]
            ) from None
        if len(found) < _LEAST_SECRET:
            raise InputError(
                [Problem(self.secret_file, f"holds {len(found)} characters.", f"Put {_LEAST_SECRET} or more in it.")]
            )
        return found

    def to_environment(self) -> None:
        """Hand the settings on to worker processes."""
        os.environ[ENVIRONMENT] = json.dumps(asdict(self))

    @classmethod
    def from_environment(cls) -> "Settings":
        """Take up what `to_environment` handed on."""
        given: dict[str, Any] = json.loads(os.environ.get(ENVIRONMENT, "{}"))
        lists: dict[str, Any] = {k: tuple(v) for k, v in given.items() if isinstance(v, list)}
        return cls(**(given | lists))


def is_loopback(host: str) -> bool:
    """Say whether only this machine can reach a host."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def _is_network(text: str) -> bool:
    try:
        ipaddress.ip_network(text, strict=False)
    except ValueError:
        return False
    return True


def _own_secret(path: Path) -> bytes:
    """A secret of this user, so that kept answers survive a restart; for this run alone where none can be kept."""
    try:
        return path.read_bytes()
    except OSError:
        made = secrets.token_hex(32).encode()
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(made)
    except FileExistsError:
        return path.read_bytes()
    except OSError:
        return made
    return made
