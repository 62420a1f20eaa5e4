"""Intervals for the probabilities, and how sure their order is, from draws of the book's uncertain numbers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from crampwise.book.book import Book
from crampwise.book.schema.common import Basis
from crampwise.differential.features import Feature, Floats, by_definition
from crampwise.differential.model import Model, Stratum
from crampwise.differential.posterior import Cells, Posterior

Singles = NDArray[np.float32]
_NINE_IN_TEN = 1.6448536269514722
"""Standard deviations on each side of the mean within which nine of ten draws lie."""


@dataclass(frozen=True)
class Spread:
    """What the draws say of the listed conditions, in the order in which they were listed.

    Attributes:
        low, high: (L,) limits between which nine of ten draws of the probability lie.
        rank_kept: (L,) share of the draws in which the condition has the same place among those listed.
        above: (L, L) share of the draws in which the first condition is likelier than the second.
    """

    low: Floats
    high: Floats
    rank_kept: Floats
    above: Floats


@dataclass(frozen=True)
class Tables:
    """Drawn numbers of one stratum, for each draw in the last axis. Row 0 of each is empty: what nobody lists.

    Attributes:
        total: (D,) log of the sum of the drawn priors.
        shift: (1 + L, D) how far the log weight of each listed cell lies from the book's.
        given: (1 + L, D) P(cell | condition). ratio: the same divided by the leak.
    """

    total: Singles
    shift: Singles
    given: Singles
    ratio: Singles


@dataclass(frozen=True)
class Draws:
    """Draws of all uncertain numbers of a model; one deviation serves every stratum.

    Attributes:
        model: whose numbers. row: (C, H) row of each listed cell, 0 for a cell that the condition does not list.
        owner: (L, 2) cell and condition of each row but the first. starts: (E,) first row of each listed feature.
        prior: (H, D), listed: (L, D), leak: (C, D) deviations of logarithms, not yet normalised.
    """

    model: Model
    row: NDArray[np.int32]
    owner: NDArray[np.intp]
    starts: NDArray[np.intp]
    prior: Singles
    listed: Singles
    leak: Singles

    @cached_property
    def _tables(self) -> dict[str, Tables]:
        return {}

    def tables(self, stratum: str) -> Tables:
        """Give the drawn numbers of one stratum, made on first use."""
        if stratum not in self._tables:
            self._tables[stratum] = _table(self, stratum)
        return self._tables[stratum]


def draw(model: Model, random: np.random.Generator) -> Draws:
    """Draw all uncertain numbers of a model as often as its book says."""
    book, first = model.book, model.first
    row = np.zeros((first[-1], len(model.conditions)), dtype=np.int32)
    owner: list[tuple[int, int]] = []
    starts: list[int] = []
    widths: list[float] = []
    for f, feature in enumerate(model.features):
        for h in model.likelihoods[f]:
            starts.append(len(owner))
            for cell in range(first[f], first[f + 1]):
                owner.append((cell, h))
                row[cell, h] = len(owner)
                widths.append(likelihood_width(book, model.conditions[h], feature))
    leaks = [leak_width(book, feature) for feature in model.features for _ in feature.cells]
    count = book.differential.spread.draws

    def deviations(sizes: Floats) -> Singles:
        # Two cells that deviate on their own by s / sqrt(2) have log-odds that deviate by s.
        return np.asarray(
            random.standard_normal((len(sizes), count), dtype=np.float32) * sizes[:, None].astype(np.float32)
        )

    return Draws(
        model=model,
        row=row,
        owner=np.array(owner, dtype=np.intp).reshape(-1, 2),
        starts=np.array(starts, dtype=np.intp),
        prior=deviations(prior_widths(model)),
        listed=deviations(np.array(widths) / np.sqrt(2)),
        leak=deviations(np.array(leaks) / np.sqrt(2)),
    )


def prior_widths(model: Model) -> Floats:
    """Standard deviation of the log of each prior: common ones are known better than rare ones."""
    stated = model.book.differential.spread
    shares = [max((model.book.conditions[c].prior or {"": 0.0}).values()) for c in model.conditions]
    factors = np.where(np.array(shares) >= stated.common_from, stated.prior_common, stated.prior_rare)
    return np.asarray(np.log(factors) / _NINE_IN_TEN)


def likelihood_width(book: Book, condition: str, feature: Feature) -> float:
    """Standard deviation of the log-odds of what a condition says of a feature; of several, the widest."""
    rest_on = [x.basis for x in book.conditions[condition].likelihoods if x.finding in feature.parts]
    return _width(book, rest_on)


def leak_width(book: Book, feature: Feature) -> float:
    """Standard deviation of the log-odds of the leak of a feature."""
    entries = [book.findings[feature.id]] if feature.id in book.findings and book.findings[feature.id].leak else [
        book.terms[p] if p in book.terms else book.findings[p] for p in feature.parts
    ]  # fmt: skip
    return _width(book, [e.leak.basis for e in entries if e.leak])


def _width(book: Book, rest_on: Sequence[Basis]) -> float:
    factors: Mapping[Basis, float] = book.differential.spread.odds
    return float(np.log(max(factors[b] for b in rest_on)) / _NINE_IN_TEN) if rest_on else 0.0


def _table(draws: Draws, stratum: str) -> Tables:
    model, numbers = draws.model, draws.model.stratum(stratum)
    cell, condition = draws.owner[:, 0], draws.owner[:, 1]
    edges = np.array(model.first[:-1], dtype=np.intp)
    clamp = model.book.differential.clamp
    stated = (numbers.weight[cell, condition] + numbers.leak[cell]).astype(np.float32)
    given = _normalised(stated[:, None] + draws.listed, draws.starts, clamp)
    leak = _normalised(numbers.leak.astype(np.float32)[:, None] + draws.leak, edges, clamp)
    ratio = given / leak[cell]
    silent = np.repeat([by_definition(model.book, f, stratum) for f in model.features], np.diff(model.first))[cell]
    ratio[silent] = 1
    given[silent] = leak[cell[silent]]
    shift = np.log(ratio) - numbers.weight[cell, condition].astype(np.float32)[:, None]
    total = np.log(np.exp(draws.prior.T) @ np.exp(numbers.prior))
    none = np.zeros((1, draws.listed.shape[1]), dtype=np.float32)
    return Tables(
        total.astype(np.float32), np.vstack([none, shift]), np.vstack([none, given]), np.vstack([none, ratio])
    )


def _normalised(logs: Singles, starts: NDArray[np.intp], clamp: float) -> Singles:
    """Turn logarithms into shares that sum to 1 within each feature and stay away from 0 and 1."""
    sizes = np.diff(np.append(starts, len(logs)))
    shares = np.exp(logs)
    shares /= np.repeat(np.add.reduceat(shares, starts, axis=0), sizes, axis=0)
    np.clip(shares, clamp, 1 - clamp, out=shares)
    shares /= np.repeat(np.add.reduceat(shares, starts, axis=0), sizes, axis=0)
    return np.asarray(shares)


def spread(draws: Draws, strata: Mapping[str, float], cells: Cells, found: Posterior, listed: Sequence[int]) -> Spread:
    """Say how sure the probabilities of the listed conditions are.

    The exact posterior is moved by each draw: the leading conditions and the pairs among them by what their own
    numbers move, everything else together not at all. While strata are mixed, the likeliest one's draws count.

    Args:
        draws: of the model that gave the posterior. strata: shares of the strata that the person may belong to.
        cells: (F,) the observed cells. found: the posterior of this one person.
        listed: indices of the conditions that are listed, likeliest first.
    """
    model, stated = draws.model, draws.model.book.differential.spread
    main = max(strata, key=lambda s: strata[s])
    marginal = found.marginal[0]
    top = np.argsort(-marginal, kind="stable")[: stated.leading]
    lead = np.array(list(dict.fromkeys((*listed, *top.tolist()))), dtype=np.intp)
    counts = found.counts[0]
    known = np.flatnonzero(cells >= 0)
    place = np.full(len(model.conditions), -1)
    place[lead] = np.arange(len(lead))
    pairs = np.flatnonzero(found.pair[0] >= stated.pair_from)
    sides = place[model.pairs[pairs]]
    inside = (sides >= 0).all(axis=1)
    pairs, sides = pairs[inside], sides[inside]

    tables, numbers = draws.tables(main), model.stratum(main)
    moved = _single_shifts(draws, tables, lead, known, cells, counts)
    both = moved[sides[:, 0]] + moved[sides[:, 1]] - tables.total
    both -= _overlap_shifts(draws, tables, numbers, pairs, known, cells, counts)
    chance = _renormalised(found, lead, pairs, sides, np.exp(moved), np.exp(both))
    return _summary(chance[: len(listed)])


def _single_shifts(draws: Draws, tables: Tables, lead: Cells, known: Cells, cells: Cells, counts: Floats) -> Singles:
    """How far each draw moves the log score of each leading condition alone: (K, D)."""
    at = draws.model.starts[known] + cells[known]
    rows = draws.row[at[:, None], lead]
    seen, who = np.nonzero(rows)
    by = np.zeros((len(lead), len(seen)), dtype=np.float32)
    by[who, np.arange(len(seen))] = counts[known[seen]]
    return np.asarray(draws.prior[lead] + by @ tables.shift[rows[seen, who]])


def _overlap_shifts(
    draws: Draws, tables: Tables, numbers: Stratum, pairs: Cells, known: Cells, cells: Cells, counts: Floats
) -> Singles:
    """How far each draw moves what the sums of pairs overstate: (P, D)."""
    model = draws.model
    first = np.array(model.first, dtype=np.intp)
    one, other = model.pairs[pairs, 0], model.pairs[pairs, 1]
    base = draws.row[first[known]]
    f, p = np.nonzero((base[:, one] > 0) & (base[:, other] > 0))
    mine, theirs = base[f, one[p]], base[f, other[p]]
    sizes = (first[known + 1] - first[known])[f]
    sums = tables.given[mine] * tables.ratio[theirs]
    for cell in range(1, int(sizes.max(initial=1))):
        there = cell < sizes
        sums += tables.given[np.where(there, mine + cell, 0)] * tables.ratio[np.where(there, theirs + cell, 0)]
    by = np.zeros((len(pairs), len(f)), dtype=np.float32)
    by[p, np.arange(len(f))] = counts[known[f]]
    stated = numbers.overlap.at(known[f], pairs[p]).astype(np.float32)
    return np.asarray(by @ (np.log(sums) - stated[:, None]))


def _renormalised(found: Posterior, lead: Cells, pairs: Cells, sides: Cells, single: Singles, pair: Singles) -> Singles:
    """Probability of each leading condition, alone or with another, in each draw: (K, D)."""
    alone = found.single[0, lead]
    together = found.pair[0, pairs]
    counted = alone + np.bincount(sides.ravel(), np.repeat(together, 2), len(lead))
    elsewhere = np.maximum(found.marginal[0, lead] - counted, 0)
    rest = max(1 - alone.sum() - together.sum(), 0.0)
    pair_mass = together[:, None] * pair
    mass = alone[:, None] * single
    total = mass.sum(axis=0) + pair_mass.sum(axis=0) + rest
    take_part = np.zeros((len(lead), len(pairs)))
    take_part[sides.ravel(), np.repeat(np.arange(len(pairs)), 2)] = 1
    whole = mass + take_part @ pair_mass + elsewhere[:, None] * single
    return np.asarray(np.minimum(whole / total, 1), dtype=np.float32)


def _summary(chance: Singles) -> Spread:
    count = chance.shape[1]
    ordered = np.sort(chance, axis=1)
    ends = (int(0.05 * (count - 1)), int(np.ceil(0.95 * (count - 1))))
    beats = (chance[:, None, :] > chance[None, :, :]).astype(np.float32)
    kept = np.count_nonzero(beats.sum(axis=0) == np.arange(len(chance))[:, None], axis=1) / count
    above = beats.sum(axis=2, dtype=np.float64) / count
    return Spread(ordered[:, ends[0]].astype(np.float64), ordered[:, ends[1]].astype(np.float64), kept, above)
