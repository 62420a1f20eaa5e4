"""All rules compiled once into one straight-line function of `&` and `|` over two planes per leaf.

A plane holds one bit per person (or per hypothetical set of answers): known-true or known-false. The generated function
knows nothing of the type of its planes; here they are Python ints of any width, in `planes.py` blocks of many people.
"""

import marshal
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from types import CodeType
from typing import Any as Anything

from crampwise.interpret.person import evaluate
from crampwise.interpret.registers import Line, reuse_names
from crampwise.interpret.world import World
from crampwise.logic.answers import Answers, Value
from crampwise.logic.findings import YesNo
from crampwise.logic.rules import All, Any, AtLeast, Leaf, Not, Present, Rule, Term, walk
from crampwise.logic.truth import Truth

Planes = list[int]
Run = Callable[[list[Anything], list[Anything]], tuple[tuple[Anything, ...], tuple[Anything, ...], Anything]]

_REMEMBERED = 4096
"""So many answers are remembered with the leaves that they settle."""


class Named(Mapping[str, int]):
    """Planes by the key of their rule. Nothing is copied: there are many more than are read."""

    __slots__ = ("places", "planes")

    def __init__(self, places: Mapping[str, int], planes: Sequence[int]) -> None:
        self.places, self.planes = places, planes

    def __getitem__(self, key: str) -> int:
        return self.planes[self.places[key]]

    def __iter__(self) -> Iterator[str]:
        return iter(self.places)

    def __len__(self) -> int:
        return len(self.places)


@dataclass(frozen=True)
class Results:
    """Truth planes of every compiled rule, one bit per lane, and the lanes whose answers contradict each other."""

    true: Named
    false: Named
    conflict: int

    def truth(self, key: str, lane: int = 0) -> Truth:
        """Give the truth of rule `key` in one lane."""
        place = self.true.places[key]
        if self.true.planes[place] >> lane & 1:
            return Truth.TRUE
        return Truth.FALSE if self.false.planes[place] >> lane & 1 else Truth.UNKNOWN

    def both(self, keys: Iterable[str]) -> list[tuple[int, int]]:
        """Give the true and the false planes of several rules, the quick way."""
        true, false = self.true.planes, self.false.planes
        return [(true[place], false[place]) for place in map(self.true.places.__getitem__, keys)]


