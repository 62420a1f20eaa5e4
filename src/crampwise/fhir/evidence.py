"""What a resource rests on: claims, sources and judgements as related artifacts, links beside each question."""

from collections.abc import Iterable, Iterator
from typing import Any

from crampwise.assess.assessment import Cite
from crampwise.book.book import Book
from crampwise.book.schema.common import Entry
from crampwise.fhir.names import RELATED_ARTIFACT, SUPPORT_LINK
from crampwise.lookup.cite import address, reference

_LINKS = 3


def related_artifacts(book: Book, about: Iterable[str]) -> list[dict[str, Any]]:
    """Give everything that some entries rest on, each once, as extensions.

    Args:
        book: holds the evidence.
        about: ids of entries; those that are none are passed over.
    """
    entries = (book.everything[id_][1] for id_ in dict.fromkeys(about) if id_ in book.everything)
    cites = dict.fromkeys(c for entry in entries for c in _cites(book, entry))
    return [{"url": RELATED_ARTIFACT, "valueRelatedArtifact": related_artifact(book, c)} for c in cites]


def related_artifact(book: Book, cite: Cite) -> dict[str, Any]:
    """Give one citation as a RelatedArtifact."""
    found = reference(book, cite)
    place = f", {found.place}" if found.place else ""
    said = f"{found.says.rstrip('.')}. " if found.says else ""
    return {
        "type": "citation",
        "label": found.id,
        "display": f"{found.origin} ({found.date})" if found.date else found.origin,
        "citation": f"{said}{found.origin}{place} [{found.strength}]",
        **({"url": found.address} if found.address else {}),
    }


def support_links(book: Book, entry: Entry) -> list[dict[str, Any]]:
    """Give links from a question to the sources that it rests on."""
    ids = [*entry.sources, *(book.claims[c].source for c in (*entry.claims, *book.claims_of.get(entry.id, ())))]
    places = dict.fromkeys(a for s in dict.fromkeys(ids) if (a := address(book.sources[s])))
    return [{"url": SUPPORT_LINK, "valueUri": place} for place in list(places)[:_LINKS]]


def _cites(book: Book, entry: Entry) -> Iterator[Cite]:
    claims = dict.fromkeys((*entry.claims, *book.claims_of.get(entry.id, ())))
    yield from (Cite("claim", c) for c in claims)
    told = {book.claims[c].source for c in claims}
    yield from (Cite("source", s) for s in entry.sources if s not in told)
    if not claims and not entry.sources:
        yield from (Cite("judgement", j.id) for j in book.judgements.values() if entry.basis in j.covers)
