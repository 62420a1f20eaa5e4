"""S7: more answers never lower an urgency already reached, and a worse answer never lowers it either.

Two copies of a person are compared. What is acted upon is the upper end of the urgency: the possible level while
flags are open. Which answer is the worse one is read off the rules first and then proved: yes for a danger sign, no
for the few findings that reassure, and away from a middle for a number.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

import numpy as np
import z3

from crampwise.book.book import rank
from crampwise.book.schema.common import LEVELS
from crampwise.logic import rules as r
from crampwise.logic.findings import Choice, Finding, Number, YesNo
from crampwise.safety import glue
from crampwise.safety.ground import Ground
from crampwise.safety.obligations import Cases, Claim, Failure, Obligation, Query
from crampwise.safety.people import Person
from crampwise.safety.trees import Formula, both, either, neither


@dataclass(frozen=True)
class Order:
    """Which answers are worse.

    Attributes:
        yes_worse, no_worse: yes/no findings. middle: for each number the value away from which it gets worse.
        unordered: who the person is (age, sex, pregnancy), and choices; these stay the same in a comparison.
    """

    yes_worse: frozenset[str]
    no_worse: frozenset[str]
    middle: dict[str, Decimal]
    unordered: frozenset[str]


def s7(ground: Ground) -> Iterator[Obligation]:
    """More answers keep what was reached; worse answers never lower what is acted upon."""
    before, after = ground.someone("before"), ground.someone("after")
    order = order_of(ground)
    alike = [b == a for b, a in zip(before.tested.values(), after.tested.values(), strict=True)]
    everyone = [*before.accepted, *after.accepted, *alike]
    worse = [_worse(order, f, before, after) for f in ground.engine.book.catalogue.values()]
    levels = zip(LEVELS, _acted(ground, before), _acted(ground, after), strict=True)
    claims = [
        Claim(f"S7/{level}", f"A worse answer takes someone below {level}.", both(was, neither(now)))
        for level, was, now in levels
        if rank(level) > 0
    ]
    yield Query("S7-worse", [*everyone, *worse], (before, after), claims)
    yield Query("S7-more", [*everyone, *_extends(before, after)], (before, after), list(_kept(ground, before, after)))
    yield Query("S7-flags", everyone, (before, after), list(_flags(ground, before, after)))
    yield Cases(
        "raising",
        "Whatever fires, opens or becomes likely in addition, neither end of the urgency falls.",
        lambda: _raising(ground),
    )


def _acted(ground: Ground, person: Person) -> list[Formula]:
    """For each level: what is acted upon reaches it, as some flag of it or above fired or is open."""
    program = ground.engine.urgent
    given, alone = person.given.run(program), person.alone.run(program)
    found = []
    for level in LEVELS:
        keys = [f"red_flag/{f.id}" for f in ground.engine.book.red_flags.values() if rank(f.level) >= rank(level)]
        found.append(either(either([given.true[k], neither(alone.false[k])]) for k in keys))
    return found


def _kept(ground: Ground, before: Person, after: Person) -> Iterator[Claim]:
    program = ground.engine.urgent
    was, now = before.given.run(program), after.given.run(program)
    for flag in ground.engine.book.red_flags.values():
        key = f"red_flag/{flag.id}"
        says = f"{flag.id} fires for someone and no longer does once more is answered."
        yield Claim(f"S7/{flag.id}/kept", says, both(was.true[key], neither(now.true[key])))


def _flags(ground: Ground, before: Person, after: Person) -> Iterator[Claim]:
    """The two-copy formula over flags: when none gets milder (no < not sure < yes), the level does not either."""
    program = ground.engine.urgent
    one, two = (
        (before.given.run(program), before.alone.run(program)),
        (after.given.run(program), after.alone.run(program)),
    )
    keys = [f"red_flag/{f.id}" for f in ground.engine.book.red_flags.values()]
    none_milder = both(
        *(z3.Implies(one[0].true[k], two[0].true[k]) for k in keys),
        *(z3.Implies(two[1].false[k], one[1].false[k]) for k in keys),
    )
    for level, was, now in zip(LEVELS, _acted(ground, before), _acted(ground, after), strict=True):
        if rank(level) > 0:
            says = f"Flags only get graver, and yet someone falls below {level}."
            yield Claim(f"S7/flags/{level}", says, both(none_milder, was, neither(now)))


def _extends(before: Person, after: Person) -> Iterator[Formula]:
    """Everything given before is given after, the same; and nothing given after contradicts what followed before."""
    for id_, was in before.given.said.items():
        now = after.given.said[id_]
        yield z3.Implies(was.known, both(now.known, _same(was.finding, before, after)))
        yield neither(
            both(neither(was.known), before.given.no[id_], now.known, now.yes if id_ in before.given.yes else now.known)
        )


def _same(finding: Finding, before: Person, after: Person) -> Formula:
    was, now = before.given.said[finding.id], after.given.said[finding.id]
    match finding:
        case YesNo():
            return was.yes == now.yes
        case Choice(_, options):
            return both(*((was.options or {})[o] == (now.options or {})[o] for o in options))
        case Number():
            return was.value == now.value


def _worse(order: Order, finding: Finding, before: Person, after: Person) -> Formula:
    """The same answer in both, or after a worse one."""
    was, now = before.given.said[finding.id], after.given.said[finding.id]
    same = both(was.known == now.known, z3.Implies(was.known, _same(finding, before, after)))
    if finding.id in order.yes_worse:
        return _at_least_as_bad(was.known, was.yes, now.known, now.yes)
    if finding.id in order.no_worse:
        return _at_least_as_bad(was.known, neither(was.yes), now.known, neither(now.yes))
    if finding.id in order.middle:
        middle = z3.RealVal(str(order.middle[finding.id]))
        up = both(middle <= was.value, was.value <= now.value)
        down = both(now.value <= was.value, was.value <= middle)
        return either([same, both(was.known, now.known, either([up, down]))])
    return same


def _at_least_as_bad(was_known: Formula, was_bad: Formula, now_known: Formula, now_bad: Formula) -> Formula:
    """No, then not sure, then yes: never a step back."""
    return both(
        z3.Implies(both(was_known, was_bad), both(now_known, now_bad)),
        z3.Implies(neither(was_known), either([neither(now_known), now_bad])),
    )


def order_of(ground: Ground) -> Order:
    """Read off the rules which answers are worse: a candidate order, which is then proved."""
    book = ground.engine.book
    sides = _sides(ground)
    who = {f.id for s in book.differential.strata for f in r.findings_of(s.when)}
    signs = {
        f.id
        for s in book.emergency_screen.screens
        for i in s.items
        for f in map(book.catalogue.__getitem__, i.findings)
    }
    yes, no, middle = set(), set(), {}
    for id_, cuts in sides.items():
        finding = book.catalogue[id_]
        if id_ in who or isinstance(finding, Choice):
            continue
        up, down = ([t for t, side in cuts if side == s] for s in (1, -1))
        if isinstance(finding, Number):
            low, high = max(down, default=finding.low), min(up, default=finding.high)
            middle[id_] = finding.low if not down else finding.high if not up else (low + high) / 2
        elif up or id_ in signs:
            yes.add(id_)
        else:
            no.add(id_)
    ordered = yes | no | middle.keys()
    return Order(frozenset(yes), frozenset(no), middle, frozenset(book.catalogue.keys() - ordered))


def _sides(ground: Ground) -> dict[str, set[tuple[Decimal, int]]]:
    """For each finding that flags read: thresholds above which (1), or below which (-1), a flag is nearer to firing."""
    found: dict[str, set[tuple[Decimal, int]]] = defaultdict(set)

    def go(rule: r.Rule, side: int) -> None:
        match rule:
            case r.Not(inner):
                go(inner, -side)
            case r.Compare(finding, op, threshold):
                found[finding.id].add((threshold, side if op in (">", ">=") else -side))
            case r.Present(finding) | r.OneOf(finding):
                found[finding.id].add((Decimal(0), side))
            case _:
                for child in r.children(rule):
                    go(child, side)

    for flag in ground.engine.book.red_flags.values():
        if rank(flag.level) > 0:
            go(flag.when, 1)
    return found


def _raising(ground: Ground) -> tuple[int, list[Failure]]:
    """Hold every combination of levels against the same with one more fired, opened or likely, or opened then fired."""
    ends, failures, count = glue.ends(ground.engine), [], 0
    every = np.arange(len(glue.SETS))
    for place, level in enumerate(LEVELS):
        bit = 1 << place
        held = every[every & bit > 0]
        added = [ends[every | bit], ends[:, every | bit], ends[:, :, every | bit]]
        pairs = [(ends, more) for more in added]
        pairs.append((ends[:, held], ends[every | bit][:, held & ~bit]))
        for was, now in pairs:
            count += was.shape[0] * was.shape[1] * was.shape[2] * was.shape[3]
            if ((now < was) & (now >= 0)).any():
                failures.append(
                    Failure(f"S7/levels/{level}", f"One more flag or likely cause of {level} lowers the urgency.")
                )
    return count, failures
