"""What a question is worth: red flags it would settle, and what it tells about causes, per second of answering."""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from itertools import pairwise

import numpy as np

from crampwise.assess.causes import strata_of
from crampwise.assess.engine import ruled_out
from crampwise.differential.features import Floats
from crampwise.differential.posterior import Cells, observe, tempering
from crampwise.interview.guide import Guide
from crampwise.interview.state import State
from crampwise.interview.stop import CERTAIN, EITHER, Reach, plane_of
from crampwise.logic.answers import Value
from crampwise.logic.findings import Choice, Number, YesNo
from crampwise.logic.rules import Compare

_TINY = 1e-300
_SURE = 0.75
"""How far a flag counts as settled once a line that will likely settle it is on the screen."""


@dataclass(frozen=True)
class Belief:
    """What is thought of the causes while asking: single causes only, in the stratum the person most likely belongs to.

    Attributes:
        stratum: its id. cause: (H,) probability of each condition. cells: (F,) observed cell of each feature.
        counts: (F,) how much each feature would count beside those of its group that are known.
    """

    stratum: str
    cause: Floats
    cells: Cells
    counts: Floats


@dataclass(frozen=True)
class Settled:
    """For each candidate and each live flag what an answer would do.

    Attributes:
        findings: candidates. gain: (candidates, flags) chance to settle a flag.
        reads: (candidates, flags) how many open findings of the candidate the flag reads.
        likely: (candidates, flags) 1 where the likely answer settles the flag.
    """

    findings: tuple[str, ...]
    gain: Floats
    reads: Floats
    likely: Floats


def believe(guide: Guide, reach: Reach) -> Belief:
    """Give the probabilities of single causes as far as the answers go."""
    model = guide.engine.model
    strata = strata_of(guide.engine, reach.results, CERTAIN)
    main = max(strata, key=lambda s: strata[s])
    truths = {p: reach.results.truth(f"known/{p}", CERTAIN) for f in model.features for p in f.parts}
    cells = observe(model, truths)
    counts = tempering(model, cells[None, :])[0]
    numbers = model.stratum(main)
    known = np.flatnonzero(cells >= 0)
    rows = np.array(model.first, dtype=np.intp)[known] + cells[known]
    score = numbers.prior + counts[known] @ numbers.weight[rows]
    score[list(ruled_out(guide.engine.impossible(reach.results.false), CERTAIN))] = -np.inf
    share = np.exp(score - score.max())
    return Belief(main, share / share.sum(), cells, counts)


def chance_of_yes(guide: Guide, state: State, belief: Belief, finding_id: str) -> float:
    """How likely a yes is: by the causes where the model knows the finding, else as in ordinary cramps.

    A grouped danger sign that was answered yes is shared out over its findings.
    """
    place = guide.feature_index.get(finding_id)
    if place is not None:
        row = guide.engine.model.first[place] + 1
        p = float(guide.chances(belief.stratum).cell[row] @ belief.cause)
    else:
        p = guide.leak(finding_id, belief.stratum)
    for item in guide.lines_with.get(finding_id, ()):
        if state.items.get(item.id) == "yes":
            p = max(p, 1 / len(item.findings))
    return p


def outcomes(guide: Guide, state: State, belief: Belief, finding_id: str) -> list[tuple[Value, float]]:
    """The answers that may come, with their chances."""
    finding = guide.engine.book.catalogue[finding_id]
    match finding:
        case YesNo():
            p = chance_of_yes(guide, state, belief, finding_id)
            return [(True, p), (False, 1 - p)]
        case Choice(_, names):
            leak = guide.entry(finding_id).leak
            shares = (leak.options if leak else None) or dict.fromkeys(names, 1 / len(names))
            return [(name, shares.get(name, 0.0)) for name in names]
        case Number():
            bands = number_bands(guide, finding)
            return [(value, 1 / len(bands)) for value in bands]


