"""`crampwise cds`: cards for the systems that clinicians work in."""

import json
import logging
import socket
from pathlib import Path

import click

from crampwise.edges.cds_hooks.settings import Settings
from crampwise.logic.errors import InputError, MissingFileError, Problem

journal_option = click.option(
    "--journal", type=click.Path(path_type=Path), help="File for used tokens, cards given out and feedback."
)


@click.group(short_help="Serve cards to clinicians' systems.")
def cds() -> None:
    """A CDS Hooks 2.0 service: cards about cramps at opened charts and orders."""


@cds.command(short_help="Start the CDS Hooks service.")
@click.option("--host", default=Settings.host, show_default=True, help="Address to listen on.")
@click.option(
    "--port", type=click.IntRange(1, 65535), default=Settings.port, show_default=True, help="Port to listen on."
)
@click.option("--base-url", default="", metavar="URL", help="Address under which clients know it (hosted).")
@click.option("--clients", type=click.Path(path_type=Path), help="File with the systems that may call (hosted).")
@click.option("--origin", "origins", multiple=True, metavar="URL", help="Web address whose pages may call it.")
@journal_option
@click.option("--workers", type=click.IntRange(1, 64), default=1, show_default=True, help="Processes.")
@click.option("--book", type=click.Path(path_type=Path), help="Use the book in this folder.")
def serve(
    host: str, port: int, base_url: str, clients: Path | None, origins: tuple[str, ...], journal: Path | None,
    workers: int, book: Path | None,
) -> None:  # fmt: skip
    """Start the service. Only this machine can reach it unless --host says otherwise.

    When others can reach it, it needs --clients and --base-url, and a proxy
    in front that ends TLS. Then every call needs a signed token.
    """
    settings = Settings(
        host=host, port=port, base_url=base_url, clients_file=str(clients) if clients else None, origins=origins,
        journal=str(journal) if journal else "", book=str(book) if book else None,
    )  # fmt: skip
    settings.check()
    _ = settings.clients
    try:
        import uvicorn

        from crampwise.edges.cds_hooks.app import SERVICES, Desk, app_from_environment
    except ImportError as error:
        missing = Problem("crampwise cds serve", f"needs {error.name}.", "Run: pip install 'crampwise[cds]'")
        raise InputError([missing]) from None
    _refuse_taken(host, port)
    Desk(settings).journal.close()
    settings.to_environment()
    who = "anyone on this machine, without a token" if settings.open else f"{len(settings.clients)} clients, by token"
    click.echo(f"Crampwise answers CDS Hooks at {settings.base}{SERVICES} for {who} (Ctrl-C stops it)")
    logging.basicConfig(level=logging.WARNING)
    uvicorn.run(
        f"{app_from_environment.__module__}:{app_from_environment.__name__}",
        factory=True,
        host=host,
        port=port,
        workers=workers,
        access_log=False,
        log_level="warning",
        server_header=False,
    )


@cds.command(short_help="Count what became of the cards.")
@journal_option
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def feedback(journal: Path | None, as_json: bool) -> None:
    """Count, for everything that cards were about, how many were given out, accepted and overridden, and why."""
    from crampwise.edges.cds_hooks.journal import Journal, own_journal

    path = journal or own_journal()
    if not path.is_file():
        raise MissingFileError([Problem(str(path), "there is no journal here.", "Name it with --journal.")])
    rows = Journal(path).summary()
    if as_json:
        click.echo(json.dumps(rows, indent=2))
        return
    if not rows:
        click.echo("No card was given out yet.")
    for row in rows:
        reasons = ", ".join(f"{reason} {count}" for reason, count in row["reasons"].items())
        counts = f"{row['cards']} given out, {row['accepted']} accepted, {row['overridden']} overridden"
        click.echo(f"{row['about']}: {counts}{f' ({reasons})' if reasons else ''}")


def _refuse_taken(host: str, port: int) -> None:
    """Say at once that the address is taken.

    Raises:
        InputError: something else listens there, or the host is not of this machine.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            reason = (error.strerror or "cannot be used").lower()
            raise InputError([Problem(f"{host}:{port}", f"{reason}.", "Choose another --port.")]) from None
