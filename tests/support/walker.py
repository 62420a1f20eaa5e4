"""Someone who answers the pages of the check over HTTP, reading each question off the page itself."""

import html
import re
from collections.abc import Mapping

import httpx2

from crampwise.assess.engine import Engine
from crampwise.book.schema.common import LEVELS, Level
from crampwise.edges.web.asking import examined
from crampwise.interpret.world import close
from crampwise.interview.guide import guide_of
from crampwise.interview.state import State
from crampwise.logic.answers import Answers, Empty, Value
from crampwise.logic.rules import Present

Fields = list[tuple[str, str]]
QUESTION = re.compile(r'<input type="hidden" name="q" value="([^"]+)">')
HEADING = re.compile(r'<input type="hidden" name="heading" value="([^"]*)">')
LEVEL = re.compile(r'<section class="urgency level-(\w+)"')


class Walker:
    """Answers what is asked from known facts, and no to everything else."""

    def __init__(self, engine: Engine, values: Mapping[str, Value]) -> None:
        self.engine = engine
        self.values = values
        meant = {f: True for id_ in values for f in _belongs(engine, id_)}
        self.facts = dict(close(engine.world, Answers(meant | dict(values))).values)
        self.clinical = any(engine.book.findings[f].answered_by != "patient" for f in values)

    def walk(self, client: httpx2.Client, most: int = 60) -> str:
        """Answer page after page; gives the address where it ended: the emergency page or the result."""
        if self.clinical:
            client.post("/clinician/start")
        page = client.get("/check")
        for _ in range(most):
            address = page.url.path
            if not re.fullmatch(r"/check/\d+", address):
                return address
            assert page.status_code == 200, page.text
            page = client.post(address, data=_form(self.fields(page.text)))
            if page.status_code == 422:
                raise AssertionError(re.findall(r'<div class="problems".*?</div>', page.text, re.S))
        raise AssertionError("the check did not end")

    def fields(self, page: str) -> Fields:
        """What the form of a page sends."""
        heading = HEADING.search(page)
        assert heading, page
        fields: Fields = [("heading", html.unescape(heading[1])), ("do", "rest_no")]
        keys = QUESTION.findall(page)
        assert keys
        for key in keys:
            fields += [("q", key), *self.answer(key)]
        if any(k == "age_years" or not self._yes_no(k) for k in keys):
            fields[1] = ("do", "skip")
        return fields

    def answer(self, key: str) -> Fields:
        """The answer to one question."""
        items = guide_of(self.engine).items
        if key == "medicines":
            return []
        if key == "examination":
            parts = (p.key for p in examined(self.engine, State()))
            return [(f"a.{k}", self._text(k)) for k in parts if k in self.values]
        if key == "results":
            return [field for f in self.values if self._is_result(f) for field in self._row(f)]
        if key in items:
            return [(f"a.{key}", "yes" if any(self.facts.get(f) is True for f in items[key].findings) else "no")]
        value = self.facts.get(key)
        if value is None or value is Empty.EMPTY:
            return [(f"a.{key}", "no")] if self._yes_no(key) else []
        return [(f"a.{key}", self._text(key))]

    def _yes_no(self, key: str) -> bool:
        entry = self.engine.book.findings.get(key)
        return entry is None or entry.kind == "yes_no"

    def _is_result(self, key: str) -> bool:
        entry = self.engine.book.findings[key]
        return entry.answered_by == "lab" and entry.kind == "number"

    def _row(self, key: str) -> Fields:
        unit = self.engine.book.findings[key].unit
        return [("r.test", key), ("r.value", self._text(key)), ("r.unit", unit)]

    def _text(self, key: str) -> str:
        value = self.facts[key]
        return "yes" if value is True else "no" if value is False else str(value)


def _belongs(engine: Engine, id_: str) -> list[str]:
    """Whom a question is for: someone cramped during dialysis is on dialysis."""
    rule = engine.world.who_for.get(id_)
    return [rule.finding.id] if isinstance(rule, Present) else []


def _form(fields: Fields) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for name, value in fields:
        found.setdefault(name, []).append(value)
    return found


def level_shown(page: str) -> Level:
    """The urgency that a result page shows."""
    found = LEVEL.search(page)
    assert found, "the page shows no urgency"
    return next(level for level in LEVELS if level == found[1])