@dataclass(frozen=True)
class Program:
    """The compiled rules.

    Attributes:
        leaves: `leaves[i]` reads planes `i`. keys: name the results in order.
        function: from the true and false planes of every leaf to those of every rule, and the plane of contradictions.
            The planes may be of any type that has `&`, `|` and `~`.
    """

    leaves: tuple[Leaf, ...]
    keys: tuple[str, ...]
    code: CodeType = field(repr=False)
    function: Run = field(init=False, repr=False, compare=False)
    _places: Mapping[str, int] = field(init=False, repr=False, compare=False)

    def __reduce__(self) -> tuple[Callable[..., "Program"], tuple[object, ...]]:
        return _again, (self.leaves, self.keys, marshal.dumps(self.code))

    def __post_init__(self) -> None:
        scope: dict[str, Run] = {}
        exec(self.code, scope)  # noqa: S102 - our own generated code: only names, & and |
        object.__setattr__(self, "function", scope["run"])
        object.__setattr__(self, "_places", {key: i for i, key in enumerate(self.keys)})

    @cached_property
    def by_finding(self) -> Mapping[str, Sequence[tuple[int, Leaf]]]:
        """For each finding the leaves that read it, with their places."""
        found: dict[str, list[tuple[int, Leaf]]] = defaultdict(list)
        for i, leaf in enumerate(self.leaves):
            found[leaf.finding.id].append((i, leaf))
        return dict(found)

    def run(self, lanes: Sequence[tuple[Answers, int]]) -> Results:
        """Evaluate every rule in every lane.

        Args:
            lanes: answers and the bit mask of the lanes in which they hold. A later entry that knows a finding
                overrides earlier ones in its own lanes.
        """
        true, false = [0] * len(self.leaves), [0] * len(self.leaves)
        settled = self._settled
        for answers, mask in lanes:
            for one in answers.values.items():
                holds, fails = settled.get(one) or self.settled_by(*one)
                for i in holds:
                    true[i], false[i] = true[i] | mask, false[i] & ~mask
                for i in fails:
                    true[i], false[i] = true[i] & ~mask, false[i] | mask
        return self.run_planes(true, false)

    def settled_by(self, finding_id: str, value: Value) -> tuple[Sequence[int], Sequence[int]]:
        """Give the places of the leaves that an answer makes true, and of those that it makes false."""
        if (finding_id, value) not in self._settled:
            if len(self._settled) >= _REMEMBERED:
                self._settled.clear()
            answers, found = Answers({finding_id: value}), self.by_finding.get(finding_id, ())
            holds = [i for i, leaf in found if evaluate(leaf, answers) is Truth.TRUE]
            self._settled[finding_id, value] = holds, [i for i, _ in found if i not in holds]
        return self._settled[finding_id, value]

    @cached_property
    def _settled(self) -> dict[tuple[str, Value], tuple[Sequence[int], Sequence[int]]]:
        return {}

    def run_planes(self, true: Planes, false: Planes) -> Results:
        """Evaluate every rule on planes that are given for each leaf.

        A leaf that is both known true and known false in a lane stands for "either may come": as rules are built from
        `&` and `|` alone, a result then has its true plane set if some answers could make it true, and likewise false.
        """
        trues, falses, conflict = self.function(true, false)
        return Results(Named(self._places, trues), Named(self._places, falses), conflict)


def compile_program(world: World, rules: Mapping[str, Rule]) -> Program:
    """Compile `rules`, read in `world`, into one program.

    Raises:
        ValueError: an answer would follow from itself through implications and who_for rules.
    """
    writer = _Writer(world)
    results = [writer.rule(rule) for rule in rules.values()]
    trues = "".join(f"{t} , " for t, _ in results)
    falses = "".join(f"{f} , " for _, f in results)
    wanted = f"( {trues}) , ( {falses}) , {writer.conflict()}"
    lines, returned = reuse_names(writer.lines, wanted)
    source = "\n    ".join(["def run(T, F):", *(f"{name} = {said}" for name, said in lines), f"return {returned}"])
    return Program(tuple(writer.leaves), tuple(rules), compile(source, "<rules>", "exec"))


def _again(leaves: tuple[Leaf, ...], keys: tuple[str, ...], code: bytes) -> Program:
    return Program(leaves, keys, marshal.loads(code))  # noqa: S302 - from a cache that is ours alone, and whole


