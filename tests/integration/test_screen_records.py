"""Records of many people: read as one record is read, with every loss told, and planted truth found."""

import gzip
import json
import random
from collections.abc import Callable
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from benchmarks import bulk
from crampwise.assess.engine import engine_of
from crampwise.book.compile import open_book
from crampwise.edges.population import extract as extraction
from crampwise.edges.population.extract import RecordFile, extract
from crampwise.edges.population.job import FACTS, Job
from crampwise.edges.population.options import Options
from crampwise.edges.population.run import run
from crampwise.logic.errors import InputError
from crampwise.population.rows import BY_NAME
from crampwise.population.screen import Screen
from tests.support.bulk_records import expected_rows, known, resources_in

PEOPLE = 2000


def screened(source: Path, out: Path, **options):
    summary = run(open_book(), source, out, Options(bulk.AS_OF, **options), lambda *_: None)
    return summary, pq.read_table(out / "people").sort_by("person")


@pytest.fixture(scope="module")
def export(tmp_path_factory):
    folder = tmp_path_factory.mktemp("bulk")
    bulk.write(PEOPLE, folder)
    return folder


@pytest.fixture(scope="module")
def outcome(export, tmp_path_factory):
    out = tmp_path_factory.mktemp("out") / "o"
    return out, *screened(export, out)


def test_everything_planted_is_found_also_what_is_truly_unknown(outcome):
    _, summary, people = outcome
    rows = people.to_pylist()
    assert len(rows) == PEOPLE and summary["people"] == PEOPLE
    wrong = [(r["person"], c) for r in rows for c, v in bulk.planted(r["person"]).items() if r[c] is not v]
    assert wrong == []
    unknown = [r for r in rows if r[f"among_{bulk.DIALYSIS}"] is True and r[bulk.DIALYSIS] is None]
    assert len(unknown) == PEOPLE // 10
    assert summary["quality"]["problems"] == []
    (dialysis,) = [m["total"] for m in summary["measures"] if m["id"] == bulk.DIALYSIS]
    assert dialysis["rate"] is None and dialysis["bounds"] == [0.3333, 1.0]


def test_each_person_is_read_as_the_reader_of_one_record_reads_them(export, outcome):
    book = open_book()
    expected = expected_rows(book, resources_in(export), bulk.AS_OF)
    found = {r["person"]: known(r, book.record_facts) for r in pq.read_table(outcome[0] / "findings").to_pylist()}
    assert found == expected


def test_many_buckets_give_the_same(export, outcome, tmp_path, monkeypatch):
    monkeypatch.setattr(extraction, "PER_BUCKET", 200_000)
    _, people = screened(export, tmp_path / "o")
    assert len(list((tmp_path / "o" / "people").iterdir())) > 5
    assert people.equals(outcome[2])
    one, other = (pq.read_table(out / "findings").sort_by("person") for out in (outcome[0], tmp_path / "o"))
    assert one.equals(other)


def test_compressed_files_give_the_same(export, outcome, tmp_path):
    import pyarrow as pa

    source = tmp_path / "s"
    source.mkdir()
    for i, path in enumerate(sorted(export.iterdir())):
        if i % 2:
            (source / f"{path.name}.gz").write_bytes(gzip.compress(path.read_bytes(), 1))
        else:
            with pa.output_stream(str(source / f"{path.name}.zst"), compression="zstd") as file:
                file.write(path.read_bytes())
    _, people = screened(source, tmp_path / "o")
    assert people.equals(outcome[2])


def test_parquet_gives_the_same(export, outcome, tmp_path):
    import duckdb

    source = tmp_path / "s"
    source.mkdir()
    for path in export.iterdir():
        query = f"COPY (SELECT * FROM read_ndjson('{path}', sample_size = -1)) TO '{source / path.stem}.parquet'"
        duckdb.sql(query)
    _, people = screened(source, tmp_path / "o")
    assert people.equals(outcome[2])


