"""Student's t distribution for whole degrees of freedom (Abramowitz and Stegun 1964, 26.7.3 and 26.7.4)."""

from math import atan, cos, pi, sin, sqrt


def two_sided(t: float, freedom: int) -> float:
    """Give the probability of a value at least as far from nought as `t`."""
    return max(0.0, 1.0 - _inside(abs(t), freedom))


def quantile(p: float, freedom: int) -> float:
    """Give the value that is undercut with probability `p`, for `p` of at least one half."""
    low, high = 0.0, 1e6
    for _ in range(100):
        middle = (low + high) / 2
        low, high = (middle, high) if 0.5 + _inside(middle, freedom) / 2 < p else (low, middle)
    return (low + high) / 2


def _inside(t: float, freedom: int) -> float:
    """Probability of lying between -t and t."""
    angle = atan(t / sqrt(freedom))
    odd = freedom % 2 == 1
    term = cos(angle) if odd else 1.0
    total = 0.0 if freedom == 1 else term
    for i in range(3 if odd else 2, freedom - 1, 2):
        term *= (i - 1) / i * cos(angle) ** 2
        total += term
    return 2 / pi * (angle + sin(angle) * total) if odd else sin(angle) * total
