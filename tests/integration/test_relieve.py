"""`crampwise relieve` with scripted input and no real time, and once over a real pseudo-terminal."""

import io
import os
import sys
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import pexpect
import pytest

from crampwise.assess.engine import engine_of
from crampwise.assess.intake import Intake
from crampwise.book.compile import open_book
from crampwise.edges.cli.main import main
from crampwise.edges.cli.out import Out
from crampwise.edges.cli.relieve import Session, Stopped, ask_muscle, guide
from crampwise.edges.cli.relieve_timer import Key

BOOK = open_book()


class Script:
    """Gives prepared lines, then the end of the input."""

    interactive = True

    def __init__(self, lines: Iterable[str]) -> None:
        self.lines = iter(lines)

    def read(self, prompt: str) -> str | None:
        print(prompt, end="")
        line = next(self.lines, None)
        print(line)
        return line


class FakePace:
    """Lets no time pass."""

    def __init__(self, *keys: Key) -> None:
        self.keys = iter(keys)
        self.waited = 0.0

    def wait(self, seconds: float) -> Key:
        self.waited += seconds
        return next(self.keys, Key.NONE)


def session(lines: Iterable[str], pace: FakePace | None = None) -> Session:
    return Session(engine_of(BOOK), Out(plain=True), Script(lines), pace or FakePace())


def run(monkeypatch: pytest.MonkeyPatch, text: str, *arguments: str) -> int:
    monkeypatch.setattr(sys, "stdin", io.StringIO(text))
    with pytest.raises(SystemExit) as stop:
        main(["relieve", *arguments])
    return int(stop.value.code or 0)


def test_no_to_every_question_leads_through_the_stretch(capsys: pytest.CaptureFixture[str]) -> None:
    pace = FakePace()
    guide(session(["no"] * 4 + ["", ""], pace), Intake(), BOOK.muscles["calf"], None)
    lines = capsys.readouterr().out.splitlines()
    stretch = BOOK.stretches["s_calf_foot_pull"]
    assert lines.index(stretch.start) < lines.index(f"1. {stretch.steps[0]}") < lines.index(stretch.stop)
    assert any(line.startswith("Hold until it eases, at most 30 seconds. The sore side.") for line in lines)
    assert "Done." in lines
    assert {*BOOK.words.safety_net} <= set(lines)
    assert pace.waited >= stretch.hold_s


def test_another_stretch_can_follow_without_new_questions(capsys: pytest.CaptureFixture[str]) -> None:
    guide(session(["no"] * 4 + ["", "1", "", ""]), Intake(), BOOK.muscles["calf"], None)
    text = capsys.readouterr().out
    assert text.count("Done.") == 2
    assert text.count("Before you stretch") == 1


def test_keys_skip_and_stop(capsys: pytest.CaptureFixture[str]) -> None:
    guide(session(["no"] * 4 + ["", ""], FakePace(Key.SKIP, Key.STOP)), Intake(), BOOK.muscles["calf"], None)
    lines = capsys.readouterr().out.splitlines()
    assert "Stopped." in lines
    assert "Done." not in lines


