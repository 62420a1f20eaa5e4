"""The safety documents are current, and every control that they name exists."""

import ast
import re
from functools import cache
from typing import get_args

import pytest

from crampwise.book.book import Book
from crampwise.book.schema.hazards import PropertyId
from crampwise.safety.properties import PROPERTIES
from tests.docs import safety
from tests.support.people import shipped

PAGES = sorted(p for p in safety.FOLDER.glob("*.md") if p.name != "hazard-log.md")


@pytest.fixture(scope="module")
def book() -> Book:
    return shipped()


def test_the_hazard_log_is_current(book: Book) -> None:
    page = (safety.FOLDER / "hazard-log.md").read_text("utf-8")
    assert page == safety.hazard_log(book), "run: .venv/bin/python -m tests.docs.refresh"


@pytest.mark.parametrize("page", PAGES, ids=lambda p: p.name)
def test_what_is_made_in_a_page_is_current(page, book: Book) -> None:
    text = page.read_text("utf-8")
    assert text == safety.refreshed(text, book), "run: .venv/bin/python -m tests.docs.refresh"


def test_every_maker_is_used() -> None:
    used = {name for page in PAGES for name, _ in safety.MADE.findall(page.read_text("utf-8"))}
    assert used == set(safety.MAKERS)


# --- controls


def test_every_red_flag_controls_a_hazard(book: Book) -> None:
    controlling = {f for hazard in book.hazards.values() for f in hazard.red_flags}
    assert sorted(book.red_flags.keys() - controlling) == []


def test_every_risk_of_the_sources_and_every_uncovered_topic_is_behind_a_hazard(book: Book) -> None:
    behind = {s for hazard in book.hazards.values() for s in hazard.settled}
    risks = {s.id for s in book.settled.values() if s.kind in ("correction", "uncovered")}
    assert risks >= {f"R{n:02}" for n in range(1, 26)}
    assert risks <= behind


def test_every_offer_of_a_hazard_has_a_reason_against_or_a_caution(book: Book) -> None:
    for hazard in book.hazards.values():
        for id_ in hazard.offers:
            offer = book.actions.get(id_) or book.stretches[id_]
            assert offer.not_for or offer.cautions, f"{hazard.id}: {id_}"


def test_every_hazard_has_a_control_and_a_test_and_does_not_get_worse(book: Book) -> None:
    order = ("very_low", "low", "medium", "high", "very_high")
    for hazard in book.hazards.values():
        assert hazard.red_flags or hazard.offers or hazard.policies or hazard.properties or hazard.tests, hazard.id
        assert hazard.tests, hazard.id
        assert order.index(hazard.after) <= order.index(hazard.before), hazard.id


def test_every_test_that_is_named_exists(book: Book) -> None:
    named = {t for hazard in book.hazards.values() for t in hazard.tests}
    missing = [t for t in sorted(named) if t.partition("::")[2] not in defined_in(t.partition("::")[0])]
    assert missing == []


@cache
def defined_in(path: str) -> frozenset[str]:
    tree = ast.parse((safety.ROOT / path).read_text("utf-8"))
    return frozenset(n.name for n in tree.body if isinstance(n, ast.FunctionDef))


def test_every_path_in_the_safety_case_exists() -> None:
    text = (safety.FOLDER / "safety-case.md").read_text("utf-8")
    paths = re.findall(r"`(tests/[^`]+)`", text)
    assert paths
    assert [p for p in paths if not (safety.ROOT / p).exists()] == []


def test_the_safety_case_explains_every_property_once() -> None:
    text = (safety.FOLDER / "safety-case.md").read_text("utf-8")
    assert re.findall(r"^\| ([PNS]\d+) \|", text, re.M) == [p.id for p in PROPERTIES]


def test_hazards_may_name_every_property_that_is_proved_and_no_other() -> None:
    assert [p.id for p in PROPERTIES] == list(get_args(PropertyId))


def test_every_property_controls_a_hazard(book: Book) -> None:
    assert {p for hazard in book.hazards.values() for p in hazard.properties} == set(get_args(PropertyId))


def test_every_hazard_that_the_safety_case_names_exists(book: Book) -> None:
    text = (safety.FOLDER / "safety-case.md").read_text("utf-8")
    named = set(re.findall(r"\bh_\w+", text))
    assert named
    assert named <= book.hazards.keys()
