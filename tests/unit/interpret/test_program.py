from decimal import Decimal

import pytest

from crampwise.interpret.program import compile_program, leaves_of
from crampwise.interpret.prose import Labels, prose
from crampwise.interpret.world import World
from crampwise.logic.answers import Answers
from crampwise.logic.findings import Choice, Finding, Number, YesNo
from crampwise.logic.rules import All, Any, AtLeast, Compare, Not, OneOf, Present, Rule, Term
from crampwise.logic.truth import Truth

LETTERS: dict[str, Finding] = {id_: YesNo(id_) for id_ in "abcde"}
A, B, C, D, E = (Present(YesNo(id_)) for id_ in "abcde")
AGE = Number("age", "a", Decimal(0), Decimal(120))
SITE = Choice("site", ("calf", "foot"))
FINDINGS: dict[str, Finding] = {**LETTERS, "age": AGE, "site": SITE}


@pytest.mark.parametrize(
    ("implies", "who_for", "message"),
    [
        ({"a": ("b",), "b": ("a",)}, {}, "the answer to [ab] would follow from itself"),
        ({"a": ("a",)}, {}, "the answer to a would follow from itself"),
        ({}, {"a": A}, "the answer to a would follow from itself"),
        ({}, {"a": Not(B), "b": Any((C, A))}, "the answer to [ab] would follow from itself"),
        ({"b": ("a",)}, {"a": B}, "the answer to [ab] would follow from itself"),
        ({"a": ("age",)}, {}, "age is not a yes/no finding, so nothing can imply it"),
    ],
)
def test_laws_that_make_no_sense_are_refused(implies, who_for: dict[str, Rule], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        compile_program(World(FINDINGS, implies, who_for), {"it": All((A, B))})


def test_an_implied_finding_may_be_the_condition_of_the_one_that_implies_it() -> None:
    world = World(FINDINGS, {"a": ("b",)}, {"a": B})
    results = compile_program(world, {"a": A, "b": B}).run([(Answers({"b": False}), 1), (Answers({"a": True}), 2)])
    assert results.truth("a", 0) is Truth.FALSE
    assert results.truth("b", 1) is Truth.TRUE


def test_findings_that_no_rule_reads_still_carry_answers_over() -> None:
    world = World(FINDINGS, {"a": ("b",), "b": ("c",)})
    assert compile_program(world, {"c": C}).run([(Answers({"a": True}), 1)]).truth("c") is Truth.TRUE
    assert compile_program(world, {"a": A}).run([(Answers({"c": False}), 1)]).truth("a") is Truth.FALSE


def test_a_broken_implication_marks_its_own_lane_only() -> None:
    world = World(FINDINGS, {"a": ("b",), "b": ("c",)})
    broken = Answers({"a": True, "c": False})
    results = compile_program(world, {"b": B}).run([(Answers({"a": True}), 0b01), (broken, 0b10)])
    assert results.conflict == 0b10


def test_lanes_may_go_beyond_a_machine_word() -> None:
    program = compile_program(World(FINDINGS), {"it": AtLeast(2, (A, B, Compare(AGE, ">", Decimal(60))))})
    yes = Answers({"a": True, "age": Decimal(61)})
    no = Answers({"b": False, "age": Decimal(60)})
    results = program.run([(yes, 1 << 500), (no, 1 << 501)])
    assert [results.truth("it", lane) for lane in (499, 500, 501, 502)] == [
        Truth.UNKNOWN,
        Truth.TRUE,
        Truth.FALSE,
        Truth.UNKNOWN,
    ]


def test_a_later_entry_overrides_all_leaves_of_a_finding() -> None:
    rules: dict[str, Rule] = {"calf": OneOf(SITE, ("calf",)), "foot": OneOf(SITE, ("foot",))}
    program = compile_program(World(FINDINGS), rules)
    results = program.run([(Answers({"site": "calf"}), 0b11), (Answers({"site": "foot"}), 0b10)])
    assert [results.truth("calf", lane) for lane in (0, 1)] == [Truth.TRUE, Truth.FALSE]
    assert [results.truth("foot", lane) for lane in (0, 1)] == [Truth.FALSE, Truth.TRUE]


def test_answers_to_findings_that_no_rule_reads_are_ignored() -> None:
    results = compile_program(World(FINDINGS), {"it": A}).run([(Answers({"e": True, "unheard_of": True}), 1)])
    assert results.truth("it") is Truth.UNKNOWN


def test_no_rules_and_no_lanes_are_fine() -> None:
    assert compile_program(World(FINDINGS), {}).run([]).conflict == 0
    assert compile_program(World(FINDINGS), {"it": A}).run([]).truth("it") is Truth.UNKNOWN


def test_the_distinct_leaves_of_all_rules_in_reading_order() -> None:
    rules: dict[str, Rule] = {"one": All((B, Not(A))), "two": Term("t", Any((A, C, B)))}
    assert leaves_of(rules) == (B, A, C)


@pytest.mark.parametrize(
    ("rule", "sentence"),
    [
        (All((A, Any((B, C)))), "a and (b or c)"),
        (Any((All((A, B)), C)), "(a and b) or c"),
        (Not(All((A, B))), "not (a and b)"),
        (All((Not(Any((A, B))), C)), "not (a or b) and c"),
        (AtLeast(2, (A, Any((B, C)), D)), "at least 2 of (a; b or c; d)"),
        (All((A, AtLeast(1, (B, C)))), "a and at least 1 of (b; c)"),
        (All((Any((A,)), B)), "a and b"),
        (All((Term("t", Any((A, B))), C)), "t and c"),
        (Compare(AGE, ">=", Decimal("60.50")), "age at least 60.50 a"),
        (OneOf(SITE, ("calf", "foot")), "site is calf or foot"),
    ],
)
def test_prose_without_labels(rule: Rule, sentence: str) -> None:
    assert prose(rule) == sentence


def test_prose_opens_terms_on_request_with_brackets() -> None:
    rule = All((Term("t", Any((A, B))), C))
    labels = Labels(findings={"a": "the first"}, terms={"t": "the term"})
    assert prose(rule, labels) == "the term and c"
    assert prose(rule, labels, open_terms=True) == "(the first or b) and c"


def test_prose_of_a_number_without_a_unit_ends_with_the_number() -> None:
    assert prose(Compare(AGE, "<", Decimal(5)), Labels(units={"age": ""})) == "age below 5"


def test_a_given_answer_against_who_for_is_kept_and_is_not_false_as_well() -> None:
    world = World(FINDINGS, who_for={"a": B})
    results = compile_program(world, {"a": A}).run([(Answers({"a": True, "b": False}), 1)])
    assert (results.true["a"], results.false["a"]) == (1, 0)
