"""From a folder of YAML files to a checked book, with every problem reported at once."""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any, NamedTuple

from crampwise.book.book import Book
from crampwise.book.checks import check_book
from crampwise.book.reader import Reader
from crampwise.book.rules import RuleParser, did_you_mean
from crampwise.book.schema import (
    care,
    drawings,
    findings,
    followup,
    hazards,
    hooks,
    interview,
    knowledge,
    measures,
    medicines,
    model,
    records,
    workup,
)
from crampwise.book.tree import Located, read_yaml
from crampwise.logic.errors import BookError, MissingFileError, Problem
from crampwise.logic.findings import Choice, Finding, Number, YesNo

LISTS: dict[str, Any] = {
    "findings": findings.FindingEntry,
    "terms": findings.TermEntry,
    "tests": workup.Test,
    "panels": workup.Panel,
    "formulas": workup.Formula,
    "scores": workup.Score,
    "examination": workup.ExamStep,
    "look_alikes": workup.LookAlike,
    "actions": care.Action,
    "stretches": care.Stretch,
    "drawings": drawings.Drawing,
    "muscles": care.Muscle,
    "medicines": medicines.Medicine,
    "drug_classes": medicines.DrugClass,
    "brands": medicines.Brand,
    "monitoring": medicines.Monitoring,
    "combinations": medicines.Combination,
    "electrolytes": medicines.Electrolyte,
    "class_evidence": medicines.ClassEvidence,
    "comparisons": medicines.Comparison,
    "not_a_cause": medicines.NotACause,
    "record_windows": records.RecordWindow,
    "record_entries": records.RecordEntry,
    "cds_services": hooks.CdsService,
    "card_texts": hooks.CardText,
    "override_reasons": hooks.OverrideReason,
    "glossary": knowledge.GlossaryWord,
    "policies": knowledge.Policy,
    "standards": knowledge.Standard,
    "settled": knowledge.Settled,
    "hazards": hazards.Hazard,
    "record_facts": measures.RecordFact,
    "measures": measures.Measure,
    "judgements": knowledge.Judgement,
    "sources": knowledge.Source,
    "claims": knowledge.Claim,
}
"""Top-level keys that hold a list of entries; they may stand in any file."""

FOLDERS: dict[str, Any] = {"red_flags": care.RedFlag, "conditions": care.Condition, "library": knowledge.Card}
"""Folders whose files hold one entry each."""

SINGLES: dict[str, tuple[str, Any]] = {
    "book.yaml": ("info", knowledge.BookInfo),
    "differential.yaml": ("differential", model.Differential),
    "emergency_screen.yaml": ("emergency_screen", findings.EmergencyScreen),
    "followup.yaml": ("followup", followup.Followup),
    "interview.yaml": ("interview", interview.Interview),
    "words.yaml": ("words", knowledge.Words),
}
"""Files that hold one document each."""

_KEYS = {"brands": "name", "standards": "body"}


class ContentFile(NamedTuple):
    """One file of the book: path inside the folder, and its bytes."""

    name: str
    data: bytes


def content_files(folder: Path) -> tuple[ContentFile, ...]:
    """Read every YAML file of a book, in a fixed order.

    Raises:
        MissingFileError: the folder is not there or holds no YAML.
    """
    paths = sorted(p for p in folder.rglob("*.yaml") if p.is_file()) if folder.is_dir() else []
    if not paths:
        remedy = "Name the folder that holds book.yaml."
        raise MissingFileError([Problem(str(folder), "there is no book here.", remedy)])
    return tuple(ContentFile(p.relative_to(folder).as_posix(), p.read_bytes()) for p in paths)


def digest_of(files: tuple[ContentFile, ...]) -> str:
    """SHA-256 over names and bytes of all files."""
    whole = hashlib.sha256()
    for name, data in files:
        whole.update(f"{name}\0{len(data)}\0".encode() + data)
    return whole.hexdigest()


