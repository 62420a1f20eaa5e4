"""What each answer says for and against a condition."""

from dataclasses import dataclass

import numpy as np

from crampwise.differential.features import Floats
from crampwise.differential.model import Model
from crampwise.differential.posterior import Cells

DECIBANS_PER_NAT = 10 / np.log(10)


@dataclass(frozen=True, slots=True)
class Weight:
    """One answer's weight for (positive) or against (negative) a condition, in decibans (Good 1950).

    Attributes:
        feature: finding or term, or the number or choice whose band was observed.
        parts: the terms or findings that told it.
    """

    feature: str
    parts: tuple[str, ...]
    decibans: float


def weights(model: Model, stratum: str, cells: Cells, counts: Floats) -> Floats:
    """Weight of evidence of each feature for each condition against all others together, in decibans: (F, H).

    The others count by their prior in the stratum, so that weights do not depend on the order of the answers.
    """
    numbers = model.stratum(stratum)
    share = np.exp(numbers.prior)
    found = np.zeros((len(model.features), len(model.conditions)))
    known = np.flatnonzero(cells >= 0)
    ratio = np.exp(numbers.weight[model.starts[known] + cells[known]])
    others = (ratio @ share)[:, None] - ratio * share
    rest = np.maximum(share.sum() - share, 1e-12)
    found[known] = (np.log(ratio) - np.log(np.maximum(others, 1e-300) / rest)) * counts[known, None] * DECIBANS_PER_NAT
    return found