class _Writer:
    """Writes one assignment per distinct operation; gives back the names of the true and false planes."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.lines: list[Line] = []
        self.leaves: dict[Leaf, int] = {}
        self.done: dict[object, tuple[str, str]] = {}
        self.names: dict[str, str] = {}
        self.open: set[tuple[str, str]] = set()
        self.implied_by: dict[str, list[str]] = defaultdict(list)
        for source, targets in world.implies.items():
            for target in targets:
                self.implied_by[target].append(source)

    def rule(self, rule: Rule) -> tuple[str, str]:
        """Write `rule` and give the names of its two planes."""
        key: object = ("term", rule.name) if isinstance(rule, Term) else rule
        if key not in self.done:
            self.done[key] = self._write(rule)
        return self.done[key]

    def _write(self, rule: Rule) -> tuple[str, str]:
        match rule:
            case Term(_, inner):
                return self.rule(inner)
            case Not(inner):
                true, false = self.rule(inner)
                return false, true
            case All(inner):
                return self._count(len(inner), inner)
            case Any(inner):
                return self._count(1, inner)
            case AtLeast(n, inner):
                return self._count(n, inner)
            case _:
                return self._leaf_true(rule), self._leaf_false(rule)

    def _count(self, n: int, rules: tuple[Rule, ...]) -> tuple[str, str]:
        pairs = [self.rule(r) for r in rules]
        return self._at_least(n, [t for t, _ in pairs]), self._at_least(len(rules) - n + 1, [f for _, f in pairs])

    def _at_least(self, n: int, planes: list[str]) -> str:
        """At least `n` of the planes, by counting: level[k] holds "at least k so far"."""
        if n == 1:
            return self._name(" | ".join(planes))
        if n == len(planes):
            return self._name(" & ".join(planes))
        level: list[str | None] = [None] * (n + 1)
        for plane in planes:
            for k in range(n, 0, -1):
                below = plane if k == 1 else level[k - 1] and self._name(f"{level[k - 1]} & {plane}")
                if below:
                    level[k] = self._name(f"{level[k]} | {below}") if level[k] else below
        return level[n] or "0"

    def _leaf_true(self, leaf: Leaf) -> str:
        """Known true: answered so, or implied by a finding that is."""
        parts = [f"T[{self._index(leaf)}]"]
        if isinstance(leaf, Present):
            parts += [self._follow(source, "true") for source in self.implied_by.get(leaf.finding.id, ())]
        return self._name(" | ".join(parts))

    def _leaf_false(self, leaf: Leaf) -> str:
        """Known false: answered so, or it implies something false, or the finding does not exist for this person."""
        i = self._index(leaf)
        parts = [f"F[{i}]"]
        if isinstance(leaf, Present):
            parts += [self._follow(target, "false") for target in self.world.implies.get(leaf.finding.id, ())]
        who_for = self.world.who_for.get(leaf.finding.id)
        if who_for is not None:
            with_path = self._guard(leaf.finding.id, "who_for", lambda: self.rule(who_for)[1])
            parts.append(f"{with_path} & ~ {self._leaf_true(leaf)}")
        return self._name(" | ".join(parts))

    def _follow(self, finding_id: str, side: str) -> str:
        finding = self.world.findings[finding_id]
        if not isinstance(finding, YesNo):
            raise ValueError(f"{finding_id} is not a yes/no finding, so nothing can imply it")
        leaf = Present(finding)
        write = self._leaf_true if side == "true" else self._leaf_false
        return self._guard(finding_id, side, lambda: write(leaf))

    def _guard(self, finding_id: str, side: str, write: Callable[[], str]) -> str:
        if (finding_id, side) in self.open:
            raise ValueError(f"the answer to {finding_id} would follow from itself")
        self.open.add((finding_id, side))
        try:
            return write()
        finally:
            self.open.discard((finding_id, side))

    def _index(self, leaf: Leaf) -> int:
        return self.leaves.setdefault(leaf, len(self.leaves))

    def _name(self, expression: str) -> str:
        if expression.isidentifier() or expression == "0":
            return expression
        if expression not in self.names:
            self.names[expression] = f"v{len(self.names)}"
            self.lines.append((self.names[expression], expression))
        return self.names[expression]

    def conflict(self) -> str:
        """Lanes in which an implication is broken: some finding is both known true and known false."""
        bound = [f for f in self.world.implies.keys() | self.implied_by.keys() if self._present(f) in self.leaves]
        both = [" & ".join(self.rule(self._present(f))) for f in sorted(bound)]
        return self._name(" | ".join(f"( {b} )" for b in both)) if both else "0"

    def _present(self, finding_id: str) -> Present:
        finding = self.world.findings[finding_id]
        if not isinstance(finding, YesNo):
            raise ValueError(f"{finding_id} is not a yes/no finding, so nothing can imply it")
        return Present(finding)


def leaves_of(rules: Mapping[str, Rule]) -> tuple[Leaf, ...]:
    """Give the distinct leaves of all rules, in reading order."""
    return tuple(dict.fromkeys(n for rule in rules.values() for n in walk(rule) if isinstance(n, Leaf)))
