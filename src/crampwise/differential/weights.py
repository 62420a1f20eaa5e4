"""What each answer says for and against a condition."""

import numpy as np

from crampwise.differential.features import Floats
from crampwise.differential.model import Model
from crampwise.differential.posterior import Cells

DECIBANS_PER_NAT = 10 / np.log(10)


def weights(model: Model, stratum: str, cells: Cells, counts: Floats) -> Floats:
    """Weight of each known feature for (positive) or against each condition against all others together: (K, H).

    In decibans (Good 1950). The others count by their prior in the stratum, so that weights do not depend on the order
    of the answers.
    """
    numbers = model.stratum(stratum)
    share = np.exp(numbers.prior)
    known = np.flatnonzero(cells >= 0)
    logs = numbers.weight[model.starts[known] + cells[known]]
    ratio = np.exp(logs)
    others = (ratio @ share)[:, None] - ratio * share
    rest = np.maximum(share.sum() - share, 1e-12)
    found = logs - np.log(np.maximum(others, 1e-300) / rest)
    return np.asarray(found * (counts[known, None] * DECIBANS_PER_NAT))
