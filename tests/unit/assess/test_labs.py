"""Results of tests, read against an interval and turned into answers."""

from datetime import timedelta

import pytest

from crampwise.assess.assessment import LabReading
from crampwise.assess.engine import engine_of
from crampwise.assess.known import know
from crampwise.logic.errors import InputError
from tests.support.people import TODAY, intake, person, shipped

BOOK = shipped()


def reading(lab: str, sex: str | None = None) -> LabReading:
    who = f"person: {{sex: {sex}}}\n" if sex else ""
    (found,) = person(BOOK, f"{who}labs: [{{{lab}}}]").labs
    return found


def answered(*labs: str) -> dict[str, str]:
    text = "\n".join(f"  - {{{lab}}}" for lab in labs)
    return {id_: str(v) for id_, v in know(engine_of(BOOK), intake(BOOK, f"labs:\n{text}")).given.values.items()}


@pytest.mark.parametrize(
    ("value", "status", "band"),
    [
        ("2.4", "low", "severe"), ("2.5", "low", "moderate"), ("3.4", "low", "mild"), ("3.5", "normal", None),
        ("5.3", "normal", None), ("5.4", "high", None), ("5.5", "high", "mild"), ("6.5", "high", "severe"),
    ],
)  # fmt: skip
def test_status_and_band_of_potassium(value: str, status: str, band: str | None) -> None:
    found = reading(f"test: potassium, value: {value}, unit: mmol/L")
    assert (found.status, found.band) == (status, band)
    assert (found.low, found.high, found.own_interval) == ("3.5", "5.3", False)
    assert bool(found.meaning) == (status != "normal")


def test_the_interval_depends_on_sex() -> None:
    lab = "test: ck, value: 250, unit: U/L"
    assert (reading(lab, "male").status, reading(lab, "male").high) == ("normal", "320")
    assert (reading(lab, "female").status, reading(lab, "female").high) == ("high", "200")
    assert reading(lab).status == "no_interval"
    assert reading("test: ck, value: 20000, unit: U/L").status == "high"


@pytest.mark.parametrize(("sex", "status"), [("male", "low"), ("female", "normal"), (None, "no_interval")])
def test_haemoglobin_is_never_read_against_the_interval_for_platelets(sex: str | None, status: str) -> None:
    assert reading("test: haemoglobin, value: 125, unit: g/L", sex).status == status


@pytest.mark.parametrize("test_id", sorted(t.id for t in BOOK.tests.values() if t.reference))
def test_every_interval_can_be_read_whoever_the_person_is(test_id: str) -> None:
    test = BOOK.tests[test_id]
    middle = test.reference[0].high or test.reference[0].low
    for sex in ("male", "female", None):
        found = reading(f"test: {test_id}, value: {middle}, unit: '{test.reference[0].unit}'", sex)
        assert found.test == test_id
        assert found.status in ("low", "normal", "high", "no_interval")


def test_the_reports_own_interval_wins() -> None:
    found = reading("test: potassium, value: 3.4, unit: mmol/L, low: 3.3, high: 5.1")
    assert (found.status, found.low, found.high, found.own_interval) == ("normal", "3.3", "5.1", True)
    assert reading("test: calcium, value: 8, unit: mg/dL, low: 8.5").status == "low"


def test_one_printed_limit_is_enough() -> None:
    found = reading("test: ck, value: 250, unit: U/L, high: 240")
    assert (found.status, found.low, found.high) == ("high", None, "240")


def test_what_was_handed_in_stays_visible() -> None:
    found = reading("test: Potassium, value: 3.2, unit: mEq/L, date: 2026-11-01")
    assert (found.test, found.value, found.unit, found.date) == ("test_potassium", "3.2", "mEq/L", "2026-11-01")
    assert (found.canonical, found.canonical_unit) == ("3.2", "mmol/L")


@pytest.mark.parametrize("name", ["potassium", "K", "Potassium", "test_potassium", "serum_potassium", "2823-3"])
def test_names_of_a_test(name: str) -> None:
    assert answered(f"test: {name}, value: 3.2, unit: mmol/L")["serum_potassium"] == "3.2"


OLD, NEW = "test: k, value: 2.4, unit: mmol/L, date: 2026-01-01", "test: k, value: 4.0, unit: mmol/L, date: 2026-11-01"


def test_the_newest_result_wins_in_any_order_and_all_are_shown() -> None:
    assert answered(OLD, NEW)["serum_potassium"] == answered(NEW, OLD)["serum_potassium"] == "4.0"
    assert [r.value for r in person(BOOK, f"labs: [{{{NEW}}}, {{{OLD}}}]").labs] == ["4.0", "2.4"]


def test_two_values_without_both_dates_are_refused_rather_than_guessed_between() -> None:
    first, last = "test: k, value: 2.4, unit: mmol/L", "test: k, value: 4.0, unit: mmol/L"
    with pytest.raises(InputError, match="given twice with different values"):
        answered(first, last)
    with pytest.raises(InputError, match="Add the dates"):
        answered(first, f"{last}, date: 2026-11-01")


def test_a_result_dated_after_today_is_refused_but_one_of_today_is_read() -> None:
    entry = "test: k, value: 4.0, unit: mmol/L, date: "
    assert person(BOOK, f"labs: [{{{entry}{TODAY}}}]").labs[0].date == str(TODAY)
    with pytest.raises(InputError, match=r"k is dated .*, after today"):
        person(BOOK, f"labs: [{{{OLD}}}, {{{entry}{TODAY + timedelta(days=1)}}}]")


def test_a_result_fires_its_red_flag() -> None:
    fired = {f.id for f in person(BOOK, "labs: [{test: potassium, value: 2.4, unit: mmol/L}]").fired}
    assert "t_lab_potassium_severe" in fired
    assert "t_lab_potassium_severe" not in {f.id for f in person(BOOK, f"labs: [{{{NEW}}}]").fired}


def test_a_test_that_the_book_does_not_hold_is_kept_in_sight() -> None:
    found = reading("test: zonulin, value: 3, unit: ng/mL")
    assert (found.name, found.value, found.status) == ("zonulin", "3", "not_recognised")
    assert [s.about for s in found.meaning] == ["words/test_not_recognised"]


@pytest.mark.parametrize(
    ("lab", "message"),
    [
        ("test: potasium, value: 3, unit: mmol/L", "there is no test called 'potasium'. Did you mean 'potassium'?"),
        ("test: potassium, value: 300, unit: mmol/L", "potassium must lie between 1 and 12 mmol/L, not 300 mmol/L"),
        ("test: potassium, value: 3, unit: mg/dL", "potassium: mg/dL is not a unit for this; mmol/L is"),
        ("test: potassium, value: -3, unit: mmol/L", "must lie between"),
    ],
)
def test_a_result_that_cannot_be_is_refused_with_its_place(lab: str, message: str) -> None:
    with pytest.raises(InputError) as caught:
        person(BOOK, f"labs: [{{{lab}}}]")
    assert message in str(caught.value)
    assert str(caught.value).startswith("me.yaml:1:8:")


def test_a_result_and_a_different_answer_contradict() -> None:
    with pytest.raises(InputError, match="serum_potassium is also answered, as 4.1"):
        person(BOOK, "answers: {serum_potassium: 4.1 mmol/L}\nlabs: [{test: k, value: 3.1, unit: mmol/L}]")
    person(BOOK, "answers: {serum_potassium: 3.1 mmol/L}\nlabs: [{test: k, value: 3.1, unit: mmol/L}]")
