"""Nobody can work out a hidden small number: checked against every table that would look the same."""

import itertools
import random

import numpy as np
import pytest

from crampwise.population.suppress import suppressed, wilson, with_totals

LEAST = 5


def solutions(shown: dict[tuple[int, int], int], rows: int, columns: int, most: int):
    """Every table of whole numbers that agrees with all numbers shown, totals included."""
    for cells in itertools.product(range(most + 1), repeat=rows * columns):
        table = with_totals(np.array(cells).reshape(rows, columns))
        if all(table[place] == number for place, number in shown.items()):
            yield table


@pytest.mark.parametrize("seed", range(12))
def test_a_small_number_stays_one_of_several(seed):
    rnd = random.Random(seed)
    inner = np.array([[rnd.choice([0, 1, 2, 5, 6, 7]) for _ in range(2)] for _ in range(2)])
    table = with_totals(inner)
    hidden = suppressed(table, LEAST)
    small = (table > 0) & (table < LEAST)
    assert (hidden | ~small).all()
    shown = {(r, c): table[r, c] for r, c in zip(*np.nonzero(~hidden), strict=True)}
    found = list(solutions(shown, 2, 2, 12))
    for place in zip(*np.nonzero(small), strict=True):
        assert len({int(t[place]) for t in found}) > 1, (table, hidden)


def test_a_table_without_small_numbers_is_shown_whole():
    assert not suppressed(with_totals(np.array([[10, 0], [20, 30]])), LEAST).any()


def test_an_interval_holds_what_wilsons_formula_gives():
    low, high = wilson(8, 10)
    assert low == pytest.approx(0.4902, abs=1e-4) and high == pytest.approx(0.9433, abs=1e-4)
    assert wilson(0, 0) == (0.0, 1.0)
    assert wilson(0, 20)[0] == 0 and wilson(20, 20)[1] == 1
