"""What would change this: every change that is told is tried out by really assessing again."""

from collections.abc import Mapping
from itertools import combinations

import pytest

from crampwise.assess.assess import assess
from crampwise.assess.assessment import Assessment, Change, OtherAnswer
from crampwise.assess.engine import engine_of
from crampwise.assess.known import know
from crampwise.assess.triage import answer_words
from crampwise.book.book import Book, rank
from crampwise.book.schema.common import LEVELS
from crampwise.logic.answers import Value
from crampwise.logic.findings import Choice, Number, YesNo
from tests.support.people import TODAY, cases, shipped, told, values_of
from tests.support.small import small_book

SMALL, BOOK = small_book(), shipped()
CASES = sorted(cases())


def values_meant(book: Book, change: OtherAnswer) -> list[Value]:
    """The values whose words are the answer of a change; a number is read back from its words."""
    finding = book.catalogue[change.finding]
    if isinstance(finding, Number):
        return list(values_of(book, {change.finding: change.answer.split(" ")[0]}).values())
    every: tuple[Value, ...] = (True, False) if isinstance(finding, YesNo) else ()
    options: tuple[Value, ...] = finding.options if isinstance(finding, Choice) else every
    return [v for v in options if answer_words(engine_of(book), finding, v) == change.answer]


def assert_really_changes(book: Book, given: Mapping[str, Value], before: Assessment, change: Change) -> None:
    values = {a.finding: value for a in change.answers for value in values_meant(book, a)}
    assert len(values) == len(change.answers) <= 2
    after = told(book, {**given, **values})
    now, then = rank(before.urgency.at_least), rank(after.urgency.at_least)
    match change.kind:
        case "raises_urgency":
            assert then >= LEVELS.index(change.to) > now, change
        case "lowers_urgency":
            assert values.keys() & given.keys(), change
            assert then == LEVELS.index(change.to) < now, change
        case "swaps_first_cause":
            assert first(after) == change.to != first(before), change


def first(result: Assessment) -> str:
    return max(result.causes, key=lambda c: c.probability).id


def test_an_open_answer_that_would_raise_the_urgency_is_told() -> None:
    told_changes = told(SMALL, {"cramp": True}).changes
    assert ("raises_urgency", "dark", "yes", "emergency_now") in [
        (c.kind, c.answers[0].finding, c.answers[0].answer, c.to) for c in told_changes
    ]


def test_a_given_answer_that_decides_the_urgency_is_told() -> None:
    found = told(SMALL, {"cramp": True, "dark": True, "swollen": False}).changes
    lower = {c.answers[0].finding for c in found if c.kind == "lowers_urgency"}
    assert lower == {"cramp", "dark"}
    assert not [c for c in found if c.kind == "raises_urgency"]


def test_a_number_is_tried_on_both_sides_of_its_threshold() -> None:
    found = [c for c in told(SMALL, {"cramp": False}).changes if [a.finding for a in c.answers] == ["age_years"]]
    assert {c.to for c in found} == {"soon"}


@pytest.mark.parametrize(
    "answers",
    [
        {},
        {"cramp": True},
        {"cramp": True, "dark": True},
        {"pills": True, "night": False},
        {"swollen": True, "dark": False},
        {"cramp": True, "night": True, "dark": False, "swollen": False, "pills": False, "bruises": False},
        {
            "cramp": False,
            "dark": False,
            "swollen": False,
            "night": True,
            "pills": True,
            "age_years": 40,
            "salt_level": 3,
        },
        {"cramp": True, "dark": True, "night": False, "pills": False},
    ],
)
def test_every_change_in_the_small_book_is_real(answers: dict) -> None:
    given = values_of(SMALL, {k: v if not isinstance(v, bool) else ("yes" if v else "no") for k, v in answers.items()})
    before = told(SMALL, given)
    for change in before.changes:
        assert_really_changes(SMALL, given, before, change)


@pytest.mark.parametrize("case_id", CASES[::4])
def test_every_change_told_for_a_case_is_real(case_id: str) -> None:
    known = know(engine_of(BOOK), cases()[case_id])
    before = told(BOOK, known.given.values)
    now = assess(BOOK, cases()[case_id], TODAY).urgency
    assert (before.urgency.at_least, before.urgency.at_most) == (now.at_least, now.at_most)
    pairs = [c for c in before.changes if len(c.answers) == 2]
    for change in (*before.changes[:40], *pairs[:10]):
        assert_really_changes(BOOK, known.given.values, before, change)


def test_no_change_is_told_twice() -> None:
    for case_id in CASES[:8]:
        found = assess(BOOK, cases()[case_id], TODAY).changes
        assert len(found) == len(set(found))


def brute_force(book: Book, given: Mapping[str, Value], level: int) -> set[frozenset[tuple[str, Value]]]:
    """Every pair of open yes/no answers that raises the urgency although neither alone does, by assessing each."""
    open_ = [
        f for f, x in book.catalogue.items() if isinstance(x, YesNo) and f in engine_of(book).patient and f not in given
    ]
    tries = [(f, v) for f in open_ for v in (True, False)]

    def raises(answers: dict[str, Value]) -> bool:
        return rank(told(book, {**given, **answers}).urgency.at_least) > level

    quiet = [t for t in tries if not raises(dict([t]))]
    return {frozenset((a, b)) for a, b in combinations(quiet, 2) if a[0] != b[0] and raises({a[0]: a[1], b[0]: b[1]})}


@pytest.mark.parametrize("answers", [{}, {"night": False}, {"swollen": False}, {"swollen": False, "bruises": True}])
def test_pairs_that_raise_the_urgency_are_all_found(answers: dict[str, Value]) -> None:
    before = told(SMALL, answers)
    expected = brute_force(SMALL, answers, rank(before.urgency.at_least))
    found = {
        frozenset((a.finding, value) for a in c.answers for value in values_meant(SMALL, a))
        for c in before.changes
        if c.kind == "raises_urgency" and len(c.answers) == 2
    }
    assert {p for p in found if all(isinstance(v, bool) for _, v in p)} == expected