@lru_cache(maxsize=256)
def number_bands(guide: Guide, finding: Number) -> tuple[Decimal, ...]:
    """One value in each band between the thresholds that any rule of urgency sets on a number."""
    leaves = guide.program.by_finding.get(finding.id, ())
    cuts = sorted({leaf.threshold for _, leaf in leaves if isinstance(leaf, Compare)})
    edges = [finding.low, *cuts, finding.high]
    return tuple(dict.fromkeys((a + b) / 2 for a, b in pairwise(edges)))


def settling(guide: Guide, state: State, found: Reach, belief: Belief, candidates: Sequence[str]) -> Settled:
    """Try every answer of every candidate side by side in one run of the rules.

    A candidate is a finding, or a line of several, of which only the no is tried: a yes settles nothing by itself.
    """
    lanes: list[tuple[int, Mapping[str, Value], float]] = []
    for k, id_ in enumerate(candidates):
        if id_ in guide.items:
            members = [f for f in guide.items[id_].findings if f in found.open]
            none = math.prod(1 - chance_of_yes(guide, state, belief, f) for f in members)
            lanes.append((k, dict.fromkeys(members, False), none))
        else:
            lanes += [(k, {id_: value}, p) for value, p in outcomes(guide, state, belief, id_)]
    every = (1 << len(lanes)) - 1
    true = [every if plane >> EITHER & 1 else 0 for plane in found.true]
    false = [every if plane >> EITHER & 1 else 0 for plane in found.false]
    for lane, (_, values, _) in enumerate(lanes):
        bit = 1 << lane
        for id_, value in values.items():
            for leaf, holds in plane_of(guide, id_, value):
                true[leaf] = true[leaf] | bit if holds else true[leaf] & ~bit
                false[leaf] = false[leaf] & ~bit if holds else false[leaf] | bit
    results = guide.program.run_planes(true, false)
    live = found.live
    settled = np.zeros((len(live), len(lanes)))
    for row, i in enumerate(live):
        key = f"red_flag/{guide.flags[i].id}"
        settled[row] = _bits(~(results.true[key] & results.false[key]) & every, len(lanes))
    chance = np.array([p for _, _, p in lanes])
    owner = np.array([k for k, _, _ in lanes], dtype=np.intp)
    starts = np.flatnonzero(np.diff(owner, prepend=-1))
    gain = np.add.reduceat(settled * chance, starts, axis=1).T
    best = [max(range(s, e), key=lambda j: chance[j]) for s, e in pairwise([*starts.tolist(), len(lanes)])]
    reads = np.array([_times_read(guide, found, id_) for id_ in candidates])
    raising = np.isin(live, found.raising)
    return Settled(tuple(candidates), gain * (reads > 0) * raising, reads, settled[:, best].T * (reads > 0))


def _times_read(guide: Guide, found: Reach, candidate: str) -> list[float]:
    """For each live flag, how many open findings of a candidate it reads."""
    item = guide.items.get(candidate)
    members = set(item.findings) & found.open if item else {candidate}
    return [float(len(members & guide.reads[i])) for i in found.live]


