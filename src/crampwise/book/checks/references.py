"""Every id that is used exists, and no id means two things."""

from collections.abc import Iterable, Mapping

from crampwise.book.book import Book
from crampwise.book.reader import Reference
from crampwise.book.rules import did_you_mean
from crampwise.logic.errors import Problem


def check_references(book: Book, references: Iterable[Reference]) -> list[Problem]:
    """Look every used id up; report ids that are shared by two kinds of content."""
    known = _known(book)
    problems = [
        Problem(where, f"there is no {kind} called {id_!r}.", did_you_mean(id_, known[kind]))
        for kind, id_, where in references
        if id_ not in known[kind]
    ]
    owners: dict[str, str] = {}
    for section, entries in book.sections():
        for id_ in entries:
            if id_ in owners and {section, owners[id_]} - {"brands", "standards", "drug_classes"}:
                problems.append(Problem(f"{section}/{id_}", f"the id is already used in {owners[id_]}.", "Rename one."))
            owners[id_] = section
    problems += _brands(book)
    return problems


def _known(book: Book) -> dict[str, Mapping[str, object]]:
    screen_items = {i.id: i for s in book.emergency_screen.screens for i in s.items}
    return {
        "source": book.sources,
        "claim": book.claims,
        "finding": book.findings,
        "finding or term": {**book.findings, **book.terms},
        "test": book.tests,
        "formula": book.formulas,
        "condition": book.conditions,
        "red flag": book.red_flags,
        "policy": book.policies,
        "action": book.actions,
        "stretch": book.stretches,
        "medicine": book.medicines,
        "monitoring entry": book.monitoring,
        "record window": book.record_windows,
        "stratum": {s.id: s for s in book.differential.strata},
        "entry": {**book.everything, **screen_items},
    }


def _brands(book: Book) -> list[Problem]:
    ingredients = {m.ingredient for m in book.medicines.values()}
    classes = book.drug_classes
    missing = [
        Problem(f"brands/{b.name}", f"there is no ingredient called {i!r}.", did_you_mean(i, ingredients))
        for b in book.brands.values()
        for i in b.ingredients
        if i not in ingredients
    ]
    missing += [
        Problem(
            f"medicines/{m.id}", f"there is no drug class called {m.drug_class!r}.", did_you_mean(m.drug_class, classes)
        )
        for m in book.medicines.values()
        if m.drug_class not in classes
    ]
    return missing
