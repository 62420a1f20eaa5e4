"""The posterior against brute force in exact fractions on small random books."""

from collections.abc import Mapping
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crampwise.differential.model import Model, build_model
from crampwise.differential.posterior import Posterior, observe, posterior, tempering
from crampwise.logic.truth import Truth, truth_of
from tests.unit.differential.brute_force import Hypothesis, Small, answers_to, small_books, twentieths

FEW = settings(max_examples=40, deadline=None)
HALF, TENTH = Fraction(1, 2), Fraction(1, 10)


def truths(model: Model, answers: Mapping[str, bool]) -> dict[str, Truth]:
    return {p: truth_of(answers.get(p)) for f in model.features for p in f.parts}


def computed(
    model: Model, answers: Mapping[str, bool], strata: Mapping[str, Fraction], possible: frozenset[str] | None = None
) -> dict[Hypothesis, float]:
    allowed = np.array([[possible is None or c in possible for c in model.conditions]])
    shares = {s: float(x) for s, x in strata.items()}
    found = posterior(model, [shares], observe(model, truths(model, answers))[None, :], allowed)
    return {h: p for h, p in by_hypothesis(model, found).items() if p > 0 or possible is None or possible >= set(h)}


def by_hypothesis(model: Model, found: Posterior, row: int = 0) -> dict[Hypothesis, float]:
    single: dict[Hypothesis, float] = {(c,): float(p) for c, p in zip(model.conditions, found.single[row], strict=True)}
    pairs = {
        (model.conditions[a], model.conditions[b]): float(p)
        for (a, b), p in zip(model.pairs, found.pair[row], strict=True)
    }
    return single | pairs


def assert_equal(got: Mapping[Hypothesis, float], wanted: Mapping[Hypothesis, Fraction]) -> None:
    assert got.keys() == wanted.keys()
    assert got == pytest.approx({h: float(p) for h, p in wanted.items()}, rel=1e-9, abs=1e-12)


@FEW
@given(st.data())
def test_one_stratum_equals_brute_force(data: st.DataObject) -> None:
    small = data.draw(small_books())
    answers = data.draw(answers_to(small))
    assert_equal(
        computed(build_model(small.book()), answers, {"old": Fraction(1)}),
        small.posterior(answers, {"old": Fraction(1)}),
    )


@FEW
@given(st.data())
def test_a_mixture_of_strata_equals_brute_force(data: st.DataObject) -> None:
    small = data.draw(small_books())
    answers, share = data.draw(answers_to(small)), data.draw(twentieths)
    strata = {"young": share, "old": 1 - share}
    assert_equal(computed(build_model(small.book()), answers, strata), small.posterior(answers, strata))


@FEW
@given(st.data())
def test_an_impossible_condition_takes_its_pairs_with_it(data: st.DataObject) -> None:
    small = data.draw(small_books())
    answers = data.draw(answers_to(small))
    kept = frozenset(data.draw(st.lists(st.sampled_from(sorted(small.priors)), min_size=1)))
    got = computed(build_model(small.book()), answers, {"young": Fraction(1)}, kept)
    assert_equal(got, small.posterior(answers, {"young": Fraction(1)}, kept))


@FEW
@given(st.data())
def test_each_row_of_a_matrix_is_that_person_alone(data: st.DataObject) -> None:
    small = data.draw(small_books())
    model = build_model(small.book())
    people = data.draw(st.lists(answers_to(small), min_size=2, max_size=5))
    shares = [data.draw(st.sampled_from([{"young": 1.0}, {"old": 1.0}, {"young": 0.3, "old": 0.7}])) for _ in people]
    cells = np.array([observe(model, truths(model, a)) for a in people])
    possible = np.ones((len(people), len(model.conditions)), dtype=np.bool_)
    possible[0, 0] = False
    together = posterior(model, shares, cells, possible)
    for i in range(len(people)):
        alone = posterior(model, [shares[i]], cells[i : i + 1], possible[i : i + 1])
        assert by_hypothesis(model, together, i) == pytest.approx(by_hypothesis(model, alone), rel=1e-9)
        assert together.marginal[i] == pytest.approx(alone.marginal[0], rel=1e-9)


