"""Text is wrapped to the terminal; plain output has one statement per line and nothing else."""

import pytest

from crampwise.edges.cli.out import Out

LONG = "A statement that is far longer than one line of a terminal of eighty columns, so that it has to be wrapped."


def test_text_is_wrapped(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    out = Out()
    out.heading("Heading")
    out.item(LONG)
    out.columns(("a", LONG), (3,))
    lines = capsys.readouterr().out.splitlines()
    assert max(map(len, lines)) <= 80
    assert len(lines) > 4


def test_plain_is_one_line_per_statement(capsys: pytest.CaptureFixture[str]) -> None:
    out = Out(plain=True)
    out.heading("Heading")
    out.item(LONG)
    out.item(LONG, mark="1. ")
    out.columns(("a", "", LONG), (3, 3))
    out.gap()
    assert capsys.readouterr().out.splitlines() == ["Heading", LONG, f"1. {LONG}", f"a, {LONG}"]
    assert not out.live


def test_no_colour_without_a_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    Out().heading("Heading", style="bold red")
    assert "\x1b" not in capsys.readouterr().out


def test_not_live_without_a_terminal() -> None:
    assert not Out().live
