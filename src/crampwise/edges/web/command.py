"""`crampwise serve`: the web app on this machine, or hosted behind a proxy."""

import logging
import socket
import webbrowser
from pathlib import Path

import click

from crampwise.edges.web.settings import Settings, is_loopback
from crampwise.logic.errors import InputError, Problem

_HOSTED_RATE = 600


@click.command(short_help="Start the web app.")
@click.option("--host", default=Settings.host, show_default=True, help="Address to listen on.")
@click.option(
    "--port", type=click.IntRange(1, 65535), default=Settings.port, show_default=True, help="Port to listen on."
)
@click.option("--allowed-host", "hosts", multiple=True, metavar="NAME", help="Host name that people type (hosted).")
@click.option("--proxy", "proxies", multiple=True, metavar="IP", help="Proxy that ends TLS; its headers are believed.")
@click.option("--secret-file", type=click.Path(path_type=Path), help="File with the secret of the sessions (hosted).")
@click.option("--workers", type=click.IntRange(1, 64), default=1, show_default=True, help="Processes.")
@click.option("--rate", type=click.IntRange(0), default=None, help="API requests a minute and address; 0: no limit.")
@click.option("--store", envvar="CRAMPWISE_STORE", help="Where diaries are kept; hosted, there are none without it.")
@click.option("--open", "open_browser", is_flag=True, help="Open the browser.")
@click.option("--book", type=click.Path(path_type=Path), help="Use the book in this folder.")
def serve(
    host: str,
    port: int,
    hosts: tuple[str, ...],
    proxies: tuple[str, ...],
    secret_file: Path | None,
    workers: int,
    rate: int | None,
    store: str | None,
    open_browser: bool,
    book: Path | None,
) -> None:
    """Start the web app. Only this machine can reach it unless --host says otherwise.

    When others can reach it, it needs --allowed-host, --proxy and
    --secret-file, and a proxy in front that ends TLS.
    """
    settings = Settings(
        host=host,
        port=port,
        allowed_hosts=hosts,
        secret_file=str(secret_file) if secret_file else None,
        proxies=proxies,
        book=str(book) if book else None,
        rate=(0 if is_loopback(host) else _HOSTED_RATE) if rate is None else rate,
        store=store,
    )
    settings.check()
    settings.secret()
    try:
        import uvicorn

        from crampwise.edges.web.app import app_from_environment
        from crampwise.edges.web.keeper import Keeper
    except ImportError as error:
        missing = Problem("crampwise serve", f"needs {error.name}.", "Run: pip install 'crampwise[web]'")
        raise InputError([missing]) from None
    Keeper(settings).check()
    _refuse_taken(host, port)
    settings.to_environment()
    address = f"http://{'localhost' if not settings.hosted else host}:{port}/"
    click.echo(f"Crampwise is at {address} (Ctrl-C stops it)")
    if open_browser:
        webbrowser.open(address)
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
        proxy_headers=bool(proxies),
        forwarded_allow_ips=list(proxies) or None,
    )


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
