"""One person's record, read: what is odd is told and harmless, and what is unknown is never a no. Expected by hand."""

from collections.abc import Mapping
from datetime import date
from typing import Any

import pytest

from crampwise.records.account import PersonRead
from crampwise.records.people import heap_of
from tests.support.people import shipped

BOOK = shipped()
DAY = date(2026, 11, 21)
SCT, ICD, LOINC = "http://snomed.info/sct", "http://hl7.org/fhir/sid/icd-10-cm", "http://loinc.org"
RXNORM, ATC = "http://www.nlm.nih.gov/research/umls/rxnorm", "http://www.whocc.no/atc"
IPS = "http://hl7.org/fhir/uv/ips/CodeSystem/absent-unknown-uv-ips"
Json = dict[str, Any]
PATIENT: Json = {"resourceType": "Patient", "id": "p", "gender": "female", "birthDate": "1955-11-22"}


def concept(system: str, code: str, text: str = "") -> Json:
    return {"coding": [{"system": system, "code": code, "display": text}], "text": text}


def about(kind: str, **parts: Any) -> Json:
    return {"resourceType": kind, "id": "x", "subject": {"reference": "Patient/p"}, **parts}


def condition(code: str, system: str = ICD, clinical: str = "active", verified: str = "confirmed", **more: Any) -> Json:
    status = {"clinicalStatus": concept("c", clinical)} if clinical else {}
    checked = {"verificationStatus": concept("v", verified)} if verified else {}
    return about("Condition", code=concept(system, code), **status, **checked, **more)


def lab(loinc: str, value: Any, unit: str | None = "mmol/L", day: str = "2026-11-01", **more: Any) -> Json:
    quantity = {"value": value} | ({"unit": unit, "code": unit, "system": "http://unitsofmeasure.org"} if unit else {})
    whole = {"status": "final", "code": concept(LOINC, loinc), "effectiveDateTime": day, "valueQuantity": quantity}
    return about("Observation", **(whole | more))


def medicine(status: str = "active", intent: str = "order", day: str = "2026-06-01", **more: Any) -> Json:
    return about("MedicationRequest", status=status, intent=intent, authoredOn=day, **more)


def read(*resources: Any, day: date = DAY) -> PersonRead:
    numbered = [
        r | {"id": f"r{i}"} if isinstance(r, dict) and r.get("id") == "x" else r for i, r in enumerate(resources)
    ]
    heap = heap_of([PATIENT, *numbered])
    (person,) = heap.persons(BOOK, day)
    assert len(person.outcomes) + len(heap.others) == 1 + len(resources), "nothing is lost"
    return person


def values(person: PersonRead) -> Mapping[str, Any]:
    return {f: a.value for f, a in person.answers.items() if f not in ("age_years", "sex_at_birth")}


def last(person: PersonRead) -> tuple[str, str]:
    outcome = person.outcomes[-1]
    return outcome.pile, "; ".join(outcome.reasons)


@pytest.mark.parametrize(
    ("born", "on", "age"),
    [
        ("1955-11-22", "2026-11-21", 70),
        ("1955-11-22", "2026-11-22", 71),
        ("2000-02-29", "2026-02-28", 25),
        ("1926-11-21", "2026-11-21", 100),
    ],
)
def test_age_is_in_completed_years_on_the_day_asked_for(born: str, on: str, age: int) -> None:
    (person,) = heap_of([PATIENT | {"birthDate": born}]).persons(BOOK, date.fromisoformat(on))
    assert person.answers["age_years"].value == age
    assert person.answers["age_years"].origins[0].resource == "Patient/p"


@pytest.mark.parametrize("born", ["2031-01-01", "1800-01-01", "yesterday", 1955, None, ["1955"]])
def test_an_impossible_birth_date_is_told_and_gives_no_age(born: Any) -> None:
    (person,) = heap_of([PATIENT | {"birthDate": born}]).persons(BOOK, DAY)
    assert "age_years" not in person.answers
    assert "birth date" in person.outcomes[0].reasons[0]
    assert person.answers["sex_at_birth"].value == "female"


def test_a_birth_year_alone_gives_an_age_with_a_remark() -> None:
    (person,) = heap_of([PATIENT | {"birthDate": "1950"}]).persons(BOOK, DAY)
    assert person.answers["age_years"].value == 76
    assert person.outcomes[0].reasons == ("its birth date is only 1950; the age may be a year less",)


