"""The ledger: where interpreters do not say the same, on purpose. Each entry is shown by a test, so it stays true.

Printed as docs/reference/interpreters.md by tests/docs/refresh.py.
"""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from textwrap import fill

import numpy as np
import pyarrow as pa
import pytest

from crampwise.interpret.columns import Column, arrow_column, column
from crampwise.interpret.person import evaluate
from crampwise.interpret.planes import run_columns
from crampwise.interpret.program import compile_program
from crampwise.interpret.world import World, close
from crampwise.logic.answers import Answers, Empty, value_problem
from crampwise.logic.findings import Choice, Number, YesNo
from crampwise.logic.rules import Any, Compare, Not, OneOf, Present, Rule, Term
from crampwise.logic.truth import Truth

A, B = YesNo("a"), YesNo("b")
SITE = Choice("site", ("calf", "foot"))
HEAT = Number("heat", "Cel", Decimal(30), Decimal(45))
FINDINGS = {f.id: f for f in (A, B, SITE, HEAT)}
LAWLESS = World(FINDINGS)
HOT = Compare(HEAT, ">", Decimal("38.3"))


@dataclass(frozen=True)
class Difference:
    """What differs, why it is left so, and a test that fails when it no longer does."""

    title: str
    says: str
    why: str
    show: Callable[[], None]


def of_person(rule: Rule, answers: Answers, world: World = LAWLESS) -> Truth:
    return evaluate(rule, close(world, answers))


def of_columns(rule: Rule, columns: dict[str, Column], people: int = 1, world: World = LAWLESS) -> list[Truth]:
    program = compile_program(world, {"it": rule})
    return [t for block in run_columns(program, columns, people) for t in block.truths("it")]


def numbers_in_floats() -> None:
    hair = Decimal("38.3000000000000000001")
    assert of_person(HOT, Answers({"heat": hair})) is Truth.TRUE
    assert of_columns(HOT, {"heat": column(HEAT, [hair])}) == [Truth.FALSE]
    assert of_columns(HOT, {"heat": column(HEAT, [Decimal("38.3000001")])}) == [Truth.TRUE]
    short = np.array([38.3], np.float32)
    assert float(short[0]) < 38.3
    assert of_columns(Compare(HEAT, ">=", Decimal("38.3")), {"heat": column(HEAT, short)}) == [Truth.TRUE]


def implausible_numbers() -> None:
    for value in ("NaN", "Infinity", "45.1"):
        assert value_problem(HEAT, Decimal(value)) is not None
        made = arrow_column(HEAT, pa.array([float(value)]))
        assert of_columns(HOT, {"heat": made}) == [Truth.UNKNOWN]


def does_not_apply() -> None:
    nothing = Answers({"heat": Empty.EMPTY})
    assert of_person(HOT, nothing) is Truth.FALSE
    assert compile_program(LAWLESS, {"it": HOT}).run([(nothing, 1)]).truth("it") is Truth.FALSE
    assert of_columns(HOT, {"heat": column(HEAT, [None])}) == [Truth.UNKNOWN]
    world = World(FINDINGS, who_for={"heat": Present(A)})
    assert of_columns(HOT, {"heat": column(HEAT, [None]), "a": column(A, [False])}, world=world) == [Truth.FALSE]


def an_option_that_is_none() -> None:
    assert value_problem(SITE, "knee") is not None
    assert of_person(OneOf(SITE, ("calf",)), Answers({"site": "knee"})) is Truth.FALSE
    with pytest.raises(ValueError, match="site has no option knee"):
        column(SITE, ["knee"])


def contradictions() -> None:
    world = World(FINDINGS, implies={"a": ("b",)})
    torn = Answers({"a": True, "b": False})
    results = compile_program(world, {"a": Present(A), "b": Present(B)}).run([(torn, 1)])
    assert (results.true["b"], results.false["b"], results.conflict) == (1, 1, 1)
    assert of_person(Present(B), torn, world) is Truth.FALSE
    assert results.truth("b") is Truth.TRUE


def either_may_come() -> None:
    program = compile_program(LAWLESS, {"it": Not(Present(A)), "always": Any((Present(A), Not(Present(A))))})
    results = program.run_planes([1], [1])
    assert (results.true["it"], results.false["it"]) == (1, 1)
    assert (results.true["always"], results.false["always"]) == (1, 1)
    for value in (True, False):
        assert of_person(Any((Present(A), Not(Present(A)))), Answers({"a": value})) is Truth.TRUE


