"""How good the probabilities of evaluated cases are, what was confused with what, and what another book changes."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from crampwise.assess.assessment import Assessment
from crampwise.book.schema.common import Level

BINS = 10
NOTHING = "nothing"


@dataclass(frozen=True)
class CaseResult:
    """What one case came to.

    Attributes:
        urgency: reached; expected: said by the case. conditions: accepted by it.
        chances: each listed condition with its probability, likeliest first.
        tests, offered: ids proposed, and of actions and stretches that are offered.
    """

    id: str
    urgency: Level
    expected: Level
    conditions: tuple[str, ...]
    chances: tuple[tuple[str, float], ...]
    tests: frozenset[str]
    offered: frozenset[str]

    @property
    def first(self) -> str:
        """The likeliest condition."""
        return self.chances[0][0] if self.chances else NOTHING


@dataclass(frozen=True)
class Bin:
    """Listed conditions whose probability lies in one tenth: how many, their mean, and how many were accepted."""

    low: float
    high: float
    count: int
    mean: float
    accepted: float


@dataclass(frozen=True)
class Calibration:
    """Probabilities of listed conditions held against what cases accept.

    Attributes:
        listed: how many conditions of how many `cases`. brier: mean squared difference (Brier 1950).
        error: expected calibration error, the mean distance of the bins from the diagonal.
    """

    cases: int
    listed: int
    brier: float
    error: float
    bins: tuple[Bin, ...]


@dataclass(frozen=True)
class Changed:
    """One thing that differs between two books for one case."""

    id: str
    what: str
    before: str
    after: str


def case_result(id_: str, expected: Level, conditions: tuple[str, ...], result: Assessment) -> CaseResult:
    """Keep what an evaluation needs of an assessment."""
    ranked = sorted(result.causes, key=lambda c: -c.probability)
    return CaseResult(
        id_,
        result.urgency.at_least,
        expected,
        conditions,
        tuple((c.id, c.probability) for c in ranked),
        frozenset(t.id for t in result.tests),
        frozenset(o.id for o in (*result.plan, *result.stretches) if o.status == "offered"),
    )


def calibration(results: Iterable[CaseResult]) -> Calibration:
    """Hold the probability of every listed condition against whether its case accepts it."""
    judged = [r for r in results if r.conditions]
    return calibrated([(p, id_ in r.conditions) for r in judged for id_, p in r.chances], len(judged))


def calibrated(said: Sequence[tuple[float, bool]], cases: int) -> Calibration:
    """Score probabilities against what came true."""
    bins: list[Bin] = []
    for k in range(BINS):
        inside = [(p, true) for p, true in said if min(int(p * BINS), BINS - 1) == k]
        if inside:
            n = len(inside)
            mean, share = sum(p for p, _ in inside) / n, sum(t for _, t in inside) / n
            bins.append(Bin(k / BINS, (k + 1) / BINS, n, mean, share))
    count = max(len(said), 1)
    brier = sum((p - true) ** 2 for p, true in said) / count
    error = sum(b.count * abs(b.mean - b.accepted) for b in bins) / count
    return Calibration(cases, len(said), brier, error, tuple(bins))


def urgency_confusion(results: Iterable[CaseResult]) -> Mapping[tuple[Level, Level], int]:
    """Count cases by expected and reached urgency."""
    return Counter((r.expected, r.urgency) for r in results)


def cause_confusion(results: Iterable[CaseResult]) -> Mapping[tuple[str, str], int]:
    """Count cases by best accepted and first condition; any accepted condition in first place counts as right."""
    judged = [r for r in results if r.conditions]
    return Counter((r.first if r.first in r.conditions else r.conditions[0], r.first) for r in judged)


def changed(before: Sequence[CaseResult], after: Sequence[CaseResult]) -> tuple[Changed, ...]:
    """List every case whose urgency, first cause, tests or offered actions differ between two books."""
    old = {r.id: r for r in before}
    return tuple(change for new in after if new.id in old for change in _changes(old[new.id], new))


def _changes(old: CaseResult, new: CaseResult) -> list[Changed]:
    found: list[Changed] = []
    if old.urgency != new.urgency:
        found.append(Changed(new.id, "urgency", old.urgency, new.urgency))
    if old.first != new.first:
        found.append(Changed(new.id, "first cause", old.first, new.first))
    for what, was, now in (("tests", old.tests, new.tests), ("offered", old.offered, new.offered)):
        if was != now:
            gone, come = ", ".join(sorted(was - now)), ", ".join(sorted(now - was))
            found.append(Changed(new.id, what, gone or NOTHING, come or NOTHING))
    return found
