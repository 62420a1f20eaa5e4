"""`make bench`: screening beside CQL, FHIRPath, SQL and hand-written code; end to end, growth and memory.

The predicate is the same for all: an active diuretic, and a newest potassium below 3.5 mmol/L; null where there is no
potassium. Everybody gets the same people in the same run, one core each; who is wrong is counted against the truth
that the people were made from.
"""

import json
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from benchmarks.bulk import AS_OF, LOINC, RXNORM, SNOMED, day
from benchmarks.report import machine, write_section

HERE = Path(__file__).resolve().parent / "population_peers"
NPM = Path(__file__).resolve().parents[1] / ".venv" / "population_peers"
PEOPLE = int(os.environ.get("BENCH_PEOPLE", "10000"))
SLOW = int(os.environ.get("BENCH_SLOW_PEOPLE", "1000"))
GROWTH = tuple(int(n) for n in os.environ.get("BENCH_GROWTH", "10000,100000,1000000").split(","))
ROUNDS = 3
DIURETICS = (("310798", "hydrochlorothiazide 25 MG Oral Tablet"), ("313988", "furosemide 40 MG Oral Tablet"))
OTHERS = (("617311", "atorvastatin 40 MG Oral Tablet"), ("860975", "metformin 500 MG Oral Tablet"))
LABS = (
    ("2951-2", "mmol/L", 132, 146),
    ("17861-6", "mg/dL", 8.1, 10.6),
    ("4548-4", "%", 4.8, 8.5),
    ("8867-4", "/min", 55, 105),
)
Found = dict[str, bool | None]


def people(count: int, folder: Path) -> Found:
    """Write people of 30 resources each, as Bundles and as one file for each kind; gives the truth."""
    rnd, truth = random.Random(20261121), Found()
    folder.mkdir(parents=True)
    kinds = ("Patient", "MedicationRequest", "Condition", "Observation")
    files = {kind: (folder / f"{kind}.ndjson").open("w") for kind in kinds}
    with (folder / "bundles.ndjson").open("w") as bundles, (folder / "truth.ndjson").open("w") as told:
        for number in range(count):
            id_, on, values = (
                f"p{number:08d}",
                rnd.random() < 0.3,
                [round(rnd.uniform(2.9, 5.1), 1) for _ in range(rnd.choice([0, 0, 1, 2, 3]))],
            )
            resources = _resources(id_, on, values, rnd)
            low = values[-1] < 3.5 if values else None
            truth[id_] = False if not on or low is False else low
            told.write(json.dumps({"id": id_, "found": truth[id_]}) + "\n")
            bundles.write(
                json.dumps(
                    {"resourceType": "Bundle", "type": "collection", "entry": [{"resource": r} for r in resources]},
                    separators=(",", ":"),
                )
                + "\n"
            )
            for r in resources:
                files[r["resourceType"]].write(json.dumps(r, separators=(",", ":")) + "\n")
    for file in files.values():
        file.close()
    return truth


def _resources(id_: str, on: bool, values: list[float], rnd: random.Random) -> list[dict[str, Any]]:
    """Potassium of the last weeks, oldest first; medicines, conditions and other results to make 30."""
    born = f"19{rnd.randint(30, 99)}-0{rnd.randint(1, 9)}-1{rnd.randint(0, 9)}"
    person = {"resourceType": "Patient", "id": id_, "gender": rnd.choice(["male", "female"]), "birthDate": born}
    found: list[dict[str, Any]] = [person]

    def add(kind: str, **rest: Any) -> None:
        found.append(
            {"resourceType": kind, "id": f"{id_}-{len(found)}", "subject": {"reference": f"Patient/{id_}"}, **rest}
        )

    def medicine(code: str, text: str, status: str) -> None:
        concept = {"coding": [{"system": RXNORM, "code": code, "display": text}], "text": text}
        add(
            "MedicationRequest",
            status=status,
            intent="order",
            medicationCodeableConcept=concept,
            authoredOn=day(rnd.randint(1, 900)),
        )

    def lab(code: str, unit: str, value: float, ago: int) -> None:
        concept = {"coding": [{"system": LOINC, "code": code}]}
        amount = {"value": value, "unit": unit, "system": "http://unitsofmeasure.org", "code": unit}
        when = f"{day(ago)}T08:00:00Z"
        add("Observation", status="final", code=concept, effectiveDateTime=when, valueQuantity=amount)

    if on or rnd.random() < 0.1:
        medicine(*rnd.choice(DIURETICS), "active" if on else "stopped")
    for _ in range(rnd.randint(2, 5)):
        medicine(*rnd.choice(OTHERS), rnd.choice(["active", "completed", "stopped"]))
    for _ in range(rnd.randint(1, 4)):
        status = {"coding": [{"system": "http://terminology.hl7.org/CodeSystem/condition-clinical", "code": "active"}]}
        disease = {"coding": [{"system": SNOMED, "code": rnd.choice(["38341003", "40930008", "59621000"])}]}
        add("Condition", clinicalStatus=status, code=disease, onsetDateTime=day(rnd.randint(1, 2000)))
    for place, value in enumerate(values):
        lab("2823-3", "mmol/L", value, 80 - 20 * place)
    while len(found) < 30:
        code, unit, least, most = rnd.choice(LABS)
        lab(code, unit, round(rnd.uniform(least, most), 1), rnd.randint(1, 900))
    return found


