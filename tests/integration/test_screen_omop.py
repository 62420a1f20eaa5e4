"""OMOP tables say what the FHIR files of the same people say."""

import csv
import json
from pathlib import Path

import duckdb
import pyarrow.parquet as pq
import pytest

from benchmarks import bulk
from crampwise.book.compile import open_book
from crampwise.edges.population.options import Options
from crampwise.edges.population.run import run
from crampwise.logic.errors import InputError

PEOPLE = 400
VOCABULARY = {bulk.ICD: "ICD10CM", bulk.SNOMED: "SNOMED", bulk.LOINC: "LOINC", bulk.RXNORM: "RxNorm"}


class Tables:
    """The generated people as OMOP tables."""

    def __init__(self) -> None:
        self.rows: dict[str, list[dict[str, object]]] = {name: [] for name in (
            "person", "condition_occurrence", "measurement", "drug_exposure", "visit_occurrence", "provider", "concept"
        )}  # fmt: skip
        self.concepts: dict[tuple[str, str], int] = {}

    def concept(self, vocabulary: str, code: str, name: str = "") -> int:
        if (vocabulary, code) not in self.concepts:
            id_ = self.concepts[vocabulary, code] = 1000 + len(self.concepts)
            row = {"concept_id": id_, "concept_name": name or code, "vocabulary_id": vocabulary, "concept_code": code}
            self.rows["concept"].append(row)
        return self.concepts[vocabulary, code]

    def coded(self, concept: dict) -> int:
        coding = concept["coding"][0]
        return self.concept(VOCABULARY[coding["system"]], coding["code"], coding["display"])

    def add(self, person: str, r: dict) -> None:
        match r["resourceType"]:
            case "Patient":
                year, month, day = r["birthDate"].split("-")
                gender = {"female": 8532, "male": 8507}[r["gender"]]
                self.rows["person"].append({"person_id": person, "gender_concept_id": gender, "year_of_birth": year,
                                            "month_of_birth": int(month), "day_of_birth": int(day)})  # fmt: skip
            case "Condition":
                over = r["clinicalStatus"]["coding"][0]["code"] == "resolved"
                icd = r["code"]["coding"][0]["system"] == bulk.ICD
                coded = self.coded(r["code"])
                self.rows["condition_occurrence"].append(
                    {"condition_occurrence_id": r["id"], "person_id": person,
                     "condition_concept_id": 0 if icd else coded, "condition_source_concept_id": coded if icd else 0,
                     "condition_start_date": r["onsetDateTime"],
                     "condition_end_date": r["onsetDateTime"] if over else ""})  # fmt: skip
            case "Observation":
                quantity = r["valueQuantity"]
                self.rows["measurement"].append(
                    {"measurement_id": r["id"], "person_id": person, "measurement_concept_id": self.coded(r["code"]),
                     "measurement_date": r["effectiveDateTime"][:10], "measurement_datetime": "",
                     "operator_concept_id": "", "value_as_number": quantity["value"], "value_as_concept_id": "",
                     "unit_concept_id": self.concept("UCUM", quantity["unit"]), "unit_source_value": ""})  # fmt: skip
            case "MedicationRequest":
                end = "2027-01-01" if r["status"] == "active" else r["authoredOn"]
                self.rows["drug_exposure"].append(
                    {"drug_exposure_id": r["id"], "person_id": person, "drug_source_value": "",
                     "drug_concept_id": self.coded(r["medicationCodeableConcept"]), "drug_source_concept_id": 0,
                     "drug_exposure_start_date": r["authoredOn"], "drug_exposure_end_date": end})  # fmt: skip
            case "Encounter":
                specialty = self.coded(r["serviceType"])
                self.rows["provider"].append({"provider_id": r["id"], "specialty_concept_id": specialty})
                self.rows["visit_occurrence"].append(
                    {"visit_occurrence_id": r["id"], "person_id": person, "provider_id": r["id"],
                     "visit_start_date": r["period"]["start"], "visit_end_date": r["period"]["end"]})  # fmt: skip

    def write(self, folder: Path) -> None:
        for name, rows in self.rows.items():
            with (folder / f"{name.upper()}.csv").open("w", newline="") as file:
                writer = csv.DictWriter(file, list(rows[0]))
                writer.writeheader()
                writer.writerows(rows)


@pytest.fixture(scope="module")
def tables(tmp_path_factory):
    folder, made = tmp_path_factory.mktemp("omop"), Tables()
    for number in range(PEOPLE):
        person = bulk.Person(number)
        for resource in person.resources():
            made.add(person.id, resource)
    made.write(folder)
    return folder


def screened(source, out):
    summary = run(open_book(), source, out, Options(bulk.AS_OF), lambda *_: None)
    return summary, pq.read_table(out / "people").sort_by("person")


def test_everything_planted_is_found_in_csv_and_in_parquet(tables, tmp_path):
    summary, people = screened(tables, tmp_path / "csv")
    rows = people.to_pylist()
    assert len(rows) == PEOPLE
    assert [(r["person"], c) for r in rows for c, v in bulk.planted(r["person"]).items() if r[c] is not v] == []
    assert summary["quality"]["problems"] == []
    source = tmp_path / "p"
    source.mkdir()
    for path in tables.iterdir():
        duckdb.sql(f"COPY (SELECT * FROM '{path}') TO '{source / path.stem.lower()}.parquet'")
    _, other = screened(source, tmp_path / "parquet")
    assert people.equals(other)


def test_the_same_people_as_fhir_have_the_same_findings(tables, tmp_path):
    bulk.write(PEOPLE, tmp_path / "fhir")
    screened(tables, tmp_path / "a")
    screened(tmp_path / "fhir", tmp_path / "b")
    one, other = (pq.read_table(tmp_path / x / "findings").sort_by("person") for x in "ab")
    assert one.to_pylist() == other.to_pylist()


def test_a_broken_line_is_told_and_a_missing_vocabulary_refused(tables, tmp_path):
    source = tmp_path / "s"
    source.mkdir()
    for path in tables.iterdir():
        (source / path.name).write_bytes(path.read_bytes())
    with (source / "MEASUREMENT.csv").open("a", newline="") as file:
        file.write("a,b,c,d,e,f,g,h,i,j,k,l,m,n\r\n")
    summary, _ = screened(source, tmp_path / "o")
    assert sum(p["count"] for p in summary["quality"]["problems"]) == 1
    assert "MEASUREMENT.csv" in json.loads((tmp_path / "o" / "problems.ndjson").read_text())["where"]
    (source / "CONCEPT.csv").unlink()
    with pytest.raises(InputError, match="no table CONCEPT"):
        screened(source, tmp_path / "p")
