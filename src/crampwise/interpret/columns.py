"""Typed columns of many people become the two planes of a leaf: known true and known false.

Width, missing values, NaN and implausible numbers are handled here and nowhere else. What is missing is unknown. So is
a number that is NaN, infinite or outside the plausible limits of its finding; how many were set aside is counted.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from crampwise.logic.findings import Choice, Finding, Number, YesNo
from crampwise.logic.rules import Compare, Leaf, OneOf, Operator, Present

if TYPE_CHECKING:
    import pyarrow as pa

Words = NDArray[np.uint64]
Pair = tuple[Words, Words]
Bits = NDArray[np.bool_]

_COMPARE = {"<": np.less, "<=": np.less_equal, ">": np.greater, ">=": np.greater_equal}
_WHOLE = {"<": ROUND_CEILING, "<=": ROUND_FLOOR, ">": ROUND_FLOOR, ">=": ROUND_CEILING}
"""A whole number is below 2.5 when it is below 3, and at least 2.5 when it is at least 3."""


def word_count(people: int) -> int:
    """Give how many 64-bit words hold one bit for each person."""
    return -(-people // 64)


def pack(bits: Bits) -> Words:
    """Pack one bool for each person; bits past the last one are unset."""
    packed = np.zeros(word_count(len(bits)) * 8, np.uint8)
    packed[: -(-len(bits) // 8)] = np.packbits(bits, bitorder="little")
    return packed.view("<u8").astype(np.uint64, copy=False)


def unpack(plane: Words, people: int) -> Bits:
    """Give one bool for each person."""
    raw = plane.astype("<u8", copy=False).view(np.uint8)
    return np.unpackbits(raw, count=people, bitorder="little").view(np.bool_)


@dataclass(frozen=True)
class YesNoColumn:
    """Answers to a yes/no finding: its two planes as they are."""

    finding: YesNo
    people: int
    true: Words
    false: Words

    def __len__(self) -> int:
        return self.people

    def planes(self, leaf: Leaf) -> Pair:
        """Give the planes of a leaf that reads this finding."""
        if not isinstance(leaf, Present):
            raise ValueError(f"{self.finding.id} is a yes/no finding, which {leaf} does not read")
        return self.true, self.false


@dataclass(frozen=True)
class ChoiceColumn:
    """Answers to a choice: the number of the option for each person, -1 where it is not known."""

    finding: Choice
    codes: NDArray[np.int16]

    def __len__(self) -> int:
        return len(self.codes)

    def planes(self, leaf: Leaf) -> Pair:
        """Give the planes of a leaf that reads this finding."""
        if not isinstance(leaf, OneOf):
            raise ValueError(f"{self.finding.id} is a choice, which {leaf} does not read")
        chosen = np.array([option in leaf.options for option in self.finding.options])
        known = self.codes >= 0
        holds = chosen[self.codes] & known
        return pack(holds), pack(known & ~holds)


@dataclass(frozen=True)
class NumberColumn:
    """Measured numbers in the finding's own unit.

    Attributes:
        values: integers or floats. Thresholds are compared in their precision: 35.1 read from a file equals 35.1.
        known: where there is a plausible number. set_aside: how many were not NaN but implausible.
    """

    finding: Number
    values: NDArray[Any]
    known: Bits
    set_aside: int

    def __len__(self) -> int:
        return len(self.values)

    def planes(self, leaf: Leaf) -> Pair:
        """Give the planes of a leaf that reads this finding."""
        if not isinstance(leaf, Compare):
            raise ValueError(f"{self.finding.id} is a number, which {leaf} does not read")
        holds = _compare(self.values, leaf.op, leaf.threshold) & self.known
        return pack(holds), pack(self.known & ~holds)


Column = YesNoColumn | ChoiceColumn | NumberColumn


def _compare(values: NDArray[Any], op: Operator, threshold: Decimal) -> Bits:
    if values.dtype.kind == "f":
        limit = values.dtype.type(float(threshold))
    else:
        limit = int(threshold.to_integral_value(_WHOLE[op]))
    found: Bits = _COMPARE[op](values, limit)
    return found


def column(finding: Finding, values: NDArray[Any] | Sequence[object], known: Bits | None = None) -> Column:
    """Make a column of plain arrays or lists.

    Args:
        finding: what the values are answers to.
        values: bools for a yes/no finding, option ids for a choice, numbers in the finding's own unit. None is unknown.
        known: where a value counts; everywhere when absent, NaN and None aside.

    Raises:
        ValueError: a value is of another kind, or no option of the choice.
    """
    array = np.asarray(values)
    there = np.ones(len(array), np.bool_) if known is None else known
    if array.dtype == object:
        there = there & np.array([value is not None for value in array], np.bool_)
        array = np.array([_plain(finding, value) for value in array])
    match finding:
        case YesNo():
            if array.dtype.kind != "b" and len(array):
                raise ValueError(f"{finding.id} needs yes or no as bools, not {array.dtype}")
            bits = array.astype(np.bool_)
            return YesNoColumn(finding, len(bits), pack(bits & there), pack(there & ~bits))
        case Choice():
            names, places = np.unique(array.astype(np.str_), return_inverse=True)
            used = np.unique(places[there])
            codes = _option_codes(finding, [str(n) for n in names], {int(i) for i in used})
            return ChoiceColumn(finding, np.where(there, codes[places], -1).astype(np.int16))
        case Number():
            return _numbers(finding, array, there)


def _plain(finding: Finding, value: object) -> object:
    """Give a value that an array can hold; something of its kind in place of None."""
    if value is None:
        return {YesNo: False, Choice: "", Number: np.nan}[type(finding)]
    return float(value) if isinstance(value, Decimal) else value


def _option_codes(finding: Choice, names: Sequence[str], used: set[int]) -> NDArray[np.int16]:
    strange = [names[i] for i in sorted(used) if names[i] not in finding.options]
    if strange:
        raise ValueError(f"{finding.id} has no option {', '.join(strange)}; it has {', '.join(finding.options)}")
    place = {option: i for i, option in enumerate(finding.options)}
    return np.array([place.get(name, -1) for name in names], np.int16)


def _numbers(finding: Number, values: NDArray[Any], there: Bits) -> NumberColumn:
    if values.dtype.kind not in "iuf" and len(values):
        raise ValueError(f"{finding.id} needs numbers in {finding.unit}, not {values.dtype}")
    if values.dtype.kind == "f":
        there = there & ~np.isnan(values)
    else:
        values = values.astype(np.int64)
    plausible = _compare(values, ">=", finding.low) & _compare(values, "<=", finding.high)
    return NumberColumn(finding, values, there & plausible, int((there & ~plausible).sum()))


def arrow_column(finding: Finding, values: "pa.Array | pa.ChunkedArray") -> Column:
    """Make a column of an Arrow array. Of a boolean array the two bitmaps are used as they are.

    Needs the extra `population`.

    Raises:
        ValueError: the array is of another type than the finding, or holds an option that the choice does not have.
    """
    import pyarrow as pa
    import pyarrow.compute as pc

    array = values.combine_chunks() if isinstance(values, pa.ChunkedArray) else values
    if isinstance(array, pa.ChunkedArray):  # no chunk at all
        array = pa.array([], array.type)
    kind, n = array.type, len(array)
    if pa.types.is_null(kind):
        array = pa.nulls(n, {YesNo: pa.bool_(), Choice: pa.string(), Number: pa.float64()}[type(finding)])
        kind = array.type
    match finding:
        case YesNo() if pa.types.is_boolean(kind):
            valid, held = (_bitmap(buffer, array.offset, n) for buffer in array.buffers())
            return YesNoColumn(finding, n, valid & held, valid & ~held)
        case Choice() if pa.types.is_dictionary(kind) or pa.types.is_string(kind) or pa.types.is_large_string(kind):
            coded = array if pa.types.is_dictionary(kind) else array.dictionary_encode()
            places = pc.fill_null(coded.indices, -1).to_numpy(zero_copy_only=False).astype(np.int64)
            codes = _option_codes(
                finding, [str(name) for name in coded.dictionary.to_pylist()], set(np.unique(places).tolist()) - {-1}
            )
            return ChoiceColumn(finding, np.append(codes, np.int16(-1))[places])
        case Number() if pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_decimal(kind):
            there = array.is_valid().to_numpy(zero_copy_only=False)
            plain = array.cast(pa.string()).cast(pa.float64()) if pa.types.is_decimal(kind) else array
            return _numbers(finding, pc.fill_null(plain, 0).to_numpy(zero_copy_only=False), there)
        case _:
            needed = {YesNo: "booleans", Choice: "strings", Number: "numbers"}[type(finding)]
            raise ValueError(f"{finding.id} needs {needed}, not {kind}")


def _bitmap(buffer: "pa.Buffer | None", offset: int, length: int) -> Words:
    """Give a bitmap as words that start at bit 0; without a buffer every bit is set. Copies only what must be moved."""
    if buffer is None:
        return pack(np.ones(length, np.bool_))
    raw = np.frombuffer(buffer, np.uint8)
    first, shift = divmod(offset, 8)
    if shift or length % 64 or len(raw) - first < word_count(length) * 8:
        return pack(np.unpackbits(raw[first:], count=shift + length, bitorder="little")[shift:].view(np.bool_))
    return raw[first : first + word_count(length) * 8].view("<u8").astype(np.uint64, copy=False)
