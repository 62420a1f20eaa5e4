"""Names of medical products, as RxNorm and health records write them, taken apart until the book knows them."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from crampwise.assess.medicines import Recognised, names_of, recognise
from crampwise.book.book import Book
from crampwise.records.fhir import Coded

_BRAND = re.compile(r"\[([^\]]+)\]")
_ROUND = re.compile(r"\([^)]*\)")
_LONGEST = 200
_CODED = {"rxnorm": "by the RxNorm code of the ingredient", "atc": "by its ATC code"}


@dataclass(frozen=True)
class Product:
    """A medicine as recognised.

    Attributes:
        names: what to hand on; each is known to the book, or stands as the record writes it.
        ingredients, findings: what it was taken for. how: by which code or name. missed: parts of it not recognised.
    """

    names: tuple[str, ...]
    ingredients: tuple[str, ...]
    findings: tuple[str, ...]
    how: str
    missed: tuple[str, ...] = ()


@lru_cache(maxsize=4096)
def product(book: Book, codes: tuple[Coded, ...], text: str) -> Product:
    """Recognise a medicine by its codes, or else by what the record calls it. What is not recognised keeps its name."""
    for code in codes:
        if code.system in _CODED and (found := _by_code(book, code)):
            return found
    written = tuple(dict.fromkeys(t for t in map(_clean, (text, *(c.text for c in codes))) if t))
    best: Product | None = None
    last: Product | None = None
    for name in written:
        found = _by_name(book, name)
        if found.ingredients or found.findings:
            if not found.missed:
                return found
            best = best or found
        last = last or found
    return best or last or Product((_clean(codes[0].code) if codes else "",), (), (), "not recognised")


def _clean(text: str) -> str:
    """Give a name on one line, and no longer than an answers file takes it."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())[:_LONGEST]


def _by_code(book: Book, code: Coded) -> Product | None:
    taken = recognise(book, f"rxnorm {code.code}" if code.system == "rxnorm" else code.code)
    if len(taken.ingredients) == 1:
        return Product(taken.ingredients, taken.ingredients, taken.findings, _CODED[code.system])
    if taken.members or taken.findings:
        return Product((code.code,), taken.members, taken.findings, _CODED[code.system])
    return None


def _by_name(book: Book, text: str) -> Product:
    """Take a product name apart: first whole, then without strengths and forms, part by part, then by its brand."""
    whole = recognise(book, text)
    if _knows(whole):
        return Product((text,), whole.ingredients, whole.findings, "by its name")
    lower = text.lower()
    words = book.words
    if any(_has(lower, form) for form in words.local_forms):
        return Product((text,), (), (), "not recognised: a form that acts where it is put")
    parts = [p for p in _parts(book, _BRAND.sub(" ", lower)) if p]
    taken = [recognise(book, part) for part in parts]
    known = [t for t in taken if _knows(t)]
    if known:
        missed = tuple(part for part, t in zip(parts, taken, strict=True) if not _knows(t))
        return _joined(known, missed)
    for brand in _BRAND.findall(lower):
        by_brand = recognise(book, brand)
        if _knows(by_brand):
            return _joined([by_brand], ())
    return Product((text,), (), (), "not recognised")


def _joined(known: list[Recognised], missed: tuple[str, ...]) -> Product:
    ingredients = tuple(dict.fromkeys(i for t in known for i in t.ingredients))
    findings = tuple(dict.fromkeys(f for t in known for f in t.findings))
    return Product(tuple(t.said for t in known), ingredients, findings, "by its name", missed)


def _knows(recognised: Recognised) -> bool:
    return bool(recognised.ingredients or recognised.members or recognised.findings)


def _has(text: str, words: str) -> bool:
    return re.search(rf"\b{re.escape(words)}\b", text) is not None


def _parts(book: Book, text: str) -> Iterator[str]:
    """Yield each ingredient of a product name, without strength and form, and without its salt if need be."""
    names = names_of(book)
    for piece in re.split(r"\s/\s", text):
        bare = " ".join(_noise(book).sub(" ", _ROUND.sub(" ", piece)).replace(",", " ").split())
        if _knows(recognise(book, bare)):
            yield bare
            continue
        shorter = names.bare(bare)
        yield shorter if _knows(recognise(book, shorter)) else bare


@lru_cache(maxsize=4)
def _noise(book: Book) -> re.Pattern[str]:
    units = "|".join(map(re.escape, sorted(book.words.product_units, key=len, reverse=True)))
    forms = "|".join(map(re.escape, sorted(book.words.product_forms, key=len, reverse=True)))
    strength = rf"\d[\d.,]*\s*(?:{units})\b(?:\s*/\s*(?:\d[\d.,]*\s*)?(?:{units})\b)?"
    return re.compile(rf"{strength}|\bnda\d+\b|\b(?:{forms})\b")
