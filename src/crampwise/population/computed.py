"""Formulas filled in for many people at once, as `assess.known` fills them in for one."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from crampwise.assess.formulas import calculate_many
from crampwise.assess.units import convert
from crampwise.book.schema.workup import Formula, FormulaInput
from crampwise.differential.features import Floats
from crampwise.interpret.columns import Bits, ChoiceColumn, Column, NumberColumn, unpack
from crampwise.interpret.planes import run_columns
from crampwise.logic.findings import Choice, Number
from crampwise.population.screen import Screen

_PLACES = 6

Many = tuple[NDArray[Any], Bits]
"""A value for each person, and where it is known."""


def with_formulas(screen: Screen, columns: Mapping[str, Column], people: int) -> dict[str, Column]:
    """Give the columns with those that formulas fill; what was given is never changed."""
    book = screen.engine.book
    found = dict(columns)
    ready = [f for f in book.formulas.values() if f.result and any(i.finding in columns for i in f.inputs)]
    if not ready:
        return found
    holds = _holds(screen, columns, people)
    for formula in ready:
        result = screen.catalogue[formula.result or ""]
        outcome = _outcome(screen, formula, found, people)
        if outcome is None or not isinstance(result, Number):
            continue
        values, known = outcome
        values = np.round(values, _PLACES)
        known = known & holds.get(formula.id, np.ones(people, np.bool_)) & np.isfinite(values)
        known &= (values >= float(result.low)) & (values <= float(result.high))
        own = columns.get(result.id)
        if isinstance(own, NumberColumn):
            values, known = np.where(own.known, own.values, values), own.known | known
        found[result.id] = NumberColumn(result, values, known, 0)
    return found


def _holds(screen: Screen, columns: Mapping[str, Column], people: int) -> dict[str, Bits]:
    """For each formula with a condition, who fulfils it."""
    read = {leaf.finding.id for leaf in screen.formulas.leaves}
    found: dict[str, list[Bits]] = {}
    for block in run_columns(screen.formulas, {i: c for i, c in columns.items() if i in read}, people):
        for key, plane in block.true.items():
            found.setdefault(key.removeprefix("formula/"), []).append(unpack(plane, block.people))
    return {id_: np.concatenate(parts) for id_, parts in found.items()}


def _outcome(screen: Screen, formula: Formula, columns: Mapping[str, Column], people: int) -> Many | None:
    values: dict[str, NDArray[Any] | float | bool] = dict(formula.parameters or {})
    known = np.ones(people, np.bool_)
    for wanted in formula.inputs:
        read = _input(screen, wanted, columns, people)
        if read is None:
            return None
        values[wanted.name], there = read
        known &= there
    return np.broadcast_to(calculate_many(formula.expression, values), people), known


def _input(screen: Screen, wanted: FormulaInput, columns: Mapping[str, Column], people: int) -> Many | None:
    book = screen.engine.book
    if wanted.formula:
        return _outcome(screen, book.formulas[wanted.formula], columns, people)
    if wanted.upper_limit_of:
        return _upper_limit(screen, wanted, columns, people)
    column = columns.get(wanted.finding or "")
    match column:
        case ChoiceColumn(Choice(_, options), chosen):
            names = [wanted.name.endswith(f"_{option}") for option in options]
            return np.array([*names, False])[chosen], chosen >= 0
        case NumberColumn(finding, values, known, _):
            stated = [c for t in book.tests.values() if finding.id in t.results for c in t.conversions if not c.called]
            zero, one = (float(convert(finding.low * 0 + n, finding.unit, wanted.unit, stated)) for n in (0, 1))
            return np.where(known, values, np.nan) * (one - zero) + zero, known
    return None


def _upper_limit(screen: Screen, wanted: FormulaInput, columns: Mapping[str, Column], people: int) -> Many:
    """The book's upper limit by sex; while the sex is not known, the lower of both, which is safer."""
    test = screen.engine.book.tests[wanted.upper_limit_of or ""]
    sex, age = columns.get("sex_at_birth"), columns.get("age_years")
    options = sex.finding.options if isinstance(sex, ChoiceColumn) else ()
    by_sex = np.array([*(_least(screen, test.results[0], s) for s in options), _least(screen, test.results[0], None)])
    upper: Floats = by_sex[sex.codes] if isinstance(sex, ChoiceColumn) else np.full(people, by_sex[-1])
    child = np.zeros(people, np.bool_)
    if isinstance(age, NumberColumn):
        child = age.known & (age.values < screen.engine.book.info.adult_from_years)
    return upper, np.isfinite(upper) & ~child


def _least(screen: Screen, finding: str, sex: str | None) -> float:
    highs = [float(high) for _, high in screen.limits(finding, sex) if high is not None]
    return min(highs, default=np.nan)
