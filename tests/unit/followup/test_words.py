"""A cramp in a few words: times that are not understood are refused, never guessed."""

from datetime import datetime

import pytest

from crampwise.edges.cli.diary_words import read_words
from crampwise.logic.errors import InputError
from tests.support.people import shipped

BOOK = shipped()
NOW = datetime(2026, 11, 21, 21, 0).astimezone()


@pytest.mark.parametrize(
    ("words", "start"),
    [
        ("calf, now", "2026-11-21T21:00"),
        ("calf 3am", "2026-11-21T03:00"),
        ("calf 12 am", "2026-11-21T00:00"),
        ("calf 10:30 pm", "2026-11-20T22:30"),
        ("calf yesterday 3:10", "2026-11-20T03:10"),
        ("calf 20 min ago", "2026-11-21T20:40"),
    ],
)
def test_a_time_is_read(words: str, start: str) -> None:
    assert read_words(BOOK, words, NOW)["start"].startswith(start)


@pytest.mark.parametrize("words", ["calf yesterday", "calf last night", "calf 2 nights ago", "calf 13pm", "calf 25:10"])
def test_a_vague_time_is_refused(words: str) -> None:
    with pytest.raises(InputError, match="3:10"):
        read_words(BOOK, words, NOW)
