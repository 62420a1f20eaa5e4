"""What the kinds of content are called, what an entry is called, and finding one by what a user typed."""

from collections.abc import Callable, Mapping
from typing import Any

from crampwise.book.book import Book
from crampwise.book.rules import did_you_mean
from crampwise.logic.errors import InputError, Problem

KINDS: Mapping[str, str] = {
    "findings": "finding", "terms": "term", "red_flags": "red flag", "conditions": "condition", "tests": "test",
    "panels": "panel", "formulas": "formula", "scores": "score", "examination": "exam step",
    "look_alikes": "look-alike",
    "actions": "action", "stretches": "stretch", "drawings": "drawing", "muscles": "muscle", "medicines": "medicine",
    "drug_classes": "drug class", "brands": "brand", "monitoring": "monitoring", "combinations": "combination",
    "electrolytes": "electrolyte", "class_evidence": "class evidence", "comparisons": "comparison",
    "not_a_cause": "not a cause", "record_windows": "record window", "record_entries": "record entry",
    "cds_services": "CDS service", "card_texts": "card text", "override_reasons": "override reason",
    "library": "library card", "glossary": "glossary", "policies": "policy",
    "standards": "standard", "settled": "settled", "hazards": "hazard",
    "record_facts": "record fact", "measures": "measure", "judgements": "judgement", "sources": "source",
    "claims": "claim",
}  # fmt: skip
"""Singular name of each kind of content."""

SETTLED = {
    "disagreement": "sources disagree",
    "correction": "correction",
    "defect": "defect",
    "uncovered": "not in the sources",
}
"""What kinds of settled points are called."""

_TITLES: Mapping[str, Callable[[Any], str]] = {
    "findings": lambda e: e.short,
    "red_flags": lambda e: e.title,
    "conditions": lambda e: e.name.plain,
    "look_alikes": lambda e: e.mimic,
    "actions": lambda e: e.title,
    "stretches": lambda e: e.title,
    "drawings": lambda e: e.hold.alt,
    "muscles": lambda e: e.title,
    "medicines": lambda e: e.ingredient,
    "drug_classes": lambda e: e.id,
    "brands": lambda e: f"{e.name} ({', '.join(e.ingredients)})",
    "monitoring": lambda e: e.plain,
    "combinations": lambda e: e.together,
    "electrolytes": lambda e: e.plain,
    "class_evidence": lambda e: f"{e.drug_class}: {e.measure}",
    "comparisons": lambda e: ", ".join(m.removeprefix("med_").replace("_", " ") for m in e.of),
    "cds_services": lambda e: e.title,
    "card_texts": lambda e: e.text,
    "override_reasons": lambda e: e.display,
    "glossary": lambda e: e.term,
    "measures": lambda e: e.title,
    "policies": lambda e: e.text,
    "standards": lambda e: e.body,
    "settled": lambda e: e.topic,
    "judgements": lambda e: e.plain,
    "sources": lambda e: e.title,
    "claims": lambda e: e.text,
}


def title_of(kind: str, entry: Any) -> str:
    """Give the title of an entry."""
    return str(_TITLES[kind](entry) if kind in _TITLES else entry.name)


def name_of(book: Book, id_: str) -> str:
    """Give the title of the entry with this id; an id that stands for itself otherwise."""
    found = book.everything.get(id_)
    return title_of(*found) if found else id_


def short_title(book: Book, id_: str, most: int = 70) -> str:
    """Give the title of an entry, cut at a word when it is long."""
    title = name_of(book, id_)
    return title if len(title) <= most else title[: most - 1].rsplit(" ", 1)[0].rstrip(",;:") + " …"


def find(book: Book, typed: str) -> tuple[str, ...]:
    """Find entries by id, or a medicine by ingredient or brand name; a brand is followed by its medicines.

    Raises:
        InputError: nothing is called so; the nearest name is offered.
    """
    names = _names(book)
    key = " ".join(typed.casefold().split())
    id_ = typed if typed in book.everything else names.get(key) or names.get(key.replace(" ", "_"))
    if id_ is None:
        remedy = did_you_mean(key, names) or f"`crampwise book search {typed}` may find it."
        raise InputError([Problem(typed, "there is no entry called this.", remedy)])
    kind, entry = book.everything[id_]
    if kind != "brands":
        return (id_,)
    return (id_, *(m.id for m in book.medicines.values() if m.ingredient in entry.ingredients))


def _names(book: Book) -> dict[str, str]:
    """Every name under which an entry can be asked for, lower case, to its id."""
    found: dict[str, str] = {}
    for medicine in book.medicines.values():
        for name in (medicine.ingredient, *medicine.also_called):
            found.setdefault(name.casefold(), medicine.id)
    found = {name.casefold(): name for name in book.brands} | found
    return found | {id_.casefold(): id_ for id_ in book.everything}
