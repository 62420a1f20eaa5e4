"""A browser window that notes every request and every complaint."""

import ipaddress
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
]  # fmt: skip


@dataclass
class Watched:
    """A browser window and all that it asked for or complained about."""

    context: BrowserContext
    page: Page
    requests: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    def watch(self) -> None:
        self.context.on("request", lambda request: self.requests.append(request.url))
        self.context.on("console", self._console)
        self.context.on("weberror", lambda error: self.complaints.append(str(error.error)))

    def _console(self, message: Any) -> None:
        if message.type in ("error", "warning"):
            self.complaints.append(message.text)

    def check(self) -> None:
        away = [u for u in self.requests if not is_loopback(u)]
        assert away == [], "requests left this machine"
        refused = [c for c in self.complaints if "Content Security Policy" in c or "Refused to" in c]
        assert refused == [], "the content security policy was violated"


def is_loopback(url: str) -> bool:
    parts = urlsplit(url)
    if parts.scheme in ("data", "blob", "about"):
        return True
    try:
        return ipaddress.ip_address(parts.hostname or "").is_loopback
    except ValueError:
        return False


@contextmanager
def launched() -> Iterator[Browser]:
    """The Chromium of this machine."""
    path = shutil.which("chromium")
    assert path, "The browser tests need Chromium; on Debian: apt-get install chromium"
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=path, args=FLAGS)
        yield browser
        browser.close()


@contextmanager
def opened(chromium: Browser, site: str, **options: Any) -> Iterator[Watched]:
    """A fresh window with these options; closing it checks what it asked for."""
    given = {"viewport": {"width": 390, "height": 844}, "locale": "en-GB"} | options
    context = chromium.new_context(base_url=site, **given)
    try:
        watched = Watched(context, context.new_page())
        watched.watch()
        yield watched
        watched.check()
    finally:
        context.close()
