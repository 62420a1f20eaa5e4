"""How the service is run, and which clients it trusts."""

import ipaddress
import json
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from crampwise.book.tree import Located, plain, read_yaml
from crampwise.edges.records.address import checked
from crampwise.logic.errors import InputError, MissingFileError, Problem

ENVIRONMENT = "CRAMPWISE_CDS"
"""Carries the settings to worker processes; they hold no secret."""

_KEYS = ("iss", "jku", "jwks", "fhir_servers")


@dataclass(frozen=True)
class Client:
    """A system that may call.

    Attributes:
        iss: how it names itself in its tokens. jku: where its public keys are; or `jwks`, the keys themselves.
        fhir_servers: addresses of FHIR servers from which its patients' data may be fetched.
    """

    iss: str
    jku: str | None = None
    jwks: Mapping[str, Any] | None = None
    fhir_servers: tuple[str, ...] = ()


@dataclass(frozen=True)
class Settings:
    """How the service is run.

    Attributes:
        host, port: where it listens. base_url: how clients write its address; the audience of their tokens.
        clients_file: the clients that may call; without it anyone on this machine may, without a token.
        origins: web addresses whose pages may call it (CORS); "here" stands for pages of this machine.
        journal: file for used tokens, cards given out and feedback. book: folder of another book.
    """

    host: str = "127.0.0.1"
    port: int = 8322
    base_url: str = ""
    clients_file: str | None = None
    origins: tuple[str, ...] = ()
    journal: str = ""
    book: str | None = None

    @property
    def base(self) -> str:
        """The address under which clients know the service."""
        return self.base_url.rstrip("/") or f"http://{self.host}:{self.port}"

    @property
    def open(self) -> bool:
        """Whether calls need no token; then only this machine can reach it."""
        return self.clients_file is None

    @cached_property
    def clients(self) -> Mapping[str, Client]:
        """The clients by `iss`; read once.

        Raises:
            MissingFileError: the file cannot be read. InputError: with every problem in it.
        """
        return read_clients(Path(self.clients_file)) if self.clients_file else {}

    def check(self) -> None:
        """Refuse to be reachable by others without knowing who they are.

        Raises:
            InputError: with every setting that is missing or wrong.
        """
        problems = []
        if not is_loopback(self.host):
            if self.open:
                remedy = "Name the clients that may call; see docs/cds-hooks.md."
                problems.append(Problem("--clients", f"is needed when others can reach {self.host}.", remedy))
            if not self.base_url:
                remedy = "Give the https:// address that clients use."
                problems.append(Problem("--base-url", f"is needed when others can reach {self.host}.", remedy))
        if self.base_url:
            problems += _address_problems(self.base_url, "--base-url")
        if "*" in self.origins:
            problems.append(Problem("--origin", "'*' would let every page call.", "Name the pages' addresses."))
        if problems:
            raise InputError(problems)

    def to_environment(self) -> None:
        """Hand the settings on to worker processes."""
        os.environ[ENVIRONMENT] = json.dumps(asdict(self))

    @classmethod
    def from_environment(cls) -> "Settings":
        """Take up what `to_environment` handed on."""
        given: dict[str, Any] = json.loads(os.environ.get(ENVIRONMENT, "{}"))
        origins: dict[str, Any] = {"origins": tuple(given.get("origins", ()))}
        return cls(**(given | origins))


def is_loopback(host: str) -> bool:
    """Say whether only this machine can reach a host."""
    try:
        return host == "localhost" or ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def read_clients(path: Path) -> dict[str, Client]:
    """Read the list of clients (YAML or JSON).

    Raises:
        MissingFileError: it cannot be read. InputError: with every problem in it.
    """
    try:
        text = path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "it is not UTF-8 text"
        raise MissingFileError([Problem(str(path), f"cannot be read: {reason}.", "Check the name.")]) from None
    problems: list[Problem] = []
    tree = read_yaml(text, path.name, problems)
    clients: dict[str, Client] = {}
    entries = tree.value.get("clients") if tree is not None and isinstance(tree.value, dict) else None
    if entries is None or not isinstance(entries.value, list) or not entries.value:
        problems.append(Problem(path.name, "needs a list `clients` with at least one client."))
    else:
        for entry in entries.value:
            client = _client(entry, problems)
            if client is not None and client.iss in clients:
                problems.append(Problem(entry.where, f"{client.iss} is named twice.", "Keep one."))
            elif client is not None:
                clients[client.iss] = client
    if problems:
        raise InputError(problems)
    return clients


def _client(entry: Located, problems: list[Problem]) -> Client | None:
    given = plain(entry)
    if not isinstance(given, dict):
        problems.append(Problem(entry.where, f"a client is a map with the keys {', '.join(_KEYS)}."))
        return None
    before = len(problems)
    problems += [Problem(entry.where, f"{k!r} is not a key of a client.") for k in given if k not in _KEYS]
    iss, jku, jwks = (given.get(k) for k in ("iss", "jku", "jwks"))
    if not isinstance(iss, str) or not iss:
        problems.append(Problem(entry.where, "a client needs iss, its name in tokens."))
    if (jku is None) == (jwks is None):
        problems.append(Problem(entry.where, "a client needs either jku or jwks.", "Give one of them."))
    if jku is not None:
        problems += _address_problems(jku, f"{entry.where} jku")
    if jwks is not None and not (isinstance(jwks, dict) and isinstance(jwks.get("keys"), list)):
        problems.append(Problem(entry.where, "jwks must be a JWK set: a map with the list `keys`."))
    servers = given.get("fhir_servers") or []
    if not isinstance(servers, list):
        problems.append(Problem(entry.where, "fhir_servers must be a list of addresses."))
        servers = []
    for server in servers:
        problems += _address_problems(server, f"{entry.where} fhir_servers")
    if len(problems) > before:
        return None
    return Client(str(iss), jku, jwks, tuple(s.rstrip("/") for s in servers))


def _address_problems(address: object, where: str) -> list[Problem]:
    try:
        checked(str(address), where)
    except InputError as error:
        return error.problems
    return []
