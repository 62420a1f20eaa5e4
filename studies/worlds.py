"""A world in which the book's uncertain numbers are what they might be: its own stratum tables, built anew."""

import numpy as np

from crampwise.differential.features import Floats, by_definition
from crampwise.differential.model import Model, Stratum, stratum_of
from crampwise.differential.spread import leak_width, likelihood_width, prior_widths


def draw_world(model: Model, stratum: str, random: np.random.Generator) -> Stratum:
    """Draw every number of one stratum within its stated uncertainty, without the tables of the spread."""
    book, stated = model.book, model.stratum(stratum)
    prior = stated.prior + random.normal(0, prior_widths(model))
    prior -= np.log(np.exp(prior).sum())
    leak, weight = stated.leak.copy(), np.zeros_like(stated.weight)
    said: list[list[int]] = []
    for f, feature in enumerate(model.features):
        rows = slice(model.first[f], model.first[f + 1])
        leak[rows] = _moved(stated.leak[rows], leak_width(book, feature), random, book.differential.clamp)
        listed = [] if by_definition(book, feature, stratum) else sorted(model.likelihoods[f])
        for h in listed:
            width = likelihood_width(book, model.conditions[h], feature)
            given = stated.leak[rows] + stated.weight[rows, h]
            weight[rows, h] = _moved(given, width, random, book.differential.clamp) - leak[rows]
        said.append(listed)
    return stratum_of(model, prior, leak, weight, said)


def _moved(logs: Floats, width: float, random: np.random.Generator, clamp: float) -> Floats:
    """Move log shares so that the log-odds of any two cells deviate by `width`, and normalise."""
    if len(logs) == 2:
        odds = logs[1] - logs[0] + random.normal(0, width)
        p = np.clip(1 / (1 + np.exp(-odds)), clamp, 1 - clamp)
        return np.log(np.array([1 - p, p]))
    shares = np.exp(logs + random.normal(0, width / np.sqrt(2), len(logs)))
    shares = np.clip(shares / shares.sum(), clamp, 1 - clamp)
    return np.asarray(np.log(shares / shares.sum()))
