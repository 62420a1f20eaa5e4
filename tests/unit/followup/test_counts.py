"""The model for counts against other ways to the same numbers: sums over a fine grid, and draws from the prior."""

from dataclasses import replace
from math import lgamma

import numpy as np
import pytest

from crampwise.followup.counts import Normals, fit
from crampwise.followup.student import quantile, two_sided
from tests.support.people import shipped

MODEL = shipped().followup.model


def log_nb(y, mean, size):
    """Log probability of a negative binomial count, from its definition."""
    return (
        lgamma(y + size)
        - lgamma(size)
        - lgamma(y + 1)
        + size * np.log(size / (size + mean))
        + y * np.log(mean / (size + mean))
    )


@pytest.mark.parametrize("size", [1.5, 50])
def test_without_swings_the_posterior_is_that_of_a_fine_grid(size: float) -> None:
    counts = np.array([6, 9, 2, 3, 7, 1, 8, 2.0])
    active = np.array([0, 0, 1, 1, 0, 1, 0, 1.0])
    days = np.array([7, 7, 7, 6, 7, 7, 5, 7.0])
    model = replace(MODEL, dispersion=(size,), wander=(1e-6,), memory_weeks=(1.0,))
    found = fit(counts, days, np.arange(8.0), np.column_stack([np.ones(8), active]), np.array([2.0, 1.0]), model)
    level, effect = np.meshgrid(np.linspace(-4, 4, 401), np.linspace(-4, 3, 401), indexing="ij")
    start = np.log((counts.sum() + 0.5) / days.sum())
    total = -0.5 * (level / 2) ** 2 - 0.5 * effect**2
    for y, a, d in zip(counts, active, days, strict=True):
        total += log_nb(y, d * np.exp(start + level + effect * a), size)
    weight = np.exp(total - total.max())
    weight /= weight.sum()
    mean = (weight * effect).sum()
    sd = np.sqrt((weight * (effect - mean) ** 2).sum())
    posterior = found.coefficient(1)
    assert posterior.means[0] == pytest.approx(mean, abs=0.06)
    assert posterior.sds[0] == pytest.approx(sd, rel=0.06)
    assert posterior.below(0) == pytest.approx(weight[effect < 0].sum(), abs=0.02)


def test_with_swings_the_posterior_is_that_of_draws_from_the_prior() -> None:
    """Importance sampling: sets of numbers drawn from the prior, weighted by the probability of the counts."""
    counts = np.array([5, 1, 4, 2, 3.0])
    active = np.array([0, 1, 0, 1, 0.0])
    weeks = np.arange(5.0)
    days = np.full(5, 7.0)
    model = replace(MODEL, dispersion=(5.0,), wander=(0.35,), memory_weeks=(1.0, 4.0), level_sd=0.7)
    found = fit(counts, days, weeks, np.column_stack([np.ones(5), active]), np.array([0.7, 1.0]), model)
    rng = np.random.default_rng(7)
    start = np.log((counts.sum() + 0.5) / days.sum())
    effects, weights = [], []
    for memory in (1.0, 4.0):
        covariance = 0.35**2 * np.exp(-np.abs(weeks[:, None] - weeks) / memory)
        n = 300_000
        swing = rng.multivariate_normal(np.zeros(5), covariance, n)
        level, effect = rng.normal(0, 0.7, (n, 1)), rng.normal(0, 1, (n, 1))
        mean = days * np.exp(start + level + effect * active + swing)
        log_weight = sum(
            5 * np.log(5 / (5 + mean[:, i])) + y * np.log(mean[:, i] / (5 + mean[:, i])) for i, y in enumerate(counts)
        )
        effects.append(effect[:, 0])
        weights.append(np.exp(log_weight))
    effect, weight = np.concatenate(effects), np.concatenate(weights)
    weight /= weight.sum()
    posterior = found.coefficient(1)
    assert posterior.below(0) == pytest.approx(weight[effect < 0].sum(), abs=0.015)
    assert posterior.below(np.log(0.75)) == pytest.approx(weight[effect < np.log(0.75)].sum(), abs=0.02)
    evidence = [w.sum() for w in np.split(weight, 2)]
    assert found.weights == pytest.approx(evidence, abs=0.03)


def test_a_mixture_of_one_is_that_normal() -> None:
    one = Normals(np.array([1.0]), np.array([2.0]), np.array([3.0]))
    assert one.quantile(0.975) == pytest.approx(2 + 3 * 1.959964, abs=1e-5)
    assert one.below(2) == pytest.approx(0.5)


# Tables of Student's t: any textbook.
@pytest.mark.parametrize(("freedom", "value"), [(1, 12.7062), (2, 4.30265), (5, 2.57058), (10, 2.22814), (30, 2.04227)])
def test_student(freedom: int, value: float) -> None:
    assert quantile(0.975, freedom) == pytest.approx(value, abs=1e-4)
    assert two_sided(value, freedom) == pytest.approx(0.05, abs=1e-5)
