"""`crampwise fhir serve`: the FHIR endpoint on this machine."""

import socket
from pathlib import Path

import click

from crampwise.edges.cli.files import book_option, the_book
from crampwise.logic.errors import InputError, Problem

_PORT = 8322
_LOCAL = ("localhost", "127.0.0.1", "[::1]")


@click.command(short_help="Start a FHIR endpoint on this machine.")
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", type=click.IntRange(1, 65535), default=_PORT, show_default=True, help="Port to listen on.")
@click.option("--allowed-host", "hosts", multiple=True, metavar="NAME", help="Host name that clients use.")
@click.option(
    "--allow-origin", "origins", multiple=True, metavar="URL", help="Web page that may call it from a browser."
)
@book_option
def serve(host: str, port: int, hosts: tuple[str, ...], origins: tuple[str, ...], book_folder: Path | None) -> None:
    """Start a FHIR endpoint: forms, the adaptive interview, results.

    Only this machine can reach it unless --host says otherwise. It keeps
    nothing and has no sign-in: when others can reach it, put a proxy in front
    that ends TLS and knows who may come in.
    """
    if host not in ("localhost", "127.0.0.1", "::1") and not hosts:
        remedy = "Name the host that clients use, and put a proxy with TLS and sign-in in front."
        raise InputError([Problem("--allowed-host", f"is needed when others can reach {host}.", remedy)])
    if "*" in (*hosts, *origins):
        raise InputError([Problem("--allowed-host, --allow-origin", "'*' would allow everyone.", "Name them.")])
    try:
        import uvicorn

        from crampwise.edges.fhir.app import create_app
    except ImportError as error:
        missing = Problem("crampwise fhir serve", f"needs {error.name}.", "Run: pip install 'crampwise[web]'")
        raise InputError([missing]) from None
    _refuse_taken(host, port)
    app = create_app(the_book(book_folder), hosts or _LOCAL, origins)
    click.echo(f"FHIR is at http://{host}:{port}/fhir (Ctrl-C stops it)")
    uvicorn.run(app, host=host, port=port, access_log=False, log_level="warning", server_header=False)


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
