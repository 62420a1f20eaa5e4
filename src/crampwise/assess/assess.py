"""assess(book, intake, today): everything the book says about one person."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import partial
from itertools import islice

from crampwise.assess.assessment import Ask, Assessment, Cause, Flag, LabReading, Statement, Urgency
from crampwise.assess.causes import Differential, differential, explained, likely_conditions, ranked
from crampwise.assess.changes import changes
from crampwise.assess.engine import Engine, engine_of
from crampwise.assess.intake import Intake
from crampwise.assess.known import Known, know
from crampwise.assess.labs import not_yet, read_computed, read_result, unknown_results, whose
from crampwise.assess.listing import Listed
from crampwise.assess.medicines import describe
from crampwise.assess.plan import actions, never, stretches, withheld
from crampwise.assess.triage import GIVEN, Triage, evaluate_rules, result_floor, triage, urgency
from crampwise.assess.workup import examination, no_tests, outcomes, tests
from crampwise.book.book import Book, rank
from crampwise.interpret.program import Results
from crampwise.logic.errors import InputError

_MOST_QUESTIONS = 12
_LEADING = 3


@dataclass(frozen=True)
class Weighed:
    """What everything that is said to a person rests on.

    Attributes:
        known: what is known. results: the truth of every rule. flags: the red flags sorted out.
        found: the differential. listed: the conditions worth showing. labs: every result as read.
    """

    known: Known
    results: Results
    flags: Triage
    found: Differential
    listed: tuple[Listed, ...]
    labs: tuple[LabReading, ...]
    urgency: Urgency


def weigh(engine: Engine, intake: Intake, today: date) -> Weighed:
    """Work out the urgency and the causes of one person; for the arguments see `assess`."""
    if future := not_yet(intake.labs, today):
        raise InputError(future)
    known = know(engine, intake)
    results = evaluate_rules(engine, known)
    flags = triage(engine, known, results)
    found = differential(engine, known, results)
    labs = _labs(engine, known, intake)
    urgent = urgency(engine, flags, likely_conditions(engine, found), labs)
    return Weighed(known, results, flags, found, ranked(engine, found, results), labs, urgent)


def assess(book: Book, intake: Intake, today: date) -> Assessment:
    """Assess one person.

    Args:
        book: the content.
        intake: what the person handed in, already checked.
        today: the day of the assessment; the core reads no clock.

    Raises:
        InputError: answers, medicines or results contradict each other or cannot be read, or are dated later.
    """
    engine = engine_of(book)
    weighed = weigh(engine, intake, today)
    known, results, flags, found = weighed.known, weighed.results, weighed.flags, weighed.found
    causes = explained(engine, known, found, weighed.listed)
    plan = actions(engine, known, results)
    stretching = stretches(engine, known, results)
    proposed = tests(engine, known, results)
    told = _told(
        engine,
        [*(f.id for f in flags.fired), *(c.id for c in causes), *(o.id for o in plan), *(t.id for t in proposed)],
    )
    level, floor = rank(weighed.urgency.at_least), result_floor(engine, weighed.labs)
    return Assessment(
        book_version=book.info.version,
        book_digest=book.digest,
        date=today,
        urgency=weighed.urgency,
        emergencies=tuple(f for f in flags.fired if f.level == "emergency_now"),
        fired=flags.fired,
        open=flags.open,
        ruled_out=flags.ruled_out,
        causes=causes,
        medicines=tuple(describe(engine, m) for m in known.medicines),
        combinations=_combinations(engine, results),
        labs=weighed.labs,
        tests=proposed,
        no_tests=no_tests(engine, proposed, results),
        examination=examination(engine, known, _still_matters(engine, flags, causes)),
        plan=plan,
        stretches=stretching,
        never=never(engine, flags.fired, withheld((*plan, *stretching))),
        disagreements=told[0],
        corrections=told[1],
        confirm=known.confirm,
        next_questions=next_questions(engine, known, flags.open),
        safety_net=_safety_net(engine),
        notices=_notices(engine, known, flags),
        find_outcomes=partial(outcomes, engine, found, tuple(t.id for t in proposed)),
        find_changes=partial(changes, engine, known, found, level, floor),
    )


def _labs(engine: Engine, known: Known, intake: Intake) -> tuple[LabReading, ...]:
    """Every result as read, those worked out from them, and those of tests that the book does not hold."""
    person = whose(engine.book, known.closed)
    given = [read_result(engine, r, person) for r in known.results]
    worked_out = read_computed(engine, known.given, known.derived, person) if known.results else []
    return (*given, *worked_out, *unknown_results(engine, intake.labs))


def _combinations(engine: Engine, results: Results) -> tuple[Statement, ...]:
    fired = (c for c in engine.book.combinations.values() if results.true[f"combination/{c.id}"] >> GIVEN & 1)
    return tuple(engine.say(c.plain, c) for c in fired)


def _still_matters(engine: Engine, flags: Triage, causes: tuple[Cause, ...]) -> frozenset[str]:
    """Findings that decide: those of fired flags, those set aside to clear one, those of the leading causes."""
    read = {f for flag in flags.fired for f in engine.reads[f"red_flag/{flag.id}"]}
    aside = {f for r in flags.ruled_out for f in r.not_examined}
    return frozenset(read | aside).union(*(engine.tells[cause.id] for cause in causes[:_LEADING]))


def next_questions(engine: Engine, known: Known, still_open: tuple[Flag, ...]) -> tuple[Ask, ...]:
    """The questions that matter most: those of the emergency screen first, then those of the gravest open flags."""
    keys, asked_by = {f"red_flag/{flag.id}" for flag in still_open}, engine.asked_by
    wanted = (f for f in engine.ask_order if f in known.unknown and not keys.isdisjoint(asked_by.get(f, ())))
    return tuple(engine.asks[f] for f in islice(wanted, _MOST_QUESTIONS))


def _told(engine: Engine, shown: list[str]) -> tuple[tuple[Statement, ...], tuple[Statement, ...]]:
    """Disagreements and corrections that belong beside what is shown."""
    ids = dict.fromkeys(s for id_ in shown for s in engine.settled_with.get(id_, ()))
    disagreements: list[Statement] = []
    corrections: list[Statement] = []
    for id_ in ids:
        kind = engine.book.settled[id_].kind
        (disagreements if kind == "disagreement" else corrections).append(engine.settled[id_])
    return tuple(disagreements), tuple(corrections)


def _safety_net(engine: Engine) -> tuple[Statement, ...]:
    words = engine.book.words
    cites = engine.safety_net_cites
    return tuple(Statement(text, "words/safety_net", cites) for text in words.safety_net)


def _notices(engine: Engine, known: Known, flags: Triage) -> tuple[Statement, ...]:
    """What the reader should know about the result as a whole."""
    notices = []
    if any(r.not_examined for r in flags.ruled_out):
        notices.append(engine.phrase("not_examined"))
    age = known.closed.get("age_years")
    if isinstance(age, Decimal) and age < engine.book.info.adult_from_years:
        notices.append(engine.phrase("child"))
    if known.medicines:
        words = engine.book.words
        notices.append(Statement(words.urgent_medicine, "words/urgent_medicine", engine.phrase("do_not_stop").cites))
    return tuple(notices)
