"""Words follow from intervals and order alone, by the book's rules."""

from dataclasses import replace

import numpy as np
import pytest

from crampwise.assess.assess import assess
from crampwise.assess.listing import not_apart, word
from crampwise.book.schema.common import Level
from crampwise.differential.spread import Spread
from tests.support.people import TODAY, cases, shipped

BOOK = shipped()
WORDING = replace(BOOK.differential.wording, likely_low=0.3, possible_high=0.2, apart=0.8)


@pytest.mark.parametrize(
    ("low", "high", "level", "said"),
    [
        (0.3, 0.9, "routine", "likely"),
        (0.29, 0.9, "routine", "possible"),
        (0.0, 0.2, "routine", "possible"),
        (0.0, 0.19, "routine", "unlikely"),
        (0.0, 0.19, "soon", "unlikely"),
        (0.0, 0.19, "same_day", "must_not_miss"),
        (0.0, 0.19, "emergency_now", "must_not_miss"),
        (0.3, 0.9, "emergency_now", "likely"),
    ],
)
def test_the_word_follows_from_the_limits(low: float, high: float, level: Level, said: str) -> None:
    assert word(WORDING, low, high, level) == said


def sure(*rows: tuple[float, ...]) -> Spread:
    nothing = np.zeros(len(rows))
    return Spread(nothing, nothing, nothing, np.array(rows))


THREE = sure((0, 0.7, 0.95), (0.3, 0, 0.75), (0.05, 0.25, 0))


def test_causes_whose_order_changes_with_the_draws_are_named() -> None:
    said = ["likely", "possible", "possible"]
    assert [not_apart(WORDING, THREE, said, set(), i) for i in range(3)] == [[1], [0, 2], [1]]


def test_an_unlikely_cause_is_not_named() -> None:
    said = ["likely", "possible", "unlikely"]
    assert [not_apart(WORDING, THREE, said, set(), i) for i in range(3)] == [[1], [0], []]


def test_two_causes_that_go_together_need_not_be_told_apart() -> None:
    said = ["likely", "possible", "possible"]
    assert not_apart(WORDING, THREE, said, {(1, 0)}, 0) == []
    assert not_apart(WORDING, THREE, said, {(1, 0)}, 1) == [2]


def test_every_case_has_limits_around_each_probability_and_apart_is_mutual() -> None:
    for given in cases().values():
        causes = {c.id: c for c in assess(BOOK, given, TODAY).causes}
        for cause in causes.values():
            assert 0 <= cause.low <= cause.probability <= cause.high <= 1 + 1e-9
            assert 0 <= cause.rank_kept <= 1
            assert all(cause.id in causes[other].apart_from for other in cause.apart_from)


def test_an_assessment_is_the_same_each_time() -> None:
    given = next(iter(cases().values()))
    assert assess(BOOK, given, TODAY).causes == assess(BOOK, given, TODAY).causes
