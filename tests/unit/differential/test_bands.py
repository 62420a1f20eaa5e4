"""Bands into which terms cut one choice or number, against answers derived by hand."""

import numpy as np
import pytest

from crampwise.book.book import Book
from crampwise.differential.features import Feature, fitted, leak_cells
from crampwise.differential.model import build_model
from crampwise.differential.posterior import observe, posterior
from crampwise.logic.truth import Truth
from tests.support import tiny

EVERYONE = [tiny.stratum("all", "age_years >= 0 a", 1.0)]
MUSCLE = {"calf": 0.5, "foot": 0.3, "hand": 0.2}


def book_of(variable: dict, terms: list[dict], given: dict[str, float]) -> Book:
    """One condition with these likelihoods, one without any."""
    return tiny.tiny_book(
        [tiny.condition("a", {"all": 0.5}, given), tiny.condition("b", {"all": 0.5}, {})],
        model=tiny.differential(EVERYONE, exclusive=[{"conditions": ["a", "b"], "why": "w", **tiny.OPINION}]),
        findings=[tiny.number("age_years"), variable],
        terms=terms,
    )


def feature(book: Book) -> Feature:
    (only,) = build_model(book).features
    return only


def by_cell(found: Feature, shares: np.ndarray) -> dict[tuple[bool, ...], float]:
    return dict(zip(found.cells, shares.tolist(), strict=True))


def given_a(book: Book) -> dict[tuple[bool, ...], float]:
    """P(cell | a), read off the model's log weights."""
    model = build_model(book)
    numbers = model.stratum("all")
    return by_cell(model.features[0], np.exp(numbers.leak + numbers.weight[:, 0]))


def test_a_choice_is_cut_into_the_patterns_that_its_options_can_give() -> None:
    terms = [tiny.term("low", "site is calf or foot", 0.8), tiny.term("end", "site is foot or hand", 0.5)]
    book = book_of(tiny.choice("site", MUSCLE), terms, {"low": 0.9, "end": 0.4})
    assert set(feature(book).cells) == {(True, False), (True, True), (False, True)}
    leak = by_cell(feature(book), leak_cells(book, feature(book), "all"))
    assert leak == pytest.approx({(True, False): 0.5, (True, True): 0.3, (False, True): 0.2})


def test_two_overlapping_terms_fix_all_three_shares() -> None:
    # calf + foot = 0.9, foot + hand = 0.4, all three = 1: calf 0.6, foot 0.3, hand 0.1.
    terms = [tiny.term("low", "site is calf or foot", 0.8), tiny.term("end", "site is foot or hand", 0.5)]
    found = given_a(book_of(tiny.choice("site", MUSCLE), terms, {"low": 0.9, "end": 0.4}))
    assert found == pytest.approx({(True, False): 0.6, (True, True): 0.3, (False, True): 0.1}, abs=1e-6)


def test_one_term_leaves_the_rest_in_their_old_proportion() -> None:
    # calf 0.8; foot and hand share 0.2 as 3 to 2.
    terms = [tiny.term("calf", "site is calf", 0.5), tiny.term("foot", "site is foot", 0.3)]
    book = tiny.tiny_book(
        [tiny.condition("a", {"all": 0.5}, {"calf": 0.8}), tiny.condition("b", {"all": 0.5}, {"foot": 0.6})],
        model=tiny.differential(EVERYONE),
        findings=[tiny.number("age_years"), tiny.choice("site", MUSCLE)],
        terms=terms,
    )
    assert given_a(book) == pytest.approx({(True, False): 0.8, (False, True): 0.12, (False, False): 0.08})


def test_crossing_terms_keep_the_odds_ratio_of_the_leak() -> None:
    # Leak 0.4 0.1 / 0.1 0.4. The first row times 2 gives 8 2 / 1 4 out of 15, whose margins are 2/3 and 3/5.
    options = {"both": 0.4, "first": 0.1, "second": 0.1, "none": 0.4}
    terms = [tiny.term("row", "place is both or first", 0.5), tiny.term("column", "place is both or second", 0.5)]
    found = given_a(book_of(tiny.choice("place", options), terms, {"row": 2 / 3, "column": 3 / 5}))
    wanted = {(True, True): 8 / 15, (True, False): 2 / 15, (False, True): 1 / 15, (False, False): 4 / 15}
    assert found == pytest.approx(wanted, abs=1e-6)


