import pytest

from crampwise.logic.truth import Truth, all_of, any_of, at_least, truth_of

F, U, T = Truth.FALSE, Truth.UNKNOWN, Truth.TRUE


@pytest.mark.parametrize("truth", Truth)
def test_a_truth_refuses_to_be_a_bool(truth: Truth) -> None:
    with pytest.raises(TypeError, match="a Truth has three values; compare it with `is Truth.TRUE`"):
        bool(truth)


def test_a_truth_refuses_not_and_or() -> None:
    with pytest.raises(TypeError):
        _ = not T
    with pytest.raises(TypeError):
        _ = T and F
    with pytest.raises(TypeError):
        any([U, T])


@pytest.mark.parametrize(("truth", "negated"), [(F, T), (U, U), (T, F)])
def test_negation(truth: Truth, negated: Truth) -> None:
    assert ~truth is negated


@pytest.mark.parametrize(("value", "truth"), [(None, U), (True, T), (False, F)])
def test_truth_of_a_known_or_missing_value(value: bool | None, truth: Truth) -> None:
    assert truth_of(value) is truth


@pytest.mark.parametrize(
    ("first", "second", "both", "either"),
    [
        (F, F, F, F),
        (F, U, F, U),
        (F, T, F, T),
        (U, F, F, U),
        (U, U, U, U),
        (U, T, U, T),
        (T, F, F, T),
        (T, U, U, T),
        (T, T, T, T),
    ],
)
def test_conjunction_and_disjunction(first: Truth, second: Truth, both: Truth, either: Truth) -> None:
    assert all_of([first, second]) is both
    assert any_of([first, second]) is either


@pytest.mark.parametrize(
    ("n", "truths", "expected"),
    [
        (1, [F, F, F], F),
        (1, [F, F, U], U),
        (1, [F, U, T], T),
        (2, [T, T, F], T),
        (2, [T, T, U], T),
        (2, [T, U, F], U),
        (2, [U, U, F], U),
        (2, [T, F, F], F),
        (2, [U, F, F], F),
        (3, [T, T, T], T),
        (3, [T, T, U], U),
        (3, [U, U, F], F),
    ],
)
def test_counting(n: int, truths: list[Truth], expected: Truth) -> None:
    assert at_least(n, truths) is expected
    assert at_least(n, iter(truths)) is expected
