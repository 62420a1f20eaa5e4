"""Of each thing observed the newest entry that can be read, for many people at once."""

import re
from dataclasses import dataclass

import numpy as np

from crampwise.interpret.columns import Bits
from crampwise.population.bodies import Said
from crampwise.population.facts import Facts, Index
from crampwise.population.rows import Days

_VALUE = re.compile(r", not .*|^\S+ (?=\S+ does not lie)|'[^']*'|\([^)]*\)")


@dataclass(frozen=True)
class Observed:
    """For each person and thing observed the entry that counts.

    Attributes:
        who, slot, day: of whom, which of `slots` was observed, and when. said: which of `says` it says.
    """

    who: Index
    slot: Index
    day: Days
    said: Index
    slots: tuple[str, ...]
    says: tuple[tuple[Said, ...], ...]


def newest_observations(facts: Facts, alone: Bits, problems: list[tuple[str, str]]) -> Observed:
    """Choose the entries.

    Args:
        facts: of all people. alone: gets marked people whose entries tie and differ; they must be read one by one.
        problems: gets place and reason of entries that would have counted and cannot be read.
    """
    rows = np.flatnonzero((facts.kind == "Observation") & (facts.day <= facts.today))
    codes: dict[str | None, int] = {}
    code_of = np.array([codes.setdefault(code, len(codes)) for _, code, _ in facts.contents], np.intp)
    code = code_of[facts.content[rows]] if len(rows) else np.zeros(0, np.intp)
    order = np.lexsort((facts.day[rows], code, facts.who[rows]))
    rows, code = rows[order], code[order]
    chosen = _readable(facts, rows, code, alone, problems)
    return _by_slot(facts, chosen, alone)


def _readable(facts: Facts, rows: Index, code: Index, alone: Bits, problems: list[tuple[str, str]]) -> Index:
    """For each person and code the newest row that says anything."""
    if not len(rows):
        return rows
    fresh = np.concatenate([[True], (np.diff(facts.who[rows]) != 0) | (np.diff(code) != 0)])
    first = np.flatnonzero(fresh)
    last = np.concatenate([first[1:], [len(rows)]]) - 1
    chosen = []
    while len(last):
        here = rows[last]
        contents, back = np.unique(facts.content[here], return_inverse=True)
        usable = np.array([_usable(facts, int(c)) for c in contents])[back]
        tied = (last > first) & (facts.day[rows[np.maximum(last - 1, 0)]] == facts.day[here])
        tied &= facts.content[rows[np.maximum(last - 1, 0)]] != facts.content[here]
        alone[facts.who[here[tied]]] = True
        chosen.append(here[usable])
        for row in here[~usable & ~tied].tolist():
            told = facts.told(int(facts.content[row])).problems
            problems += [(facts.place(row), f"Observation: {_general(p)}") for p in told]
        going = ~usable & ~tied & (last > first)
        first, last = first[going], last[going] - 1
    return np.concatenate(chosen)


def _general(problem: str) -> str:
    """A problem without the value, which is nobody's business in a report."""
    return _VALUE.sub("", problem).strip(" .")


def _usable(facts: Facts, content: int) -> bool:
    """Whether an observation says something of everything observed in it."""
    slots = facts.told(content).slots
    return bool(slots) and None not in slots.values()


def _by_slot(facts: Facts, rows: Index, alone: Bits) -> Observed:
    """Open the chosen rows into things observed, and keep the newest of each."""
    slots: dict[str, int] = {}
    says: dict[tuple[Said, ...], int] = {}
    start, slot_of, said_of = [0], [], []
    contents, back = np.unique(facts.content[rows], return_inverse=True)
    for content in contents.tolist():
        for slot, said in facts.told(content).slots.items():
            slot_of.append(slots.setdefault(slot, len(slots)))
            said_of.append(says.setdefault(said or (), len(says)))
        start.append(len(slot_of))
    sizes = np.diff(start)[back] if len(rows) else np.zeros(0, np.intp)
    ends = np.cumsum(sizes)
    at = np.arange(ends[-1] if len(ends) else 0) + np.repeat(np.array(start[:-1], np.intp)[back] - ends + sizes, sizes)
    row = np.repeat(rows, sizes)
    slot, said = np.array(slot_of, np.intp)[at], np.array(said_of, np.intp)[at]
    order = np.lexsort((facts.day[row], slot, facts.who[row]))
    row, slot, said = row[order], slot[order], said[order]
    same = (np.diff(facts.who[row]) == 0) & (np.diff(slot) == 0)
    last = np.concatenate([~same, [True]]) if len(row) else np.zeros(0, np.bool_)
    tied = same & (np.diff(facts.day[row]) == 0) & (np.diff(said) != 0) & last[1:]
    alone[facts.who[row[1:][tied]]] = True
    keep = np.flatnonzero(last)
    return Observed(facts.who[row[keep]], slot[keep], facts.day[row[keep]], said[keep], tuple(slots), tuple(says))
