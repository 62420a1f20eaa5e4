"""Weights of evidence against decibans worked out by hand."""

from math import log10

import numpy as np
import pytest

from crampwise.differential.model import Model, build_model
from crampwise.differential.posterior import observe, tempering
from crampwise.differential.weights import weights
from crampwise.logic.truth import truth_of
from tests.support import tiny

GROUP = [{"id": "gr", "features": ["f", "g"], "correlation": 1.0, "why": "w", **tiny.OPINION}]


def model_of(shares: dict[str, float], given: dict[str, dict[str, float]], **more: object) -> Model:
    book = tiny.tiny_book(
        [tiny.condition(c, {"all": share}, given.get(c, {})) for c, share in shares.items()],
        model=tiny.differential([tiny.stratum("all", "age_years >= 0 a", 1.0)], **more),
        findings=[tiny.number("age_years"), *(tiny.finding(f, 0.5) for f in ("f", "g"))],
    )
    return build_model(book)


def decibans(model: Model, **answers: bool) -> dict[str, dict[str, float]]:
    cells = observe(model, {f: truth_of(answers.get(f)) for f in ("f", "g")})
    found = weights(model, "all", cells, tempering(model, cells[None, :])[0])
    known = (feature.id for feature, cell in zip(model.features, cells, strict=True) if cell >= 0)
    return {id_: dict(zip(model.conditions, row.tolist(), strict=True)) for id_, row in zip(known, found, strict=True)}


BOTH = {"a": {"f": 0.8, "g": 0.8}, "b": {"f": 0.2, "g": 0.5}}


def test_with_two_causes_a_weight_is_the_likelihood_ratio() -> None:
    found = decibans(model_of({"a": 0.6, "b": 0.4}, BOTH), f=True)
    assert found["f"] == pytest.approx({"a": 10 * log10(4), "b": -10 * log10(4)})
    assert found["f"]["a"] == pytest.approx(6.0206, abs=1e-4)


def test_a_no_weighs_by_the_chances_of_no() -> None:
    found = decibans(model_of({"a": 0.6, "b": 0.4}, BOTH), f=False)
    assert found["f"] == pytest.approx({"a": 10 * log10(0.2 / 0.8), "b": 10 * log10(0.8 / 0.2)})


def test_the_others_count_by_their_share() -> None:
    # Others of a: b (0.3, says 0.2) and c (0.1, says the leak 0.5): (0.06 + 0.05) / 0.4 = 0.275.
    found = decibans(model_of({"a": 0.6, "b": 0.3, "c": 0.1}, BOTH), f=True)
    assert found["f"]["a"] == pytest.approx(10 * log10(0.8 / 0.275))
    assert found["f"]["c"] == pytest.approx(10 * log10(0.5 / ((0.6 * 0.8 + 0.3 * 0.2) / 0.9)))


def test_correlated_answers_share_their_weight() -> None:
    model = model_of({"a": 0.6, "b": 0.4}, BOTH, groups=GROUP)
    assert decibans(model, f=True)["f"]["a"] == pytest.approx(10 * log10(4))
    assert decibans(model, f=True, g=True)["f"]["a"] == pytest.approx(5 * log10(4))
    assert decibans(model, f=True, g=True)["g"]["a"] == pytest.approx(5 * log10(1.6))


def test_an_unanswered_finding_weighs_nothing() -> None:
    found = decibans(model_of({"a": 0.6, "b": 0.4}, BOTH), f=True)
    assert list(found) == ["f"]


def test_weights_do_not_depend_on_the_other_answers() -> None:
    model = model_of({"a": 0.6, "b": 0.4}, BOTH)
    assert decibans(model, f=True)["f"] == decibans(model, f=True, g=False)["f"]


def test_a_cause_that_is_certain_beforehand_gets_a_finite_weight() -> None:
    model = model_of({"a": 1.0, "b": 0.0}, BOTH)
    cells = observe(model, {f: truth_of(True) for f in ("f", "g")})
    found = weights(model, "all", cells, tempering(model, cells[None, :])[0])
    assert np.isfinite(found).all()
