"""`crampwise diary` and `crampwise trial` from outside, as a person uses them."""

import json
import re
import stat
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import NamedTuple
from xml.etree import ElementTree

import pytest

from crampwise.edges.cli.diary_words import read_words
from crampwise.edges.cli.main import main
from crampwise.edges.store.store import open_store
from crampwise.followup.plainly import diary_to_plain
from crampwise.logic.errors import InputError
from tests.support.diaries import RATIOS, diary_of, poisson_diary, trial_diary
from tests.support.people import shipped

BOOK = shipped()
NIGHT = "{person: {age: 50, sex: female}, answers: {site_calf: yes, occurs_at_night: yes}}"


class Done(NamedTuple):
    code: int
    out: str
    err: str


@pytest.fixture
def crampwise(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("CRAMPWISE_STORE", str(tmp_path / "me.sqlite"))
    monkeypatch.delenv("CRAMPWISE_PASSPHRASE", raising=False)

    def run(*arguments: str) -> Done:
        with pytest.raises(SystemExit) as ended:
            main(arguments)
        said = capsys.readouterr()
        return Done(int(ended.value.code or 0), said.out, said.err)

    return run


# --- a cramp in a few words

NOW = datetime(2026, 11, 21, 3, 20).astimezone()


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("calf, now", {"start": "2026-11-21T03:20", "muscles": ["calf"]}),
        ("left calf 3:10 woke", {"start": "2026-11-21T03:10", "muscles": ["calf"], "side": "left", "woke": True}),
        (
            "foot 20 min ago pain 7 40s",
            {"start": "2026-11-21T03:00", "muscles": ["foot_arch"], "pain": 7, "duration_s": 40},
        ),
        ("both calves", {"start": "2026-11-21T03:20", "muscles": ["calf"], "side": "both"}),
        ("thigh 22:15", {"start": "2026-11-20T22:15", "muscles": ["hamstring"]}),
        ("calf yesterday 2:00", {"start": "2026-11-20T02:00", "muscles": ["calf"]}),
        ("now", {"start": "2026-11-21T03:20"}),
        ("", {"start": "2026-11-21T03:20"}),
        ("calf 25:10", None),
        ("elbow", None),
    ],
)
def test_a_cramp_in_a_few_words(words: str, expected: dict | None) -> None:
    if expected is None:
        with pytest.raises(InputError):
            read_words(BOOK, words, NOW)
        return
    found = read_words(BOOK, words, NOW)
    assert found.pop("start").startswith(expected.pop("start"))
    assert found == expected


# --- writing down


def test_quick_entry_then_completed(crampwise) -> None:
    first = crampwise("diary", "add", "calf,", "now")
    assert first.code == 0 and "Calf" in first.out and "Still open" in first.out
    done = crampwise("diary", "complete", "--pain", "5", "--side", "left", "--json")
    entry = json.loads(done.out)
    assert entry["pain"] == 5 and entry["side"] == "left" and "pain" not in entry["open"]
    listed = json.loads(crampwise("diary", "list", "--json").out)
    assert [e["id"] for e in listed] == [entry["id"]]
    assert crampwise("diary", "remove", entry["id"]).code == 0
    assert "No cramp" in crampwise("diary", "list").out


def test_wrong_words_are_told_all_at_once_and_nothing_is_kept(crampwise) -> None:
    crampwise("diary", "add", "calf")
    wrong = crampwise("diary", "complete", "--pain", "50", "--activity", "swimming")
    assert wrong.code == 3 and "pain must lie between 0 and 10" in wrong.err and "activity needs one of" in wrong.err
    assert "2 problems. Nothing was done." in wrong.err
    assert "pain" not in json.loads(crampwise("diary", "list", "--json").out)[0]
    assert crampwise("diary", "complete", "nothing").code == 3
    assert crampwise("diary", "free", "--day", "2099-01-01").code == 2


def test_free_days_leave_days_with_a_cramp_alone(crampwise) -> None:
    yesterday = date.today() - timedelta(days=1)
    crampwise("diary", "add", "calf", "yesterday", "12:00")
    assert crampwise("diary", "free").code == 3
    several = crampwise("diary", "free", "--from", str(yesterday - timedelta(days=4)))
    assert several.out == "4 days written down as free of cramps. 1 with a cramp left as they are.\n"


