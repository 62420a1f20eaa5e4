"""A rule as a sentence that a patient or a reviewer can read."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from crampwise.logic.rules import All, Any, AtLeast, Compare, Not, OneOf, Present, Rule, Term

_COMPARISONS = {"<": "below", "<=": "at most", ">": "above", ">=": "at least"}


@dataclass(frozen=True)
class Labels:
    """Words for the parts of a rule; an id without words stands for itself.

    Attributes:
        findings: finding id to its label.
        options: (finding id, option) to its label.
        units: finding id to the unit in words; the UCUM unit when absent.
        terms: term name to its label.
    """

    findings: Mapping[str, str] = field(default_factory=dict)
    options: Mapping[tuple[str, str], str] = field(default_factory=dict)
    units: Mapping[str, str] = field(default_factory=dict)
    terms: Mapping[str, str] = field(default_factory=dict)


def prose(rule: Rule, labels: Labels | None = None, *, open_terms: bool = False) -> str:
    """Say `rule` in words.

    Args:
        rule: the rule to say.
        labels: words for findings, options and terms.
        open_terms: spell out the rule behind each term instead of naming the term.
    """
    return _say(rule, labels or Labels(), open_terms, top=True)


def _say(rule: Rule, labels: Labels, open_terms: bool, top: bool = False) -> str:
    match rule:
        case Present(finding):
            return labels.findings.get(finding.id, finding.id)
        case OneOf(finding, options):
            said = [labels.options.get((finding.id, o), o) for o in options]
            return f"{labels.findings.get(finding.id, finding.id)} is {' or '.join(said)}"
        case Compare(finding, op, threshold):
            unit = labels.units.get(finding.id, finding.unit)
            return f"{labels.findings.get(finding.id, finding.id)} {_COMPARISONS[op]} {threshold} {unit}".rstrip()
        case Not(inner):
            return f"not ({_say(inner, labels, open_terms, top=True)})"
        case All(inner):
            return _joined(" and ", inner, labels, open_terms, top)
        case Any(inner):
            return _joined(" or ", inner, labels, open_terms, top)
        case AtLeast(n, inner):
            return f"at least {n} of ({'; '.join(_say(r, labels, open_terms, top=True) for r in inner)})"
        case Term(name, inner):
            return _say(inner, labels, open_terms, top) if open_terms else labels.terms.get(name, name)


def _joined(word: str, rules: tuple[Rule, ...], labels: Labels, open_terms: bool, top: bool) -> str:
    text = word.join(_say(r, labels, open_terms) for r in rules)
    return text if top or len(rules) == 1 else f"({text})"
