"""How entries hang together: what refers to an entry, and the evidence behind it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass
from functools import lru_cache
from typing import Any

from crampwise.assess.engine import engine_of
from crampwise.book.book import Book
from crampwise.book.checks.evidence import OPINION
from crampwise.book.schema.findings import Leak
from crampwise.book.schema.knowledge import Claim, Judgement, Settled, Source
from crampwise.book.schema.medicines import MedicineFigure
from crampwise.logic.rules import Compare, OneOf, Present, Rule, Term, children
from crampwise.lookup.names import name_of

_NO_REFERENCE = frozenset(
    (
        "id",
        "kind",
        "group",
        "category",
        "basis",
        "system",
        "level",
        "name",
        "term",
        "title",
        "block",
        "examples",
        "called",
        "codes",
    )
)
"""Fields whose text may look like the id of an entry without meaning it."""


@dataclass(frozen=True)
class FigureBasis:
    """A figure of an entry: what it is of, its value in words, what it rests on and the sources it names."""

    what: str
    value: str
    basis: str
    sources: tuple[str, ...]


@dataclass(frozen=True)
class Evidence:
    """What is behind an entry. `judgements` stand in wherever a basis is opinion."""

    basis: str
    claims: tuple[Claim, ...]
    sources: tuple[Source, ...]
    judgements: tuple[Judgement, ...]
    figures: tuple[FigureBasis, ...]
    settled: tuple[Settled, ...]


def used_by(book: Book, id_: str) -> Mapping[str, tuple[str, ...]]:
    """Give the entries that refer to this one, by kind of content; also the questions of the emergency screen."""
    found = {kind: tuple(ids) for kind, ids in _users(book).get(id_, {}).items()}
    asked = tuple(i.id for s in book.emergency_screen.screens for i in s.items if id_ in (*i.findings, *i.then))
    covered = {str(flag): items for flag, items in book.emergency_screen.coverage.items()}.get(id_, ())
    if asked or covered:
        found["emergency_screen"] = (*asked, *covered)
    return found


@lru_cache(maxsize=2)
def _users(book: Book) -> dict[str, dict[str, list[str]]]:
    found: dict[str, dict[str, list[str]]] = {}
    ingredients = {m.ingredient: m.id for m in book.medicines.values()}
    for kind, entries in book.sections():
        for id_, entry in entries.items():
            targets = dict.fromkeys(_references(entry))
            targets |= dict.fromkeys(ingredients[i] for i in getattr(entry, "ingredients", ()) if i in ingredients)
            for target in targets:
                if target in book.everything and target != id_:
                    found.setdefault(target, {}).setdefault(kind, []).append(id_)
    return found


def _references(value: Any) -> Iterator[str]:
    """Every id that a value names, rules included."""
    match value:
        case str():
            yield value
        case tuple():
            for part in value:
                yield from _references(part)
        case dict():
            for part in value.values():
                yield from _references(part)
        case _ if isinstance(value, Rule):
            yield from rule_ids(value)
        case _ if is_dataclass(value):
            for f in fields(value):
                if f.name not in _NO_REFERENCE:
                    yield from _references(getattr(value, f.name))


def rule_ids(rule: Rule) -> Iterator[str]:
    """Yield the ids of the findings and terms that a rule names itself; what a term reads is the term's own."""
    match rule:
        case Term(name, _):
            yield name
        case Present(finding) | OneOf(finding, _) | Compare(finding, _, _):
            yield finding.id
        case _:
            for child in children(rule):
                yield from rule_ids(child)


