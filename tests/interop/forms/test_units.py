"""Every unit in a form and in a result is UCUM by another project's library; HL7's validator does not look."""

import json
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from crampwise.assess.assess import assess
from crampwise.assess.engine import engine_of
from crampwise.book.compile import open_book
from crampwise.fhir.names import UCUM
from crampwise.fhir.outcome import Written, outcome
from crampwise.fhir.questionnaire import questionnaire
from tests.support.forms import CASES, case
from tests.support.interop import installed, node

ENGINE = engine_of(open_book())
AT = datetime(2026, 11, 21, 10, 0, tzinfo=UTC)


def units(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        if value.get("system") == UCUM:
            yield value["code"]
        for inner in value.values():
            yield from units(inner)
    if isinstance(value, list):
        for inner in value:
            yield from units(inner)


def wrong(codes: list[str]) -> list[str]:
    done = subprocess.run(
        [node(), "units.mjs"],
        cwd=installed("forms"),
        input=json.dumps(codes),
        capture_output=True,
        text=True,
        check=True,
    )
    return [c for c, valid in zip(codes, json.loads(done.stdout), strict=True) if not valid]


def test_every_unit_is_ucum() -> None:
    found = {u for scope in ("check", "examination", "results") for u in units(questionnaire(ENGINE, scope))}
    for path in CASES:
        intake = case(ENGINE.book, path).intake
        result = assess(ENGINE.book, intake, AT.date())
        found |= set(units(outcome(ENGINE, intake, result, Written(UUID(int=1), AT, "0.1.0"))))
    assert len(found) > 20
    assert wrong(sorted(found)) == []


def test_a_wrong_unit_is_noticed() -> None:
    assert wrong(["mmol/L", "mmol/Liter"]) == ["mmol/Liter"]
