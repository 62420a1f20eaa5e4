"""Units: every expected number is worked out here from molar masses and definitions, not by the code."""

from decimal import Decimal

import pytest

from crampwise.assess.intake import LabEntry
from crampwise.assess.labs import match_results
from crampwise.assess.units import UnitError, convert, ucum_of
from crampwise.logic.errors import Problem
from tests.support.people import intake, shipped


def read(test: str, value: str, unit: str) -> tuple[float, list[Problem]]:
    """A result in the unit that the rules read, and what was wrong."""
    problems: list[Problem] = []
    results = match_results(shipped(), [LabEntry(test, Decimal(value), unit, None, None, None, "here")], problems)
    return (float(results[0].value) if results else float("nan")), problems


MOLAR = [  # grams per mole
    ("calcium", "8.0", "mg/dL", 80 / 40.078),
    ("magnesium", "1.2", "mg/dL", 12 / 24.305),
    ("phosphate", "2.5", "mg/dL", 25 / 30.974),  # reported as phosphorus
    ("glucose", "90", "mg/dL", 900 / 180.156),
    ("creatinine", "1.2", "mg/dL", 12_000 / 113.12),
    ("bilirubin", "1.0", "mg/dL", 10_000 / 584.66),
    ("cortisol", "10", "ug/dL", 100_000 / 362.46),
    ("lead", "10", "ug/dL", 100 / 207.2),
    ("lead", "10", "µg/dL", 100 / 207.2),
    ("lactate", "18", "mg/dL", 180 / 90.08),
    ("vitamin d", "20", "ng/mL", 20_000 / 400.64),
    ("free t4", "1.0", "ng/dL", 10_000 / 776.87),
    ("pth", "65", "pg/mL", 65_000 / 9425),
    ("b12", "147.6", "pmol/L", 147.6 * 1.35537),
]
EQUIVALENTS = [
    ("potassium", "3.2", "mEq/L", 3.2),
    ("sodium", "128", "meq/L", 128),
    ("chloride", "101", "mEq/L", 101),
    ("bicarbonate", "24", "mEq/L", 24),
    ("calcium", "4.0", "mEq/L", 2.0),  # two charges each
    ("magnesium", "1.0", "mEq/L", 0.5),
]
SAME_KIND = [
    ("albumin", "4.0", "g/dL", 40),
    ("hb", "13.5", "g/dL", 135),
    ("crp", "1.2", "mg/dL", 12),
    ("ferritin", "30", "ng/mL", 30),
    ("tsh", "2.5", "mIU/L", 2.5),
    ("tsh", "2.5", "µIU/mL", 2.5),
    ("ck", "5", "µkat/L", 300),  # 1 katal is 60 million units
    ("potassium", "3200", "umol/L", 3.2),
    ("creatinine", "0.106", "mmol/L", 106),
    ("glucose", "0.9", "g/L", 900 / 180.156),
]
BY_NAME = [
    ("bun", "14", "mg/dL", 140 / 28.014),  # the nitrogen alone: two atoms
    ("blood urea nitrogen", "28", "mg/dL", 280 / 28.014),
    ("urea", "30", "mg/dL", 300 / 60.056),  # the whole molecule
    ("urea", "5", "mmol/L", 5),
    ("bun", "5", "mmol/L", 5),
]


@pytest.mark.parametrize(("test", "value", "unit", "wanted"), [*MOLAR, *EQUIVALENTS, *SAME_KIND, *BY_NAME])
def test_a_result_is_read_in_the_unit_of_the_rules(test: str, value: str, unit: str, wanted: float) -> None:
    got, problems = read(test, value, unit)
    assert not problems
    assert got == pytest.approx(wanted, rel=0.004)


@pytest.mark.parametrize(
    ("percent", "mmol_mol"),
    [("6.5", 48), ("7.0", 53), ("5.0", 31), ("9.0", 75), ("12.0", 108)],  # published pairs, IFCC
)
def test_hba1c_goes_both_ways(percent: str, mmol_mol: int) -> None:
    conversions = shipped().tests["test_hba1c"].conversions
    assert float(convert(Decimal(percent), "%", "mmol/mol", conversions)) == pytest.approx(mmol_mol, abs=0.6)
    assert float(convert(Decimal(mmol_mol), "mmol/mol", "%", conversions)) == pytest.approx(float(percent), abs=0.06)


