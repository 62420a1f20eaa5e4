import signal
import sys
from collections.abc import Callable
from pathlib import Path

import pexpect
import pytest
import yaml

from tests.support.people import shipped

Start = Callable[..., pexpect.spawn]
QUESTION = r"\[y/n/\?\]"
LIST = r"\[1-\d/n/\?\]"
FIRST_SCREEN = "not breathing as normal"


def listen_to_ctrl_c() -> None:
    """A test run in the background ignores Ctrl-C, and so would every program that it starts."""
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture
def start(tmp_path: Path) -> Start:
    def begin(*arguments: str) -> pexpect.spawn:
        env = {"XDG_STATE_HOME": str(tmp_path), "PATH": "/usr/bin:/bin", "TERM": "xterm", "LANG": "C.UTF-8"}
        env["XDG_CACHE_HOME"] = str(Path.home() / ".cache")
        command = ["-m", "crampwise", "check", *arguments]
        return pexpect.spawn(
            sys.executable,
            command,
            env=env,
            timeout=60,
            encoding="utf-8",
            dimensions=(40, 80),
            preexec_fn=listen_to_ctrl_c,
        )

    return begin


def first_screen(child: pexpect.spawn) -> None:
    child.expect(FIRST_SCREEN)
    child.expect(LIST)


def emergency_screens_no(child: pexpect.spawn) -> None:
    for _ in range(3):
        child.expect(LIST)
        child.sendline("n")
    child.expect("How old are you")


def kept(tmp_path: Path) -> dict[str, object]:
    loaded: dict[str, object] = yaml.safe_load((tmp_path / "crampwise" / "answers.yaml").read_text(encoding="utf-8"))
    return loaded


def test_an_emergency_interrupts_at_once(start: Start) -> None:
    child = start("--plain", "--country", "GB")
    first_screen(child)
    child.sendline("1")
    child.expect("Right now|passed out")
    child.expect(LIST)
    child.sendline("1")
    child.expect("!!! EMERGENCY !!!")
    child.expect("999")
    child.expect("Go on with the questions")
    child.sendline("n")
    child.expect(pexpect.EOF)
    child.close()
    assert child.exitstatus == 0


def test_ctrl_c_keeps_the_answers_and_resume_takes_them_up(start: Start, tmp_path: Path) -> None:
    child = start("--plain")
    emergency_screens_no(child)
    child.sendline("40")
    child.expect("What sex")
    child.sendintr()
    child.expect("crampwise check --resume")
    child.expect(pexpect.EOF)
    child.close()
    assert child.exitstatus == 130
    answers = kept(tmp_path)["answers"]
    assert isinstance(answers, dict)
    assert answers["age_years"] == "40 a"
    assert answers["collapse_or_unresponsive"] is False
    assert (tmp_path / "crampwise" / "answers.yaml").stat().st_mode & 0o077 == 0

    again = start("--plain", "--resume")
    again.expect("What sex")
    assert "How old" not in (again.before or "")
    assert FIRST_SCREEN not in (again.before or "")
    again.close()


def test_back_takes_an_answer_back(start: Start, tmp_path: Path) -> None:
    child = start("--plain")
    emergency_screens_no(child)
    child.sendline("40")
    child.expect("What sex")
    child.sendline("2")
    child.expect("Which medicines")
    child.sendline("b")
    child.expect("What sex")
    child.sendline("1")
    child.expect("Are you pregnant")
    child.sendline("d")
    child.expect("How urgent it is")
    child.expect(pexpect.EOF)
    answers = kept(tmp_path)["answers"]
    assert isinstance(answers, dict)
    assert {k: v for k, v in answers.items() if v is not False} == {"age_years": "40 a", "sex_at_birth": "female"}


def test_an_open_danger_sign_is_warned_of_at_once_and_before_the_result(start: Start) -> None:
    screen = shipped().emergency_screen.screens[0]
    several = next(i for i, item in enumerate(screen.items, 1) if len(item.findings) > 1)
    child = start("--plain", "--country", "GB")
    first_screen(child)
    child.sendline(str(several))
    child.expect("You said yes to a danger sign.*999")
    child.expect([QUESTION, LIST])
    child.sendline("d")
    child.expect("You said yes to a danger sign.*999")
    child.expect("Not ruled out yet")


def test_why_shows_the_danger_of_each_line_and_its_evidence(start: Start) -> None:
    child = start("--plain")
    first_screen(child)
    child.sendline("w")
    child.expect(r"  8  .*\[[A-Za-z]")
    child.expect(LIST)
    child.close()


def test_an_answer_that_does_not_fit_is_explained_and_asked_again(start: Start) -> None:
    child = start("--plain")
    first_screen(child)
    child.sendline("9")
    child.expect("numbers of the lines")
    emergency_screens_no(child)
    child.sendline("four hundred")
    child.expect("needs a number")
    child.expect("How old are you")
    child.sendline("400")
    child.expect("must lie between 0 and 120")
    child.sendline("40")
    child.expect("What sex")
    child.close()


def test_done_with_open_danger_signs_never_calms(start: Start) -> None:
    child = start("--plain")
    first_screen(child)
    child.sendline("d")
    child.expect("We cannot call this safe yet")
    child.expect(pexpect.EOF)
    assert "common and often settle" not in (child.before or "")


def test_a_clinician_is_asked_for_examination_and_results_in_clinical_words(start: Start) -> None:
    child = start("--plain", "--clinician")
    first_screen(child)
    child.sendline("n")
    child.expect("What did you find on examination")
    child.sendline("heart_rate 70, exam_objective_weakness no")
    child.expect("Which test results")
    child.sendline("potassium 9 mmol/L")
    child.expect("EMERGENCY")
    child.close()


def test_everything_answered_no_for_a_typical_cramp_reaches_self_care(start: Start) -> None:
    typical = ("tighten all at once", "in the calf", "mostly at night", "stop when you stretch", "stop you sleeping")
    child = start("--plain")
    choices = {"What sex": "2", "How long does": "2", "How often": "2", "How long ago": "4"}
    for _ in range(60):
        asked = [
            LIST,
            QUESTION,
            r"\[years/\?\]",
            r"\[\d-\d/\?\]",
            r"\[[^\]]*/\?\]",
            "Or say none\\.",
            "How urgent it is",
        ]
        found = child.expect(asked)
        shown = child.before or ""
        if found == 6:
            break
        if found == 0:
            lines = [line.strip() for line in shown.splitlines() if line.strip()[:1].isdigit()]
            child.sendline(" ".join(x.split()[0] for x in lines if any(t in x for t in typical)) or "n")
        else:
            wanted = next((a for words, a in choices.items() if words in shown), "2")
            child.sendline({1: "n", 2: "40", 3: wanted, 4: "2", 5: "none"}[found])
    child.expect("Evidence")
    assert "We cannot call this safe yet" not in (child.before or "")
    child.expect(pexpect.EOF)
