"""The exported CQL reads third-party records as `crampwise fhir import` does, and comes to the same urgency.

Medicines count by code alone in CQL, so each gets the RxNorm code of the ingredient that its name was read as, and
loses its name.
"""

import json
from collections import Counter
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from crampwise.assess.engine import Engine, engine_of
from crampwise.assess.intake import Intake
from crampwise.edges.cql.library import NAME, library
from crampwise.logic.answers import Answers
from crampwise.records.fhir import codes_in, named
from crampwise.records.products import product
from crampwise.records.read import read_person
from tests.interop.cql.test_urgency import meant, said
from tests.support.cql import run, translated
from tests.support.people import shipped
from tests.support.records import people

DAY = date(2020, 8, 1)
CRAMPS = {
    "resourceType": "Condition", "clinicalStatus": {"coding": [{"code": "active"}]}, "recordedDate": "2020-07-01",
    "code": {"coding": [{"system": "http://hl7.org/fhir/sid/icd-10-cm", "code": "R25.2"}]},
}  # fmt: skip


@pytest.fixture(scope="module")
def engine() -> Engine:
    return engine_of(shipped())


@pytest.fixture(scope="module")
def exported(engine: Engine, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("cql")
    (folder / f"{NAME}.cql").write_text(library(engine), "utf-8")
    assert translated(folder, [NAME]) == []
    return folder


def coded(engine: Engine, resource: dict[str, Any]) -> dict[str, Any]:
    """A medicine by the code of its ingredient instead of its name; other resources as they are."""
    concept = resource.get("medicationCodeableConcept")
    if concept is None:
        return resource
    found = product(engine.book, tuple(codes_in(concept)), named(concept))
    codes = [m.rxnorm for m in engine.book.medicines.values() if m.ingredient in found.ingredients[:1] and m.rxnorm]
    system = "http://www.nlm.nih.gov/research/umls/rxnorm"
    return resource | {
        "medicationCodeableConcept": {"coding": [{"system": system, "code": c} for c in codes[:1] or ["0"]]}
    }


def test_synthea_patients_get_the_urgency_of_the_reference(engine: Engine, exported: Path) -> None:
    everybody = {
        id_: [coded(engine, r) for r in resources] + ([CRAMPS] if i % 2 else [])
        for i, (id_, resources) in enumerate(people("synthea").items())
    }
    kinds = ("Patient", "Condition", "Observation", "Procedure", "MedicationRequest")
    read_by_cql = [[r for r in resources if r["resourceType"] in kinds] for resources in everybody.values()]
    results = run(exported, NAME, read_by_cql, DAY.isoformat())
    met: Counter[tuple[str, str]] = Counter()
    answers = 0
    discordant = []
    for id_, resources in everybody.items():
        read = read_person(engine.book, id_, resources, DAY)
        values = {f: a.value for f, a in read.answers.items()}
        names = tuple(dict.fromkeys(t.name for t in read.medicines if t.ingredients))
        wanted = meant(engine, Intake(Answers(values), names, tuple(r.entry for r in read.results)))
        got = said(results[id_])
        answers += len(values) + len(names) + len(read.results)
        met[wanted.levels] += 1
        if wanted != got:
            differing = [f for f in wanted.certain if wanted.certain[f] is not got.certain[f]]
            differing += [f for f in wanted.possible if wanted.possible[f] is not got.possible[f]]
            discordant.append((id_, wanted.levels, got.levels, differing, sorted(values), names))
    assert len(results) == len(everybody) == 615
    assert answers > 3 * len(everybody)
    assert len(met) > 1
    assert discordant == [], json.dumps(discordant[:3], default=str)
