"""Generated bulk exports with planted truth: FHIR R4 NDJSON in which it is known beforehand what a screen must find.

python -m benchmarks.bulk PEOPLE FOLDER writes one; everything follows from the number of a person.
"""

import json
import random
import sys
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from datetime import date, timedelta
from pathlib import Path

AS_OF = date(2026, 11, 21)
TYPES = ("Patient", "Condition", "MedicationRequest", "Observation", "Encounter")
CLASSES = 20

ICD, SNOMED = "http://hl7.org/fhir/sid/icd-10-cm", "http://snomed.info/sct"
LOINC, RXNORM = "http://loinc.org", "http://www.nlm.nih.gov/research/umls/rxnorm"
_CLINICAL = "http://terminology.hl7.org/CodeSystem/condition-clinical"
_OTHER_CONDITIONS = ("J45.909", "K21.9", "L40.9", "M54.5", "H52.4")
_OTHER_MEDICINES = (("311702", "cetirizine 10 MG Oral Tablet"), ("308191", "amoxicillin 500 MG Oral Capsule"))
_OTHER_LABS = (("789-8", "10*6/uL", 3.5, 5.5), ("6690-2", "10*3/uL", 3.0, 11.0), ("777-3", "10*3/uL", 120.0, 420.0))

AMONG, WHEN = "among_", ""
Truth = Mapping[str, bool | None]
SALTS, POTASSIUM = "measure_diuretic_no_salts", "measure_diuretic_no_potassium"
CK, DIALYSIS = "measure_statin_no_ck", "measure_dialysis_cramps"
NERVES, REPEATED = "measure_nerve_signs_no_neurology", "measure_potassium_not_repeated"


def _expect(measure: str, among: bool | None, found: bool | None) -> dict[str, bool | None]:
    return {f"{AMONG}{measure}": among, measure: found}


PLANTED: Mapping[int, Truth] = {
    0: _expect(SALTS, True, False) | _expect(POTASSIUM, True, False),
    1: _expect(SALTS, True, True) | _expect(POTASSIUM, True, False),
    2: _expect(SALTS, True, True) | _expect(POTASSIUM, True, True),
    3: _expect(DIALYSIS, True, None),
    4: _expect(DIALYSIS, True, None),
    5: _expect(CK, True, False),
    6: _expect(CK, True, True),
    7: _expect(DIALYSIS, True, True),
    8: _expect(NERVES, True, False),
    9: _expect(NERVES, True, True),
    10: _expect(REPEATED, True, True),
    11: _expect(REPEATED, True, False),
    12: {f"{AMONG}{SALTS}": None},
    13: {f"{AMONG}{SALTS}": None},
}
"""What must come out for people of each class (number of the person modulo `CLASSES`). Classes 3 and 4, one person in
ten, are truly unknown: on dialysis, and no record says whether they have cramps."""


def day(days_ago: int) -> str:
    return (AS_OF - timedelta(days=days_ago)).isoformat()


def _coding(system: str, code: str, text: str = "") -> dict[str, object]:
    return {"coding": [{"system": system, "code": code, "display": text}], "text": text}


