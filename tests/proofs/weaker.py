"""Weaker forms of a rule: each holds for fewer people than the rule itself, by one change at one place."""

from collections.abc import Iterator

from crampwise.logic.rules import All, Any, AtLeast, Compare, Not, Operator, Rule, Term

STRICT: dict[Operator, Operator] = {">=": ">", "<=": "<"}
LOOSE: dict[Operator, Operator] = {">": ">=", "<": "<="}


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
        case Compare(finding, op, threshold):
            other = (STRICT if weaken else LOOSE).get(op)
            if other:
                yield f"{finding.id} {op} {threshold} made {other}", Compare(finding, other, threshold)


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
