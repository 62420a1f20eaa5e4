"""Typed columns become planes: width, missing values, NaN, borders of thresholds, and what is refused."""

from decimal import Decimal

import numpy as np
import pyarrow as pa
import pytest

from crampwise.interpret.columns import NumberColumn, YesNoColumn, arrow_column, column, pack, unpack
from crampwise.interpret.planes import BLOCK, count, leaf_planes, run_blocks, run_columns
from crampwise.interpret.program import compile_program
from crampwise.interpret.world import World
from crampwise.logic.findings import Choice, Number, YesNo
from crampwise.logic.rules import All, Compare, Not, OneOf, Operator, Present
from crampwise.logic.truth import Truth

A, B = YesNo("a"), YesNo("b")
SITE = Choice("site", ("calf", "foot", "hand"))
HEAT = Number("heat", "Cel", Decimal(30), Decimal(45))
WORLD = World({f.id: f for f in (A, B, SITE, HEAT)})
T, F, U = Truth.TRUE, Truth.FALSE, Truth.UNKNOWN


def truths(leaf, made) -> list[Truth]:
    program = compile_program(WORLD, {"it": leaf})
    return [t for block in run_columns(program, {leaf.finding.id: made}, len(made)) for t in block.truths("it")]


@pytest.mark.parametrize("people", [0, 1, 63, 64, 65, 128, 1000])
def test_packing_keeps_every_bit_and_sets_none_beyond(people: int) -> None:
    bits = np.random.default_rng(people).random(people) < 0.5
    words = pack(bits)
    assert len(words) == -(-people // 64)
    assert unpack(words, people).tolist() == bits.tolist()
    assert count(words) == bits.sum()


def test_person_k_is_bit_k() -> None:
    bits = np.zeros(130, np.bool_)
    bits[[0, 65, 129]] = True
    assert pack(bits).tolist() == [1, 2, 2]


def test_yes_no_with_gaps() -> None:
    expected = [T, F, U]
    assert truths(Present(A), column(A, [True, False, None])) == expected
    assert truths(Present(A), column(A, np.array([True, False, True]), np.array([True, True, False]))) == expected
    assert truths(Present(A), arrow_column(A, pa.array([True, False, None]))) == expected


def test_a_choice_with_gaps() -> None:
    leaf, expected = OneOf(SITE, ("calf", "hand")), [T, F, T, U]
    plain = pa.array(["calf", "foot", "hand", None])
    assert truths(leaf, column(SITE, ["calf", "foot", "hand", None])) == expected
    for array in (plain, plain.cast(pa.large_string()), plain.dictionary_encode(), pa.chunked_array([plain])):
        assert truths(leaf, arrow_column(SITE, array)) == expected


@pytest.mark.parametrize(
    ("op", "expected"),
    [("<", [T, F, F]), ("<=", [T, T, F]), (">", [F, F, T]), (">=", [F, T, T])],
)
@pytest.mark.parametrize("kind", [np.float64, np.float32])
def test_numbers_below_at_and_above_a_threshold_with_decimals(op: Operator, expected: list[Truth], kind: type) -> None:
    leaf = Compare(HEAT, op, Decimal("38.3"))
    values: np.ndarray = np.array([38.29, 38.3, 38.31, np.nan], kind)
    assert truths(leaf, column(HEAT, values)) == [*expected, U]
    assert truths(leaf, arrow_column(HEAT, pa.array(values))) == [*expected, U]
    decimals = [Decimal("38.29"), Decimal("38.3"), Decimal("38.31"), None]
    assert truths(leaf, column(HEAT, decimals)) == [*expected, U]
    assert truths(leaf, arrow_column(HEAT, pa.array(decimals))) == [*expected, U]


@pytest.mark.parametrize("op", ["<", "<=", ">", ">="])
@pytest.mark.parametrize("threshold", ["38", "38.3", "37.5"])
@pytest.mark.parametrize("kind", ["int8", "uint16", "int64"])
def test_whole_numbers_are_compared_as_whole_numbers(op: Operator, threshold: str, kind: str) -> None:
    compare = {"<": Decimal.__lt__, "<=": Decimal.__le__, ">": Decimal.__gt__, ">=": Decimal.__ge__}[op]
    values = [36, 37, 38, 39]
    expected = [T if compare(Decimal(v), Decimal(threshold)) else F for v in values]
    leaf = Compare(HEAT, op, Decimal(threshold))
    assert truths(leaf, column(HEAT, np.array(values, kind))) == expected
    assert truths(leaf, arrow_column(HEAT, pa.array([*values, None], kind))) == [*expected, U]


def test_nan_infinities_and_implausible_numbers_are_unknown_and_counted() -> None:
    values = [29.99, 30.0, 45.0, 45.01, np.inf, -np.inf, np.nan, None]
    for made in (column(HEAT, values), arrow_column(HEAT, pa.array(values, pa.float64()))):
        assert isinstance(made, NumberColumn)
        assert truths(Compare(HEAT, ">", Decimal(38)), made) == [U, F, T, U, U, U, U, U]
        assert made.set_aside == 4


def test_a_null_column_and_no_column_are_unknown_for_everybody() -> None:
    for finding, leaf in ((A, Present(A)), (SITE, OneOf(SITE, ("calf",))), (HEAT, Compare(HEAT, ">", Decimal(38)))):
        assert truths(leaf, arrow_column(finding, pa.nulls(3))) == [U, U, U]
        program = compile_program(WORLD, {"it": Not(leaf)})
        (block,) = run_columns(program, {}, 70)
        assert block.truths("it") == [U] * 70
        assert block.count("it") == (0, 0)


@pytest.mark.parametrize("offset", [0, 1, 7, 8, 63, 64, 65])
@pytest.mark.parametrize("length", [1, 64, 100, 128])
def test_slices_of_arrow_bitmaps(offset: int, length: int) -> None:
    random = np.random.default_rng(offset * 1000 + length)
    said = [[True, False, None][i] for i in random.integers(3, size=offset + length + 70)]
    expected = [{True: T, False: F, None: U}[s] for s in said[offset : offset + length]]
    made = arrow_column(A, pa.array(said, pa.bool_()).slice(offset, length))
    assert truths(Present(A), made) == expected
    (block,) = run_columns(compile_program(WORLD, {"it": Present(A)}), {"a": made}, length)
    assert block.count("it") == (expected.count(T), expected.count(F))


def test_arrow_booleans_are_not_copied() -> None:
    array = pa.array([True] * 128)
    made = arrow_column(A, array)
    assert isinstance(made, YesNoColumn)
    assert made.true.tolist() == [2**64 - 1] * 2
    assert made.false.tolist() == [0, 0]


def test_chunks_and_no_chunks() -> None:
    chunks = pa.chunked_array([pa.array([True]), pa.array([None, False], pa.bool_())])
    assert truths(Present(A), arrow_column(A, chunks)) == [T, U, F]
    assert truths(Present(A), arrow_column(A, pa.chunked_array([], pa.bool_()))) == []


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: column(A, [1, 0]), "a needs yes or no as bools, not int64"),
        (lambda: column(HEAT, ["warm"]), "heat needs numbers in Cel, not <U4"),
        (lambda: column(HEAT, [True]), "heat needs numbers in Cel, not bool"),
        (lambda: column(SITE, ["calf", "knee", "elbow"]), "site has no option elbow, knee; it has calf, foot, hand"),
        (lambda: arrow_column(SITE, pa.array(["knee", None])), "site has no option knee; it has calf, foot, hand"),
        (lambda: arrow_column(A, pa.array(["yes"])), "a needs booleans, not string"),
        (lambda: arrow_column(HEAT, pa.array([True])), "heat needs numbers, not bool"),
        (lambda: arrow_column(SITE, pa.array([1])), "site needs strings, not int64"),
        (lambda: column(A, [True]).planes(Present(A)) and column(A, [True]).planes(OneOf(SITE, ("calf",))), "a is a"),
        (lambda: column(SITE, ["calf"]).planes(Present(A)), "site is a choice"),
        (lambda: column(HEAT, [38.0]).planes(Present(A)), "heat is a number"),
    ],
)
def test_what_does_not_fit_is_refused(make, message: str) -> None:
    with pytest.raises(ValueError) as error:
        make()
    assert message in str(error.value)