def a_name_stands_for_one_rule() -> None:
    rules: dict[str, Rule] = {"first": Term("t", Present(A)), "second": Term("t", Present(B))}
    person = Answers({"a": True, "b": False})
    results = compile_program(LAWLESS, rules).run([(person, 1)])
    assert of_person(rules["second"], person) is Truth.FALSE
    assert results.truth("second") is Truth.TRUE


def reasons_come_from_the_reference() -> None:
    results = compile_program(LAWLESS, {"it": Present(A)}).run([(Answers({"a": True}), 1)])
    assert not hasattr(results, "parts")
    assert not hasattr(results, "reasons")


DIFFERENCES = (
    Difference(
        "Numbers in columns are floats",
        "A person's numbers are exact decimals. A column of floats is compared in its own precision: 38.3 read from a "
        "file equals the threshold 38.3, also in single precision, and a number closer to a threshold than the column "
        "can tell apart counts as the threshold itself.",
        "Measured values have four digits, a float has fifteen. Exact decimals for millions would be a hundred times "
        "slower.",
        numbers_in_floats,
    ),
    Difference(
        "Implausible numbers",
        "A person who types NaN, an infinity or a number outside the plausible limits is told so and asked again. In a "
        "column such a number is unknown, and the column counts how many were set aside.",
        "Nobody can ask a million people again, and one wrong record must not stop the others. Unknown is never no.",
        implausible_numbers,
    ),
    Difference(
        "Does not apply",
        "For a person a choice or number can be known not to apply; then every comparison with it is false. A column "
        "has no such value: a gap is unknown. What does not apply follows from age, sex and pregnancy, for all "
        "interpreters alike.",
        "Data hold gaps for many reasons. To read one as `does not apply` would turn unknown into no.",
        does_not_apply,
    ),
    Difference(
        "An option that there is none of",
        "The door refuses it for a person, so the reference never meets one; if it did, no option would match. A "
        "column that holds one is refused as a whole, naming all strange options.",
        "A word that nobody knows means that the column was made for something else.",
        an_option_that_is_none,
    ),
    Difference(
        "Contradictions",
        "When an answer and what follows from another contradict each other, the reference keeps the given answer; the "
        "program holds both sides and marks the person in the plane of contradictions. Nothing is promised about the "
        "rules of such a person: an assessment refuses the answers, a screen sets the person aside.",
        "A contradiction has no right answer. It must be seen.",
        contradictions,
    ),
    Difference(
        "Either may come",
        "Only the program can be told that a finding may still turn out yes or no, by setting both planes. A rule is "
        "then `perhaps true` or `perhaps false`, and it errs to perhaps: that something is so or not so counts as "
        "perhaps false.",
        "These are bounds for the interview, which may only err towards asking.",
        either_may_come,
    ),
    Difference(
        "A name stands for one rule",
        "The program works out a term once for each name, the reference looks at the rule behind it each time. Two "
        "terms with one name and different rules would differ. The book refuses them.",
        "A term is used in many rules; working it out once is what makes the program fast.",
        a_name_stands_for_one_rule,
    ),
    Difference(
        "Reasons",
        "Only the reference says why a rule is true, false or open. The other interpreters give the truth alone.",
        "Reasons are read by people, one person at a time.",
        reasons_come_from_the_reference,
    ),
)

INTRODUCTION = """\
# Interpreters of rules

<!-- Made from tests/spec/differences.py. Change that, then run: python -m tests.docs.refresh -->

A rule has one meaning, that of the reference interpreter `person`. Everything else is a translation, held to it by
nets: the table of [the manual](rules.md) on every interpreter, random rules for random people, every rule of the
shipped book over everybody whom it can tell apart or at its borders, and interpreters with one fault put in, each of
which must be caught.

| interpreter | what it is for |
|---|---|
| `person` | THE MEANING: walks the tree for one person, and says why |
| `program` on Python ints | one person; or all hypothetical answers of one person side by side |
| `program` on numpy blocks | many people, from typed columns |
| `program` on Arrow bitmaps | many people; the two bitmaps of an Arrow column are the two planes |
| `program` on Z3 terms | the proofs |
| `cql` | CQL for other people's engines; held to the reference by `make interop` |
| `prose` | a sentence that a patient or a reviewer reads |

The four `program` rows are one generated function of `&` and `|`; only the type of its planes differs.

## Where they differ, on purpose

Each difference below is shown by a test. If it went away, or grew, the test would fail.
"""


def render() -> str:
    """Give the whole page."""
    parts = [f"### {d.title}\n\n{fill(d.says, 120)}\n\n{fill(f'*Why:* {d.why}', 120)}\n" for d in DIFFERENCES]
    return "\n".join([INTRODUCTION, *parts])
