"""The MeasureReports of a screen pass HL7's validator, hidden numbers and all; a defect planted in one does not."""

import copy
import json
from typing import Any

import pytest

from benchmarks import bulk
from crampwise.book.compile import open_book
from crampwise.edges.population.options import Options
from crampwise.edges.population.run import run
from tests.support.interop import Validator


@pytest.fixture(scope="module")
def reports(tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, Any]]:
    folder = tmp_path_factory.mktemp("screen")
    bulk.write(120, folder / "bulk")
    run(open_book(), folder / "bulk", folder / "out", Options(bulk.AS_OF), lambda *_: None)
    bundle = json.loads((folder / "out" / "measure-reports.json").read_text("utf-8"))
    return [entry["resource"] for entry in bundle["entry"]]


def test_every_report_is_valid(hl7: Validator, reports: list[dict[str, Any]]) -> None:
    assert len(reports) == len(open_book().measures)
    assert any("masked" in json.dumps(r) for r in reports)
    for report in reports:
        assert hl7.errors(report) == [], report["id"]


def test_a_planted_defect_is_seen(hl7: Validator, reports: list[dict[str, Any]]) -> None:
    broken = copy.deepcopy(reports[0])
    broken["status"] = "done"
    broken["group"][0]["population"][0]["count"] = "many"
    assert len(hl7.errors(broken)) >= 2
