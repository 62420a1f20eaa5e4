"""What would change this: the single answers that would raise or lower the urgency, or put another cause first."""

from collections.abc import Iterator
from decimal import Decimal
from itertools import pairwise

import numpy as np

from crampwise.assess.assessment import Change
from crampwise.assess.causes import Differential, strata_of
from crampwise.assess.engine import Engine
from crampwise.assess.known import Known
from crampwise.assess.triage import answer_words
from crampwise.book.book import rank
from crampwise.book.schema.common import LEVELS
from crampwise.differential.features import Floats
from crampwise.differential.posterior import posterior
from crampwise.interpret.program import Results
from crampwise.logic.answers import Answers, Empty, Value
from crampwise.logic.findings import Choice, Number, YesNo
from crampwise.logic.rules import Compare
from crampwise.logic.truth import Truth

Hypothetical = tuple[str, Value]


def changes(engine: Engine, known: Known, found: Differential, level: int) -> tuple[Change, ...]:
    """Try every single answer that is open or could be changed, all side by side in one run of the rules.

    Args:
        engine: the book made ready. known: what is known. found: the differential as it stands.
        level: rank of the urgency that is certain now.
    """
    tries = list(_hypotheticals(engine, known))
    everyone = (1 << len(tries)) - 1
    lanes = [(known.given, everyone), *((Answers({f: v}), 1 << lane) for lane, (f, v) in enumerate(tries))]
    results = engine.program.run(lanes)
    valid = [lane for lane in range(len(tries)) if not results.conflict >> lane & 1]
    by_level = _levels(engine, results)
    after = _marginals(engine, found, results, tries, valid)
    urgent = [
        (lane, new)
        for lane in valid
        if (new := max(_level(by_level, lane), _likely_level(engine, after.get(lane, found.marginal)))) != level
    ]
    told = [
        _change(engine, "raises_urgency" if new > level else "lowers_urgency", tries[lane], LEVELS[new])
        for lane, new in urgent
        if new > level or known.given.get(tries[lane][0]) is not None
    ]
    told.sort(key=lambda c: (c.kind, -rank(c.to)))  # type: ignore[arg-type]
    return (*told, *_swaps(engine, found, after, tries))


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


def _change(engine: Engine, kind: str, tried: Hypothetical, to: str) -> Change:
    finding_id, value = tried
    entry = engine.book.findings[finding_id]
    said = answer_words(engine, engine.book.catalogue[finding_id], value)
    return Change(kind, finding_id, entry.ask, said, to)  # type: ignore[arg-type]


def _marginals(
    engine: Engine, found: Differential, results: Results, tries: list[Hypothetical], valid: list[int]
) -> dict[int, Floats]:
    """Probability of each condition in each lane whose answer tells anything about causes."""
    model, now = engine.model, found.posterior.marginal[0] > 0
    lanes, strata, rows, possible = [], [], [], []
    for lane in valid:
        truths = {p: results.truth(f"known/{p}", lane) for p in _parts_touched(engine, tries[lane][0])}
        cells = _with(engine, found, truths) if truths else found.cells
        shares, can_be = strata_of(engine, results, lane), engine.possible_conditions(results.false, lane)
        if shares != found.strata or (can_be & ~now).any() or (now & ~can_be).any() or (cells != found.cells).any():
            lanes.append(lane)
            strata.append(shares)
            rows.append(cells)
            possible.append(can_be)
    if not lanes:
        return {}
    after = posterior(model, strata, np.array(rows), np.array(possible)).marginal
    return dict(zip(lanes, after, strict=True))


def _likely_level(engine: Engine, marginal: Floats) -> int:
    """The highest urgency of a likely condition."""
    likely = np.flatnonzero(marginal >= engine.book.differential.wording.likely)
    ids = engine.model.conditions
    return max((rank(engine.book.conditions[ids[h]].urgency) for h in likely), default=0)


def _swaps(
    engine: Engine, found: Differential, after: dict[int, Floats], tries: list[Hypothetical]
) -> Iterator[Change]:
    """Single answers after which another condition would come first."""
    first = int(found.marginal.argmax())
    for lane, marginal in after.items():
        if (new := int(marginal.argmax())) != first:
            yield _change(engine, "swaps_first_cause", tries[lane], engine.model.conditions[new])


def _parts_touched(engine: Engine, finding_id: str) -> tuple[str, ...]:
    return engine.parts_reading.get(finding_id, ())


def _with(engine: Engine, found: Differential, truths: dict[str, Truth]) -> "np.ndarray[tuple[int], np.dtype[np.intp]]":
    cells = found.cells.copy()
    for f, feature in enumerate(engine.model.features):
        if any(p in truths for p in feature.parts):
            cell = feature.cell({**dict.fromkeys(feature.parts, Truth.UNKNOWN), **truths})
            cells[f] = -1 if cell is None else cell
    return np.asarray(cells, dtype=np.intp)
