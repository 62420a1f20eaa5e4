"""Which red flags can still change the urgency: bounds from the rule tree, not a guess at what people will say.

Each finding that is still to be asked is set both true and false at once ("either"); what was asked and stays unknown
is neither. A rule whose true plane is then unset cannot become true whatever is answered; likewise for false. The
bounds may only err towards asking: two answers that exclude each other count as if both could come.
"""

from dataclasses import dataclass

from crampwise.assess.known import Known
from crampwise.book.book import rank
from crampwise.interpret.person import evaluate
from crampwise.interpret.program import Planes, Results
from crampwise.interview.guide import Guide
from crampwise.interview.state import EXAMINATION, RESULTS, Mode, State
from crampwise.logic.answers import Answers, Empty, Value
from crampwise.logic.findings import YesNo
from crampwise.logic.truth import Truth

EITHER, CERTAIN, EITHER_ALONE, CERTAIN_ALONE = range(4)
"""Lanes: anything open may come, or nothing more; and both with open examinations and tests set aside as not found."""


@dataclass(frozen=True)
class Reach:
    """How far the urgency can still move.

    Attributes:
        open: findings still to be asked that the person can answer. results: lanes as above.
        true, false: the planes that were run, lane by lane.
        certain: rank of the highest flag that is true. stuck: rank of the highest that nothing can clear any more.
        raising: flags (by index) that can still become true above `certain`.
        clearing: flags that can still be cleared, above `certain` and `stuck`, so that the upper end could come down.
    """

    open: frozenset[str]
    results: Results
    true: Planes
    false: Planes
    certain: int
    stuck: int
    raising: tuple[int, ...]
    clearing: tuple[int, ...]

    @property
    def live(self) -> tuple[int, ...]:
        """Flags that can still change the urgency."""
        return tuple(sorted({*self.raising, *self.clearing}))


def open_findings(guide: Guide, state: State, known: Known, mode: Mode) -> frozenset[str]:
    """Findings that may still be asked: not known or implied, applicable, not asked, answerable by the person."""
    engine, closed = guide.engine, known.closed.values
    able = engine.patient
    if mode == "clinician":
        clinical = {f.id for f in engine.book.findings.values() if f.answered_by == "clinician" and not f.computed_by}
        labs = {f.id for f in engine.book.findings.values() if f.answered_by == "lab" or f.computed_by}
        able = able | (frozenset() if state.asked(EXAMINATION) else clinical)
        able = able | (frozenset() if state.results is not None or state.asked(RESULTS) else labs)
    unsure = {f for id_, reply in state.items.items() if reply == "not_sure" for f in guide.items[id_].findings}
    return frozenset(f for f in able if f not in closed and f not in unsure and not state.asked(f))


def reach(guide: Guide, state: State, known: Known, mode: Mode) -> Reach:
    """Work out which red flags can still change the urgency."""
    still_open = open_findings(guide, state, known, mode)
    true, false = _planes(guide, known, still_open)
    results = guide.program.run_planes(true, false)
    fired, stuck = [0], [0]
    rows = []
    for i, flag in enumerate(guide.flags):
        key, level = f"red_flag/{flag.id}", rank(flag.level)
        yes, no = results.true[key], results.false[key]
        is_true, is_clear = yes >> CERTAIN & 1, no >> CERTAIN_ALONE & 1
        can_fire, can_clear = yes >> EITHER & 1, no >> EITHER_ALONE & 1
        if is_true:
            fired.append(level)
        elif not is_clear and not can_clear:
            stuck.append(level)
        rows.append((i, level, not is_true and can_fire, not is_true and not is_clear and can_clear))
    certain, floor = max(fired), max(stuck)
    raising = tuple(i for i, level, fire, _ in rows if fire and level > certain)
    clearing = tuple(i for i, level, _, clear in rows if clear and level > max(certain, floor))
    return Reach(still_open, results, true, false, certain, floor, raising, clearing)


def _planes(guide: Guide, known: Known, still_open: frozenset[str]) -> tuple[Planes, Planes]:
    engine, closed = guide.engine, known.closed
    true, false = [0] * len(guide.program.leaves), [0] * len(guide.program.leaves)
    every = (1 << 4) - 1
    either, alone = 1 << EITHER | 1 << EITHER_ALONE, 1 << EITHER_ALONE | 1 << CERTAIN_ALONE
    for finding_id, leaves in guide.program.by_finding.items():
        value = closed.values.get(finding_id)
        for i, leaf in leaves:
            if value is not None:
                holds = value is True or (not isinstance(value, (bool, Empty)) and evaluate(leaf, closed) is Truth.TRUE)
                true[i], false[i] = (every, 0) if holds else (0, every)
                continue
            if finding_id in still_open:
                true[i] = false[i] = either
            elif finding_id in engine.world.who_for:
                false[i] = either
            if finding_id not in engine.patient:
                true[i] &= ~alone
                false[i] |= alone
    return true, false


def plane_of(guide: Guide, finding_id: str, value: Value) -> tuple[tuple[int, bool], ...]:
    """For one answer: each leaf that reads the finding, and whether it holds."""
    if isinstance(guide.engine.book.catalogue[finding_id], YesNo):
        return tuple((i, value is True) for i, _ in guide.program.by_finding.get(finding_id, ()))
    answers = Answers({finding_id: value})
    leaves = guide.program.by_finding.get(finding_id, ())
    return tuple((i, evaluate(leaf, answers) is Truth.TRUE) for i, leaf in leaves)