def test_two_sexes_are_a_contradiction_and_neither_is_read() -> None:
    url = "http://hl7.org/fhir/us/core/StructureDefinition/us-core-birthsex"
    (person,) = heap_of([PATIENT | {"extension": [{"url": url, "valueCode": "M"}]}]).persons(BOOK, DAY)
    assert "sex_at_birth" not in person.answers
    assert [c.about for c in person.clashes] == ["sex_at_birth"]
    assert {a.value for a in person.clashes[0].told} == {"female", "male"}


def test_other_and_unknown_gender_are_no_sex_at_birth() -> None:
    for gender in ("other", "unknown", "", None, 7):
        (person,) = heap_of([PATIENT | {"gender": gender}]).persons(BOOK, DAY)
        assert "sex_at_birth" not in person.answers


def test_death_is_told() -> None:
    (person,) = heap_of([PATIENT | {"deceasedDateTime": "2020-05-05"}]).persons(BOOK, DAY)
    assert person.remarks == ("The record says that this person has died (2020-05-05).",)


@pytest.mark.parametrize(
    ("resource", "expected", "pile"),
    [
        (condition("E11.9"), {"diabetes": True}, "used"),
        (condition("44054006", SCT), {"diabetes": True}, "used"),
        (condition("E11.9", clinical="recurrence"), {"diabetes": True}, "used"),
        (condition("E11.9", clinical="resolved"), {}, "reported"),
        (condition("E11.9", verified="provisional"), {}, "reported"),
        (condition("E11.9", verified="entered-in-error"), {}, "reported"),
        (condition("E11.9", recordedDate="2027-01-01"), {}, "reported"),
        (condition("E11.9", recordedDate="soon"), {}, "reported"),
        (condition("E11.9", verified="refuted"), {}, "reported"),
        (condition("73211009", SCT, verified="refuted", recordedDate="2026-10-01"), {"diabetes": False}, "used"),
        (condition("73211009", SCT, verified="refuted", recordedDate="2020-10-01"), {}, "reported"),
        (condition("J45.909"), {}, "not_relevant"),
        (condition("E11.9", "http://example.org/local"), {}, "reported"),
        (about("Condition", code={"text": "sugar"}), {}, "reported"),
        (about("Condition"), {}, "reported"),
        (about("Condition", code="E11.9"), {}, "reported"),
        (condition("C50.9", clinical="remission"), {"history_of_cancer": True}, "used"),
        (condition("R25.2", recordedDate="2026-09-01"), {"sudden_painful_tightening": True}, "used"),
        (condition("R25.2", recordedDate="2025-09-01"), {}, "reported"),
        (
            condition("R25.2", onsetDateTime="2020-01-01", recordedDate="2026-11-01"),
            {"sudden_painful_tightening": True},
            "used",
        ),
        (condition("R25.2"), {}, "reported"),
        (
            condition("I21.9", onsetDateTime="2026-11-10"),
            {"heart_attack_angina_or_stroke": True, "recent_heart_attack": True, "structural_heart_disease": True},
            "used",
        ),
        (
            condition("I21.9", onsetDateTime="2016-11-10", recordedDate="2026-11-10"),
            {"heart_attack_angina_or_stroke": True, "structural_heart_disease": True},
            "used",
        ),
        (condition("no-known-problems", IPS, recordedDate="2026-11-01", clinical=""), None, "used"),
        (condition("no-problem-info", IPS), {}, "not_relevant"),
    ],
)
def test_a_condition(resource: Json, expected: Mapping[str, Any] | None, pile: str) -> None:
    person = read(resource)
    if expected is None:
        assert set(values(person).values()) == {False} and "diabetes" in values(person)
    else:
        assert values(person) == expected
    assert last(person)[0] == pile
    assert last(person)[1] or pile == "used", "whatever is not used says why"


def test_absence_from_a_record_answers_nothing() -> None:
    assert values(read()) == {}


def test_what_is_denied_and_stated_is_neither() -> None:
    person = read(condition("E10.9"), condition("73211009", SCT, verified="refuted", recordedDate="2026-10-01"))
    assert values(person) == {}
    assert [c.about for c in person.clashes] == ["diabetes"]
    assert {o.pile for o in person.outcomes[1:]} == {"reported"}


def test_nothing_known_beside_dialysis_is_told_and_dialysis_stays_open() -> None:
    person = read(condition("no-known-problems", IPS, recordedDate="2026-11-01"), condition("Z99.2"))
    assert "known_kidney_disease" not in person.answers and "on_dialysis" not in person.answers
    assert "on_dialysis and known_kidney_disease contradict each other" in person.clashes[0].reason
    assert person.answers["diabetes"].value is False


