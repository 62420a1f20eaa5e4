"""Rules as FHIRPath over a filled-in form: one expression for certainly true, one for certainly false.

Neither is ever empty, so that unknown cannot get lost on the way: it is what neither of the two says. Both read the
answers as the book closes them: what implies what, what a grouped question answers, and for whom a finding exists.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from crampwise.fhir.names import NO, NOT_SURE, VARIABLE, YES, fhirpath
from crampwise.interpret.world import World
from crampwise.logic.findings import YesNo
from crampwise.logic.rules import All, AtLeast, Compare, Not, OneOf, Present, Rule, Term
from crampwise.logic.rules import Any as AnyOf

Expression = str
"""FHIRPath that gives true or false; the empty text stands for never."""

NEVER: Expression = ""
_ITEMS = "%resource.repeat(item)"


@dataclass(frozen=True)
class Planes:
    """Turns rules into FHIRPath over the questions of one form.

    Attributes:
        world: the laws between findings.
        asked: findings that the form asks for, each by an item of this name.
        gates: grouped questions of the form, each with the findings that a no to it answers.
    """

    world: World
    asked: frozenset[str]
    gates: Mapping[str, tuple[str, ...]]

    def limited(self, earlier: Iterable[str]) -> "Planes":
        """Give the same over the questions that stand before one of them."""
        before = frozenset(earlier)
        return Planes(self.world, self.asked & before, {g: f for g, f in self.gates.items() if g in before})

    def true(self, rule: Rule) -> Expression:
        """Say when a rule is certainly true."""
        match rule:
            case Term(_, inner):
                return self.true(inner)
            case Not(inner):
                return self.false(inner)
            case All(rules):
                return every([self.true(r) for r in rules])
            case AnyOf(rules):
                return some([self.true(r) for r in rules])
            case AtLeast(n, rules):
                return _count(n, [self.true(r) for r in rules])
            case Present(finding):
                return self.yes(finding.id)
            case OneOf(finding, options):
                return self._chosen(finding.id, options)
            case Compare(finding, op, threshold):
                return self._compared(finding.id, f"{op} {threshold}")

    def false(self, rule: Rule) -> Expression:
        """Say when a rule is certainly false."""
        match rule:
            case Term(_, inner):
                return self.false(inner)
            case Not(inner):
                return self.true(inner)
            case All(rules):
                return some([self.false(r) for r in rules])
            case AnyOf(rules):
                return every([self.false(r) for r in rules])
            case AtLeast(n, rules):
                return _count(len(rules) - n + 1, [self.false(r) for r in rules])
            case Present(finding):
                return self.no(finding.id)
            case OneOf(finding, options):
                others = tuple(o for o in finding.options if o not in options)
                return some([self._chosen(finding.id, others), self._empty(finding.id)])
            case Compare(finding, op, threshold):
                opposite = {"<": ">=", "<=": ">", ">": "<=", ">=": "<"}[op]
                return some([self._compared(finding.id, f"{opposite} {threshold}"), self._empty(finding.id)])

    def yes(self, finding_id: str) -> Expression:
        """Say when a finding is yes: answered so, or implied."""
        sources = self._up.get(finding_id, (finding_id,))
        single = [g for s in sources for g, f in self.gates.items() if f == (s,)]
        return some([_said("yes", id_) for id_ in (*(s for s in sources if s in self.asked), *single)])

    def no(self, finding_id: str) -> Expression:
        """Say when a finding is no: answered so, ruled out by what it would imply, or not applicable."""
        targets = self._down.get(finding_id, (finding_id,))
        return some([self._own_no(t) for t in targets])

    def _own_no(self, id_: str) -> Expression:
        told = [_said("no", id_)] if id_ in self.asked else []
        grouped = [_said("no", g) for g, findings in self.gates.items() if id_ in findings]
        rule = self.world.who_for.get(id_)
        elsewhere = some([*grouped, self.false(rule) if rule is not None else NEVER])
        return some([*told, every([elsewhere, negated(self.yes(id_))])]) if elsewhere else some(told)

    def _chosen(self, id_: str, options: tuple[str, ...]) -> Expression:
        if id_ not in self.asked or not options:
            return NEVER
        wanted = " or ".join(f"code = '{o}'" for o in options)
        return f"%{_variable(id_)}.where({wanted}).exists()"

    def _compared(self, id_: str, comparison: str) -> Expression:
        return f"%{_variable(id_)}.where($this {comparison}).exists()" if id_ in self.asked else NEVER

    def _empty(self, id_: str) -> Expression:
        """Say when a number or choice does not exist for the person, and none was given."""
        rule = self.world.who_for.get(id_)
        absent = self.false(rule) if rule is not None else NEVER
        return every([absent, negated(f"%{_variable(id_)}.exists()" if id_ in self.asked else NEVER)])

    @cached_property
    def _up(self) -> dict[str, tuple[str, ...]]:
        """For each finding itself and what implies it, however far."""
        found: dict[str, tuple[str, ...]] = {}
        for source in self.world.implies:
            for target in self._down[source][1:]:
                found[target] = (*found.get(target, (target,)), source)
        return found

    @cached_property
    def _down(self) -> dict[str, tuple[str, ...]]:
        """For each finding itself and what it implies, however far."""
        found: dict[str, tuple[str, ...]] = {}
        for source in self.world.implies:
            reached = {source: None}
            waiting = [source]
            while waiting:
                fresh = [t for t in self.world.implies.get(waiting.pop(), ()) if t not in reached]
                reached |= dict.fromkeys(fresh)
                waiting += fresh
            found[source] = tuple(reached)
        return found

    def variables(self) -> list[dict[str, Any]]:
        """Give what the expressions refer to: questions answered yes, no, not sure, and each number and choice."""
        said = {"yes": YES, "no": NO, "unsure": NOT_SURE}
        named = {n: f"{_ITEMS}.where(answer.value.code = '{c['code']}').linkId" for n, c in said.items()}
        others = [i for i in self.world.findings if i in self.asked and not isinstance(self.world.findings[i], YesNo)]
        named |= {_variable(id_): f"{_ITEMS}.where(linkId = '{id_}').answer.value" for id_ in others}
        return [{"url": VARIABLE, "valueExpression": fhirpath(text, name)} for name, text in named.items()]


def opened(gates: Iterable[str], unsure: Iterable[str]) -> Expression:
    """Say when one of these grouped questions was answered yes, or, for some, not sure."""
    return some([*(_said("yes", g) for g in gates), *(_said("unsure", g) for g in unsure)])


def some(parts: Iterable[Expression]) -> Expression:
    """Join by or; what is never so is left out."""
    real = list(dict.fromkeys(p for p in parts if p))
    return real[0] if len(real) == 1 else f"({' or '.join(real)})" if real else NEVER


def every(parts: Iterable[Expression]) -> Expression:
    """Join by and; never when one part is never so."""
    listed = list(dict.fromkeys(parts))
    if NEVER in listed:
        return NEVER
    return listed[0] if len(listed) == 1 else f"({' and '.join(listed)})"


def negated(part: Expression) -> Expression:
    """Say the opposite; of never that is always."""
    return f"{part}.not()" if part else "true"


def _count(n: int, parts: list[Expression]) -> Expression:
    real = [p for p in parts if p]
    if len(real) < n:
        return NEVER
    return f"(({' + '.join(f'iif({p}, 1, 0)' for p in real)}) >= {n})"


def _said(plane: str, link_id: str) -> Expression:
    return f"('{link_id}' in %{plane})"


def _variable(finding_id: str) -> str:
    """Give the name of a variable: FHIR allows no underscore in it, FHIRPath no hyphen."""
    first, *rest = finding_id.split("_")
    return first + "".join(part.capitalize() for part in rest)
