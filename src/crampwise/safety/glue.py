"""The code around the rules, gone through case by case: how flags are sorted, levels combined and offers made.

The real functions of `assess` are run: on every combination of levels, and on mixed truths in which every two red
flags, and every three reasons against one action, meet in every combination. That ties them to the formulas of the
proofs, which speak of the rules alone.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from itertools import count, cycle, product, starmap
from types import MappingProxyType, SimpleNamespace
from typing import Any, NamedTuple, cast

import numpy as np
from numpy.typing import NDArray

from crampwise.assess.assessment import Flag, Offer, Urgency
from crampwise.assess.engine import Engine
from crampwise.assess.intake import Intake
from crampwise.assess.known import Known, know
from crampwise.assess.plan import actions, offer_stretch, stretches
from crampwise.assess.triage import ALONE, GIVEN, Triage, triage, urgency
from crampwise.book.book import rank
from crampwise.book.schema.care import Action, Stretch
from crampwise.book.schema.common import LEVELS, Level
from crampwise.interpret.program import Named, Results
from crampwise.logic.answers import Answers, Value
from crampwise.safety.obligations import Failure

Levels = frozenset[Level]


class Bits(NamedTuple):
    """Truth of a rule in both lanes: known true and known false, as given and alone."""

    given: tuple[bool, bool]
    alone: tuple[bool, bool]


_THREE = ((True, False), (False, True), (False, False))
TRUTHS = tuple(Bits(given, alone) for given, alone in product(_THREE, _THREE))
"""Every truth that a rule can have in the two lanes."""
TRUE, FALSE, UNKNOWN = (Bits(value, value) for value in _THREE)
_BASE = 11
"""A prime above the number of truths."""


class Case(NamedTuple):
    """Levels of fired and open flags and of likely causes, and whether a test result is outside its range."""

    fired: Levels
    open: Levels
    likely: Levels
    abnormal: bool


def results_of(engine: Engine, truths: Mapping[str, Bits]) -> Results:
    """Make a result of the rules by hand; what is not named is unknown."""

    def plane(side: int) -> Named:
        bits = {**_nothing(engine), **truths}
        planes = [b.given[side] << GIVEN | b.alone[side] << ALONE for b in bits.values()]
        return Named({key: i for i, key in enumerate(bits)}, planes)

    return Results(plane(0), plane(1), 0)


@lru_cache(maxsize=4)
def _nothing(engine: Engine) -> Mapping[str, Bits]:
    return MappingProxyType(dict.fromkeys(engine.rules, UNKNOWN))


SETS: tuple[Levels, ...] = tuple(
    frozenset(level for i, level in enumerate(LEVELS) if mask >> i & 1) for mask in range(1 << len(LEVELS))
)
"""Every set of levels; the number of a set has a bit for each level in it."""


@lru_cache(maxsize=2)
def urgencies(engine: Engine) -> Mapping[Case, Urgency | None]:
    """What the real function makes of every combination of levels; None where it fails."""
    flag = {level: cast(Flag, SimpleNamespace(level=level, out_of_scope=False)) for level in LEVELS}
    likely = {level: (f"likely/{level}", level) for level in LEVELS}
    reading = {False: (), True: (cast(Any, SimpleNamespace(status="high")),)}
    found: dict[Case, Urgency | None] = {}
    for case in starmap(Case, product(SETS, SETS, SETS, (False, True))):
        told = Triage(tuple(flag[x] for x in case.fired), tuple(flag[x] for x in case.open), ())
        try:
            found[case] = urgency(engine, told, [likely[x] for x in case.likely], reading[case.abnormal])
        except (StopIteration, KeyError):
            found[case] = None
    return MappingProxyType(found)


def ends(engine: Engine) -> NDArray[np.int8]:
    """Ranks of both ends of the urgency, by number of set: (fired, open, likely, abnormal, end); -1 where it fails."""
    rows = [(-1, -1) if u is None else (rank(u.at_least), rank(u.at_most)) for u in urgencies(engine).values()]
    return np.array(rows, dtype=np.int8).reshape(len(SETS), len(SETS), len(SETS), 2, 2)


def highest(levels: Levels) -> int:
    """Rank of the highest level; that of the lowest for none."""
    return max(map(rank, levels), default=0)


def mixed(places: Sequence[int], prime: int, strength: int) -> Iterator[tuple[Bits, ...]]:
    """Give truths to places so that any `strength` different ones meet in every combination of truths.

    A row holds the values of one polynomial of that many coefficients; so many values determine it.

    Args:
        places: whole numbers below `prime`; equal ones get the same truth. prime: not below the number of truths.
        strength: how many places meet.
    """
    for coefficients in product(range(prime), repeat=strength):
        values = (sum(c * place**k for k, c in enumerate(coefficients)) % prime for place in places)
        yield tuple([TRUTHS[v % len(TRUTHS)] for v in values])


def flags_mixed(engine: Engine) -> Iterator[dict[str, Bits]]:
    """Truths of all red flags: all alike, and mixed so that every two meet in every combination.

    Flags are told apart by the digits of their numbers: any two differ in at least one.
    """
    keys, digit = engine.flag_keys, 1
    yield from (dict.fromkeys(keys, truth) for truth in TRUTHS)
    while digit < len(keys):
        for row in mixed([i // digit % _BASE for i in range(len(keys))], _BASE, 2):
            yield dict(zip(keys, row, strict=True))
        digit *= _BASE


def reasons_mixed(most: int) -> Iterator[tuple[Bits, ...]]:
    """Truths of so many reasons, mixed so that every three meet in every combination."""
    prime = next(p for p in count(max(most, len(TRUTHS))) if all(p % d for d in range(2, p)))
    return mixed(range(most), prime, 3)


def people(engine: Engine) -> tuple[Known, Known]:
    """Nobody, and someone who has every cramp and has said every second thing: what else is known must not matter."""
    nobody = know(engine, Intake(Answers()))
    sites: dict[str, Value] = {site: True for advice in engine.advice.values() for site in advice.sites or ()}
    unknown = nobody.unknown - sites.keys() - {*sorted(nobody.unknown)[::2]}
    return nobody, replace(nobody, given=Answers(sites), closed=Answers(sites), unknown=unknown)


def sorting(engine: Engine) -> tuple[int, list[Failure]]:
    """Run the real sorting of red flags on mixed truths: each is in one place, and the right one."""
    wrong: dict[str, None] = {}
    ran = 0
    for known, truths in product(people(engine), flags_mixed(engine)):
        told = triage(engine, known, results_of(engine, truths))
        groups = ({f.id for f in told.fired}, {f.id for f in told.open}, {f.id for f in told.ruled_out})
        wanted: tuple[set[str], set[str], set[str]] = (set(), set(), set())
        for flag, key in zip(engine.flags_by_level, engine.flag_keys, strict=True):
            truth = truths[key]
            wanted[0 if truth.given[0] else 2 if truth.alone[1] else 1].add(flag.id)
        wrong |= dict.fromkeys(sorted(id_ for want, group in zip(wanted, groups, strict=True) for id_ in want ^ group))
        ran += len(truths)
    return ran, [Failure(f"sorted/{id_}", f"{id_} is not sorted by its truth.") for id_ in wrong]


def offered(engine: Engine) -> tuple[int, list[Failure]]:
    """Run the real offering of every action and stretch on mixed truths of the reasons against it."""
    everyone, ran = people(engine), 0
    failures: dict[Failure, None] = {}
    fits = {k: TRUE for k in engine.rules if k.startswith("fits/")} | {"offers_for": TRUE}
    entries: dict[str, Action | Stretch] = {**engine.book.actions, **engine.book.stretches}
    most = max((len(a.not_for) for a in engine.advice.values()), default=0)
    for known, row in zip(cycle(everyone), reasons_mixed(most)):
        truths = {k: row[i] for a in engine.advice.values() for i, k in enumerate(a.not_for)}
        results = results_of(engine, fits | truths)
        offers = {o.id: o for o in actions(engine, known, results)}
        offers |= {s.id: offer_stretch(engine, known, results, s) for s in engine.book.stretches.values()}
        listed = {o.id: o for o in stretches(engine, known, results)} if known is not everyone[0] else {}
        for id_, entry in entries.items():
            ran += 1
            said = [truths[k] for k in engine.advice[id_].not_for]
            failures |= dict.fromkeys(_wrong_offer(engine, known, entry, offers.get(id_), said))
            if listed and isinstance(entry, Stretch) and engine.advice[id_].sites and listed.get(id_) != offers[id_]:
                failures[Failure(f"offer/{id_}", f"{id_} is not offered among the stretches as it is alone.")] = None
    return ran, [*failures]


def _wrong_offer(
    engine: Engine, known: Known, entry: Action | Stretch, offer: Offer | None, said: list[Bits]
) -> Iterator[Failure]:
    """Hold an offer against what its reasons demand, in the words of S6."""
    told = isinstance(entry, Action) and (entry.who == "clinician" or entry.verdict not in ("offer", "may_try"))
    against = any(b.given[0] for b in said)
    still_open = any(not b.alone[1] and not b.given[0] for b in said)
    want = "withheld" if against else "information" if told else "ask_first" if still_open else "offered"
    if offer is None or offer.status != want:
        yield Failure(f"offer/{entry.id}", f"{entry.id} is {offer and offer.status} where it must be {want}.")
        return
    unsettled = [(k, b) for k, b in zip(engine.advice[entry.id].not_for, said, strict=True) if not any(b.given)]
    own = {k: engine.own_ids[k] & known.unknown if not b.alone[1] else frozenset() for k, b in unsettled}
    unnamed = {c for k, _ in unsettled for c in engine.clinical_reads[k] if not own[k]} - set(offer.not_examined)
    if unnamed and not against:
        yield Failure(f"offer/{entry.id}", f"{entry.id} does not name {', '.join(sorted(unnamed))} as not examined.")
    if want == "ask_first" and frozenset().union(*own.values()) - {a.finding for a in offer.asks}:
        yield Failure(f"offer/{entry.id}", f"{entry.id} is kept behind a question that is not asked.")
