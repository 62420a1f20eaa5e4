"""Entries and their evidence as plain data for JSON."""

from dataclasses import fields, is_dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from crampwise.assess.engine import engine_of
from crampwise.book.book import Book
from crampwise.book.schema.knowledge import Claim, Judgement, Settled, Source
from crampwise.interpret.prose import Labels, prose
from crampwise.logic.rules import Rule
from crampwise.lookup.links import evidence_of, rule_ids, used_by
from crampwise.lookup.names import KINDS, title_of


def entry_data(book: Book, id_: str) -> dict[str, Any]:
    """Give everything about one entry: its fields, what uses it, and what it rests on."""
    kind, entry = book.everything[id_]
    labels = engine_of(book).labels
    return {
        "kind": KINDS[kind],
        "id": id_,
        "title": title_of(kind, entry),
        "fields": {f.name.strip("_"): _plain(getattr(entry, f.name), labels) for f in fields(entry) if f.name != "id"},
        "used_by": {k: list(ids) for k, ids in used_by(book, id_).items()},
        "evidence": _evidence(book, id_),
    }


def evidence_data(book: Book, id_: str) -> dict[str, Any]:
    """Give the evidence behind one entry."""
    kind, entry = book.everything[id_]
    return {"kind": KINDS[kind], "id": id_, "title": title_of(kind, entry), **_evidence(book, id_)}


def _evidence(book: Book, id_: str) -> dict[str, Any]:
    found = evidence_of(book, id_)
    return {
        "basis": found.basis,
        "claims": [_claim(book, c) for c in found.claims],
        "sources": [_source(s) for s in found.sources],
        "judgements": [_judgement(j) for j in found.judgements],
        "figures": [
            {"what": f.what, "value": f.value, "basis": f.basis, "sources": list(f.sources)} for f in found.figures
        ],
        "settled": [_settled(s) for s in found.settled],
    }


def _claim(book: Book, claim: Claim) -> dict[str, Any]:
    start, end = claim.locator
    gap = {"gap": claim.gap} if claim.gap else {}
    document = book.sources[claim.source].title
    return {
        "id": claim.id,
        "text": claim.text,
        "source": claim.source,
        "document": document,
        "locator": [start, end],
        **gap,
    }


def _source(source: Source) -> dict[str, Any]:
    names = ("id", "title", "authors", "year", "doi", "pmid", "url", "kind", "read", "read_note")
    return {name: getattr(source, name) for name in names}


def _judgement(judgement: Judgement) -> dict[str, Any]:
    names = ("id", "by", "says", "plain")
    return {name: getattr(judgement, name) for name in names} | {"date": judgement.date.isoformat()}


def _settled(settled: Settled) -> dict[str, Any]:
    names = ("id", "kind", "topic", "settled", "tell")
    return {name: getattr(settled, name) for name in names}


def _plain(value: Any, labels: Labels) -> Any:
    """Turn a value of the book into plain data; a rule becomes its sentence and what it reads."""
    if isinstance(value, Rule):
        return {"says": prose(value, labels), "reads": list(dict.fromkeys(rule_ids(value)))}
    if isinstance(value, tuple):
        return [_plain(v, labels) for v in value]
    if isinstance(value, dict):
        return {k: _plain(v, labels) for k, v in value.items()}
    if is_dataclass(value):
        return {f.name.strip("_"): _plain(getattr(value, f.name), labels) for f in fields(value)}
    if isinstance(value, date):
        return value.isoformat()
    return str(value) if isinstance(value, Decimal) else value