@pytest.mark.parametrize("lines", [["q"], ["no", "q"], ["yes"], []])
def test_stopping_or_an_end_of_input_starts_nothing(lines: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(Stopped, match="No stretch was started"):
        guide(session(lines), Intake(), BOOK.muscles["calf"], None)
    assert "Get ready" not in capsys.readouterr().out


def test_a_danger_sign_stops_with_what_to_do(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(monkeypatch, "yes\n" * 40, "calf", "--fast", "--plain") == 0
    text = capsys.readouterr().out
    assert "Do not do this stretch" in text
    assert "You said: " in text
    assert "Get ready" not in text
    assert "Get help" in text or "Be seen today" in text or "ambulance" in text


def test_an_emergency_names_the_number(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    answers = tmp_path / "answers.yaml"
    answers.write_text("answers: {seizure_now_or_today: yes}\n")
    assert run(monkeypatch, "", "calf", "--answers", str(answers), "--country", "GB", "--plain") == 0
    text = capsys.readouterr().out
    flag = BOOK.red_flags["t_seizure"]
    assert flag.title in text
    assert flag.because in text
    assert all(line in text for line in (*flag.do, *flag.never))
    assert "999" in text
    assert "Before you stretch" not in text


def test_a_danger_sign_without_more_names_the_number(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    answers = tmp_path / "answers.yaml"
    answers.write_text("answers: {chest_pain: yes}\n")
    assert run(monkeypatch, "", "hand", "--answers", str(answers), "--country", "GB", "--plain") == 0
    text = " ".join(capsys.readouterr().out.split())
    assert "Do not do this stretch" in text
    assert BOOK.words.phrases["not_finished"] in text
    assert "Until then it could still be: " in text
    assert "999" in text


def test_not_sure_is_withheld_with_the_reason(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(monkeypatch, "?\n" * 60, "calf", "--fast", "--plain") == 0
    text = capsys.readouterr().out
    assert BOOK.words.phrases["not_finished"] in text
    assert "You were not sure about:" in text
    assert "Get ready" not in text


def test_answers_from_a_file_are_not_asked_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    answers = tmp_path / "answers.yaml"
    answers.write_text("answers: {one_leg_swollen: no, dark_urine: no}\n")
    assert run(monkeypatch, "no\n" * 10, "calf", "--answers", str(answers), "--fast", "--plain") == 0
    text = capsys.readouterr().out
    assert "Done." in text
    for finding in ("one_leg_swollen", "dark_urine"):
        assert BOOK.findings[finding].ask not in text


def test_standard_input_that_is_no_terminal(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(monkeypatch, "no\n" * 10, "s_calf_wall", "--fast") == 0
    text = capsys.readouterr().out
    assert "Hold 30 seconds. Left side, 1 of 4." in text
    assert "20 seconds left." in text
    assert "\x1b" not in text
    assert "\r" not in text
    assert run(monkeypatch, "", "calf", "--fast") == 130
    assert "The input ended. No stretch was started." in capsys.readouterr().out


@pytest.mark.parametrize("typed", ["1", "calf", "Charley horse"])
def test_the_muscle_is_chosen_from_a_list(typed: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert ask_muscle(session(["99", "nonsense", typed])).id == "calf"
    text = capsys.readouterr().out
    assert "1. Calf" in text
    assert "Please give a number" in text


def test_list(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(monkeypatch, "", "--list") == 0
    text = capsys.readouterr().out
    assert all(id_ in text for id_ in BOOK.stretches)
    assert max(map(len, text.splitlines())) <= 80


def test_an_unknown_muscle(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(monkeypatch, "", "clf") == 3
    assert "Did you mean 'calf'?" in capsys.readouterr().err


@pytest.mark.parametrize("muscle", BOOK.muscles)
def test_every_sentence_about_the_stretch_fits_a_terminal(
    muscle: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    wide = replace(session(["no"] * 20 + [""]), out=Out())
    wide.lines.interactive = False
    guide(wide, Intake(), BOOK.muscles[muscle], None)
    text = capsys.readouterr().out
    assert "Done." in text
    assert max(map(len, text.splitlines())) <= 80


def test_a_real_terminal() -> None:
    environment = {k: v for k, v in os.environ.items() if k not in ("NO_COLOR", "COLUMNS")} | {"TERM": "xterm"}
    child = pexpect.spawn(
        sys.executable, ["-c", _START], dimensions=(24, 80),
        env=environment, encoding="utf-8", timeout=60,
    )  # fmt: skip
    child.expect("Where is the cramp")
    child.expect("q stops")
    child.sendline("calf")
    for _ in range(4):
        child.expect("Any of them")
        child.sendline("n")
    child.expect("Press Enter when you are in place")
    child.sendline("")
    child.expect("Hold until it eases")
    child.expect("Done")
    child.expect("When to get help")
    child.expect("A number starts one")
    child.sendline("")
    child.expect(pexpect.EOF)
    child.close()
    assert child.exitstatus == 0


_START = "from crampwise.edges.cli.main import main; main(['relieve', '--fast'])"
