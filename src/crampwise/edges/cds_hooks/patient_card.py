"""The card of an opened chart: how urgent, why, what may be behind it, which tests are missing, from which sources."""

from crampwise.assess.assessment import Assessment, Flag
from crampwise.book.book import rank
from crampwise.book.schema.common import Entry
from crampwise.book.schema.hooks import CdsService
from crampwise.book.schema.workup import Test
from crampwise.edges.cds_hooks.cards import Card, Maker, indicator_of, plainly
from crampwise.edges.cds_hooks.chart import Chart
from crampwise.interpret.person import evaluate
from crampwise.logic.errors import InputError
from crampwise.logic.truth import Truth

_MOST_FLAGS, _MOST_CAUSES, _MOST_TESTS, _MOST_QUESTIONS = 5, 3, 5, 4
_SHOWN = ("likely", "possible", "must_not_miss")


def patient_cards(maker: Maker, service: CdsService, chart: Chart) -> list[Card]:
    """Give the card of a patient with cramps, or with a red flag high enough; otherwise none."""
    try:
        complains = evaluate(service.complaint, chart.known.closed) is Truth.TRUE
        found = chart.assessment
    except InputError:
        said = maker.text("card_contradiction")
        return [maker.card("contradiction", said, [said], "warning", (), ())]
    grave = [f for f in found.fired if service.least and rank(f.level) >= rank(service.least)]
    return [_card(maker, chart, found, complains)] if complains or grave else []


def _card(maker: Maker, chart: Chart, found: Assessment, complains: bool) -> Card:
    book = maker.engine.book
    tests = _missing(chart, found)
    causes = [c for c in found.causes if c.wording in _SHOWN][:_MOST_CAUSES] if complains else []
    detail = [*_urgency(maker, found), *(_flag(maker, f) for f in found.fired[:_MOST_FLAGS])]
    if causes:
        detail.append(f"**{maker.text('card_causes')}**")
        detail += [f"- {plainly(c.clinical)}: {c.wording.replace('_', ' ')}" for c in causes]
    if tests:
        detail.append(f"**{maker.text('card_tests')}**")
        detail += [f"- {plainly(t.name)}" for t in tests]
    if found.next_questions:
        detail.append(f"**{maker.text('card_ask')}**")
        asked = found.next_questions[:_MOST_QUESTIONS]
        detail += [f"- {plainly(book.findings[a.finding].clinical)}" for a in asked]
    entries: list[Entry] = [book.red_flags[f.id] for f in found.fired[:_MOST_FLAGS]]
    entries += [book.conditions[c.id] for c in causes]
    level = found.urgency.at_least
    return maker.card(
        f"urgency:{level}", _summary(maker, found, complains), detail, indicator_of(level), entries, tests
    )


def _summary(maker: Maker, found: Assessment, complains: bool) -> str:
    level = found.urgency.at_least
    if not complains:
        return maker.text("card_flag", level=maker.level(level))
    if found.urgency.settled:
        return maker.text("card_urgency", level=maker.level(level))
    if rank(level) == 0:
        return maker.text("card_urgency_open")
    return maker.text("card_urgency_least", level=maker.level(level))


def _urgency(maker: Maker, found: Assessment) -> list[str]:
    """The level, unless nothing is certain yet; and what is open."""
    said = (
        [] if rank(found.urgency.at_least) == 0 and not found.urgency.settled else [maker.level(found.urgency.at_least)]
    )
    if not found.urgency.settled:
        level = maker.level(found.urgency.at_most)
        said.append(maker.text("card_not_settled", open=len(found.open), level=level))
    return [plainly(line) for line in said]


def _flag(maker: Maker, flag: Flag) -> str:
    why = plainly(maker.engine.book.red_flags[flag.id].why)
    reasons = ", ".join(dict.fromkeys(f"{r.label}: {r.answer}" for r in flag.reasons))
    return f"- **{plainly(maker.engine.book.red_flags[flag.id].name)}** ({plainly(reasons)}). {why}"


def _missing(chart: Chart, found: Assessment) -> list[Test]:
    """Tests that are proposed and that the record holds no recent result of."""
    read = {lab.test for lab in found.labs}
    tests = (chart.engine.book.tests[t.id] for t in found.tests if t.id not in read)
    return [t for t in tests if t.loinc][:_MOST_TESTS]
