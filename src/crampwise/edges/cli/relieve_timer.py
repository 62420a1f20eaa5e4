"""The timer of a guided stretch: the steps of one stretch, and running them in real or no time."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from typing import Literal, Protocol

import click

from crampwise.book.schema.care import Stretch
from crampwise.edges.cli.out import Out

READY_S = 5
"""Seconds to get into place before the first hold and after a change of sides."""

_COUNT_EVERY_S = 10
_QUICK_S = 2
"""Holds up to this long are movements, counted together."""

_BAR = 20


class Key(Enum):
    """What the person pressed while the time ran."""

    NONE = "none"
    SKIP = "skip"
    STOP = "stop"


class Pace(Protocol):
    """Lets time pass."""

    def wait(self, seconds: float) -> Key:
        """Wait, at most so long, and give the key that ended it early."""


@dataclass(frozen=True, slots=True)
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


def run(out: Out, stretch: Stretch, pace: Pace) -> bool:
    """Guide a person through a stretch.

    Returns:
        Whether it was done to the end, rather than stopped.
    """
    for step in steps_of(stretch):
        key = _live(out, step, pace) if out.live else _plain(out, step, pace)
        if key is Key.STOP:
            return False
    return True


def _plain(out: Out, step: Step, pace: Pace) -> Key:
    """Say the step, then count down every ten seconds, each on a line."""
    out.text(step.words)
    left = step.seconds
    while left > 0:
        span = left % _COUNT_EVERY_S or min(_COUNT_EVERY_S, left)
        key = pace.wait(span)
        if key is not Key.NONE:
            return key
        left -= span
        if left > 0 and step.kind != "ready":
            out.text(f"{left} seconds left.")
    return Key.NONE


def _live(out: Out, step: Step, pace: Pace) -> Key:
    """Draw one line that counts down, and write over it each second."""
    key = Key.NONE
    for left in range(step.seconds, 0, -1):
        _draw(out, step, left)
        key = pace.wait(1)
        if key is not Key.NONE:
            break
    else:
        _draw(out, step, 0)
    click.echo()
    return key


def _draw(out: Out, step: Step, left: int) -> None:
    done = _BAR * (step.seconds - left) // step.seconds
    bar = "#" * done + "." * (_BAR - done)
    room = out.width - _BAR - 10
    click.echo(f"\r{step.words[:room]:<{room}} {bar} {left:>3} s ", nl=False)
