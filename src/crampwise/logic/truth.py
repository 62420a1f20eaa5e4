"""Three-valued truth. Unknown is never no."""

from collections.abc import Iterable
from enum import Enum


class Truth(Enum):
    """False, unknown or true. Using one as a Python bool raises, so that unknown cannot slip through as no."""

    FALSE = "false"
    UNKNOWN = "unknown"
    TRUE = "true"

    def __bool__(self) -> bool:
        """Refuse: compare with `is` instead."""
        raise TypeError("a Truth has three values; compare it with `is Truth.TRUE` (or FALSE, UNKNOWN)")

    def __invert__(self) -> "Truth":
        """Negate; unknown stays unknown."""
        return _NOT[self]


_NOT = {Truth.FALSE: Truth.TRUE, Truth.UNKNOWN: Truth.UNKNOWN, Truth.TRUE: Truth.FALSE}


def truth_of(value: bool | None) -> Truth:
    """Turn a known bool, or None for unknown, into a Truth."""
    if value is None:
        return Truth.UNKNOWN
    return Truth.TRUE if value else Truth.FALSE


def at_least(n: int, truths: Iterable[Truth]) -> Truth:
    """Whether at least `n` of `truths` are true: unknown while the unknown ones could decide it."""
    counted = list(truths)
    if counted.count(Truth.TRUE) >= n:
        return Truth.TRUE
    return Truth.UNKNOWN if len(counted) - counted.count(Truth.FALSE) >= n else Truth.FALSE


def all_of(truths: Iterable[Truth]) -> Truth:
    """Conjunction: false if any is false, else unknown if any is unknown."""
    counted = list(truths)
    return at_least(len(counted), counted)


def any_of(truths: Iterable[Truth]) -> Truth:
    """Disjunction: true if any is true, else unknown if any is unknown."""
    return at_least(1, truths)