def test_the_file_is_private_and_the_person_is_named_when_there_are_several(crampwise, tmp_path: Path) -> None:
    crampwise("diary", "add", "calf")
    assert stat.S_IMODE((tmp_path / "me.sqlite").stat().st_mode) == 0o600
    assert crampwise("diary", "people", "--add", "Ada").out == "Ada\nme\n"
    both = crampwise("diary", "list")
    assert both.code == 3 and "Add --person with one of: Ada, me." in both.err
    assert crampwise("diary", "list", "--person", "Ada").out == "No cramp is written down.\n"
    assert crampwise("diary", "erase", "--person", "me", "--yes").out.startswith("1 entries erased")
    assert crampwise("diary", "erase", "--everything", "--yes").code == 0
    assert not (tmp_path / "me.sqlite").exists()


def test_a_medicine_is_a_fact_and_never_advice(crampwise) -> None:
    said = crampwise("diary", "medicine", "indapamide", "started")
    assert said.code == 0 and "Do not change them" in said.out


# --- out and in


@pytest.mark.parametrize(("name", "form"), [("d.json", ()), ("d.csv", ()), ("d.fhir.json", ("--form", "fhir"))])
def test_export_and_import(crampwise, tmp_path: Path, name: str, form: tuple[str, ...]) -> None:
    given = tmp_path / "given.json"
    given.write_text(json.dumps(diary_to_plain(diary_of([1, 0, 2]))))
    assert crampwise("diary", "import", str(given)).code == 0
    assert crampwise("diary", "export", str(tmp_path / name), *form).code == 0
    assert stat.S_IMODE((tmp_path / name).stat().st_mode) == 0o600
    crampwise("diary", "erase", "--everything", "--yes")
    assert crampwise("diary", "import", str(tmp_path / name)).code == 0
    crampwise("diary", "export", str(tmp_path / "again.json"))
    assert json.loads((tmp_path / "again.json").read_text()) == json.loads(given.read_text())


def test_a_broken_import_changes_nothing(crampwise, tmp_path: Path) -> None:
    crampwise("diary", "add", "calf")
    before = crampwise("diary", "list", "--json").out
    for text in ("", "{", "[]", '{"format": "crampwise-diary", "version": 1, "episodes": [{}]}', '{"a": NaN}'):
        (tmp_path / "x.json").write_text(text)
        assert crampwise("diary", "import", str(tmp_path / "x.json")).code == 3
    assert crampwise("diary", "import", str(tmp_path / "nowhere.json")).code == 5
    assert crampwise("diary", "list", "--json").out == before


