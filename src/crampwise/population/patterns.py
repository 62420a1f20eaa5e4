"""People whom no rule tells apart are worked out once: the distinct patterns of findings, and whose they are."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from crampwise.differential.features import Floats
from crampwise.interpret.columns import ChoiceColumn, Column, NumberColumn, YesNoColumn, pack, unpack

Index = NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class Patterns:
    """Distinct patterns among N people.

    Attributes:
        first: one person of each pattern, in the order of first appearance (U,). of: the pattern of each person (N,).
    """

    first: Index
    of: Index


def band(values: NDArray[Any], cuts: Floats) -> Index:
    """Give the place of each number among the cuts: below, at and above each of them differ."""
    below, up_to = np.searchsorted(cuts, values, "left"), np.searchsorted(cuts, values, "right")
    return np.asarray(below + up_to)


def codes(column: Column, cuts: Floats) -> NDArray[np.uint8]:
    """Give a small number for each person, equal for people whom no rule tells apart by this finding; 0 is unknown."""
    match column:
        case YesNoColumn(_, people, true, false):
            return unpack(true, people).view(np.uint8) + 2 * unpack(false, people).view(np.uint8)
        case ChoiceColumn(_, chosen):
            return (chosen + 1).astype(np.uint8)
        case NumberColumn(_, values, known, _):
            return np.where(known, band(values, cuts) + 1, 0).astype(np.uint8)


def patterns(columns: Sequence[Column], cuts: Mapping[str, Floats], people: int) -> Patterns:
    """Find the distinct patterns of `people` people."""
    rows = np.zeros((people, len(columns)), np.uint8)
    for i, column in enumerate(columns):
        rows[:, i] = codes(column, cuts.get(column.finding.id, np.zeros(0)))
    return distinct(rows)


def distinct(rows: NDArray[np.uint8]) -> Patterns:
    """Find the distinct rows of a matrix (N, K)."""
    import pyarrow as pa

    people, width = rows.shape
    if not width:
        return Patterns(np.zeros(min(people, 1), np.intp), np.zeros(people, np.intp))
    coded = pa.Array.from_buffers(pa.binary(width), people, [None, pa.py_buffer(rows)]).dictionary_encode()
    of = coded.indices.to_numpy(zero_copy_only=False).astype(np.intp)
    first = np.empty(len(coded.dictionary), np.intp)
    first[of[::-1]] = np.arange(people)[::-1]
    return Patterns(first, of)


def pick(column: Column, rows: Index) -> Column:
    """Give the column of some people only."""
    match column:
        case YesNoColumn(finding, people, true, false):
            return YesNoColumn(finding, len(rows), pack(unpack(true, people)[rows]), pack(unpack(false, people)[rows]))
        case ChoiceColumn(_, chosen):
            return replace(column, codes=chosen[rows])
        case NumberColumn(_, values, known, _):
            return replace(column, values=values[rows], known=known[rows])
