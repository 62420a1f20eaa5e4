"""A result made ready for a page: what is said first, what waits for an answer, and what a drawing needs."""

from dataclasses import dataclass
from itertools import groupby
from typing import Any

from crampwise.assess.assessment import Ask, Assessment, Cause, Change, Offer, Statement
from crampwise.assess.engine import Engine
from crampwise.assess.triage import level_words
from crampwise.assess.wording import change_target, lab_text, listed, share, waiting
from crampwise.book.schema.common import Level
from crampwise.book.schema.findings import ScreenItem
from crampwise.edges.web.bound import Bound, bound_of
from crampwise.edges.web.sofar import SoFar

HORIZONS = ("now", "tonight", "this_month")
_WAITING, _OPEN, _PER_KIND = 5, 5, 2


@dataclass(frozen=True)
class Bar:
    """One cause as it is drawn: percent, and the limits between which it lies; and the same in words."""

    cause: Cause
    percent: float
    low: float
    high: float
    share: str
    not_apart: str
    together: str


@dataclass(frozen=True)
class Shown:
    """One result for one reader.

    Attributes:
        level: the urgency shown; never below what an unexplained danger sign demands.
        grave: an emergency, or a danger sign that is not explained; then no home care is offered.
        say: what that means. unclear: danger signs said yes to without saying which part, with their level.
        bars: causes. offers: by horizon. waiting: questions that offers wait for. open_asks: what to answer next.
    """

    result: Assessment
    level: Level
    grave: bool
    say: tuple[Statement, ...]
    bound: Bound
    unclear: tuple[tuple[ScreenItem, Level], ...]
    bars: tuple[Bar, ...]
    offers: dict[str, list[Offer]]
    withheld: list[Offer]
    waiting: list[tuple[Ask, str]]
    open_asks: tuple[Ask, ...]
    open_count: int
    raised_by: list[str]
    labs: list[tuple[str, Any]]


def shown(engine: Engine, so_far: SoFar) -> Shown:
    """Make a result ready for a page."""
    words, result, bound = engine.book.words, so_far.result, bound_of(engine, so_far)
    grave = bound.level == "emergency_now" or so_far.danger or bool(so_far.unclear)
    say = result.urgency.say
    if bound.level != result.urgency.at_least:
        say = (level_words(engine, bound.level), *(s for s in say if s.about == "words/not_finished"))
    elif so_far.danger and bound.level == "self_care":
        say = (engine.phrase("danger_said"), *say[1:])
    given = [o for o in result.plan if o.status in ("offered", "information") and not grave]
    offers = {h: [o for o in given if o.horizon == h] for h in (*HORIZONS, "talk")}
    cramp = [o for o in result.stretches if "cramp" in o.horizon and o.status == "offered"]
    offers["now"] = [] if grave else [*cramp, *offers["now"]]
    conditions = engine.book.conditions
    return Shown(
        result=result,
        level=bound.level,
        grave=grave,
        say=say,
        bound=bound,
        unclear=so_far.unclear,
        bars=tuple(_bar(engine, c) for c in result.causes),
        offers=offers,
        withheld=[o for o in result.plan if o.status == "withheld"],
        waiting=[(ask, listed(words, titles)) for ask, titles in waiting(result)[:_WAITING] if not grave],
        open_asks=result.next_questions[:_OPEN],
        open_count=len({a.finding for f in result.open for a in f.open_questions}),
        raised_by=[conditions[c].name.plain for c in result.urgency.raised_by],
        labs=[(lab_text(words, lab), lab) for lab in result.labs],
    )


def _bar(engine: Engine, cause: Cause) -> Bar:
    conditions, words = engine.book.conditions, engine.book.words
    names = listed(words, [conditions[c].name.plain for c in cause.apart_from])
    together = conditions[cause.together].name.plain if cause.together else ""
    percent, low, high = (round(100 * p, 1) for p in (cause.probability, cause.low, cause.high))
    return Bar(cause, percent, low, high, share(words, cause), names, together)


@dataclass(frozen=True)
class Turn:
    """An answer, or two, that would change the result, in words."""

    says: str
    asks: tuple[str, ...]


def turns(engine: Engine, result: Assessment) -> list[Turn]:
    """Say what would change a result; it takes a moment, as many other answers are tried."""
    found = []
    for _, group in groupby(sorted(result.changes, key=lambda c: c.kind), key=lambda c: c.kind):
        found += [_turn(engine, c) for c in list(group)[:_PER_KIND]]
    return found


def _turn(engine: Engine, change: Change) -> Turn:
    phrases = engine.book.words.phrases
    name = {"raises_urgency": "raises", "lowers_urgency": "lowers", "swaps_first_cause": "swaps"}[change.kind]
    template = phrases[name if len(change.answers) == 1 else f"{name}_both"]
    answer = f" {phrases['and']} ".join(a.answer for a in change.answers)
    return Turn(template.format(answer=answer, to=change_target(engine, change)), tuple(a.ask for a in change.answers))
