"""Each interpreter with one thing wrong is caught by the nets: the table of the specification, or random rules."""

from collections.abc import Callable
from functools import partial
from types import ModuleType

import pytest

from crampwise.interpret import columns, person, planes, program, prose, registers, world
from tests.generative.test_agreement import TOGETHER
from tests.spec.table import TABLE
from tests.spec.toy import LABELS, WORLD, answers, rule
from tests.support import interpreters
from tests.support.interpreters import Interpreter, disagreements, reference
from tests.support.mutants import Mutant, mutated
from tests.support.random_rules import batch

PERSON = [
    ("below includes the threshold", '{"<": lt,', '{"<": le,'),
    ("at most leaves the threshold out", '"<=": le,', '"<=": lt,'),
    ("above includes the threshold", '">": gt,', '">": ge,'),
    ("at least leaves the threshold out", '">=": ge}', '">=": gt}'),
    ("not is left out", "Trace(rule, ~truths[0], parts)", "Trace(rule, truths[0], parts)"),
    ("all needs only one", "Trace(rule, all_of(truths), parts)", "Trace(rule, any_of(truths), parts)"),
    ("any needs all", "Trace(rule, any_of(truths), parts)", "Trace(rule, all_of(truths), parts)"),
    ("at least counts one more", "at_least(n, truths)", "at_least(min(n + 1, len(truths)), truths)"),
    ("unknown is no", "return Truth.UNKNOWN", "return Truth.FALSE"),
    ("does not apply is unknown", "return Truth.FALSE\n    match leaf", "return Truth.UNKNOWN\n    match leaf"),
    ("yes is no", "value is True)", "value is False)"),
    ("another option counts", "value in options", "value not in options"),
]

PROGRAM = [
    ("the true side of any is all", 'return self._name(" | ".join(planes))', 'return self._name(" & ".join(planes))'),
    ("the true side of all is any", 'return self._name(" & ".join(planes))', 'return self._name(" | ".join(planes))'),
    ("not forgets to swap", "return false, true", "return true, false"),
    ("false needs one fewer", "len(rules) - n + 1", "max(1, len(rules) - n)"),
    ("any counts to two", "self._count(1, inner)", "self._count(min(2, len(inner)), inner)"),
    ("counting adds in the wrong order", "range(n, 0, -1)", "range(1, n + 1)"),
    ("counting loses what it had", 'f"{level[k]} | {below}"', 'f"{level[k]} & {below}"'),
    ("a yes is not passed on", "for source in self.implied_by.get(leaf.finding.id, ())", "for source in ()"),
    ("a no is not passed back", "for target in self.world.implies.get(leaf.finding.id, ())", "for target in ()"),
    ("for whom it is, is not looked at", "if who_for is not None:", "if who_for is None and leaf is None:"),
    ("true where it is not for", "self.rule(who_for)[1]", "self.rule(who_for)[0]"),
    ("not for beats a given yes", "{with_path} & ~ {self._leaf_true(leaf)}", "{with_path}"),
    ("two terms are one", '("term", rule.name)', '"term"'),
    ("contradictions are not marked", 'if both else "0"', 'if both is None else "0"'),
    ("an answer is taken the wrong way round", "is Truth.TRUE]", "is Truth.FALSE]"),
    ("a no settles nothing", "[i for i, _ in found if i not in holds]", "[]"),
    ("an earlier lane is overwritten", "true[i] | mask", "mask"),
    ("false is read as true", "if self.true.planes[place] >>", "if self.false.planes[place] >>"),
    ("the next lane is read", "self.true.planes[place] >> lane & 1", "self.true.planes[place] >> (lane + 1) & 1"),
]

REGISTERS = [
    ("a value is overwritten while it is needed", "last_read[part] == i", "last_read[part] >= i"),
    ("the last reading is the first", "found.setdefault(part, i)", "found[part] = i"),
    ("a free name is given away twice", "free.pop() if free", "free[-1] if free"),
]

