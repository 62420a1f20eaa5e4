"""Rules as they are written in the content: one-line leaves and trees of all, any, not, at_least."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from difflib import get_close_matches

from crampwise.book.tree import Located
from crampwise.logic.errors import Problem
from crampwise.logic.findings import Choice, Finding, Number, YesNo
from crampwise.logic.rules import All, Any, AtLeast, Compare, Leaf, Not, OneOf, Operator, Present, Rule, Term

_LEAF = re.compile(
    r"^([a-z][a-z0-9_]*)(?: is ([a-z0-9_]+(?: or [a-z0-9_]+)*)| (<=|>=|<|>) (-?\d+(?:\.\d+)?)(?: (\S+))?)?$"
)
_FORMS = (
    "Write a finding or term, `finding is option`, `finding >= 3 unit`, "
    "or a map with all, any, not, or at_least and of."
)
_OPERATORS: Mapping[str, Operator] = {"<": "<", "<=": "<=", ">": ">", ">=": ">="}


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """Offer the nearest known word, or nothing."""
    near = get_close_matches(word, known, n=1, cutoff=0.7)
    return f"Did you mean {near[0]!r}?" if near else ""


@dataclass
class RuleParser:
    """Parses rules over known findings and named terms; terms are parsed when first used.

    Attributes:
        findings: by id.
        term_trees: the unparsed rule of each term, by name.
        problems: gets every mistake.
    """

    findings: Mapping[str, Finding]
    term_trees: Mapping[str, Located]
    problems: list[Problem]
    _terms: dict[str, Rule | None] = field(default_factory=dict)
    _open: list[str] = field(default_factory=list)

    def parse(self, tree: Located) -> Rule | None:
        """Parse one rule; None after a mistake, which is then among the problems."""
        if isinstance(tree.value, str):
            return self._leaf(tree.value, tree.where)
        if isinstance(tree.value, dict):
            return self._tree(tree.value, tree.where)
        self._problem(tree.where, "this is not a rule.", _FORMS)
        return None

    def _tree(self, node: dict[str, Located], where: str) -> Rule | None:
        match sorted(node):
            case ["not"]:
                inner = self.parse(node["not"])
                return inner and Not(inner)
            case ["all"] | ["any"]:
                ((word, child),) = node.items()
                rules = self._list(child)
                if rules is None:
                    return None
                return All(rules) if word == "all" else Any(rules)
            case ["at_least", "of"]:
                rules, n = self._list(node["of"]), node["at_least"].value
                if rules is None:
                    return None
                if not isinstance(n, int) or isinstance(n, bool) or not 1 <= n <= len(rules):
                    self._problem(node["at_least"].where, f"at_least must be a whole number from 1 to {len(rules)}.")
                    return None
                return AtLeast(n, rules)
        self._problem(where, f"{', '.join(node) or 'an empty map'} is not a form of rule.", _FORMS)
        return None

    def _list(self, tree: Located) -> tuple[Rule, ...] | None:
        if not isinstance(tree.value, list) or not tree.value:
            self._problem(tree.where, "needs a list with at least one rule.")
            return None
        rules = [self.parse(child) for child in tree.value]
        return tuple(r for r in rules if r is not None) if None not in rules else None

    def _leaf(self, text: str, where: str) -> Rule | None:
        match = _LEAF.match(text)
        if not match:
            self._problem(where, f"{text!r} is not a rule.", _FORMS)
            return None
        name, options, op, number, unit = match.groups()
        if name in self.term_trees:
            if options or op:
                self._problem(where, f"{name} is a term; it takes no option and no number.")
                return None
            return self._term(name, where)
        finding = self.findings.get(name)
        if finding is None:
            known = [*self.findings, *self.term_trees]
            self._problem(where, f"there is no finding or term called {name!r}.", did_you_mean(name, known))
            return None
        try:
            return self._build(finding, options, op, number, unit)
        except ValueError as error:
            self._problem(where, f"{text!r}: {error}.")
            return None

    def _build(self, finding: Finding, options: str | None, op: str | None, number: str, unit: str | None) -> Leaf:
        match finding:
            case YesNo() if not options and not op:
                return Present(finding)
            case Choice() if options:
                return OneOf(finding, tuple(options.split(" or ")))
            case Number() if op:
                if unit != finding.unit:
                    raise ValueError(f"{finding.id} is measured in {finding.unit}, the rule says {unit or 'no unit'}")
                return Compare(finding, _OPERATORS[op], Decimal(number))
        kinds = {
            YesNo: "a yes/no finding",
            Choice: "a choice; write `is option`",
            Number: "a number; write `>= 3 unit`",
        }
        raise ValueError(f"{finding.id} is {kinds[type(finding)]}")

    def _term(self, name: str, where: str) -> Rule | None:
        if name in self._open:
            path = " -> ".join([*self._open[self._open.index(name) :], name])
            self._problem(where, f"the term is defined through itself: {path}.")
            return None
        if name not in self._terms:
            self._open.append(name)
            self._terms[name] = self.parse(self.term_trees[name])
            self._open.pop()
        rule = self._terms[name]
        return rule and Term(name, rule)

    def term(self, name: str) -> Rule | None:
        """Give the rule of one term."""
        return self._term(name, self.term_trees[name].where)

    def _problem(self, where: str, what: str, remedy: str = "") -> None:
        """Note a mistake once: the rule of a term is read both as an entry and where the term is used."""
        problem = Problem(where, what, remedy)
        if problem not in self.problems:
            self.problems.append(problem)
