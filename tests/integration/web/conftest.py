"""The web app without a browser."""

from collections.abc import Iterator

import pytest
from fastapi.testclient import TestClient

from crampwise.edges.web.app import create_app


@pytest.fixture(scope="session")
def served() -> Iterator[TestClient]:
    with TestClient(create_app(), base_url="http://localhost", raise_server_exceptions=False) as client:
        yield client


@pytest.fixture
def client(served: TestClient) -> TestClient:
    """The app with nothing said yet."""
    served.cookies.clear()
    return served
