"""`crampwise screen` from the command line: what it writes, and what stands in its way."""

import json
import subprocess
import sys

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from crampwise.assess.engine import engine_of
from crampwise.book.compile import open_book
from crampwise.edges.cli.main import main
from crampwise.edges.population import parts
from crampwise.population import outcome
from crampwise.population.screen import Screen
from tests.support.crowd import as_batch, crowd


def run(capsys, *arguments):
    with pytest.raises(SystemExit) as stopped:
        main(["screen", *map(str, arguments)])
    said = capsys.readouterr()
    return stopped.value.code, said.out, said.err


@pytest.fixture(scope="module")
def findings(tmp_path_factory):
    book = open_book()
    screen = Screen(engine_of(book), tuple(book.measures.values()))
    folder = tmp_path_factory.mktemp("findings")
    table = pa.Table.from_batches([as_batch(screen, crowd(book, 300, 7))])
    pq.write_table(table, folder / "people.parquet", row_group_size=100)
    return folder


def test_a_screen_leaves_people_report_summary_and_measure_reports(findings, tmp_path, capsys):
    code, said, _ = run(capsys, findings, "--out", tmp_path / "out", "--as-of", "2026-11-21")
    assert code == 0 and "300 people screened, as of 2026-11-21." in said
    out = tmp_path / "out"
    assert {p.name for p in out.iterdir()} == {
        "people", "report.html", "summary.json", "measure-reports.json", "problems.ndjson"
    }  # fmt: skip
    people = pq.read_table(out / "people")
    assert people.num_rows == 300
    summary = json.loads((out / "summary.json").read_text())
    table = summary["urgency"]["certain_by_possible"]
    assert summary["people"] == 300
    certain = people["certain"].to_pylist()
    for level, row in zip(summary["urgency"]["levels"], table, strict=False):
        assert row[-1] is None or row[-1] == certain.count(level)
    for measure in summary["measures"]:
        among, found = people[f"among_{measure['id']}"].to_pylist(), people[measure["id"]].to_pylist()
        counted = sum(a is True and f is True for a, f in zip(among, found, strict=True))
        shown = measure["total"]["found"]
        assert shown == counted or (shown is None), measure["id"]
        assert not (shown is not None and 0 < shown < 5)
    page = (out / "report.html").read_text()
    assert "<script" not in page and "http://" not in page and "https://" not in page


def test_json_only_one_measure_and_no_causes(findings, tmp_path, capsys):
    code, said, _ = run(
        capsys, findings, "--out", tmp_path / "o", "--json", "--measure", "measure_statin_no_ck", "--no-causes"
    )
    assert code == 0
    assert [m["id"] for m in json.loads(said)["measures"]] == ["measure_statin_no_ck"]
    assert pq.read_table(tmp_path / "o" / "people")["causes"].null_count == 300


def test_what_stands_in_the_way_is_said_and_nothing_is_touched(findings, tmp_path, capsys):
    full = tmp_path / "full"
    full.mkdir()
    (full / "mine.txt").write_text("mine")
    code, _, said = run(capsys, findings, "--out", full)
    assert code == 3 and "is there already" in said and (full / "mine.txt").read_text() == "mine"
    code, _, said = run(capsys, tmp_path / "no", "--out", tmp_path / "o")
    assert code == 5 and "there is no such file or folder" in said
    code, _, said = run(capsys, full, "--out", tmp_path / "o")
    assert code == 3 and "holds nothing that can be screened" in said
    code, _, said = run(capsys, findings, "--out", tmp_path / "o", "--measure", "measure_statin_no_kc")
    assert code == 3 and "Did you mean 'measure_statin_no_ck'?" in said
    assert not (tmp_path / "o").exists() and not (tmp_path / "o.partial").exists()


def test_a_table_that_is_broken_or_names_what_no_rule_reads_is_refused(tmp_path, capsys):
    source = tmp_path / "s"
    source.mkdir()
    pq.write_table(pa.table({"person": ["a"], "serum_potasium": [3.0]}), source / "a.parquet")
    code, _, said = run(capsys, source, "--out", tmp_path / "o")
    assert code == 3 and "serum_potasium" in said
    (source / "a.parquet").write_bytes((source / "a.parquet").read_bytes()[:-20])
    code, _, said = run(capsys, source, "--out", tmp_path / "o")
    assert code == 3 and "not a whole Parquet file" in said


def test_impossible_values_are_unknown_counted_and_fatal_only_when_strict(tmp_path, capsys):
    source = tmp_path / "s"
    source.mkdir()
    table = pa.table({"person": ["a", None, "c"], "serum_potassium": [390.0, 4.0, 2.0]})
    pq.write_table(table, source / "a.parquet")
    code, said, _ = run(capsys, source, "--out", tmp_path / "o", "--json", "--suppress-below", "1")
    assert code == 0
    found = json.loads(said)
    assert found["people"] == 2
    whats = {p["what"]: p["count"] for p in found["quality"]["problems"]}
    assert whats == {
        "the row names no person; it was left out": 1,
        "serum_potassium does not lie between 1 and 12 mmol/L; read as unknown": 1,
    }
    assert len((tmp_path / "o" / "problems.ndjson").read_text().splitlines()) == 2
    people = pq.read_table(tmp_path / "o" / "people").to_pylist()
    assert people[0]["t_lab_potassium_severe"] is not True and people[1]["t_lab_potassium_severe"] is True
    code, _, said = run(capsys, source, "--out", tmp_path / "strict", "--strict")
    assert code == 3 and "row 2: the row names no person" in said
    assert not (tmp_path / "strict").exists() and not (tmp_path / "strict.partial").exists()


def test_a_screen_that_was_cut_off_goes_on_where_it_was(findings, tmp_path, capsys, monkeypatch):
    run(capsys, findings, "--out", tmp_path / "whole")
    monkeypatch.setattr(parts, "PART", 100)
    worked = outcome.screen_people
    calls = []

    def cut_off(screen, batch, causes):
        calls.append(batch.num_rows)
        if len(calls) == 2:
            raise KeyboardInterrupt
        return worked(screen, batch, causes)

    monkeypatch.setattr(parts, "screen_people", cut_off)
    code, _, _ = run(capsys, findings, "--out", tmp_path / "cut")
    assert code == 130 and not (tmp_path / "cut").exists()
    code, _, said = run(capsys, findings, "--out", tmp_path / "cut")
    assert code == 3 and "Add --resume" in said
    code, _, said = run(capsys, findings, "--out", tmp_path / "cut", "--resume", "--no-causes")
    assert code == 3 and "another causes" in said
    code, _, _ = run(capsys, findings, "--out", tmp_path / "cut", "--resume")
    assert code == 0 and calls == [100, 100, 100, 100]
    one, other = (pq.read_table(tmp_path / name / "people").sort_by("person") for name in ("whole", "cut"))
    assert one.to_pylist() == other.to_pylist()
    assert (tmp_path / "whole" / "summary.json").read_text() == (tmp_path / "cut" / "summary.json").read_text()


def test_nobody_of_the_people_is_named_on_the_screen_or_in_reports(findings, tmp_path):
    done = subprocess.run(
        [sys.executable, "-m", "crampwise", "screen", str(findings), "--out", str(tmp_path / "o")],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert "p17" not in done.stdout + done.stderr
    for name in ("report.html", "summary.json", "measure-reports.json"):
        assert '"p17"' not in (tmp_path / "o" / name).read_text()
