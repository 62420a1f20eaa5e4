"""Many people at once: the compiled function runs on blocks of 64-bit words, one bit for each person.

Person number k is bit k % 64 of word k // 64. Bits past the last person are unknown, so they never count.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from crampwise.interpret.columns import Column, Pair, Words, unpack, word_count
from crampwise.interpret.program import Program
from crampwise.logic.truth import Truth

BLOCK = 16384
"""Words of one block: 1,048,576 people. Smaller blocks cost more in calls than they save in cache."""


@dataclass(frozen=True)
class Block:
    """What the rules say about consecutive people.

    Attributes:
        first: number of the first person. people: how many there are.
        true, false: planes by the key of the rule.
        conflict: people whose answers contradict each other; nothing is promised about their rules.
    """

    first: int
    people: int
    true: Mapping[str, Words]
    false: Mapping[str, Words]
    conflict: Words

    def count(self, key: str) -> tuple[int, int]:
        """Give for how many people rule `key` is true, and for how many false."""
        return count(self.true[key]), count(self.false[key])

    def truths(self, key: str) -> list[Truth]:
        """Give the truth of rule `key` for each person."""
        true, false = unpack(self.true[key], self.people), unpack(self.false[key], self.people)
        return [Truth.TRUE if t else Truth.FALSE if f else Truth.UNKNOWN for t, f in zip(true, false, strict=True)]


def count(plane: Words) -> int:
    """Give how many bits are set."""
    return int(np.bitwise_count(plane).sum(dtype=np.int64))


def leaf_planes(program: Program, columns: Mapping[str, Column], people: int) -> list[Pair]:
    """Give the planes of every leaf of `program`. A finding without a column is unknown for everybody.

    Raises:
        ValueError: a column has another length than `people`, or holds another kind of finding than a leaf reads.
    """
    wrong = [f"{id_} has {len(c)} people instead of {people}" for id_, c in columns.items() if len(c) != people]
    if wrong:
        raise ValueError("; ".join(wrong))
    unknown = np.zeros(word_count(people), np.uint64)
    found: list[Pair] = []
    for leaf in program.leaves:
        column = columns.get(leaf.finding.id)
        found.append((unknown, unknown) if column is None else column.planes(leaf))
    return found


def run_blocks(program: Program, planes: Sequence[Pair], people: int, block: int = BLOCK) -> Iterator[Block]:
    """Run every rule for everybody, block by block, so that only one block of results is alive at a time.

    Args:
        program: the compiled rules.
        planes: true and false plane of each leaf, in the order of `program.leaves`, with bits past `people` unset.
        people: how many there are. block: words to a block.
    """
    words = word_count(people)
    for start in range(0, words, block):
        part = slice(start, min(start + block, words))
        true, false, conflict = program.function([t[part] for t, _ in planes], [f[part] for _, f in planes])
        first, width = start * 64, part.stop - start
        yield Block(
            first,
            min(people - first, width * 64),
            dict(zip(program.keys, true, strict=True)),
            dict(zip(program.keys, false, strict=True)),
            conflict if isinstance(conflict, np.ndarray) else np.zeros(width, np.uint64),
        )


def run_columns(program: Program, columns: Mapping[str, Column], people: int, block: int = BLOCK) -> Iterator[Block]:
    """Run every rule over typed columns; see `leaf_planes` and `run_blocks`."""
    return run_blocks(program, leaf_planes(program, columns, people), people, block)
