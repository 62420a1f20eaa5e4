"""Tests reach this machine only."""

import socket

import pytest


def test_other_machines_are_out_of_reach() -> None:
    with pytest.raises(RuntimeError, match=r"must not use the network.*192\.0\.2\.1"):
        socket.create_connection(("192.0.2.1", 80), timeout=1)


def test_this_machine_is_in_reach() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server, socket.create_connection(server.getsockname()):
        pass
