"""`crampwise cql export`, without other people's software; that is in tests/interop."""

import re
from pathlib import Path

import pytest

from crampwise.assess.engine import engine_of
from crampwise.edges.cli.main import main
from crampwise.edges.cql.library import library
from crampwise.logic.errors import Exit
from tests.support.people import shipped

DEFINE = re.compile(r'^define (?:function )?("[^"]+"|\w+)', re.M)


def code_of(*arguments: str) -> int:
    with pytest.raises(SystemExit) as stop:
        main(arguments)
    return int(str(stop.value.code))


@pytest.fixture(scope="module")
def text() -> str:
    return library(engine_of(shipped()))


def test_the_text_is_the_same_each_time(text: str) -> None:
    assert library(engine_of(shipped())) == text


def test_every_name_is_defined_once_and_before_it_is_used(text: str) -> None:
    starts = {m[1].strip('"'): m.start() for m in DEFINE.finditer(text)}
    assert len(starts) == len(DEFINE.findall(text))
    bare = re.sub(r"//.*|'(?:[^'\\]|\\.)*'", lambda m: " " * len(m[0]), text)
    used = {m[1]: m.start() for m in reversed(list(re.finditer(r'"([^"\n]+)"', bare)))}
    arguments = {n for n in used if n not in starts} - {"start", "end"}  # parts of a FHIR Period
    assert all(f'"{n}" Decimal' in text or f'"{n}" Boolean' in text for n in arguments)
    assert [n for n in starts if n in used and used[n] < starts[n]] == []


def test_every_red_flag_is_there_in_both_readings(text: str) -> None:
    for flag in shipped().red_flags:
        assert f'define "known {flag}":' in text
        assert f'define "possible {flag}":' in text


def test_a_folder_that_cannot_be_written_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "taken").write_text("a file")
    assert code_of("cql", "export", "--out", str(tmp_path / "taken")) == Exit.NO_FILE
    said = capsys.readouterr().err
    assert "cannot be written" in said
    assert "Choose another folder." in said
    assert (tmp_path / "taken").read_text() == "a file"


def test_files_of_an_earlier_export_are_replaced_whole(tmp_path: Path) -> None:
    (tmp_path / "Crampwise.cql").write_text("old")
    assert code_of("cql", "export", "--out", str(tmp_path)) == Exit.OK
    assert "old" not in (tmp_path / "Crampwise.cql").read_text("utf-8")[:10]
    assert sorted(p.suffix for p in tmp_path.iterdir()) == [".cql", ".json", ".json"]