@FEW
@given(small_books())
def test_the_marginal_counts_a_condition_alone_and_in_every_pair(small: Small) -> None:
    model = build_model(small.book())
    answers = dict.fromkeys(small.leaks, True)
    cells = observe(model, truths(model, answers))[None, :]
    found = posterior(model, [{"old": 1.0}], cells, np.ones((1, len(model.conditions)), dtype=np.bool_))
    exact = small.posterior(answers, {"old": Fraction(1)})
    for h, c in enumerate(model.conditions):
        assert found.marginal[0, h] == pytest.approx(float(sum(p for parts, p in exact.items() if c in parts)))
    assert float(found.single.sum() + found.pair.sum()) == pytest.approx(1)


def two(special: Mapping[frozenset[str], Fraction] | None = None, lonely: frozenset[str] = frozenset()) -> Small:
    """a and b, equally likely beforehand; f: 1/2 in ordinary cramps, 4/5 with a, 2/3 with b."""
    priors = {"a": {"young": HALF, "old": HALF}, "b": {"young": HALF, "old": HALF}}
    given_ = {("a", "f"): Fraction(4, 5), ("b", "f"): Fraction(2, 3)}
    shares = {"young": HALF, "old": HALF}
    return Small(priors, {"f": HALF}, given_, shares, special=special or {}, lonely=lonely)


def test_a_pair_multiplies_odds_by_hand() -> None:
    # Odds 1 x 4 x 2 = 8, so P(f | a and b) = 8/9. Priors 1/2, 1/2 and 1/4 x 1/2 x 1/2 = 1/16.
    weights = {
        ("a",): HALF * Fraction(4, 5),
        ("b",): HALF * Fraction(2, 3),
        ("a", "b"): Fraction(1, 16) * Fraction(8, 9),
    }
    total = sum(weights.values())
    got = computed(build_model(two().book()), {"f": True}, {"old": Fraction(1)})
    assert_equal(got, {h: w / total for h, w in weights.items()})


def test_a_look_alike_can_make_a_finding_rarer() -> None:
    small = Small(
        {"a": {"young": HALF, "old": HALF}, "b": {"young": HALF, "old": HALF}},
        {"f": Fraction(3, 4)}, {("a", "f"): Fraction(1, 4)}, {"young": HALF, "old": HALF},
    )  # fmt: skip
    got = computed(build_model(small.book()), {"f": True}, {"old": Fraction(1)})
    assert got["a",] / got["b",] == pytest.approx(1 / 3)
    assert got["a", "b"] / got["a",] == pytest.approx(1 / 8)


def test_a_factor_of_nought_or_an_exclusive_condition_leaves_no_pair() -> None:
    assert len(build_model(two(special={frozenset("ab"): Fraction(0)}).book()).pairs) == 0
    assert len(build_model(two(lonely=frozenset("a")).book()).pairs) == 0
    assert build_model(two(special={frozenset("ab"): Fraction(12)}).book()).pair_factor.tolist() == [12.0]


def test_probabilities_of_nought_and_one_are_clamped() -> None:
    small = Small(
        {"a": {"young": HALF, "old": HALF}, "b": {"young": HALF, "old": HALF}}, {"f": HALF},
        {("a", "f"): Fraction(1), ("b", "f"): Fraction(0)}, {"young": HALF, "old": HALF}, lonely=frozenset("ab"),
    )  # fmt: skip
    got = computed(build_model(small.book(clamp=0.01)), {"f": True}, {"old": Fraction(1)})
    assert got == pytest.approx({("a",): 0.99, ("b",): 0.01})


