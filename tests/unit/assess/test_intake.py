"""Bad input: each mistake with its message and place, all at once, nothing computed on a guess."""

from decimal import Decimal

import pytest

from crampwise.assess.intake import Intake, decimal_of
from crampwise.logic.errors import Exit, InputError
from tests.support.people import intake, shipped

BOOK = shipped()


def read(text: str) -> Intake:
    return intake(BOOK, text)


def complaints(text: str) -> list[str]:
    with pytest.raises(InputError) as caught:
        read(text)
    assert caught.value.code is Exit.BAD_INPUT
    assert all(p.where.startswith("me.yaml") for p in caught.value.problems)
    return [str(p) for p in caught.value.problems]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("answers: {dark_urin: yes}", "there is no finding called 'dark_urin'. Did you mean 'dark_urine'?"),
        ("answers: {qqqq: yes}", "there is no finding called 'qqqq'. `crampwise book search"),
        ("answers: {dark_urine: maybe}", "dark_urine needs yes, no or not_sure, not maybe."),
        ("answers: {dark_urine: 1}", "dark_urine needs yes, no or not_sure, not 1."),
        ("answers: {dark_urine: [yes]}", "dark_urine needs yes, no or not_sure."),
        ("answers: {dark_urine: {value: yes}}", "dark_urine needs yes, no or not_sure."),
        ("answers: {dark_urine: }", "dark_urine needs yes, no or not_sure"),
        ("answers: {sex_at_birth: femal}", "female, male (or not_sure), not femal. Did you mean 'female'?"),
        ("answers: {sex_at_birth: yes}", "sex_at_birth needs one of: female, male (or not_sure), not yes."),
        ("person: {age: 400}", "person.age must lie between 0 and 120 years, not 400."),
        ("person: {age: -1}", "person.age must lie between 0 and 120 years, not -1."),
        ("person: {age: old}", "person.age needs a number in years, not 'old'."),
        ("person: {age: .nan}", "person.age needs a number in years, not '.nan'."),
        ("person: {age: .inf}", "person.age needs a number in years, not '.inf'."),
        ("person: {age: NaN}", "person.age needs a number in years"),
        ("person: {age: 1e999999}", "person.age"),
        ("person: {age: true}", "person.age needs a number in years"),
        ("person: {sex: x}", "person.sex needs one of: female, male"),
        ("person: {weight: 70}", "'weight' is not a key of person."),
        ("person: {agee: 70}", "'agee' is not a key of person. Did you mean 'age'?"),
        ("person: [40, male]", "person must be a map."),
        ("answers: [dark_urine]", "answers must be a map."),
        ("medicines: Lipitor", "medicines must be a list."),
        ("medicines: {a: b}", "medicines must be a list."),
        ("medicines: [20]", "a medicine is a name in words. Put numbers in quotes."),
        ("medicines: ['  ']", "a medicine is a name in words."),
        (f"medicines: [{'x' * 201}]", "a medicine name has at most 200 characters, all of them visible."),
        ("labs: {test: potassium}", "labs must be a list."),
        ("labs: [potassium 3.1]", "a lab result is a map. Write {test: potassium, value: 3.1, unit: mmol/L}."),
        ("labs: [{test: potassium, value: 3.1}]", "the lab result has no unit."),
        ("labs: [{unit: mmol/L}]", "the lab result has no test and no value."),
        ("labs: [{test: potassium, value: , unit: mmol/L}]", "the lab result has no value."),
        ("labs: [{test: potassium, value: low, unit: mmol/L}]", "needs a number, not 'low'."),
        ("labs: [{test: potassium, value: <2, unit: mmol/L}]", "needs a number, not '<2'."),
        ("labs: [{test: potassium, value: .nan, unit: mmol/L}]", "needs a number, not '.nan'."),
        ("labs: [{test: ck, value: '1,200', unit: U/L}]", "needs a number, not '1,200'."),
        ("labs: [{test: k, value: 3, unit: mmol/L, date: yesterday}]", "such as 2026-11-21, not 'yesterday'."),
        ("labs: [{test: k, value: 3, unit: mmol/L, date: 2026-02-30}]", "needs a date such as 2026-11-21"),
        ("labs: [{test: k, value: 3, unit: mmol/L, units: g}]", "'units' is not a key of a lab result. Did you"),
        ("answers: {serum_potassium: 3.1}", "serum_potassium needs its unit, for example {value: 3.1, unit: mmol/L}."),
        ("answers: {serum_potassium: {value: 3.1}}", "serum_potassium needs its unit"),
        ("answers: {serum_potassium: 300 mmol/L}", "serum_potassium must lie between 1 and 12 mmol/L, not 300 mmol/L."),
        ("answers: {serum_potassium: 3.1 mg/dL}", "mg/dL is not a unit for this; mmol/L is."),
        ("answers: {weight_kg: 70 cm}", "cm is not a unit for this; kg is."),
        ("answers: {weight_kg: {value: 70, units: kg}}", "weight_kg needs {value: number, unit: unit}."),
        ("answers: {weight_kg: [70]}", "weight_kg needs a number in kg"),
        ("answer: {dark_urine: yes}", "'answer' is not a key of an answers file. Did you mean 'answers'?"),
        ("[dark_urine]", "an answers file must be a map. Its keys are person, answers, medicines, labs."),
        ("dark_urine", "an answers file must be a map."),
        ("answers: {dark_urine: yes, dark_urine: no}", "the key 'dark_urine' is given twice."),
        ("person: {age: 40}\nanswers: {age_years: 41}", "is answered here and, differently, at me.yaml:1:15."),
        ("answers: {dark_urine: &a yes, fever: *a}", "alias"),
        ("answers: {dark_urine: yes", "this is not valid YAML"),
        ("", "the file is empty."),
    ],
)  # fmt: skip
def test_each_mistake_has_its_message(text: str, message: str) -> None:
    (complaint,) = complaints(text)
    assert message.replace("'", "") in complaint.replace("'", "")


