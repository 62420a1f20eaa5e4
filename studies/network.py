"""The single-cause network of a book: one class node, the condition, and a node for each feature that depends on it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from crampwise.book.book import Book
from crampwise.book.schema.findings import Leak
from crampwise.differential.features import Feature, Floats, by_definition, fitted, leak_cells
from crampwise.differential.model import Model


@dataclass(frozen=True)
class Network:
    """Tables of a naive Bayes network. `given[f]` is (H, cells of f): each row sums to 1."""

    prior: Floats
    given: tuple[Floats, ...]


def single_causes(model: Model) -> Model:
    """The model without pairs and without tempering."""
    none = np.zeros((0, 2), dtype=np.intp)
    return replace(model, pairs=none, pair_factor=np.zeros(0), groups=(), correlation=())


def network_of(model: Model, stratum: str) -> Network:
    """Write the tables out of the book, not out of the model's arrays; only bands are fitted by the same code."""
    book = model.book
    shares = np.array([(book.conditions[c].prior or {})[stratum] for c in model.conditions])
    listed = {c: {x.finding: x.p for x in book.conditions[c].likelihoods} for c in model.conditions}
    given = [
        np.array([_row(book, feature, stratum, listed[c]) for c in model.conditions]) for feature in model.features
    ]
    return Network(shares / shares.sum(), tuple(given))


def bayes_net(network: Network) -> Any:
    """The same network in pyAgrum: the class node `cause`, and a node `f0`, `f1`... for each feature."""
    import pyagrum as gum

    net = gum.BayesNet()
    cause = net.add(gum.LabelizedVariable("cause", "", len(network.prior)))
    net.cpt(cause).fillWith(network.prior.tolist())
    for f, table in enumerate(network.given):
        node = net.add(gum.LabelizedVariable(f"f{f}", "", table.shape[1]))
        net.addArc(cause, node)
        net.cpt(node)[:] = table
    return net


def _row(book: Book, feature: Feature, stratum: str, listed: Mapping[str, float]) -> Floats:
    clamp = book.differential.clamp
    mine = {p: listed[p] for p in feature.parts if p in listed}
    if feature.id not in feature.parts:
        ordinary = leak_cells(book, feature, stratum)
        return (
            fitted(ordinary, feature, mine, clamp) if mine and not by_definition(book, feature, stratum) else ordinary
        )
    entry = book.terms[feature.id] if feature.id in book.terms else book.findings[feature.id]
    leak: Leak | None = entry.leak
    assert leak is not None
    ordinary_p = (leak.by_stratum or {}).get(stratum, leak.p or 0.0)
    p = ordinary_p if ordinary_p in (0, 1) else mine.get(feature.id, ordinary_p)
    p = min(max(p, clamp), 1 - clamp)
    return np.array([1 - p, p])
