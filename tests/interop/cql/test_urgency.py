"""The exported CQL, in other people's engine, says of everybody what the reference interpreter says."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from random import Random
from typing import Any

import pytest

from crampwise.assess.engine import Engine, engine_of
from crampwise.assess.intake import Intake
from crampwise.assess.known import know
from crampwise.book.book import rank
from crampwise.book.schema.common import LEVELS
from crampwise.edges.cql.library import NAME, library
from crampwise.interpret.person import evaluate
from crampwise.interpret.world import close
from crampwise.logic.answers import Answers, Value
from crampwise.logic.errors import InputError
from crampwise.logic.findings import Choice, Finding, YesNo
from crampwise.logic.rules import Compare, walk
from crampwise.logic.truth import Truth
from tests.support.cql import run, told, translated
from tests.support.people import shipped, values_of

PEOPLE = 2_000
ASKED = (0, 3, 10, 40, 100)
NEAR = tuple(map(Decimal, ("-1", "-0.1", "0", "0.1", "1")))
TRUTHS = {True: Truth.TRUE, None: Truth.UNKNOWN, False: Truth.FALSE}


@dataclass(frozen=True)
class Said:
    """Truth of each red flag in both readings, and the two urgencies."""

    certain: Mapping[str, Truth]
    possible: Mapping[str, Truth]
    levels: tuple[str, str]


def meant(engine: Engine, intake: Intake) -> Said:
    """What the reference interpreter says, rule by rule over closed answers."""
    known = know(engine, intake)
    given = known.given
    closed = close(engine.world, given)
    tested = {f for r in known.results for f in r.test.results}
    aside = {f: v for f, v in engine.not_found.items() if closed.get(f) is None and f not in tested}
    alone = close(engine.world, Answers({**given.values, **aside}))
    flags = engine.book.red_flags.values()
    certain = {f.id: evaluate(f.when, closed) for f in flags}
    possible = {f.id: evaluate(f.when, alone) for f in flags}
    fired = [rank(f.level) for f in flags if certain[f.id] is Truth.TRUE]
    still = [rank(f.level) for f in flags if possible[f.id] is not Truth.FALSE]
    levels = LEVELS[max(fired, default=0)], LEVELS[max([*fired, *still], default=0)]
    return Said(certain, possible, levels)


def said(results: Mapping[str, Any]) -> Said:
    rows = {row["id"]: row for row in results["Red flags"]}
    return Said(
        {id_: TRUTHS[row["certain"]] for id_, row in rows.items()},
        {id_: TRUTHS[row["possible"]] for id_, row in rows.items()},
        (results["Urgency certain"], results["Urgency possible"]),
    )


def people(engine: Engine, count: int) -> Iterator[dict[str, Value]]:
    """Examples of red flags with other answers around them, from nothing to nearly everything; numbers at borders."""
    random = Random(20261121)
    flags = list(engine.book.red_flags.values())
    used = sorted({f for flag in flags for f in engine.reads[f"red_flag/{flag.id}"]} | {"height_cm", "serum_albumin"})
    borders: dict[str, set[Decimal]] = {}
    for rule in engine.rules.values():
        for node in walk(rule):
            if isinstance(node, Compare):
                borders.setdefault(node.finding.id, set()).add(node.threshold)

    def value(finding: Finding, yes: float) -> Value:
        match finding:
            case YesNo():
                return random.random() < yes
            case Choice(_, options):
                return random.choice(options)
            case _:
                middle = (finding.low + finding.high) / 2
                near = random.choice(sorted(borders.get(finding.id) or {middle})) + random.choice(NEAR)
                return min(max(near, finding.low), finding.high)

    while count:
        flag, yes = random.choice(flags), random.choice((0.02, 0.3))
        examples = [*flag.examples.fires, *flag.examples.clears, *flag.examples.open, {}]
        values = values_of(engine.book, random.choice(examples))
        for id_ in random.sample(used, random.choice(ASKED)):
            values.setdefault(id_, value(engine.book.catalogue[id_], yes))
        try:
            know(engine, Intake(Answers(values)))
        except InputError:
            continue  # answers that contradict each other
        count -= 1
        yield values


@pytest.fixture(scope="module")
def engine() -> Engine:
    return engine_of(shipped())


@pytest.fixture(scope="module")
def exported(engine: Engine, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("cql")
    (folder / f"{NAME}.cql").write_text(library(engine), "utf-8")
    assert translated(folder, [NAME]) == []
    return folder


def as_resources(engine: Engine, id_: str, values: Mapping[str, Value]) -> list[dict[str, Any]]:
    return [
        {"resourceType": "Patient", "id": id_},
        *(told(engine.book.catalogue[finding], value) for finding, value in values.items()),
    ]


def test_two_thousand_people_get_the_urgency_of_the_reference(engine: Engine, exported: Path) -> None:
    everybody = {f"p{i}": values for i, values in enumerate(people(engine, PEOPLE))}
    results = run(exported, NAME, [as_resources(engine, id_, values) for id_, values in everybody.items()])
    assert len(results) == PEOPLE
    met: Counter[tuple[str, str]] = Counter()
    truths: Counter[Truth] = Counter()
    discordant = []
    for id_, values in everybody.items():
        wanted, got = meant(engine, Intake(Answers(values))), said(results[id_])
        assert results[id_]["Contradictions"] == []
        met[wanted.levels] += 1
        truths.update(wanted.possible.values())
        if wanted != got:
            differing = [f for f in wanted.certain if wanted.certain[f] is not got.certain[f]]
            differing += [f for f in wanted.possible if wanted.possible[f] is not got.possible[f]]
            discordant.append((id_, values, wanted.levels, got.levels, differing))
    assert discordant == []
    assert {certain for certain, _ in met} == set(LEVELS)
    assert min(truths.values()) > PEOPLE


def test_nothing_known_is_nothing_certain_and_everything_possible(engine: Engine, exported: Path) -> None:
    (result,) = run(exported, NAME, [[{"resourceType": "Patient", "id": "nobody"}]]).values()
    assert (result["Urgency certain"], result["Urgency possible"]) == ("self_care", "emergency_now")
    assert result["Fired"] == []
    assert result["Settled"] is False


def test_a_contradiction_leaves_everything_possible(engine: Engine, exported: Path) -> None:
    yes, no = engine.book.catalogue["taking_thiazide"], engine.book.catalogue["taking_diuretic"]
    person = [{"resourceType": "Patient", "id": "torn"}, told(yes, True), told(no, False)]
    (result,) = run(exported, NAME, [person]).values()
    assert result["Contradictions"] == ["taking_diuretic: yes and no", "taking_thiazide: yes and no"]
    assert result["Urgency possible"] == "emergency_now"


def test_the_newest_answer_that_stands_counts(engine: Engine, exported: Path) -> None:
    potassium = engine.book.catalogue["serum_potassium"]
    old, new = (told(potassium, Decimal(v), d) for v, d in (("2.1", "2024-01-01"), ("4.0", "2025-03-04T10:00:00Z")))
    wrong = told(potassium, Decimal("2.0"), "2025-09-01") | {"status": "entered-in-error"}
    future = told(potassium, Decimal("2.0"), "2199-01-01")
    planned = told(potassium, Decimal("2.0"), "2025-09-01") | {"status": "registered"}
    person = [{"resourceType": "Patient", "id": "k"}, new, old, wrong, future, planned]
    (result,) = run(exported, NAME, [person]).values()
    assert said(result).certain["t_lab_potassium_severe"] is Truth.FALSE


@pytest.mark.parametrize(
    ("quantity", "severe"),
    [
        ({"value": 2.1, "unit": "mmol/L"}, Truth.TRUE),
        ({"value": 2.1, "system": "http://unitsofmeasure.org", "code": "meq/L"}, Truth.TRUE),
        ({"value": 2.1, "unit": "mg/dL"}, Truth.UNKNOWN),
        ({"value": 2.1}, Truth.UNKNOWN),
        ({"value": 2.1, "unit": "mmol/L", "comparator": "<"}, Truth.UNKNOWN),
        ({"value": 210, "unit": "mmol/L"}, Truth.UNKNOWN),
    ],
)
def test_a_result_is_read_with_its_unit_or_not_at_all(exported: Path, quantity: dict[str, Any], severe: Truth) -> None:
    result = {
        "resourceType": "Observation",
        "status": "final",
        "effectiveDateTime": "2020-07-01",
        "code": {"coding": [{"system": "http://loinc.org", "code": "2823-3"}]},
        "valueQuantity": quantity,
    }
    person: list[dict[str, Any]] = [{"resourceType": "Patient", "id": "k"}, result]
    (results,) = run(exported, NAME, [person], "2020-08-01").values()
    assert said(results).certain["t_lab_potassium_severe"] is severe


def test_a_result_that_is_too_old_or_undated_is_unknown(exported: Path) -> None:
    result = {
        "resourceType": "Observation",
        "status": "final",
        "code": {"coding": [{"system": "http://loinc.org", "code": "2823-3"}]},
        "valueQuantity": {"value": 2.1, "unit": "mmol/L"},
    }
    for day in ({}, {"effectiveDateTime": "2019-07-01"}):
        person: list[dict[str, Any]] = [{"resourceType": "Patient", "id": "k"}, {**result, **day}]
        (results,) = run(exported, NAME, [person], "2020-08-01").values()
        assert said(results).certain["t_lab_potassium_severe"] is Truth.UNKNOWN
