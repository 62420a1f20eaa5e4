"""Whole records of others are read with every resource accounted for, from files as they come; and by the command."""

import gzip
import json
import os
import subprocess
import sys
from collections import Counter
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml

from crampwise.edges.records.files import load
from crampwise.records.people import Heap
from tests.support.people import shipped
from tests.support.records import examples, lines

BOOK = shipped()


@pytest.fixture(scope="module")
def bulk(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The Synthea patients as a bulk export writes them, some files packed and some not."""
    folder = tmp_path_factory.mktemp("bulk")
    for name, data in lines("synthea"):
        if name.startswith(("Observation", "Encounter")):
            (folder / f"{name}.gz").write_bytes(gzip.compress(data, 1))
        else:
            (folder / name).write_bytes(data)
    return folder


def resources_of(whole: Any) -> list[Any]:
    """An independent count: every resource that is not a Bundle, by plain recursion."""
    if whole.get("resourceType") != "Bundle":
        return [whole]
    return [r for entry in whole["entry"] for r in resources_of(entry["resource"])]


def accounted(heap: Heap, day: date) -> Counter[tuple[str, str]]:
    found: Counter[tuple[str, str]] = Counter((o.kind, o.pile) for o in heap.others)
    for person in heap.persons(BOOK, day):
        found.update((o.kind, o.pile) for o in person.outcomes)
        for outcome in person.outcomes:
            assert outcome.reasons or outcome.pile == "used", f"{outcome.resource} is {outcome.pile} without a reason"
    return found


def test_all_615_synthea_patients_are_read_and_nothing_is_lost(bulk: Path) -> None:
    loaded = load(bulk)
    found = accounted(loaded.heap, date(2021, 6, 1))
    assert len(loaded.heap.own) == 615 and loaded.unread == [] and loaded.files == 6
    counted = Counter(r["resourceType"] for r in examples("synthea"))
    assert sum(counted.values()) == 130_726
    by_kind: Counter[str] = Counter()
    for (kind, _), number in found.items():
        by_kind[kind] += number
    assert by_kind == counted
    assert found["Patient", "used"] == 615
    assert found["MedicationRequest", "not_relevant"] == 3_506, "as many as are marked stopped"
    assert found["Encounter", "not_relevant"] == 18_098


def test_what_the_synthea_patients_have_is_found(bulk: Path) -> None:
    """Counted here by hand over the raw resources: persons with the code, whatever else they have."""
    raw = examples("synthea")
    active = {
        (r["code"]["coding"][0]["code"], r["subject"]["reference"].removeprefix("Patient/"))
        for r in raw
        if r["resourceType"] == "Condition" and r["clinicalStatus"]["coding"][0]["code"] == "active"
    }
    day = date(2021, 6, 1)
    people = {p.patient: p for p in load(bulk).heap.persons(BOOK, day)}
    for code, finding in (("44054006", "diabetes"), ("38341003", "hypertension"), ("88805009", "heart_failure")):
        wanted = {patient for c, patient in active if c == code}
        assert wanted and wanted <= {p for p, read in people.items() if finding in read.answers}
    assert not any("sudden_painful_tightening" in p.answers for p in people.values()), "Synthea knows no cramps"
    no = Counter(f for p in people.values() for f, a in p.answers.items() if a.value is False)
    assert set(no) == {"smoker"}, "only a statement says no"
    dead = sum("deceasedDateTime" in r for r in raw if r["resourceType"] == "Patient")
    assert sum(bool(p.remarks) for p in people.values()) == dead == 124


def test_most_names_of_medicines_are_recognised(bulk: Path) -> None:
    """Of the 4,712 requests; what is left are misspelt names, and medicines the book does not hold."""
    from crampwise.records.fhir import codes_in
    from crampwise.records.products import product

    known = 0
    requests = [r["medicationCodeableConcept"] for r in examples("synthea") if r["resourceType"] == "MedicationRequest"]
    for concept in requests:
        known += bool(product(BOOK, tuple(codes_in(concept)), concept.get("text", "")).ingredients)
    assert len(requests) == 4_712
    misspelt = sum("imvistatin" in c["coding"][0]["display"] for c in requests)
    assert known / (len(requests) - misspelt) > 0.85


@pytest.mark.parametrize("folder", ["us-core", "ips"])
def test_the_examples_of_the_guides_are_read_and_nothing_is_lost(folder: str) -> None:
    heap = Heap()
    wanted = 0
    for example in examples(folder):
        wanted += len(resources_of(example))
        heap.add(example)
    heap.sort()
    assert sum(accounted(heap, date(2026, 11, 21)).values()) == wanted > 40


@pytest.mark.parametrize("bundle", [r["id"] for r in examples("ips") if r["resourceType"] == "Bundle"])
def test_each_patient_summary_gives_its_person(bundle: str) -> None:
    (document,) = [r for r in examples("ips") if r["resourceType"] == "Bundle" and r["id"] == bundle]
    heap = Heap()
    heap.add(document)
    heap.sort()
    (person,) = heap.persons(BOOK, date(2026, 11, 21))
    assert {"age_years", "sex_at_birth"} <= person.answers.keys()
    assert len(person.outcomes) + len(heap.others) == len(document["entry"])


def run(*arguments: str, code: int = 0) -> tuple[str, str]:
    done = subprocess.run(
        [sys.executable, "-m", "crampwise", *arguments], capture_output=True, text=True, check=False, timeout=120
    )
    assert done.returncode == code, done.stderr
    assert "Traceback" not in done.stderr
    return done.stdout, done.stderr


@pytest.fixture
def summary(tmp_path: Path) -> Path:
    (document,) = [r for r in examples("ips") if r.get("id") == "bundle-ips-all-sections"]
    path = tmp_path / "summary.json"
    path.write_text(json.dumps(document), "utf-8")
    return path


def test_a_summary_becomes_answers_that_can_be_assessed(summary: Path, tmp_path: Path) -> None:
    out = tmp_path / "me.yaml"
    shown, _ = run("fhir", "import", str(summary), "--as-of", "2024-09-01", "--out", str(out))
    assert "High blood pressure: yes" in shown and "42 resources: " in shown
    assert out.stat().st_mode & 0o077 == 0, "health data is for its owner alone"
    text = out.read_text("utf-8")
    assert "hypertension: yes  # Essential hypertension (Condition/" in text
    assessed, _ = run("assess", str(out), "--json")
    assert "lisinopril" in assessed


def test_a_check_goes_on_from_what_was_read(tmp_path: Path) -> None:
    """Results and names are kept; that a medicine is not in the record is not a no to it."""
    record = [
        {"resourceType": "Patient", "id": "p", "gender": "male", "birthDate": "1960-01-01"},
        {"resourceType": "Observation", "id": "o", "status": "final", "effectiveDateTime": "2026-11-01",
         "subject": {"reference": "Patient/p"}, "code": {"coding": [{"system": "http://loinc.org", "code": "2823-3"}]},
         "valueQuantity": {"value": 2.4, "unit": "mmol/L"}},
        {"resourceType": "MedicationStatement", "id": "m", "status": "active", "effectiveDateTime": "2026-11-01",
         "subject": {"reference": "Patient/p"}, "medicationCodeableConcept": {"text": "indapamide"}},
    ]  # fmt: skip
    path, out = tmp_path / "record.ndjson", tmp_path / "me.yaml"
    path.write_text("".join(json.dumps(r) + "\n" for r in record), "utf-8")
    run("fhir", "import", str(path), "--as-of", "2026-11-21", "--out", str(out))
    assert "# Is this all that is taken?" in out.read_text("utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "crampwise", "check", "--plain", "--resume", str(out)],
        input="d\n", capture_output=True, text=True, check=False, timeout=60,
        env=os.environ | {"XDG_STATE_HOME": str(tmp_path)},
    )  # fmt: skip
    assert "Potassium" in done.stdout and "2.4 mmol/L" in done.stdout, done.stderr
    kept = yaml.safe_load((tmp_path / "crampwise" / "answers.yaml").read_text("utf-8"))
    assert kept["medicines"] == ["indapamide"]
    assert "taking_lithium" not in kept["answers"]


def test_what_the_person_said_stays(summary: Path, tmp_path: Path) -> None:
    given, out = tmp_path / "given.yaml", tmp_path / "out.yaml"
    given.write_text("person: {age: 70}\nanswers: {hypertension: no, known_arthritis: not_sure}\n", "utf-8")
    shown, _ = run("fhir", "import", str(summary), "--answers", str(given), "--out", str(out), "--as-of", "2024-09-01")
    assert "High blood pressure: you said no, the record yes" in shown
    assert "Arthritis: you said not sure, the record yes" in shown
    text = out.read_text("utf-8")
    assert "hypertension" not in text and "known_arthritis" not in text and "age:" not in text


def test_json_tells_of_every_resource(summary: Path) -> None:
    told = json.loads(run("fhir", "import", str(summary), "--json")[0])
    (person,) = told["persons"]
    listed = len(person["resources"]) + len(told["others"])
    assert listed == 42 == sum(n for row in told["counts"].values() for n in row.values())


def test_a_folder_with_damage_is_read_as_far_as_it_can_be(tmp_path: Path) -> None:
    patient = json.dumps({"resourceType": "Patient", "id": "a/../b", "birthDate": "1950-01-01", "gender": "male"})
    other = patient.replace("a/../b", "c")
    (tmp_path / "Patient.ndjson").write_text(f"{patient}\n\n{{broken\n{other}\n[1]\n", "utf-8")
    (tmp_path / "cut.ndjson.gz").write_bytes(gzip.compress(b'{"resourceType": "Encounter"}\n' * 500)[:-12])
    out = tmp_path / "answers"
    shown, told = run("fhir", "import", str(tmp_path), "--out", str(out))
    assert "2 patients" in shown and "unknown" in shown
    assert "Patient.ndjson:3: this is not JSON" in told and "cut.ndjson.gz: the packed file is damaged" in told
    assert sorted(p.name for p in out.iterdir()) == ["a_.._b.yaml", "c.yaml"]


@pytest.mark.parametrize(
    ("content", "arguments", "code", "message"),
    [
        (None, (), 5, "cannot be read"),
        ("", (), 3, "this is not JSON"),
        ("no", (), 3, "this is not JSON"),
        ("{}", ("--as-of", "soon"), 2, "write a day such as 2026-11-21"),
        ('{"resourceType": "Patient", "id": "a"}', ("--patient", "b"), 3, "there is no patient 'b' in it. There are 1"),
        ('{"resourceType": "Patient", "id": "a"}', ("--answers", "gone.yaml"), 5, "gone.yaml: cannot be read"),
    ],
)
def test_mistakes_are_told(
    tmp_path: Path, content: str | None, arguments: tuple[str, ...], code: int, message: str
) -> None:
    path = tmp_path / "record.json"
    if content is not None:
        path.write_text(content, "utf-8")
    assert message in run("fhir", "import", str(path), *arguments, code=code)[1]


def test_an_empty_folder_is_told(tmp_path: Path) -> None:
    assert "there is no file of a record" in run("fhir", "import", str(tmp_path), code=3)[1]


@pytest.mark.parametrize(
    ("address", "message"),
    [
        ("http://fhir.example.org/r4", "only reached in clear text"),
        ("https://me:secret@fhir.example.org/r4", "must hold no password"),
        ("https://", "is not an address"),
        ("http://127.0.0.1:1/fhir", "cannot be reached"),
    ],
)
def test_health_data_goes_only_where_it_is_safe(address: str, message: str) -> None:
    told = run("fhir", "import", address, "--patient", "a", code=3)[1]
    assert message in told and "secret" not in told


@pytest.mark.parametrize("library", ["orjson", "httpx2"])
def test_what_is_not_installed_is_told(library: str) -> None:
    start = "from crampwise.edges.cli.main import main; main(['fhir', 'import', 'x'])"
    code = f"import sys; sys.modules[{library!r}] = None; {start}"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 5
    assert f"{library} is not installed. Install it with: pip install 'crampwise[records]'." in done.stderr
