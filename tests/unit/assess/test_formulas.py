"""Formulas: worked examples, published values, and an expression language that can do nothing else."""

from decimal import Decimal

import pytest

from crampwise.assess.engine import engine_of
from crampwise.assess.formulas import calculate
from crampwise.assess.known import know
from crampwise.logic.answers import Value
from tests.support.people import intake, shipped

FORMULAS = shipped().formulas
CHECKED = [f.id for f in FORMULAS.values() if f.check]


def known(text: str) -> dict[str, Value]:
    return dict(know(engine_of(shipped()), intake(shipped(), text)).closed.values)


def number(values: dict[str, Value], finding: str) -> float:
    value = values[finding]
    assert isinstance(value, Decimal)
    return float(value)


@pytest.mark.parametrize("id_", CHECKED)
def test_the_worked_example_of_each_formula(id_: str) -> None:
    formula = FORMULAS[id_]
    assert formula.check is not None
    given = {name: value for name, value in formula.check.inputs.items() if value is not None}
    got = calculate(formula.expression, {**(formula.parameters or {}), **given})
    assert got == pytest.approx(formula.check.output, rel=0.005)


def test_some_formulas_carry_a_worked_example() -> None:
    assert len(CHECKED) >= 7


BY_HAND = [
    (
        "f_cockcroft_gault",
        {"age_years": 60, "weight_kg": 72, "sex_female": False, "creatinine_umol_l": 100},
        80 * 72 * 1.23 / 100,
    ),
    (
        "f_cockcroft_gault",
        {"age_years": 60, "weight_kg": 72, "sex_female": True, "creatinine_umol_l": 100},
        80 * 72 * 1.04 / 100,
    ),
    ("f_anion_gap", {"sodium_mmol_l": 140, "chloride_mmol_l": 100, "bicarbonate_mmol_l": 25}, 15),
    ("f_osmolality", {"sodium_mmol_l": 140, "glucose_mmol_l": 5, "urea_mmol_l": 5}, 290),
    ("f_sodium_glucose", {"sodium_mmol_l": 130, "glucose_mmol_l": 27.5}, 139.6),
    ("f_qtc_fridericia", {"qt_ms": 400, "rr_s": 1.0}, 400),
    ("f_qtc_fridericia", {"qt_ms": 400, "rr_s": 0.512}, 500),  # the cube root of 0.512 is 0.8
    ("f_uf_rate", {"uf_volume_ml": 3000, "session_hours": 4, "post_weight_kg": 75}, 10),
    ("f_body_water_loss", {"weight_before_kg": 80, "weight_after_kg": 78.4}, 2),
    ("f_femg", {"urine_mg": 1, "serum_creatinine": 1, "serum_mg": 1, "urine_creatinine": 50}, 100 / 35),
    ("f_adjusted_calcium_si", {"calcium_mmol_l": 2.0, "albumin_g_l": 30}, 2.2),
    ("f_adjusted_calcium_conv", {"calcium_mg_dl": 8.0, "albumin_g_dl": 3.0}, 8.8),
    ("f_bmi", {"weight_kg": 50, "height_cm": 200}, 12.5),
    ("f_hba1c_ifcc", {"hba1c_percent": 7.0}, 53.0),
]


@pytest.mark.parametrize(("id_", "given", "wanted"), BY_HAND)
def test_formulas_by_hand(id_: str, given: dict[str, float], wanted: float) -> None:
    assert calculate(FORMULAS[id_].expression, {**(FORMULAS[id_].parameters or {}), **given}) == pytest.approx(
        wanted, rel=0.002
    )


# Worked out from Inker et al., N Engl J Med 2021;385:1737:
# 142 x min(Scr/k, 1)^a x max(Scr/k, 1)^-1.2 x 0.9938^age, and x 1.012 if female.
EGFR = [
    (1.0, 50, "male", 91.7),
    (0.9, 40, "male", 110.7),
    (0.6, 20, "male", 141.7),
    (1.5, 80, "male", 46.8),
    (4.0, 65, "male", 15.8),
    (0.7, 30, "female", 119.2),
    (1.0, 60, "female", 64.5),
    (2.0, 70, "female", 26.4),
    (0.5, 25, "female", 133.4),
]


@pytest.mark.parametrize(("creatinine", "age", "sex", "wanted"), EGFR)
def test_egfr_ckd_epi_2021(creatinine: float, age: int, sex: str, wanted: float) -> None:
    got = known(f"""
        person: {{age: {age}, sex: {sex}, pregnant: no}}
        labs: [{{test: creatinine, value: {creatinine}, unit: mg/dL}}]
    """)
    assert number(got, "egfr") == pytest.approx(wanted, abs=0.15)