def ours(folder: Path, work: Path, *, causes: bool = False) -> Found:
    """A screen of this measure and all red flags, from NDJSON to Parquet and report."""
    import pyarrow.parquet as pq

    from crampwise.book.compile import open_book
    from crampwise.edges.population.options import Options
    from crampwise.edges.population.run import run

    out = work / f"out{time.monotonic_ns()}"
    run(open_book(), folder, out, Options(AS_OF, causes=causes), lambda *_: None)
    kinds = ("taking_diuretic", "taking_thiazide", "taking_loop_diuretic")
    table = pq.read_table(out / "findings")
    taking = zip(*(table[k].to_pylist() for k in kinds if k in table.column_names), strict=True)
    rows = zip(table["person"].to_pylist(), taking, table["serum_potassium"].to_pylist(), strict=True)
    return {p: (None if k is None else k < 3.5) if any(on) else False for p, on, k in rows}


def bare_read(folder: Path) -> Found:
    """The typed read of the same files by DuckDB alone, for the share that screening adds; no answer."""
    import duckdb

    connection = duckdb.connect()
    connection.execute("SET threads = 1")
    code, who = "STRUCT(coding STRUCT(system VARCHAR, code VARCHAR)[])", "STRUCT(reference VARCHAR)"
    types = {
        "Patient": {"id": "VARCHAR", "gender": "VARCHAR", "birthDate": "VARCHAR"},
        "Condition": {"subject": who, "code": code, "clinicalStatus": code, "onsetDateTime": "VARCHAR"},
        "MedicationRequest": {"subject": who, "status": "VARCHAR", "intent": "VARCHAR",
                              "medicationCodeableConcept": code, "authoredOn": "VARCHAR"},
        "Observation": {"subject": who, "status": "VARCHAR", "code": code, "effectiveDateTime": "VARCHAR",
                        "valueQuantity": "STRUCT(value DOUBLE, unit VARCHAR)"},
    }  # fmt: skip
    for kind, columns in types.items():
        query = f"SELECT * FROM read_ndjson('{folder / kind}.ndjson', columns = {columns})"  # noqa: S608 - our own names
        for _ in connection.sql(query).to_arrow_reader(131072):
            pass
    return {}


def by_sql(folder: Path) -> Found:
    """The predicate written by hand in DuckDB's SQL, on one thread."""
    import duckdb

    connection = duckdb.connect()
    connection.execute("SET threads = 1")
    codes = ", ".join(f"'{code}'" for code, _ in DIURETICS)
    who = "subject: 'STRUCT(reference VARCHAR)'"
    results = f"""{{status: 'VARCHAR', {who}, effectiveDateTime: 'VARCHAR',
        code: 'STRUCT(coding STRUCT(code VARCHAR)[])', valueQuantity: 'STRUCT(value DOUBLE)'}}"""
    requests = f"""{{status: 'VARCHAR', intent: 'VARCHAR', {who},
        medicationCodeableConcept: 'STRUCT(coding STRUCT(code VARCHAR)[])'}}"""
    query = f"""
        WITH o AS (SELECT subject.reference AS p, max_by(valueQuantity.value, effectiveDateTime) AS k
          FROM read_ndjson('{folder}/Observation.ndjson', columns = {results})
          WHERE code.coding[1].code = '2823-3' AND status = 'final' GROUP BY 1),
        m AS (SELECT DISTINCT subject.reference AS p
          FROM read_ndjson('{folder}/MedicationRequest.ndjson', columns = {requests})
          WHERE status = 'active' AND intent = 'order' AND medicationCodeableConcept.coding[1].code IN ({codes}))
        SELECT id, (m.p IS NOT NULL) AND (k < 3.5)
        FROM read_ndjson('{folder}/Patient.ndjson', columns = {{id: 'VARCHAR'}})
        LEFT JOIN m ON m.p = 'Patient/' || id LEFT JOIN o ON o.p = 'Patient/' || id"""  # noqa: S608 - our own names
    rows = connection.sql(query).fetchall()
    return dict(rows)


