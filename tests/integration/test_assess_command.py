import json
import subprocess
import sys
from pathlib import Path

import jsonschema
import pytest

ROOT = Path(__file__).parents[2]
CASES = sorted((ROOT / "tests" / "acceptance" / "cases").glob("*.yaml"))
NIGHT = """
person: {age: 63, sex: female}
answers:
  site_calf: yes
  occurs_at_night: yes
  sudden_painful_tightening: yes
  relieved_by_stretching: yes
"""


def crampwise(*arguments: str, stdin: str | bytes = b"", **environment: str) -> subprocess.CompletedProcess[str]:
    data = stdin.encode() if isinstance(stdin, str) else stdin
    command = [sys.executable, "-m", "crampwise", *arguments]
    import os

    env = {**os.environ, "LANG": "C.UTF-8", "LC_ALL": "C.UTF-8", **environment}
    done = subprocess.run(command, input=data, capture_output=True, check=False, env=env)
    return subprocess.CompletedProcess(command, done.returncode, done.stdout.decode(), done.stderr.decode())


def schema(name: str) -> dict[str, object]:
    loaded: dict[str, object] = json.loads((ROOT / "schemas" / name).read_text(encoding="utf-8"))
    return loaded


def test_reads_standard_input() -> None:
    done = crampwise("assess", "-", "--plain", stdin=NIGHT)
    assert done.returncode == 0
    assert "We cannot call this safe yet." in done.stdout
    assert "harmless" not in done.stdout
    assert done.stderr == ""


def test_plain_output_fits_80_columns_and_has_no_control_characters() -> None:
    done = crampwise("assess", str(CASES[0]), "--plain")
    assert max(map(len, done.stdout.splitlines())) <= 80
    assert "\x1b" not in done.stdout


def test_json_of_every_case_fits_the_schema() -> None:
    validator = jsonschema.Draft202012Validator(schema("assessment.schema.json"))
    for case in (CASES[0], CASES[7], CASES[20]):
        done = crampwise("assess", str(case), "--json")
        assert done.returncode == 0, done.stderr
        validator.validate(json.loads(done.stdout))


def test_an_emergency_comes_first_with_the_local_number() -> None:
    story = "person: {age: 50}\nanswers: {seizure_now_or_today: yes}\n"
    done = crampwise("assess", "-", "--plain", "--country", "GB", stdin=story)
    assert done.stdout.startswith("!!! EMERGENCY !!!")
    assert "999" in done.stdout
    assert "Book a normal visit" not in done.stdout


def test_an_unknown_country_names_no_single_number() -> None:
    done = crampwise("assess", "-", "--plain", stdin="answers: {seizure_now_or_today: yes}\n")
    assert "Call the ambulance number where you are" in done.stdout


def test_html_is_one_file_without_script_or_requests(tmp_path: Path) -> None:
    page = tmp_path / "result.html"
    done = crampwise("assess", str(CASES[0]), "--html", str(page))
    text = page.read_text(encoding="utf-8")
    assert done.returncode == 0
    assert "<script" not in text
    assert "http-equiv" not in text
    assert 'src="' not in text


def test_html_into_a_folder_that_is_not_there_leaves_nothing(tmp_path: Path) -> None:
    done = crampwise("assess", str(CASES[0]), "--html", str(tmp_path / "no" / "result.html"))
    assert done.returncode == 5
    assert "cannot be written" in done.stderr
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("text", "code", "says"),
    [
        ("answers: {site_calv: yes}", 3, "there is no finding called 'site_calv'. Did you mean 'site_calf'?"),
        ("answers: {site_calf: maybe}", 3, "site_calf needs yes, no or not_sure, not 'maybe'."),
        ("person: {age: 400}", 3, "person.age must lie between 0 and 120 years, not '400'."),
        ("labs: [{test: potassium, value: 300, unit: mmol/L}]", 3, "potassium must lie between"),
        ("labs: [{test: potassium, value: 3, unit: kg}]", 3, "kg is not a unit for this; mmol/L is"),
        ("labs: [{test: potassium, value: 3}]", 3, "the lab result has no unit."),
        ("labs: [{test: potasium, value: 3, unit: mmol/L}]", 3, "Did you mean 'potassium'?"),
        ("answers: {serum_potassium: 3.1}", 3, "serum_potassium needs its unit"),
        ("answers: {pregnant: no, gestation_weeks: 30}\nperson: {sex: female, age: 30}", 3, "contradict each other"),
        ("answers: {site_calf: yes, site_calf: no}", 3, "the key 'site_calf' is given twice."),
        ("answers: {site_calf: yes", 3, "this is not valid YAML"),
        ('{"answers": {"site_calf": true,}', 3, "this is not valid YAML"),
        ("answers: {pain_score: .nan}", 3, "pain_score needs a number"),
        ("answers: {pain_score: .inf}", 3, "pain_score needs a number"),
        ("answer: {site_calf: yes}", 3, "'answer' is not a key of an answers file. Did you mean 'answers'?"),
        ("[1, 2]", 3, "an answers file must be a map."),
        ("", 3, "the file is empty."),
        (
            "medicines: [atorvastatin]\nanswers: {taking_statin: no}",
            3,
            "taking_statin says no, but 'atorvastatin' is one.",
        ),
    ],
)
def test_bad_input_names_the_place_and_the_remedy(text: str, code: int, says: str) -> None:
    done = crampwise("assess", "-", stdin=text)
    assert done.returncode == code
    assert says in done.stderr
    assert "Nothing was done." in done.stderr
    assert "Traceback" not in done.stderr
    assert done.stdout == ""


