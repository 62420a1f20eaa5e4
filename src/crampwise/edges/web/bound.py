"""How urgent it is so far, as a range that a page can draw."""

from dataclasses import dataclass

from crampwise.assess.assessment import Assessment
from crampwise.assess.engine import Engine
from crampwise.book.book import rank
from crampwise.book.schema.common import LEVELS, Level


@dataclass(frozen=True, slots=True)
class Bound:
    """The range of the urgency.

    Attributes:
        low, high: ranks, 0 to 4. says: what is certain. could: what is still possible; empty when settled.
        steps: each level from the mildest with its title, and whether it lies in the range.
    """

    low: int
    high: int
    level: Level
    says: str
    could: str
    steps: tuple[tuple[str, bool], ...]


def bound_of(engine: Engine, result: Assessment) -> Bound:
    """Give the range; nothing calming is said while a danger sign is open."""
    urgency, words = result.urgency, engine.book.words
    titles = {w.level: w.title for w in words.levels}
    low, high = rank(urgency.at_least), rank(urgency.at_most)
    could = words.phrases["could_be"].format(level=titles[urgency.at_most]) if not urgency.settled else ""
    steps = tuple((titles[level], low <= i <= high) for i, level in enumerate(LEVELS))
    return Bound(low, high, urgency.at_least, urgency.say[0].text, could, steps)