def by_msgspec(folder: Path) -> Found:
    """The predicate written by hand with typed decoding by msgspec."""
    import msgspec

    class Coding(msgspec.Struct, gc=False):
        code: str | None = None

    class Concept(msgspec.Struct, gc=False):
        coding: list[Coding] = []

    class Reference(msgspec.Struct, gc=False):
        reference: str | None = None

    class Quantity(msgspec.Struct, gc=False):
        value: float | None = None

    class Observation(msgspec.Struct, gc=False):
        status: str
        code: Concept
        subject: Reference
        effectiveDateTime: str
        valueQuantity: Quantity

    class Request(msgspec.Struct, gc=False):
        status: str
        intent: str
        subject: Reference
        medicationCodeableConcept: Concept

    observation, request = msgspec.json.Decoder(Observation).decode, msgspec.json.Decoder(Request).decode
    codes, on, newest = {code for code, _ in DIURETICS}, set[str | None](), dict[str | None, tuple[str, float | None]]()
    with (folder / "MedicationRequest.ndjson").open("rb") as file:
        for r in map(request, file):
            if (
                r.status == "active"
                and r.intent == "order"
                and any(c.code in codes for c in r.medicationCodeableConcept.coding)
            ):
                on.add(r.subject.reference)
    with (folder / "Observation.ndjson").open("rb") as file:
        for o in map(observation, file):
            if o.status == "final" and any(c.code == "2823-3" for c in o.code.coding):
                who = o.subject.reference
                if who not in newest or o.effectiveDateTime > newest[who][0]:
                    newest[who] = o.effectiveDateTime, o.valueQuantity.value
    found: Found = {}
    with (folder / "Patient.ndjson").open("rb") as file:
        for line in file:
            id_ = json.loads(line)["id"]
            _, k = newest.get(f"Patient/{id_}", ("", None))
            low = None if k is None else k < 3.5
            found[id_] = False if f"Patient/{id_}" not in on or low is False else low
    return found


def timed(work: Callable[[], Found], truth: Found | None) -> tuple[float, int]:
    """Median seconds, and how many people came out wrong."""
    times, wrong = [], 0
    for _ in range(ROUNDS):
        start = time.perf_counter()
        found = work()
        times.append(time.perf_counter() - start)
        wrong = sum(found.get(p) is not v for p, v in truth.items()) if truth else 0
    return statistics.median(times), wrong


def node(what: str, folder: Path, elm: Path, many: int) -> tuple[float, int]:
    """Seconds for `many` people with software for node, and how many came out wrong."""
    command = ["node", str(HERE / "peers.mjs"), what, str(elm), str(folder), str(many)]
    done = subprocess.run(_pinned(command), check=True, capture_output=True, text=True, cwd=NPM)
    told = json.loads(done.stdout.splitlines()[-1])
    return told["seconds"] * PEOPLE / many, told["wrong"]


def _pinned(command: list[str]) -> list[str]:
    return ["taskset", "-c", "0", *command]