def test_hba1c_never_reads_a_percentage_as_a_plain_fraction() -> None:
    """6.5 % is 65 mmol/mol by dimension alone, which would be wrong: the two scales have an offset."""
    per_mol, problems = read("hba1c", "48", "mmol/mol")
    per_cent, more = read("hba1c", "6.5", "%")
    assert not problems
    assert not more
    assert per_mol == pytest.approx(per_cent, rel=0.02)


@pytest.mark.parametrize(
    ("unit", "wanted"),
    [("ng/mL FEU", 700), ("µg/L FEU", 700), ("ng/mL{FEU}", 700), ("ng/mL DDU", 1400), ("ug/L{DDU}", 1400)],
)
def test_d_dimer_units_say_what_was_counted(unit: str, wanted: float) -> None:
    got, problems = read("d-dimer", "700", unit)
    assert not problems
    assert got == pytest.approx(wanted)


@pytest.mark.parametrize("unit", ["ng/mL", "ug/L", "mg/L"])
def test_a_d_dimer_that_does_not_say_so_is_refused(unit: str) -> None:
    _, (problem,) = read("d-dimer", "700", unit)
    assert "is not a unit for this; ug/L{FEU} is" in problem.what
    assert problem.where == "here"


@pytest.mark.parametrize(
    ("test", "unit"),
    [
        ("potassium", "g"),
        ("potassium", "mg/dL"),
        ("potassium", "mmol"),
        ("potassium", ""),
        ("calcium", "U/L"),
        ("ck", "mmol/L"),
        ("tsh", "mmol/L"),
        ("tsh", "U/L"),
        ("glucose", "%"),
        ("ferritin", "mIU/L"),
        ("esr", "mg/L"),
        ("creatinine", "nonsense"),
        ("sodium", "__import__"),
    ],
)
def test_a_unit_of_another_kind_is_refused(test: str, unit: str) -> None:
    got, problems = read(test, "5", unit)
    assert got != got
    assert len(problems) == 1
    assert "is not a unit for this" in problems[0].what


@pytest.mark.parametrize(
    ("finding", "said", "wanted"),
    [
        ("weight_kg", "154 lb", 154 * 0.45359237),
        ("weight_kg", "70000 g", 70),
        ("height_cm", "70 in", 70 * 2.54),
        ("height_cm", "1.78 m", 178),
        ("body_temperature", "101.3 °F", (101.3 - 32) * 5 / 9),
        ("body_temperature", "38.5 °C", 38.5),
        ("gestation_weeks", "70 days", 10),
        ("age_years", "18 months", 1.5),
        ("systolic_bp", "16 kPa", 16 * 7.50062),
    ],
)
def test_peoples_own_figures_are_converted(finding: str, said: str, wanted: float) -> None:
    pregnant = "pregnant: yes, " if finding == "gestation_weeks" else ""
    values = intake(shipped(), f"answers: {{{pregnant}{finding}: {said}}}").answers
    assert float(str(values.get(finding))) == pytest.approx(wanted, rel=0.002)


@pytest.mark.parametrize(
    ("written", "ucum"),
    [
        ("µmol/l", "umol/L"),
        ("mEq/L", "meq/L"),
        ("mIU/L", "m[IU]/L"),
        (" mmol/L ", "mmol/L"),
        ("lbs", "[lb_av]"),
        ("xyz", "xyz"),
    ],
)
def test_spellings(written: str, ucum: str) -> None:
    assert ucum_of(written, shipped().words.units) == ucum


def test_a_factor_for_another_name_is_not_used() -> None:
    conversions = shipped().tests["test_urea"].conversions
    with pytest.raises(UnitError):
        convert(Decimal(14), "mg/dL", "mmol/L", conversions, called="something else")


def test_converting_to_the_same_unit_changes_nothing() -> None:
    assert convert(Decimal("3.10"), "mmol/L", "mmol/L") == Decimal("3.10")
    assert convert(Decimal(0), "g/dL", "g/L") == 0
