"""Running the steps of a stretch without real time."""

from collections.abc import Iterator

import pytest

from crampwise.book.compile import open_book
from crampwise.book.schema.care import Stretch
from crampwise.edges.cli.out import Out
from crampwise.edges.cli.relieve_timer import Key, run
from crampwise.relieve.steps import steps_of

STRETCHES = tuple(open_book().stretches.values())


class FakePace:
    """Lets no time pass; presses the given keys in turn."""

    def __init__(self, keys: Iterator[Key] | None = None) -> None:
        self.keys = keys or iter(())
        self.waited = 0.0

    def wait(self, seconds: float) -> Key:
        self.waited += seconds
        return next(self.keys, Key.NONE)


def by_id(id_: str) -> Stretch:
    return next(s for s in STRETCHES if s.id == id_)


def test_plain_counts_every_ten_seconds(capsys: pytest.CaptureFixture[str]) -> None:
    pace = FakePace()
    stretch = by_id("s_calf_wall")
    assert run(Out(plain=True), stretch, pace)
    lines = capsys.readouterr().out.splitlines()
    assert lines[:5] == [
        "Get ready. Left side.",
        "Hold 30 seconds. Left side, 1 of 4.",
        "20 seconds left.",
        "10 seconds left.",
        "Rest 10 seconds.",
    ]
    assert pace.waited == sum(s.seconds for s in steps_of(stretch))


def test_live_writes_over_one_line_and_fits(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Out, "live", property(lambda self: True))
    pace = FakePace()
    stretch = by_id("s_calf_towel")
    assert run(Out(), stretch, pace)
    text = capsys.readouterr().out
    assert text.count("\n") == len(list(steps_of(stretch)))
    assert max(len(part) for line in text.splitlines() for part in line.split("\r")) <= 80
    assert pace.waited == sum(s.seconds for s in steps_of(stretch))


@pytest.mark.parametrize("live", [True, False])
def test_skip_goes_on_with_the_next_step_and_stop_ends(live: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Out, "live", property(lambda self: live))
    stretch = by_id("s_calf_wall")
    skipping = FakePace(iter([Key.SKIP] * 100))
    assert run(Out(), stretch, skipping)
    assert skipping.waited < sum(s.seconds for s in steps_of(stretch))
    stopping = FakePace(iter([Key.SKIP, Key.STOP]))
    assert not run(Out(), stretch, stopping)
