"""What a rule means, once more, as formulas: written from the words of docs/reference/rules.md.

A rule becomes a pair of Z3 terms: it is true, it is false. When neither holds it is unknown. Only standard SMT-LIB is
used, so that other solvers can read the certificates.
"""

from collections.abc import Callable, Iterable, Mapping
from operator import ge, gt, le, lt
from typing import Any

import z3

from crampwise.logic import rules as r

Formula = Any
"""A Z3 term: a truth or a number."""
Pair = tuple[Formula, Formula]
COMPARE: Mapping[str, Callable[[Formula, Formula], Formula]] = {"<": lt, "<=": le, ">": gt, ">=": ge}


def either(terms: Iterable[Formula]) -> Formula:
    """At least one holds; of nothing, none does."""
    some = [t for t in terms if not z3.is_false(t)]
    return some[0] if len(some) == 1 else z3.Or(some) if some else z3.BoolVal(False)


def both(*terms: Formula) -> Formula:
    """All hold."""
    some = [t for t in terms if not z3.is_true(t)]
    return some[0] if len(some) == 1 else z3.And(some) if some else z3.BoolVal(True)


def neither(*terms: Formula) -> Formula:
    """None holds."""
    return z3.Not(either(terms)) if any(not z3.is_false(t) for t in terms) else z3.BoolVal(True)


def tree(rule: r.Rule, leaf: Callable[[r.Leaf], Pair]) -> Pair:
    """Say when a rule is true and when it is false, given the same for its leaves."""
    match rule:
        case r.Not(inner):
            true, false = tree(inner, leaf)
            return false, true
        case r.Term(_, inner):
            return tree(inner, leaf)
        case r.All(inner):
            pairs = [tree(part, leaf) for part in inner]
            return both(*(t for t, _ in pairs)), either(f for _, f in pairs)
        case r.Any(inner):
            pairs = [tree(part, leaf) for part in inner]
            return either(t for t, _ in pairs), both(*(f for _, f in pairs))
        case r.AtLeast(n, inner):
            pairs = [tree(part, leaf) for part in inner]
            sure = _count(t for t, _ in pairs)
            possible = _count(z3.Not(f) for _, f in pairs)
            return sure >= n, possible < n
        case _:
            return leaf(rule)


def _count(terms: Iterable[Formula]) -> Formula:
    return z3.Sum([z3.If(t, z3.RealVal(1), z3.RealVal(0)) for t in terms])
