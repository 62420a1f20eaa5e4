"""Settings shared by all tests: Hypothesis profiles and no network beyond this machine."""

import ipaddress
import os
import socket
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import settings

settings.register_profile("default", max_examples=100, deadline=None)
settings.register_profile("nightly", max_examples=10_000, deadline=None)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "default"))


@pytest.fixture(autouse=True, scope="session")
def no_diary_of_this_user(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Keep diaries of tests away from that of whoever runs them."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CRAMPWISE_STORE", str(tmp_path_factory.mktemp("diary") / "diary.sqlite"))
        patch.delenv("CRAMPWISE_PASSPHRASE", raising=False)
        yield


def is_local(sock: socket.socket, address: Any) -> bool:
    if sock.family not in (socket.AF_INET, socket.AF_INET6):
        return True
    host = address[0]
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


@pytest.fixture(autouse=True, scope="session")
def no_network() -> Iterator[None]:
    """Stop every connection to another machine."""
    with pytest.MonkeyPatch.context() as patch:
        for name in ("connect", "connect_ex"):
            patch.setattr(socket.socket, name, guarded(getattr(socket.socket, name)))
        yield


def guarded(connect):
    def check_and_connect(sock: socket.socket, address: Any):
        if not is_local(sock, address):
            sock.close()
            raise RuntimeError(f"Tests must not use the network, but one tried to reach {address!r}")
        return connect(sock, address)

    return check_and_connect
