"""The timer of a guided stretch: running its steps in real or no time."""

from enum import Enum
from typing import Protocol

import click

from crampwise.book.schema.care import Stretch
from crampwise.edges.cli.out import Out
from crampwise.relieve.steps import Step, steps_of

_COUNT_EVERY_S = 10
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
