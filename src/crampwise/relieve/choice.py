"""Which muscle cramps and which stretch is for it, from an id, a title or a lay name."""

import re
from collections.abc import Iterator

from crampwise.book.book import Book
from crampwise.book.rules import did_you_mean
from crampwise.book.schema.care import Muscle, Stretch
from crampwise.logic.errors import InputError, Problem

WHEN = {"cramp": "during a cramp", "bedtime": "at bedtime", "daily": "daily", "before_exercise": "before exercise"}
"""When a stretch is done, in words."""


def choose(book: Book, typed: str) -> tuple[Muscle, Stretch | None]:
    """Find the muscle, and the stretch if it was one that was named.

    Raises:
        InputError: nothing, or more than one muscle, is called so.
    """
    wanted = _key(typed)
    for stretch in book.stretches.values():
        if wanted in {_key(name) for name in (stretch.id, stretch.title, stretch.name, *stretch.also_called)}:
            return book.muscles[stretch.muscle], stretch
    names = {_key(name): muscle for muscle in reversed(list(book.muscles.values())) for name in _names(muscle)}
    if wanted in names:
        return names[wanted], None
    inside = [name for name in names if f" {name} " in f" {wanted} "]
    longest = [name for name in inside if not any(name != other and f" {name} " in f" {other} " for other in inside)]
    found = {names[name].id: names[name] for name in longest}
    if len(found) == 1:
        return next(iter(found.values())), None
    if found:
        which = ", ".join(m.title for m in found.values())
        raise InputError([Problem(typed, f"this fits more than one muscle: {which}.", "Name one of them.")])
    remedy = did_you_mean(wanted, names) or f"Muscles are {', '.join(m.title.lower() for m in book.muscles.values())}."
    raise InputError([Problem(typed, "there is no muscle called this.", remedy)])


def stretches_for(book: Book, muscle: Muscle) -> tuple[Stretch, ...]:
    """Give the stretches for a muscle, those to be done during a cramp first."""
    found = [s for s in book.stretches.values() if s.muscle == muscle.id]
    return tuple(sorted(found, key=lambda s: ("cramp" not in s.when, s.when[0] != "cramp")))


def when_words(stretch: Stretch) -> str:
    """Say when a stretch is done."""
    return ", ".join(WHEN[w] for w in stretch.when)


def _names(muscle: Muscle) -> Iterator[str]:
    yield from (muscle.id, muscle.title, *muscle.also)


def _key(text: str) -> str:
    return " ".join(re.findall(r"[^\W_]+", text.casefold().replace("'", "")))
