"""Evidence as features: a finding or term with two cells, or the bands into which terms cut one number or choice."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from crampwise.book.book import Book
from crampwise.book.schema.findings import Leak
from crampwise.interpret.person import evaluate
from crampwise.logic.answers import Answers, Value
from crampwise.logic.findings import Choice, Finding, Number, YesNo
from crampwise.logic.rules import Compare, Present, Rule, findings_of, walk
from crampwise.logic.truth import Truth

Floats = NDArray[np.float64]
_ROUNDS = 200


@dataclass(frozen=True)
class Feature:
    """One piece of evidence.

    Attributes:
        id: the finding or term; for bands, the number or choice that they cut.
        parts: the finding or term ids whose truth tells the cell.
        cells: for each cell the truth of every part. A plain yes or no has the cells (False,), (True,).
    """

    id: str
    parts: tuple[str, ...]
    cells: tuple[tuple[bool, ...], ...]

    def cell(self, truths: Mapping[str, Truth]) -> int | None:
        """Give the cell that a person falls in, or None while that is unknown; a part without a truth is unknown."""
        known = []
        for part in self.parts:
            truth = truths.get(part, Truth.UNKNOWN)
            if truth is Truth.UNKNOWN:
                return None
            known.append(truth is Truth.TRUE)
        pattern = tuple(known)
        return self.cells.index(pattern) if pattern in self.cells else None


def features_of(book: Book) -> tuple[Feature, ...]:
    """Give every feature that some condition has a likelihood for, in a fixed order."""
    used = dict.fromkeys(x.finding for c in book.conditions.values() if c.prior is not None for x in c.likelihoods)
    plain: list[Feature] = []
    bands: dict[str, list[str]] = defaultdict(list)
    for id_ in used:
        variable = _variable(book, id_)
        if variable is None:
            plain.append(Feature(id_, (id_,), ((False,), (True,))))
        else:
            bands[variable].append(id_)
    cut = [Feature(variable, tuple(parts), _cells(book, variable, parts)) for variable, parts in bands.items()]
    return (*plain, *cut)


def rule_of(book: Book, id_: str) -> Rule:
    """Give the rule that tells whether a finding or term is present."""
    if id_ in book.terms:
        return book.terms[id_].rule
    finding = book.catalogue[id_]
    if not isinstance(finding, YesNo):
        raise ValueError(f"{id_} is not a yes/no finding")
    return Present(finding)


def leak_cells(book: Book, feature: Feature, stratum: str) -> Floats:
    """How people with ordinary cramps fall into the cells of a feature, in one stratum."""
    clamp = book.differential.clamp
    if feature.id in feature.parts:
        return two_cells(_leak_p(_entry_leak(book, feature.id), stratum), clamp)
    leak = book.findings[feature.id].leak
    shares = np.full(len(feature.cells), 1 / len(feature.cells))
    if leak and leak.options is not None:
        options = (leak.options_by_stratum or {}).get(stratum, leak.options)
        shares = np.zeros(len(feature.cells))
        for value, cell in _values(book, feature.id, feature.parts):
            shares[feature.cells.index(cell)] += options[str(value)]
        return clamped(shares, clamp)
    marginals = {part: _leak_p(_entry_leak(book, part), stratum) for part in feature.parts}
    return fitted(shares, feature, marginals, clamp)


def by_definition(book: Book, feature: Feature, stratum: str) -> bool:
    """Say whether a stratum itself settles a feature (a man is not pregnant), so that it tells nothing there."""
    if feature.id in book.findings and book.findings[feature.id].options:
        return False
    return all(_leak_p(_entry_leak(book, part), stratum) in (0, 1) for part in feature.parts)


def fitted(shares: Floats, feature: Feature, marginals: Mapping[str, float], clamp: float) -> Floats:
    """The distribution nearest to `shares` (least relative entropy) in which each named part has its probability.

    Found by iterative proportional fitting (Deming and Stephan 1940).
    """
    if feature.id in feature.parts:
        return two_cells(marginals[feature.id], clamp)
    fit = shares.copy()
    inside = {p: np.array([cell[feature.parts.index(p)] for cell in feature.cells]) for p in marginals}
    for _ in range(_ROUNDS):
        before = fit.copy()
        for part, p in marginals.items():
            yes = fit[inside[part]].sum()
            if 0 < yes < 1:
                fit = np.where(inside[part], fit * p / yes, fit * (1 - p) / (1 - yes))
        if np.abs(fit - before).max() < 1e-12:
            break
    return clamped(fit, clamp)


def two_cells(p: float, clamp: float) -> Floats:
    """No and yes of a plain feature."""
    return clamped(np.array([1 - p, p]), clamp)


def clamped(shares: Floats, clamp: float) -> Floats:
    """Keep every cell away from 0 and 1: no answer is ever proof."""
    kept = np.clip(shares, clamp, 1 - clamp)
    return np.asarray(kept / kept.sum(), dtype=np.float64)


def _variable(book: Book, id_: str) -> str | None:
    """The number or choice that a term cuts into bands, if it reads nothing else."""
    if id_ not in book.terms:
        return None
    read = findings_of(book.terms[id_].rule)
    return read[0].id if len(read) == 1 and not isinstance(read[0], YesNo) else None


def _cells(book: Book, variable: str, parts: Sequence[str]) -> tuple[tuple[bool, ...], ...]:
    return tuple(dict.fromkeys(cell for _, cell in _values(book, variable, parts)))


def _values(book: Book, variable: str, parts: Sequence[str]) -> Iterator[tuple[Value, tuple[bool, ...]]]:
    """Every option, or a number on each side of each threshold, with the truth of all parts there."""
    rules = [book.terms[p].rule for p in parts]
    for value in _probes(book.catalogue[variable], rules):
        answers = Answers({variable: value})
        yield value, tuple(evaluate(rule, answers) is Truth.TRUE for rule in rules)


def _probes(finding: Finding, rules: Sequence[Rule]) -> Sequence[Value]:
    if isinstance(finding, Choice):
        return list(finding.options)
    if not isinstance(finding, Number):
        raise TypeError(f"{finding.id} is neither a number nor a choice")
    cuts = sorted(
        {n.threshold for rule in rules for n in walk(rule) if isinstance(n, Compare)} | {finding.low, finding.high}
    )
    between = [(a + b) / Decimal(2) for a, b in pairwise(cuts)]
    return sorted([*cuts, *between])


def _entry_leak(book: Book, id_: str) -> Leak:
    leak = (book.terms[id_] if id_ in book.terms else book.findings[id_]).leak
    if leak is None:
        raise ValueError(f"{id_} has no leak")
    return leak


def _leak_p(leak: Leak, stratum: str) -> float:
    return (leak.by_stratum or {}).get(stratum, leak.p or 0.0)
