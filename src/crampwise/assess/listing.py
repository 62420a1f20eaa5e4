"""Which conditions are listed, how sure that is, and the words that follow from it by the book's rules."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np

from crampwise.assess.engine import Engine
from crampwise.assess.triage import GIVEN
from crampwise.book.book import rank
from crampwise.book.schema.care import Condition
from crampwise.book.schema.common import Level
from crampwise.book.schema.model import Wording
from crampwise.differential.posterior import Cells, Posterior
from crampwise.differential.spread import Spread, spread
from crampwise.interpret.program import Results

OPEN = ("likely", "possible")
"""The words for a cause that may well be behind it."""


@dataclass(frozen=True)
class Listed:
    """One listed condition.

    Attributes:
        index: of the condition. low, high, rank_kept: see Cause. partner: the condition it most likely goes with.
        word: likely, possible, unlikely or must_not_miss. apart_from: conditions that it cannot be told apart from.
    """

    index: int
    low: float
    high: float
    rank_kept: float
    partner: str | None
    word: str
    apart_from: tuple[str, ...]


def pointed_at(engine: Engine, results: Results, ruled_out: Collection[int]) -> tuple[int, ...]:
    """Dangerous conditions to which a fired red flag of their height points, and which are not ruled out."""
    found = (h for h, keys in engine.catching if any(true >> GIVEN & 1 for true, _ in results.both(keys)))
    return tuple(h for h in found if h not in ruled_out)


def listing(
    engine: Engine, strata: dict[str, float], cells: Cells, found: Posterior, pointed: Sequence[int] = ()
) -> tuple[Listed, ...]:
    """List the conditions worth showing, likeliest first.

    Those that must not be missed are listed from lower on, and always while a red flag points to them (`pointed`).
    """
    wording, ids = engine.book.differential.wording, engine.model.conditions
    marginal = found.marginal[0]
    order = np.argsort(-marginal, kind="stable")
    first = (marginal[order] >= wording.list_from) & (np.arange(len(order)) < wording.list_at_most)
    grave = engine.grave[order] & (marginal[order] >= wording.must_not_miss_from)
    shown = first | grave
    shown[[place for place, h in enumerate(order.tolist()) if h in pointed]] = True
    listed: list[int] = order[shown].tolist()
    if not listed:
        return ()
    sure = spread(engine.draws, strata, cells, found, listed)
    partners = [_partner(engine, found, h) for h in listed]
    levels = [condition_at(engine, h).urgency for h in listed]
    said = [word(wording, low, high, level) for low, high, level in zip(sure.low, sure.high, levels, strict=True)]
    together = {(i, j) for i, partner in enumerate(partners) for j, h in enumerate(listed) if partner == ids[h]}
    apart = [not_apart(wording, sure, said, together, i) for i in range(len(listed))]
    return tuple(
        Listed(
            h,
            float(min(sure.low[i], marginal[h])),
            float(max(sure.high[i], marginal[h])),
            float(sure.rank_kept[i]),
            partners[i],
            said[i],
            tuple(ids[listed[j]] for j in apart[i]),
        )
        for i, h in enumerate(listed)
    )


def condition_at(engine: Engine, h: int) -> Condition:
    """Give the condition with an index of the model."""
    return engine.book.conditions[engine.model.conditions[h]]


def word(wording: Wording, low: float, high: float, level: Level) -> str:
    """Put an interval into a word; the value inside it does not count."""
    if low >= wording.likely_low:
        return "likely"
    if high >= wording.possible_high:
        return "possible"
    return "must_not_miss" if rank(level) >= rank("same_day") else "unlikely"


def not_apart(wording: Wording, sure: Spread, said: list[str], together: set[tuple[int, int]], place: int) -> list[int]:
    """Places of likely or possible conditions whose order with this one is not sure, unless the two go together."""
    if said[place] not in OPEN:
        return []
    others = [i for i, said_of in enumerate(said) if i != place and said_of in OPEN]
    return [
        i
        for i in others
        if max(sure.above[i, place], sure.above[place, i]) < wording.apart and not together & {(i, place), (place, i)}
    ]


def _partner(engine: Engine, found: Posterior, h: int) -> str | None:
    """The condition it most likely goes together with, when that pair is likelier than the condition alone."""
    model, pair = engine.model, found.pair[0]
    mine = model.pairs_of[h]
    if not len(mine):
        return None
    best = mine[pair[mine].argmax()]
    if pair[best] <= found.single[0, h]:
        return None
    a, b = model.pairs[best]
    return model.conditions[int(b if a == h else a)]
