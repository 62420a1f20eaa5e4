"""`crampwise evaluate` over folders of cases."""

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from crampwise.book.compile import shipped_folder
from crampwise.edges.cli.main import main

CASES = Path(__file__).parents[1] / "acceptance" / "cases"

GOOD = """id: {id}
person: {{age: 40, sex: female}}
answers: {{{answers}}}
expect: {{urgency: {urgency}, conditions: [{condition}]}}
"""


def run(*arguments: str) -> int:
    with pytest.raises(SystemExit) as stop:
        main(["evaluate", *arguments])
    return int(stop.value.code or 0)


def write(folder: Path, name: str, answers: str = "seizure_now_or_today: yes", urgency: str = "emergency_now") -> None:
    text = GOOD.format(id=name, answers=answers, urgency=urgency, condition="no_such_condition")
    (folder / f"{name}.yaml").write_text(text)


def test_json_has_exactly_the_agreed_shape(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(str(CASES), "--json") == 0
    data = json.loads(capsys.readouterr().out)
    assert list(data) == ["cases", "urgency", "causes", "tests", "misses", "calibration", "confusion"]
    counts = {"exact", "too_low", "too_high", "emergencies", "emergencies_missed"}
    fractions = {"exact_fraction", "too_low_fraction", "too_high_fraction", "emergencies_missed_fraction"}
    assert set(data["urgency"]) == counts | fractions
    assert set(data["causes"]) == {f"top{n}{end}" for n in (1, 3, 5) for end in ("", "_fraction")}
    assert all(set(m) == {"id", "what", "expected", "got"} for m in data["misses"])
    assert data["cases"] == len(list(CASES.glob("*.yaml")))
    assert sum(data["urgency"][name] for name in ("exact", "too_low", "too_high")) == data["cases"]
    for group in ("urgency", "causes", "tests"):
        assert all(0 <= v <= 1 for k, v in data[group].items() if k.endswith("_fraction"))


def test_a_known_outcome_is_counted(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(tmp_path, "A1")
    write(tmp_path, "A2", urgency="self_care")
    assert run(str(tmp_path), "--json") == 0
    data = json.loads(capsys.readouterr().out)
    assert (data["urgency"]["exact"], data["urgency"]["too_high"], data["urgency"]["exact_fraction"]) == (1, 1, 0.5)
    assert (data["urgency"]["emergencies"], data["urgency"]["emergencies_missed"]) == (1, 0)
    assert data["causes"]["top5_fraction"] == 0
    assert {"id": "A2", "what": "urgency too high", "expected": "self_care", "got": "emergency_now"} in data["misses"]


def test_the_table_names_every_miss(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(tmp_path, "A2", urgency="self_care")
    assert run(str(tmp_path)) == 0
    text = capsys.readouterr().out
    assert "1 case, 0 of them emergencies" in text
    assert "expected self_care; got emergency_now" in text
    assert max(map(len, text.splitlines())) <= 80
    assert run(str(tmp_path), "--plain") == 0
    assert "urgency exact, 0 of 1, 0.0%" in capsys.readouterr().out.splitlines()


def test_all_suffixes_are_read_and_others_are_not(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(tmp_path, "A1")
    (tmp_path / "A1.yaml").rename(tmp_path / "A1.yml")
    case = {"id": "A2", "answers": {}, "expect": {"urgency": "routine"}}
    (tmp_path / "A2.json").write_text(json.dumps(case, indent="\t"))
    (tmp_path / "notes.txt").write_text("not a case")
    assert run(str(tmp_path), "--json") == 0
    assert json.loads(capsys.readouterr().out)["cases"] == 2


def test_problems_of_all_files_come_at_once(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "bad1.yaml").write_text("answers: {no_such_finding: yes}\nexpect: {urgency: soon}\n")
    (tmp_path / "bad2.yaml").write_text("answers: {}\nexpect: {urgency: quickly}\n")
    (tmp_path / "bad3.yaml").write_text("answers: [\n")
    contradicting = "taking_statin: no}\nmedicines: [simvastatin]\nexpect: {urgency: soon}\n"
    (tmp_path / "bad4.yaml").write_text("answers: {" + contradicting)
    write(tmp_path, "A1")
    write(tmp_path, "A9")
    (tmp_path / "A9.yaml").write_text((tmp_path / "A1.yaml").read_text())
    assert run(str(tmp_path)) == 3
    errors = capsys.readouterr().err
    for name in ("bad1.yaml", "bad2.yaml", "bad3.yaml", "bad4.yaml", "A9.yaml"):
        assert name in errors


@pytest.mark.parametrize("folder", ["", "nowhere"])
def test_no_cases_or_no_folder(tmp_path: Path, capsys: pytest.CaptureFixture[str], folder: str) -> None:
    assert run(str(tmp_path / folder)) == 5
    assert "folder" in capsys.readouterr().err


def test_probabilities_and_confusions_are_in_the_json(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(str(CASES), "--json") == 0
    data = json.loads(capsys.readouterr().out)
    found, cases = data["calibration"], data["cases"]
    assert 0 <= found["brier"] <= 1
    assert sum(b["count"] for b in found["bins"]) == found["listed"]
    assert sum(row["cases"] for row in data["confusion"]["urgency"]) == cases
    right = sum(row["cases"] for row in data["confusion"]["urgency"] if row["expected"] == row["got"])
    assert right == data["urgency"]["exact"]
    first = sum(row["cases"] for row in data["confusion"]["causes"] if row["expected"] == row["got"])
    assert first == data["causes"]["top1"]


def test_the_calibration_plot_is_a_png(tmp_path: Path) -> None:
    write(tmp_path, "A1")
    assert run(str(tmp_path), "--plot", str(tmp_path / "plot.png")) == 0
    assert (tmp_path / "plot.png").read_bytes().startswith(b"\x89PNG")
    assert run(str(tmp_path), "--plot", str(tmp_path / "nowhere" / "plot.png")) == 5


def test_without_matplotlib_the_plot_says_what_to_install(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path, "A1")
    monkeypatch.setitem(sys.modules, "matplotlib.figure", None)
    assert run(str(tmp_path), "--plot", str(tmp_path / "plot.png")) == 5
    assert "crampwise[plots]" in capsys.readouterr().err


PRIOR = re.compile(r"^prior:\n(?:  .+\n)+", re.M)


def swap_priors(content: Path) -> None:
    """Give night cramps and exercise cramps each other's priors."""
    one, other = (content / "conditions" / f"{c}.yaml" for c in ("benign_nocturnal_leg_cramps", "muscle_overuse"))
    texts = [p.read_text("utf-8") for p in (one, other)]
    priors = [match[0] for t in texts if (match := PRIOR.search(t))]
    one.write_text(texts[0].replace(priors[0], priors[1]), "utf-8")
    other.write_text(texts[1].replace(priors[1], priors[0]), "utf-8")


@pytest.fixture
def one_case(tmp_path: Path) -> Path:
    (tmp_path / "cases").mkdir()
    write(tmp_path / "cases", "A1", "occurs_at_night: yes", "self_care")
    return tmp_path / "cases"


SWAPPED = {"id": "A1", "what": "first cause", "before": "muscle_overuse", "after": "benign_nocturnal_leg_cramps"}


def test_against_another_folder_lists_what_changed(
    tmp_path: Path, one_case: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shutil.copytree(shipped_folder(), tmp_path / "other")
    swap_priors(tmp_path / "other")
    assert run(str(one_case), "--json", "--against", str(tmp_path / "other")) == 0
    assert json.loads(capsys.readouterr().out)["against"] == [SWAPPED]
    assert run(str(one_case), "--against", str(tmp_path / "other")) == 0
    assert "muscle_overuse to benign_nocturnal_leg_cramps" in " ".join(capsys.readouterr().out.split())


def test_against_a_revision_reads_the_book_as_it_was(
    tmp_path: Path, one_case: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    content = tmp_path / "checkout" / "content"
    shutil.copytree(shipped_folder(), content)
    git = ["git", "-C", str(tmp_path / "checkout"), "-c", "user.name=T", "-c", "user.email=t@example.org"]
    swap_priors(content)
    for command in (["init", "-q"], ["add", "-A"], ["commit", "-qm", "swapped"]):
        subprocess.run([*git, *command], check=True)
    swap_priors(content)
    assert run(str(one_case), "--json", "--book", str(content), "--against", "HEAD") == 0
    assert json.loads(capsys.readouterr().out)["against"] == [SWAPPED]


@pytest.mark.parametrize("name", ["no_such_revision", "--all"])
def test_against_nothing_that_exists(one_case: Path, capsys: pytest.CaptureFixture[str], name: str) -> None:
    assert run(str(one_case), f"--against={name}") == 5
    assert "no such revision" in capsys.readouterr().err


def test_with_the_interview_questions_are_counted_and_urgency_is_that_of_all_facts(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert run(str(CASES), "--interview", "--json") == 0
    told = json.loads(capsys.readouterr().out)
    assert run(str(CASES), "--json") == 0
    at_once = json.loads(capsys.readouterr().out)
    assert {"median", "p90", "emergency_screens_median"} <= set(told["questions"])
    assert told["questions"]["emergency_screens_median"] <= 3
    assert told["questions"]["p90"] <= 18
    assert abs(told["urgency"]["exact_fraction"] - at_once["urgency"]["exact_fraction"]) <= 0.03
    assert told["urgency"]["emergencies_missed"] <= at_once["urgency"]["emergencies_missed"]
    curve = [row["urgency_exact"] for row in told["questions"]["curve"]]
    assert curve[-1] == max(curve)
