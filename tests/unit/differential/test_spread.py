"""Intervals against brute force in each draw, on small random books, and against what can be said beforehand."""

from dataclasses import replace
from fractions import Fraction
from math import exp, log

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crampwise.differential.model import Model, build_model
from crampwise.differential.posterior import Posterior, observe, posterior
from crampwise.differential.spread import Draws, Spread, draw, spread
from crampwise.logic.truth import truth_of
from tests.support import tiny
from tests.unit.differential.brute_force import Small, answers_to, odds_of, small_books

HALF = Fraction(1, 2)
EVERYTHING = {"leading": 9, "pair_from": 0.0}


def known(model: Model, answers: dict[str, bool]) -> tuple[np.ndarray, Posterior]:
    cells = observe(model, {p: truth_of(answers.get(p)) for f in model.features for p in f.parts})
    possible = np.ones((1, len(model.conditions)), dtype=np.bool_)
    return cells, posterior(model, [{"old": 1.0}], cells[None, :], possible)


def found_in(model: Model, answers: dict[str, bool], draws: Draws | None = None) -> Spread:
    cells, found = known(model, answers)
    everyone = list(range(len(model.conditions)))
    return spread(draws or draw(model, np.random.default_rng(3)), {"old": 1.0}, cells, found, everyone)


def drawn(small: Small, draws: Draws, k: int) -> Small:
    """The numbers of one draw: a prior times e to its deviation, odds times e to the difference of the two cells'."""
    model = draws.model
    rows = {f.id: model.first[i] for i, f in enumerate(model.features)}
    shares = [float(small.priors[c]["old"]) * exp(draws.prior[h, k]) for h, c in enumerate(model.conditions)]
    priors = {c: {"old": Fraction(x / sum(shares))} for c, x in zip(model.conditions, shares, strict=True)}

    def moved(p: Fraction, deviation: np.ndarray) -> Fraction:
        return Fraction(1 / (1 + exp(-(log(odds_of(p)) + float(deviation[1]) - float(deviation[0])))))

    leaks = {f: moved(p, draws.leak[rows[f] : rows[f] + 2, k]) for f, p in small.leaks.items()}
    given_ = {}
    for (c, f), p in small.given.items():
        first = draws.row[rows[f], model.conditions.index(c)] - 1
        given_[c, f] = moved(p, draws.listed[first : first + 2, k])
    return replace(small, priors=priors, leaks=leaks, given=given_)


@settings(max_examples=15, deadline=None)
@given(st.data())
def test_every_draw_is_the_exact_posterior_of_the_drawn_numbers(data: st.DataObject) -> None:
    small = data.draw(small_books())
    answers = data.draw(answers_to(small))
    model = build_model(small.book(spread={**tiny.SPREAD, **EVERYTHING, "draws": 20}, clamp=1e-6))
    draws = draw(model, np.random.default_rng(data.draw(st.integers(0, 99))))
    chance = np.zeros((len(model.conditions), 20))
    for k in range(20):
        exact = drawn(small, draws, k).posterior(answers, {"old": Fraction(1)})
        for h, c in enumerate(model.conditions):
            chance[h, k] = float(sum(p for parts, p in exact.items() if c in parts))
    got, ordered = found_in(model, answers, draws), np.sort(chance, axis=1)
    # The limits leave out one in twenty at each end: the first and the last of twenty draws are kept (0.95 to 18.05).
    assert got.low == pytest.approx(ordered[:, 0], abs=2e-5)
    assert got.high == pytest.approx(ordered[:, 19], abs=2e-5)
    for i in range(len(chance)):
        apart = np.abs(chance[i] - chance).min(axis=1) > 1e-4
        for j in np.flatnonzero(apart):
            assert got.above[i, j] == pytest.approx((chance[i] > chance[j]).mean())


def two(**model: object) -> Model:
    """a and b, equally likely beforehand; f: 1/2 in ordinary cramps, 4/5 with a; g: the same with b."""
    small = Small(
        {"a": {"young": HALF, "old": HALF}, "b": {"young": HALF, "old": HALF}}, {"f": HALF, "g": HALF},
        {("a", "f"): Fraction(4, 5), ("b", "g"): Fraction(4, 5)}, {"young": HALF, "old": HALF},
    )  # fmt: skip
    return build_model(small.book(**model))


