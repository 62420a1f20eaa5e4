"""Spark says what DuckDB says: the same table, the same losses; and it goes on where it was cut off.

Needs PySpark and Java; `make spark` installs the one and asks for the other.
"""

import gzip
import json
import lzma
from datetime import date
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from benchmarks import bulk
from crampwise.book.compile import open_book
from crampwise.edges.population import spark
from crampwise.edges.population.options import EngineName, Options
from crampwise.edges.population.run import run
from crampwise.edges.population.spark import session

PEOPLE = 1000
SYNTHEA = Path(__file__).resolve().parents[1] / "data" / "synthea"


@pytest.fixture(scope="module", autouse=True)
def _one_spark():
    with session(Options(bulk.AS_OF, "spark", threads=2)):
        yield


def screened(source: Path, out: Path, engine: EngineName, as_of: date = bulk.AS_OF, **options):
    threads = 2 if engine == "spark" else 1
    summary = run(open_book(), source, out, Options(as_of, engine, threads=threads, **options), lambda *_: None)
    return summary, *(pq.read_table(out / name).sort_by("person") for name in ("people", "findings"))


@pytest.fixture(scope="module")
def export(tmp_path_factory):
    folder = tmp_path_factory.mktemp("bulk")
    bulk.write(PEOPLE, folder)
    path = folder / "Condition.ndjson"
    path.write_bytes(path.read_bytes() + b'{"resourceType":"Condition"\n{"resourceType":"Condition","a":1,"a":2}\n')
    return folder


@pytest.fixture(scope="module")
def by_duckdb(export, tmp_path_factory):
    return screened(export, tmp_path_factory.mktemp("duckdb") / "o", "duckdb")


def test_both_engines_give_the_same_table_and_the_same_summary(export, by_duckdb, tmp_path):
    summary, people, findings = screened(export, tmp_path / "o", "spark")
    assert people.num_rows == PEOPLE
    assert findings.equals(by_duckdb[2]) and people.equals(by_duckdb[1])
    assert summary == by_duckdb[0]
    assert [p["count"] for p in summary["quality"]["problems"]] == [1, 1]
    places = [json.loads(line)["where"] for line in (tmp_path / "o" / "problems.ndjson").read_text().splitlines()]
    assert all(place.startswith("Condition.ndjson:") for place in places)


def test_both_engines_agree_on_patients_of_other_software(tmp_path):
    source = tmp_path / "s"
    source.mkdir()
    for path in SYNTHEA.glob("*.ndjson.xz"):
        (source / path.stem).write_bytes(lzma.decompress(path.read_bytes()))
    (source / "Patient.ndjson.gz").write_bytes(gzip.compress((source / "Patient.ndjson").read_bytes()))
    (source / "Patient.ndjson").unlink()
    one = screened(source, tmp_path / "a", "duckdb", date(2020, 6, 1))
    other = screened(source, tmp_path / "b", "spark", date(2020, 6, 1))
    assert one[1].num_rows > 30
    assert one[1].equals(other[1]) and one[2].equals(other[2]) and one[0] == other[0]


def test_a_screen_on_spark_goes_on_where_it_was_cut_off(export, by_duckdb, tmp_path, monkeypatch):
    done: list[str] = []

    def cut_off(spark_, job, screen, options, file, buckets):
        if len(done) == 2:
            raise KeyboardInterrupt
        done.append(file.name)
        return worked(spark_, job, screen, options, file, buckets)

    worked = spark.extract_on_spark
    monkeypatch.setattr(spark, "extract_on_spark", cut_off)
    with pytest.raises(KeyboardInterrupt):
        screened(export, tmp_path / "o", "spark")
    monkeypatch.undo()
    kept = sorted(p.stem for p in (tmp_path / "o.partial" / "done").iterdir())
    _, people, _ = screened(export, tmp_path / "o", "spark", resume=True)
    assert kept == done
    assert people.equals(by_duckdb[1])
