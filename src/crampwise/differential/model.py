"""The book's numbers as arrays: hypotheses (single conditions and admissible pairs) by evidence."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from crampwise.book.book import Book
from crampwise.differential.features import Feature, Floats, by_definition, features_of, fitted, leak_cells


@dataclass(frozen=True)
class Overlap:
    """What a pair's own sum overstates for each feature (log of the normaliser); nothing where not both list it.

    Attributes:
        features, pairs: how many there are. key: feature * pairs + pair of each number, ascending. value: the numbers.
    """

    features: int
    pairs: int
    key: NDArray[np.intp]
    value: Floats

    @cached_property
    def pair(self) -> NDArray[np.intp]:
        """The pair of each number."""
        return self.key % self.pairs

    @cached_property
    def first(self) -> NDArray[np.intp]:
        """(F + 1,) where the numbers of each feature begin."""
        return np.searchsorted(self.key, np.arange(self.features + 1) * self.pairs)

    def sums(self, known: NDArray[np.intp], counts: Floats) -> Floats:
        """Add up the numbers of the known features, each counted as `counts` (N, K) says for each person: (N, P)."""
        if not len(known):
            return np.zeros((len(counts), self.pairs))
        starts, ends = self.first[known], self.first[known + 1]
        parts = [slice(*limits) for limits in zip(starts.tolist(), ends.tolist(), strict=True)]
        pair, value = (np.concatenate([numbers[part] for part in parts]) for numbers in (self.pair, self.value))
        if len(counts) == 1:
            value *= counts[0].repeat(ends - starts)
            return np.bincount(pair, value, self.pairs).astype(np.float64, copy=False)[None, :]
        table = np.zeros((len(known), self.pairs))
        table[np.arange(len(known)).repeat(ends - starts), pair] = value
        return np.asarray(counts @ table)

    def at(self, features: NDArray[np.intp], pairs: NDArray[np.intp]) -> Floats:
        """Give the numbers of some features and pairs, 0 where not both list it."""
        wanted = features * self.pairs + pairs
        found = np.minimum(np.searchsorted(self.key, wanted), len(self.key) - 1)
        return np.where(self.key[found] == wanted, self.value[found], 0.0) if len(self.key) else np.zeros(len(wanted))


@dataclass(frozen=True)
class Stratum:
    """Priors and weights for one group of people. H conditions, F features, C cells of all features, P pairs.

    Attributes:
        prior: (H,) log share of each condition.
        pair_prior: (P,) log prior of each pair.
        leak: (C,) log probability of each cell in ordinary cramps.
        places, values: where `weight` is not zero, counted along its rows, and what it is there.
        overlap: what the sums of pairs overstate.
    """

    prior: Floats
    pair_prior: Floats
    leak: Floats
    places: NDArray[np.intp]
    values: Floats
    overlap: Overlap

    @cached_property
    def weight(self) -> Floats:
        """(C, H) log P(cell | condition) - leak."""
        found = np.zeros((len(self.leak), len(self.prior)))
        found.put(self.places, self.values)
        return found


@dataclass(frozen=True)
class Grouped:
    """The features that stand in some dependence group, as arrays.

    Attributes:
        features: (K,) the features. group: (M,) their groups, feature after feature, from `starts` on (K,).
        members: (F, G) 1 where a feature is in a group. correlation: (G,) of each group.
    """

    features: NDArray[np.intp]
    group: NDArray[np.intp]
    starts: NDArray[np.intp]
    members: Floats
    correlation: Floats


@dataclass(frozen=True)
class Model:
    """The differential's hypotheses and evidence; `stratum(id)` gives the numbers for one group of people.

    Attributes:
        conditions: ids of single hypotheses, in order.
        pairs: (P, 2) indices of admissible pairs.
        features: evidence, in order; the cells of feature f are rows first[f] .. first[f + 1].
        groups: (F,) index of the dependence group of each feature, -1 for none.
        correlation: of each group.
    """

    book: Book
    conditions: tuple[str, ...]
    pairs: NDArray[np.intp]
    pair_factor: Floats
    features: tuple[Feature, ...]
    first: tuple[int, ...]
    groups: tuple[tuple[int, ...], ...]
    correlation: tuple[float, ...]

    @cached_property
    def _strata(self) -> dict[str, Stratum]:
        return {}

    def stratum(self, id_: str) -> Stratum:
        """Give the numbers for one stratum, made on first use."""
        if id_ not in self._strata:
            self._strata[id_] = _stratum(self, id_)
        return self._strata[id_]

    @cached_property
    def starts(self) -> NDArray[np.intp]:
        """`first` as an array."""
        return np.array(self.first, dtype=np.intp)

    @cached_property
    def grouped(self) -> Grouped:
        """The dependence groups, feature by feature."""
        members = np.zeros((len(self.features), len(self.groups)))
        for g, inside in enumerate(self.groups):
            members[list(inside), g] = 1
        features, group = np.nonzero(members)
        kept, starts = np.unique(features, return_index=True)
        return Grouped(kept, group, starts, members, np.array(self.correlation))

    @cached_property
    def sides(self) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
        """The first and the second condition of each pair."""
        first, second = np.ascontiguousarray(self.pairs.T)
        return first, second

    @cached_property
    def by_side(self) -> tuple[tuple[NDArray[np.intp], NDArray[np.intp], NDArray[np.intp]], ...]:
        """For either side the pairs sorted by the condition on it, where each condition begins, and the conditions."""
        found = []
        for side in self.sides:
            order = np.argsort(side, kind="stable")
            conditions, starts = np.unique(side[order], return_index=True)
            found.append((order, starts, conditions))
        return tuple(found)

    @cached_property
    def pairs_of(self) -> tuple[NDArray[np.intp], ...]:
        """For each condition the pairs that it is part of."""
        first, second = self.sides
        return tuple(np.flatnonzero((first == h) | (second == h)) for h in range(len(self.conditions)))

    @cached_property
    def likelihoods(self) -> tuple[Mapping[int, Mapping[str, float]], ...]:
        """For each feature: index of each condition that lists it, to the probabilities it gives."""
        by_part = {part: i for i, f in enumerate(self.features) for part in f.parts}
        found: list[dict[int, dict[str, float]]] = [{} for _ in self.features]
        for h, id_ in enumerate(self.conditions):
            for x in self.book.conditions[id_].likelihoods:
                found[by_part[x.finding]].setdefault(h, {})[x.finding] = x.p
        return tuple(found)


def build_model(book: Book) -> Model:
    """Turn the numbers of a book into a model."""
    shared = book.differential
    conditions = tuple(c.id for c in book.conditions.values() if c.prior is not None)
    features = features_of(book)
    never = {c for e in shared.exclusive for c in e.conditions}
    special = {frozenset(p.conditions): p.factor for p in shared.pairs}
    factors = {
        pair: factor
        for pair in combinations(range(len(conditions)), 2)
        if not never & (names := {conditions[pair[0]], conditions[pair[1]]})
        and (factor := special.get(frozenset(names), shared.pair_factor)) > 0
    }
    by_part = {part: i for i, f in enumerate(features) for part in f.parts}
    groups = tuple(tuple(dict.fromkeys(by_part[f] for f in g.features if f in by_part)) for g in shared.groups)
    return Model(
        book=book,
        conditions=conditions,
        pairs=np.array(list(factors), dtype=np.intp).reshape(-1, 2),
        pair_factor=np.array(list(factors.values())),
        features=features,
        first=tuple(np.cumsum([0, *(len(f.cells) for f in features)]).tolist()),
        groups=groups,
        correlation=tuple(g.correlation for g in shared.groups),
    )


def _stratum(model: Model, id_: str) -> Stratum:
    book, clamp = model.book, model.book.differential.clamp
    shares = np.array([(book.conditions[c].prior or {})[id_] for c in model.conditions])
    with np.errstate(divide="ignore"):
        prior = np.log(shares)
    leak = np.zeros(model.first[-1])
    weight = np.zeros((model.first[-1], len(model.conditions)))
    listed: list[Sequence[int]] = []
    for f, feature in enumerate(model.features):
        rows = slice(model.first[f], model.first[f + 1])
        ordinary = leak_cells(book, feature, id_)
        leak[rows] = np.log(ordinary)
        told = {} if by_definition(book, feature, id_) else model.likelihoods[f]
        for h, marginals in told.items():
            weight[rows, h] = np.log(fitted(ordinary, feature, marginals, clamp)) - leak[rows]
        listed.append(sorted(told))
    return stratum_of(model, prior, leak, weight, listed)


def stratum_of(model: Model, prior: Floats, leak: Floats, weight: Floats, listed: Sequence[Sequence[int]]) -> Stratum:
    """Put the numbers of a stratum together; for each feature `listed` has the conditions that say something of it."""
    pair_prior = prior[model.pairs].sum(axis=1) + np.log(model.pair_factor)
    places = np.flatnonzero(weight)
    return Stratum(prior, pair_prior, leak, places, weight.take(places), _overlap(model, leak, weight, listed))


def _overlap(model: Model, leak: Floats, weight: Floats, listed: Sequence[Sequence[int]]) -> Overlap:
    """Work out what pairs overstate, for each feature among the conditions that list it."""
    count = len(model.conditions)
    position = np.full((count, count), -1)
    position[model.pairs[:, 0], model.pairs[:, 1]] = np.arange(len(model.pairs))
    keys, values = [np.zeros(0, dtype=np.intp)], [np.zeros(0)]
    for f, some in enumerate(listed):
        rows = slice(model.first[f], model.first[f + 1])
        ratio = np.exp(weight[rows][:, some])
        normaliser = np.log(np.einsum("c,ca,cb->ab", np.exp(leak[rows]), ratio, ratio))
        pair = position[np.ix_(some, some)]
        order = np.argsort(pair[pair >= 0])
        keys.append(f * len(model.pairs) + pair[pair >= 0][order])
        values.append(normaliser[pair >= 0][order])
    return Overlap(len(model.features), len(model.pairs), np.concatenate(keys), np.concatenate(values))
