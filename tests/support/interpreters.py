"""Every interpreter of rules behind one face, so that each net runs on all. A new one is one more row."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import ModuleType
from typing import Any

import numpy as np
import pyarrow as pa

from crampwise.interpret import columns, person, planes, program, world
from crampwise.interpret.world import World
from crampwise.logic.answers import Answers, Empty
from crampwise.logic.findings import Choice, Finding, Number, YesNo
from crampwise.logic.rules import Rule
from crampwise.logic.truth import Truth

Rules = Mapping[str, Rule]
People = Sequence[Answers]


@dataclass(frozen=True)
class Outcome:
    """The truth of each rule for each person; and who contradicts themselves, for whom nothing is promised."""

    truths: Mapping[str, Sequence[Truth]]
    conflict: Sequence[bool]


@dataclass(frozen=True)
class Interpreter:
    """Attributes: run: from a world, rules and people to the outcome. can: whether it can be told these answers."""

    name: str
    run: Callable[[World, Rules, People], Outcome]
    can: Callable[[Answers], bool] = lambda _: True


def reference(person: ModuleType = person, world: ModuleType = world) -> Interpreter:
    """THE MEANING: walks the tree, person by person, over closed answers."""

    def run(laws: World, rules: Rules, people: People) -> Outcome:
        closed = [world.close(laws, answers) for answers in people]
        truths = {key: [person.evaluate(rule, answers) for answers in closed] for key, rule in rules.items()}
        return Outcome(truths, [broken(laws, answers) for answers in closed])

    return Interpreter("person", run)


def broken(laws: World, closed: Answers) -> bool:
    return any(
        closed.get(source) is True and closed.get(target) is False
        for source, targets in laws.implies.items()
        for target in targets
    )


def one_by_one(program: ModuleType = program) -> Interpreter:
    """The compiled function on Python ints, a call for each person."""

    def run(laws: World, rules: Rules, people: People) -> Outcome:
        compiled = program.compile_program(laws, rules)
        results = [compiled.run([(answers, 1)]) for answers in people]
        truths = {key: [result.truth(key) for result in results] for key in rules}
        return Outcome(truths, [bool(result.conflict) for result in results])

    return Interpreter("program, one by one", run)


def side_by_side(program: ModuleType = program) -> Interpreter:
    """The compiled function on Python ints, a bit for each person."""

    def run(laws: World, rules: Rules, people: People) -> Outcome:
        compiled = program.compile_program(laws, rules)
        results = compiled.run([(answers, 1 << lane) for lane, answers in enumerate(people)])
        truths = {key: [results.truth(key, lane) for lane in range(len(people))] for key in rules}
        return Outcome(truths, [bool(results.conflict >> lane & 1) for lane in range(len(people))])

    return Interpreter("program, side by side", run)


def numpy_blocks(columns: ModuleType = columns, planes: ModuleType = planes) -> Interpreter:
    """The compiled function on numpy arrays, in blocks so small that people fall into several."""

    def column(finding: Finding, values: list[Any]) -> Any:
        if isinstance(finding, Number):  # gaps as NaN; elsewhere as None
            return columns.column(finding, np.array([np.nan if v is None else v for v in values]))
        return columns.column(finding, values)

    return Interpreter("numpy blocks", _over_columns(column, planes), _has_no_empty)


def arrow_bitmaps(columns: ModuleType = columns, planes: ModuleType = planes) -> Interpreter:
    """The compiled function on Arrow arrays: slices that begin inside a byte, as batches often do."""

    def column(finding: Finding, values: list[Any]) -> Any:
        padded = [values[0]] * 3 + values
        if isinstance(finding, YesNo):
            return columns.arrow_column(finding, _bools(padded).slice(3))
        return columns.arrow_column(
            finding, pa.array(padded, pa.string() if isinstance(finding, Choice) else pa.float64()).slice(3)
        )

    return Interpreter("Arrow bitmaps", _over_columns(column, planes), _has_no_empty)


def _bools(values: list[bool | None]) -> "pa.Array":
    """Arrow leaves open which value stands under a null; here now yes, now no."""
    held = np.packbits([i % 2 == 0 if v is None else v for i, v in enumerate(values)], bitorder="little")
    valid = np.packbits([v is not None for v in values], bitorder="little") if None in values else None
    return pa.Array.from_buffers(
        pa.bool_(), len(values), [None if valid is None else pa.py_buffer(valid), pa.py_buffer(held)]
    )


def solver_terms(program: ModuleType = program) -> Interpreter:
    """The compiled function on Z3 terms, as the proofs run it; here on constants, a person at a time."""
    import z3

    def run(laws: World, rules: Rules, people: People) -> Outcome:
        compiled = program.compile_program(laws, rules)
        truths: dict[str, list[Truth]] = {key: [] for key in rules}
        conflict = []
        for answers in people:
            settled = [compiled.settled_by(id_, value) for id_, value in answers.values.items()]
            true = {i for holds, _ in settled for i in holds}
            false = {i for _, fails in settled for i in fails}
            places = range(len(compiled.leaves))
            results = compiled.run_planes(
                [z3.BoolVal(i in true) for i in places], [z3.BoolVal(i in false) for i in places]
            )
            for key in rules:
                yes, no = (z3.is_true(z3.simplify(side[key])) for side in (results.true, results.false))
                truths[key].append(Truth.TRUE if yes else Truth.FALSE if no else Truth.UNKNOWN)
            marked = results.conflict
            conflict.append(z3.is_true(z3.simplify(marked)) if isinstance(marked, z3.BoolRef) else bool(marked))
        return Outcome(truths, conflict)

    return Interpreter("Z3 terms", run)


def _over_columns(make: Callable[[Finding, list[Any]], Any], planes: ModuleType) -> Callable[..., Outcome]:
    def run(laws: World, rules: Rules, people: People) -> Outcome:
        compiled = program.compile_program(laws, rules)
        told = {id_: _values(laws.findings[id_], people) for id_ in compiled.by_finding}
        made = {
            id_: make(laws.findings[id_], given) for id_, given in told.items() if any(v is not None for v in given)
        }
        truths: dict[str, list[Truth]] = {key: [] for key in rules}
        conflict: list[bool] = []
        for block in planes.run_columns(compiled, made, len(people), block=1):
            for key in rules:
                truths[key] += block.truths(key)
            conflict += columns.unpack(block.conflict, block.people).tolist()
        return Outcome(truths, conflict)

    return run


def _values(finding: Finding, people: People) -> list[Any]:
    given = [answers.get(finding.id) for answers in people]
    return [None if g is None else float(g) for g in given] if isinstance(finding, Number) else given  # type: ignore[arg-type]


def _has_no_empty(answers: Answers) -> bool:
    return Empty.EMPTY not in answers.values.values()


FAST = (reference(), one_by_one(), side_by_side(), numpy_blocks(), arrow_bitmaps())
"""THE MEANING first. All that can be run over millions."""

INTERPRETERS = (*FAST, solver_terms())


def disagreements(
    world: World, rules: Rules, people: People, interpreters: Sequence[Interpreter] = INTERPRETERS
) -> list[str]:
    """Run everybody through every interpreter and say where one differs from the first.

    Contradictions are compared too, so findings that imply others must be read by some rule.
    """
    first, *others = interpreters
    meant = first.run(world, rules, people)
    found = []
    for other in others:
        able = [lane for lane, answers in enumerate(people) if other.can(answers)]
        if not able:
            continue
        said = other.run(world, rules, [people[lane] for lane in able])
        for at, lane in enumerate(able):
            who = f"for {dict(people[lane].values)}"
            if meant.conflict[lane] != said.conflict[at]:
                found.append(f"{other.name}: contradiction {said.conflict[at]} {who}")
            if meant.conflict[lane]:
                continue
            found += [
                f"{other.name}: {rule} is {said.truths[key][at]}, not {meant.truths[key][lane]}, {who}"
                for key, rule in rules.items()
                if said.truths[key][at] is not meant.truths[key][lane]
            ]
    return found
