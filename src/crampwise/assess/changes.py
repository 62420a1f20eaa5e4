"""What would change this: the answers, one or two, that would raise or lower the urgency or put another cause first."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise

import numpy as np

from crampwise.assess.assessment import Change, ChangeKind, OtherAnswer
from crampwise.assess.causes import Differential, observe_again, strata_of
from crampwise.assess.engine import Engine, ruled_out
from crampwise.assess.known import Known
from crampwise.assess.pairs import Hypothetical, urgent_pairs
from crampwise.assess.triage import answer_words
from crampwise.book.book import rank
from crampwise.book.schema.common import LEVELS
from crampwise.differential.features import Floats
from crampwise.differential.posterior import posterior
from crampwise.interpret.program import Results
from crampwise.logic.answers import Answers, Empty, Value
from crampwise.logic.findings import Choice, Number, YesNo
from crampwise.logic.rules import Compare

_TINY = 1e-300
Sets = Sequence[tuple[Hypothetical, ...]]
_MOST_URGENT = 12
"""How many pairs are given of each level: a typical person has thousands, the gravest come first."""
_MOST_SWAPS = 24
_BATCH = 32
"""How many people are worked out at once, so that their hypotheses stay in the processor's cache."""
_NEARLY = 0.5
"""A graver cause is tried although it comes out a little behind: adding up is not exact."""


@dataclass(frozen=True)
class Tried:
    """What sets of other answers would lead to.

    Attributes:
        sets: the answers of each lane. levels: rank of the urgency that would be certain, for lanes without
            contradiction. after: probability of each condition, for lanes that bear on causes.
    """

    sets: Sets
    levels: dict[int, int]
    after: dict[int, Floats]


def changes(engine: Engine, known: Known, found: Differential, level: int, floor: int = 0) -> tuple[Change, ...]:
    """Try every single answer that is open or could be changed, then every pair of those that do nothing alone.

    Pairs that raise or lower the urgency are found by running the red flags for all of them side by side; pairs that
    swap the first cause by adding up what each answer does alone. Each that is given has been worked out in full.

    Args:
        engine: the book made ready. known: what is known. found: the differential as it stands.
        level: rank of the urgency that is certain now. floor: rank below which no answer can bring it.
    """
    tries = list(_hypotheticals(engine, known))
    single = _try(engine, known, found, [(t,) for t in tries], floor)
    alone = [*_urgent(engine, known, single, level), *_swaps(engine, found, single)]
    found_alone: set[tuple[str, tuple[OtherAnswer, ...]]] = {(c.kind, c.answers) for c in alone}
    quiet = {
        kind: [t for t in tries if (kind, _answers(engine, (t,))) not in found_alone]
        for kind in ("raises_urgency", "lowers_urgency", "swaps_first_cause")
    }
    possible = [single.sets[lane][0] for lane in single.levels]
    pairs = [
        *_pairs(engine, known, [t for t in quiet["raises_urgency"] if t in possible], lambda new: new > level),
        *_lowering(engine, known, [t for t in quiet["lowers_urgency"] if t in possible], level),
        *_swapping(engine, found, single, set(quiet["swaps_first_cause"]), level),
    ]
    both = _try(engine, known, found, list(dict.fromkeys(pairs)), floor)
    told = [*_urgent(engine, known, both, level), *_swaps(engine, found, both)]
    return (*alone, *(c for c in told if _minimal(c, found_alone)))


def _minimal(change: Change, alone: set[tuple[str, tuple[OtherAnswer, ...]]]) -> bool:
    """Whether neither answer of a pair does by itself what both do."""
    return not any((change.kind, (answer,)) in alone for answer in change.answers)


