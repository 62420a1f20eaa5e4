import sys
from collections.abc import Callable
from pathlib import Path

import pexpect
import pytest
import yaml

Start = Callable[..., pexpect.spawn]
QUESTION = r"\[y/n/\?\]"
FIRST_SCREEN = "not breathing as normal"


@pytest.fixture
def start(tmp_path: Path) -> Start:
    def begin(*arguments: str) -> pexpect.spawn:
        env = {"XDG_STATE_HOME": str(tmp_path), "PATH": "/usr/bin:/bin", "TERM": "xterm", "LANG": "C.UTF-8"}
        env["XDG_CACHE_HOME"] = str(Path.home() / ".cache")
        command = ["-m", "crampwise", "check", *arguments]
        return pexpect.spawn(sys.executable, command, env=env, timeout=30, encoding="utf-8", dimensions=(40, 80))

    return begin


def answer_person(child: pexpect.spawn, age: str = "40", sex: str = "2") -> None:
    child.expect("How old are you")
    child.sendline(age)
    child.expect("What sex")
    child.sendline(sex)
    child.expect(FIRST_SCREEN)
    child.expect(QUESTION)


def kept(tmp_path: Path) -> dict[str, object]:
    loaded: dict[str, object] = yaml.safe_load((tmp_path / "crampwise" / "answers.yaml").read_text(encoding="utf-8"))
    return loaded


def test_an_emergency_interrupts_at_once(start: Start) -> None:
    child = start("--plain", "--country", "GB")
    answer_person(child)
    child.sendline("y")
    child.expect("passed out")
    child.sendline("y")
    child.expect("!!! EMERGENCY !!!")
    child.expect("999")
    child.expect("Go on with the questions")
    child.sendline("n")
    child.expect(pexpect.EOF)
    child.close()
    assert child.exitstatus == 0


def test_ctrl_c_keeps_the_answers_and_resume_takes_them_up(start: Start, tmp_path: Path) -> None:
    child = start("--plain")
    answer_person(child)
    child.sendline("n")
    child.expect(QUESTION)
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
    again.expect(QUESTION)
    assert "How old" not in (again.before or "")
    assert FIRST_SCREEN not in (again.before or "")
    again.close()


def test_back_takes_an_answer_back(start: Start, tmp_path: Path) -> None:
    child = start("--plain")
    answer_person(child)
    child.sendline("b")
    child.expect("What sex")
    child.sendline("1")
    child.expect("Are you pregnant")
    child.sendline("d")
    child.expect("How urgent it is")
    child.expect(pexpect.EOF)
    assert kept(tmp_path)["answers"] == {"age_years": "40 a", "sex_at_birth": "female"}


def test_why_shows_the_danger_and_its_evidence(start: Start) -> None:
    child = start("--plain")
    answer_person(child)
    child.sendline("w")
    child.expect(r"\[[A-Za-z]")
    child.expect(QUESTION)
    child.close()


def test_an_answer_that_does_not_fit_is_explained_and_asked_again(start: Start) -> None:
    child = start("--plain")
    child.expect("How old are you")
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
    answer_person(child)
    child.sendline("d")
    child.expect("We cannot call this safe yet")
    child.expect(pexpect.EOF)
    assert "common and often settle" not in (child.before or "")


def test_everything_answered_no_for_a_typical_cramp_reaches_self_care(start: Start) -> None:
    typical = ("tighten all at once", "in the calf", "mostly at night", "stop when you stretch")
    child = start("--plain")
    answer_person(child)
    child.sendline("n")
    number = r"\[(?:\d-\d|[^\]]*)/\?\]"
    for _ in range(400):
        found = child.expect([QUESTION, number, r"medicines do you take[^\n]*between\.", "How urgent it is"])
        if found == 3:
            break
        question = (child.before or "").splitlines()[-1] if child.before else ""
        if found == 1:
            child.sendline("2")
        elif found == 2:
            child.sendline("none")
        else:
            child.sendline("y" if any(word in question for word in typical) else "n")
    child.expect("Evidence")
    assert "We cannot call this safe yet" not in (child.before or "")
    child.expect(pexpect.EOF)