def test_broken_lines_twins_and_cut_files_are_told_and_the_rest_is_read(export, outcome, tmp_path):
    source = tmp_path / "s"
    source.mkdir()
    for path in export.iterdir():
        (source / path.name).write_bytes(path.read_bytes())
    conditions = (source / "Condition.ndjson").read_bytes().splitlines(keepends=True)
    conditions[-3:-3] = [
        b'{"resourceType":"Condition"\n',
        b"[1]\n",
        b'{"resourceType":"Condition","id":"a","id":"b"}\n',
    ]
    (source / "Condition.ndjson").write_bytes(b"".join(conditions))
    patients = (source / "Patient.ndjson").read_bytes().splitlines(keepends=True)
    (source / "Patient.ndjson").write_bytes(b"".join([*patients, patients[0], b'{"resourceType":"Group"}\n']))
    summary, people = screened(source, tmp_path / "o")
    assert people.equals(outcome[2])
    told = {p["what"]: p["count"] for p in summary["quality"]["problems"]}
    assert told == {
        "it is not JSON: Expecting ',' delimiter": 1,
        "it is not a map": 1,
        "it gives a name twice": 1,
        "Patient: it is here twice, word for word": 1,
        "it is of another kind than the name of the file says": 1,
    }
    places = [json.loads(line)["where"] for line in (tmp_path / "o" / "problems.ndjson").read_text().splitlines()]
    assert {f"Condition.ndjson:{len(conditions) - n}" for n in (3, 4, 5)} | {"Patient.ndjson:2002"} <= set(places)
    with pytest.raises(InputError, match=r"Condition.ndjson:\d+"):
        screened(source, tmp_path / "strict", strict=True)
    assert not (tmp_path / "strict").exists()


