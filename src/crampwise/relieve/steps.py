"""What a guided stretch consists of: each set, side and repeat, with the rests between, one step after another."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from crampwise.book.schema.care import Stretch

READY_S = 5
"""Seconds to get into place before the first hold and after a change of sides."""

_QUICK_S = 2
"""Holds up to this long are movements, counted together."""


@dataclass(frozen=True)
class Step:
    """One stretch of time: what to do, for how long, on which side, which of how many."""

    kind: Literal["ready", "hold", "ease", "move", "rest"]
    seconds: int
    place: str = ""

    @property
    def words(self) -> str:
        """Say what to do."""
        span = f"{self.seconds} second{'s' if self.seconds != 1 else ''}"
        say = {
            "ready": "Get ready",
            "hold": f"Hold {span}",
            "ease": f"Hold until it eases, at most {span}",
            "move": f"Move for {span}",
            "rest": f"Rest {span}",
        }[self.kind]
        return f"{say}. {self.place}".strip()


def steps_of(stretch: Stretch) -> Iterator[Step]:
    """Give the steps of a stretch: each set, each side, each repeat, with rests between."""
    sides = {"both": ("Left side", "Right side"), "affected": ("The sore side",), "none": ("",)}[stretch.sides]
    moves = stretch.hold_s <= _QUICK_S and not stretch.rest_s
    repeats = 1 if moves else stretch.repeats
    kind: Literal["hold", "ease", "move"] = "move" if moves else "ease" if stretch.until_eased else "hold"
    seconds = stretch.hold_s * stretch.repeats if moves else stretch.hold_s
    for number in range(1, stretch.sets + 1):
        for side in sides:
            yield Step("ready", READY_S, f"{side}." if side else "")
            for repeat in range(1, repeats + 1):
                yield Step(kind, seconds, _place(side, repeat, repeats, number, stretch.sets))
                if repeat < repeats and stretch.rest_s:
                    yield Step("rest", stretch.rest_s)
        if number < stretch.sets and stretch.rest_s:
            yield Step("rest", stretch.rest_s)


def _place(side: str, repeat: int, repeats: int, number: int, sets: int) -> str:
    count = f"{repeat} of {repeats}" if repeats > 1 else ""
    which = f"set {number} of {sets}" if sets > 1 else ""
    text = ", ".join(filter(None, (side, count, which)))
    return f"{text}." if text else ""
