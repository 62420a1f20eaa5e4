"""Measures hang together: facts about a record stay in measures, and each of them can be found."""

from collections.abc import Iterator

from crampwise.book.book import Book
from crampwise.book.checks.safety import rules_of
from crampwise.logic.errors import Problem
from crampwise.logic.rules import findings_of


def check_measures(book: Book) -> list[Problem]:
    """Check that no rule about a person reads a record, and that every fact says what it looks for."""
    return [*_only_in_measures(book), *_facts(book)]


def _only_in_measures(book: Book) -> Iterator[Problem]:
    for key, rule in rules_of(book).items():
        strange = [f.id for f in findings_of(rule) if f.id in book.record_facts]
        if strange:
            kind, _, rest = key.partition("/")
            what = f"reads {', '.join(strange)}, which speaks of a record and not of a person."
            yield Problem(f"{kind}s/{rest.partition('/')[0]}", what, "Only a measure may read it.")


def _facts(book: Book) -> Iterator[Problem]:
    read = {f.id for m in book.measures.values() for rule in (m.among, m.when) for f in findings_of(rule)}
    for fact in book.record_facts.values():
        where = f"record_facts/{fact.id}"
        if fact.months < 1:
            yield Problem(where, "months must be 1 or more.")
        if bool(fact.results) != (fact.kind == "result") or bool(fact.codes) != (fact.kind == "contact"):
            yield Problem(where, "a result needs results and no codes, a contact needs codes and no results.")
        if fact.id not in read:
            yield Problem(where, "no measure reads it.", "Use it, or take it out.")
