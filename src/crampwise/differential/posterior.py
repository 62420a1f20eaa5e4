"""The posterior over single conditions and pairs, exact, for one person or a matrix of people."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from crampwise.differential.features import Floats
from crampwise.differential.model import Model
from crampwise.logic.truth import Truth

Cells = NDArray[np.intp]


@dataclass(frozen=True)
class Posterior:
    """Probabilities for N people. Each row of `single` and `pair` together sums to 1.

    Attributes:
        single: (N, H) the condition alone. pair: (N, P) the two together. marginal: (N, H) alone or with another.
        counts: (N, F) how much each feature counted, see `tempering`.
    """

    single: Floats
    pair: Floats
    marginal: Floats
    counts: Floats


def observe(model: Model, truths: Mapping[str, Truth]) -> Cells:
    """Give the cell of every feature for one person, -1 where unknown: shape (F,)."""
    found = (f.cell(truths) for f in model.features)
    return np.array([-1 if cell is None else cell for cell in found], dtype=np.intp)


def tempering(model: Model, cells: Cells) -> Floats:
    """How much each feature counts, so that findings that come together do not count one by one: shape (N, F).

    With k members of a group known and correlation r, each counts 1 / (1 + (k - 1) r), as in the variance of a mean of
    equally correlated measurements (design effect; Kish 1965).
    """
    counts = np.ones(cells.shape)
    grouped = model.grouped
    if len(grouped.features):
        known = cells >= 0
        share = 1 / (1 + np.maximum(known.astype(np.float64) @ grouped.members - 1, 0) * grouped.correlation)
        counts[:, grouped.features] = np.minimum.reduceat(share[:, grouped.group], grouped.starts, axis=1)
    return counts


def posterior(
    model: Model, strata: Sequence[Mapping[str, float]], cells: Cells, possible: NDArray[np.bool_]
) -> Posterior:
    """Compute the posterior of N people.

    Args:
        model: the differential of a book.
        strata: for each person the strata they may belong to, with their shares.
        cells: (N, F) cell of each feature, -1 where unknown; unknown features are summed out.
        possible: (N, H) False where a condition is ruled out because what it requires is absent.
    """
    counts = tempering(model, cells)
    ids = {s for row in strata for s in row}
    if len(ids) == 1:
        total = _scores(model, ids.pop(), cells, counts, possible, alone=True)
        total -= np.maximum.reduce(total, axis=1, keepdims=True)
        np.exp(total, out=total)
    else:
        total = _mixed(model, strata, cells, counts, possible)
    total /= np.add.reduce(total, axis=1, keepdims=True)
    if not len(model.pairs):
        return Posterior(total, total[:, :0], total, counts)
    single, pair = total[:, : len(model.conditions)], total[:, len(model.conditions) :]
    return Posterior(single, pair, single + _per_condition(model, pair), counts)


def _mixed(
    model: Model,
    strata: Sequence[Mapping[str, float]],
    cells: Cells,
    counts: Floats,
    possible: NDArray[np.bool_],
) -> Floats:
    """Likelihood times prior of every hypothesis, summed over the strata of each person, up to a factor: (N, H + P)."""
    total = np.zeros((len(cells), len(model.conditions) + len(model.pairs)))
    top = np.full((len(cells), 1), -np.inf)
    for id_ in sorted({s for row in strata for s in row}):
        shares = np.array([[row.get(id_, 0.0)] for row in strata])
        inside = shares[:, 0] > 0
        who = slice(None) if inside.all() else inside
        scores = _scores(model, id_, cells[who], counts[who], possible[who], alone=False)
        scores += np.log(shares[who])
        highest = np.maximum(top[who], np.maximum.reduce(scores, axis=1, keepdims=True))
        scores -= highest
        total[who] = total[who] * np.exp(top[who] - highest) + np.exp(scores, out=scores)
        top[who] = highest
    return total


def _scores(
    model: Model, stratum: str, cells: Cells, counts: Floats, possible: NDArray[np.bool_], *, alone: bool
) -> Floats:
    """Log prior + log likelihood of every hypothesis in one stratum: (N, H + P).

    Only observed cells are added up. What all hypotheses share is left out where the stratum stands alone.
    """
    numbers = model.stratum(stratum)
    singles = len(model.conditions)
    (known,) = (cells[0] >= 0).nonzero() if len(cells) == 1 else np.nonzero((cells >= 0).any(axis=0))
    seen, rows = _observed(model, cells, counts, known)
    joint = np.empty((len(cells), singles + len(model.pairs)))
    single = np.matmul(seen, numbers.weight.take(rows, axis=0), out=joint[:, :singles])
    single[~possible] = -np.inf
    if len(model.pairs):
        first, second = model.sides
        pair = joint[:, singles:]
        pair[:] = single.take(first, axis=1)
        pair += single.take(second, axis=1)
        pair -= numbers.overlap.sums(known, np.where(cells[:, known] >= 0, counts[:, known], 0.0))
        pair += numbers.pair_prior
    single += numbers.prior
    if not alone:
        joint += (seen @ numbers.leak[rows])[:, None]
    return joint


def _observed(model: Model, cells: Cells, counts: Floats, known: Cells) -> tuple[Floats, Cells]:
    """How much each observed cell counts for each person, (N, R), and the rows of those cells, (R,)."""
    if len(cells) == 1:
        return counts.take(known, axis=1), model.starts.take(known) + cells[0].take(known)
    who, f = np.nonzero(cells >= 0)
    at = model.starts[f] + cells[who, f]
    there = np.zeros(model.first[-1], dtype=np.bool_)
    there[at] = True
    rows = np.flatnonzero(there)
    column = np.cumsum(there) - 1
    seen = np.zeros((len(cells), len(rows)))
    seen[who, column[at]] = counts[who, f]
    return seen, rows


def _per_condition(model: Model, pair: Floats) -> Floats:
    """Add the probability of each pair to both of its conditions: (N, P) -> (N, H)."""
    found = np.zeros((len(pair), len(model.conditions)))
    for order, starts, conditions in model.by_side:
        found[:, conditions] += np.add.reduceat(pair.take(order, axis=1), starts, axis=1)
    return found
