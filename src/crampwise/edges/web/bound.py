"""How urgent it is so far, as a range that a page can draw."""

from dataclasses import dataclass

from crampwise.assess.engine import Engine
from crampwise.assess.triage import level_words
from crampwise.book.book import rank
from crampwise.book.schema.common import LEVELS, Level
from crampwise.edges.web.sofar import SoFar


@dataclass(frozen=True)
class Bound:
    """The range of the urgency.

    Attributes:
        low, high: ranks, 0 to 4. level: what is certain, never below what an unexplained danger sign demands.
        says: that in words. could: what is still possible; empty when settled.
        danger: a danger sign was said yes to, and an emergency behind it is not ruled out.
        steps: each level from the mildest with its title, and whether it lies in the range.
    """

    low: int
    high: int
    level: Level
    says: str
    could: str
    danger: bool
    steps: tuple[tuple[str, bool], ...]


def bound_of(engine: Engine, so_far: SoFar) -> Bound:
    """Give the range; nothing calming is said while a danger sign is open."""
    urgency, words = so_far.result.urgency, engine.book.words
    titles = {w.level: w.title for w in words.levels}
    level = max((urgency.at_least, *(level for _, level in so_far.unclear)), key=rank)
    low, high = rank(level), max(rank(level), rank(urgency.at_most))
    says = urgency.say[0].text if level == urgency.at_least else level_words(engine, level).text
    if so_far.danger and low == 0:
        says = words.phrases["danger_said"]
    could = words.phrases["could_be"].format(level=titles[LEVELS[high]]) if high > low else ""
    steps = tuple((titles[name], low <= i <= high) for i, name in enumerate(LEVELS))
    return Bound(low, high, level, says, could, so_far.danger, steps)
