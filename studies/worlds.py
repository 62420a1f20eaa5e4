"""A world in which the book's uncertain numbers are what they might be: its own stratum tables, built anew."""

import numpy as np

from crampwise.differential.features import Floats, by_definition
from crampwise.differential.model import Model, Stratum
from crampwise.differential.spread import leak_width, likelihood_width, prior_widths


def draw_world(model: Model, stratum: str, random: np.random.Generator) -> Stratum:
    """Draw every number of one stratum within its stated uncertainty, without the tables of the spread."""
    book, stated = model.book, model.stratum(stratum)
    prior = stated.prior + random.normal(0, prior_widths(model))
    prior -= np.log(np.exp(prior).sum())
    leak, weight = stated.leak.copy(), np.zeros_like(stated.weight)
    overlap = np.zeros_like(stated.overlap)
    position = np.full((len(model.conditions),) * 2, -1)
    position[model.pairs[:, 0], model.pairs[:, 1]] = np.arange(len(model.pairs))
    for f, feature in enumerate(model.features):
        rows = slice(model.first[f], model.first[f + 1])
        leak[rows] = _moved(stated.leak[rows], leak_width(book, feature), random, book.differential.clamp)
        listed = [] if by_definition(book, feature, stratum) else sorted(model.likelihoods[f])
        for h in listed:
            width = likelihood_width(book, model.conditions[h], feature)
            given = stated.leak[rows] + stated.weight[rows, h]
            weight[rows, h] = _moved(given, width, random, book.differential.clamp) - leak[rows]
        ratio = np.exp(weight[rows][:, listed])
        normaliser = np.log(np.einsum("c,ca,cb->ab", np.exp(leak[rows]), ratio, ratio))
        where = position[np.ix_(listed, listed)]
        overlap[f, where[where >= 0]] = normaliser[where >= 0]
    pair_prior = prior[model.pairs].sum(axis=1) + np.log(model.pair_factor)
    return Stratum(prior, pair_prior, leak, weight, overlap)


def _moved(logs: Floats, width: float, random: np.random.Generator, clamp: float) -> Floats:
    """Move log shares so that the log-odds of any two cells deviate by `width`, and normalise."""
    if len(logs) == 2:
        odds = logs[1] - logs[0] + random.normal(0, width)
        p = np.clip(1 / (1 + np.exp(-odds)), clamp, 1 - clamp)
        return np.log(np.array([1 - p, p]))
    shares = np.exp(logs + random.normal(0, width / np.sqrt(2), len(logs)))
    shares = np.clip(shares / shares.sum(), clamp, 1 - clamp)
    return np.asarray(np.log(shares / shares.sum()))
