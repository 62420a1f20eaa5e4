"""Counts over time: negative binomial around a log rate that swings slowly. Read by Laplace's method on a grid.

The log rate of unit i is a straight combination of covariates plus a Gaussian process with covariance
wander² · exp(−|tᵢ − tⱼ| / memory), which makes neighbouring weeks alike. Given the three numbers of a grid point
(dispersion, wander, memory) the posterior of the log rate is found by Newton's method and taken as Gaussian there; grid
points are weighted by their evidence. (Rasmussen and Williams, Gaussian Processes for Machine Learning, 2006,
section 3.4; the grid over the rest follows Rue, Martino and Chopin, J R Stat Soc B 2009.)
"""

from dataclasses import dataclass
from math import erf, exp, log, sqrt

import numpy as np
from numpy.typing import NDArray

from crampwise.book.schema.followup import CountModel

Array = NDArray[np.float64]
_STEPS, _CLOSE = 30, 1e-7
_SLIGHT = 1e-9
_HIGHEST = 30.0
"""Highest log of an expected count that is formed."""


@dataclass(frozen=True)
class Normals:
    """A mixture of normal distributions: the posterior of one number."""

    weights: Array
    means: Array
    sds: Array

    def below(self, x: float) -> float:
        """Give the probability of values below `x`."""
        parts = zip(self.weights, self.means, self.sds, strict=True)
        return float(sum(w * 0.5 * (1 + erf((x - m) / (s * sqrt(2)))) for w, m, s in parts if w > _SLIGHT))

    def quantile(self, p: float) -> float:
        """Give the value that is undercut with probability `p`."""
        low = float((self.means - 10 * self.sds).min())
        high = float((self.means + 10 * self.sds).max())
        for _ in range(40):
            middle = (low + high) / 2
            low, high = (middle, high) if self.below(middle) < p else (low, middle)
        return (low + high) / 2


@dataclass(frozen=True)
class Fit:
    """Posterior of a model for counts.

    Attributes:
        weights: of the grid points, shape (grid,). wander: their standard deviations of the swings.
        means, covariances: of the coefficients at each grid point, shapes (grid, p) and (grid, p, p).
        level: the log rate from which the first coefficient counts.
    """

    weights: Array
    wander: Array
    means: Array
    covariances: Array
    level: float

    def coefficient(self, index: int) -> Normals:
        """Give the posterior of one coefficient."""
        return Normals(self.weights, self.means[:, index], np.sqrt(self.covariances[:, index, index]))

    def log_rate(self) -> Normals:
        """Give the posterior of the log of the mean rate, swings included, where all covariates are nought."""
        own = self.coefficient(0)
        return Normals(own.weights, own.means + self.level + self.wander**2 / 2, own.sds)


def fit(counts: Array, exposure: Array, weeks: Array, covariates: Array, spread: Array, model: CountModel) -> Fit:
    """Fit the model.

    Args:
        counts: cramps in each unit, shape (n,). exposure: its days with an entry, above nought.
        weeks: its place in time.
        covariates: shape (n, p); the first column is all ones.
        spread: prior standard deviations of the coefficients, shape (p,).
        model: the grid.
    """
    grid = np.meshgrid(model.dispersion, model.wander, model.memory_weeks, indexing="ij")
    size, wander, memory = (g.reshape(-1, 1) for g in grid)
    apart = np.abs(weeks[:, None] - weeks[None, :])
    prior = (covariates * spread**2) @ covariates.T
    covariance = prior + wander[:, :, None] ** 2 * np.exp(-apart / memory[:, :, None])
    level = log((counts.sum() + 0.5) / exposure.sum())
    offset = np.log(exposure) + level
    log_rate, slope = _mode(counts, offset, size, covariance)
    expected = np.exp(np.minimum(offset + log_rate, _HIGHEST))
    root = np.sqrt(_curvature(counts, expected, size))
    inner = np.eye(len(counts)) + root[:, :, None] * covariance * root[:, None, :]
    evidence = (
        _log_likelihood(counts, offset + log_rate, expected, size)
        - 0.5 * (slope * log_rate).sum(1)
        - 0.5 * np.linalg.slogdet(inner)[1]
    )
    weights = np.exp(evidence - evidence.max())
    towards = covariates * spread**2
    scaled = root[:, :, None] * towards
    drop = scaled.transpose(0, 2, 1) @ np.linalg.solve(inner, scaled)
    return Fit(weights / weights.sum(), wander[:, 0], slope @ towards, np.diag(spread**2) - drop, level)


def _mode(counts: Array, offset: Array, size: Array, covariance: Array) -> tuple[Array, Array]:
    """Find the likeliest log rate at each grid point, and covariance⁻¹ times it, shapes (grid, n)."""
    log_rate = np.zeros((len(size), len(counts)))
    slope = log_rate
    ones = np.eye(len(counts))
    for _ in range(_STEPS):
        expected = np.exp(np.minimum(offset + log_rate, _HIGHEST))
        curvature = _curvature(counts, expected, size)
        root = np.sqrt(curvature)
        target = curvature * log_rate + counts - (counts + size) * expected / (size + expected)
        inner = ones + root[:, :, None] * covariance * root[:, None, :]
        reached = (covariance @ target[:, :, None])[:, :, 0]
        slope = target - root * np.linalg.solve(inner, (root * reached)[:, :, None])[:, :, 0]
        new = (covariance @ slope[:, :, None])[:, :, 0]
        moved = float(np.abs(new - log_rate).max())
        log_rate = new
        if moved < _CLOSE:
            break
    return log_rate, slope


def _curvature(counts: Array, expected: Array, size: Array) -> Array:
    return (counts + size) * size * expected / (size + expected) ** 2


def _log_likelihood(counts: Array, log_expected: Array, expected: Array, size: Array) -> Array:
    """Log probability of the counts but for what does not depend on the grid point, shape (grid,)."""
    rising = np.zeros((len(size), len(counts)))
    for step in range(int(counts.max(initial=0))):
        rising += np.where(counts > step, np.log(size + step), 0.0)
    each = rising + size * np.log(size) + counts * log_expected - (counts + size) * np.log(size + expected)
    return np.asarray(each.sum(1))


@dataclass(frozen=True)
class Interval:
    """A figure with its 95 % interval."""

    value: float
    low: float
    high: float


def interval_of(log_value: Normals, times: float = 1.0) -> Interval:
    """Give the median and the central 95 % of a number whose logarithm is known."""
    value, low, high = (times * exp(log_value.quantile(p)) for p in (0.5, 0.025, 0.975))
    return Interval(value, low, high)
