"""What the diary says: numbers, pictures with their tables, and answers that it can give to the check."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from fastapi import APIRouter
from starlette.datastructures import FormData
from starlette.exceptions import HTTPException
from starlette.responses import Response

from crampwise.edges.web.asking import said_before, value_words
from crampwise.edges.web.check import in_words
from crampwise.edges.web.diary import here_alarms
from crampwise.edges.web.whose import Opened, TheDiary, TheForm
from crampwise.followup.charts import diary_charts
from crampwise.followup.prefill import Suggested, suggest
from crampwise.followup.records import Diary
from crampwise.followup.summary import Summary, summarise
from crampwise.followup.svg import Chart
from crampwise.interview.state import Question, Said, record
from crampwise.logic.errors import InputError

router = APIRouter(include_in_schema=False)
_YEAR = 365
_EARLIEST = date(1900, 1, 1)


@dataclass(frozen=True, slots=True)
class Offered:
    """An answer that the diary can give: the question, the answer in words, and what was said before if anything."""

    answer: Suggested
    ask: str
    words: str
    before: str


@router.get("/diary/numbers")
def numbers(here: TheDiary) -> Response:
    """The last half year."""
    return _numbers(here, "")


@router.get("/diary/numbers/{span}")
def longer(span: str, here: TheDiary) -> Response:
    """The last year, or all of it."""
    if span not in ("year", "all"):
        raise HTTPException(404)
    return _numbers(here, span)


@router.get("/diary/answers")
def answers(here: TheDiary) -> Response:
    """Which questions of the check the diary can answer; nothing is used before the person says so."""
    return here.page("diary_answers.html", offered=_offered(here), problems=[])


@router.post("/diary/answers")
def use(here: TheDiary, form: TheForm) -> Response:
    """Put the answers that were ticked into the check, on a screen of their own."""
    session, engine = here.session, here.web.engine
    ticked = [o.answer for o in _offered(here) if _ticked(form, o.answer.finding)]
    if not ticked:
        return here.web.go("/check")
    said: dict[Question, Said] = {Question("finding", a.finding, ""): a.value for a in ticked}
    try:
        state = record(engine, replace(session, expired=False).state, said)
    except InputError as error:
        problems = [in_words(engine, p) for p in error.problems]
        return here.page("diary_answers.html", 422, offered=_offered(here), problems=problems)
    keys = tuple(a.finding for a in ticked)
    steps = (*(s for s in session.steps if s[1:] != keys), ("From your diary", *keys))
    return here.web.go("/check/answers", replace(session, state=state, steps=steps, expired=False))


def summary_of(here: Opened, span: str = "") -> Summary:
    """Summarise the diary up to today, once for each state of it."""
    today = here.today
    first = {"": None, "year": today - timedelta(days=_YEAR - 1), "all": _EARLIEST}[span]

    def make(diary: Diary) -> Summary:
        return summarise(here.book, diary, today, first)

    return here.made(("summary", today, span), make)


def _numbers(here: Opened, span: str) -> Response:
    summary = summary_of(here, span)
    charts: Sequence[Chart] = here.made(("charts", here.today, span), lambda _: diary_charts(summary))
    hours = summary.hours
    most = max(range(24), key=hours.__getitem__)
    return here.page(
        "diary_numbers.html", s=summary, charts=charts, span=span, alarms=here_alarms(here), most=most,
        phrases_of=here.book.followup.phrases,
    )  # fmt: skip


def _offered(here: Opened) -> list[Offered]:
    book, engine, state = here.book, here.web.engine, here.session.state
    found = here.made(("suggest", here.today), lambda diary: suggest(book, diary, here.today))
    listed = []
    for a in found:
        before = said_before(state, a.finding)
        words = "Yes" if a.value is True else value_words(engine, a.finding, str(a.value))
        said = "" if not before else value_words(engine, a.finding, before)
        listed.append(Offered(a, book.findings[a.finding].ask, words, "" if said.lower() == words.lower() else said))
    return listed


def _ticked(form: FormData, finding: str) -> bool:
    sent: list[Any] = form.getlist("use")
    return finding in sent