def test_a_file_that_ends_in_the_middle_is_read_up_to_there(export, tmp_path):
    source = tmp_path / "s"
    source.mkdir()
    (source / "Patient.ndjson").write_bytes((export / "Patient.ndjson").read_bytes())
    whole = gzip.compress((export / "Observation.ndjson").read_bytes())
    (source / "Observation.ndjson.gz").write_bytes(whole[: len(whole) // 2])
    summary, people = screened(source, tmp_path / "o")
    assert people.num_rows == PEOPLE
    told = {p["what"]: p["count"] for p in summary["quality"]["problems"]}
    assert told["the file ends in the middle, or is damaged from there on"] == 1
    (file,) = [f for f in summary["quality"]["files"] if f["file"] == "Observation.ndjson.gz"]
    assert file["read"] > 1000


def test_nobody_is_said_to_lack_a_result_that_the_source_never_carries(export, tmp_path):
    source = tmp_path / "s"
    source.mkdir()
    for name in ("Patient.ndjson", "Condition.ndjson", "MedicationRequest.ndjson"):
        (source / name).write_bytes((export / name).read_bytes())
    _, people = screened(source, tmp_path / "o")
    for measure in (bulk.SALTS, bulk.POTASSIUM, bulk.CK, bulk.NERVES):
        assert set(people[measure].to_pylist()) == {None}


@pytest.mark.parametrize("fast", [True, False])
def test_what_changes_the_meaning_of_a_resource_is_not_guessed(export, tmp_path, fast):
    source, rnd = tmp_path / "s", random.Random(3)
    source.mkdir()
    changes = ({"modifierExtension": [{"url": "urn:x"}]}, {"implicitRules": "urn:x"}, {"focus": [{"reference": "a/b"}]})
    for path in export.iterdir():
        made = [json.loads(line) for line in path.read_text().splitlines()[:1500]]
        made = [r | rnd.choice(changes) if rnd.random() < 0.2 else r for r in made]
        lines = [json.dumps(r) for r in made] + ([] if fast else ["{"])
        (source / path.name).write_text("\n".join(lines) + "\n")
    screened(source, tmp_path / "o")
    book = open_book()
    whole = (json.loads(line) for p in sorted(source.iterdir()) for line in p.read_text().splitlines() if line != "{")
    found = {r["person"]: known(r, book.record_facts) for r in pq.read_table(tmp_path / "o" / "findings").to_pylist()}
    assert found == expected_rows(book, whole, bulk.AS_OF)


# --- hostile input


def _mutants() -> dict[str, Callable[[bytes, random.Random], bytes]]:
    def text(line: bytes, rnd: random.Random, put: list[bytes]) -> bytes:
        at = rnd.randrange(len(line))
        return line[:at] + rnd.choice(put) + line[at + rnd.choice([0, 1, 5]) :]

    def value(line: bytes, rnd: random.Random) -> bytes:
        resource = json.loads(line)
        key = rnd.choice([k for k in resource if k != "resourceType"])
        resource[key] = rnd.choice(
            [None, True, 5, -1e300, "x", [], {}, [[]], [{"a": 1}], {"coding": "x"}, "9999-99-99"]
        )
        return json.dumps(resource).encode()

    return {
        "cut": lambda line, rnd: line[: rnd.randrange(len(line))],
        "flip": lambda line, rnd: text(line, rnd, [bytes([rnd.randrange(256)]) for _ in range(4)]),
        "deep": lambda line, rnd: line[:-1] + b',"x":' + b"[" * rnd.choice([5, 500, 50_000]),
        "closed": lambda line, rnd: line[:-1] + b',"x":' + b"[" * 900 + b"]" * 900 + b"}",
        "huge": lambda line, rnd: text(line, rnd, [b"1" * 5000, b"1e999999", b"-0.0", b"NaN", b"Infinity"]),
        "type": value,
        "twice": lambda line, rnd: line[:-1] + b',"status":"final","status":"draft"}',
        "escape": lambda line, rnd: text(line, rnd, [b"\\ud800", b"\\u0000", b"\x00", b"\xff\xfe", b"\\"]),
    }


def fuzz(folder: Path, mutants: int, seed: int) -> None:
    """Mutate lines of every kind, read them in files of 50, and hold every line to account."""
    book = open_book()
    screen = Screen(engine_of(book), ())
    rnd, ways = random.Random(seed), list(_mutants().values())
    lines: dict[str, list[bytes]] = {}
    for number in range(60):
        for resource in bulk.Person(number).resources():
            lines.setdefault(str(resource["resourceType"]), []).append(json.dumps(resource).encode())
    for i in range(mutants // 50):
        kind = rnd.choice(list(lines))
        made = [rnd.choice(ways)(rnd.choice(lines[kind]), rnd) for _ in range(50)]
        written = [piece for line in made for piece in line.split(b"\n")]
        path = folder / f"{kind}.{i}.ndjson"
        path.write_bytes(b"\n".join(written) + b"\n")
        job = Job(folder / f"out{i}")
        job.work.mkdir()
        file = RecordFile(0, BY_NAME[kind], path, path.name)
        told = extract(job, screen, bulk.AS_OF, file, 1, strict=False, threads=1)
        (counted,) = told["quality"]["files"]
        entries = sum(bool(line.strip()) for line in written)
        lost = sum(told["quality"]["counts"].values())
        assert counted["rows"] == entries and counted["read"] + lost == entries, (kind, i)
        whole = extraction.facts_of_bucket(job, 0)
        run_fold(screen, whole, frozenset(told["present"]))
        assert (job.work / FACTS).is_dir()


def run_fold(screen: Screen, facts, present) -> None:
    from crampwise.population.bodies import Bodies
    from crampwise.population.fold import fold

    fold(screen, Bodies(screen.engine.book, bulk.AS_OF), present, facts)


def test_hostile_lines_never_crash_and_never_vanish(tmp_path):
    fuzz(tmp_path, 1000, 1)


def test_whole_files_are_read_the_fast_way(export, outcome, monkeypatch, tmp_path):
    monkeypatch.setattr(extraction, "by_lines", None)
    _, people = screened(export, tmp_path / "o")
    assert people.equals(outcome[2])
