"""Every edge that shows somebody a result, behind one face: from an answers document to what was shown.

A new edge (the web page, an interface for programs) is one more row of EDGES; the attacks then run through it too.
"""

import io
import json
import re
import tempfile
from collections.abc import Callable, Mapping
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from datetime import date
from functools import cache
from html import unescape
from importlib import import_module
from pathlib import Path
from unittest.mock import patch

import yaml
from fastapi.testclient import TestClient

from crampwise.assess.assess import assess
from crampwise.assess.assessment import Assessment
from crampwise.assess.engine import engine_of
from crampwise.assess.intake import Intake, read_intake
from crampwise.book.book import Book
from crampwise.book.compile import open_book
from crampwise.book.schema.common import LEVELS, Level
from crampwise.book.tree import read_yaml
from crampwise.edges.cli.main import main
from crampwise.edges.web.app import create_app
from crampwise.edges.web.settings import Settings
from crampwise.interview.simulate import converse, patient_of
from crampwise.logic.answers import Value
from crampwise.logic.findings import Number
from tests.support.people import TODAY, shipped

assess_command = import_module("crampwise.edges.cli.assess")
Document = Mapping[str, object]


@dataclass(frozen=True)
class Shown:
    """What one edge showed.

    Attributes:
        level: the least urgency that it says. emergency: whether it interrupted with one.
        text: everything it said, blanks made even.
    """

    level: Level
    emergency: bool
    text: str


@dataclass(frozen=True)
class Edge:
    """Attributes: show: run somebody's answers through the edge as a user would.

    stops_early: it asks no more than the urgency needs, so it may stop before every red flag has fired.
    """

    name: str
    show: Callable[[Document], Shown]
    stops_early: bool = False


def document(book: Book, values: Mapping[str, Value]) -> Document:
    """Write answers as somebody would hand them in."""
    return {"answers": {id_: _written(book, id_, value) for id_, value in values.items()}}


def _written(book: Book, id_: str, value: Value) -> object:
    finding = book.catalogue[id_]
    if isinstance(finding, Number):
        return {"value": str(value), "unit": finding.unit}
    return {True: "yes", False: "no"}.get(value, value) if isinstance(value, bool) else value


def run_command(*arguments: str) -> tuple[int, str, str]:
    """Run the real command line in this process: exit code, output, messages.

    The book is opened once, and who is shown in several ways is assessed once.
    """
    out, err = io.StringIO(), io.StringIO()
    book = patch.object(assess_command, "the_book", lambda folder: shipped() if folder is None else open_book(folder))
    assessed = patch.object(assess_command, "assess_person", _assessed_once)
    with redirect_stdout(out), redirect_stderr(err), book, assessed:
        try:
            main(arguments)
        except SystemExit as stop:
            code = int(stop.code or 0)
    return code, out.getvalue(), err.getvalue()


def _assessed_once(book: Book, intake: Intake, today: date) -> Assessment:
    key = (book.digest, repr(intake.answers), intake.medicines, intake.labs, today)
    if key not in _DONE:
        _DONE[key] = assess(book, intake, today)
    return _DONE[key]


_DONE: dict[object, Assessment] = {}


def _assessed(told: Document, *options: str) -> str:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "answers.yaml"
        path.write_text(yaml.safe_dump(dict(told)), "utf-8")
        code, out, err = run_command("assess", str(path), *options)
    assert code == 0, err
    return out


def assess_json(told: Document) -> Shown:
    text = _assessed(told, "--json")
    result = json.loads(text)
    titles = " ".join(flag["title"] for flag in (*result["emergencies"], *result["fired"]))
    return Shown(result["urgency"]["at_least"], bool(result["emergencies"]), titles)


def assess_plain(told: Document) -> Shown:
    text = " ".join(_assessed(told, "--plain", "--country", "GB").split())
    return Shown(_level_said(text), text.startswith("!!! EMERGENCY !!!"), text)


def assess_terminal(told: Document) -> Shown:
    text = re.sub(r"[│╭╮╰╯─━]+", " ", re.sub(r"\x1b\[[0-9;]*m", "", _assessed(told, "--country", "GB")))
    text = " ".join(text.split())
    return Shown(_level_said(text), "999" in text[:400], text)


def assess_html(told: Document) -> Shown:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "page.html"
        _assessed(told, "--html", str(path), "--country", "GB")
        source = path.read_text("utf-8")
    text = " ".join(unescape(re.sub(r"<[^>]+>", " ", source.partition("<body>")[2])).split())
    return Shown(_level_said(text), 'class="emergency"' in source, text)


def post_assess(told: Document) -> Shown:
    """The interface for programs. It says fired flags in full, and the emergencies among them first."""
    answer = _served().post("/api/v1/assess", json=told)
    assert answer.status_code == 200, answer.text
    result = answer.json()
    fired = result["fired"]
    titles = " ".join(flag["title"] for flag in fired)
    said = " ".join(statement["text"] for statement in result["urgency"]["say"])
    return Shown(result["urgency"]["at_least"], any(f["level"] == LEVELS[-1] for f in fired[:1]), f"{titles} {said}")


@cache
def _served() -> TestClient:
    return TestClient(create_app(Settings(rate=0)), base_url="http://localhost")


def check_engine(told: Document) -> Shown:
    """The interview asks, a simulated person answers what they know and "not sure" to the rest."""
    book = shipped()
    tree = read_yaml(yaml.safe_dump(dict(told)), "me.yaml", [])
    assert tree is not None
    engine = engine_of(book)
    talk = converse(engine, patient_of(engine, read_intake(book, tree)))
    result = assess(book, talk.states[-1].intake(engine), TODAY)
    emergency = bool(result.emergencies)
    assert emergency is (talk.end.urgency == "emergency")
    titles = " ".join(flag.title for flag in result.fired)
    return Shown(result.urgency.at_least, emergency, titles)


def _level_said(text: str) -> Level:
    """The level of which the title is said first; the pages name the least urgency before anything else."""
    places = {w.level: text.find(w.title) for w in shipped().words.levels}
    said = {level: place for level, place in places.items() if place >= 0}
    assert said, text[:500]
    return min(said, key=lambda level: said[level])


EDGES = (
    Edge("assess --json", assess_json),
    Edge("assess --plain", assess_plain),
    Edge("assess", assess_terminal),
    Edge("assess --html", assess_html),
    Edge("POST /api/v1/assess", post_assess),
    Edge("the engine of check", check_engine, stops_early=True),
)
