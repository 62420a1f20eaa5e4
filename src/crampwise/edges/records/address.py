"""Which addresses health data may go to: https, or http on this machine."""

from urllib.parse import SplitResult, urlsplit

from crampwise.logic.errors import InputError, Problem

_HERE = ("127.0.0.1", "::1", "localhost")


def checked(address: str, what: str = "the address") -> str:
    """Give an address without a slash at its end.

    Raises:
        InputError: it is none, is not encrypted and leads elsewhere, or holds a password or a query.
    """
    try:
        parts: SplitResult = urlsplit(address)
        host, _port = parts.hostname, parts.port
    except ValueError:
        parts, host = urlsplit(""), None
    if parts.scheme not in ("http", "https") or not host:
        raise InputError([Problem(what, f"{address!r} is not an address.", "It starts with https://.")])
    if parts.username or parts.password or parts.query or parts.fragment:
        plain = f"{parts.scheme}://{host}{parts.path}"
        raise InputError([Problem(what, "an address must hold no password, query or fragment.", f"Write {plain}.")])
    if parts.scheme == "http" and host not in _HERE:
        problem = Problem(what, f"{host} is only reached in clear text.", "Use its https:// address.")
        raise InputError([problem])
    return address.rstrip("/")


def origin(address: str) -> tuple[str, str | None, int | None]:
    """Give scheme, host and port."""
    parts = urlsplit(address)
    return parts.scheme, parts.hostname, parts.port or {"https": 443, "http": 80}.get(parts.scheme)
