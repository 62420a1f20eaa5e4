"""Which entries of the book execute each claim of the source documents."""

from collections.abc import Mapping
from dataclasses import dataclass

from crampwise.book.book import Book
from crampwise.book.schema.knowledge import Claim

_NOT_EXECUTABLE = ("sources", "claims", "judgements", "settled", "standards")
"""Kinds that only record: naming one of them alone does not make a claim do anything."""


@dataclass(frozen=True)
class Coverage:
    """What executes each claim.

    Attributes:
        claims: claim id to the entries that execute it. missing: claims that nothing executes.
        provenance: claims with a gap, to what is missing: the source announces something without giving it.
    """

    claims: Mapping[str, tuple[str, ...]]
    missing: tuple[str, ...]
    provenance: Mapping[str, str]

    @property
    def executed(self) -> int:
        """How many claims are executed."""
        return len(self.claims) - len(self.missing)


def coverage(book: Book) -> Coverage:
    """Hold every claim against the book.

    A claim is executed when every entry that it names exists and at least one of them takes part in what a person
    gets: a finding, a rule, advice, a library card, a glossary word and so on. A claim about the document itself (who
    reviewed it, when, its rights) is executed by the record of that document, which is shown wherever it is cited.
    """
    kinds = _kinds(book)
    missing = tuple(c.id for c in book.claims.values() if not _is_executed(kinds, c))
    return Coverage(
        {c.id: tuple(c.executed_by) for c in book.claims.values()},
        missing,
        {c.id: c.gap for c in book.claims.values() if c.gap},
    )


def _is_executed(kinds: Mapping[str, str], claim: Claim) -> bool:
    if not claim.executed_by or any(id_ not in kinds for id_ in claim.executed_by):
        return False
    return any(kinds[id_] not in _NOT_EXECUTABLE or id_ == claim.source for id_ in claim.executed_by)


def _kinds(book: Book) -> dict[str, str]:
    """The kind of every entry, items of the emergency screen included."""
    items = {item.id: "emergency_screen" for screen in book.emergency_screen.screens for item in screen.items}
    return items | {id_: kind for id_, (kind, _) in book.everything.items()}
