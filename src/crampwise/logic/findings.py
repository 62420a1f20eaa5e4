"""What can be known of a person: a yes or no, one of some options, or a number with a unit."""

from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True)
class YesNo:
    """A finding answered yes or no."""

    id: str


@dataclass(frozen=True)
class Choice:
    """A finding with exactly one of two or more options."""

    id: str
    options: tuple[str, ...]

    def __post_init__(self) -> None:
        if len(self.options) < 2 or len(set(self.options)) != len(self.options):
            raise ValueError(f"{self.id} needs at least two different options")


@dataclass(frozen=True)
class Number:
    """A finding measured in one UCUM unit, inside plausible limits (both included)."""

    id: str
    unit: str
    low: Decimal
    high: Decimal

    def __post_init__(self) -> None:
        if not (self.low.is_finite() and self.high.is_finite() and self.low < self.high):
            raise ValueError(f"{self.id} needs finite limits, the lower one first")


Finding = YesNo | Choice | Number
