"""Records damaged in every way: nothing is fatal, every resource is accounted for, and damage never makes a no."""

import copy
import json
import random
from datetime import date
from typing import Any

import pytest

from crampwise.assess.engine import engine_of
from crampwise.assess.intake import read_intake
from crampwise.assess.known import know
from crampwise.book.tree import read_yaml
from crampwise.logic.errors import Problem
from crampwise.records.account import PersonRead
from crampwise.records.document import answers_file, record_json
from crampwise.records.people import Heap
from tests.support.people import shipped
from tests.support.records import examples

BOOK = shipped()
DAY = date(2021, 6, 1)
ROUNDS = 1_500
STRANGE: tuple[Any, ...] = (
    None, True, False, 0, -1, 7.5, float("nan"), float("inf"), 10**30, "", " ", "x", "entered-in-error",
    "no\nyes: no # {", "\x00\u2028\ud800", "9" * 5_000, "2021-13-45", "2021", "2999-01-01", "0001-01-01", "#",
    "urn:uuid:", [], [[]], [None], {}, {"coding": 3}, {"coding": [{"system": ["http://loinc.org"], "code": {"a": 1}}]},
    {"value": "NaN", "unit": {}}, {"reference": 5}, {"start": 3},
)  # fmt: skip


def sample(rng: random.Random) -> list[Any]:
    """A patient of Synthea with some resources, and some examples of the guides about the same person."""
    pool = PATIENTS[rng.choice(list(PATIENTS))]
    patient, rest = pool[0], pool[1:]
    others = [r for r in (*examples("us-core"), *examples("ips")) if r["resourceType"] != "Patient"]
    chosen = [*rng.sample(rest, min(12, len(rest))), *rng.sample(others, 6)]
    mine = {"reference": f"Patient/{patient['id']}"}
    chosen = [r | {k: mine for k in ("subject", "patient") if k in r and rng.random() < 0.9} for r in chosen]
    return copy.deepcopy([patient, *chosen])


def by_patient() -> dict[str, list[Any]]:
    """The first 40 patients, with what is about them."""
    found: dict[str, list[Any]] = {}
    for resource in examples("synthea"):
        if resource["resourceType"] == "Patient" and len(found) < 40:
            found[f"Patient/{resource['id']}"] = [resource]
    for resource in examples("synthea"):
        reference = resource.get("subject", {}).get("reference")
        if reference in found:
            found[reference].append(resource)
    return found


PATIENTS = by_patient()


def places(node: Any, into: list[tuple[Any, Any]]) -> list[tuple[Any, Any]]:
    keys = node.keys() if isinstance(node, dict) else range(len(node)) if isinstance(node, list) else ()
    for key in keys:
        into.append((node, key))
        places(node[key], into)
    return into


def damage(rng: random.Random, resources: list[Any]) -> list[Any]:
    for _ in range(rng.choice((1, 1, 2, 8))):
        holder, key = rng.choice(places(resources, []))
        action = rng.random()
        if action < 0.7:
            holder[key] = copy.deepcopy(rng.choice(STRANGE))
        elif isinstance(holder, dict) and action < 0.85:
            del holder[key]
        else:
            other, there = rng.choice(places(resources, []))
            holder[key] = copy.deepcopy(other[there])
    return resources


def read(resources: list[Any]) -> tuple[Heap, list[PersonRead]]:
    heap = Heap()
    for resource in resources:
        heap.add(resource)
    heap.sort()
    return heap, list(heap.persons(BOOK, DAY))


def noes(persons: list[PersonRead]) -> set[tuple[str, str]]:
    return {(p.patient, f) for p in persons for f, a in p.answers.items() if a.value is False}


@pytest.mark.parametrize("seed", range(4))
def test_damage_is_never_fatal_and_nothing_is_lost(seed: int) -> None:
    rng = random.Random(seed)
    for _ in range(ROUNDS // 4):
        resources = damage(rng, sample(rng))
        flat = [r for r in resources if not (isinstance(r, dict) and r.get("resourceType") == "Bundle")]
        inside = sum(
            len(list(_resources(r))) for r in resources if isinstance(r, dict) and r.get("resourceType") == "Bundle"
        )
        heap, persons = read(resources)
        assert len(heap.others) + sum(len(p.outcomes) for p in persons) == len(flat) + inside
        for person in persons:
            assert all(o.reasons for o in person.outcomes if o.pile != "used")
            json.dumps(record_json(person))


def _resources(bundle: Any) -> Any:
    """The resources in a Bundle, by plain recursion; entries that are no maps hold none."""
    entries = bundle.get("entry")
    for entry in entries if isinstance(entries, list) else [entries]:
        if isinstance(entry, dict):
            inner = entry.get("resource")
            if isinstance(inner, dict) and inner.get("resourceType") == "Bundle":
                yield from _resources(inner)
            else:
                yield inner


@pytest.mark.parametrize("seed", range(2))
def test_the_answers_of_a_damaged_record_can_be_assessed(seed: int) -> None:
    """The file that is written can be read back, holds what was read, and contradicts itself nowhere."""
    rng = random.Random(f"file {seed}")
    engine = engine_of(BOOK)
    for _ in range(60):
        _, persons = read(damage(rng, sample(rng)))
        for person in persons:
            problems: list[Problem] = []
            tree = read_yaml(answers_file(person), "me.yaml", problems)
            assert tree is not None and problems == []
            known = know(engine, read_intake(BOOK, tree))
            assert {f: known.given.get(f) for f in person.answers} == {f: a.value for f, a in person.answers.items()}
            assert set(person.medicines) == set() or len(known.medicines) >= 1


def test_taking_a_resource_away_never_makes_a_no() -> None:
    """Absence says nothing: fewer entries give no new no, unless a newer statement was taken away."""
    rng = random.Random("away")
    for _ in range(300):
        resources = [r for r in sample(rng) if r["resourceType"] != "Observation"]
        if len(resources) < 2:
            continue
        before = noes(read(copy.deepcopy(resources))[1])
        del resources[rng.randrange(1, len(resources))]
        assert noes(read(resources)[1]) <= before
