"""Mutants of the content: a red flag or a reason against an action deleted or weakened, and what notices it.

What may notice: the examples in the red flag's own file; the second records beside it (`flags.yaml`, `people.yaml`,
`withheld.yaml`); or a proof that the change makes no difference for anyone.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Literal

import z3

from crampwise.assess.engine import Engine
from crampwise.book.schema.care import Action, RedFlag, Stretch
from crampwise.book.schema.common import LEVELS, Level
from crampwise.book.tree import plain, read_yaml
from crampwise.interpret.person import evaluate
from crampwise.interpret.world import close
from crampwise.logic.answers import Answers
from crampwise.logic.rules import Rule
from crampwise.logic.truth import Truth
from crampwise.safety.ground import Ground
from crampwise.safety.trees import Formula, either, neither, tree
from tests.proofs.weaker import weaker
from tests.support.people import values_of

HERE = Path(__file__).parent
Kind = Literal["flag deleted", "flag lowered", "flag weakened", "reason deleted", "reason weakened"]
Notice = Literal["example", "record", "harmless"]


@dataclass(frozen=True)
class Mutant:
    """One change to the content: `rule` is the new rule of flag or reason, None where it is gone."""

    kind: Kind
    id: str
    what: str
    rule: Rule | None = None
    place: int = 0


def records(name: str) -> dict:
    """Read one of the second records."""
    tree_ = read_yaml((HERE / name).read_text("utf-8"), name, [])
    assert tree_ is not None, f"{name} is not YAML"
    found = plain(tree_)
    assert isinstance(found, dict)
    return found


def flag_mutants(engine: Engine) -> Iterator[Mutant]:
    for flag in engine.book.red_flags.values():
        yield Mutant("flag deleted", flag.id, "deleted")
        if flag.level != LEVELS[0]:
            yield Mutant("flag lowered", flag.id, f"lowered from {flag.level}")
        for what, rule in weaker(flag.when):
            yield Mutant("flag weakened", flag.id, what, rule)


def reason_mutants(engine: Engine) -> Iterator[Mutant]:
    for id_, entry in entries(engine).items():
        for place, rule in enumerate(entry.not_for):
            yield Mutant("reason deleted", id_, f"not_for {place} deleted", None, place)
            for what, new in weaker(rule):
                yield Mutant("reason weakened", id_, f"not_for {place}: {what}", new, place)


def entries(engine: Engine) -> dict[str, Action | Stretch]:
    return {**engine.book.actions, **engine.book.stretches}


class Jury:
    """Says what notices a mutant."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.ground = Ground(engine)
        self.levels = {id_: level for level, ids in records("flags.yaml").items() for id_ in ids}
        extra = records("people.yaml")
        self.fires = [(p["flag"], self._person(p["who"])) for p in extra["fires"]]
        self.withheld = [(self._person(p["who"]), frozenset(p["not"])) for p in records("withheld.yaml")["withheld"]]

    def notice(self, mutant: Mutant) -> Notice | None:
        """What notices the mutant; None if it survives."""
        if mutant.kind in ("flag deleted", "flag lowered"):
            return "record" if self.levels != self._levels_after(mutant) else None
        if mutant.rule is not None and mutant.kind == "flag weakened":
            return self._flag(self.engine.book.red_flags[mutant.id], mutant.rule)
        return self._reason(mutant)

    def _levels_after(self, mutant: Mutant) -> dict[str, Level]:
        """Ids and levels of the red flags, as they are in the changed content."""
        found = {f.id: f.level for f in self.engine.book.red_flags.values()}
        if mutant.kind == "flag deleted":
            del found[mutant.id]
        else:
            found[mutant.id] = LEVELS[LEVELS.index(found[mutant.id]) - 1]
        return found

    def _flag(self, flag: RedFlag, rule: Rule) -> Notice | None:
        if any(evaluate(rule, person) is not want for want, person in self._examples[flag.id]):
            return "example"
        if any(id_ == flag.id and evaluate(rule, person) is not Truth.TRUE for id_, person in self.fires):
            return "record"
        mine, other = self.ground.means(f"red_flag/{flag.id}"), tree(rule, self._lane.closed)
        return None if self._someone(either(a != b for a, b in zip(mine, other, strict=True))) else "harmless"

    def _reason(self, mutant: Mutant) -> Notice | None:
        entry = entries(self.engine)[mutant.id]
        rest = [r for i, r in enumerate(entry.not_for) if i != mutant.place]
        rest += [mutant.rule] if mutant.rule is not None else []
        own = entry.not_for[mutant.place]
        for person, ids in self.withheld:
            served = mutant.id in ids and evaluate(own, person) is Truth.TRUE
            if served and not any(evaluate(r, person) is Truth.TRUE for r in rest):
                return "record"
        against = self.ground.means(f"not_for/{mutant.id}/{mutant.place}")[0]
        others = [tree(r, self._lane.closed)[0] for r in rest]
        return None if self._someone(against, neither(*others)) else "harmless"

    @cached_property
    def _lane(self):
        return self.ground.person.given

    @cached_property
    def _examples(self) -> dict[str, list[tuple[Truth, Answers]]]:
        found: dict[str, list[tuple[Truth, Answers]]] = {}
        for flag in self.engine.book.red_flags.values():
            said = (
                (Truth.TRUE, flag.examples.fires),
                (Truth.FALSE, flag.examples.clears),
                (Truth.UNKNOWN, flag.examples.open),
            )
            found[flag.id] = [(truth, self._person(e)) for truth, examples in said for e in examples]
        return found

    def _person(self, said: dict) -> Answers:
        return close(self.engine.world, Answers(values_of(self.engine.book, said)))

    def _someone(self, *like: Formula) -> bool:
        found = self._solver.check(*like)
        assert found != z3.unknown
        return bool(found == z3.sat)

    @cached_property
    def _solver(self) -> z3.Solver:
        person, solver = self.ground.person, z3.Solver()
        solver.add(*person.accepted, *person.plausible, *person.untested)
        return solver
