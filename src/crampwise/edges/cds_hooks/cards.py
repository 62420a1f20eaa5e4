"""Cards: their parts, and what all of them share."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from crampwise.assess.engine import Engine
from crampwise.book.schema.common import LEVELS, Entry, Level
from crampwise.book.schema.workup import Test
from crampwise.fhir.names import BASE, LOINC
from crampwise.lookup.cite import address

_LONGEST_SUMMARY = 139
_MOST_SOURCES = 6
_MARKS = re.compile(r"([\\`*_{}\[\]()#|~])")
_INDICATORS = dict(zip(LEVELS, ("info", "info", "warning", "warning", "critical"), strict=True))


@dataclass(frozen=True)
class Card:
    """A card, and what of the book it is about; `about` stays here, the rest goes to the client."""

    about: str
    content: dict[str, Any]


@dataclass(frozen=True)
class Maker:
    """Makes cards in the words of a book, for one patient."""

    engine: Engine
    patient: str

    def text(self, id_: str, **filled: object) -> str:
        """Give a fixed sentence, filled in."""
        return self.engine.book.card_texts[id_].text.format(**filled)

    def card(
        self,
        about: str,
        summary: str,
        detail: Sequence[str],
        indicator: str,
        sources: Iterable[Entry],
        tests: Sequence[Test],
    ) -> Card:
        """Give a card with its sources in the detail, and a suggestion for each test."""
        book = self.engine.book
        cited = self._cited(sources)
        listed = [f"**{self.text('card_sources')}**", *cited] if cited else []
        content: dict[str, Any] = {
            "uuid": str(uuid4()),
            "summary": shortened(summary),
            "detail": "\n\n".join(_paragraphs([*detail, *listed])),
            "indicator": indicator,
            "source": {
                "label": f"Crampwise, book {book.info.version}",
                "topic": {
                    "system": f"{BASE}/CodeSystem/topics",
                    "code": about.partition(":")[0],
                    "display": "Muscle cramps",
                },
            },
            "overrideReasons": [
                {"system": f"{BASE}/CodeSystem/override-reasons", "code": r.id, "display": r.display}
                for r in book.override_reasons.values()
            ],
        }
        if tests:
            content["suggestions"] = [self._order(test) for test in tests]
            content["selectionBehavior"] = "any"
        return Card(about, content)

    def level(self, level: Level) -> str:
        """Say a level as clinicians do."""
        return next(w.clinical for w in self.engine.book.words.levels if w.level == level)

    def _order(self, test: Test) -> dict[str, Any]:
        """A test that the clinician may order; a proposal, never done by itself."""
        said = self.text("card_order_test", test=test.name.lower() if test.name[1:2].islower() else test.name)
        coding = [{"system": LOINC, "code": test.loinc[0].code}] if test.loinc else []
        resource = {
            "resourceType": "ServiceRequest",
            "status": "draft",
            "intent": "proposal",
            "code": {"text": test.name} | ({"coding": coding} if coding else {}),
            "subject": {"reference": f"Patient/{self.patient}"},
        }
        action = {"type": "create", "description": said, "resource": resource}
        return {"label": said, "uuid": str(uuid4()), "actions": [action]}

    def _cited(self, entries: Iterable[Entry]) -> list[str]:
        book = self.engine.book
        ids = dict.fromkeys(s for entry in entries for s in entry.sources)
        lines = []
        for source in [book.sources[s] for s in ids][:_MOST_SOURCES]:
            title, there = plainly(source.title.rstrip(".")), address(source)
            year = f" ({source.year})" if source.year else ""
            lines.append(f"- [{title}]({there}){year}" if there else f"- {title}{year}")
        return lines


def indicator_of(level: Level) -> str:
    """Give how urgent a card is shown."""
    return _INDICATORS[level]


def plainly(text: str) -> str:
    """Give a text in which nothing is Markdown or HTML."""
    return _MARKS.sub(r"\\\1", " ".join(text.split())).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def shortened(text: str) -> str:
    """Cut a summary to the length that a card allows."""
    return text if len(text) <= _LONGEST_SUMMARY else f"{text[: _LONGEST_SUMMARY - 1].rstrip()}…"


def _paragraphs(lines: Sequence[str]) -> Iterable[str]:
    """Join list items into one paragraph each."""
    held: list[str] = []
    for line in lines:
        if line.startswith("- "):
            held.append(line)
            continue
        if held:
            yield "\n".join(held)
            held = []
        yield line
    if held:
        yield "\n".join(held)
