"""From what was handed in to what is known: medicines and results become answers, formulas and scores fill theirs."""

from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cached_property

from crampwise.assess.assessment import Ask, Confirm, Statement
from crampwise.assess.engine import Engine
from crampwise.assess.formulas import Number, calculate
from crampwise.assess.intake import Intake
from crampwise.assess.labs import Result, intervals_for, latest, match_results, not_yet, whose
from crampwise.assess.medicines import Recognised, recognise
from crampwise.assess.units import UnitError, convert
from crampwise.book.schema.workup import Formula, FormulaInput, Score
from crampwise.interpret.person import evaluate
from crampwise.interpret.program import Results
from crampwise.interpret.world import Conflict, conflicts
from crampwise.logic import findings as kinds
from crampwise.logic.answers import Answers, Value
from crampwise.logic.errors import InputError, Problem
from crampwise.logic.truth import Truth

_PLACES = Decimal("0.000001")


@dataclass(frozen=True)
class Known:
    """Everything known of a person.

    Attributes:
        given: the answers, with those from medicines, results, formulas and scores. closed: with all that follows.
        results: lab entries matched to tests. medicines: typed names and what they were taken for.
        confirm: unusual combinations to be checked with the person.
        derived: where an answer that was not given directly comes from, in words.
        unknown: findings without a value.
        asked_by: for each finding the rules on which the person's own answer bears, see `Engine.asked_by`.
    """

    given: Answers
    closed: Answers
    results: tuple[Result, ...]
    medicines: tuple[Recognised, ...]
    confirm: tuple[Confirm, ...]
    derived: dict[str, str]
    unknown: frozenset[str]
    asked_by: Mapping[str, frozenset[str]]

    @cached_property
    def touched(self) -> frozenset[str]:
        """Keys of the rules of which the person has answered something."""
        unknown = self.unknown
        return frozenset().union(*[keys for f, keys in self.asked_by.items() if f not in unknown])

    @cached_property
    def opened(self) -> dict[str, Mapping[str, Ask]]:
        """Open questions of the rules that were looked at, by key."""
        return {}

    @cached_property
    def absent(self) -> frozenset[str]:
        """Yes/no findings that are known to be absent."""
        return frozenset([f for f, value in self.closed.values.items() if value is False])


def know(engine: Engine, intake: Intake) -> Known:
    """Work out everything that is known.

    Raises:
        InputError: answers, medicines or results contradict each other, or a result cannot be read.
    """
    problems: list[Problem] = []
    results = match_results(engine.book, intake.labs, problems)
    medicines = tuple(recognise(engine.book, said) for said in intake.medicines)
    values: dict[str, Value] = dict(intake.answers.values)
    derived: dict[str, str] = {}
    for recognised in medicines:
        for finding in recognised.findings:
            if values.get(finding) is False:
                where = intake.places.get(finding, "answers")
                remedy = "Answer yes, or take the medicine out of the list."
                problems.append(Problem(where, f"{finding} says no, but {recognised.said!r} is one.", remedy))
            values[finding] = True
            derived.setdefault(finding, recognised.said)
    for finding, result in latest(results, problems).items():
        if finding in values and values[finding] != result.value:
            remedy = "Keep one of them."
            problems.append(Problem(result.entry.where, f"{finding} is also answered, as {values[finding]}.", remedy))
        values[finding] = result.value
        derived[finding] = f"{result.entry.value} {result.entry.unit}"
    given = _computed(engine, Answers(values, intake.answers.not_sure), results, derived)
    run = engine.closing.run([(given, 1)])
    found = conflicts(engine.world, given) if _suspicious(engine, given, run) else []
    problems += [_contradiction(engine, c, intake) for c in found if c.certain]
    if problems:
        raise InputError(problems)
    confirm = tuple(_confirm(engine, c) for c in found)
    closed = engine.closed(given, run)
    unknown = frozenset(engine.book.catalogue.keys() - closed.values.keys())
    return Known(given, closed, tuple(results), medicines, confirm, derived, unknown, engine.asked_by)


def further_problems(engine: Engine, today: date, intake: Intake) -> list[Problem]:
    """Give what contradicts itself, cannot be read as a result, or is dated after today."""
    try:
        know(engine, intake)
    except InputError as error:
        return [*error.problems, *not_yet(intake.labs, today)]
    return not_yet(intake.labs, today)


def _suspicious(engine: Engine, given: Answers, run: Results) -> bool:
    """Whether the answers could contradict each other: an implication is broken, or something is given out of place."""
    out_of_place = (id_ for id_ in engine.world.who_for if given.get(id_) is not None and given.get(id_) is not False)
    return bool(run.conflict) or any(run.false[f"who_for/{id_}"] for id_ in out_of_place)