@pytest.mark.parametrize(
    ("resource", "reason"),
    [
        (lab("2823-3", 3.1, None), "its number has no unit"),
        (lab("2823-3", None), "it holds no number"),
        (lab("2823-3", "low"), "its value 'low' is not a number"),
        (lab("2823-3", True), "its value True is not a number"),
        (lab("2823-3", 3.1, "furlong"), "furlong is not a unit for this"),
        (lab("2823-3", 31), "2823-3 must lie between 1 and 12 mmol/L, not 31 mmol/L"),
        (lab("2823-3", 3.1, valueQuantity={"value": 2, "unit": "mmol/L", "comparator": "<"}), "only a bound (< 2)"),
        (lab("2823-3", 3.1, status="entered-in-error"), "entered in error"),
        (lab("2823-3", 3.1, status="preliminary"), "it is not final (preliminary)"),
        (lab("2823-3", 3.1, day="2027-01-01"), "it is dated 2027-01-01, after 2026-11-21"),
        (lab("2823-3", 3.1, day="last week"), "its date 'last week' is not a date"),
        (lab("2823-3", 3.1, effectiveDateTime=None), "it has no date"),
        (lab("2823-3", 3.1, day="2026-08-22"), "out of date (91 days old; the limit is 90)"),
        (lab("2823-3", 3.1, dataAbsentReason=concept("d", "unknown")), "it holds no value (unknown)"),
        (lab("2823-3", 3.1, valueQuantity=None), "its value is not a quantity"),
        (lab("2823-3", 3.1, code={"text": "Potassium"}), "it has words but no code: 'Potassium'"),
        (lab("2823-3", 3.1, code=concept("urn:oid:1.2.3", "K")), "coded only in a system that is not read"),
        (lab("2823-3", 3.1, code=None), "it has no code"),
    ],
)
def test_a_result_that_cannot_be_read_is_told(resource: Json, reason: str) -> None:
    person = read(resource)
    assert person.results == () and values(person) == {}
    assert last(person)[0] == "reported" and reason in last(person)[1]


@pytest.mark.parametrize(
    ("resource", "value", "remark"),
    [
        (lab("2823-3", 3.1), "3.1", ""),
        (lab("2823-3", "3.1"), "3.1", "the number is written as text"),
        (lab("2823-3", 3.1, code=concept(LOINC, "2823-3", "Sodium (wrong name)")), "3.1", ""),
        (lab("2823-3", 3.1, day="2026-08-23"), "3.1", ""),
        (
            lab("2823-3", 3.1, valueQuantity={"value": 3.1, "unit": "mEq/L", "comparator": None}),
            "3.1",
            "comparator is null",
        ),
        (lab("2823-3", 3.1, valueQuantity={"value": 3.1, "unit": "mmol/L", "code": "?"}), "3.1", ""),
        (lab("2823-3", 3.1, day="2026-11"), "3.1", ""),
    ],
)
def test_a_result_that_is_odd_is_read_with_a_remark(resource: Json, value: str, remark: str) -> None:
    person = read(resource)
    assert [(r.finding, str(r.value)) for r in person.results] == [("serum_potassium", value)]
    assert last(person)[0] == "used" and remark in last(person)[1]


def test_units_are_converted_and_the_reports_own_limits_are_kept() -> None:
    limits = [{"low": {"value": 8.5, "unit": "mg/dL"}, "high": {"value": 10.2, "unit": "mg/dL"}}]
    (result,) = read(lab("17861-6", 8.0, "mg/dL", referenceRange=limits)).results
    assert (result.finding, round(float(result.value), 2), result.unit) == ("serum_calcium_total", 2.0, "mmol/L")
    assert (str(result.entry.low), str(result.entry.high)) == ("8.5", "10.2")


def test_urea_nitrogen_is_not_urea() -> None:
    """28 mg/dL of urea nitrogen is 10 mmol/L; the same number of urea would be 4.7."""
    for code in ("3094-0", "6299-2"):
        (result,) = read(lab(code, 28, "mg/dL")).results
        assert round(float(result.value), 1) == 10.0
    (urea,) = read(lab("3091-6", 28, "mg/dL")).results
    assert round(float(urea.value), 1) == 4.7