WORLD_MUTANTS = [
    ("a yes is not passed on", "new |= dict.fromkeys(targets, True)", "pass"),
    ("a no is not passed back", "new[source] = False", "pass"),
    ("a yes is passed on as a no", "dict.fromkeys(targets, True)", "dict.fromkeys(targets, False)"),
    ("does not apply is never said", "evaluate(rule, answers) is Truth.FALSE", "evaluate(rule, answers) is None"),
    (
        "unknown for whom is not for",
        "evaluate(rule, answers) is Truth.FALSE",
        "evaluate(rule, answers) is not Truth.TRUE",
    ),
    ("only one step is taken", "while fresh :=", "if fresh :="),
    (
        "given answers are changed",
        "for finding_id, value in new.items() if finding_id not in known",
        "for finding_id, value in new.items() if known.get(finding_id) is not value",
    ),
]

COLUMNS = [
    ("missing is no", "there & np.array([value is not None for value in array], np.bool_)", "there"),
    ("known no is lost", "pack(there & ~bits)", "pack(there & bits)"),
    ("an unknown choice is no", "return pack(holds), pack(known & ~holds)", "return pack(holds), pack(~holds)"),
    ("the last option stands for unknown", "known = self.codes >= 0", "known = self.codes >= -1"),
    ("another option counts", "option in leaf.options", "option not in leaf.options"),
    ("NaN is a number", "there = there & ~np.isnan(values)", "values = np.nan_to_num(values)"),
    ("below includes the threshold", '"<": np.less,', '"<": np.less_equal,'),
    ("at least leaves the threshold out", '">=": np.greater_equal', '">=": np.greater'),
    (
        "the plausible lowest is implausible",
        '_compare(values, ">=", finding.low)',
        '_compare(values, ">", finding.low)',
    ),
    ("bits are packed from the wrong end", 'np.packbits(bits, bitorder="little")', "np.packbits(bits)"),
]

ARROW = [
    (
        "null is no",
        "return YesNoColumn(finding, n, valid & held, valid & ~held)",
        "return YesNoColumn(finding, n, valid & held, ~held)",
    ),
    (
        "the value of a null counts",
        "return YesNoColumn(finding, n, valid & held,",
        "return YesNoColumn(finding, n, held,",
    ),
    ("the offset of a slice is forgotten", "_bitmap(buffer, array.offset, n)", "_bitmap(buffer, 0, n)"),
    ("the offset inside a byte is forgotten", "[shift:].view", "[: -shift or None].view"),
    (
        "no validity means nothing is valid",
        "return pack(np.ones(length, np.bool_))",
        "return pack(np.zeros(length, np.bool_))",
    ),
    ("a null option is the first", "pc.fill_null(coded.indices, -1)", "pc.fill_null(coded.indices, 0)"),
    (
        "a null number is nought",
        "there = array.is_valid().to_numpy(zero_copy_only=False)",
        "there = np.ones(n, np.bool_)",
    ),
]

PLANES = [
    (
        "true and false are swapped",
        "[t[part] for t, _ in planes], [f[part] for _, f in planes]",
        "[f[part] for _, f in planes], [t[part] for t, _ in planes]",
    ),
    (
        "every block is the first",
        "part = slice(start, min(start + block, words))",
        "part = slice(0, min(block, words))",
    ),
    ("the last block is left out", "range(0, words, block)", "range(0, words - 1, block)"),
    ("unknown is no", "Truth.FALSE if f else Truth.UNKNOWN", "Truth.FALSE if not t else Truth.UNKNOWN"),
    ("false wins over true", "Truth.TRUE if t else", "Truth.TRUE if t and f else"),
    ("a finding without a column is no", "found.append((unknown, unknown) if", "found.append((unknown, ~unknown) if"),
    ("contradictions are lost", "conflict if isinstance(conflict, np.ndarray)", "conflict if conflict is None"),
]

