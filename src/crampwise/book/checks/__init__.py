"""Checks over a whole book, after every entry on its own has been read."""

from collections.abc import Iterable

from crampwise.book.book import Book
from crampwise.book.checks.drawings import check_drawings
from crampwise.book.checks.evidence import check_evidence
from crampwise.book.checks.followup import check_followup
from crampwise.book.checks.loops import check_loops
from crampwise.book.checks.measures import check_measures
from crampwise.book.checks.numbers import check_numbers
from crampwise.book.checks.records import check_records
from crampwise.book.checks.references import check_references
from crampwise.book.checks.safety import check_safety
from crampwise.book.reader import Reference
from crampwise.logic.errors import Problem


def check_book(book: Book, references: Iterable[Reference]) -> list[Problem]:
    """Run every check and give all problems."""
    found = check_references(book, references)
    if found:
        return found
    checks = (
        check_loops, check_numbers, check_evidence, check_safety, check_drawings, check_followup, check_records,
        check_measures,
    )  # fmt: skip
    return [problem for check in checks for problem in check(book)]