def hours(**given: float) -> Book:
    terms = [tiny.term("short", "duration < 10 h", 0.3), tiny.term("medium", "duration < 20 h", 0.7)]
    return book_of(tiny.number("duration", "h", 0, 100), terms, given)


def test_nested_terms_on_a_number_leave_three_bands() -> None:
    book = hours(short=0.6, medium=0.9)
    leak = by_cell(feature(book), leak_cells(book, feature(book), "all"))
    assert leak == pytest.approx({(True, True): 0.3, (False, True): 0.4, (False, False): 0.3}, abs=1e-6)
    assert given_a(book) == pytest.approx({(True, True): 0.6, (False, True): 0.3, (False, False): 0.1}, abs=1e-6)


def test_the_posterior_reads_the_band_not_each_term_on_its_own() -> None:
    # Nine hours lie in the first band only: 0.6 against 0.3. Counting both terms apart would give (6/3) x (9/7).
    model = build_model(hours(short=0.6, medium=0.9))
    cells = observe(model, {"short": Truth.TRUE, "medium": Truth.TRUE})[None, :]
    found = posterior(model, [{"all": 1.0}], cells, np.ones((1, 2), dtype=np.bool_))
    assert found.single[0, 0] / found.single[0, 1] == pytest.approx(2, rel=1e-6)


def test_a_band_is_unknown_while_any_of_its_terms_is() -> None:
    model = build_model(hours(short=0.6, medium=0.9))
    assert observe(model, {"short": Truth.UNKNOWN, "medium": Truth.TRUE}).tolist() == [-1]
    assert observe(model, {"short": Truth.FALSE, "medium": Truth.TRUE}).tolist() == [
        model.features[0].cells.index((False, True))
    ]


def test_a_pattern_that_cannot_be_is_no_evidence() -> None:
    model = build_model(hours(short=0.6, medium=0.9))
    assert observe(model, {"short": Truth.TRUE, "medium": Truth.FALSE}).tolist() == [-1]


def test_a_pair_of_conditions_is_normalised_over_the_bands() -> None:
    # Ratios to the leak: a (2, 3/4, 1/3), b (1/3, 3/4, 2); products with the leak 0.2, 0.225, 0.2 sum to 0.625.
    terms = [tiny.term("short", "duration < 10 h", 0.3), tiny.term("medium", "duration < 20 h", 0.7)]
    book = tiny.tiny_book(
        [
            tiny.condition("a", {"all": 0.5}, {"short": 0.6, "medium": 0.9}),
            tiny.condition("b", {"all": 0.5}, {"short": 0.1, "medium": 0.4}),
        ],
        model=tiny.differential(EVERYONE, pair_factor=1.0),
        findings=[tiny.number("age_years"), tiny.number("duration", "h", 0, 100)],
        terms=terms,
    )
    model = build_model(book)
    cells = observe(model, {"short": Truth.FALSE, "medium": Truth.TRUE})[None, :]
    found = posterior(model, [{"all": 1.0}], cells, np.ones((1, 2), dtype=np.bool_))
    pair = 0.25 * 0.225 / 0.625
    assert found.pair[0, 0] / found.single[0, 0] == pytest.approx(pair / (0.5 * 0.3), rel=1e-6)


def test_shares_beyond_the_clamp_are_pulled_in_and_still_sum_to_one() -> None:
    cut = Feature("n", ("p", "q"), ((True, True), (False, True), (False, False)))
    found = fitted(np.array([1 / 3, 1 / 3, 1 / 3]), cut, {"p": 0.0, "q": 1.0}, clamp=0.01)
    assert found == pytest.approx(np.array([0.01, 0.99, 0.01]) / 1.01)
