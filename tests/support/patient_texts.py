"""Every text of the shipped book that a patient may read, with the entry and the field it stands in."""

from collections.abc import Iterator
from typing import Any, NamedTuple

from crampwise.book.book import Book

FIELDS: dict[str, tuple[str, ...]] = {
    "findings": ("ask",),
    "red_flags": ("title", "because", "do", "never"),
    "conditions": ("what", "clues", "next"),
    "actions": ("title", "say", "works", "ask_first"),
    "stretches": ("title", "start", "steps", "feel", "stop"),
    "tests": ("plain_why", "plain_how"),
    "panels": ("why",),
    "examination": ("plain_why", "plain_how"),
    "drug_classes": ("plain", "link"),
    "medicines": ("plain",),
    "monitoring": ("plain",),
    "combinations": ("plain",),
    "electrolytes": ("plain",),
    "settled": ("tell",),
    "glossary": ("meaning", "caution"),
    "judgements": ("plain",),
}
"""For each kind of content the fields that are shown to patients."""


class Shown(NamedTuple):
    """One text: where it stands, whether it belongs to an emergency, and the words."""

    where: str
    emergency: bool
    text: str


def texts(book: Book) -> Iterator[Shown]:
    for section, fields in FIELDS.items():
        for id_, entry in getattr(book, section).items():
            if section == "findings" and entry.answered_by != "patient":
                continue
            emergency = section == "red_flags" and entry.level == "emergency_now"
            emergency |= section == "findings" and entry.asked_in == "emergency_screen"
            for field in fields:
                yield from (Shown(f"{section}/{id_}.{field}", emergency, t) for t in _flat(getattr(entry, field)))
            for caution in getattr(entry, "cautions", ()):
                yield Shown(f"{section}/{id_}.cautions", emergency, caution.say)
    for drawing in book.drawings.values():
        said = (drawing.way, drawing.start.alt, drawing.hold.alt)
        yield from (Shown(f"drawings/{drawing.id}", False, text) for text in said if text)
    for screen in book.emergency_screen.screens:
        yield Shown(f"emergency_screen/{screen.id}.title", True, screen.title)
        for item in screen.items:
            yield Shown(f"emergency_screen/{item.id}.ask", True, item.ask)
            yield Shown(f"emergency_screen/{item.id}.why", True, item.why)
    for form in book.interview.forms:
        yield Shown(f"interview/{form.id}.title", False, form.title)
    yield from (Shown(f"interview/{line.id}.ask", False, line.ask) for line in book.interview.lines)
    yield from (Shown(f"interview/{family.groups[0]}.title", False, family.title) for family in book.interview.families)
    yield from _followup(book)
    yield from _words(book)


def _followup(book: Book) -> Iterator[Shown]:
    followup = book.followup
    for action in book.actions.values():
        if action.trial:
            yield Shown(f"actions/{action.id}.trial", False, action.trial.blinding)
    for name, text in followup.phrases.items():
        yield Shown(f"followup/phrases/{name}", False, text.format(title="") if "{" in text else text)
    for kind in ("activities", "weakness", "fields"):
        yield from (Shown(f"followup/{kind}/{id_}", False, text) for id_, text in getattr(followup, kind).items())
    yield from (Shown(f"followup/triggers/{t.id}", False, t.title) for t in followup.triggers)
    for pattern in followup.patterns:
        yield Shown(f"followup/patterns/{pattern.id}", False, f"{pattern.title}. {pattern.say}")


def _words(book: Book) -> Iterator[Shown]:
    words = book.words
    for level in words.levels:
        yield Shown(f"words/levels/{level.level}", level.level == "emergency_now", f"{level.title} {level.do}")
    yield from (Shown(f"words/phrases/{name}", False, text) for name, text in words.phrases.items())
    yield Shown("words/default_medicine", False, words.default_medicine)
    yield Shown("words/urgent_medicine", False, words.urgent_medicine)
    yield Shown("words/emergency_number_unknown", True, words.emergency_number_unknown)
    yield from (Shown("words/safety_net", False, text) for text in words.safety_net)


def _flat(value: Any) -> tuple[str, ...]:
    return tuple(t for t in ((value,) if isinstance(value, str) else value) if t)
