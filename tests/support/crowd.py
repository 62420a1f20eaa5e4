"""Random people as rows of a table of findings, and the same people one by one as `assess` takes them."""

import random
from collections.abc import Mapping, Sequence
from decimal import Decimal

import pyarrow as pa

from crampwise.assess.intake import Intake, LabEntry
from crampwise.book.book import Book
from crampwise.logic.answers import Answers, Value
from crampwise.logic.findings import Choice, Number, YesNo
from crampwise.logic.rules import Compare, Rule, walk
from crampwise.population.screen import Screen
from crampwise.population.table import schema

Row = Mapping[str, Value]


def edges(rules: Sequence[Rule]) -> dict[str, list[Decimal]]:
    """For each number the thresholds of all rules, and points between them."""
    found: dict[str, set[Decimal]] = {}
    for rule in rules:
        for node in walk(rule):
            if isinstance(node, Compare):
                found.setdefault(node.finding.id, set()).add(node.threshold)
    return {id_: sorted(limits) for id_, limits in found.items()}


def row(book: Book, limits: Mapping[str, list[Decimal]], rnd: random.Random) -> dict[str, Value]:
    """One person: age and sex mostly known, a few findings mostly yes, some results near thresholds."""
    ids = list(book.catalogue)
    chosen = [i for i in ("age_years", "sex_at_birth") if rnd.random() < 0.9]
    chosen += rnd.sample(ids, rnd.randint(0, 25))
    results = [f.id for f in book.findings.values() if f.answered_by == "lab"]
    chosen += rnd.sample(results, rnd.randint(0, 5))
    found: dict[str, Value] = {}
    for id_ in chosen:
        match book.catalogue[id_]:
            case YesNo():
                found[id_] = rnd.random() < 0.75
            case Choice(_, options):
                found[id_] = rnd.choice(options)
            case Number(_, _, low, high):
                at = rnd.choice([*limits.get(id_, []), low, high])
                value = at + rnd.choice([Decimal(0), Decimal("0.1"), Decimal("-0.1"), Decimal(rnd.randint(-20, 20))])
                found[id_] = min(max(value, low), high)
    return found


def crowd(book: Book, people: int, seed: int) -> list[dict[str, Value]]:
    """Many people, always the same for a seed."""
    rnd = random.Random(seed)
    limits = edges([r.when for r in book.red_flags.values()] + [t.rule for t in book.terms.values()])
    return [row(book, limits, rnd) for _ in range(people)]


def as_batch(screen: Screen, rows: Sequence[Row]) -> pa.RecordBatch:
    """The table of findings of these people."""
    ids = sorted({id_ for r in rows for id_ in r})
    columns = {id_: [_plain(r.get(id_)) for r in rows] for id_ in ids}
    people = {"person": [f"p{i}" for i in range(len(rows))], "medicines": [None] * len(rows)}
    return pa.RecordBatch.from_pydict({**people, **columns}, schema=schema(screen, ids))


def as_intake(book: Book, given: Row) -> Intake:
    """One of them as `assess` takes a person: results of tests as results, all else as answers."""
    answers, labs = {}, []
    for id_, value in given.items():
        if book.findings[id_].answered_by == "lab" and isinstance(value, Decimal):
            unit = book.findings[id_].unit
            labs.append(LabEntry(id_, value, unit, None, None, None, f"labs {id_}"))
        else:
            answers[id_] = value
    return Intake(Answers(answers), (), tuple(labs))


def _plain(value: Value | None) -> object:
    return float(value) if isinstance(value, Decimal) else value
