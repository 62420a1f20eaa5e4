"""`crampwise evaluate --interview`: each case told only what it is asked, and how many screens that takes."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from math import ceil
from statistics import median
from typing import Any

from crampwise.assess.assess import assess
from crampwise.assess.engine import Engine, engine_of
from crampwise.assess.evaluation import Case, Evaluation, evaluate_cases
from crampwise.book.book import Book
from crampwise.edges.cli.out import Out
from crampwise.interview.simulate import Conversation, converse, patient_of

_CURVE = (2, 3, 4, 6, 8, 10, 12, 15, 18)
_END = 10**6


@dataclass(frozen=True)
class Interviewed:
    """What the interview reached.

    Attributes:
        talks: the conversations.
        at_once, told: counts with all facts at once, and with the interview only.
        curve: after so many screens at most, how many cases have the urgency, and the first cause, that is right.
        emergencies: places of the cases in which an emergency is certain with all facts.
        differs: cases whose urgency is another than with all facts at once.
    """

    talks: tuple[Conversation, ...]
    at_once: Evaluation
    told: Evaluation
    curve: tuple[tuple[int, int, int], ...]
    emergencies: tuple[int, ...]
    differs: tuple[str, ...]


def interview_cases(book: Book, cases: Sequence[Case], today: date) -> Interviewed:
    """Hold every interview and count."""
    engine = engine_of(book)
    talks = tuple(converse(engine, patient_of(engine, case.intake)) for case in cases)
    after = {n: [_after(engine, c, t, n) for c, t in zip(cases, talks, strict=True)] for n in (*_CURVE, _END)}
    counts = {n: evaluate_cases(book, reached, today) for n, reached in after.items()}
    pairs = zip(cases, after[_END], strict=True)
    levels = [tuple(assess(book, c.intake, today).urgency.at_least for c in pair) for pair in pairs]
    return Interviewed(
        talks,
        evaluate_cases(book, cases, today),
        counts[_END],
        tuple((n, counts[n].exact, counts[n].top[1]) for n in _CURVE),
        tuple(i for i, (at_once, _) in enumerate(levels) if at_once == "emergency_now"),
        tuple(c.id for c, (at_once, told) in zip(cases, levels, strict=True) if at_once != told),
    )


def _after(engine: Engine, case: Case, talk: Conversation, screens: int) -> Case:
    state = talk.states[min(screens, len(talk.states) - 1)]
    return replace(case, intake=state.intake(engine))


def questions_data(result: Interviewed) -> dict[str, Any]:
    """Give the counts of screens as plain data; a screen is what is seen at once, up to eight lines."""
    counts = sorted(len(t.screens) for t in result.talks)
    grave = [len(result.talks[i].screens) for i in result.emergencies]
    return {
        "median": median(counts),
        "p90": percentile(counts, 0.9),
        "emergency_screens_median": median(grave) if grave else 0,
        "lines_median": median(sum(len(s.questions) for s in t.screens) for t in result.talks),
        "curve": [{"screens": n, "urgency_exact": u, "cause_first": c} for n, u, c in result.curve],
        "urgency_differs": list(result.differs),
    }


def percentile(ordered: Sequence[int], share: float) -> int:
    """Give the smallest count that at least `share` of all do not exceed."""
    return ordered[max(0, ceil(share * len(ordered)) - 1)]


def show_interview(out: Out, result: Interviewed) -> None:
    """Print screens, accuracy beside that with all facts at once, and the curve."""
    data, n, told, whole = questions_data(result), len(result.talks), result.told, result.at_once
    out.heading("With the interview only")
    out.text(
        f"screens: median {data['median']:g}, 90th percentile {data['p90']}; lines: median {data['lines_median']:g}"
    )
    out.text(f"screens in {len(result.emergencies)} emergencies: median {data['emergency_screens_median']:g}")
    rows = [
        ("urgency exact", told.exact, whole.exact, n),
        ("urgency too low", told.too_low, whole.too_low, n),
        ("emergencies missed", told.emergencies_missed, whole.emergencies_missed, told.emergencies),
        *((f"accepted cause in first {k}", told.top[k], whole.top[k], told.with_conditions) for k in told.top),
    ]
    for label, asked, at_once, of in rows:
        out.columns((label, f"{asked} of {of}", f"all facts at once: {at_once}"), (26, 12))
    for screens, urgency, cause in result.curve:
        out.columns((f"after {screens} screens", f"urgency {urgency} of {n}", f"cause first {cause}"), (26, 18))
    out.text(f"Another urgency than with all facts: {', '.join(result.differs) or 'none'}.")
