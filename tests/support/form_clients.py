"""Two form programs of other people, driven in a browser as a person would: by clicking and typing."""

import functools
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Protocol

from playwright.sync_api import Browser, Locator, Page

from tests.support.browser import opened
from tests.support.interop import installed

Item = dict[str, Any]
Answers = list[dict[str, Any]]


class Client(Protocol):
    """A program that shows a form."""

    def show(self, form: Mapping[str, Any]) -> None: ...

    def visible(self, item: Item) -> bool: ...

    def answer(self, item: Item, answers: Answers) -> None: ...

    def response(self) -> dict[str, Any]: ...


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_: Any) -> None:
        """Say nothing."""


@contextmanager
def _served(folder: Path) -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(_Quiet, directory=str(folder)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()


def text_in(answer: Mapping[str, Any]) -> str:
    """What a person types for an answer that is not picked."""
    ((_, value),) = answer.items()
    return str(value["value"] if isinstance(value, dict) else value)


class LhcForms:
    """LHC-Forms of the US National Library of Medicine."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def show(self, form: Mapping[str, Any]) -> None:
        self.page.goto("/lforms.html")
        self.page.wait_for_function("window.LForms && LForms.Util && LForms.FHIR && LForms.FHIR.R4")
        self.page.evaluate("q => LForms.Util.addFormToPage(q, 'form', {fhirVersion: 'R4', prepopulate: false})", form)
        self.page.wait_for_selector(f"[id^='item-{form['item'][0]['item'][0]['linkId']}/']", state="attached")

    def _box(self, item: Item) -> Locator:
        return self.page.locator(f"[id^='item-{item['linkId']}/']").last

    def visible(self, item: Item) -> bool:
        return self._box(item).count() > 0 and self._box(item).is_visible()

    def answer(self, item: Item, answers: Answers) -> None:
        for place, answer in enumerate(answers):
            if place:
                self.page.locator("button", has_text=item["text"]).click()
            if "valueCoding" in answer:
                self._box(item).get_by_text(answer["valueCoding"]["display"], exact=True).click()
                continue
            field = self._box(item).locator("input").first
            field.fill(text_in(answer))
            field.press("Tab")

    def response(self) -> dict[str, Any]:
        found = self.page.evaluate("LForms.Util.getFormFHIRData('QuestionnaireResponse', 'R4')")
        assert isinstance(found, dict)
        return found


class SmartForms:
    """Smart Forms of the Australian e-Health Research Centre."""

    pause_ms = 350
    """It collects what is answered within a moment; a quicker answer overwrites the one before."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def show(self, form: Mapping[str, Any]) -> None:
        self.page.goto("/dist/index.html")
        self.page.wait_for_function("window.ready")
        self.page.evaluate("q => window.show(q)", form)
        self.page.wait_for_selector(f"[data-linkid='{form['item'][0]['item'][0]['linkId']}']")

    def _box(self, item: Item) -> Locator:
        return self.page.locator(f"[data-linkid='{item['linkId']}']").first

    def visible(self, item: Item) -> bool:
        return self._box(item).count() > 0 and self._box(item).is_visible()

    def answer(self, item: Item, answers: Answers) -> None:
        for place, answer in enumerate(answers):
            if "valueCoding" in answer:
                self._box(item).locator(f"input[value='{answer['valueCoding']['code']}']").check()
            else:
                if place:
                    self._box(item).locator("button:has-text('Add')").click()
                field = self._box(item).locator("input:visible, textarea:not([readonly])").nth(place)
                field.fill(text_in(answer))
                field.press("Tab")
                self.page.wait_for_timeout(self.pause_ms)
            self.page.wait_for_timeout(self.pause_ms)

    def response(self) -> dict[str, Any]:
        self.page.wait_for_timeout(3 * self.pause_ms)
        found = self.page.evaluate("window.response()")
        assert isinstance(found, dict)
        return found


CLIENTS: dict[str, Callable[[Page], Client]] = {"LHC-Forms": LhcForms, "Smart Forms": SmartForms}


@contextmanager
def client(name: str, chromium: Browser) -> Iterator[Client]:
    """One of the programs in a fresh window; closing it checks that nothing left this machine."""
    window = {"viewport": {"width": 1200, "height": 1400}}
    with _served(installed("forms")) as site, opened(chromium, site, **window) as watched:
        yield CLIENTS[name](watched.page)
