"""Ranked search over the names, titles and plain texts of the book.

Words match whole, by their beginning, or as a plural; never by likeness, so that tetany and tetanus stay apart.
"""

import re
import unicodedata
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from crampwise.book.book import Book
from crampwise.lookup.names import title_of

_NAME, _ALSO, _TITLE, _TEXT = 12.0, 12.0, 8.0, 2.0
_WHOLE, _PREFIX = 1.0, 0.5
_LEAST_PREFIX = 3

_ALSO_FIELDS = ("also", "also_called")
_TITLE_FIELDS = (
    "short",
    "title",
    "ask",
    "clinical",
    "topic",
    "term",
    "mimic",
    "name",
    "ingredient",
    "drug_class",
    "body",
)
_TEXT_FIELDS = (
    "meaning", "what", "clues", "next", "because", "do", "never", "say", "works", "ask_first", "plain", "plain_why",
    "plain_how", "start", "steps", "why", "tell", "settled", "text", "link", "advice", "risk", "together", "clue",
    "caution", "says", "authors", "facts", "options", "called", "safety", "mechanism",
)  # fmt: skip
_NOT_SEARCHED = ("drawings",)
"""Found through what they belong to."""

_PRIORITY = ("glossary", "red_flags", "conditions", "medicines", "brands", "actions", "stretches", "muscles", "library")


@dataclass(frozen=True)
class Hit:
    """An entry that a search found; a higher score fits better."""

    kind: str
    id: str
    title: str
    score: float


@dataclass(frozen=True)
class _Document:
    kind: str
    id: str
    title: str
    names: tuple[str, ...]


@dataclass(frozen=True)
class _Index:
    """Where each word stands: `places` gives the numbers of documents and how much the word weighs there."""

    documents: tuple[_Document, ...]
    places: Mapping[str, Mapping[int, float]]
    words: tuple[str, ...]

    def scores(self, word: str) -> dict[int, float]:
        """Score every document that holds a word, or one that begins with it as it was typed."""
        whole = self.places.get(_singular(word), {})
        found = {n: weight * _WHOLE for n, weight in whole.items()}
        if len(word) < _LEAST_PREFIX:
            return found
        for at in range(bisect_left(self.words, word), len(self.words)):
            if not self.words[at].startswith(word):
                break
            for n, weight in self.places[self.words[at]].items():
                if n not in whole:
                    found[n] = max(found.get(n, 0.0), weight * _PREFIX)
        return found


def search(book: Book, query: str, kind: str | None = None) -> tuple[Hit, ...]:
    """Find entries, best first.

    Entries that hold every word come alone when there are any; otherwise those that hold some of them.

    Args:
        book: the content.
        query: words as typed.
        kind: only this kind of content (a key of `book.sections()`).
    """
    words = tuple({_singular(word): word for word in _typed(query)}.values())
    index = _index(book)
    scored = [index.scores(word) for word in words]
    matched = Counter(n for scores in scored for n in scores if not kind or index.documents[n].kind == kind)
    most = max(matched.values(), default=0)
    hits = []
    for n in (n for n, count in matched.items() if count == most):
        document = index.documents[n]
        named = _NAME * len(words) if " ".join(map(_singular, words)) in document.names else 0
        score = round(sum(scores.get(n, 0.0) for scores in scored) + named, 2)
        hits.append(Hit(document.kind, document.id, document.title, score))
    return tuple(sorted(hits, key=lambda h: (-h.score, _order(h.kind), h.id)))


def _order(kind: str) -> int:
    return _PRIORITY.index(kind) if kind in _PRIORITY else len(_PRIORITY)


@lru_cache(maxsize=2)
def _index(book: Book) -> _Index:
    documents: list[_Document] = []
    places: dict[str, dict[int, float]] = {}
    for kind, entries in book.sections():
        for id_, entry in entries.items() if kind not in _NOT_SEARCHED else ():
            title = title_of(kind, entry)
            also = [t for name in _ALSO_FIELDS for t in _texts(getattr(entry, name, ()))]
            for text, weight in _weighted(id_, title, also, entry):
                for word in _words(text):
                    held = places.setdefault(word, {})
                    held[len(documents)] = max(held.get(len(documents), 0.0), weight)
            names = tuple(" ".join(_words(n)) for n in (title, id_, *also))
            documents.append(_Document(kind, id_, title, names))
    return _Index(tuple(documents), places, tuple(sorted(places)))


def _weighted(id_: str, title: str, also: list[str], entry: Any) -> Iterator[tuple[str, float]]:
    yield from ((t, _NAME) for t in (id_, title))
    yield from ((t, _ALSO) for t in also)
    for weight, names in ((_TITLE, _TITLE_FIELDS), (_TEXT, _TEXT_FIELDS)):
        for name in names:
            yield from ((t, weight) for t in _texts(getattr(entry, name, None)))


def _texts(value: Any) -> Iterator[str]:
    """Every text inside a field."""
    match value:
        case str():
            yield value
        case tuple():
            for part in value:
                yield from _texts(part)
        case dict():
            yield from value
        case _:
            for name in ("plain", "clinical", "label", "text", "says"):
                yield from _texts(getattr(value, name, ()))


def _words(text: str) -> list[str]:
    """Words as typed, plurals folded to singular."""
    return [_singular(word) for word in _typed(text)]


def _typed(text: str) -> list[str]:
    """Words in lower case without accents, British spelling folded to American."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode() or text
    found = re.findall(r"[a-z0-9]+", plain.casefold().replace("'", ""))
    return [re.sub(r"ae(?=[mdst])|^oe(?=[sd])", "e", word) for word in found]


def _singular(word: str) -> str:
    plural = len(word) > 3 and word.endswith("s") and not word.endswith(("ss", "us", "is"))
    return word[:-1] if plural else word
