"""SMART App Launch, standalone, with PKCE (RFC 7636), for a program on the user's own machine (RFC 8252)."""

import base64
import hashlib
import hmac
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from time import monotonic
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import httpx2

from crampwise.edges.records.address import checked
from crampwise.edges.records.server import Server
from crampwise.logic.errors import InputError, Problem
from crampwise.records.read import READERS

_WAIT_SECONDS = 600
_SECONDS = 30
_BACK = "/callback"
_DONE = "You are signed in. Go back to the terminal; this page can be closed."
_FAILED = "The sign-in did not work. The terminal says why; this page can be closed."


@contextmanager
def sign_in(
    base: str, client_id: str, port: int, announce: Callable[[str], None], wait: float = _WAIT_SECONDS
) -> Iterator[tuple[Server, str]]:
    """Let the user sign in at a FHIR server and choose a patient.

    Args:
        base: address of the FHIR server. client_id: as registered there.
        port: of the address on this machine to come back to; 0 takes any free one.
        announce: is given the address at which the user signs in. wait: seconds until it is given up.

    Yields:
        The server, with its token inside, and the id of the patient.

    Raises:
        InputError: the server offers no such sign-in, the user or the server refused, or nobody came back.
    """
    base = checked(base, "the server")
    offered = _configuration(base)
    verifier, state = secrets.token_urlsafe(64), secrets.token_urlsafe(32)
    with _listen(port) as back:
        back_to = f"http://127.0.0.1:{back.server_address[1]}{_BACK}"
        announce(_address(base, offered, client_id, back_to, verifier, state))
        code = _code(base, back, state, monotonic() + wait)
    granted = _token(
        str(offered["token_endpoint"]),
        {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": back_to,
            "client_id": client_id,
            "code_verifier": verifier,
        },
    )
    token, patient = granted.get("access_token"), granted.get("patient")
    if not isinstance(token, str) or str(granted.get("token_type")).lower() != "bearer":
        raise _refused(base, "it gave no access token")
    if not isinstance(patient, str) or not patient:
        raise _refused(base, "it did not say which patient was chosen")
    with Server(base, token) as server:
        yield server, patient


def _configuration(base: str) -> dict[str, Any]:
    """Ask the server what it offers.

    Raises:
        InputError: it offers no sign-in, or one without PKCE, or in clear text.
    """
    address = f"{base}/.well-known/smart-configuration"
    try:
        answer = httpx2.get(address, headers={"Accept": "application/json"}, timeout=_SECONDS)
        offered = answer.json() if answer.is_success else None
    except (httpx2.HTTPError, ValueError):
        offered = None
    if not isinstance(offered, dict):
        raise _refused(base, "it does not say how to sign in (.well-known/smart-configuration)")
    for key in ("authorization_endpoint", "token_endpoint"):
        checked(str(offered.get(key, "")), f"{base}: {key}")
    methods = offered.get("code_challenge_methods_supported")
    if isinstance(methods, list) and "S256" not in methods:
        raise _refused(base, "it does not support PKCE with S256, without which a sign-in is not safe")
    return offered


def _address(base: str, offered: dict[str, Any], client_id: str, back_to: str, verifier: str, state: str) -> str:
    digest = hashlib.sha256(verifier.encode()).digest()
    capabilities = offered.get("capabilities")
    right = "rs" if isinstance(capabilities, list) and "permission-v2" in capabilities else "read"
    kinds = (*READERS, "Medication")
    query = {
        "response_type": "code",
        "client_id": client_id,
        "redirect_uri": back_to,
        "scope": " ".join(["launch/patient", *(f"patient/{kind}.{right}" for kind in kinds)]),
        "state": state,
        "aud": base,
        "code_challenge": base64.urlsafe_b64encode(digest).rstrip(b"=").decode(),
        "code_challenge_method": "S256",
    }
    return f"{offered['authorization_endpoint']}?{urlencode(query)}"


class _Back(HTTPServer):
    """Waits on this machine for the browser to come back."""

    answers: list[dict[str, str]]


class _Handler(BaseHTTPRequestHandler):
    server: _Back
    timeout = _SECONDS

    def do_GET(self) -> None:
        """Take what the server sends back with the browser."""
        parts = urlsplit(self.path)
        query = {k: v[0] for k, v in parse_qs(parts.query).items()}
        known = parts.path == _BACK
        if known:
            self.server.answers.append(query)
        body = (_DONE if "code" in query else _FAILED).encode()
        self.send_response(200 if known else 404)
        for name, value in (
            ("Content-Type", "text/plain; charset=utf-8"),
            ("Content-Length", str(len(body))),
            ("Cache-Control", "no-store"),
            ("Referrer-Policy", "no-referrer"),
        ):
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Log nothing: the address holds the code."""


@contextmanager
def _listen(port: int) -> Iterator[_Back]:
    try:
        back = _Back(("127.0.0.1", port), _Handler)
    except OSError as error:
        problem = Problem(f"port {port}", f"cannot be used: {error.strerror}.", "Choose another one with --port.")
        raise InputError([problem]) from None
    back.answers = []
    try:
        yield back
    finally:
        back.server_close()


def _code(base: str, back: _Back, state: str, until: float) -> str:
    """Wait for the browser; an answer that carries another state is not ours and is passed over."""
    while (left := until - monotonic()) > 0:
        back.timeout = left
        back.handle_request()
        for answer in back.answers:
            if not hmac.compare_digest(answer.get("state", ""), state):
                continue
            if "error" in answer:
                told = answer.get("error_description") or answer["error"]
                raise _refused(base, f"the sign-in was refused: {told}")
            if answer.get("code"):
                return answer["code"]
        back.answers.clear()
    raise InputError([Problem(base, "nobody came back from the sign-in in time.", "Start it again.")])


def _token(address: str, form: dict[str, str]) -> dict[str, Any]:
    """Change the code for a token; neither stands in an address or a message."""
    try:
        answer = httpx2.post(address, data=form, headers={"Accept": "application/json"}, timeout=_SECONDS)
        granted = answer.json()
    except (httpx2.HTTPError, ValueError):
        raise _refused(address, "it gave no readable answer") from None
    if not answer.is_success or not isinstance(granted, dict):
        told = granted.get("error") if isinstance(granted, dict) else None
        raise _refused(address, f"it refused to give a token ({told or answer.status_code})")
    return granted


def _refused(where: str, what: str) -> InputError:
    return InputError([Problem(where, f"{what}.", "Ask those who run the server.")])
