"""Straight-line code with as few names as can be: a name is free again once its value was read for the last time.

With Python ints this costs nothing; with arrays the few blocks that are alive stay in the processor's cache.
"""

from collections.abc import Sequence
from itertools import count

Line = tuple[str, str]
"""A name and the expression that it stands for. The parts of an expression are set apart by blanks."""


def reuse_names(lines: Sequence[Line], wanted: str) -> tuple[list[Line], str]:
    """Rename so that dead values are overwritten, and leave out lines whose value nothing reads.

    Args:
        lines: each name is assigned once, and before it is read.
        wanted: the expression that the code gives back.

    Returns:
        The lines and the wanted expression under the new names.
    """
    split = [(name, expression.split()) for name, expression in lines]
    parts = wanted.split()
    last_read = _last_reads(split, parts)
    registers, free = count(), list[str]()
    names: dict[str, str] = {}
    written: list[Line] = []
    for i, (name, read) in enumerate(split):
        if name not in last_read:
            continue
        written_as = " ".join([names.get(part, part) for part in read])
        free += [names[part] for part in dict.fromkeys(read) if part in names and last_read[part] == i]
        names[name] = free.pop() if free else f"r{next(registers)}"
        written.append((names[name], written_as))
    return written, " ".join([names.get(part, part) for part in parts])


def _last_reads(split: Sequence[tuple[str, list[str]]], wanted: list[str]) -> dict[str, int]:
    """The number of the line that reads a part for the last time, for every part that is needed at all."""
    found = dict.fromkeys(wanted, len(split))
    for i in range(len(split) - 1, -1, -1):
        name, parts = split[i]
        if name in found:
            for part in parts:
                found.setdefault(part, i)
    return found
