"""The single-cause model of the shipped book against pyAgrum, an independent Bayesian-network library."""

import numpy as np
import pyagrum as gum
import pytest

from crampwise.differential.model import build_model
from crampwise.differential.posterior import posterior
from studies.network import bayes_net, network_of, single_causes
from tests.support.people import shipped

MODEL = single_causes(build_model(shipped()))
STRATA = [s.id for s in shipped().differential.strata]


@pytest.mark.parametrize("stratum", STRATA)
def test_random_evidence_gives_the_same_posterior(stratum: str) -> None:
    net, random = bayes_net(network_of(MODEL, stratum)), np.random.default_rng(STRATA.index(stratum))
    possible = np.ones((1, len(MODEL.conditions)), dtype=np.bool_)
    for count in (0, 1, 5, 20, 60):
        cells = np.full(len(MODEL.features), -1)
        for f in random.choice(len(MODEL.features), count, replace=False):
            cells[f] = random.integers(len(MODEL.features[f].cells))
        inference = gum.LazyPropagation(net)
        inference.setEvidence({f"f{f}": int(cells[f]) for f in np.flatnonzero(cells >= 0)})
        inference.makeInference()
        ours = posterior(MODEL, [{stratum: 1.0}], cells[None, :], possible).single[0]
        assert ours == pytest.approx(inference.posterior("cause").toarray(), abs=1e-9)
