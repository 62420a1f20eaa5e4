"""`crampwise serve` as a user starts it."""

import os
import re
import signal
import socket
import subprocess
import sys
from http.client import HTTPConnection
from pathlib import Path

from click.testing import CliRunner

from crampwise.edges.web.command import serve
from crampwise.logic.errors import InputError

COMMAND = [sys.executable, "-m", "crampwise", "serve"]


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])


def get(port: int, path: str) -> tuple[int, str]:
    connection = HTTPConnection("127.0.0.1", port, timeout=60)
    try:
        connection.request("GET", path, headers={"Host": "localhost"})
        response = connection.getresponse()
        return response.status, response.read().decode()
    finally:
        connection.close()


def test_it_starts_says_where_and_stops_when_told(tmp_path: Path) -> None:
    port = free_port()
    env = os.environ | {"XDG_STATE_HOME": str(tmp_path)}
    with subprocess.Popen([*COMMAND, "--port", str(port)], stdout=subprocess.PIPE, env=env, text=True) as server:
        assert server.stdout
        assert f"http://localhost:{port}/" in server.stdout.readline()
        status = 0
        for _ in range(600):
            try:
                status, page = get(port, "/")
                break
            except ConnectionRefusedError:
                signal.sigtimedwait([], 0.1)
        assert status == 200
        assert "A muscle cramp?" in page
        server.send_signal(signal.SIGTERM)
        assert server.wait(60) is not None
    secret = tmp_path / "crampwise" / "web-secret"
    assert secret.stat().st_mode & 0o077 == 0
    assert re.fullmatch(r"[0-9a-f]{64}", secret.read_text())


def test_a_port_that_is_taken_is_said_at_once(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        env = os.environ | {"XDG_STATE_HOME": str(tmp_path)}
        done = subprocess.run([*COMMAND, "--port", str(port)], capture_output=True, text=True, env=env, check=False)
    assert done.returncode == 3
    assert f"127.0.0.1:{port}: address already in use." in done.stderr
    assert "Traceback" not in done.stderr


def test_every_missing_hosted_setting_is_named() -> None:
    raised = CliRunner().invoke(serve, ["--host", "0.0.0.0"]).exception
    assert isinstance(raised, InputError)
    assert [p.where for p in raised.problems] == ["--allowed-host", "--proxy", "--secret-file"]


def test_without_the_extra_it_says_what_to_install(monkeypatch, tmp_path: Path) -> None:
    monkeypatch.setitem(sys.modules, "uvicorn", None)
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    raised = CliRunner().invoke(serve, []).exception
    assert isinstance(raised, InputError)
    assert "pip install 'crampwise[web]'" in raised.problems[0].remedy