def _bits(plane: int, width: int) -> Floats:
    raw = np.frombuffer(plane.to_bytes((width + 7) // 8, "little"), dtype=np.uint8)
    return np.unpackbits(raw, bitorder="little")[:width].astype(np.float64)


def best_group(guide: Guide, found: Reach, settled: Settled, most: int) -> tuple[str, ...]:
    """The best finding, and with it those of its family that settle most beside it: one screen."""
    weights = guide.weights[list(found.live)]
    left = np.array([len(guide.reads[i] & found.open) for i in found.live], dtype=np.float64)
    done = np.zeros(len(weights))
    chosen: list[int] = []
    allowed = np.ones(len(settled.findings), dtype=np.bool_)
    effort = np.array([guide.seconds(f) for f in settled.findings])
    members = [set(guide.items[f].findings) if f in guide.items else {f} for f in settled.findings]
    overhead = guide.settings.seconds.screen
    while len(chosen) < most:
        share = settled.gain + settled.reads / np.maximum(left, 1)
        worth = share @ (weights * (1 - _SURE * done))
        worth[~allowed] = -1
        k = int((worth / (effort + (0 if chosen else overhead))).argmax())
        if worth[k] <= 0:
            break
        if not chosen:
            allowed &= _shares_screen(guide, settled.findings, k)
        chosen.append(k)
        allowed &= np.array([not (m & members[k]) for m in members])
        done = np.maximum(done, settled.likely[k] > 0)
        left = np.maximum(left - settled.reads[k], 0)
    return tuple(settled.findings[k] for k in chosen)


def _shares_screen(guide: Guide, findings: Sequence[str], first: int) -> "np.ndarray[tuple[int], np.dtype[np.bool_]]":
    """Findings that may stand on one screen with the first: yes/no questions of its family."""
    catalogue, family = guide.engine.book.catalogue, guide.family_of(findings[first])
    tick = [f in guide.items or isinstance(catalogue[f], YesNo) for f in findings]
    if not tick[first]:
        return np.zeros(len(findings), dtype=np.bool_)
    return np.array([t and guide.family_of(f) == family for f, t in zip(findings, tick, strict=True)])


def information(guide: Guide, belief: Belief) -> Floats:
    """Expected bits that each open feature tells: about the cause, and again about its urgency: (F,)."""
    model, numbers = guide.engine.model, guide.chances(belief.stratum)
    first = np.array(model.first, dtype=np.intp)
    cell = numbers.cell @ belief.cause
    plogp = cell * np.log(np.maximum(cell, _TINY))
    bits = np.add.reduceat(numbers.told @ belief.cause - plogp, first[:-1])
    weight = belief.cause @ guide.urgency_of_cause
    joint = (numbers.cell * belief.cause) @ guide.urgency_of_cause
    inside = joint * np.log(np.maximum(joint, _TINY) / np.maximum(weight, _TINY))
    bits += guide.settings.urgency_bits * np.add.reduceat(inside.sum(axis=1) - plogp, first[:-1])
    bits[belief.cells >= 0] = 0
    return np.asarray(np.maximum(bits, 0) * belief.counts / np.log(2), dtype=np.float64)


def telling_group(guide: Guide, belief: Belief, candidates: Iterable[str], most: int) -> tuple[str, ...]:
    """The screen that tells most about the causes for its effort; empty when none is worth asking."""
    order = _telling(guide, belief, candidates)
    if not order:
        return ()
    allowed = _shares_screen(guide, order, 0)
    return (order[0], *(f for f, fits in zip(order[1:], allowed[1:], strict=True) if fits))[:most]


def filled(
    guide: Guide, belief: Belief, group: tuple[str, ...], candidates: Iterable[str], most: int
) -> tuple[str, ...]:
    """Use the lines that are left on a screen for what tells most about the causes, if that is worth asking."""
    taken = {f for id_ in group for f in (guide.items[id_].findings if id_ in guide.items else (id_,))}
    order = (*group, *_telling(guide, belief, (f for f in candidates if f not in taken)))
    allowed = _shares_screen(guide, order, 0)
    return tuple(f for k, (f, fits) in enumerate(zip(order, allowed, strict=True)) if k < len(group) or fits)[:most]


def _telling(guide: Guide, belief: Belief, candidates: Iterable[str]) -> list[str]:
    """Findings worth asking for what they tell about causes, the most telling first."""
    bits, features = information(guide, belief), guide.features_told
    per_second = {f: float(np.mean(bits[list(features[f])])) / guide.seconds(f) for f in candidates if f in features}
    told = [f for f, worth in per_second.items() if worth >= guide.settings.bits_per_second]
    return sorted(told, key=lambda f: (-per_second[f], f))