def test_numbers_that_are_exactly_right_leave_no_interval() -> None:
    sure = {**tiny.SPREAD, **EVERYTHING, "prior_common": 1, "prior_rare": 1}
    model = two(spread={**sure, "odds": dict.fromkeys(tiny.SPREAD["odds"], 1)})
    exact = known(model, {"f": True})[1].marginal[0]
    got = found_in(model, {"f": True})
    assert got.low == pytest.approx(exact, abs=1e-5)
    assert got.high == pytest.approx(exact, abs=1e-5)
    assert got.rank_kept.tolist() == [1, 1]


def test_less_certain_numbers_give_a_wider_interval() -> None:
    widths = []
    for factor in (1.2, 2, 4):
        odds = dict.fromkeys(tiny.SPREAD["odds"], factor)
        got = found_in(two(spread={**tiny.SPREAD, "odds": odds}), {"f": True, "g": False})
        widths.append(float(got.high[0] - got.low[0]))
    assert widths == sorted(widths)


def test_two_causes_with_the_same_evidence_are_not_told_apart() -> None:
    got = found_in(two(spread={**tiny.SPREAD, "draws": 2000}), {"f": True, "g": True})
    assert got.above[0, 1] == pytest.approx(0.5, abs=0.05)
    assert got.above[0, 1] + got.above[1, 0] == pytest.approx(1)


def test_nine_draws_of_ten_lie_within_the_stated_factor() -> None:
    draws = draw(two(spread={**tiny.SPREAD, "draws": 20_000}), np.random.default_rng(5))
    assert within(draws.prior[0], 2) == pytest.approx(0.9, abs=0.01)
    assert within(draws.listed[1] - draws.listed[0], 2.5) == pytest.approx(0.9, abs=0.01)
    assert within(draws.leak[1] - draws.leak[0], 2.5) == pytest.approx(0.9, abs=0.01)


def within(deviation: np.ndarray, factor: float) -> float:
    return float((np.abs(deviation) <= log(factor)).mean())


def test_the_same_seed_gives_the_same_interval_and_another_does_not() -> None:
    model = two()
    one, same, other = (found_in(model, {"f": True}, draw(model, np.random.default_rng(s))) for s in (1, 1, 2))
    assert one.low.tolist() == same.low.tolist()
    assert one.low.tolist() != other.low.tolist()


def test_bands_are_moved_and_still_sum_to_one() -> None:
    terms = [tiny.term("short", "hours < 10 h", 0.3), tiny.term("medium", "hours < 20 h", 0.7)]
    book = tiny.tiny_book(
        [tiny.condition("a", {"old": 0.5}, {"short": 0.6, "medium": 0.9}), tiny.condition("b", {"old": 0.5}, {})],
        model=tiny.differential([tiny.stratum("old", "age_years >= 0 a", 1.0)]),
        findings=[tiny.number("age_years"), tiny.number("hours", "h", 0, 100)],
        terms=terms,
    )
    draws = draw(build_model(book), np.random.default_rng(1))
    tables = draws.tables("old")
    assert tables.given[1:4].sum(axis=0) == pytest.approx(np.ones(200), abs=1e-5)
    assert tables.given[0].tolist() == [0] * 200
    low, high = np.quantile(tables.given[1:4], [0.05, 0.95], axis=1)
    assert sorted(np.median(tables.given[1:4], axis=1)) == pytest.approx([0.1, 0.3, 0.6], abs=0.04)
    assert (low < high).all()


def test_what_a_stratum_settles_moves_nothing() -> None:
    leak = {"p": 0.1, "by_stratum": {"old": 0.0}, "basis": "expert_estimate"}
    book = tiny.tiny_book(
        [tiny.condition("a", {"old": 0.5}, {"f": 0.9}), tiny.condition("b", {"old": 0.5}, {})],
        model=tiny.differential([tiny.stratum("old", "age_years >= 0 a", 1.0)]),
        findings=[tiny.number("age_years"), {**tiny.finding("f"), "leak": leak}],
    )
    tables = draw(build_model(book), np.random.default_rng(1)).tables("old")
    assert not tables.shift.any()