def test_the_newest_readable_result_counts() -> None:
    person = read(
        lab("2823-3", 4.0, day="2026-10-01"),
        lab("6298-4", 3.2, day="2026-11-01T08:00:00Z"),
        lab("2823-3", 3.4, None, day="2026-11-02"),
    )
    assert [str(r.value) for r in person.results] == ["3.2"]
    assert [o.pile for o in person.outcomes[1:]] == ["not_relevant", "used", "reported"]
    assert person.outcomes[1].reasons == ("superseded by Observation/r1",)


@pytest.mark.parametrize(
    ("first", "second", "clash"),
    [
        ("2026-11-01", "2026-11-01", True),
        ("2026-11-01T08:00:00Z", "2026-11-01T08:00:00Z", True),
        ("2026-11-01T08:00:00Z", "2026-11-01", True),
        ("2026-11-01T08:00:00Z", "2026-11-01T09:00:00Z", False),
        ("2026-11-01", "2026-11-02", False),
    ],
)
def test_two_values_of_which_neither_is_newer_contradict_each_other(first: str, second: str, clash: bool) -> None:
    person = read(lab("2823-3", 4.0, day=first), lab("2823-3", 2.9, day=second))
    assert bool(person.clashes) is clash
    assert [str(r.value) for r in person.results] == ([] if clash else ["2.9"])
    assert [o.pile for o in person.outcomes[1:]] == (["reported"] * 2 if clash else ["not_relevant", "used"])


def test_the_same_value_twice_is_no_contradiction() -> None:
    person = read(lab("2823-3", 4.0), lab("2823-3", 4.0))
    assert not person.clashes and len(person.results) == 1


def test_a_panel_is_read_part_by_part() -> None:
    parts = [
        {"code": concept(LOINC, "8480-6"), "valueQuantity": {"value": 150, "unit": "mm[Hg]"}},
        {"code": concept(LOINC, "8462-4"), "valueQuantity": {"value": 90}},
        {"code": concept(LOINC, "0000-0")},
    ]
    person = read(
        about(
            "Observation",
            status="final",
            code=concept(LOINC, "85354-9"),
            effectiveDateTime="2026-11-21",
            component=parts,
        )
    )
    assert values(person) == {"systolic_bp": 150}
    assert last(person) == ("used", "its number has no unit")


SMOKING = {"never": "266919005", "daily": "449868002", "former": "8517006"}


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        ({"never": "2026-01-01"}, {"smoker": False}),
        ({"daily": "2026-01-01"}, {"smoker": True}),
        ({"former": "2026-01-01"}, {}),
        ({"never": "2025-01-01", "former": "2026-01-01"}, {}),
        ({"daily": "2025-01-01", "never": "2026-01-01"}, {"smoker": False}),
        ({"never": "2019-01-01"}, {}),
    ],
)
def test_the_newest_statement_counts_even_if_it_answers_nothing(told: dict[str, str], expected: Json) -> None:
    person = read(
        *(
            about(
                "Observation", status="final", code=concept(LOINC, "72166-2"), effectiveDateTime=day,
                valueCodeableConcept=concept(SCT, SMOKING[word], word),
            )
            for word, day in told.items()
        )
    )  # fmt: skip
    assert values(person) == expected


@pytest.mark.parametrize(
    ("due", "weeks"), [("2026-11-21", 40), ("2027-01-01", 34), ("2027-01-02", 34), ("2027-01-03", 33)]
)
def test_weeks_of_pregnancy_are_counted_back_from_the_due_date(due: str, weeks: int) -> None:
    """41 and 42 days before the due date are 34 completed weeks (34w1d, 34w0d), 43 days are 33w6d."""
    person = read(
        about(
            "Observation", status="final", code=concept(LOINC, "11778-8"), effectiveDateTime="2026-10-01",
            valueDateTime=due,
        )
    )  # fmt: skip
    assert values(person) == {"gestation_weeks": weeks, "pregnant": True}


HCTZ: Json = {"medicationCodeableConcept": concept(RXNORM, "5487", "hydrochlorothiazide")}
PRODUCT: Json = {"medicationCodeableConcept": concept(RXNORM, "310798", "hydrochlorothiazide 25 MG Oral Tablet")}


