"""`crampwise fhir` from outside: forms out, filled-in forms in, results out; plain words when something is wrong."""

import json
import socket
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner, Result

from crampwise.edges.cli import main as entry
from crampwise.logic.errors import Exit

EXAMPLE = Path(__file__).resolve().parents[2] / "docs" / "example.yaml"


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    with pytest.raises(SystemExit) as stop:
        entry.main(["fhir", *arguments])
    out, err = capsys.readouterr()
    return int(str(stop.value.code)), out, err


def response(*items: tuple[str, Any], **more: Any) -> dict[str, Any]:
    listed = [{"linkId": id_, "answer": [answer]} for id_, answer in items]
    form = "https://crampwise.invalid/fhir/Questionnaire/check"
    whole = {"resourceType": "QuestionnaireResponse", "questionnaire": form, "status": "completed", "item": listed}
    return whole | more


def yes() -> dict[str, Any]:
    return {"valueCoding": {"system": "http://terminology.hl7.org/CodeSystem/v2-0136", "code": "Y"}}


def test_a_form_goes_to_standard_output_and_what_it_cannot_carry_to_standard_error(capsys: Any) -> None:
    code, out, err = run(capsys, "questionnaire", "--scope", "results")
    assert code == Exit.OK
    assert json.loads(out)["resourceType"] == "Questionnaire"
    assert "cannot carry" in err


def test_a_wrong_scope_is_bad_input(capsys: Any) -> None:
    code, out, err = run(capsys, "questionnaire", "--scope", "chek")
    assert (code, out) == (Exit.BAD_INPUT, "")
    assert "Did you mean 'check'?" in err


def test_a_filled_in_form_becomes_an_answers_file_that_assess_reads(capsys: Any, tmp_path: Path) -> None:
    given = tmp_path / "response.json"
    given.write_text(json.dumps(response(("chest_pain", yes()), ("age_years", {"valueInteger": "61"}))))
    code, out, err = run(capsys, "answers", str(given))
    assert code == Exit.OK
    assert yaml.safe_load(out)["answers"] == {"chest_pain": True, "age_years": "61 a"}
    assert "is a text, not a number" in err
    answers = tmp_path / "answers.yaml"
    answers.write_text(out)
    code, out, _ = run(capsys, "assess", str(answers))
    assert code == Exit.OK
    assert json.loads(out)["type"] == "document"


def test_a_grouped_yes_alone_is_told_and_counts_as_a_danger_sign(capsys: Any, tmp_path: Path) -> None:
    given = tmp_path / "response.json"
    given.write_text(json.dumps(response(("es_collapse", yes()))))
    code, out, err = run(capsys, "assess", "--response", str(given))
    assert code == Exit.OK
    assert "We take it as a danger sign" in err
    findings = next(e["resource"] for e in json.loads(out)["entry"] if "finding" in e["resource"])["finding"]
    assert findings[0]["itemCodeableConcept"]["coding"][0]["code"] == "emergency_now"


def test_a_document_is_written_whole_or_not_at_all(capsys: Any, tmp_path: Path) -> None:
    place = tmp_path / "out.json"
    code, _, err = run(capsys, "assess", str(EXAMPLE), "--out", str(place))
    assert code == Exit.OK
    assert json.loads(place.read_text())["resourceType"] == "Bundle"
    assert "Wrote" in err
    assert run(capsys, "assess", str(EXAMPLE), "--out", str(tmp_path / "no" / "out.json"))[0] == Exit.NO_FILE


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("{", "this is not JSON"), ("[1, 2]", "needs a QuestionnaireResponse"), ('{"a": NaN}', "NaN is not a number"),
        ("[" * 100_000, "is nested too deeply"), ('{"resourceType": "Patient"}', "not Patient"),
    ],
)  # fmt: skip
def test_what_is_no_response_is_refused_in_plain_words(capsys: Any, tmp_path: Path, text: str, told: str) -> None:
    given = tmp_path / "response.json"
    given.write_text(text)
    code, out, err = run(capsys, "answers", str(given))
    assert (code, out) == (Exit.BAD_INPUT, "")
    assert told in err
    assert "Traceback" not in err


def test_answers_that_contradict_each_other_are_refused(capsys: Any, tmp_path: Path) -> None:
    no = {"valueCoding": {"system": "http://terminology.hl7.org/CodeSystem/v2-0136", "code": "N"}}
    given = tmp_path / "response.json"
    given.write_text(json.dumps(response(("breathlessness_at_rest", yes()), ("breathlessness_new", no))))
    code, _, err = run(capsys, "assess", "--response", str(given))
    assert code == Exit.BAD_INPUT
    assert "contradict each other" in err


def test_help_names_every_command() -> None:
    shown: Result = CliRunner().invoke(entry.cli, ["fhir", "--help"])
    assert all(name in shown.output for name in ("questionnaire", "answers", "assess"))


def test_an_endpoint_that_cannot_start_says_why(capsys: Any) -> None:
    code, _, err = run(capsys, "serve", "--host", "0.0.0.0")
    assert code == Exit.BAD_INPUT
    assert "--allowed-host: is needed" in err
    with socket.create_server(("127.0.0.1", 0)) as taken:
        code, _, err = run(capsys, "serve", "--port", str(taken.getsockname()[1]))
    assert code == Exit.BAD_INPUT
    assert "Choose another --port" in err