def test_several_mistakes_come_all_at_once_with_their_places() -> None:
    found = complaints("""
        person: {age: 400, colour: red}
        answers:
          dark_urin: yes
          fever: maybe
          serum_potassium: 3
        medicines: [7]
        labs: [{test: k, value: x, unit: mmol/L}, {value: 3}]
        more: 1
    """)
    assert len(found) == 9
    places = [line.split(": ")[0] for line in found]
    for line in ("2:", "4:", "5:", "6:", "7:", "8:", "9:"):
        assert any(place.startswith(f"me.yaml:{line}") for place in places), line


@pytest.mark.parametrize("said", ["not_sure", "not sure", "Not sure", "NOT_SURE", "unknown", "unsure"])
@pytest.mark.parametrize("finding", ["dark_urine", "sex_at_birth", "age_years", "serum_potassium"])
def test_not_sure_can_be_said_of_anything(said: str, finding: str) -> None:
    answers = read(f"answers: {{{finding}: {said}}}").answers
    assert answers.get(finding) is None
    assert answers.not_sure == {finding}


@pytest.mark.parametrize(
    ("said", "value"), [("yes", True), ("Yes", True), ("true", True), ("y", True), ("no", False), ("N", False)]
)
def test_ways_to_say_yes_and_no(said: str, value: bool) -> None:
    assert read(f"answers: {{dark_urine: {said}}}").answers.get("dark_urine") is value


def test_person_is_a_short_way_to_answer() -> None:
    answers = read("person: {age: 40, sex: female, pregnant: no}").answers
    assert dict(answers.values) == {"age_years": Decimal(40), "sex_at_birth": "female", "pregnant": False}
    assert dict(read("person: {age: 40, sex: }").answers.values) == {"age_years": Decimal(40)}


def test_the_same_answer_twice_is_no_mistake() -> None:
    assert read("{person: {age: 40}, answers: {age_years: 40}}").answers.get("age_years") == 40


@pytest.mark.parametrize(
    ("written", "number"),
    [
        ("3.1", "3.1"),
        ("3,1", "3.1"),
        ("0,125", "0.125"),
        ("-2", "-2"),
        ("1e3", "1000"),
        ("1200", "1200"),
        ("12,34", "12.34"),
    ],
)
def test_numbers_with_point_or_decimal_comma(written: str, number: str) -> None:
    assert decimal_of(written) == Decimal(number)


@pytest.mark.parametrize(
    "written",
    ["", "x", "nan", "inf", "-inf", "1_000", "1,2,3", "1,200", "12,500", "1,200.5", "0x10", "1e99", "3.1.2", "sNaN"],
)
def test_what_is_not_one_clear_number_is_refused(written: str) -> None:
    assert decimal_of(written) is None


def test_a_decimal_comma_is_read_in_answers_and_results() -> None:
    found = read("{answers: {weight_kg: '70,5'}, labs: [{test: k, value: '3,1', unit: mmol/L}]}")
    assert found.answers.get("weight_kg") == Decimal("70.5")
    assert found.labs[0].value == Decimal("3.1")


def test_an_answer_takes_the_factors_of_its_test() -> None:
    values = read("answers: {hba1c: 75 mmol/mol, serum_calcium_total: {value: 8.0, unit: mg/dL}}").answers.values
    assert float(str(values["hba1c"])) == pytest.approx(9.0, abs=0.05)
    assert float(str(values["serum_calcium_total"])) == pytest.approx(80 / 40.078, rel=0.004)


def test_nothing_at_all_is_a_person_of_whom_nothing_is_known() -> None:
    assert read("{}") == Intake()
    assert read("{person: , answers: , medicines: , labs: }") == Intake()


def test_places_are_kept_for_later_messages() -> None:
    assert read("answers:\n  dark_urine: yes\n").places == {"dark_urine": "me.yaml:2:15"}
