"""Why a flag or a measure is true of a person: the findings that settled it, told by the reference interpreter."""

from collections.abc import Iterator

import numpy as np

from crampwise.interpret.person import reasons, trace
from crampwise.logic.answers import Answers, Value
from crampwise.logic.findings import YesNo
from crampwise.logic.rules import Leaf, Rule, walk
from crampwise.population.evaluate import Evaluated

Reason = dict[str, str | list[str]]


def reasons_of(shown: Evaluated) -> list[list[Reason]]:
    """Give for each person the rules that are true, gravest flags first, each with the findings that made it so."""
    found: list[list[Reason]] = [[] for _ in range(shown.people)]
    engine = shown.screen.engine
    rules: list[tuple[str, tuple[str, ...]]] = [(f.id, (f"red_flag/{f.id}",)) for f in engine.flags_by_level]
    rules += [(m.id, (f"among/{m.id}", f"measure/{m.id}")) for m in shown.screen.measures]
    for id_, keys in rules:
        for row, because in _because(shown, keys):
            found[row].append({"rule": id_, "because": because})
    return found


def _because(shown: Evaluated, keys: tuple[str, ...]) -> Iterator[tuple[int, list[str]]]:
    """Yield the people for whom all of these rules are true, with what made them so."""
    true = np.ones(shown.people, np.bool_)
    for key in keys:
        true &= shown.true(key)
    rows = np.flatnonzero(true)
    if not len(rows):
        return
    rules = [shown.screen.explained[key] for key in keys]
    leaves = dict.fromkeys(n for rule in rules for n in walk(rule) if isinstance(n, Leaf))
    truths = np.stack([_truth(shown, leaf)[rows] for leaf in leaves], axis=1)
    _, first, of = np.unique(truths, axis=0, return_index=True, return_inverse=True)
    told = [_settled_by(shown, rules, tuple(leaves), int(rows[f])) for f in first]
    for row, kind in zip(rows.tolist(), of.reshape(-1).tolist(), strict=True):
        yield row, told[kind]


def _truth(shown: Evaluated, leaf: Leaf) -> "np.ndarray[tuple[int], np.dtype[np.int8]]":
    key = f"leaf/{shown.screen.leaf_index[leaf]}"
    return shown.true(key).view(np.int8) - shown.false(key).view(np.int8)


def _settled_by(shown: Evaluated, rules: list[Rule], leaves: tuple[Leaf, ...], row: int) -> list[str]:
    answers = Answers({leaf.finding.id: v for leaf in leaves if (v := _answer(shown, leaf, row)) is not None})
    return list(dict.fromkeys(leaf.finding.id for rule in rules for leaf in reasons(trace(rule, answers))))


def _answer(shown: Evaluated, leaf: Leaf, row: int) -> Value | None:
    """What is known of one person on the finding of a leaf, everything that follows included."""
    if isinstance(leaf.finding, YesNo):
        return {1: True, -1: False, 0: None}[int(_truth(shown, leaf)[row])]
    return shown.value(leaf.finding.id, row)
