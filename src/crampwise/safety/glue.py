"""The code around the rules, gone through case by case: how flags are sorted, levels combined and offers made.

The real functions of `assess` are run, on every combination of truths or levels that they can be given. That ties them
to the formulas of the proofs, which speak of the rules alone.
"""

from collections.abc import Iterator, Mapping
from functools import lru_cache
from itertools import product, starmap
from types import MappingProxyType, SimpleNamespace
from typing import Any, NamedTuple, cast

import numpy as np
from numpy.typing import NDArray

from crampwise.assess.assessment import Flag, Offer, Urgency
from crampwise.assess.engine import Engine
from crampwise.assess.intake import Intake
from crampwise.assess.known import know
from crampwise.assess.plan import actions, offer_stretch
from crampwise.assess.triage import ALONE, GIVEN, Triage, triage, urgency
from crampwise.book.book import rank
from crampwise.book.schema.care import Action, Stretch
from crampwise.book.schema.common import LEVELS, Level
from crampwise.interpret.program import Named, Results
from crampwise.logic.answers import Answers
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


def sorting(engine: Engine) -> tuple[int, list[Failure]]:
    """Run the real sorting of red flags on every truth that one can have: each is in one place, and the right one."""
    known, flags = know(engine, Intake(Answers())), engine.flags_by_level
    failures: list[Failure] = []
    for truth in TRUTHS:
        told = triage(engine, known, results_of(engine, {f"red_flag/{f.id}": truth for f in flags}))
        want = 0 if truth.given[0] else 2 if truth.alone[1] else 1
        groups = ({f.id for f in told.fired}, {f.id for f in told.open}, {f.id for f in told.ruled_out})
        for place, group in enumerate(groups):
            wrong = {f.id for f in flags} ^ group if place == want else group
            failures += [Failure(f"sorted/{id_}", f"{id_} is not sorted by its truth.") for id_ in sorted(wrong)]
    return len(TRUTHS) * len(flags), failures


def offered(engine: Engine) -> tuple[int, list[Failure]]:
    """Run the real offering of every action and stretch: on every truth of each reason against it, the rest alike."""
    known, count = know(engine, Intake(Answers())), 0
    failures: list[Failure] = []
    fits = {k: TRUE for k in engine.rules if k.startswith("fits/")} | {"offers_for": TRUE}
    entries: dict[str, Action | Stretch] = {**engine.book.actions, **engine.book.stretches}
    most = max((len(a.not_for) for a in engine.advice.values()), default=0)
    for place, truth, rest in product(range(max(most, 1)), TRUTHS, (TRUE, FALSE, UNKNOWN)):
        truths = {k: truth if i == place else rest for a in engine.advice.values() for i, k in enumerate(a.not_for)}
        results = results_of(engine, fits | truths)
        offers = {o.id: o for o in actions(engine, known, results)}
        offers |= {s.id: offer_stretch(engine, known, results, s) for s in engine.book.stretches.values()}
        for id_, entry in entries.items():
            count += 1
            said = [truths[k] for k in engine.advice[id_].not_for]
            failures += _wrong_offer(engine, entry, offers.get(id_), said)
    return count, failures


def _wrong_offer(engine: Engine, entry: Action | Stretch, offer: Offer | None, said: list[Bits]) -> Iterator[Failure]:
    """Hold an offer against what its reasons demand, in the words of S6."""
    told = isinstance(entry, Action) and (entry.who == "clinician" or entry.verdict not in ("offer", "may_try"))
    against = any(b.given[0] for b in said)
    still_open = any(not b.alone[1] and not b.given[0] for b in said)
    want = "withheld" if against else "information" if told else "ask_first" if still_open else "offered"
    if offer is None or offer.status != want:
        yield Failure(f"offer/{entry.id}", f"{entry.id} is {offer and offer.status} where it must be {want}.")
        return
    unsettled = [(k, b) for k, b in zip(engine.advice[entry.id].not_for, said, strict=True) if not any(b.given)]
    own = {k: engine.own_ids[k] if not b.alone[1] else frozenset() for k, b in unsettled}
    unnamed = {c for k, _ in unsettled for c in engine.clinical_reads[k] if not own[k]} - set(offer.not_examined)
    if unnamed and not against:
        yield Failure(f"offer/{entry.id}", f"{entry.id} does not name {', '.join(sorted(unnamed))} as not examined.")
    if want == "ask_first" and frozenset().union(*own.values()) - {a.finding for a in offer.asks}:
        yield Failure(f"offer/{entry.id}", f"{entry.id} is kept behind a question that is not asked.")
