"""Every interpreter gives each rule of the table the meaning written there."""

from typing import get_args

import pytest

from crampwise.interpret.person import evaluate
from crampwise.interpret.program import compile_program
from crampwise.interpret.prose import prose
from crampwise.interpret.world import close, conflicts
from crampwise.logic.rules import OPERATORS, Compare, Leaf, Rule, walk
from crampwise.logic.truth import Truth
from tests.spec.table import TABLE, Row
from tests.spec.toy import LABELS, WORLD, answers, rule

ROWS = pytest.mark.parametrize("row", TABLE, ids=lambda row: row.title)
WHOLE = compile_program(WORLD, {row.title: rule(row.rule) for row in TABLE})


@ROWS
def test_the_reference_interpreter(row: Row) -> None:
    found = [evaluate(rule(row.rule), close(WORLD, answers(person))) for person, _ in row.people]
    assert found == [Truth(expected) for _, expected in row.people]


@ROWS
def test_the_compiled_program_one_person_at_a_time(row: Row) -> None:
    program = compile_program(WORLD, {"it": rule(row.rule)})
    found = [program.run([(answers(person), 1)]).truth("it") for person, _ in row.people]
    assert found == [Truth(expected) for _, expected in row.people]


@ROWS
def test_the_compiled_program_all_people_side_by_side(row: Row) -> None:
    program = compile_program(WORLD, {"it": rule(row.rule)})
    results = program.run([(answers(person), 1 << lane) for lane, (person, _) in enumerate(row.people)])
    found = [results.truth("it", lane) for lane in range(len(row.people))]
    assert found == [Truth(expected) for _, expected in row.people]


def test_the_compiled_program_with_every_row_and_everyone_at_once() -> None:
    everyone = [(row, person, expected) for row in TABLE for person, expected in row.people]
    results = WHOLE.run([(answers(person), 1 << lane) for lane, (_, person, _) in enumerate(everyone)])
    wrong = [
        (row.title, person)
        for lane, (row, person, expected) in enumerate(everyone)
        if results.truth(row.title, lane) is not Truth(expected)
    ]
    assert not wrong


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