def test_a_prior_of_nought_stays_nought() -> None:
    priors = {"a": {"young": Fraction(1), "old": HALF}, "b": {"young": Fraction(0), "old": HALF}}
    small = Small(priors, {"f": HALF}, {("b", "f"): Fraction(9, 10)}, {"young": HALF, "old": HALF})
    got = computed(build_model(small.book()), {"f": True}, {"young": Fraction(1)})
    assert got == {("a",): 1.0, ("b",): 0.0, ("a", "b"): 0.0}


def grouped(correlation: float, *, overlapping: float | None = None) -> Model:
    """f, g and h, each 4/5 with a and 1/2 with b, in one dependence group; f and g perhaps in a second one."""
    small = Small(
        {"a": {"young": HALF, "old": HALF}, "b": {"young": HALF, "old": HALF}}, dict.fromkeys("fgh", HALF),
        {("a", f): Fraction(4, 5) for f in "fgh"}, {"young": HALF, "old": HALF},
    )  # fmt: skip
    groups = [
        {"id": "gr", "features": ["f", "g", "h"], "correlation": correlation, "why": "w", "basis": "expert_estimate"}
    ]
    if overlapping is not None:
        groups.append(
            {"id": "gs", "features": ["f", "g"], "correlation": overlapping, "why": "w", "basis": "expert_estimate"}
        )
    return build_model(small.book(groups=groups))


@pytest.mark.parametrize(
    ("correlation", "answers", "wanted"),
    [
        (0.0, {"f": True, "g": True, "h": True}, [1, 1, 1]),
        (1.0, {"f": True, "g": True, "h": True}, [1 / 3, 1 / 3, 1 / 3]),
        (0.5, {"f": True, "g": True, "h": True}, [1 / 2, 1 / 2, 1 / 2]),  # 1 / (1 + 2 x 0.5)
        (0.5, {"f": True, "g": False}, [2 / 3, 2 / 3, 2 / 3]),  # 1 / (1 + 1 x 0.5)
        (0.5, {"f": True}, [1, 1, 1]),
    ],
)
def test_tempering_by_hand(correlation: float, answers: dict[str, bool], wanted: list[float]) -> None:
    model = grouped(correlation)
    assert tempering(model, observe(model, truths(model, answers))[None, :])[0] == pytest.approx(wanted)


def test_a_finding_in_two_groups_takes_the_smaller_weight() -> None:
    model = grouped(0.5, overlapping=1.0)
    cells = observe(model, truths(model, {"f": True, "g": True}))[None, :]
    assert tempering(model, cells)[0] == pytest.approx([1 / 2, 1 / 2, 2 / 3])  # 1/(1+1) is below 1/(1+0.5)


def test_fully_correlated_findings_count_as_one() -> None:
    # Each of three signs counts a third, so a against b is (4/5)/(1/2) once; with the pair, odds 4 and P = 4/5.
    got = computed(grouped(1.0), dict.fromkeys("fgh", True), {"old": Fraction(1)})
    assert got["a",] / got["b",] == pytest.approx(8 / 5)
    assert got["a", "b"] / got["a",] == pytest.approx(1 / 8)


def test_tempered_pairs_are_normalised_before_they_are_tempered() -> None:
    small = two(special={frozenset("ab"): Fraction(1)})
    extra = Small(
        small.priors, {"f": HALF, "g": HALF}, {(c, x): small.given[c, "f"] for c in "ab" for x in "fg"}, small.shares,
        special=small.special,
    )  # fmt: skip
    group = [{"id": "gr", "features": ["f", "g"], "correlation": 1.0, "why": "w", "basis": "expert_estimate"}]
    got = computed(build_model(extra.book(groups=group)), {"f": True, "g": True}, {"old": Fraction(1)})
    assert got["a", "b"] / got["a",] == pytest.approx((8 / 9) * (1 / 4) / ((4 / 5) * (1 / 2)))
