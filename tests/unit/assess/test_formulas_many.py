"""Formulas over many people give what they give one by one."""

import random

import numpy as np
import pytest

from crampwise.assess.formulas import calculate, calculate_many
from crampwise.book.compile import open_book


@pytest.mark.parametrize("formula", open_book().formulas.values(), ids=lambda f: f.id)
def test_every_formula_of_the_book(formula):
    rnd = random.Random(formula.id)
    names = [i.name for i in formula.inputs]
    people = [
        {n: rnd.random() < 0.5 if n.startswith("sex_") else rnd.uniform(0.5, 200) for n in names} for _ in range(50)
    ]
    columns = {n: np.array([p[n] for p in people]) for n in names}
    found = calculate_many(formula.expression, {**(formula.parameters or {}), **columns})
    alone = [calculate(formula.expression, {**(formula.parameters or {}), **p}) for p in people]
    assert np.broadcast_to(found, len(people)) == pytest.approx(alone, rel=1e-12)


def test_where_there_is_no_value_it_is_not_finite():
    assert not np.isfinite(calculate_many("1 / x", {"x": np.array([0.0])})).any()


def test_other_forms_are_refused():
    with pytest.raises(ValueError, match="not allowed"):
        calculate_many("__import__('os')", {})
