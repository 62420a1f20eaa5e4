"""The reference interpreter: what a rule means for one person, with the reasons. Slow and plain on purpose."""

from collections.abc import Iterator
from decimal import Decimal
from operator import ge, gt, le, lt
from typing import NamedTuple

from crampwise.logic.answers import Answers, Empty
from crampwise.logic.rules import All, Any, AtLeast, Compare, Leaf, Not, OneOf, Present, Rule, Term, children
from crampwise.logic.truth import Truth, all_of, any_of, at_least, truth_of

_COMPARE = {"<": lt, "<=": le, ">": gt, ">=": ge}


class Trace(NamedTuple):
    """A rule, its truth for one person, and the traces of the rules inside it."""

    rule: Rule
    truth: Truth
    parts: tuple["Trace", ...] = ()


def evaluate(rule: Rule, answers: Answers) -> Truth:
    """Say whether `rule` holds for a person with these answers (already closed over implications)."""
    return _leaf(rule, answers) if isinstance(rule, Leaf) else trace(rule, answers).truth


def trace(rule: Rule, answers: Answers) -> Trace:
    """Evaluate `rule` and keep the truth of every part of it."""
    if isinstance(rule, Leaf):
        return Trace(rule, _leaf(rule, answers))
    parts = tuple([trace(child, answers) for child in children(rule)])
    truths = [part.truth for part in parts]
    match rule:
        case Not():
            return Trace(rule, ~truths[0], parts)
        case All():
            return Trace(rule, all_of(truths), parts)
        case Any():
            return Trace(rule, any_of(truths), parts)
        case AtLeast(n):
            return Trace(rule, at_least(n, truths), parts)
        case Term():
            return Trace(rule, truths[0], parts)


def _leaf(leaf: Leaf, answers: Answers) -> Truth:
    value = answers.values.get(leaf.finding.id)
    if value is None:
        return Truth.UNKNOWN
    if value is Empty.EMPTY:
        return Truth.FALSE
    match leaf:
        case Present():
            return truth_of(value is True)
        case OneOf(_, options):
            return truth_of(value in options)
        case Compare(_, op, threshold):
            if not isinstance(value, Decimal):
                raise TypeError(f"{leaf.finding.id} is a number, not {value!r}")
            return truth_of(_COMPARE[op](value, threshold))


def reasons(traced: Trace) -> Iterator[Leaf]:
    """Yield the leaves that settled a true or false rule: the answers without which it would be open."""
    match traced.rule, traced.truth:
        case (_, Truth.UNKNOWN):
            return
        case (rule, _) if isinstance(rule, Leaf):
            yield rule
        case (Not(), _):
            for part in traced.parts:
                yield from reasons(part)
        case _:
            for part in traced.parts:
                if part.truth is traced.truth:
                    yield from reasons(part)


def open_leaves(traced: Trace) -> Iterator[Leaf]:
    """Yield the leaves whose answer is missing and could still settle an unknown rule."""
    if traced.truth is not Truth.UNKNOWN:
        return
    if isinstance(traced.rule, Leaf):
        yield traced.rule
    for part in traced.parts:
        yield from open_leaves(part)
