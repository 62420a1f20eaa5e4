"""The posterior of many people, grouped by what is known of them, so that pairs cost one matrix product.

The same sums as in `differential.posterior`: a pair's score is that of its two conditions together, less what both
state about the same features. What is subtracted depends only on which features are known, so for all people of whom
the same is known it is one matrix over pairs of conditions, and the sum over a condition's partners is a product.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from crampwise.differential.features import Floats
from crampwise.differential.model import Model
from crampwise.differential.posterior import Cells, tempering

_BLOCK = 4096
_REMEMBERED = 256

Kind = tuple[str, bytes]
"""A stratum, and which features are known."""


@dataclass(frozen=True, eq=False)
class Causes:
    """The differential over many people.

    Attributes:
        model: the differential. strata: ids, in the order in which shares are handed in.
    """

    model: Model
    strata: Sequence[str]
    _partners: dict[Kind, Floats] = field(default_factory=dict)

    def marginals(self, shares: Floats, cells: Cells, possible: NDArray[np.bool_]) -> Floats:
        """Give the probability of each condition, alone or with another, for N people: (N, H).

        Args:
            shares: (N, S) the shares of the strata that each person may belong to; 0 where they cannot.
            cells: (N, F) cell of each feature, -1 where unknown.
            possible: (N, H) False where a condition is ruled out.
        """
        found = np.empty((len(cells), len(self.model.conditions)))
        kinds = np.packbits(np.hstack([cells >= 0, shares > 0]), axis=1)
        whole = np.ascontiguousarray(kinds).view(np.dtype((np.void, kinds.shape[1]))).reshape(-1)
        _, of = np.unique(whole, return_inverse=True)
        order = np.argsort(of.reshape(-1), kind="stable")
        ends = np.cumsum(np.bincount(of.reshape(-1)))
        for group in np.split(order, ends[:-1]):
            for start in range(0, len(group), _BLOCK):
                who = group[start : start + _BLOCK]
                found[who] = self._alike(shares[who], cells[who], possible[who])
        return found

    def _alike(self, shares: Floats, cells: Cells, possible: NDArray[np.bool_]) -> Floats:
        """People of whom the same features and the same strata are known."""
        model, known = self.model, np.flatnonzero(cells[0] >= 0)
        counts = tempering(model, cells[:1])[0, known]
        starts, sizes = model.starts[known], model.starts[known + 1] - model.starts[known]
        rows = np.repeat(starts - np.cumsum(sizes) + sizes, sizes) + np.arange(sizes.sum())
        seen = np.zeros((len(cells), len(rows)))
        seen[np.arange(len(cells))[:, None], np.cumsum(sizes) - sizes + cells[:, known]] = counts
        scale, alone, joined = [], [], []
        for s in np.flatnonzero(shares[0] > 0).tolist():
            numbers = model.stratum(self.strata[s])
            single = seen @ numbers.weight[rows] + numbers.prior
            single[~possible] = -np.inf
            top = single.max(axis=1, keepdims=True)
            each = np.exp(single - top)
            partners = self._partners_of(self.strata[s], known, counts)
            alone.append(each)
            joined.append(each * (each @ partners) * np.exp(top))
            scale.append(top[:, 0] + seen @ numbers.leak[rows] + np.log(shares[:, s]))
        weight = np.exp(np.array(scale) - np.max(scale, axis=0))[:, :, None]
        single = np.sum([w * e for w, e in zip(weight, alone, strict=True)], axis=0)
        pairs = np.sum([w * j for w, j in zip(weight, joined, strict=True)], axis=0)
        total = single.sum(axis=1, keepdims=True) + pairs.sum(axis=1, keepdims=True) / 2
        return np.asarray((single + pairs) / total)

    def _partners_of(self, stratum: str, known: Cells, counts: Floats) -> Floats:
        """What joining two conditions multiplies their scores by, where these features are known: (H, H), symmetric."""
        kind = stratum, known.tobytes()
        if kind not in self._partners:
            if len(self._partners) >= _REMEMBERED:
                self._partners.clear()
            model, size = self.model, len(self.model.conditions)
            table = np.zeros((size, size))
            if len(model.pairs):
                overlap = model.stratum(stratum).overlap.sums(known, counts[None, :])[0]
                table[model.pairs[:, 0], model.pairs[:, 1]] = model.pair_factor * np.exp(-overlap)
            self._partners[kind] = table + table.T
        return self._partners[kind]