def _try(engine: Engine, known: Known, found: Differential, sets: Sets, floor: int) -> Tried:
    """Work out in full what each set of answers would lead to, all side by side."""
    everyone = (1 << len(sets)) - 1
    lanes = [(known.given, everyone), *((Answers(dict(s)), 1 << lane) for lane, s in enumerate(sets))]
    results = engine.program.run(lanes)
    valid = [lane for lane in range(len(sets)) if not results.conflict >> lane & 1]
    by_level = _levels(engine, results)
    after = _marginals(engine, found, results, sets, valid)
    levels = {
        lane: max(floor, _level(by_level, lane), _likely_level(engine, after.get(lane, found.marginal)))
        for lane in valid
    }
    return Tried(sets, levels, after)


def _urgent(engine: Engine, known: Known, tried: Tried, level: int) -> list[Change]:
    """Those that lower the urgency, then those that raise it, the gravest first."""
    telling = [
        (new > level, -new, lane)
        for lane, new in tried.levels.items()
        if new > level or (new < level and any(known.given.get(f) is not None for f, _ in tried.sets[lane]))
    ]
    return [
        _change(engine, "raises_urgency" if raises else "lowers_urgency", tried.sets[lane], LEVELS[-new])
        for raises, new, lane in sorted(telling)
    ]


def _pairs(
    engine: Engine, known: Known, tries: Sequence[Hypothetical], keep: Callable[[int], bool]
) -> Iterator[tuple[Hypothetical, ...]]:
    read = {f for flag in engine.book.red_flags for id_ in engine.reads[f"red_flag/{flag}"] for f in engine.linked(id_)}
    telling = [t for t in tries if t[0] in read]
    for (i, j), _ in urgent_pairs(engine, known, telling, keep, _MOST_URGENT):
        yield telling[i], telling[j]


def _lowering(
    engine: Engine, known: Known, tries: Sequence[Hypothetical], level: int
) -> Iterator[tuple[Hypothetical, ...]]:
    """Only answers that were given can hold the urgency up, so both must be among them."""
    yield from _pairs(engine, known, [t for t in tries if known.given.get(t[0]) is not None], lambda new: new < level)


def _swapping(
    engine: Engine, found: Differential, single: Tried, quiet: set[Hypothetical], level: int
) -> Iterator[tuple[Hypothetical, ...]]:
    """Pairs that would swap the first cause, or make a graver one likely, if the effects of both added up."""
    lanes = [lane for lane in single.after if single.sets[lane][0] in quiet]
    if len(lanes) < 2:
        return
    now = np.log(np.maximum(found.marginal, _TINY))
    first = int(found.marginal.argmax())
    effect = np.log(np.maximum(np.array([single.after[lane] for lane in lanes]), _TINY)) - now
    relative = effect - effect[:, [first]]
    grave = np.array([rank(engine.book.conditions[c].urgency) > level for c in engine.model.conditions])
    behind = now - now[first]
    reachable = behind + 2 * relative.max(axis=0) + _NEARLY > 0
    relative, behind, grave = relative[:, reachable], behind[reachable], grave[reachable]
    ranked: list[tuple[float, int, int]] = []
    for i in range(len(lanes) - 1):
        lead = behind + relative[i] + relative[i + 1 :]
        margin = np.maximum(lead.max(axis=1), lead[:, grave].max(axis=1, initial=-np.inf) + _NEARLY)
        ranked += [(float(margin[j]), i, i + 1 + int(j)) for j in np.argsort(-margin)[:_MOST_SWAPS] if margin[j] > 0]
    for _, i, j in sorted(ranked, reverse=True)[:_MOST_SWAPS]:
        one, two = single.sets[lanes[i]][0], single.sets[lanes[j]][0]
        if one[0] != two[0]:
            yield one, two


