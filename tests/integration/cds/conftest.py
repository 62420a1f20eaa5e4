"""The CDS Hooks service in this process, with and without trusted clients."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml
from starlette.testclient import TestClient

from crampwise.edges.cds_hooks.app import create_app
from crampwise.edges.cds_hooks.settings import Settings
from tests.support.cds import ISS, TODAY, Elsewhere, elsewhere


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    """The service for this machine alone, without tokens."""
    journal = tmp_path_factory.mktemp("cds") / "journal.db"
    with TestClient(create_app(Settings(journal=str(journal)), lambda: TODAY)) as client:
        yield client


@pytest.fixture(scope="module")
def ehr() -> Iterator[Elsewhere]:
    with elsewhere() as running:
        yield running


@pytest.fixture(scope="module")
def base() -> str:
    return "https://cds.invalid/crampwise"


@pytest.fixture(scope="module")
def hosted(ehr: Elsewhere, base: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    """The service as clients reach it: tokens needed, one client trusted, pages of one address allowed."""
    folder: Path = tmp_path_factory.mktemp("hosted")
    clients = folder / "clients.yaml"
    listed = [{"iss": ISS, "jku": f"{ehr.base}/keys", "fhir_servers": [f"{ehr.base}/fhir"]}]
    clients.write_text(yaml.safe_dump({"clients": listed}), "utf-8")
    settings = Settings(
        base_url=f"{base}/", clients_file=str(clients), origins=("https://ehr.invalid",),
        journal=str(folder / "journal.db"),
    )  # fmt: skip
    with TestClient(create_app(settings, lambda: TODAY)) as client:
        yield client
