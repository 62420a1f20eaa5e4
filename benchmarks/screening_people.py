"""Generated people for the screening benchmark, kept as packed planes and as Arrow bitmaps over the same memory."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from crampwise.assess.engine import Engine
from crampwise.interpret.columns import Pair, Words, column, word_count
from crampwise.interpret.planes import run_columns
from crampwise.interpret.program import compile_program
from crampwise.logic.findings import Choice, Finding, Number, YesNo
from crampwise.logic.rules import Compare, Leaf, Rule

CHUNK = 1 << 20
KNOWN = 0.75
YES = 0.004


@dataclass(frozen=True)
class People:
    """`planes`: known true and known false of each leaf; `bitmaps`: valid and held, as Arrow has them."""

    people: int
    memory: Words
    planes: Mapping[Leaf, Pair]
    bitmaps: Mapping[Leaf, Pair]

    def table(self, names: Mapping[Leaf, str]) -> Any:
        """An Arrow table of nullable booleans over the same memory."""
        import pyarrow as pa

        def array(leaf: Leaf) -> Any:
            valid, held = (pa.py_buffer(words) for words in self.bitmaps[leaf])
            return pa.Array.from_buffers(pa.bool_(), self.people, [valid, held])

        return pa.table({name: array(leaf) for leaf, name in names.items()})


def generate(engine: Engine, rules: Mapping[str, Rule], people: int) -> People:
    """Draw people who contradict nothing, and close their answers."""
    leaves = compile_program(engine.world, rules).leaves
    closing = compile_program(engine.world, {str(i): leaf for i, leaf in enumerate(leaves)})
    words = word_count(people)
    true, false = np.zeros((len(leaves), words), np.uint64), np.zeros((len(leaves), words), np.uint64)
    random = np.random.default_rng(20261121)
    for start in range(0, people, CHUNK):
        n = min(CHUNK, people - start)
        columns = {f.id: column(f, *drawn) for f, drawn in _draw(engine, closing.by_finding, random, n).items()}
        for block in run_columns(closing, columns, n):
            assert not block.conflict.any()
            at = (start + block.first) // 64
            for i in range(len(leaves)):
                plane = block.true[str(i)]
                true[i, at : at + len(plane)] = plane
                false[i, at : at + len(plane)] = block.false[str(i)]
    valid = true | false
    memory = np.concatenate([true, false])
    size = len(leaves)
    return People(
        people,
        memory.reshape(-1),
        {leaf: (memory[i], memory[size + i]) for i, leaf in enumerate(leaves)},
        {leaf: (valid[i], memory[i]) for i, leaf in enumerate(leaves)},
    )


Drawn = tuple[Any, Any]


def _draw(engine: Engine, read: Mapping[str, Any], random: np.random.Generator, n: int) -> dict[Finding, Drawn]:
    """Values and where they are known. A yes spreads to what it implies, so that nobody contradicts themselves."""
    findings, implies = engine.world.findings, engine.world.implies
    found: dict[str, Drawn] = {}
    for id_ in read:
        known = random.random(n, np.float32) < KNOWN
        match findings[id_]:
            case YesNo():
                found[id_] = random.random(n, np.float32) < YES, known
            case Choice(_, options):
                found[id_] = np.array(options)[random.integers(len(options), size=n)], known
            case Number(_, _, low, high):
                limits = sorted({leaf.threshold for _, leaf in read[id_] if isinstance(leaf, Compare)})
                middles = [(a + b) / 2 for a, b in zip([low, *limits], [*limits, high], strict=True)]
                found[id_] = (
                    np.array([float(m) for m in (*limits, *middles)])[random.integers(len(limits) * 2 + 1, size=n)],
                    known,
                )
    waiting = [id_ for id_ in found if id_ in implies]
    while waiting:
        id_ = waiting.pop()
        yes, known = found[id_]
        for target in implies[id_]:
            if target in found:
                other, there = found[target]
                if (yes & known & ~(other & there)).any():
                    found[target] = other & there | yes & known, there | yes & known
                    if target in implies:
                        waiting.append(target)
    return {findings[id_]: drawn for id_, drawn in found.items()}