@pytest.mark.parametrize(
    ("resource", "names", "findings", "pile"),
    [
        (medicine(**HCTZ), ["hydrochlorothiazide"], {"taking_thiazide"}, "used"),
        (medicine(**PRODUCT), ["hydrochlorothiazide"], {"taking_thiazide"}, "used"),
        (medicine(medicationCodeableConcept=concept(ATC, "C03CA01")), ["furosemide"], {"taking_loop_diuretic"}, "used"),
        (medicine(medicationCodeableConcept={"text": "Lasix 40mg"}), ["Lasix 40mg"], {"taking_loop_diuretic"}, "used"),
        (
            medicine(medicationCodeableConcept=concept(RXNORM, "1", "Xyzabc 5 MG Oral Tablet")),
            ["Xyzabc 5 MG Oral Tablet"],
            set(),
            "used",
        ),
        (
            medicine(medicationCodeableConcept=concept(RXNORM, "1", "Hydrocortisone 10 MG/ML Topical Cream")),
            ["Hydrocortisone 10 MG/ML Topical Cream"],
            set(),
            "used",
        ),
        (
            medicine(medicationCodeableConcept=concept(RXNORM, "316672", "Simvistatin 10 MG")),
            ["Simvistatin 10 MG"],
            set(),
            "used",
        ),
        (medicine("stopped", **HCTZ), [], set(), "not_relevant"),
        (medicine("draft", **HCTZ), [], set(), "reported"),
        (medicine(intent="proposal", **HCTZ), [], set(), "reported"),
        (medicine(day="2020-01-01", **HCTZ), [], set(), "reported"),
        (medicine(day="2027-01-01", **HCTZ), [], set(), "reported"),
        (medicine(doNotPerform=True, **HCTZ), [], set(), "reported"),
        (medicine(), [], set(), "reported"),
        (
            medicine(
                medicationReference={"reference": "#m"},
                contained=[{"resourceType": "Medication", "id": "m", "code": concept(RXNORM, "5487", "HCTZ")}],
            ),
            ["hydrochlorothiazide"],
            {"taking_thiazide"},
            "used",
        ),
        (medicine(medicationReference={"reference": "Medication/gone"}), [], set(), "reported"),
        (
            medicine(medicationReference={"reference": "Medication/gone", "display": "indapamide"}),
            ["indapamide"],
            {"taking_thiazide"},
            "used",
        ),
        (
            about("MedicationStatement", status="active", effectivePeriod={"start": "2026-01-01"}, **HCTZ),
            ["hydrochlorothiazide"],
            {"taking_thiazide"},
            "used",
        ),
        (
            about("MedicationStatement", status="active", effectivePeriod={"end": "2026-01-01"}, **HCTZ),
            [],
            set(),
            "not_relevant",
        ),
        (
            about(
                "MedicationDispense", status="completed", whenHandedOver="2026-11-01", daysSupply={"value": 30}, **HCTZ
            ),
            ["hydrochlorothiazide"],
            {"taking_thiazide"},
            "used",
        ),
        (
            about(
                "MedicationDispense", status="completed", whenHandedOver="2026-10-01", daysSupply={"value": 30}, **HCTZ
            ),
            [],
            set(),
            "not_relevant",
        ),
        (about("MedicationDispense", status="completed", whenHandedOver="2026-11-01", **HCTZ), [], set(), "reported"),
    ],
)
def test_a_medicine(resource: Json, names: list[str], findings: set[str], pile: str) -> None:
    person = read(resource)
    assert [t.name for t in person.medicines] == names
    assert {f for t in person.medicines for f in t.findings} == findings
    assert last(person)[0] == pile
    assert last(person)[1] or findings


def test_a_misspelt_statin_is_told_by_its_code() -> None:
    assert values(read(medicine(medicationCodeableConcept=concept(RXNORM, "316672", "Simvistatin 10 MG")))) == {
        "taking_statin": True
    }


def test_medicines_of_which_none_is_known_speak_only_for_prescribed_ones() -> None:
    resource = about(
        "MedicationStatement", status="active", effectiveDateTime="2026-11-01",
        medicationCodeableConcept=concept(IPS, "no-known-medications"),
    )  # fmt: skip
    told = values(read(resource))
    assert told["taking_statin"] is False and told["taking_diuretic"] is False
    assert (
        not {"taking_nsaid", "taking_ppi_long_term", "taking_laxatives_often", "taking_magnesium_products"}
        & told.keys()
    )
    both = read(resource, medicine(**HCTZ))
    assert "taking_diuretic" not in both.answers and both.medicines
    assert any("taking_diuretic" in c.reason for c in both.clashes)


