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
    """

    single: Floats
    pair: Floats
    marginal: Floats


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
    for members, correlation in zip(model.groups, model.correlation, strict=True):
        known = (cells[:, members] >= 0).sum(axis=1)
        share = 1 / (1 + np.maximum(known - 1, 0) * correlation)
        counts[:, members] = np.minimum(counts[:, members], share[:, None])
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
    people = len(cells)
    total = np.full((people, len(model.conditions) + len(model.pairs)), -np.inf)
    for id_ in sorted({s for row in strata for s in row}):
        who = np.array([i for i, row in enumerate(strata) if row.get(id_, 0) > 0], dtype=np.intp)
        share = np.log([strata[i][id_] for i in who])
        total[who] = np.logaddexp(total[who], _scores(model, id_, cells[who], counts[who]) + share[:, None])
    both = possible[:, model.pairs[:, 0]] & possible[:, model.pairs[:, 1]]
    total[~np.concatenate([possible, both], axis=1)] = -np.inf
    total -= total.max(axis=1, keepdims=True)
    share = np.exp(total)
    share /= share.sum(axis=1, keepdims=True)
    single, pair = share[:, : len(model.conditions)], share[:, len(model.conditions) :]
    return Posterior(single, pair, single + _per_condition(model, pair))


def _scores(model: Model, stratum: str, cells: Cells, counts: Floats) -> Floats:
    """Log prior + log likelihood of every hypothesis in one stratum: (N, H + P)."""
    numbers = model.stratum(stratum)
    known = np.flatnonzero((cells >= 0).any(axis=0))
    rows = np.array(model.first, dtype=np.intp)[known] + np.maximum(cells[:, known], 0)
    seen = np.where(cells[:, known] >= 0, counts[:, known], 0.0)
    single = np.einsum("nf,nfh->nh", seen, numbers.weight[rows])
    pair = single[:, model.pairs[:, 0]] + single[:, model.pairs[:, 1]] - seen @ numbers.overlap[known]
    ordinary = (seen * numbers.leak[rows]).sum(axis=1)
    joint = np.concatenate([single + numbers.prior, pair + numbers.pair_prior], axis=1)
    return np.asarray(joint + ordinary[:, None], dtype=np.float64)


def _per_condition(model: Model, pair: Floats) -> Floats:
    """Add the probability of each pair to both of its conditions: (N, P) -> (N, H)."""
    h = len(model.conditions)
    if len(pair) == 1:
        sides = [np.bincount(model.pairs[:, side], pair[0], h) for side in (0, 1)]
        return np.asarray([sides[0] + sides[1]])
    out = np.zeros((h, len(pair)))
    for side in (0, 1):
        np.add.at(out, model.pairs[:, side], pair.T)
    return np.asarray(out.T)