def _contradiction(engine: Engine, conflict: Conflict, intake: Intake) -> Problem:
    first, second = (f"{id_} ({engine.book.findings[id_].short.lower()})" for id_ in (conflict.first, conflict.second))
    where = intake.places.get(conflict.second) or intake.places.get(conflict.first, "answers")
    return Problem(where, f"{first} and {second} contradict each other.", "Correct one, or answer not_sure.")


def _confirm(engine: Engine, conflict: Conflict) -> Confirm:
    entry = engine.book.findings[conflict.second]
    cites = engine.phrase("confirm").cites
    return Confirm(entry.id, Statement(f"{engine.book.words.phrases['confirm']} {entry.short}.", entry.id, cites))


def _computed(engine: Engine, given: Answers, results: list[Result], derived: dict[str, str]) -> Answers:
    """Fill findings that formulas and scores compute, as long as anything new comes of it."""
    while True:
        new = dict(_new_values(engine, given, results))
        if not new:
            return given
        derived |= {id_: engine.book.findings[id_].computed_by for id_ in new}
        given = given.with_values(new)


def _new_values(engine: Engine, given: Answers, results: list[Result]) -> Iterator[tuple[str, Value]]:
    book = engine.book
    wanted = [f for f in book.formulas.values() if f.result and given.get(f.result) is None]
    scores = [s for s in book.scores.values() if given.get(s.result) is None]
    ready = [f for f in wanted if _has_inputs(f, given)]
    if not ready and not any(given.get(f) is not None for s in scores for f in _score_reads(engine, s)):
        return
    closed = engine.closed(given, engine.closing.run([(given, 1)]))
    for formula in ready:
        if formula.only_if is not None and evaluate(formula.only_if, closed) is not Truth.TRUE:
            continue
        value = _formula_value(engine, formula, closed, results)
        if value is not None and formula.result:
            yield from _fitting(engine, formula.result, value)
    for score in scores:
        truths = [evaluate(item.when, closed) for item in score.items]
        if Truth.UNKNOWN not in truths:
            points = sum(i.points for i, t in zip(score.items, truths, strict=True) if t is Truth.TRUE)
            yield from _fitting(engine, score.result, Decimal(points))


def _has_inputs(formula: Formula, given: Answers) -> bool:
    return any(i.finding for i in formula.inputs) and all(
        given.get(i.finding) is not None for i in formula.inputs if i.finding
    )


def _score_reads(engine: Engine, score: Score) -> tuple[str, ...]:
    return tuple(f for i in range(len(score.items)) for f in engine.reads[f"score/{score.id}/{i}"])


def _fitting(engine: Engine, finding_id: str, value: Decimal) -> Iterator[tuple[str, Value]]:
    finding = engine.book.catalogue[finding_id]
    if isinstance(finding, kinds.Number) and finding.low <= value <= finding.high:
        yield finding_id, value


def _formula_value(engine: Engine, formula: Formula, closed: Answers, results: list[Result]) -> Decimal | None:
    values: dict[str, Number] = dict(formula.parameters or {})
    for wanted in formula.inputs:
        value = _input(engine, wanted, closed, results)
        if value is None:
            return None
        values[wanted.name] = value
    with suppress(ArithmeticError):
        return Decimal(calculate(formula.expression, values)).quantize(_PLACES).normalize()
    return None


def _input(engine: Engine, wanted: FormulaInput, closed: Answers, results: list[Result]) -> Number | None:
    book = engine.book
    if wanted.formula:
        inner = _formula_value(engine, book.formulas[wanted.formula], closed, results)
        return None if inner is None else float(inner)
    if wanted.upper_limit_of:
        return _upper_limit(engine, wanted, closed, results)
    if not wanted.finding:
        return None
    finding, value = book.catalogue[wanted.finding], closed.get(wanted.finding)
    if isinstance(finding, kinds.Choice):
        return None if value is None else wanted.name.endswith(f"_{value}")
    if not isinstance(finding, kinds.Number) or not isinstance(value, Decimal):
        return value if isinstance(value, bool) else None
    conversions = [c for t in book.tests.values() if finding.id in t.results for c in t.conversions if not c.called]
    return float(convert(value, finding.unit, wanted.unit, conversions))


def _upper_limit(engine: Engine, wanted: FormulaInput, closed: Answers, results: list[Result]) -> float | None:
    """The report's own upper limit, or the book's; while the sex is not known, the lower of both, which is safer."""
    test = engine.book.tests[wanted.upper_limit_of or ""]
    own = [r.high for r in results if r.test is test and r.high is not None]
    if own:
        return float(own[-1])
    limits: list[float] = []
    for interval in intervals_for(test, None, whose(engine.book, closed)):
        if interval.high is not None:
            with suppress(UnitError):
                limits.append(float(convert(interval.high, interval.unit, wanted.unit, test.conversions)))
    return min(limits, default=None)
