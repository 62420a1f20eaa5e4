"""Rules as CQL expressions: a define for each finding, term and rule, in CQL's own three-valued logic.

`and`, `or` and `not` of CQL keep an unknown (null) as rules do. What follows from other answers is written out: an
answer is known when it is given, when an implication brings it, or when the finding does not exist for this person.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from crampwise.interpret.world import World
from crampwise.logic.findings import Finding, Number, YesNo
from crampwise.logic.rules import All, Any, AtLeast, Compare, Not, OneOf, Present, Rule, Term

AT_LEAST = """\
define function AtLeast(n Integer, truths List<Boolean>):
  case
    when Sum((truths) T return all (if T is true then 1 else 0)) >= n then true
    when Sum((truths) T return all (if T is false then 0 else 1)) < n then false
    else null
  end
"""
"""Whether at least `n` of some truths are true: unknown while the unknown ones could decide it."""

_WIDTH = 110


def name(text: str) -> str:
    """Give a quoted identifier."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def string(text: str) -> str:
    """Give a string literal."""
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"


def indented(text: str) -> str:
    """Indent every line but the first."""
    return text.replace("\n", "\n  ")


def listed(parts: "list[str]") -> str:
    """Give a list literal."""
    short = f"{{ {', '.join(parts)} }}"
    if len(short) <= _WIDTH and "\n" not in short:
        return short
    return "{\n  " + ",\n  ".join(map(indented, parts)) + "\n}"


def joined(operator: str, parts: "list[str]") -> str:
    """Join truths by `and` or `or`, in parentheses."""
    if len(parts) == 1:
        return parts[0]
    short = f"({f' {operator} '.join(parts)})"
    if len(short) <= _WIDTH and "\n" not in short:
        return short
    return "(" + f"\n  {operator} ".join(map(indented, parts)) + ")"


@dataclass(frozen=True)
class Told:
    """How CQL gets at what was answered.

    Attributes:
        value: the expression of a finding's own answer: Boolean, String or Quantity, null when it is not known.
        empty: the expression that is true when a choice or number is known to have no value, or None if it never is.
    """

    value: Callable[[Finding], str]
    empty: Callable[[Finding], str | None] = lambda _: None


@dataclass
class Writer:
    """Collects defines: those that an expression needs come before it.

    Attributes:
        world: what follows from what. told: how answers are got at. reading: stands before the name of each define.
        labels: a comment for defines, by their name without `reading`. defines: CQL text of each define by that name.
    """

    world: World
    told: Told
    reading: str
    labels: Mapping[str, str] = field(default_factory=dict)
    defines: dict[str, str] = field(default_factory=dict)

    def define(self, called: str, expression: str) -> str:
        """Add a define and give the way to refer to it."""
        label = self.labels.get(called)
        comment = f"// {label}\n" if label else ""
        self.defines[called] = f"{comment}define {self.name(called)}:\n  {indented(expression)}\n"
        return self.name(called)

    def name(self, called: str) -> str:
        """Give the way to refer to a define."""
        return name(f"{self.reading} {called}")

    def rule(self, rule: Rule) -> str:
        """Give the expression of a rule."""
        match rule:
            case Term(called, inner):
                key = f"term {called}"
                return self.name(key) if key in self.defines else self.define(key, self.rule(inner))
            case Not(inner):
                return f"(not {self.rule(inner)})"
            case All(inner):
                return joined("and", [self.rule(r) for r in inner])
            case Any(inner):
                return joined("or", [self.rule(r) for r in inner])
            case AtLeast(n, inner):
                return f"AtLeast({n}, {listed([self.rule(r) for r in inner])})"
            case Present(finding):
                return self.yes_no(finding)
            case OneOf(finding, options):
                answer = self.told.value(finding)
                return self._unless_empty(finding, joined("or", [f"({answer} = {string(o)})" for o in options]))
            case Compare(finding, op, threshold):
                answer = self.told.value(finding)
                return self._unless_empty(finding, f"({answer} {op} {threshold:f} {string(finding.unit)})")

    def yes_no(self, finding: YesNo) -> str:
        """Give the truth of a yes/no finding, with what follows from other answers."""
        if finding.id in self.defines:
            return self.name(finding.id)
        implies, who_for = self.world.implies, self.world.who_for
        if finding.id not in self._implied and finding.id not in implies and finding.id not in who_for:
            return self.define(finding.id, self.told.value(finding))
        yes, no = self._yes(finding), self._no(finding)
        return self.define(finding.id, f"case\n  when {yes} then true\n  when {no} then false\n  else null\nend")

    def contradictions(self) -> str:
        """Give the list of the findings whose answer contradicts what follows from another answer."""
        bound = sorted(f for f in self._implied.keys() | self.world.implies.keys() if f in self.defines)
        both = [
            f"if {self.name(f'{f}: yes')} and {self.name(f'{f}: no')} then {string(f'{f}: yes and no')} else null"
            for f in bound
        ]
        return f"({listed(both or ['null as System.String'])}) F where F is not null"

    def _yes(self, finding: YesNo) -> str:
        called = f"{finding.id}: yes"
        if called not in self.defines:
            sources = [self._yes(self._bound(s)) for s in self._implied.get(finding.id, ())]
            self.define(called, joined("or", [f"{self.told.value(finding)} is true", *sources]))
        return self.name(called)

    def _no(self, finding: YesNo) -> str:
        called = f"{finding.id}: no"
        if called not in self.defines:
            parts = [f"{self.told.value(finding)} is false"]
            parts += [self._no(self._bound(t)) for t in self.world.implies.get(finding.id, ())]
            if who_for := self.world.who_for.get(finding.id):
                parts.append(f"({self.rule(who_for)} is false and not {self._yes(finding)})")
            self.define(called, joined("or", parts))
        return self.name(called)

    def _unless_empty(self, finding: Finding, expression: str) -> str:
        """Every comparison with a value that does not exist for this person is false."""
        parts = []
        if empty := self.told.empty(finding):
            parts.append(empty)
        if who_for := self.world.who_for.get(finding.id):
            called = f"{finding.id}: does not apply"
            if called not in self.defines:
                self.define(called, f"{self.told.value(finding)} is null and {self.rule(who_for)} is false")
            parts.append(self.name(called))
        return f"(if {joined('or', parts)} then false else {expression})" if parts else expression

    @property
    def _implied(self) -> Mapping[str, list[str]]:
        found: dict[str, list[str]] = {}
        for source, targets in self.world.implies.items():
            for target in targets:
                found.setdefault(target, []).append(source)
        return found

    def _bound(self, finding_id: str) -> YesNo:
        finding = self.world.findings[finding_id]
        if not isinstance(finding, YesNo):
            raise ValueError(f"{finding_id} is not a yes/no finding, so nothing can imply it")
        return finding


def type_of(finding: Finding) -> str:
    """Give the CQL type of a finding's answer."""
    return "Boolean" if isinstance(finding, YesNo) else "Quantity" if isinstance(finding, Number) else "String"