class Person:
    """The resources of one person."""

    def __init__(self, number: int) -> None:
        self.id, self.kind = f"p{number:08d}", number % CLASSES
        self.random = random.Random(number)
        self.count = 0

    def resources(self) -> Iterator[dict[str, object]]:
        rnd, kind = self.random, self.kind
        born = date(1940, 1, 1) + timedelta(days=rnd.randrange(23000))
        yield {"resourceType": "Patient", "id": self.id, "gender": rnd.choice(["female", "male"]),
               "birthDate": born.isoformat()}  # fmt: skip
        for _ in range(rnd.randint(1, 2)):
            yield self.condition(rnd.choice(_OTHER_CONDITIONS), rnd.randint(0, 3000))
        yield self.medicine(*rnd.choice(_OTHER_MEDICINES), rnd.randint(0, 900), rnd.choice(["active", "completed"]))
        for code, unit, low, high in rnd.sample(_OTHER_LABS, rnd.randint(1, 3)):
            yield self.lab(code, unit, round(rnd.uniform(low, high), 1), rnd.randint(1, 360))
        if kind <= 2 or kind in (5, 6, 7, 8, 9, 13):
            yield self.condition("R25.2" if rnd.random() < 0.5 else "55300003", rnd.randint(1, 150))
        if kind == 12:
            yield self.condition("R25.2", rnd.randint(1, 150), "resolved")
        if kind <= 2 or kind in (12, 13):
            status = "stopped" if kind == 13 else "active"
            yield self.medicine("310798", "hydrochlorothiazide 25 MG Oral Tablet", rnd.randint(1, 900), status)
        yield from self._planted()

    def _planted(self) -> Iterator[dict[str, object]]:
        rnd, kind = self.random, self.kind
        if kind in (0, 1):
            yield self.lab("2823-3", "mmol/L", round(rnd.uniform(3.6, 5.0), 1), rnd.randint(1, 80))
            yield self.lab("2823-3", "mmol/L", round(rnd.uniform(2.0, 6.0), 1), rnd.randint(100, 900))
        if kind == 0:
            yield self.lab("2951-2", "mmol/L", round(rnd.uniform(136, 144), 0), rnd.randint(1, 80))
            yield self.lab("19123-9", "mg/dL", round(rnd.uniform(1.8, 2.2), 1), rnd.randint(1, 80))
        if kind in (3, 4, 7):
            yield self.condition("Z99.2", rnd.randint(1, 900))
        if kind in (5, 6):
            yield self.medicine("617311", "atorvastatin 40 MG Oral Tablet", rnd.randint(1, 900), "active")
        if kind == 5:
            yield self.lab("2157-6", "U/L", float(rnd.randint(40, 140)), rnd.randint(1, 80))
        if kind in (8, 9):
            yield self.condition("M62.81", rnd.randint(1, 20))
        if kind == 8:
            yield self.encounter("394591006", rnd.randint(1, 700))
        if kind in (10, 11):
            yield self.lab("2823-3", "mmol/L", 2.6, rnd.randint(40, 80) if kind == 10 else rnd.randint(1, 20))
            yield self.lab("789-8", "10*6/uL", 4.5, rnd.randint(1, 20))

    def _named(self, kind: str) -> dict[str, object]:
        self.count += 1
        return {"resourceType": kind, "id": f"{self.id}-{self.count}",
                "subject": {"reference": f"Patient/{self.id}"}}  # fmt: skip

    def condition(self, code: str, days_ago: int, status: str = "active") -> dict[str, object]:
        system = ICD if code[0].isalpha() else SNOMED
        return self._named("Condition") | {
            "clinicalStatus": _coding(_CLINICAL, status), "code": _coding(system, code), "onsetDateTime": day(days_ago),
            "recordedDate": day(days_ago),
        }  # fmt: skip

    def medicine(self, code: str, text: str, days_ago: int, status: str) -> dict[str, object]:
        return self._named("MedicationRequest") | {
            "status": status, "intent": "order", "medicationCodeableConcept": _coding(RXNORM, code, text),
            "authoredOn": day(days_ago),
        }  # fmt: skip

    def lab(self, code: str, unit: str, value: float, days_ago: int) -> dict[str, object]:
        return self._named("Observation") | {
            "status": "final", "code": _coding(LOINC, code), "effectiveDateTime": f"{day(days_ago)}T08:00:00Z",
            "valueQuantity": {"value": value, "unit": unit, "system": "http://unitsofmeasure.org", "code": unit},
        }  # fmt: skip

    def encounter(self, service: str, days_ago: int) -> dict[str, object]:
        return self._named("Encounter") | {
            "status": "finished", "serviceType": _coding(SNOMED, service),
            "period": {"start": day(days_ago), "end": day(days_ago)},
        }  # fmt: skip


def write(people: int, folder: Path, first: int = 0) -> None:
    """Write an export of `people`, one file for each kind of resource."""
    folder.mkdir(parents=True, exist_ok=True)
    with ExitStack() as stack:
        files = {t: stack.enter_context((folder / f"{t}.ndjson").open("w", encoding="utf-8")) for t in TYPES}
        for number in range(first, first + people):
            for resource in Person(number).resources():
                files[str(resource["resourceType"])].write(json.dumps(resource, separators=(",", ":")) + "\n")


def planted(person: str) -> Truth:
    """What must be found of a person, by their id."""
    return PLANTED.get(int(person.removeprefix("p")) % CLASSES, {})


if __name__ == "__main__":
    write(int(sys.argv[1]), Path(sys.argv[2]))
