"""Every interpreter gives each rule of the table the meaning written there."""

from typing import get_args

import pytest

from crampwise.interpret.prose import prose
from crampwise.interpret.world import conflicts
from crampwise.logic.rules import OPERATORS, Compare, Leaf, Rule, walk
from crampwise.logic.truth import Truth
from tests.spec.table import TABLE, Row
from tests.spec.toy import LABELS, WORLD, answers, rule
from tests.support.interpreters import INTERPRETERS, Interpreter

ROWS = pytest.mark.parametrize("row", TABLE, ids=lambda row: row.title)


@pytest.mark.parametrize("interpreter", INTERPRETERS, ids=lambda interpreter: interpreter.name)
@ROWS
def test_every_interpreter_gives_each_row_its_meaning(row: Row, interpreter: Interpreter) -> None:
    told = [(answers(person), expected) for person, expected in row.people if interpreter.can(answers(person))]
    outcome = interpreter.run(WORLD, {"it": rule(row.rule)}, [person for person, _ in told])
    assert outcome.truths["it"] == [Truth(expected) for _, expected in told]
    assert not any(outcome.conflict)


@pytest.mark.parametrize("interpreter", INTERPRETERS, ids=lambda interpreter: interpreter.name)
def test_every_row_and_everyone_at_once(interpreter: Interpreter) -> None:
    rules = {row.title: rule(row.rule) for row in TABLE}
    everyone = [(row, person, expected) for row in TABLE for person, expected in row.people]
    told = [(row, answers(person), expected) for row, person, expected in everyone if interpreter.can(answers(person))]
    outcome = interpreter.run(WORLD, rules, [person for _, person, _ in told])
    wrong = [
        (row.title, dict(person.values))
        for lane, (row, person, expected) in enumerate(told)
        if outcome.truths[row.title][lane] is not Truth(expected)
    ]
    assert not wrong


def test_only_does_not_apply_cannot_be_told_to_every_interpreter() -> None:
    told = [(row.title, person) for row in TABLE for person, _ in row.people]
    untold = {title for title, person in told for i in INTERPRETERS if not i.can(answers(person))}
    assert untold == {"No value at all", "Not of an empty value"}


@ROWS
def test_prose(row: Row) -> None:
    assert prose(rule(row.rule), LABELS) == row.sentence


@ROWS
def test_nobody_in_the_table_contradicts_themselves(row: Row) -> None:
    for person, _ in row.people:
        assert not conflicts(WORLD, answers(person)), person


def nodes_of_the_table() -> list[Rule]:
    return [node for row in TABLE for node in walk(rule(row.rule))]


def test_every_kind_of_node_is_in_the_table() -> None:
    kinds = {kind for member in get_args(Rule) for kind in (get_args(member) or (member,))}
    assert set(get_args(Leaf)) < kinds
    assert {type(node) for node in nodes_of_the_table()} == kinds


def test_every_operator_is_in_the_table() -> None:
    assert {node.op for node in nodes_of_the_table() if isinstance(node, Compare)} == set(OPERATORS)


@ROWS
def test_each_row_shows_more_than_one_outcome(row: Row) -> None:
    assert len({expected for _, expected in row.people}) > 1


def test_titles_are_unique() -> None:
    assert len({row.title for row in TABLE}) == len(TABLE)
