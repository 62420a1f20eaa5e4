"""Assessments held against cases by other hands: how often urgency and cause are right, and every miss by name."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from crampwise.assess.assess import assess
from crampwise.assess.assessment import Assessment
from crampwise.assess.engine import engine_of
from crampwise.assess.intake import Intake, read_intake
from crampwise.assess.scores import CaseResult, case_result
from crampwise.book.book import Book, rank
from crampwise.book.rules import did_you_mean
from crampwise.book.schema.common import LEVELS, Level
from crampwise.book.tree import Located
from crampwise.logic.errors import InputError, Problem

CASE_KEYS = ("id", "source", "facts", "expect")
_EXPECT_KEYS = ("urgency", "conditions", "tests")
_TOPS = (1, 3, 5)


@dataclass(frozen=True)
class Case:
    """One case: what is known of the person, and what its source says is right.

    Attributes:
        urgency: the right level. conditions: accepted ids, best first; ids the book does not hold stay and are misses.
        tests: ids of tests that should be proposed, or whose result is given.
    """

    id: str
    intake: Intake
    urgency: Level
    conditions: tuple[str, ...] = ()
    tests: tuple[str, ...] = ()


@dataclass(frozen=True)
class Miss:
    """One thing that came out otherwise than the case says."""

    id: str
    what: str
    expected: str
    got: str


@dataclass(frozen=True)
class Evaluation:
    """Counts over all cases. `top` is how many cases had an accepted condition among the first 1, 3 and 5."""

    cases: int
    exact: int
    too_low: int
    too_high: int
    emergencies: int
    emergencies_missed: int
    with_conditions: int
    top: dict[int, int]
    tests_expected: int
    tests_proposed: int
    misses: tuple[Miss, ...] = field(default=())
    results: tuple[CaseResult, ...] = field(default=())


def read_case(book: Book, tree: Located, name: str) -> Case:
    """Check and read a case file.

    Raises:
        InputError: with every problem in the file.
    """
    problems: list[Problem] = []
    try:
        intake = read_intake(book, tree, CASE_KEYS)
    except InputError as error:
        problems += error.problems
        intake = Intake()
    fields: dict[str, Any] = tree.value if isinstance(tree.value, dict) else {}
    expect = fields.get("expect")
    if expect is None or not isinstance(expect.value, dict):
        problems.append(Problem(tree.where, "a case needs expect: {urgency: ..., conditions: [...], tests: [...]}."))
        raise InputError(problems)
    for key, child in expect.value.items():
        if key not in _EXPECT_KEYS:
            problems.append(Problem(child.where, f"{key!r} is not a key of expect.", did_you_mean(key, _EXPECT_KEYS)))
    urgency = expect.value.get("urgency")
    if urgency is None or urgency.value not in LEVELS:
        where = urgency.where if urgency else expect.where
        problems.append(Problem(where, f"expect.urgency must be one of {', '.join(reversed(LEVELS))}."))
    lists = {key: _ids(expect.value.get(key), key, problems) for key in ("conditions", "tests")}
    for test in lists["tests"]:
        if test not in book.tests:
            problems.append(Problem(expect.where, f"there is no test called {test!r}.", did_you_mean(test, book.tests)))
    if problems or urgency is None:
        raise InputError(problems)
    id_ = fields["id"].value if "id" in fields else name
    return Case(str(id_), intake, urgency.value, lists["conditions"], lists["tests"])


def _ids(tree: Located | None, key: str, problems: list[Problem]) -> tuple[str, ...]:
    if tree is None:
        return ()
    if not isinstance(tree.value, list) or not all(isinstance(t.value, str) for t in tree.value):
        problems.append(Problem(tree.where, f"expect.{key} must be a list of ids."))
        return ()
    return tuple(t.value for t in tree.value)


def evaluate_cases(book: Book, cases: Sequence[Case], today: date) -> Evaluation:
    """Assess every case with all its facts at once and count what is right."""
    misses: list[Miss] = []
    results: list[CaseResult] = []
    counts = dict.fromkeys(
        ("exact", "too_low", "too_high", "emergencies", "missed", "diagnosed", "wanted", "proposed"), 0
    )
    top = dict.fromkeys(_TOPS, 0)
    for case in cases:
        result = assess(book, case.intake, today)
        results.append(case_result(case.id, case.urgency, case.conditions, result))
        _score_urgency(case, result, counts, misses)
        if case.conditions:
            counts["diagnosed"] += 1
            _score_causes(book, case, result, top, misses)
        proposed = {t.id for t in result.tests} | {lab.test for lab in result.labs} | _done(book, case)
        counts["wanted"] += len(case.tests)
        counts["proposed"] += len(proposed & set(case.tests))
        misses += [Miss(case.id, "test", t, "not proposed") for t in case.tests if t not in proposed]
    return Evaluation(
        cases=len(cases), exact=counts["exact"], too_low=counts["too_low"], too_high=counts["too_high"],
        emergencies=counts["emergencies"], emergencies_missed=counts["missed"], with_conditions=counts["diagnosed"],
        top=top, tests_expected=counts["wanted"], tests_proposed=counts["proposed"], misses=tuple(misses),
        results=tuple(results),
    )  # fmt: skip


def _done(book: Book, case: Case) -> set[str]:
    """Tests whose result the case already gives."""
    return {t.id for t in book.tests.values() if any(case.intake.answers.get(f) is not None for f in t.results)}


def _score_urgency(case: Case, result: Assessment, counts: dict[str, int], misses: list[Miss]) -> None:
    got = result.urgency.at_least
    difference = rank(got) - rank(case.urgency)
    outcome = "exact" if difference == 0 else "too_low" if difference < 0 else "too_high"
    counts[outcome] += 1
    if case.urgency == "emergency_now":
        counts["emergencies"] += 1
        counts["missed"] += difference < 0
    if difference:
        misses.append(Miss(case.id, f"urgency {outcome.replace('_', ' ')}", case.urgency, got))


def _score_causes(book: Book, case: Case, result: Assessment, top: dict[int, int], misses: list[Miss]) -> None:
    order = [c.id for c in sorted(result.causes, key=lambda c: -c.probability)]
    place = next((i for i, id_ in enumerate(order) if id_ in case.conditions), None)
    for n in _TOPS:
        top[n] += place is not None and place < n
    if place != 0:
        held = [c for c in case.conditions if c in engine_of(book).model.conditions]
        first = order[0] if order else "nothing"
        got = first if place is None else f"{first} (accepted one at {place + 1})"
        misses.append(Miss(case.id, "cause" if held else "cause not in the book", ", ".join(case.conditions), got))
