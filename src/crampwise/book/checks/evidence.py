"""Nothing clinical is said without a claim, a source, or a named, dated judgement; every claim is executed."""

from collections.abc import Iterator

from crampwise.book.book import Book
from crampwise.book.schema.common import Entry
from crampwise.logic.errors import Problem

OPINION = ("expert_estimate", "standard_practice")
"""Kinds of basis that a judgement must stand in for."""


def check_evidence(book: Book) -> list[Problem]:
    """Check that each entry leads to where it comes from, and each claim to what executes it."""
    return [*_entries(book), *_claims(book), *_judgements(book)]


def _entries(book: Book) -> Iterator[Problem]:
    covered = {basis for j in book.judgements.values() for basis in j.covers}
    for section, entries in book.sections():
        for id_, entry in entries.items():
            if not isinstance(entry, Entry):
                continue
            claims = (*entry.claims, *book.claims_of.get(id_, ()))
            if entry.basis in OPINION and entry.basis not in covered:
                yield Problem(f"{section}/{id_}", f"no judgement covers {entry.basis}.", "Add one to judgements.yaml.")
            if entry.basis == "seed" and not claims:
                yield Problem(f"{section}/{id_}", "rests on the source documents but names no claim.")
            if entry.basis not in OPINION and not claims and not entry.sources:
                remedy = "Name its source, or make it an expert_estimate."
                yield Problem(f"{section}/{id_}", f"says {entry.basis} but names no source and no claim.", remedy)


def _claims(book: Book) -> Iterator[Problem]:
    for claim in book.claims.values():
        if not claim.executed_by:
            yield Problem(f"claims/{claim.id}", "nothing executes it.", "Name an entry in executed_by.")
        if len(claim.locator) != 2 or not 0 <= claim.locator[0] < claim.locator[1]:
            yield Problem(f"claims/{claim.id}", "the locator must be [start, end).")


def _judgements(book: Book) -> Iterator[Problem]:
    for judgement in book.judgements.values():
        if not judgement.by.strip():
            yield Problem(f"judgements/{judgement.id}", "a judgement needs a name.")
