"""What a person types while being guided: lines for answers, single keys while the time runs."""

import os
import select
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol

import click

from crampwise.edges.cli.relieve_timer import Key

_KEYS = {b"\n": Key.SKIP, b"\r": Key.SKIP, b"q": Key.STOP, b"Q": Key.STOP, b"\x04": Key.STOP, b"": Key.STOP}
"""An empty read is a terminal that has gone away."""


class Lines(Protocol):
    """Reads what is typed, line by line; `interactive` while a person sits at a terminal."""

    interactive: bool

    def read(self, prompt: str) -> str | None:
        """Show a prompt and give the line without its end; None at the end of the input."""


class StandardInput:
    """Lines from standard input."""

    def __init__(self) -> None:
        self.interactive = sys.stdin.isatty()

    def read(self, prompt: str) -> str | None:
        """Show a prompt and give the line; None at the end of the input."""
        click.echo(prompt, nl=False)
        line = sys.stdin.readline()
        if not self.interactive:
            click.echo(line.rstrip("\n"))
        return line.strip() if line else None


class Clock:
    """Real time, with keys where standard input is a terminal; `fast` makes every wait end at once."""

    def __init__(self, fast: bool) -> None:
        self.fast = fast
        self.interactive = sys.stdin.isatty()

    def wait(self, seconds: float) -> Key:
        """Wait, at most so long, and give the key that ended it early."""
        span = 0.0 if self.fast else seconds
        if not self.interactive:
            time.sleep(span)
            return Key.NONE
        end = time.monotonic() + span
        while True:
            left = max(0.0, end - time.monotonic())
            ready, _, _ = select.select([sys.stdin], [], [], left)
            if not ready:
                return Key.NONE
            key = _KEYS.get(os.read(sys.stdin.fileno(), 1), Key.NONE)
            if key is not Key.NONE:
                return key


@contextmanager
def single_keys() -> Iterator[None]:
    """Let keys count at once and unseen, where standard input is a terminal that can do so."""
    try:
        import termios
        import tty
    except ImportError:
        yield
        return
    if not sys.stdin.isatty():
        yield
        return
    number = sys.stdin.fileno()
    before = termios.tcgetattr(number)
    try:
        tty.setcbreak(number)
        yield
    finally:
        termios.tcsetattr(number, termios.TCSAFLUSH, before)
