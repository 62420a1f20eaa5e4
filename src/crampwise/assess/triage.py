"""Red flags and urgency: what is certain, what is still possible, and why."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from crampwise.assess.assessment import Ask, Flag, LabReading, Reason, RuledOut, Statement, Urgency
from crampwise.assess.engine import Engine
from crampwise.assess.known import Known
from crampwise.book.book import rank
from crampwise.book.schema.common import LEVELS, Level
from crampwise.interpret.person import reasons, trace
from crampwise.interpret.program import Results
from crampwise.interpret.prose import prose
from crampwise.logic.answers import Answers, Empty, Value
from crampwise.logic.findings import Choice, Finding
from crampwise.logic.rules import Rule

GIVEN, ALONE = 0, 1
"""Lanes of a run: the answers as given; and with every open examination and test finding set aside as not found."""


@dataclass(frozen=True)
class Triage:
    """Flags sorted by outcome, highest level first."""

    fired: tuple[Flag, ...]
    open: tuple[Flag, ...]
    ruled_out: tuple[RuledOut, ...]


def evaluate_rules(engine: Engine, known: Known) -> Results:
    """Run every rule: lane GIVEN as answered, lane ALONE with open examination and test findings set aside.

    What a test shows is not set aside once a result of that test is there: it may hold what is still to be worked out.
    """
    tested = {f for r in known.results for f in r.test.results}
    not_found = {f: v for f, v in engine.not_found.items() if f in known.unknown and f not in tested}
    return engine.program.run([(known.given, 1 << GIVEN | 1 << ALONE), (Answers(not_found), 1 << ALONE)])


def triage(engine: Engine, known: Known, results: Results) -> Triage:
    """Sort every red flag into fired, open and ruled out."""
    fired, still_open, ruled_out = [], [], []
    planes = results.both(engine.flag_keys)
    for (flag, all_open, all_clear), key, (true, false) in zip(
        engine.usual_flags, engine.flag_keys, planes, strict=True
    ):
        if true >> GIVEN & 1:
            fired.append(_with(all_open, reasons=reasons_of(engine, flag.when, known)))
        elif not false >> ALONE & 1:
            asks = open_asks(engine, key, known)
            still_open.append(all_open if asks is all_open.open_questions else _with(all_open, open_questions=asks))
        elif false >> GIVEN & 1:
            ruled_out.append(all_clear)
        else:
            ruled_out.append(RuledOut(flag.id, flag.level, flag.title, clinical_open(engine, key, known)))
    return Triage(tuple(fired), tuple(still_open), tuple(ruled_out))


def urgency(
    engine: Engine, triaged: Triage, likely: Iterable[tuple[str, Level]], results: Sequence[LabReading] = ()
) -> Urgency:
    """Give the urgency as an interval; likely conditions may raise it, nothing lowers it.

    Args:
        engine: gives the words.
        triaged: the flags.
        likely: ids and own urgency of conditions that are likely.
        results: test results as read; one outside its range demands the book's least urgency for that.
    """
    floor = result_floor(engine, results)
    by_flags = max((rank(f.level) for f in triaged.fired), default=0)
    raising = tuple(id_ for id_, level in likely if rank(level) > by_flags)
    certain = max([by_flags, floor, *(rank(level) for _, level in likely)])
    possible = max([certain, *map(rank, {f.level for f in triaged.open})])
    settled = certain == possible
    said = _words(engine, certain, settled, all(r.status == "normal" for r in results), triaged)
    if floor:
        said = (*said, engine.abnormal_result)
    return Urgency(LEVELS[certain], LEVELS[possible], settled, raising, said)


def result_floor(engine: Engine, results: Sequence[LabReading]) -> int:
    """Rank of the least urgency that test results outside their range demand."""
    least = engine.book.info.abnormal_result
    return rank(least) if least and any(r.status in ("low", "high") for r in results) else 0


def _words(engine: Engine, certain: int, settled: bool, calm: bool, triaged: Triage) -> tuple[Statement, ...]:
    """Say what to do; calming words only when nothing at all speaks against them (pol_reassure_last)."""
    level = LEVELS[certain]
    if certain == 0 and not settled:
        return (engine.phrase("no_level"), engine.phrase("not_finished"))
    said = [level_words(engine, level)]
    if not settled:
        said.append(engine.phrase("not_finished"))
    elif certain == 0 and calm:
        said += [engine.phrase("cleared"), engine.phrase("reassure")]
    if any(f.out_of_scope for f in triaged.fired):
        said.append(engine.phrase("out_of_scope"))
    return tuple(said)


def level_words(engine: Engine, level: Level) -> Statement:
    """Say what a level asks for."""
    words = next(w for w in engine.book.words.levels if w.level == level)
    return Statement(f"{words.title} {words.do}", f"words/levels/{level}", engine.phrase("cleared").cites)


def _with(f: Flag, reasons: tuple[Reason, ...] = (), open_questions: tuple[Ask, ...] = ()) -> Flag:
    return Flag(f.id, f.level, f.title, f.because, f.do, f.never, f.clinical, reasons, open_questions, f.out_of_scope)


def reasons_of(engine: Engine, rule: Rule, known: Known) -> tuple[Reason, ...]:
    """Give the answers that settled a rule, by the reference interpreter."""
    findings = {leaf.finding.id: leaf.finding for leaf in reasons(trace(rule, known.closed))}
    return tuple(reason_of(engine, finding, known) for finding in findings.values())


def reason_of(engine: Engine, finding: Finding, known: Known) -> Reason:
    """Put one answer into words."""
    said = answer_words(engine, finding, known.closed.get(finding.id))
    source = known.derived.get(finding.id)
    shown = f"{said} ({source})" if source and source != said else said
    return Reason(finding.id, engine.book.findings[finding.id].short, shown)


def answer_words(engine: Engine, finding: Finding, value: Value | None) -> str:
    """Put a value into words."""
    if value is None or value is Empty.EMPTY:
        return "not known" if value is None else "does not apply"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(finding, Choice):
        return engine.labels.options.get((finding.id, str(value)), str(value))
    unit = engine.labels.units.get(finding.id, "")
    return f"{value:f} {unit}".strip() if not isinstance(value, str) else value


def open_asks(engine: Engine, key: str, known: Known) -> tuple[Ask, ...]:
    """Questions that the person can answer and on which an open rule may still turn."""
    return tuple(open_questions(engine, key, known).values()) if key in known.touched else engine.own_asks[key]


def open_questions(engine: Engine, key: str, known: Known) -> Mapping[str, Ask]:
    """Give the same by finding; what rules ask alike is looked up once."""
    if key not in known.touched:
        return engine.own_questions[key]
    alike = engine.asking_alike[key]
    if alike not in known.opened:
        known.opened[alike] = {f: ask for f, ask in engine.own_questions[key].items() if f in known.unknown}
    return known.opened[alike]


def clinical_open(engine: Engine, key: str, known: Known) -> tuple[str, ...]:
    """Findings of an examination or test that are not known and on which a rule may turn."""
    return tuple(f for f in engine.clinical_reads[key] if f not in known.closed.values)


def rule_words(engine: Engine, rule: Rule) -> str:
    """Say a rule with the book's short labels."""
    return prose(rule, engine.labels)


def by_level(flags: Sequence[Flag], level: Level) -> tuple[Flag, ...]:
    """Pick the flags of one level."""
    return tuple(f for f in flags if f.level == level)