def load_book(files: tuple[ContentFile, ...]) -> Book:
    """Read and check a book.

    Raises:
        BookError: with every problem found, each naming file, line and column.
    """
    problems: list[Problem] = []
    trees = {f.name: tree for f in files if (tree := _parse(f, problems)) is not None}
    lists, singles = _sort(trees, problems)
    catalogue = _catalogue(lists, problems)
    terms = {i: t for i, tree in _with_ids(lists, "terms") if (t := tree.value.get("rule")) is not None}
    facts = {i: YesNo(i) for i, _ in _with_ids(lists, "record_facts")}
    reader = Reader(RuleParser({**catalogue, **facts}, terms, problems))
    parts: dict[str, Any] = {}
    for key, kind in {**LISTS, **FOLDERS}.items():
        parts[key] = _entries(key, kind, lists, reader)
    for name, (attribute, kind) in SINGLES.items():
        tree = singles.get(name)
        parts[attribute] = reader.read(kind, tree) if tree else None
        if tree is None:
            problems.append(Problem(name, "the book has no such file.", "Every book needs one."))
    if problems:
        raise BookError(problems)
    book = Book(digest=digest_of(files), catalogue=catalogue, **parts)
    places = {f"{key}/{i}": t.where for key in lists for i, t in _with_ids(lists, key)}
    problems += [_placed(problem, places) for problem in check_book(book, reader.references)]
    if problems:
        raise BookError(problems)
    return book


def _placed(problem: Problem, places: Mapping[str, str]) -> Problem:
    """Say file, line and column instead of "conditions/dvt", and put the id before what is wrong."""
    place = places.get(problem.where)
    if place is None:
        return problem
    return replace(problem, where=place, what=f"{problem.where.partition('/')[2]}: {problem.what}")


def _parse(file: ContentFile, problems: list[Problem]) -> Located | None:
    try:
        text = file.data.decode("utf-8")
    except UnicodeDecodeError as error:
        line = file.data[: error.start].count(b"\n") + 1
        problems.append(Problem(f"{file.name}:{line}", "this is not UTF-8 text.", "Save the file as UTF-8."))
        return None
    tree = read_yaml(text, file.name, problems)
    if tree is not None and not isinstance(tree.value, dict):
        problems.append(Problem(tree.where, "the file must hold a map.", f"Start it with one of: {', '.join(LISTS)}."))
        return None
    return tree


def _sort(trees: dict[str, Located], problems: list[Problem]) -> tuple[dict[str, list[Located]], dict[str, Located]]:
    """Split the files into entries by kind, and single documents."""
    lists: dict[str, list[Located]] = {key: [] for key in (*LISTS, *FOLDERS)}
    singles = {name: tree for name, tree in trees.items() if name in SINGLES}
    for name, tree in trees.items():
        folder = name.partition("/")[0]
        if name in SINGLES:
            continue
        if folder in FOLDERS:
            lists[folder].append(tree)
            continue
        for key, child in tree.value.items():
            if key not in LISTS:
                problems.append(Problem(child.where, f"{key!r} is not a kind of content.", did_you_mean(key, LISTS)))
            elif not isinstance(child.value, list):
                problems.append(Problem(child.where, f"{key} needs a list of entries."))
            else:
                lists[key] += child.value
    return lists, singles


def _with_ids(lists: dict[str, list[Located]], key: str) -> Iterator[tuple[str, Located]]:
    for tree in lists[key]:
        node = tree.value.get(_KEYS.get(key, "id")) if isinstance(tree.value, dict) else None
        if node is not None and isinstance(node.value, str):
            yield node.value, tree


def _catalogue(lists: dict[str, list[Located]], problems: list[Problem]) -> dict[str, Finding]:
    """The bare findings, so that rules can be read before the rest is."""
    found: dict[str, Finding] = {}
    for id_, tree in _with_ids(lists, "findings"):
        node = tree.value
        kind = node["kind"].value if "kind" in node else None
        try:
            if kind == "yes_no":
                found[id_] = YesNo(id_)
            elif kind == "choice":
                found[id_] = Choice(id_, tuple(o.value["id"].value for o in node["options"].value))
            elif kind == "number":
                found[id_] = Number(id_, node["unit"].value, _limit(node["low"]), _limit(node["high"]))
        except KeyError as error:
            problems.append(Problem(tree.where, f"the {kind} finding {id_!r} has no {error.args[0]}."))
        except ValueError as error:
            problems.append(Problem(tree.where, f"the finding {id_!r} cannot be: {error}."))
        except (TypeError, AttributeError):
            pass  # options that are not a list of maps: the reader says so
    return found


def _limit(tree: Located) -> Decimal:
    try:
        return Decimal(tree.text)
    except ArithmeticError:
        raise ValueError(f"its limit {tree.text!r} is not a number") from None


def _entries(key: str, kind: Any, lists: dict[str, list[Located]], reader: Reader) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for tree in lists[key]:
        entry = reader.read(kind, tree)
        if entry is None:
            continue
        id_ = getattr(entry, _KEYS.get(key, "id"))
        if id_ in found:
            reader.problems.append(
                Problem(tree.where, f"the id {id_!r} is used twice in {key}.", "Rename one of them.")
            )
        found[id_] = entry
    return found
