"""`crampwise book`: check, show, search, coverage, evidence."""

import json
import re
import shutil
from pathlib import Path

import pytest

from crampwise.book.compile import shipped_folder
from crampwise.edges.cli.main import main


def run(*arguments: str) -> int:
    with pytest.raises(SystemExit) as stop:
        main(["book", *arguments])
    return int(stop.value.code or 0)


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    shutil.copytree(shipped_folder(), tmp_path / "content")
    return tmp_path / "content"


def test_check_says_counts_version_and_digest_on_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("check") == 0
    (line,) = capsys.readouterr().out.splitlines()
    assert re.match(r"The book is sound: version \d+\.\d+\.\d+, [0-9a-f]{12}, \d+ findings, ", line)


def test_check_reads_afresh_and_reports_every_problem(copy: Path, capsys: pytest.CaptureFixture[str]) -> None:
    glossary, muscles = copy / "glossary.yaml", copy / "muscles.yaml"
    glossary.write_text(glossary.read_text().replace("term:", "trem:", 1))
    muscles.write_text(muscles.read_text().replace("site: site_calf", "site: site_clf", 1))
    assert run("check", str(copy)) == 4
    errors = capsys.readouterr().err
    assert re.search(r"^glossary\.yaml:\d+:\d+: ", errors, re.MULTILINE)
    assert run("check", str(copy), "--json") == 4
    data = json.loads(capsys.readouterr().out)
    assert data["sound"] is False
    assert all(set(p) == {"where", "what", "remedy"} for p in data["problems"])


def test_check_of_no_book(tmp_path: Path) -> None:
    assert run("check", str(tmp_path)) == 5


def test_check_json(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("check", "--json") == 0
    data = json.loads(capsys.readouterr().out)
    assert data["sound"] is True
    assert data["counts"]["claims"] == 535


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("t_dvt", ["Possible blood clot in the leg", "any of these:", "One leg swollen", "Where it is used", "R02"]),
        ("dark_urine", ["Is your pee dark brown", "suspected_rhabdomyolysis", "X02"]),
        ("tetany", ["Share of presenters", "expert estimate", "t_tetany", "D23"]),
        ("test_ck", ["Reference intervals", "40 to 320 U/L"]),
        ("lasix", ["furosemide", "garrison_2012", "abstract read"]),
        ("simvastatin", ["med_simvastatin", "statin"]),
        ("lib_muscle_strain", ["Said beside these facts", "MN-083", "Provenance only"]),
        ("D08", ["Readings", "gl_cramp"]),
        ("MSD-001", ["[0, 118)", "read in full"]),
        ("j_estimate", ["Crampwise content group", "2026-11-21"]),
        ("nhs_dvt", ["second hand", "t_dvt"]),
        ("pol_medicines_information_only", ["MSD-185"]),
        ("gl_charley_horse", ["folk name"]),
        ("s_calf_wall", ["Hold, seconds: 30", "Wall calf stretch"]),
    ],
)
def test_show_tells_everything(name: str, words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert run("show", name) == 0
    wrapped = capsys.readouterr().out
    text = " ".join(wrapped.split())
    for word in words:
        assert word in text
    too_long = [line for line in wrapped.splitlines() if len(line) > 80 and "://" not in line]
    assert too_long == []
    assert "\x1b" not in wrapped
    assert run("show", name, "--json") == 0
    data = json.loads(capsys.readouterr().out)
    assert {"kind", "id", "title", "fields", "used_by", "evidence"} <= set(data)


def test_show_of_an_unknown_id(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("show", "tetny") == 3
    assert "Did you mean 'tetany'?" in capsys.readouterr().err
    assert run("evidence", "tetny") == 3


def test_recovery_windows_are_shown(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("show", "lib_leg_strain") == 0
    assert re.search(r"Recovery windows: .*days", " ".join(capsys.readouterr().out.split()))


def test_search(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("search", "charley", "horse") == 0
    first, *_ = capsys.readouterr().out.splitlines()
    assert first.split() == ["glossary", "gl_charley_horse", "Charley", "horse"]
    assert run("search", "statin", "--kind", "medicine", "--limit", "2", "--json") == 0
    data = json.loads(capsys.readouterr().out)
    assert [d["kind"] for d in data] == ["medicine", "medicine"]
    assert set(data[0]) == {"kind", "id", "title", "score"}
    assert run("search", "potassium", "--plain", "--limit", "3") == 0
    assert capsys.readouterr().out.splitlines()[0].count(", ") >= 2
    assert run("search", "x", "--kind", "nonsense") == 3
    assert run("search", "qwxyz") == 0
    assert "Nothing found" in capsys.readouterr().out


def test_coverage(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("coverage", "--json") == 0
    data = json.loads(capsys.readouterr().out)
    assert list(data) == ["total", "executed", "missing", "claims"]
    assert (data["total"], data["executed"], data["missing"], len(data["claims"])) == (535, 535, [], 535)
    assert all(by for by in data["claims"].values())
    assert run("coverage") == 0
    text = capsys.readouterr().out
    assert "535 of 535 claims are executed." in text
    assert text.count("\n          provenance only: ") == 6
    assert max(map(len, text.splitlines())) <= 80


def test_a_claim_that_nothing_executes_is_named(copy: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = copy / "claims" / "mn.yaml"
    text, n = re.subn(r"(id: MN-001\n(?:.*\n)*?\s+executed_by: )\[[^\]]*\]", r"\1[S01]", path.read_text(), count=1)
    assert n == 1
    path.write_text(text)
    code = run("coverage", "--book", str(copy))
    said = capsys.readouterr()
    assert code == 1, said.err
    assert "534 of 535 claims are executed." in said.out
    assert "NOTHING EXECUTES IT" in said.out


def test_evidence(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("evidence", "t_dvt", "--json") == 0
    data = json.loads(capsys.readouterr().out)
    assert {"basis", "claims", "sources", "judgements", "figures", "settled"} <= set(data)
    claim = data["claims"][0]
    assert claim["locator"][0] < claim["locator"][1]
    assert {"title", "authors", "year", "doi", "pmid", "url", "read"} <= set(data["sources"][0])
    assert "R02" in {s["id"] for s in data["settled"]}
    assert run("evidence", "drug_statin") == 0
    text = " ".join(capsys.readouterr().out.split())
    assert "Basis of each figure:" in text
    assert "Judgement of the Crampwise content group, 2026-11-21" in text


def test_plain_output_has_no_layout(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("show", "t_dvt", "--plain") == 0
    lines = capsys.readouterr().out.splitlines()
    assert all(line == line.strip() and line for line in lines)
    assert not any(line.startswith("- ") for line in lines)
