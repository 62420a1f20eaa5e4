"""The heart of an assessment in a few kilobytes, for programs that ask often."""

from dataclasses import dataclass
from datetime import date

from crampwise.assess.assess import next_questions, weigh
from crampwise.assess.assessment import Ask, Flag, MedicineFound, Statement, Status, Urgency
from crampwise.assess.engine import engine_of
from crampwise.assess.intake import Intake
from crampwise.assess.listing import Listed
from crampwise.assess.medicines import describe
from crampwise.assess.plan import never, standing, suited_actions, suited_stretches, why_not
from crampwise.assess.workup import wanted
from crampwise.book.book import Book
from crampwise.book.schema.care import Condition
from crampwise.book.schema.common import Level


@dataclass(frozen=True)
class OpenFlag:
    """A red flag that the answers do not settle."""

    id: str
    level: Level


@dataclass(frozen=True)
class BriefCause:
    """A condition in the ranking: its probability, and the limits between which it lies in nine of ten draws."""

    id: str
    name: str
    clinical: str
    urgency: Level
    wording: str
    probability: float
    low: float
    high: float


@dataclass(frozen=True)
class BriefOffer:
    """An action or stretch; anything but `offered` must not be offered."""

    id: str
    title: str
    horizon: str
    status: Status


@dataclass(frozen=True)
class Brief:
    """What the book says about one person's answers, in brief.

    Attributes:
        urgency: use both ends. fired: red flags, the emergencies first. open: red flags that are not settled.
        tests: ids of tests to talk about. not_examined: findings that were set aside to rule a flag out.
    """

    book_version: str
    book_digest: str
    date: date
    urgency: Urgency
    fired: tuple[Flag, ...]
    open: tuple[OpenFlag, ...]
    ruled_out: tuple[str, ...]
    not_examined: tuple[str, ...]
    causes: tuple[BriefCause, ...]
    medicines: tuple[MedicineFound, ...]
    tests: tuple[str, ...]
    plan: tuple[BriefOffer, ...]
    never: tuple[Statement, ...]
    next_questions: tuple[Ask, ...]


def brief(book: Book, intake: Intake, today: date) -> Brief:
    """Assess one person, and leave out all words that explain: what `assess` says otherwise is the same."""
    engine = engine_of(book)
    weighed = weigh(engine, intake, today)
    known, results, flags, names = weighed.known, weighed.results, weighed.flags, engine.model.conditions
    plan, stretching = suited_actions(engine, known, results), suited_stretches(engine, known, results)
    told = {advice.entry.id: standing(advice, results) for advice in (*stretching, *plan)}
    held_back = (
        why
        for advice in (*plan, *stretching)
        if advice.horizon != "talk"
        for why in why_not(engine, advice, told[advice.entry.id].against)
    )
    shares = weighed.found.marginal
    return Brief(
        book_version=book.info.version,
        book_digest=book.digest,
        date=today,
        urgency=weighed.urgency,
        fired=flags.fired,
        open=tuple([OpenFlag(f.id, f.level) for f in flags.open]),
        ruled_out=tuple([f.id for f in flags.ruled_out]),
        not_examined=tuple(sorted({f for flag in flags.ruled_out for f in flag.not_examined})),
        causes=tuple(
            [_cause(book.conditions[names[one.index]], float(shares[one.index]), one) for one in weighed.listed]
        ),
        medicines=tuple(describe(engine, m) for m in known.medicines),
        tests=tuple(test.id for test, _ in wanted(engine, known, results)),
        plan=tuple(
            [BriefOffer(a.entry.id, a.entry.title, a.horizon, told[a.entry.id].status) for a in (*stretching, *plan)]
        ),
        never=never(engine, flags.fired, held_back),
        next_questions=next_questions(engine, known, flags.open),
    )


def _cause(c: Condition, share: float, one: Listed) -> BriefCause:
    limits = round(one.low, 6), round(one.high, 6)
    return BriefCause(c.id, c.name.plain, c.name.clinical, c.urgency, one.word, round(share, 6), *limits)