def test_allergies_and_procedures() -> None:
    allergy = about("AllergyIntolerance", clinicalStatus=concept("c", "active"), code=concept(RXNORM, "161"))
    none_known = about("AllergyIntolerance", code=concept(SCT, "716186003"), recordedDate="2026-01-01")
    dialysis = about("Procedure", status="completed", code=concept(SCT, "302497006"), performedDateTime="2026-11-19")
    assert values(read(allergy)) == {"paracetamol_allergy": True}
    assert values(read(none_known))["lidocaine_allergy"] is False
    assert values(read(dialysis)) == {"on_dialysis": True}
    assert values(read(dialysis | {"performedDateTime": "2025-11-19"})) == {}
    assert last(read(dialysis | {"status": "not-done"})) == (
        "reported",
        "it was not done, or that is not known (not-done)",
    )


@pytest.mark.parametrize(
    "strange",
    [
        {"resourceType": "Observation", "id": "x", "subject": {"reference": "Patient/other"}},
        {"resourceType": "Observation", "id": "x"},
        {"resourceType": "Observation", "id": "x", "subject": "Patient/p"},
        {"resourceType": "Encounter", "id": "x"},
        {"resourceType": 7},
        {},
        [],
        None,
        "Patient",
    ],
)
def test_what_is_about_no_one_here_is_kept_in_sight(strange: Any) -> None:
    assert values(read(strange)) == {}


@pytest.mark.parametrize(
    ("part", "reason"),
    [
        ({"modifierExtension": [{"url": "http://example.org/not-so", "valueBoolean": True}]}, "modifierExtension"),
        ({"implicitRules": "http://example.org/rules"}, "implicitRules"),
        ({"focus": [{"reference": "Patient/child"}]}, "focus"),
    ],
)
def test_what_changes_the_meaning_of_a_resource_is_not_guessed(part: Json, reason: str) -> None:
    person = read(lab("2823-3", 3.1) | part)
    assert person.results == () and last(person)[0] == "reported" and reason in last(person)[1]
    assert values(read(condition("E11.9") | part)) == {}


def test_a_resource_that_is_here_twice_counts_once() -> None:
    heap = heap_of([PATIENT, PATIENT, PATIENT | {"birthDate": "1999-01-01"}])
    (person,) = heap.persons(BOOK, DAY)
    assert person.answers["age_years"].value == 70
    assert [o.reasons[0] for o in heap.others] == [
        "it is here twice, word for word",
        "it is here twice, with different content; the first one counts",
    ]


def test_bundles_lie_in_bundles_and_refer_by_urn() -> None:
    order = medicine(medicationReference={"reference": "urn:uuid:m"}) | {"subject": {"reference": "urn:uuid:p"}}
    inner = {
        "resourceType": "Bundle",
        "entry": [{"fullUrl": "urn:uuid:o", "resource": order}, {"fullUrl": "urn:uuid:n"}],
    }
    drug = {"resourceType": "Medication", "code": concept(RXNORM, "5487", "HCTZ")}
    outer = {
        "resourceType": "Bundle",
        "entry": [
            {"resource": inner},
            {"fullUrl": "urn:uuid:p", "resource": {k: v for k, v in PATIENT.items() if k != "id"}},
            {"fullUrl": "urn:uuid:m", "resource": drug},
        ],
    }
    heap = heap_of([outer])
    (person,) = heap.persons(BOOK, DAY)
    assert [t.name for t in person.medicines] == ["hydrochlorothiazide"]
    assert [(o.kind, o.pile) for o in heap.others] == [("unknown", "reported"), ("Medication", "not_relevant")]


def test_persons_are_kept_apart() -> None:
    other = PATIENT | {"id": "q", "birthDate": "2000-01-01"}
    mine, theirs = (
        condition("E11.9"),
        condition("G35") | {"subject": {"reference": "http://host/fhir/Patient/q/_history/2"}},
    )
    heap = heap_of([mine, theirs, PATIENT, other])
    found = {p.patient: values(p) for p in heap.persons(BOOK, DAY)}
    assert found == {"p": {"diabetes": True}, "q": {"known_multiple_sclerosis": True}}
    assert [p.patient for p in heap.persons(BOOK, DAY, "q")] == ["q"]


def test_each_answer_says_where_it_comes_from() -> None:
    (origin,) = read(condition("E11.9", recordedDate="2026-11-11")).answers["diabetes"].origins
    assert (origin.resource, origin.code, origin.date, origin.age_days, origin.entry) == (
        "Condition/r0", "icd10|E11.9", "2026-11-11", 10, "rec_diabetes",
    )  # fmt: skip
