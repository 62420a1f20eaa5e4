"""Weaker forms of a rule: each holds for fewer people than the rule itself, by one change at one place."""

from collections.abc import Iterator
from decimal import Decimal

from crampwise.logic.rules import All, Any, AtLeast, Compare, Not, OneOf, Operator, Rule, Term

STRICT: dict[Operator, Operator] = {">=": ">", "<=": "<"}
LOOSE: dict[Operator, Operator] = {">": ">=", "<": "<="}
STEP = Decimal("0.02")
"""How far a border is moved, as a part of the way to the limit of its finding."""


def weaker(rule: Rule) -> Iterator[tuple[str, Rule]]:
    """Yield what was changed, and the weaker rule. Terms are opened on the way, so that only this rule changes."""
    yield from _changed(rule, weaken=True)


def _changed(rule: Rule, weaken: bool) -> Iterator[tuple[str, Rule]]:
    """Changes after which a rule holds for fewer people, or (inside `not`) for more."""
    match rule:
        case Term(name, inner):
            for what, new in _changed(inner, weaken):
                yield f"{name}: {what}", new
        case Not(inner):
            for what, new in _changed(inner, not weaken):
                yield f"not: {what}", Not(new)
        case Any(parts) | All(parts) | AtLeast(_, parts):
            yield from _inside(rule, parts, weaken)
            yield from _here(rule, parts, weaken)
        case Compare():
            yield from _borders(rule, weaken)
        case OneOf():
            yield from _options(rule, weaken)


def _options(rule: OneOf, weaken: bool) -> Iterator[tuple[str, Rule]]:
    """One option left out, or one more let in."""
    finding, options = rule.finding, rule.options
    for option in finding.options:
        if weaken and option in options and len(options) > 1:
            yield f"{finding.id} without {option}", OneOf(finding, tuple(o for o in options if o != option))
        elif not weaken and option not in options:
            yield f"{finding.id} with {option}", OneOf(finding, (*options, option))


def _borders(rule: Compare, weaken: bool) -> Iterator[tuple[str, Rule]]:
    """The border itself taken out or in, and the border moved a little."""
    finding, op, threshold = rule.finding, rule.op, rule.threshold
    other = (STRICT if weaken else LOOSE).get(op)
    if other:
        yield f"{finding.id} {op} {threshold} made {other}", Compare(finding, other, threshold)
    limit = finding.high if (op in (">", ">=")) is weaken else finding.low
    moved = threshold + (limit - threshold) * STEP
    if moved != threshold:
        yield f"{finding.id} {op} {threshold} made {moved}", Compare(finding, op, moved)


def _here(rule: All | Any | AtLeast, parts: tuple[Rule, ...], weaken: bool) -> Iterator[tuple[str, Rule]]:
    """A part left out, `any` and `all` exchanged, a count moved by one."""
    if isinstance(rule, AtLeast):
        n = rule.n + (1 if weaken else -1)
        if 1 <= n <= len(parts):
            yield f"at_least {rule.n} made {n}", AtLeast(n, parts)
    elif len(parts) > 1 and isinstance(rule, Any) is weaken:
        kind = type(rule)
        for i in range(len(parts)):
            yield f"{_kind(rule)} without {_name(parts[i])}", kind(parts[:i] + parts[i + 1 :])
        yield f"{_kind(rule)} of {len(parts)} turned", All(parts) if weaken else Any(parts)


def _inside(rule: All | Any | AtLeast, parts: tuple[Rule, ...], weaken: bool) -> Iterator[tuple[str, Rule]]:
    for i, part in enumerate(parts):
        for what, new in _changed(part, weaken):
            changed = (*parts[:i], new, *parts[i + 1 :])
            yield what, AtLeast(rule.n, changed) if isinstance(rule, AtLeast) else type(rule)(changed)


def _kind(rule: Rule) -> str:
    return "any" if isinstance(rule, Any) else "all"


def _name(rule: Rule) -> str:
    match rule:
        case Term(name, _):
            return name
        case Not(inner):
            return f"not {_name(inner)}"
        case All() | Any() | AtLeast():
            return f"a part of {len(rule.rules)}"
        case _:
            return rule.finding.id
