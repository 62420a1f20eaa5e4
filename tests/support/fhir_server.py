"""A small FHIR server on this machine, with a SMART sign-in, that misbehaves where a test asks it to."""

import base64
import hashlib
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

TOKEN, CODE = "token-kept-secret", "code-used-once"


@dataclass
class Site:
    """The server's content and manners.

    Attributes:
        resources: what it holds. page: how many of them a page of a search holds. post: whether it takes POST _search.
        refuses: status by kind of resource. token: whether it asks for one. next_page: overrides links
            to next pages, "" leaves them out. total: how many it says there are.
        configuration, granted: override what it says of its sign-in, and what it gives for a code.
        asked: every request as "METHOD path", without the query. addresses: with it. forms: bodies of POSTs.
    """

    resources: list[dict[str, Any]]
    page: int = 2
    post: bool = True
    token: bool = False
    refuses: dict[str, int] = field(default_factory=dict)
    next_page: str | None = None
    total: int | None = None
    configuration: dict[str, Any] = field(default_factory=dict)
    granted: dict[str, Any] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    addresses: list[str] = field(default_factory=list)
    forms: list[dict[str, str]] = field(default_factory=list)
    challenge: str = ""
    base: str = ""


class _Handler(BaseHTTPRequestHandler):
    site: Site

    def do_GET(self) -> None:
        self._answer({})

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
        form = {k: v[0] for k, v in parse_qs(body).items()}
        self.site.forms.append(form)
        self._answer(form)

    def _answer(self, form: dict[str, str]) -> None:
        site, parts = self.site, urlsplit(self.path)
        query = {k: v[0] for k, v in parse_qs(parts.query).items()} | form
        path = parts.path.removeprefix("/fhir/")
        site.asked.append(f"{self.command} {path}")
        site.addresses.append(self.path)
        if path == ".well-known/smart-configuration":
            return self._send(200, self._offered())
        if path == "authorize":
            return self._authorize(query)
        if path == "token":
            return self._token(form)
        if site.token and self.headers.get("Authorization") != f"Bearer {TOKEN}":
            return self._send(401, {"resourceType": "OperationOutcome"})
        return self._fhir(path, query)

    def _offered(self) -> dict[str, Any]:
        return {
            "authorization_endpoint": f"{self.site.base}/authorize",
            "token_endpoint": f"{self.site.base}/token",
            "code_challenge_methods_supported": ["S256"],
            "capabilities": ["launch-standalone", "client-public"],
        } | self.site.configuration

    def _authorize(self, query: dict[str, str]) -> None:
        self.site.challenge = query["code_challenge"]
        back = urlencode({"code": CODE, "state": query["state"]})
        self.send_response(302)
        self.send_header("Location", f"{query['redirect_uri']}?{back}")
        self.end_headers()

    def _token(self, form: dict[str, str]) -> None:
        digest = base64.urlsafe_b64encode(hashlib.sha256(form["code_verifier"].encode()).digest()).rstrip(b"=").decode()
        if form["code"] != CODE or digest != self.site.challenge:
            return self._send(400, {"error": "invalid_grant"})
        patient = next(r["id"] for r in self.site.resources if r["resourceType"] == "Patient")
        return self._send(200, {"access_token": TOKEN, "token_type": "Bearer", "patient": patient} | self.site.granted)

    def _fhir(self, path: str, query: dict[str, str]) -> None:
        site = self.site
        kind, _, rest = path.partition("/")
        if kind in site.refuses:
            return self._send(site.refuses[kind], {"resourceType": "OperationOutcome"})
        if rest == "_search" and not site.post:
            return self._send(405, {})
        if rest and rest != "_search":
            found = [r for r in site.resources if r["resourceType"] == kind and r["id"] == rest]
            return self._send(200, found[0]) if found else self._send(404, {"resourceType": "OperationOutcome"})
        patient = query["patient"]
        mine = [
            r
            for r in site.resources
            if r["resourceType"] == kind and (r.get("subject") or r.get("patient", {})).get("reference") == patient
        ]
        start = int(query.get("start", 0))
        bundle: dict[str, Any] = {
            "resourceType": "Bundle",
            "type": "searchset",
            "entry": [{"resource": r} for r in mine[start : start + site.page]],
        }
        if site.total is not None:
            bundle["total"] = site.total
        if start + site.page < len(mine) and site.next_page != "":
            following = urlencode({"patient": patient, "start": start + site.page})
            bundle["link"] = [{"relation": "next", "url": site.next_page or f"{site.base}/{kind}?{following}"}]
        return self._send(200, bundle)

    def _send(self, status: int, body: Any) -> None:
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/fhir+json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, format: str, *args: object) -> None:
        pass


@contextmanager
def serving(site: Site) -> Iterator[Site]:
    """Run a server until the end of the `with`."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Handler", (_Handler,), {"site": site}))
    site.base = f"http://127.0.0.1:{server.server_address[1]}/fhir"
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield site
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