PROSE = [
    ("below is at most", '"<": "below"', '"<": "at most"'),
    ("at most is below", '"<=": "at most"', '"<=": "below"'),
    ("above is at least", '">": "above"', '">": "at least"'),
    ("at least is above", '">=": "at least"', '">=": "above"'),
    ("not is left out", 'return f"not ({', 'return f"({'),
    ("and is or", '" and ", inner', '" or ", inner'),
    ("or is and", '" or ", inner', '" and ", inner'),
    ("the count is left out", "at least {n} of", "some of"),
    ("brackets are left out", 'f"({text})"', 'f"{text}"'),
    ("options are joined by and", "' or '.join(said)", "' and '.join(said)"),
    ("the unit is left out", "{threshold} {unit}", "{threshold}"),
]  # fmt: skip


def mutants(module: ModuleType, table: list[tuple[str, str, str]]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("mutant", [Mutant(module, *row) for row in table], ids=[row[0] for row in table])


def spec_errors(interpreter: Interpreter) -> list[str]:
    """Rows of the table that an interpreter gives another meaning."""
    wrong = []
    for row in TABLE:
        told = [(answers(p), expected) for p, expected in row.people if interpreter.can(answers(p))]
        outcome = interpreter.run(WORLD, {"it": rule(row.rule)}, [p for p, _ in told])
        if [t.value for t in outcome.truths["it"]] != [expected for _, expected in told]:
            wrong.append(row.title)
    return wrong


def caught(make: Callable[[], Interpreter], batches: int = 20) -> bool:
    """Whether the nets see that an interpreter is wrong. One that breaks down is caught too."""
    try:
        interpreter = make()
        if spec_errors(interpreter):
            return True
        return any(disagreements(*batch(seed, TOGETHER), (reference(), interpreter)) for seed in range(batches))
    except (ArithmeticError, LookupError, TypeError, ValueError, UnboundLocalError, NameError):
        return True


@mutants(person, PERSON)
def test_mutants_of_the_reference(mutant: Mutant) -> None:
    with mutated(mutant) as changed:
        assert spec_errors(reference(person=changed))


@mutants(world, WORLD_MUTANTS)
def test_mutants_of_what_follows_from_answers(mutant: Mutant) -> None:
    with mutated(mutant) as changed:
        assert caught(lambda: reference(world=changed))


@mutants(program, PROGRAM)
def test_mutants_of_the_program(mutant: Mutant) -> None:
    with mutated(mutant) as changed:
        assert caught(lambda: interpreters.side_by_side(changed))


@mutants(registers, REGISTERS)
def test_mutants_of_the_registers(mutant: Mutant, monkeypatch: pytest.MonkeyPatch) -> None:
    with mutated(mutant) as changed:
        monkeypatch.setattr(program, "reuse_names", changed.reuse_names)
        assert caught(interpreters.side_by_side)


@mutants(columns, COLUMNS)
def test_mutants_of_the_columns(mutant: Mutant) -> None:
    with mutated(mutant) as changed:
        assert caught(lambda: interpreters.numpy_blocks(columns=changed))


@mutants(columns, ARROW)
def test_mutants_of_the_arrow_columns(mutant: Mutant) -> None:
    with mutated(mutant) as changed:
        assert caught(lambda: interpreters.arrow_bitmaps(columns=changed))


@mutants(planes, PLANES)
def test_mutants_of_the_blocks(mutant: Mutant) -> None:
    with mutated(mutant) as changed:
        assert caught(lambda: interpreters.numpy_blocks(planes=changed))


@mutants(prose, PROSE)
def test_mutants_of_the_prose(mutant: Mutant) -> None:
    with mutated(mutant) as changed:
        assert [row.title for row in TABLE if changed.prose(rule(row.rule), LABELS) != row.sentence]


def test_an_interpreter_without_a_fault_is_not_caught() -> None:
    for interpreter in interpreters.INTERPRETERS:
        assert not caught(partial(fine, interpreter), batches=2)


def fine(interpreter: Interpreter) -> Interpreter:
    return interpreter
