"""No answer follows from itself through implications and who_for rules."""

from collections.abc import Iterator
from graphlib import CycleError, TopologicalSorter

from crampwise.book.book import Book
from crampwise.logic.errors import Problem
from crampwise.logic.findings import YesNo
from crampwise.logic.rules import findings_of

Fact = tuple[str, str]
"""A finding, and whether its being true or its being false is meant."""


def check_loops(book: Book) -> list[Problem]:
    """Check that only yes/no findings imply each other, and that nothing does so in a circle."""
    return [*_kinds(book)] or [*_loops(book)]


def _kinds(book: Book) -> Iterator[Problem]:
    for entry in book.findings.values():
        for id_ in (entry.id, *entry.implies) if entry.implies else ():
            if not isinstance(book.catalogue[id_], YesNo):
                yield Problem(f"findings/{entry.id}", f"{id_} is not a yes/no finding, so it has no place in implies.")


def _loops(book: Book) -> Iterator[Problem]:
    follows: dict[Fact, set[Fact]] = {(id_, side): set() for id_ in book.findings for side in ("true", "false")}
    for entry in book.findings.values():
        for target in entry.implies:
            follows[target, "true"].add((entry.id, "true"))
            follows[entry.id, "false"].add((target, "false"))
        for finding in findings_of(entry.who_for) if entry.who_for else ():
            follows[entry.id, "false"] |= {(finding.id, "true"), (finding.id, "false")}
    try:
        TopologicalSorter({fact: sorted(causes) for fact, causes in follows.items()}).prepare()
    except CycleError as error:
        circle = [id_ for id_, _ in reversed(error.args[1])]
        path = " -> ".join(dict.fromkeys(circle)) + f" -> {circle[0]}"
        remedy = "Remove one of these implies or who_for."
        yield Problem(f"findings/{circle[0]}", f"its answer would follow from itself: {path}.", remedy)
