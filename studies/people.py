"""People drawn from the differential's own model: a cause or two, and findings that come with them."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from crampwise.differential.features import Floats
from crampwise.differential.model import Model, Stratum
from crampwise.differential.posterior import Cells


@dataclass(frozen=True)
class People:
    """N people of one stratum: cell of each feature, -1 where not asked, (N, F); and their true causes, (N, H)."""

    cells: Cells
    causes: NDArray[np.bool_]


def draw_people(
    model: Model, numbers: Stratum, count: int, random: np.random.Generator, asked: float, correlated: bool = False
) -> People:
    """Draw people.

    Args:
        model: gives hypotheses and features. numbers: of the stratum that they belong to.
        count: how many. random: where chance comes from. asked: share of the features that are known.
        correlated: whether findings of one dependence group come together, as strongly as the book says.
    """
    hypothesis = _hypotheses(model, numbers, count, random)
    singles = len(model.conditions)
    sides = np.where(hypothesis[:, None] < singles, hypothesis[:, None], 0).repeat(2, axis=1)
    paired = hypothesis >= singles
    sides[paired] = model.pairs[hypothesis[paired] - singles]
    causes = np.zeros((count, singles), dtype=np.bool_)
    causes[np.arange(count), sides[:, 0]] = causes[np.arange(count), sides[:, 1]] = True
    logs = numbers.leak + numbers.weight[:, sides[:, 0]].T + np.where(paired, numbers.weight[:, sides[:, 1]], 0).T
    chance = random.random((count, len(model.features)))
    if correlated:
        _bind(model, chance, random)
    cells = np.empty(chance.shape, dtype=np.intp)
    for f in range(len(model.features)):
        shares = np.exp(logs[:, model.first[f] : model.first[f + 1]])
        limits = np.cumsum(shares, axis=1) / shares.sum(axis=1, keepdims=True)
        cells[:, f] = (chance[:, f, None] > limits[:, :-1]).sum(axis=1)
    cells[random.random(cells.shape) >= asked] = -1
    return People(cells, causes)


def _hypotheses(model: Model, numbers: Stratum, count: int, random: np.random.Generator) -> Cells:
    shares = np.exp(np.concatenate([numbers.prior, numbers.pair_prior]))
    return np.asarray(random.choice(len(shares), count, p=shares / shares.sum()))


def _bind(model: Model, chance: Floats, random: np.random.Generator) -> None:
    """Let members of a group share one chance, each with probability sqrt(r): two share it with probability r."""
    for members, correlation in zip(model.groups, model.correlation, strict=True):
        columns = list(members)
        shared = random.random((len(chance), 1))
        bound = random.random((len(chance), len(columns))) < np.sqrt(correlation)
        chance[:, columns] = np.where(bound, shared, chance[:, columns])
