"""Rules: small closed trees over typed findings. A tree that makes no sense cannot be built."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from crampwise.logic.findings import Choice, Finding, Number, YesNo

Operator = Literal["<", "<=", ">", ">="]
OPERATORS: tuple[Operator, ...] = ("<=", ">=", "<", ">")


@dataclass(frozen=True)
class Present:
    """The yes/no finding is yes."""

    finding: YesNo

    def __post_init__(self) -> None:
        _require(isinstance(self.finding, YesNo), f"{self.finding.id} is not a yes/no finding")


@dataclass(frozen=True)
class OneOf:
    """The choice finding has one of these options."""

    finding: Choice
    options: tuple[str, ...]

    def __post_init__(self) -> None:
        _require(isinstance(self.finding, Choice), f"{self.finding.id} is not a choice")
        strange = sorted(set(self.options) - set(self.finding.options))
        _require(not strange, f"{self.finding.id} has no option {', '.join(strange)}")
        _require(bool(self.options), f"{self.finding.id} needs at least one option")


@dataclass(frozen=True)
class Compare:
    """The number compares so with a threshold in the finding's own unit."""

    finding: Number
    op: Operator
    threshold: Decimal

    def __post_init__(self) -> None:
        _require(isinstance(self.finding, Number), f"{self.finding.id} is not a number")
        _require(self.op in OPERATORS, f"{self.op!r} is not one of {', '.join(OPERATORS)}")
        low, high = self.finding.low, self.finding.high
        _require(
            self.threshold.is_finite() and low <= self.threshold <= high,
            f"{self.threshold} is outside the plausible limits of {self.finding.id}, {low} to {high}",
        )


@dataclass(frozen=True)
class Not:
    """The rule is false."""

    rule: "Rule"


@dataclass(frozen=True)
class All:
    """Every rule is true."""

    rules: tuple["Rule", ...]

    def __post_init__(self) -> None:
        _require(bool(self.rules), "all needs at least one rule")


@dataclass(frozen=True)
class Any:
    """At least one rule is true."""

    rules: tuple["Rule", ...]

    def __post_init__(self) -> None:
        _require(bool(self.rules), "any needs at least one rule")


@dataclass(frozen=True)
class AtLeast:
    """At least `n` of the rules are true."""

    n: int
    rules: tuple["Rule", ...]

    def __post_init__(self) -> None:
        _require(1 <= self.n <= len(self.rules), f"at_least {self.n} of {len(self.rules)} rules makes no sense")


@dataclass(frozen=True)
class Term:
    """A named rule used inside others."""

    name: str
    rule: "Rule"


Leaf = Present | OneOf | Compare
Rule = Leaf | Not | All | Any | AtLeast | Term


def children(rule: Rule) -> tuple[Rule, ...]:
    """Give the rules directly inside `rule`; leaves have none."""
    match rule:
        case Not(inner) | Term(_, inner):
            return (inner,)
        case All(inner) | Any(inner) | AtLeast(_, inner):
            return inner
        case _:
            return ()


def walk(rule: Rule) -> Iterator[Rule]:
    """Yield `rule` and everything inside it, terms opened, each occurrence once."""
    yield rule
    for child in children(rule):
        yield from walk(child)


def findings_of(rule: Rule) -> tuple[Finding, ...]:
    """Give the findings that `rule` reads, each once, in reading order."""
    return tuple(dict.fromkeys(n.finding for n in walk(rule) if isinstance(n, Leaf)))


def _require(condition: bool, message: str) -> None:
    if not condition:
        raise ValueError(message)