def test_every_problem_is_told_at_once() -> None:
    text = "person: {age: 400, sex: blue}\nanswers: {site_calv: yes, pain_score: x}\nlabs: [{test: potassium}]\n"
    done = crampwise("assess", "-", stdin=text)
    assert "5 problems. Nothing was done." in done.stderr
    assert "standard input:1:15" in done.stderr


def test_results_and_contradictions_are_told_with_the_other_problems() -> None:
    story = """
        person: {age: 400}
        answers: {dark_urin: yes, pregnant: no, gestation_weeks: 30}
        labs: [{test: potassium, value: 3.4, unit: kg}, {test: sodium, value: 140, unit: mmol/L, date: 2999-01-01}]
    """
    done = crampwise("assess", "-", stdin=story)
    assert done.returncode == 3
    for part in ("400", "'dark_urin'", "contradict", "kg is not a unit", "2999-01-01"):
        assert part in done.stderr


def test_not_utf8_is_refused() -> None:
    done = crampwise("assess", "-", stdin=b"answers: {site_calf: yes} # \xff\xfe")
    assert done.returncode == 3
    assert "this is not UTF-8 text" in done.stderr


def test_a_huge_file_is_refused_without_being_read(tmp_path: Path) -> None:
    huge = tmp_path / "huge.yaml"
    with huge.open("wb") as file:
        file.truncate(50_000_000)
    done = crampwise("assess", str(huge))
    assert done.returncode == 3
    assert "is 50 MB; an answers file has at most 1 MB." in done.stderr


def test_a_missing_file_has_its_own_exit_code() -> None:
    done = crampwise("assess", "nowhere.yaml")
    assert done.returncode == 5
    assert "nowhere.yaml: cannot be read: No such file or directory." in done.stderr


def test_an_unknown_medicine_is_kept_in_sight() -> None:
    done = crampwise("assess", "-", "--json", stdin="medicines: [Zyxomol forte]\n")
    (medicine,) = json.loads(done.stdout)["medicines"]
    assert medicine["said"] == "Zyxomol forte"
    assert medicine["ingredients"] == []
    assert "do not know this name" in medicine["statements"][0]["text"]


def test_male_and_pregnant_is_asked_not_refused() -> None:
    done = crampwise("assess", "-", "--json", stdin="person: {age: 30, sex: male, pregnant: yes}\n")
    assert done.returncode == 0
    assert [c["finding"] for c in json.loads(done.stdout)["confirm"]] == ["pregnant"]


def test_json_with_tabs_and_a_byte_order_mark_is_read() -> None:
    done = crampwise("assess", "-", "--json", stdin=b'\xef\xbb\xbf{\n\t"answers": {"site_calf": true}\n}')
    assert done.returncode == 0


def test_a_cache_folder_that_cannot_be_written_only_costs_time(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("not a folder", encoding="utf-8")
    done = crampwise("assess", "-", "--json", stdin=NIGHT, XDG_CACHE_HOME=str(blocked))
    assert done.returncode == 0
    assert done.stderr == ""


def test_the_stored_schemas_are_current() -> None:
    from crampwise.book.compile import open_book
    from crampwise.edges.cli.schemas import as_text, schemas

    for name, made in schemas(open_book()).items():
        stored = (ROOT / "schemas" / name).read_text(encoding="utf-8")
        assert stored == as_text(made), f"run: python -m crampwise.edges.cli.schemas schemas ({name})"
        jsonschema.Draft202012Validator.check_schema(made)