@pytest.mark.parametrize(
    "who", ["{age: 12, sex: male}", "{age: 30, sex: female, pregnant: yes}", "{age: 30, sex: female}"]
)
def test_no_egfr_for_children_or_in_pregnancy_or_while_that_is_open(who: str) -> None:
    assert "egfr" not in known(f"{{person: {who}, labs: [{{test: creatinine, value: 80, unit: umol/L}}]}}")


def test_a_reported_egfr_is_not_overwritten() -> None:
    got = known("""
        person: {age: 50, sex: male}
        labs: [{test: creatinine, value: 88.4, unit: umol/L}, {test: egfr, value: 60, unit: mL/min/1.73 m²}]
    """)
    assert got["egfr"] == 60


def test_calcium_is_corrected_from_results_in_any_unit() -> None:
    # 1.83 + 0.02 x (40 - 26) = 2.11; 7.6 mg/dL is 1.896 mmol/L, albumin 25: 1.896 + 0.3 = 2.196.
    si = known("labs: [{test: calcium, value: 1.83, unit: mmol/L}, {test: albumin, value: 26, unit: g/L}]")
    us = known("labs: [{test: calcium, value: 7.6, unit: mg/dL}, {test: albumin, value: 2.5, unit: g/dL}]")
    assert number(si, "serum_calcium_adjusted") == pytest.approx(2.11)
    assert number(us, "serum_calcium_adjusted") == pytest.approx(2.196, abs=0.002)


@pytest.mark.parametrize(("age", "limit"), [(30, 500), (50, 500), (51, 510), (70, 700), (85, 850)])
def test_the_d_dimer_limit_grows_with_age_from_fifty(age: int, limit: int) -> None:
    assert calculate(FORMULAS["f_d_dimer_age"].expression, {"age_years": age}) == limit
    got = known(
        f"{{person: {{age: {age}, sex: male}}, labs: [{{test: d-dimer, value: {limit * 2}, unit: ng/mL FEU}}]}}"
    )
    assert number(got, "d_dimer_times_limit") == pytest.approx(2)


def test_creatine_kinase_is_counted_in_upper_limits() -> None:
    def times(text: str) -> float:
        return number(known(text), "ck_times_uln")

    assert times("{person: {sex: male}, labs: [{test: ck, value: 3200, unit: U/L}]}") == pytest.approx(10)
    assert times("{person: {sex: female}, labs: [{test: ck, value: 1000, unit: U/L}]}") == pytest.approx(5)
    assert times("{person: {sex: male}, labs: [{test: ck, value: 1000, unit: U/L, high: 250}]}") == pytest.approx(4)
    assert times("{labs: [{test: ck, value: 1000, unit: U/L, high: 250}]}") == pytest.approx(4)
    assert times("labs: [{test: ck, value: 1000, unit: U/L}]") == pytest.approx(5)  # the lower limit is the safer one


def test_body_mass_index() -> None:
    assert number(known("answers: {weight_kg: 81, height_cm: 180}"), "body_mass_index") == pytest.approx(25)


@pytest.mark.parametrize(
    "expression",
    [
        "x.real",
        "x.__class__",
        "open('f')",
        "__import__('os')",
        "abs(x)",
        "min(x, key=x)",
        "(lambda: x)()",
        "[x]",
        "{x: x}",
        "x[0]",
        "x == 1",
        "x if x < 1 < 2 else x",
        "not x",
        "~x",
        "x // 2",
        "x % 2",
        "x << 2",
        "x and x",
        "f'{x}'",
        "'a'",
        "None",
        "(y := x)",
        "unknown",
        "min",
        "x.real(1)",
        "[i for i in x]",
        "x @ x",
        "b'a'",
        "1j",
        "*x",
    ],
)
def test_anything_but_arithmetic_is_refused(expression: str) -> None:
    with pytest.raises((ValueError, SyntaxError)):
        calculate(expression, {"x": 2.0})


@pytest.mark.parametrize(("expression", "x"), [("1 / x", 0.0), ("x ** 1000", 1e10), ("x ** 0.5", -1.0)])
def test_arithmetic_without_a_result_is_an_arithmetic_error(expression: str, x: float) -> None:
    with pytest.raises(ArithmeticError):
        calculate(expression, {"x": x})


@pytest.mark.parametrize(
    ("expression", "wanted"),
    [
        ("2 + 3 * 4", 14),
        ("-x ** 2", -4),
        ("min(x, 1) + max(x, 3)", 4),
        ("(x + 1) / 3", 1),
        ("1 if x >= 2 else 0", 1),
        ("1 if x <= 2 else 0", 1),
        ("1 if x < 2 else 0", 0),
        ("1 if x > 2 else 0", 0),
    ],
)
def test_arithmetic(expression: str, wanted: float) -> None:
    assert calculate(expression, {"x": 2.0}) == wanted
