"""A cramp in a few words: "calf, now", "left calf 3:10 pain 7 40s woke"."""

import re
from datetime import datetime, timedelta
from typing import Any

from crampwise.book.book import Book
from crampwise.logic.errors import InputError, Problem
from crampwise.relieve.choice import choose

_SECONDS = {"s": 1, "sec": 1, "seconds": 1, "m": 60, "min": 60, "minutes": 60, "minute": 60, "h": 3600}
_DURATION = re.compile(r"\b(\d{1,4})\s*(seconds|sec|s|minutes|minute|min|m|h)\b")
_TIME = re.compile(r"\b(?:at )?(\d{1,2})(?:[:.](\d\d)(?:\s*([ap]m))?|\s*([ap]m))\b")
_AGO = re.compile(r"\b(\d{1,3})\s*(minutes|minute|min|m|h)\s+ago\b")
_PAIN = re.compile(r"\bpain\s*(\d{1,2})\b")
_SIDE = re.compile(r"\b(left|right|both)\b")
_WHEN = re.compile(r"\d|\b(yesterday|last|nights?|days?|weeks?|ago|morning|evening)\b")
_FILLER = re.compile(r"\b(now|today|cramp|in|the|my|at|for|and|it|me|up|sides?|legs?)\b|[,;]")


def read_words(book: Book, words: str, now: datetime) -> dict[str, Any]:
    """Read a cramp from a few words; what is not said stays unknown.

    Raises:
        InputError: something in it is not understood.
    """
    left = words.casefold()
    found: dict[str, Any] = {"start": now.isoformat()}
    if ago := _AGO.search(left):
        found["start"] = (now - timedelta(seconds=int(ago[1]) * _SECONDS[ago[2]])).isoformat()
        left = _AGO.sub(" ", left)
    if at := _TIME.search(left):
        hour = _hour(int(at[1]), at[3] or at[4], words)
        found["start"] = _clock(now, hour, int(at[2] or 0), "yesterday" in left, words).isoformat()
        left = _TIME.sub(" ", left).replace("yesterday", " ")
    if pain := _PAIN.search(left):
        found["pain"] = int(pain[1])
        left = _PAIN.sub(" ", left)
    if lasted := _DURATION.search(left):
        found["duration_s"] = int(lasted[1]) * _SECONDS[lasted[2]]
        left = _DURATION.sub(" ", left)
    if side := _SIDE.search(left):
        found["side"] = side[1]
        left = _SIDE.sub(" ", left)
    for word, field in (("woke", "woke"), ("woken", "woke"), ("sore", "sore")):
        if re.search(rf"\b{word}\b", left):
            found[field] = True
            left = re.sub(rf"\b{word}\b", " ", left)
    rest = " ".join(_FILLER.sub(" ", left).split())
    if _WHEN.search(rest):
        remedy = "Write the time as 3:10, with yesterday before it if it was then."
        raise InputError([Problem(words, f"{rest!r} is not understood.", remedy)])
    if rest:
        found["muscles"] = [choose(book, rest)[0].id]
    return found


def _hour(hour: int, half: str | None, words: str) -> int:
    """Read an hour of the clock; `half` is am, pm or nothing."""
    if half and not 1 <= hour <= 12:
        raise InputError([Problem(words, f"{hour} {half} is no time of day.", "Write it as 3:10 or 15:10.")])
    return hour % 12 + (12 if half == "pm" else 0) if half else hour


def _clock(now: datetime, hour: int, minute: int, yesterday: bool, words: str) -> datetime:
    """The last time the clock showed this."""
    if hour > 23 or minute > 59:
        raise InputError([Problem(words, f"{hour}:{minute:02} is no time of day.", "Write it as 3:10 or 15:10.")])
    found = now.replace(tzinfo=None, hour=hour, minute=minute)
    if yesterday or found > now.replace(tzinfo=None):
        found -= timedelta(days=1)
    return found.astimezone()
