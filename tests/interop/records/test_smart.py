"""A whole SMART standalone launch against Healro's server: by fhirclient in a browser, and by our own client."""

import http.server
import json
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from playwright.sync_api import Browser, Page

from tests.support.interop import packed

_PAGE = "<!doctype html><html lang=en><title>app</title><script src=/fhirclient.js></script><script>{}</script></html>"
_LAUNCH = """FHIR.oauth2.authorize({{clientId: "crampwise", scope: "launch/patient patient/*.read",
    redirectUri: "/app", iss: "{iss}", pkceMode: "required"}})"""
_APP = """FHIR.oauth2.ready().then(async (client) => {
    const patient = await client.patient.read();
    const found = await client.request(`Condition?patient=${client.patient.id}`, {flat: true});
    window.found = {patient: patient.id, conditions: found.map((c) => c.id).sort()};
}).catch((error) => { window.found = {error: String(error)}; })"""


@contextmanager
def app(iss: str) -> Iterator[str]:
    """A small web app that signs in by fhirclient."""
    script = next((packed("records", "fhirclient") / "build").glob("fhir-client.min.js")).read_bytes()
    pages = {
        "/launch": (_PAGE.format(_LAUNCH.format(iss=iss)).encode(), "text/html"),
        "/app": (_PAGE.format(_APP).encode(), "text/html"),
        "/fhirclient.js": (script, "text/javascript"),
    }

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body, kind = pages.get(self.path.split("?")[0], (b"", "text/plain"))
            self.send_response(200)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def allow(page: Page) -> None:
    """Choose the patient who is offered first, and agree."""
    page.locator("button[type=submit]").last.click()


def by_fhirclient(chromium: Browser, iss: str) -> dict[str, Any]:
    page = chromium.new_page()
    try:
        with app(iss) as site:
            page.goto(f"{site}/launch")
            page.wait_for_url("**/oauth/authorize**")
            allow(page)
            page.wait_for_function("window.found")
            found: dict[str, Any] = page.evaluate("window.found")
            return found
    finally:
        page.close()


def by_crampwise(chromium: Browser, iss: str) -> tuple[dict[str, Any], str]:
    command = [sys.executable, "-m", "crampwise", "fhir", "connect", iss, "--client-id", "crampwise", "--no-open"]
    process = subprocess.Popen(
        [*command, "--json", "--as-of", "2026-11-21"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    page = chromium.new_page()
    try:
        assert process.stderr
        address = process.stderr.readline().removeprefix("Sign in here: ").strip()
        page.goto(address)
        allow(page)
        page.wait_for_selector("text=You are signed in")
        out, told = process.communicate(timeout=60)
        assert process.returncode == 0, told
        return json.loads(out), told
    finally:
        page.close()
        process.kill()


def test_both_clients_sign_in_and_read_the_same_record(chromium: Browser, healro: str) -> None:
    theirs = by_fhirclient(chromium, healro)
    ours, told = by_crampwise(chromium, healro)
    (person,) = ours["persons"]
    assert theirs["patient"] == person["patient"]
    read = sorted(r["resource"] for r in person["resources"] if r["kind"] == "Condition")
    assert read and read == [f"Condition/{id_}" for id_ in theirs["conditions"]]
    assert {a["finding"] for a in person["answers"]} >= {"age_years", "sex_at_birth"}
    assert "access_token" not in json.dumps(ours) + told and "Bearer" not in told
