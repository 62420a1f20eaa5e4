"""So many requests a minute from one address, and no more; counted in each worker process."""

import time

from starlette.requests import Request
from starlette.responses import Response

from crampwise.edges.web.errors import API, problem_response
from crampwise.edges.web.security import App, Receive, Scope, Send

_MINUTE = 60
_MOST_ADDRESSES = 10_000


class Limit:
    """Turns away requests to the interface for programs beyond a rate; 0 is no limit."""

    def __init__(self, app: App, rate: int) -> None:
        self.app = app
        self.rate = rate
        self.minute = 0
        self.counts: dict[str, int] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request."""
        if self.rate and scope["type"] == "http" and scope["path"].startswith(API) and self._too_many(scope):
            refused = self._refused()
            await refused(scope, receive, send)
            return
        await self.app(scope, receive, send)

    def _too_many(self, scope: Scope) -> bool:
        now = int(time.monotonic()) // _MINUTE
        if now != self.minute or len(self.counts) > _MOST_ADDRESSES:
            self.minute, self.counts = now, {}
        client = Request(scope).client
        address = client.host if client else ""
        self.counts[address] = self.counts.get(address, 0) + 1
        return self.counts[address] > self.rate

    def _refused(self) -> Response:
        left = _MINUTE - int(time.monotonic()) % _MINUTE
        response = problem_response(429, f"At most {self.rate} requests a minute. Try again in {left} s.")
        response.headers["Retry-After"] = str(left)
        return response
