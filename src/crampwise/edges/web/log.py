"""What is logged: method, route and status. A route is a pattern, so no address, form or answer is ever kept."""

import logging
import time
from pathlib import Path

from starlette.requests import ClientDisconnect, Request

from crampwise.edges.web.errors import broken
from crampwise.edges.web.security import App, Message, Receive, Scope, Send

LOG = logging.getLogger("crampwise.web")


class Logged:
    """Logs each request, and turns what breaks into an answer. Of an error only its kind and place are logged."""

    def __init__(self, app: App) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        start, status = time.perf_counter(), 0

        async def noted(message: Message) -> None:
            nonlocal status
            status = message.get("status", status)
            await send(message)

        try:
            await self.app(scope, receive, noted)
        except ClientDisconnect:
            return
        except Exception as error:
            LOG.error("%s at %s", type(error).__name__, place_of(error))
            if status:
                raise ConnectionError("the answer broke off") from None
            await broken(Request(scope))(scope, receive, noted)
        took = (time.perf_counter() - start) * 1000
        LOG.info("%s %s %d %.0f ms", scope["method"], getattr(scope.get("route"), "path", "-"), status, took)


def place_of(error: Exception) -> str:
    """Give file and line where an error arose."""
    last = error.__traceback__
    while last and last.tb_next:
        last = last.tb_next
    return f"{Path(last.tb_frame.f_code.co_filename).name}:{last.tb_lineno}" if last else "an unknown place"