def _hypotheticals(engine: Engine, known: Known) -> Iterator[Hypothetical]:
    """Every other answer a person could give: to open questions, and in place of given ones."""
    for id_, finding in engine.book.catalogue.items():
        now = known.closed.get(id_)
        if now is Empty.EMPTY or (now is not None and known.given.get(id_) is None) or id_ not in engine.patient:
            continue
        options: tuple[Value, ...]
        match finding:
            case YesNo():
                options = (True, False)
            case Choice(_, names):
                options = names
            case Number():
                options = _bands(engine, finding) if now is None else ()
        yield from ((id_, value) for value in options if value != now)


def _bands(engine: Engine, finding: Number) -> tuple[Decimal, ...]:
    """One value in each band between the thresholds that any rule sets on a number."""
    leaves = engine.program.leaves
    cuts = sorted({leaf.threshold for leaf in leaves if isinstance(leaf, Compare) and leaf.finding == finding})
    if not cuts:
        return ()
    between = [(a + b) / 2 for a, b in pairwise(cuts)]
    return tuple(v for v in (finding.low, *between, *cuts, finding.high) if finding.low <= v <= finding.high)


def _levels(engine: Engine, results: Results) -> list[int]:
    """For each level, highest first, the lanes in which some flag of that level fires."""
    planes = [0] * len(LEVELS)
    for flag in engine.book.red_flags.values():
        planes[rank(flag.level)] |= results.true[f"red_flag/{flag.id}"]
    return planes


def _level(planes: list[int], lane: int) -> int:
    return next((r for r in range(len(planes) - 1, 0, -1) if planes[r] >> lane & 1), 0)


def _change(engine: Engine, kind: ChangeKind, tried: tuple[Hypothetical, ...], to: str) -> Change:
    return Change(kind, _answers(engine, tried), to)


def _answers(engine: Engine, tried: tuple[Hypothetical, ...]) -> tuple[OtherAnswer, ...]:
    book = engine.book
    return tuple(OtherAnswer(f, book.findings[f].ask, answer_words(engine, book.catalogue[f], v)) for f, v in tried)


def _marginals(
    engine: Engine, found: Differential, results: Results, sets: Sets, valid: list[int]
) -> dict[int, Floats]:
    """Probability of each condition in each lane whose answer tells anything about causes."""
    impossible, now = engine.impossible(results.false), found.cells.tobytes()
    same: dict[tuple[bytes, tuple[int, ...], tuple[tuple[str, float], ...]], list[int]] = {}
    for lane in valid:
        cells = found.cells.copy()
        observe_again(engine, results, lane, (id_ for id_, _ in sets[lane]), cells)
        shares, gone, seen = strata_of(engine, results, lane), ruled_out(impossible, lane), cells.tobytes()
        if shares != found.strata or gone != found.ruled_out or seen != now:
            same.setdefault((seen, gone, tuple(shares.items())), []).append(lane)
    after: dict[int, Floats] = {}
    people = list(same)
    for batch in (people[start : start + _BATCH] for start in range(0, len(people), _BATCH)):
        cells = np.array([np.frombuffer(row, dtype=np.intp) for row, _, _ in batch])
        possible = np.array([engine.possible(gone) for _, gone, _ in batch])
        worked_out = posterior(engine.model, [dict(shares) for _, _, shares in batch], cells, possible).marginal
        after |= {lane: marginal for key, marginal in zip(batch, worked_out, strict=True) for lane in same[key]}
    return dict(sorted(after.items()))


def _likely_level(engine: Engine, marginal: Floats) -> int:
    """The highest urgency of a likely condition."""
    likely = np.flatnonzero(marginal >= engine.book.differential.wording.likely)
    ids = engine.model.conditions
    return max((rank(engine.book.conditions[ids[h]].urgency) for h in likely), default=0)


def _swaps(engine: Engine, found: Differential, tried: Tried) -> Iterator[Change]:
    """Answers after which another condition would come first."""
    first = int(found.marginal.argmax())
    for lane, marginal in tried.after.items():
        if (new := int(marginal.argmax())) != first:
            yield _change(engine, "swaps_first_cause", tried.sets[lane], engine.model.conditions[new])
