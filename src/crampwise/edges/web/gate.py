"""What is let in: requests for this host, from this site; and HEAD wherever GET is."""

import re

from starlette.datastructures import Headers
from starlette.requests import Request

from crampwise.edges.web.errors import refusal
from crampwise.edges.web.security import App, Message, Receive, Scope, Send

_SAFE = ("GET", "HEAD", "OPTIONS")


class Gate:
    """Turns away what is for another host or comes from another site, and answers HEAD as GET without a body."""

    def __init__(self, app: App, hosts: tuple[str, ...]) -> None:
        self.app = app
        self.hosts = hosts

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        given = Headers(scope=scope)
        if not self._is_here(given.get("host", "")):
            await refusal(Request(scope), 400, "This host name is not served here.")(scope, receive, send)
        elif scope["method"] not in _SAFE and _from_elsewhere(given):
            await refusal(Request(scope), 403, "This was sent from another site.")(scope, receive, send)
        elif scope["method"] == "HEAD":
            await self.app({**scope, "method": "GET"}, receive, _without_body(send))
        else:
            await self.app(scope, receive, send)

    def _is_here(self, host: str) -> bool:
        name = re.sub(r":\d*$", "", host.lower())
        return any(name == known or (known[:1] == "*" and name.endswith(known[1:])) for known in self.hosts)


def _without_body(send: Send) -> Send:
    async def bare(message: Message) -> None:
        await send(message if message["type"] != "http.response.body" else {**message, "body": b""})

    return bare


def _from_elsewhere(headers: Headers) -> bool:
    """Whether a browser says that another site sent this."""
    site = headers.get("sec-fetch-site")
    if site is not None:
        return site not in ("same-origin", "none")
    origin = headers.get("origin")
    return origin is not None and origin.partition("://")[2] != headers.get("host")
