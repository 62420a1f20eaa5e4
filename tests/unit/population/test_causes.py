"""The grouped posterior is the posterior: same sums, another order."""

import numpy as np
import pytest

from crampwise.assess.engine import engine_of
from crampwise.book.compile import open_book
from crampwise.differential.posterior import posterior
from crampwise.population.causes import Causes


@pytest.mark.parametrize("asked", [0, 3, 15, 60])
def test_marginals_are_those_of_the_posterior(asked):
    engine, random = engine_of(open_book()), np.random.default_rng(asked)
    model = engine.model
    strata = [id_ for id_, _, _ in engine.strata_truth_keys]
    people = 24
    cells = np.full((people, len(model.features)), -1, np.intp)
    for row in cells:
        chosen = random.choice(len(model.features), asked, replace=False)
        row[chosen] = [random.integers(len(model.features[f].cells)) for f in chosen]
    cells[1::2] = cells[0::2]
    possible = random.random((people, len(model.conditions))) < 0.95
    shares = np.zeros((people, len(strata)))
    for share in shares:
        share[random.choice(len(strata), random.integers(1, 4), replace=False)] = random.random()
    shares /= shares.sum(axis=1, keepdims=True)
    found = Causes(model, strata).marginals(shares, cells, possible)
    mixed = [{s: float(p) for s, p in zip(strata, row, strict=True) if p} for row in shares]
    expected = posterior(model, mixed, cells, possible).marginal
    assert np.abs(found - expected).max() < 1e-9
