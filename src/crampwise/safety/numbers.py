"""N1: the numbers of the book are what they claim to be: probabilities, shares, limits and units."""

from collections.abc import Iterable, Iterator
from contextlib import suppress
from decimal import Decimal
from fractions import Fraction

import numpy as np

from crampwise.assess.units import UnitError, convert
from crampwise.book.book import Book
from crampwise.book.checks.safety import rules_of
from crampwise.book.schema.workup import Test
from crampwise.logic.findings import Number
from crampwise.logic.rules import Compare, walk
from crampwise.safety.ground import Ground
from crampwise.safety.obligations import Cases, Failure, Obligation

TOLERANCE = Fraction(1, 100_000)
Counted = tuple[int, list[Failure]]


def n1(ground: Ground) -> Iterator[Obligation]:
    """Probabilities, priors, thresholds and units."""
    yield Cases(
        "probabilities", "No probability that is computed with is 0 or 1, or outside.", lambda: _probabilities(ground)
    )
    yield Cases("priors", "The priors of each group of people sum to 1.", lambda: _priors(ground.engine.book))
    yield Cases(
        "thresholds", "Every threshold lies within the plausible limits of its finding.", lambda: _thresholds(ground)
    )
    yield Cases(
        "units", "Every unit of a result can be turned into that of its finding.", lambda: _units(ground.engine.book)
    )


def _collect(checked: Iterable[Failure | None]) -> Counted:
    every = list(checked)
    return len(every), [f for f in every if f is not None]


def _probabilities(ground: Ground) -> Counted:
    return _collect([*_stated(ground.engine.book), *_computed(ground)])


def _stated(book: Book) -> Iterator[Failure | None]:
    """What the content states may be 0 or 1, but nothing outside."""
    for condition in book.conditions.values():
        for x in condition.likelihoods:
            bad = not 0 <= x.p <= 1
            yield Failure(f"N1/{condition.id}/{x.finding}", f"P({x.finding}) is {x.p}.") if bad else None
    leaks = {e.id: e.leak for e in book.findings.values()} | {e.id: e.leak for e in book.terms.values()}
    for id_, leak in leaks.items():
        if leak is None:
            continue
        stated = [
            *([leak.p] if leak.p is not None else []),
            *(leak.options or {}).values(),
            *(leak.by_stratum or {}).values(),
        ]
        stated += [p for options in (leak.options_by_stratum or {}).values() for p in options.values()]
        for p in stated:
            yield Failure(f"N1/{id_}/leak", f"The leak of {id_} is {p}.") if not 0 <= p <= 1 else None


def _computed(ground: Ground) -> Iterator[Failure | None]:
    """Every table of the differential, as it is computed with: no answer alone makes a cause certain or impossible."""
    model = ground.engine.model
    for stratum in ground.engine.book.differential.strata:
        table = model.stratum(stratum.id)
        for f, feature in enumerate(model.features):
            rows = slice(model.first[f], model.first[f + 1])
            p = np.exp(table.weight[rows] + table.leak[rows, None])
            inside = bool(((p > 0) & (p < 1)).all())
            yield (
                None
                if inside
                else Failure(f"N1/{stratum.id}/{feature.id}", f"{feature.id} has a probability of 0 or 1.")
            )


def _priors(book: Book) -> Counted:
    def each() -> Iterator[Failure | None]:
        for stratum in book.differential.strata:
            shares = [(c.prior or {}).get(stratum.id, 0.0) for c in book.conditions.values()]
            total = sum((Fraction(str(s)) for s in shares), Fraction(0))
            wrong = abs(total - 1) > TOLERANCE or any(not 0 <= s <= 1 for s in shares)
            yield (
                Failure(f"N1/{stratum.id}", f"The priors of {stratum.id} sum to {float(total):.6f}.") if wrong else None
            )
        total = sum((Fraction(str(s.share)) for s in book.differential.strata), Fraction(0))
        wrong = bool(book.differential.strata) and abs(total - 1) > TOLERANCE
        yield Failure("N1/strata", f"The shares of the groups sum to {float(total):.6f}.") if wrong else None

    return _collect(each())


def _thresholds(ground: Ground) -> Counted:
    nodes = {(k, n) for k, rule in ground.engine.rules.items() for n in walk(rule) if isinstance(n, Compare)}
    return _collect(
        Failure(f"N1/{key}", f"{key} compares {node.finding.id} with {node.threshold}, outside its limits.")
        if not node.finding.low <= node.threshold <= node.finding.high
        else None
        for key, node in sorted(nodes, key=str)
    )


def _units(book: Book) -> Counted:
    return _collect([*_rule_units(book), *(f for test in book.tests.values() for f in _test_units(book, test))])


def _rule_units(book: Book) -> Iterator[Failure | None]:
    """A finding inside a rule is the very one of the catalogue, unit and limits included."""
    for key, rule in rules_of(book).items():
        for node in walk(rule):
            if isinstance(node, Compare):
                same = node.finding == book.catalogue[node.finding.id]
                yield None if same else Failure(f"N1/{key}", f"{key} reads {node.finding.id} in {node.finding.unit}.")


def _test_units(book: Book, test: Test) -> Iterator[Failure | None]:
    """Reference intervals and units of a test reach the unit of what it fills."""
    numbers = [f for f in map(book.catalogue.__getitem__, test.results) if isinstance(f, Number)]
    for interval in test.reference:
        wanted = [f for f in numbers if interval.finding in (None, f.id)]
        reached = not wanted or any(_reaches(interval.unit, f.unit, test) for f in wanted)
        text = (
            f"{test.id} gives its interval in {interval.unit}, which cannot become {', '.join(f.unit for f in wanted)}."
        )
        yield None if reached else Failure(f"N1/{test.id}/{interval.unit}", text)


def _reaches(unit: str, other: str, test: Test) -> bool:
    with suppress(UnitError):
        convert(Decimal(1), unit, other, test.conversions)
        return True
    return False
