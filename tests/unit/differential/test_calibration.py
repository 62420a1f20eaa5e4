"""On people drawn from the book's own model, what is said comes true as often as it is said. See studies/."""

from functools import cache

import numpy as np
import pytest

from crampwise.assess.scores import calibrated
from crampwise.differential.model import Model, build_model
from studies.calibration import ASKED, ASKED_OF_GROUPS, coverage, simulate, untempered
from studies.people import draw_people
from tests.support.people import shipped


@cache
def model() -> Model:
    return build_model(shipped())


def test_people_have_causes_and_findings_as_often_as_the_book_says() -> None:
    numbers = model().stratum("m_50_69")
    people = draw_people(untempered(model()), numbers, 20_000, np.random.default_rng(1), 1.0)
    h = model().conditions.index("benign_nocturnal_leg_cramps")
    likely = np.exp(numbers.prior[h]) / (np.exp(numbers.prior).sum() + np.exp(numbers.pair_prior).sum())
    assert people.causes[:, h].mean() == pytest.approx(likely, abs=0.01)
    f = next(i for i, x in enumerate(model().features) if x.id == "site_calf")
    listed = next(
        x.p for x in shipped().conditions["benign_nocturnal_leg_cramps"].likelihoods if x.finding == "site_calf"
    )
    assert (people.cells[people.causes[:, h], f] == 1).mean() == pytest.approx(listed, abs=0.02)
    assert people.causes.sum(axis=1).max() == 2


def test_correlated_findings_come_together_as_strongly_as_the_book_says() -> None:
    # Two members share one chance with probability r, and then the rarer brings the other; else they are independent.
    numbers, h = model().stratum("m_50_69"), model().conditions.index("benign_nocturnal_leg_cramps")
    people = draw_people(model(), numbers, 20_000, np.random.default_rng(1), 1.0, correlated=True)
    f, g = (index_of(name) for name in ("occurs_at_night", "wakes_from_sleep"))
    r = next(r for members, r in zip(model().groups, model().correlation, strict=True) if f in members and g in members)
    one, other = (people.cells[people.causes[:, h], i] == 1 for i in (f, g))
    p, q = one.mean(), other.mean()
    assert (one & other).mean() == pytest.approx(r * min(p, q) + (1 - r) * p * q, abs=0.015)


def index_of(feature: str) -> int:
    return next(i for i, x in enumerate(model().features) if x.id == feature)


def test_what_is_said_comes_true_as_often() -> None:
    (said,) = simulate(model(), 3000, ASKED, False, [untempered(model())])
    assert said.first().error <= 0.03  # of which some is chance; 10,000 people give 0.01
    assert said.listed().error <= 0.01


def test_tempering_helps_where_findings_are_correlated() -> None:
    plain, tempered = simulate(model(), 1500, ASKED_OF_GROUPS, True, [untempered(model()), model()])
    assert tempered.first().error < plain.first().error
    assert tempered.listed().error < plain.listed().error
    assert tempered.listed().brier < plain.listed().brier


def test_intervals_hold_the_truth_of_a_drawn_world_nine_times_in_ten() -> None:
    everything, first, count = coverage(model(), 600, 30)
    assert count > 3000
    assert everything == pytest.approx(0.9, abs=0.03)
    assert first == pytest.approx(0.9, abs=0.06)


def test_scores_by_hand() -> None:
    found = calibrated([(0.05, False), (0.95, True), (0.95, False), (1.0, True)], 2)
    assert found.brier == pytest.approx((0.05**2 + 0.05**2 + 0.95**2) / 4)
    assert [(b.count, b.mean, b.accepted) for b in found.bins] == [
        (1, 0.05, 0.0),
        (3, pytest.approx(2.9 / 3), pytest.approx(2 / 3)),
    ]
    assert found.error == pytest.approx((0.05 + 3 * (2.9 / 3 - 2 / 3)) / 4)
    assert calibrated([], 0).brier == 0
