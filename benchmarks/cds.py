"""`make bench`: a signed call of the CDS Hooks service with prefetched data, over HTTP; writes its part of results.md.

The data are the records of the Synthea patients, each with a coded complaint of cramps, as the prefetch templates would
bring them. The peer is what the same server takes for an answer without any work: its discovery.
"""

import statistics
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

import httpx2
import uvicorn
import yaml

from benchmarks.report import machine, write_section
from crampwise.edges.cds_hooks.app import create_app
from crampwise.edges.cds_hooks.settings import Settings
from tests.support.cds import CRAMPS, ISS, bundle, call, key_set, signed
from tests.support.records import people

TODAY = date(2020, 8, 1)
PEOPLE = 200
KINDS = {
    "conditions": "Condition", "medications": "MedicationRequest", "results": "Observation", "procedures": "Procedure",
}  # fmt: skip


@contextmanager
def served() -> Iterator[str]:
    """Run the service with one trusted client; gives its address."""
    import socket

    with tempfile.TemporaryDirectory() as folder, socket.create_server(("127.0.0.1", 0)) as listener:
        clients = Path(folder) / "clients.yaml"
        clients.write_text(yaml.safe_dump({"clients": [{"iss": ISS, "jwks": key_set()}]}), "utf-8")
        base = f"http://127.0.0.1:{listener.getsockname()[1]}"
        settings = Settings(base_url=base, clients_file=str(clients), journal=str(Path(folder) / "journal.db"))
        server = uvicorn.Server(uvicorn.Config(create_app(settings, lambda: TODAY), log_level="warning"))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
        thread.start()
        while not server.started:
            time.sleep(0.01)
        yield base
        server.should_exit = True
        thread.join(10)


def bodies() -> list[dict[str, Any]]:
    """One call for each person, with everything that the record holds of them."""
    found = []
    for id_, resources in list(people("synthea").items())[:PEOPLE]:
        subject = {"reference": f"Patient/{id_}"}
        own = [*resources, {**CRAMPS, "subject": subject, "recordedDate": "2020-07-01"}]
        data: dict[str, Any] = {"patient": next(r for r in resources if r["resourceType"] == "Patient")}
        data |= {key: bundle(*(r for r in own if r["resourceType"] == kind)) for key, kind in KINDS.items()}
        found.append(call(prefetch=data, context={"userId": "Practitioner/1", "patientId": id_}))
    return found


def main() -> None:
    """Measure and write."""
    calls = bodies()
    with served() as base, httpx2.Client() as http:
        address = f"{base}/cds-services/crampwise-patient"
        took, nothing, cards = [], [], 0
        for body in calls:
            start = time.perf_counter()
            http.get(f"{base}/cds-services").raise_for_status()
            nothing.append((time.perf_counter() - start) * 1000)
            headers = {"Authorization": f"Bearer {signed(address)}"}
            start = time.perf_counter()
            answer = http.post(address, json=body, headers=headers).raise_for_status()
            took.append((time.perf_counter() - start) * 1000)
            cards += len(answer.json()["cards"])
    floor = statistics.median(nothing)
    middle, slow = statistics.median(took), statistics.quantiles(took, n=100)[98]
    resources = [sum(len(d.get("entry", ())) for d in body["prefetch"].values()) for body in calls]
    middle_size = statistics.median(resources)
    lines = [
        *machine("fastapi", "uvicorn", "pyjwt"),
        "",
        f"`patient-view` of {len(calls)} Synthea patients with cramps, {middle_size:.0f} resources each in",
        f"the middle ({max(resources)} at most), signed with ES384, one after the other over HTTP: {cards} cards.",
        "The specification asks for about 500 ms.",
        "",
        "| | median | 99 of 100 below | slowest |",
        "|---|---|---|---|",
        f"| a call with its card | {middle:.0f} ms | {slow:.0f} ms | {max(took):.0f} ms |",
        f"| discovery, which needs no work | {floor:.1f} ms ({middle / floor:.0f} x faster) | | |",
    ]
    write_section("Cards of the CDS Hooks service", lines)


if __name__ == "__main__":
    main()
