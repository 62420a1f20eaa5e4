"""`python -m benchmarks.load [SECONDS]`: the web app with two workers under load, from wrk (Debian package wrk)."""

import json
import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.client import HTTPConnection
from pathlib import Path

from crampwise.edges.web.openapi import EXAMPLE

_SCRIPT = """wrk.method = "POST"
wrk.body = [==[%s]==]
wrk.headers["Content-Type"] = "application/json"
done = function(summary, latency)
  local e = summary.errors
  local errors = e.connect + e.read + e.write + e.status + e.timeout
  io.write(string.format("%%d %%d %%d %%d %%d\\n", summary.requests, summary.duration, latency:percentile(50),
    latency:percentile(99), errors))
end
"""
_WORKERS, _CONNECTIONS = 2, 16


def main(seconds: int) -> None:
    """Measure and print a table."""
    if not shutil.which("wrk"):
        sys.exit("wrk is missing, install it with: apt-get install wrk")
    rows = [("/api/v1/assess", EXAMPLE), ("/api/v1/next", EXAMPLE), ("/api/v1/search", {"words": "charley horse"})]
    load = os.getloadavg()[0]
    print(f"{_WORKERS} workers, {_CONNECTIONS} connections kept alive, {seconds} s each; load before: {load:.1f}\n")
    print("| route | requests/s | median, ms | 99 of 100, ms | processor, ms a request | errors |")
    print("|---|---|---|---|---|---|")
    with served() as (port, server):
        for path, body in rows:
            before = processor_seconds(server)
            requests, micros, median, slow, errors = wrk(port, path, json.dumps(body), seconds)
            used = 1000 * (processor_seconds(server) - before) / requests
            rate = requests / (micros / 1e6)
            print(f"| POST {path} | {rate:,.0f} | {median / 1000:.1f} | {slow / 1000:.1f} | {used:.2f} | {errors} |")


@contextmanager
def served() -> Iterator[tuple[int, int]]:
    """Serve the app with two workers; gives the port and the process."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "crampwise", "serve", "--port", str(port), "--workers", str(_WORKERS)]
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    try:
        while not _answers(port):
            if server.poll() is not None:
                sys.exit("the server did not start")
            time.sleep(0.2)
        time.sleep(2)
        yield port, server.pid
    finally:
        server.terminate()
        server.wait(20)


def processor_seconds(parent: int) -> float:
    """Time that a process and its children have had on a processor (Linux); it does not depend on other load."""
    total = 0
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            fields = stat.read_text().rpartition(")")[2].split()
            if parent in (int(stat.parent.name), int(fields[1])):
                total += int(fields[11]) + int(fields[12])
    return total / os.sysconf("SC_CLK_TCK")


def _answers(port: int) -> bool:
    connection = HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", "/api/v1/book")
        return connection.getresponse().status == 200
    except OSError:
        return False
    finally:
        connection.close()


def wrk(port: int, path: str, body: str, seconds: int) -> list[int]:
    """Run wrk; gives requests, microseconds, median and 99th percentile in microseconds, errors."""
    with tempfile.TemporaryDirectory() as folder:
        script = Path(folder) / "post.lua"
        script.write_text(_SCRIPT % body, "utf-8")
        address = f"http://127.0.0.1:{port}{path}"
        command = ["wrk", "-t1", f"-c{_CONNECTIONS}", f"-d{seconds}s", "-s", str(script), address]
        printed = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    found = re.search(r"^(\d+) (\d+) (\d+) (\d+) (\d+)$", printed, re.M)
    if not found:
        sys.exit(printed)
    return [int(n) for n in found.groups()]


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 60)
