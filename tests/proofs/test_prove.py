"""The shipped book has every safety property, and the command says so with certificates that can be checked anew."""

import hashlib
import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import z3
from click.testing import CliRunner

from crampwise.assess.engine import engine_of
from crampwise.book.load import load_book
from crampwise.edges.cli.main import cli
from crampwise.logic.errors import Exit
from crampwise.safety import glue
from crampwise.safety.ground import Ground
from crampwise.safety.monotone import order_of
from crampwise.safety.properties import PROPERTIES, Property
from crampwise.safety.prove import prove
from tests.proofs.toys import TWO_FLAGS
from tests.support.people import shipped

EXPECTED = ["P1", "N1", *(f"S{n}" for n in range(1, 11))]


def test_the_properties_are_those_of_the_design() -> None:
    assert [p.id for p in PROPERTIES] == EXPECTED


@pytest.mark.parametrize("one", PROPERTIES, ids=EXPECTED)
def test_the_shipped_book_has_the_property(one: Property) -> None:
    (outcome,) = prove(shipped(), [one], seconds=240)
    assert outcome.status == "proved", [f"{e.obligation}: {e.says}" for e in outcome.examples]
    assert outcome.obligations > 0


def test_json_and_certificates(tmp_path: Path) -> None:
    arguments = ["prove", "--property", "S6", "--property", "s4", "--json", "--certificates", str(tmp_path)]
    done = CliRunner().invoke(cli, arguments)
    assert done.exit_code == 0, done.output
    data = json.loads(done.stdout)
    assert list(data) == ["book", "seconds", "properties"]
    assert data["book"] == shipped().digest
    assert [p["id"] for p in data["properties"]] == ["S6", "S4"]
    for one in data["properties"]:
        assert list(one) == ["id", "says", "status", "obligations", "seconds", "certificate"]
        assert one["status"] == "proved" and one["certificate"]["counterexamples"] == []
        for file in one["certificate"]["files"]:
            text = Path(file["path"]).read_text("utf-8")
            assert hashlib.sha256(text.encode()).hexdigest() == file["sha256"]
            if file["name"].endswith(".smt2"):
                solver = z3.Solver()
                solver.from_string(text)
                assert solver.check() == z3.unsat
    assert sorted(p.suffix for p in tmp_path.iterdir()) == [".json", ".smt2", ".smt2", ".smt2"]
    assert "1 of 2: S6 ..." in done.stderr


def test_nothing_is_written_unless_asked_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    done = CliRunner().invoke(cli, ["prove", "--property", "S3", "--plain"])
    assert done.exit_code == 0
    assert "S3, proved, Nothing fires for a person of whom nothing is known." in done.stdout
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("id_", ["P1", "N1"])
def test_running_out_of_time_has_its_own_exit_code(id_: str) -> None:
    done = CliRunner().invoke(cli, ["prove", "--property", id_, "--timeout", "0.001", "--json"])
    assert done.exit_code == Exit.TIMED_OUT
    (one,) = json.loads(done.stdout)["properties"]
    assert one["status"] == "timeout" and "out of time" in one["certificate"]["shown"][0]


def test_an_unknown_property_is_a_usage_error() -> None:
    done = CliRunner().invoke(cli, ["prove", "--property", "S99"])
    assert done.exit_code == Exit.USAGE
    assert "there is no property S99; there are P1, N1, S1" in done.stderr


def test_without_the_solver_the_command_says_how_to_get_it() -> None:
    code = "import sys; sys.modules['z3'] = None; from crampwise.edges.cli.main import main; main(['prove'])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, encoding="utf-8", check=False)
    assert done.returncode == Exit.NO_FILE
    assert "pip install 'crampwise[proofs]'" in done.stderr and "Traceback" not in done.stderr


def test_other_commands_do_not_load_the_solver() -> None:
    code = (
        "import sys; from click.testing import CliRunner; from crampwise.edges.cli.main import cli; "
        "CliRunner().invoke(cli, ['assess', 'docs/example.yaml']); print('z3' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, encoding="utf-8", check=True)
    assert done.stdout.strip() == "False"


def test_an_engine_that_lowers_the_urgency_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    book = load_book(TWO_FLAGS)
    table = {**glue.urgencies(engine_of(book))}
    calm = table[glue.Case(frozenset(), frozenset(), frozenset(), False)]
    table[glue.Case(frozenset({"soon"}), frozenset(), frozenset({"soon"}), False)] = calm
    monkeypatch.setattr(glue, "urgencies", lambda _: table)
    found = {o.property.id: o.status for o in prove(book, [p for p in PROPERTIES if p.id in ("S1", "S7")])}
    assert found == {"S1": "failed", "S7": "failed"}


def test_what_the_order_of_answers_leaves_out() -> None:
    """The short lists that the documents name: answers that reassure, and answers that say who the person is."""
    order = order_of(Ground(engine_of(shipped())))
    assert order.no_worse == {
        "chest_wall_cramp_typical", "epilepsy", "relieved_by_stretching", "tetanus_vaccination_up_to_date",
    }  # fmt: skip
    reads = engine_of(shipped()).reads
    read = {f for flag in shipped().red_flags for f in reads[f"red_flag/{flag}"]}
    assert read & order.unordered == {
        "age_years", "pregnant", "episode_duration", "episode_frequency", "time_since_first_episode",
    }  # fmt: skip


def test_every_combination_of_levels_is_in_the_table() -> None:
    ends = glue.ends(engine_of(shipped()))
    assert ends.shape == (32, 32, 32, 2, 2)
    assert (ends >= 0).all() and (ends[..., 0] <= ends[..., 1]).all()
    assert np.unique(ends[0, 0, 0, 0]).tolist() == [0]