def test_backup_and_restore_of_a_locked_store(crampwise, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CRAMPWISE_PASSPHRASE", "correct horse")
    crampwise("diary", "add", "calf")
    before = crampwise("diary", "list", "--json").out
    assert crampwise("diary", "backup", str(tmp_path / "b.json")).code == 0
    crampwise("diary", "erase", "--everything", "--yes")
    assert crampwise("diary", "restore", str(tmp_path / "b.json")).code == 0
    assert crampwise("diary", "list", "--json").out == before
    monkeypatch.setenv("CRAMPWISE_PASSPHRASE", "wrong")
    assert "not the passphrase" in crampwise("diary", "list").err
    monkeypatch.delenv("CRAMPWISE_PASSPHRASE")
    without = crampwise("diary", "list")
    assert without.code == 3 and "Give its passphrase in CRAMPWISE_PASSPHRASE." in without.err
    monkeypatch.setenv("CRAMPWISE_PASSPHRASE", "correct horse")
    assert crampwise("diary", "unlock").code == 0
    monkeypatch.delenv("CRAMPWISE_PASSPHRASE")
    assert crampwise("diary", "list", "--json").out == before


# --- what it says


def filled(tmp_path: Path, diary) -> None:
    store = open_store(str(tmp_path / "me.sqlite"))
    store.merge(store.add_person("me"), diary, 8)
    store.close()


def test_stats_with_pictures_that_screen_readers_can_read(crampwise, tmp_path: Path) -> None:
    filled(tmp_path, poisson_diary(0.8, 120, 1, date.today() - timedelta(days=119)))
    said = crampwise("diary", "stats", "--charts", str(tmp_path / "charts"))
    assert said.code == 0 and re.search(r"\d\.\d cramps a week \(95 % interval", said.out)
    pictures = sorted((tmp_path / "charts").glob("*.svg"))
    assert [p.stem for p in pictures] == ["calendar", "hours", "weeks"]
    for path in pictures:
        root = ElementTree.parse(path).getroot()
        ns = "{http://www.w3.org/2000/svg}"
        named = root.attrib["aria-labelledby"].split()
        assert root.attrib["role"] == "img"
        title, told = root.find(ns + "title"), root.find(ns + "desc")
        assert title is not None and told is not None and told.text
        assert [title.attrib["id"], told.attrib["id"]] == named
        assert len((path.with_suffix(".csv")).read_text().splitlines()) > 2
    plain = json.loads(crampwise("diary", "stats", "--json").out)
    assert plain["rate"]["status"] == "told" and plain["rate"]["per_week"]["low"] < plain["rate"]["per_week"]["high"]


def test_stats_of_nothing(crampwise) -> None:
    said = crampwise("diary", "stats")
    assert said.code == 0 and BOOK.followup.phrases["too_early"] in said.out


def test_answers_are_written_only_with_consent(crampwise, tmp_path: Path) -> None:
    filled(tmp_path, diary_of([1] * 30, date.today() - timedelta(days=30), hour=23))
    into = tmp_path / "answers.yaml"
    assert crampwise("diary", "answers").code == 0 and not into.exists()
    assert crampwise("diary", "answers", "--into", str(into), "--yes").code == 0
    assert "  site_calf: yes\n" in into.read_text() and ": no" not in into.read_text()
    assert crampwise("assess", str(into), "--plain").code == 0
    assert crampwise("diary", "answers", "--into", str(into), "--yes").code == 2


# --- trials


@pytest.fixture
def answers(tmp_path: Path) -> str:
    path = tmp_path / "answers.yaml"
    path.write_text(NIGHT)
    return str(path)


def test_choices_sort_by_what_is_allowed(crampwise, answers: str) -> None:
    found = {c["id"]: c for c in json.loads(crampwise("trial", "choices", "--answers", answers, "--json").out)}
    assert found["i_bedclothes"]["status"] == "allowed"
    assert found["i_night_splint"]["status"] == "ask_first" and found["i_night_splint"]["asks"]
    assert "i_magnesium_oral" not in found and "i_quinine" not in found


def test_a_plan_is_stored_only_when_started_and_only_one_at_a_time(crampwise, answers: str, tmp_path: Path) -> None:
    ask = ("trial", "plan", "i_bedclothes", "--answers", answers, "--per-week", "6", "--pairs", "3", "--seed", "5")
    shown = crampwise(*ask)
    assert shown.code == 0 and "Nothing is stored yet" in shown.out
    assert crampwise("trial", "today").code == 3
    started = json.loads(crampwise(*ask, "--start", "--json").out)
    assert len(started["blocks"]) == 6 and 0 <= started["power"] <= 1
    again = crampwise(*ask, "--start")
    assert again.code == 3 and "another trial runs until" in again.err
    assert "The trial starts on" in crampwise("trial", "today").out
    early = crampwise("trial", "result")
    assert early.code == 3 and "the trial runs until" in early.err
    ics = tmp_path / "trial.ics"
    assert crampwise("trial", "calendar", str(ics)).code == 0
    assert ics.read_bytes().startswith(b"BEGIN:VCALENDAR\r\n") and b"\r\r" not in ics.read_bytes()
    assert crampwise("trial", "kept", "yes").code == 3
    assert crampwise("trial", "stop", "--reason", "moved house").code == 0
    assert crampwise("trial", "stop").code == 3


def test_nothing_that_is_not_allowed_can_be_planned(crampwise, answers: str) -> None:
    for action, reason in (
        ("i_quinine", "no trial of this"),
        ("i_night_splint", "questions have to be answered first"),
    ):
        refused = crampwise("trial", "plan", action, "--answers", answers, "--per-week", "6", "--pairs", "3")
        assert refused.code == 3 and reason in refused.err
    without = crampwise("trial", "plan", "i_bedclothes", "--answers", answers)
    assert without.code == 3 and "Keep the diary first" in without.err


@pytest.mark.parametrize("verdict", sorted(RATIOS))
def test_the_result_of_trials(crampwise, tmp_path: Path, verdict: str) -> None:
    filled(tmp_path, trial_diary(verdict))
    shown = crampwise("trial", "result", "--charts", str(tmp_path / "c"))
    assert shown.code == 0, shown.err
    assert BOOK.followup.phrases[verdict] in " ".join(shown.out.split())
    assert {p.name for p in (tmp_path / "c").iterdir()} == {"blocks.svg", "blocks.csv", "ratio.svg", "ratio.csv"}
    assert crampwise("trial", "result", "--html", str(tmp_path / "r.html")).code == 0
    page = (tmp_path / "r.html").read_text()
    assert BOOK.followup.phrases[verdict] in page and page.count("<svg") == 2 == page.count("<table>")
    assert "http" not in page.replace("http://www.w3.org/2000/svg", "")
    plain = json.loads(crampwise("trial", "result", "--json").out)
    assert plain["reading"]["verdict"] == verdict and len(plain["report"]) == 29
