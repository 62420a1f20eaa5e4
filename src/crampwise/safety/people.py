"""A person about whom anything may be known, as Z3 terms: what is given, what follows from it, who is accepted.

The laws between findings are written down here as formulas, from the words of the design and not from the code of
`interpret/world.py` or `interpret/program.py`: a proof that compares the two would otherwise compare nothing.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import cached_property
from itertools import combinations, pairwise

import z3

from crampwise.interpret.program import Program, Results
from crampwise.interpret.world import World
from crampwise.logic.answers import Answers, Value
from crampwise.logic.findings import Choice, Finding, Number, YesNo
from crampwise.logic.rules import Compare, Leaf, OneOf, Present
from crampwise.safety.trees import COMPARE, Formula, Pair, both, either, neither, tree

NO = z3.BoolVal(False)


@dataclass(frozen=True)
class Said:
    """What is given about one finding.

    Attributes:
        known: there is an answer. yes: of a yes/no finding, the answer is yes. options: of a choice, each option.
        value: of a number. aside: not found, or without a value, because it was set aside.
    """

    finding: Finding
    known: Formula
    yes: Formula = NO
    options: Mapping[str, Formula] | None = None
    value: Formula = None
    aside: Formula = NO

    def holds(self, leaf: Leaf) -> Formula:
        """The leaf holds for the answer, if there is one."""
        match leaf:
            case Present():
                return self.yes
            case OneOf(_, options):
                return either((self.options or {})[o] for o in options)
            case Compare(_, op, threshold):
                return COMPARE[op](self.value, z3.RealVal(str(threshold)))

    def leaf(self, leaf: Leaf) -> Pair:
        """Whether the leaf is known to hold, and known not to."""
        return both(self.known, self.holds(leaf)), either([both(self.known, neither(self.holds(leaf))), self.aside])


class Lane:
    """One reading of a person's answers, and all that follows from them.

    `laws` says what follows: a yes travels along implications and a no against them; while the rule of whom a finding
    is for is false, the finding is no, or has no value. What was given itself is never changed.
    """

    def __init__(self, world: World, said: Mapping[str, Said], name: str) -> None:
        self.world, self.said, self.name = world, said, name
        yes_no = [id_ for id_, f in world.findings.items() if isinstance(f, YesNo)]
        self.yes = {id_: z3.Bool(f"{name}.{id_}.yes") for id_ in yes_no}
        self.no = {id_: z3.Bool(f"{name}.{id_}.no") for id_ in world.findings}

    @cached_property
    def laws(self) -> list[Formula]:
        """What follows from what is given."""
        found = []
        causes: dict[str, list[str]] = {}
        for source, targets in self.world.implies.items():
            for target in targets:
                causes.setdefault(target, []).append(source)
        for id_, said in self.said.items():
            who_for = self.world.who_for.get(id_)
            not_theirs = tree(who_for, self.closed)[1] if who_for else NO
            silent = neither(said.known, said.aside)
            if id_ not in self.yes:
                found.append(self.no[id_] == either([said.aside, both(silent, not_theirs)]))
                continue
            implied = either(self.yes[s] for s in causes.get(id_, ()))
            refuted = either(self.no[t] for t in self.world.implies.get(id_, ()))
            follows = both(silent, neither(implied), either([refuted, not_theirs]))
            given_no = either([both(said.known, neither(said.yes)), said.aside])
            found.append(self.yes[id_] == either([both(said.known, said.yes), both(silent, implied)]))
            found.append(self.no[id_] == either([given_no, follows]))
        return found

    def closed(self, leaf: Leaf) -> Pair:
        """Truth of a leaf once everything that follows is there."""
        id_, said = leaf.finding.id, self.said[leaf.finding.id]
        if isinstance(leaf, Present):
            return self.yes[id_], self.no[id_]
        return both(said.known, said.holds(leaf)), either([both(said.known, neither(said.holds(leaf))), self.no[id_]])

    def known(self, id_: str) -> Formula:
        """Whether a finding has a value once everything that follows is there."""
        return either([self.said[id_].known, self.no[id_], self.yes.get(id_, NO)])

    @cached_property
    def contradiction(self) -> Formula:
        """Some implication is broken."""
        laws = [(s, t) for s, targets in self.world.implies.items() for t in targets]
        return either(both(self.yes[s], self.no[t]) for s, t in laws)

    @cached_property
    def out_of_place(self) -> dict[str, Formula]:
        """For each finding that is not for everyone: it is given as present, although it is not for this person."""
        found = {}
        for id_, rule in self.world.who_for.items():
            said = self.said[id_]
            present = both(said.known, said.yes) if id_ in self.yes else said.known
            found[id_] = both(present, tree(rule, self.closed)[1])
        return found

    def run(self, program: Program) -> Results:
        """Run the compiled program itself on these terms."""
        pairs = [self.said[leaf.finding.id].leaf(leaf) for leaf in program.leaves]
        return program.run_planes([t for t, _ in pairs], [f for _, f in pairs])


class Person:
    """Everything that may be known of one person, and the two lanes in which the rules are read.

    Attributes:
        given: the answers as they are. alone: with open examinations and tests set aside as not found.
        tested: for each finding that a test fills: a result of such a test is there, so it is not set aside.
        cuts: the thresholds of each number, between which one value is as good as another.
    """

    def __init__(
        self,
        world: World,
        clinical: frozenset[str],
        tested: frozenset[str],
        cuts: Mapping[str, tuple[Decimal, ...]],
        name: str,
    ) -> None:
        self.world, self.name, self.cuts = world, name, cuts
        said = {id_: _said(f, f"{name}.{id_}") for id_, f in world.findings.items()}
        self.tested = {id_: z3.Bool(f"{name}.{id_}.tested") for id_ in sorted(clinical & tested)}
        self.given = Lane(world, said, f"{name}.given")
        alone = {}
        for id_, s in said.items():
            aside = neither(self.given.known(id_), self.tested.get(id_, NO)) if id_ in clinical else NO
            alone[id_] = Said(s.finding, s.known, s.yes, s.options, s.value, aside)
        self.alone = Lane(world, alone, f"{name}.alone")

    @cached_property
    def limits(self) -> list[Formula]:
        """Numbers lie within their plausible limits, and a choice has one option."""
        return [law for s in self.given.said.values() for law in _limits(s)]

    @cached_property
    def consistent(self) -> list[Formula]:
        """No answer contradicts another: an assessment refuses those who do."""
        plain = [
            neither(wrong)
            for id_, wrong in self.given.out_of_place.items()
            if isinstance(self.world.who_for[id_], Present)
        ]
        return [neither(self.given.contradiction), *plain]

    @cached_property
    def accepted(self) -> list[Formula]:
        """Everyone whom an assessment accepts."""
        return [*self.limits, *self.given.laws, *self.alone.laws, *self.consistent]

    @cached_property
    def plausible(self) -> list[Formula]:
        """Nothing is given for someone whom it cannot concern, such as a pregnancy where none is possible."""
        return [neither(wrong) for wrong in self.given.out_of_place.values()]

    @cached_property
    def untested(self) -> list[Formula]:
        """No test is under way of which a part is still open."""
        return [neither(t) for t in self.tested.values()]

    def known_in(self, model: z3.ModelRef) -> list[str]:
        """Findings that are given in a model."""
        return [id_ for id_, s in self.given.said.items() if z3.is_true(model.eval(s.known, model_completion=True))]

    @cached_property
    def silences(self) -> dict[str, Formula]:
        """For each finding: nothing is given about it."""
        return {id_: neither(s.known) for id_, s in self.given.said.items()}

    def tested_in(self, model: z3.ModelRef) -> tuple[str, ...]:
        """Findings whose test is under way in a model."""
        return tuple(id_ for id_, t in self.tested.items() if z3.is_true(model.eval(t, model_completion=True)))

    def answers(self, model: z3.ModelRef) -> Answers:
        """Read the given answers off a model."""
        return Answers({id_: self._value(model, id_, self.cuts.get(id_, ())) for id_ in self.known_in(model)})

    def _value(self, model: z3.ModelRef, id_: str, cuts: tuple[Decimal, ...]) -> Value:
        said = self.given.said[id_]
        match said.finding:
            case YesNo():
                return bool(z3.is_true(model.eval(said.yes, model_completion=True)))
            case Choice():
                options = (said.options or {}).items()
                return next(o for o, term in options if z3.is_true(model.eval(term, model_completion=True)))
            case Number(_, _, low, high):
                found = model.eval(said.value, model_completion=True)
                return _representative(found.as_fraction(), sorted({low, *cuts, high}))


def _said(finding: Finding, name: str) -> Said:
    match finding:
        case YesNo():
            return Said(finding, z3.Bool(f"{name}.known"), yes=z3.Bool(f"{name}.is_yes"))
        case Choice(_, options):
            found = {o: z3.Bool(f"{name}.is_{o}") for o in options}
            return Said(finding, either(found.values()), options=found)
        case Number():
            return Said(finding, z3.Bool(f"{name}.known"), value=z3.Real(f"{name}.value"))


def _limits(said: Said) -> list[Formula]:
    match said.finding:
        case YesNo():
            return []
        case Choice():
            return [neither(both(a, b)) for a, b in combinations((said.options or {}).values(), 2)]
        case Number(_, _, low, high):
            return [z3.RealVal(str(low)) <= said.value, said.value <= z3.RealVal(str(high))]


def _representative(found: Fraction, cuts: list[Decimal]) -> Decimal:
    """A plain number on the same side of every cut: the cut itself, or the middle between two."""
    for below, above in pairwise(cuts):
        if found == Fraction(below):
            return below
        if Fraction(below) < found < Fraction(above):
            return (below + above) / 2
    return cuts[-1]