def evidence_of(book: Book, id_: str) -> Evidence:
    """Gather what an entry rests on: its own claims and sources, those of its figures, and judgements that stand in."""
    _, entry = book.everything[id_]
    basis = str(getattr(entry, "basis", ""))
    own = (id_,) if id_ in book.claims else ()
    claims = dict.fromkeys((*own, *_named(entry, ("claims", "claim")), *book.claims_of.get(id_, ())))
    held = [book.claims[c] for c in claims if c in book.claims]
    own_source = (id_,) if id_ in book.sources else ()
    sources = dict.fromkeys((*own_source, *_named(entry, ("sources", "source")), *(c.source for c in held)))
    figures = tuple(_figures(book, entry))
    opinions = [b for b in dict.fromkeys((basis, *(f.basis for f in figures))) if b in OPINION]
    judgements = [engine_of(book).opinion(b).id for b in opinions]
    if isinstance(entry, Judgement):
        judgements.append(id_)
    if getattr(entry, "prior", None):
        judgements.append(book.differential.judgement)
    return Evidence(
        basis,
        tuple(held),
        tuple(book.sources[s] for s in sources if s in book.sources),
        tuple(book.judgements[j] for j in dict.fromkeys(judgements)),
        figures,
        tuple(book.settled[s] for s in engine_of(book).settled_with.get(id_, ())),
    )


def _named(value: Any, names: tuple[str, ...]) -> Iterator[str]:
    """Every id in fields of these names, at any depth."""
    if isinstance(value, tuple):
        for part in value:
            yield from _named(part, names)
    elif is_dataclass(value) and not isinstance(value, Rule):
        for f in fields(value):
            inner = getattr(value, f.name)
            if f.name in names:
                yield from (inner,) if isinstance(inner, str) else inner or ()
            else:
                yield from _named(inner, names)


def _figures(book: Book, entry: Any) -> Iterator[FigureBasis]:
    """The figures inside an entry, each with its own basis."""
    if getattr(entry, "prior", None):
        shares = entry.prior.values()
        yield FigureBasis("prior share", f"{min(shares):.3%} to {max(shares):.3%}", book.differential.prior_basis, ())
    for f in fields(entry):
        value = getattr(entry, f.name)
        for part in value if isinstance(value, tuple) else (value,):
            if isinstance(part, Leak | MedicineFigure) or (is_dataclass(part) and hasattr(part, "basis")):
                yield _figure(book, f.name, part, str(getattr(entry, "basis", "")))


def _figure(book: Book, field_name: str, part: Any, basis: str) -> FigureBasis:
    label = field_name.replace("_", " ")
    what = next(
        (getattr(part, n) for n in ("finding", "what", "label", "group", "measure") if getattr(part, n, "")), ""
    )
    sources = (*getattr(part, "sources", ()), *filter(None, (getattr(part, "source", None),)))
    named = name_of(book, str(what))
    return FigureBasis(
        f"{label}: {named}".rstrip(": "), value_words(part), str(getattr(part, "basis", basis)), tuple(sources)
    )


def value_words(part: Any) -> str:
    """Put the value of a figure, interval, band or probability into words."""
    p = getattr(part, "p", None)
    if p is not None:
        return f"{p:.3g}"
    options = getattr(part, "options", None)
    if options:
        return ", ".join(f"{k} {v:.3g}" for k, v in options.items())
    value = getattr(part, "value", None)
    if value is not None:
        ci = getattr(part, "ci", ())
        interval = f" (95 % interval {' to '.join(map(str, ci))})" if ci else ""
        return f"{value} {getattr(part, 'unit', '')}".strip() + interval
    return limits_words(part)


def limits_words(part: Any) -> str:
    """Put limits into words: "3.5 to 5.0 mmol/L", "below 3.0 mmol/L"."""
    unit = getattr(part, "unit", "")
    low = next((v for n in ("low", "from_", "from_days") if (v := getattr(part, n, None)) is not None), None)
    high = next((v for n in ("high", "to", "to_days") if (v := getattr(part, n, None)) is not None), None)
    words = []
    if low is not None and high is not None:
        words.append(f"{low} to {high}")
    elif low is not None or high is not None:
        words.append(f"from {low}" if high is None else f"up to {high}")
    names = (("below", "below"), ("above", "above"), ("at_or_above", "at least"), ("at_or_below", "at most"))
    words += [f"{word} {value}" for name, word in names if (value := getattr(part, name, None)) is not None]
    times = tuple(getattr(part, "times_uln", ()))
    if times:
        low_times, high_times = (*times, None)[:2]
        words.append(f"{low_times or 0} {f'to {high_times}' if high_times else 'or more'} times the upper limit")
    if hasattr(part, "to_days"):
        unit = "days"
    return f"{', '.join(words)} {unit}".strip() if words else ""
