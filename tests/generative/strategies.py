"""Random rules, people and worlds over a small vocabulary in three layers."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from hypothesis import strategies as st

from crampwise.interpret.world import World, close
from crampwise.logic.answers import Answers, Empty, Value
from crampwise.logic.findings import Choice, Finding, Number, YesNo
from crampwise.logic.rules import OPERATORS, All, Any, AtLeast, Compare, Not, OneOf, Present, Rule, Term

LAYERS: tuple[tuple[Finding, ...], ...] = (
    (YesNo("a"), YesNo("b"), Choice("k", ("x", "y", "z")), Number("n", "U/L", Decimal(0), Decimal(10))),
    (YesNo("c"), YesNo("d"), Number("m", "a", Decimal(-5), Decimal(5))),
    (YesNo("e"), Choice("j", ("x", "y"))),
)
"""A finding implies only later ones of its layer or any of a lower layer; who_for reads lower layers only."""

FINDINGS = {f.id: f for layer in LAYERS for f in layer}
THRESHOLDS = (Decimal("1.5"), Decimal(3))
NUMBERS = tuple(t + step for t in THRESHOLDS for step in (Decimal(-1), Decimal("-0.001"), Decimal(0), Decimal("0.001")))


@dataclass(frozen=True)
class Case:
    """A world, some rules and some people."""

    world: World
    rules: Mapping[str, Rule]
    people: tuple[Answers, ...]


def leaves(findings: tuple[Finding, ...]) -> st.SearchStrategy[Rule]:
    return st.sampled_from(findings).flatmap(_leaf)


def _leaf(finding: Finding) -> st.SearchStrategy[Rule]:
    match finding:
        case YesNo():
            return st.just(Present(finding))
        case Choice(_, options):
            some = st.lists(st.sampled_from(options), min_size=1, max_size=2, unique=True)
            return some.map(lambda chosen: OneOf(finding, tuple(chosen)))
        case Number():
            return st.builds(Compare, st.just(finding), st.sampled_from(OPERATORS), st.sampled_from(THRESHOLDS))


def rules(base: st.SearchStrategy[Rule], size: int = 8) -> st.SearchStrategy[Rule]:
    return st.recursive(base, _branches, max_leaves=size)


def _branches(inner: st.SearchStrategy[Rule]) -> st.SearchStrategy[Rule]:
    several = st.lists(inner, min_size=1, max_size=4).map(tuple)
    counts = several.flatmap(lambda rs: st.integers(1, len(rs)).map(lambda n: AtLeast(n, rs)))
    return st.one_of(inner.map(Not), several.map(All), several.map(Any), counts)


@st.composite
def worlds(draw: st.DrawFn) -> World:
    implies: dict[str, tuple[str, ...]] = {}
    who_for: dict[str, Rule] = {}
    lower: list[Finding] = []
    for layer in LAYERS:
        booleans = [f for f in layer if isinstance(f, YesNo)]
        for i, finding in enumerate(booleans):
            targets = [f.id for f in (*booleans[i + 1 :], *lower) if isinstance(f, YesNo)]
            if draw(st.booleans()) and targets:
                implies[finding.id] = tuple(
                    draw(st.lists(st.sampled_from(targets), min_size=1, max_size=2, unique=True))
                )
        for id_ in (f.id for f in layer if lower):
            if draw(st.booleans()):
                who_for[id_] = draw(rules(leaves(tuple(lower)), size=4))
        lower += layer
    return World(FINDINGS, implies, who_for)


def values(finding: Finding) -> st.SearchStrategy[Value]:
    match finding:
        case YesNo():
            return st.booleans()
        case Choice(_, options):
            return st.sampled_from((*options, Empty.EMPTY))
        case Number():
            return st.sampled_from((*NUMBERS, Empty.EMPTY))


@st.composite
def people(draw: st.DrawFn) -> Answers:
    asked = draw(st.lists(st.sampled_from(sorted(FINDINGS)), max_size=6, unique=True))
    known = {id_: draw(values(FINDINGS[id_])) for id_ in asked}
    not_sure = draw(st.lists(st.sampled_from(sorted(FINDINGS)), max_size=2))
    return Answers(known, frozenset(not_sure))


def all_rules() -> st.SearchStrategy[Rule]:
    """Rules over every finding, without terms."""
    return rules(leaves(tuple(FINDINGS.values())))


@st.composite
def cases(draw: st.DrawFn) -> Case:
    """A case with two terms, the second built on the first; a name always stands for the same rule."""
    base = leaves(tuple(FINDINGS.values()))
    first = Term("first", draw(rules(base, size=4)))
    second = Term("second", draw(rules(st.one_of(base, st.just(first)), size=4)))
    with_terms = rules(st.one_of(base, st.sampled_from((first, second))))
    some = draw(st.lists(with_terms, min_size=1, max_size=4))
    known: dict[str, Rule] = {f"known/{f.id}": Present(f) for f in FINDINGS.values() if isinstance(f, YesNo)}
    everyone = draw(st.lists(people(), min_size=1, max_size=5))
    return Case(draw(worlds()), known | {f"rule/{i}": r for i, r in enumerate(some)}, tuple(everyone))


def contradictory(world: World, answers: Answers) -> bool:
    """Whether an implication is broken: then nothing is promised about the rules."""
    closed = close(world, answers)
    return any(
        closed.get(source) is True and closed.get(target) is False
        for source, targets in world.implies.items()
        for target in targets
    )
