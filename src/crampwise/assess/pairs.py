"""Pairs of answers of which only both together would change the result: all pairs side by side, a bit for each."""

from collections.abc import Callable, Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from crampwise.assess.engine import Engine
from crampwise.assess.known import Known
from crampwise.book.book import rank
from crampwise.book.schema.common import LEVELS
from crampwise.interpret.person import evaluate
from crampwise.interpret.program import Planes, Program
from crampwise.logic.answers import Answers, Value
from crampwise.logic.truth import Truth

Hypothetical = tuple[str, Value]
Pair = tuple[int, int]
Index = NDArray[np.intp]


def urgent_pairs(
    engine: Engine, known: Known, tries: Sequence[Hypothetical], keep: Callable[[int], bool], most: int
) -> Iterator[tuple[Pair, int]]:
    """Yield pairs of `tries` with the level that red flags then demand, where `keep` wants that level; gravest first.

    Args:
        engine: the book made ready. known: what is known. tries: other answers that could be given, one each.
        keep: says of a level whether it is looked for. most: how many pairs of each level are given.
    """
    if len(tries) < 2:
        return
    first, second = np.triu_indices(len(tries), 1)
    valid, planes = _run(engine, known, tries, len(first))
    higher = 0
    for level in range(len(LEVELS) - 1, -1, -1):
        here = valid & ~higher & (planes[level] if level else valid)
        higher |= planes[level]
        if keep(level):
            for k in _bits(here, len(first))[:most]:
                yield (int(first[k]), int(second[k])), level


def _masks(tries: Sequence[Hypothetical]) -> list[int]:
    """For each try the lanes of the pairs that hold it, in the order of `triu_indices`."""
    n = len(tries)
    rows = np.arange(n)
    start = rows * n - rows * (rows + 1) // 2
    found = []
    for k in range(n):
        bits = np.zeros(n * (n - 1) // 2, dtype=np.bool_)
        bits[start[k] : start[k] + n - 1 - k] = True
        bits[start[:k] + k - 1 - rows[:k]] = True
        found.append(int.from_bytes(np.packbits(bits, bitorder="little").tobytes(), "little"))
    return found


def _run(engine: Engine, known: Known, tries: Sequence[Hypothetical], lanes: int) -> tuple[int, list[int]]:
    """Lanes that contradict nothing, and for each level the lanes in which some flag of it fires."""
    program, every = engine.urgent, (1 << lanes) - 1
    masks = _masks(tries)
    true, false = _base(program, known, every)
    for (finding_id, value), mask in zip(tries, masks, strict=True):
        answers = Answers({finding_id: value})
        for i, leaf in program.by_finding.get(finding_id, ()):
            holds = evaluate(leaf, answers) is Truth.TRUE
            true[i] = true[i] | mask if holds else true[i] & ~mask
            false[i] = false[i] & ~mask if holds else false[i] | mask
    results = program.run_planes(true, false)
    valid = every & ~results.conflict
    once: dict[str, int] = {}
    for (finding_id, _), mask in zip(tries, masks, strict=True):
        valid &= ~(once.get(finding_id, 0) & mask)
        once[finding_id] = once.get(finding_id, 0) | mask
    for (finding_id, value), mask in zip(tries, masks, strict=True):
        if value is not False and f"who_for/{finding_id}" in results.false:
            valid &= ~(mask & results.false[f"who_for/{finding_id}"])
    for finding_id in engine.world.who_for:
        if known.given.get(finding_id) not in (None, False):
            valid &= ~results.false[f"who_for/{finding_id}"]
    planes = [0] * len(LEVELS)
    for flag in engine.book.red_flags.values():
        planes[rank(flag.level)] |= results.true[f"red_flag/{flag.id}"]
    return valid, planes


def _base(program: Program, known: Known, every: int) -> tuple[Planes, Planes]:
    true, false = [0] * len(program.leaves), [0] * len(program.leaves)
    for finding_id in known.given.values.keys() & program.by_finding.keys():
        for i, leaf in program.by_finding[finding_id]:
            (true if evaluate(leaf, known.given) is Truth.TRUE else false)[i] = every
    return true, false


def _bits(plane: int, width: int) -> Index:
    raw = np.frombuffer(plane.to_bytes((width + 7) // 8, "little"), dtype=np.uint8)
    return np.flatnonzero(np.unpackbits(raw, bitorder="little")[:width])