def npm() -> Path:
    """Install the peers once, translate the predicate, and give the folder of the translation."""
    NPM.mkdir(parents=True, exist_ok=True)
    for name in ("package.json", "package-lock.json"):
        (NPM / name).write_bytes((HERE / name).read_bytes())
    if not (NPM / "node_modules").exists():
        quiet = ["--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
        subprocess.run(["npm", "ci", *quiet], check=True, cwd=NPM)
    elm = NPM / "elm"
    elm.mkdir(exist_ok=True)
    subprocess.run(["node", str(HERE / "peers.mjs"), "translate", str(HERE), str(elm)], check=True, cwd=NPM)
    return elm


def compare(folder: Path, truth: Found, work: Path) -> list[str]:
    """The table of the same predicate by everybody."""
    elm, first = npm(), f"(on {SLOW:,} of them)"
    os.sched_setaffinity(0, {0})
    rows = {
        "Crampwise: all red flags, Parquet, report": timed(lambda: ours(folder, work), truth),
        "the same, and all causes": timed(lambda: ours(folder, work, causes=True), truth),
        "DuckDB, typed read alone": timed(lambda: bare_read(folder), None),
        "DuckDB SQL by hand": timed(lambda: by_sql(folder), truth),
        "msgspec by hand": timed(lambda: by_msgspec(folder), truth),
        f"cql-execution {first}": node("cql", folder, elm, SLOW),
        f"fqm-execution, as a measure {first}": node("fqm", folder, elm, SLOW),
        f"fhirpath.js {first}": node("fhirpath", folder, elm, SLOW),
    }
    os.sched_setaffinity(0, set(range(os.cpu_count() or 1)))
    mine = rows["Crampwise: all red flags, Parquet, report"][0]
    return [
        "| who | people/s | time against Crampwise | wrong |",
        "|---|---|---|---|",
        *(f"| {who} | {PEOPLE / s:,.0f} | {s / mine:.2f} x | {wrong} |" for who, (s, wrong) in rows.items()),
    ]


_GROW = """
import sys, time
from datetime import date
from pathlib import Path
from benchmarks.population import grown
start = time.perf_counter(); grown(Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3] == "causes")
peak = next(line for line in open("/proc/self/status") if line.startswith("VmHWM"))
print(time.perf_counter() - start, int(peak.split()[1]) / 1024)
"""


def grown(source: Path, out: Path, causes: bool) -> None:
    """Screen a table of findings, from Parquet to Parquet."""
    from crampwise.book.compile import open_book
    from crampwise.edges.population.options import Options
    from crampwise.edges.population.run import run

    run(open_book(), source, out, Options(AS_OF, causes=causes), lambda *_: None)


def findings(count: int, folder: Path) -> None:
    """A table of findings of many people, repeated from screened records with ages and results drawn anew."""
    import numpy as np
    import pyarrow as pa
    import pyarrow.parquet as pq

    base = pq.read_table(folder.parent / "base" / "findings").combine_chunks()
    folder.mkdir()
    random_ = np.random.default_rng(7)
    with pq.ParquetWriter(folder / "people.parquet", base.schema) as writer:
        for start in range(0, count, 131072):
            n = min(131072, count - start)
            part = base.take(pa.array(random_.integers(len(base), size=n)))
            names = pa.array([f"p{i:09d}" for i in range(start, start + n)])
            part = part.set_column(0, part.schema.field(0), names)
            writer.write_table(part, row_group_size=131072)


def growth(work: Path) -> list[str]:
    """Time and memory by number of people, each in a process of its own on one core."""
    rows = [
        "| people | all rules: people/s | peak memory | with causes: people/s | peak memory |",
        "|---|---|---|---|---|",
    ]
    for count in GROWTH:
        source = work / f"findings{count}"
        findings(count, source)
        cells = []
        for causes in ("rules", "causes"):
            out = work / f"grown{count}{causes}"
            done = subprocess.run(
                _pinned([sys.executable, "-c", _GROW, str(source), str(out), causes]),
                check=True,
                capture_output=True,
                text=True,
            )
            seconds, memory = map(float, done.stdout.split())
            cells += [f"{count / seconds:,.0f}", f"{memory:,.0f} MB"]
        rows.append(f"| {count:,} | {' | '.join(cells)} |")
    return rows


def main() -> None:
    """Measure, print and write the section."""
    load = os.getloadavg()[0]
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        truth = people(PEOPLE, work / "people")
        table = compare(work / "people", truth, work)
        ours(work / "people", work)
        next(work.glob("out*")).rename(work / "base")
        grow = growth(work)
    write_section(
        "Populations",
        [
            *machine("duckdb", "pyarrow", "msgspec", "numpy"),
            f"The machine was shared (load average {load:.0f} when begun), so trust the ratios more than the times.",
            "",
            "One predicate (an active diuretic, and a newest potassium below 3.5 mmol/L), one core, same run,",
            f"{PEOPLE:,} generated people of 30 resources each. Crampwise does all its work besides: every rule, every",
            "measure, a row for each person, the report. Wrong are those of whom it does not say what is so, null for",
            "unknown included (fqm-execution tells no unknown).",
            "",
            *table,
            "",
            "From a table of findings to a folder of outcomes, one core, start of the process included:",
            "",
            *grow,
        ],
    )


if __name__ == "__main__":
    main()
