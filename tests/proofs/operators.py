"""Mutants of a compiled program: one operator of its code changed. Each is refuted on Z3 terms, or proved harmless."""

import dis
from collections.abc import Iterator
from dataclasses import dataclass
from types import CodeType
from typing import Any

import z3

from crampwise.assess.engine import Engine
from crampwise.interpret.program import Program, Results
from crampwise.logic.answers import Answers
from crampwise.safety.ground import Ground
from crampwise.safety.obligations import Clock
from crampwise.safety.people import Lane
from crampwise.safety.trees import either

NOP = dis.opmap["NOP"]


@dataclass(frozen=True)
class Mutant:
    """A program in which the operator at one place of the code was changed."""

    place: int
    change: str
    program: Program


@dataclass(frozen=True)
class Verdict:
    """What became of a mutant: a person for whom it gives another result, or proved to differ for nobody."""

    mutant: Mutant
    person: Answers | None


def _codes() -> dict[str, int]:
    """The number by which this Python knows each binary operator."""
    compiled = {op: compile(f"a {op} b", "", "eval") for op in "&|"}
    return {
        op: next(i.arg or 0 for i in dis.get_instructions(c) if i.opname == "BINARY_OP") for op, c in compiled.items()
    }


def mutants(program: Program) -> Iterator[Mutant]:
    """Every mutant by one operator: & for |, | for &, and each ~ taken away."""
    codes = _codes()
    run = next(c for c in program.code.co_consts if isinstance(c, CodeType))
    for instruction in dis.get_instructions(run):
        place = instruction.offset
        if instruction.opname == "BINARY_OP":
            other = {"&": "|", "|": "&"}[instruction.argrepr]
            yield Mutant(place, f"{instruction.argrepr} -> {other}", _with(program, run, place + 1, codes[other]))
        elif instruction.opname == "UNARY_INVERT":
            yield Mutant(place, "~ dropped", _with(program, run, place, NOP))


def _with(program: Program, run: CodeType, place: int, byte: int) -> Program:
    code = bytearray(run.co_code)
    code[place] = byte
    changed = run.replace(co_code=bytes(code))
    consts = tuple(changed if c is run else c for c in program.code.co_consts)
    return Program(program.leaves, program.keys, program.code.replace(co_consts=consts))


class Judge:
    """Compares mutants with the program on every person whom an assessment accepts, in both lanes."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.ground = Ground(engine)
        person = self.ground.person
        self.lanes = tuple(
            (planes(engine.program, lane), results)
            for lane, results in ((person.given, self.ground.given), (person.alone, self.ground.alone))
        )
        self.solver = z3.Solver()
        self.solver.add(*person.accepted, *person.untested)

    def verdict(self, mutant: Mutant) -> Verdict:
        """Refute a mutant with a person, or prove it harmless."""
        for (true, false), results in self.lanes:
            different = either(_differences(results, mutant.program.run_planes(true, false)))
            if not z3.is_false(different) and Clock(120).check(self.solver, different):
                return Verdict(mutant, self.ground.person.answers(self.solver.model()))
        return Verdict(mutant, None)

    def differs(self, mutant: Mutant, person: Answers) -> bool:
        """Whether the mutant itself, run on plain ints, gives this person another result."""
        closed = self.engine.closed(person, self.engine.closing.run([(person, 1)]))
        aside = Answers({f: v for f, v in self.engine.not_found.items() if f not in closed.values})
        lanes = [(person, 0b11), (aside, 0b10)]
        mine, other = self.engine.program.run(lanes), mutant.program.run(lanes)
        return any(mine.true[k] != other.true[k] or mine.false[k] != other.false[k] for k in self.engine.program.keys)


def planes(program: Program, lane: Lane) -> tuple[list[Any], list[Any]]:
    """What the leaves of a program read in one lane."""
    pairs = [lane.said[leaf.finding.id].leaf(leaf) for leaf in program.leaves]
    return [true for true, _ in pairs], [false for _, false in pairs]


def _differences(mine: Results, other: Results) -> Iterator[Any]:
    pairs = [(side[key], theirs[key]) for side, theirs in _sides(mine, other) for key in side]
    return (a != b for a, b in pairs if not z3.eq(a, b))


def _sides(mine: Results, other: Results) -> tuple[tuple[Any, Any], tuple[Any, Any]]:
    return (mine.true, other.true), (mine.false, other.false)