def test_an_unused_word_of_a_dictionary_is_no_error() -> None:
    coded = pa.DictionaryArray.from_arrays(pa.array([0, 1, None], pa.int8()), pa.array(["foot", "hand", "knee"]))
    assert truths(OneOf(SITE, ("foot",)), arrow_column(SITE, coded)) == [T, F, U]


def test_columns_of_unequal_length_are_all_named() -> None:
    program = compile_program(WORLD, {"it": All((Present(A), Present(B)))})
    with pytest.raises(ValueError, match=r"a has 1 people instead of 3; b has 2 people instead of 3"):
        leaf_planes(program, {"a": column(A, [True]), "b": column(B, [True, False])}, 3)


def test_blocks_follow_each_other_and_together_are_everybody() -> None:
    people = 64 * 5 + 3
    made = column(A, (np.arange(people) % 3 == 0))
    program = compile_program(WORLD, {"it": Present(A)})
    blocks = list(run_blocks(program, leaf_planes(program, {"a": made}, people), people, block=2))
    assert [(b.first, b.people) for b in blocks] == [(0, 128), (128, 128), (256, 67)]
    assert sum(b.count("it")[0] for b in blocks) == len(range(0, people, 3))
    assert [t for b in blocks for t in b.truths("it")] == [T if k % 3 == 0 else F for k in range(people)]
    assert people < BLOCK * 64


def test_contradictions_are_marked() -> None:
    world = World(WORLD.findings, {"a": ("b",)})
    program = compile_program(world, {"it": Present(A), "other": Present(B)})
    made = {"a": column(A, [True, True, False]), "b": column(B, [False, True, False])}
    (block,) = run_columns(program, made, 3)
    assert unpack(block.conflict, 3).tolist() == [True, False, False]
