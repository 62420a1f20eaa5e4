"""The diary: a cramp in one tap, the last days at a glance, and everything that can be reached from there."""

from collections import Counter
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from operator import itemgetter
from typing import Any

from fastapi import APIRouter
from starlette.datastructures import FormData
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from crampwise.assess.engine import Engine
from crampwise.book.book import Book
from crampwise.book.schema.care import Muscle
from crampwise.edges.web.answering import field_of
from crampwise.edges.web.diary_forms import id_of, new_id
from crampwise.edges.web.web import the_session, the_web
from crampwise.edges.web.whose import (
    ClosedError,
    Opened,
    TheDiary,
    TheForm,
    Whose,
    clock,
    open_diary,
    the_keeper,
    tie,
    whose_of,
    with_offset,
)
from crampwise.followup.patterns import Alarm, alarms
from crampwise.followup.records import Day, Diary, Episode, diary_day
from crampwise.interview.state import Question, forget

router = APIRouter(include_in_schema=False)
_BUTTONS, _DAYS, _UNFINISHED, _LOOK_BACK = 6, 7, 3, 3
_ORDER_BY = 100
_MOST_WAITING = 20
_SAME = timedelta(minutes=2)
_PER_PAGE = 40
_THE_DAY, _A_MEDICINE = 10**9, 10**9 + 1


@dataclass(frozen=True, slots=True)
class Line:
    """One day at a glance: how many cramps, whether it was called free, and the number of its page."""

    day: date
    number: int
    cramps: int
    free: bool
    context: bool

    @property
    def silent(self) -> bool:
        """Whether nothing tells if there was a cramp."""
        return not self.cramps and not self.free


@router.get("/diary")
def overview(here: TheDiary) -> Response:
    """The diary at a glance; the first thing on it writes down a cramp."""
    diary = here.diary
    now = diary_day(here.now, here.hour)
    lines = _lines(here, [now - timedelta(days=i) for i in range(_DAYS)])
    yesterday = here.today - timedelta(days=1)
    since = here.now - timedelta(days=_LOOK_BACK)
    unfinished = [e for e in diary.episodes if e.start >= since and e.open_fields][: -_UNFINISHED - 1 : -1]
    return here.page(
        "diary.html", id=new_id(), muscles=_usual(here.book, diary), lines=lines, now=now,
        last_night=next((line for line in lines if line.day == yesterday and line.silent), None),
        unfinished=unfinished, alarms=here_alarms(here), count=len(diary.episodes), words=words_of, person=here.person,
        locked=here.store.locked,
    )  # fmt: skip


@router.post("/diary/now")
def now(request: Request, form: TheForm) -> Response:
    """Write down a cramp in one tap. While the diary is locked it waits in the cookie, so that it is not lost."""
    web, whose = the_web(request), with_offset(whose_of(request), form)
    muscle = field_of(form, "muscle")
    if muscle not in web.book.muscles:
        raise HTTPException(400)
    try:
        here = open_diary(request, the_session(request), whose)
    except ClosedError:
        at = clock(the_keeper(request), whose)
        return tie(web, web.go("/diary/open"), replace(whose, waiting=_waiting(whose, muscle, at)))
    episode = _tapped(here, form, muscle)
    here.save("episodes", episode)
    return tie(web, web.go(f"/diary/cramp/{episode.id}"), whose)


@router.post("/diary/free")
def free(here: TheDiary, form: TheForm) -> Response:
    """Write down that a day and the night after it had no cramp."""
    day = day_of(field_of(form, "day"), here.today)
    if day not in here.diary.episode_days(here.hour):
        known = here.diary.by_day.get(day, Day(day=day))
        here.save("days", replace(known, cramp_free=True))
    return here.web.go("/diary")


@router.get("/diary/entries/{page}")
def entries(page: int, here: TheDiary) -> Response:
    """Every entry, the newest first, some on each page."""
    listed = here.made("entries", lambda diary: _listed(here, diary))
    pages = max(1, -(-len(listed) // _PER_PAGE))
    if not 1 <= page <= pages:
        raise HTTPException(404)
    some = listed[(page - 1) * _PER_PAGE : page * _PER_PAGE]
    shown = [(day, *_told(here, day, rank, entry)) for day, rank, entry in some]
    return here.page("diary_entries.html", shown=shown, number=page, pages=pages, total=len(listed))


@router.post("/diary/recheck")
def recheck(here: TheDiary) -> Response:
    """Open the check again with the questions that the patterns in the diary raise."""
    session, found = here.session, here_alarms(here)
    if not found or session.expired:
        return here.web.go("/check")
    keys = _still_asked(here.web.engine, tuple(dict.fromkeys(k for a in found for k in a.pattern.asks)))
    state = session.state
    for key in keys:
        state = forget(state, Question("finding", key, ""))
    steps = (*session.steps, (found[0].pattern.title, *keys))
    return here.web.go(f"/check/{len(steps)}", replace(session, state=state, steps=steps))


def here_alarms(here: Opened) -> tuple[Alarm, ...]:
    """Give the patterns in the diary that open the check again."""
    return here.made(("alarms", here.today), lambda diary: alarms(here.book, diary, here.today))


def words_of(book: Book, episode: Episode) -> str:
    """Say where a cramp was."""
    places = ", ".join(book.muscles[m].title for m in episode.muscles) or "Place not said"
    return f"{places}, {episode.side}" if episode.side else places


def day_of(text: str, today: date) -> date:
    """Read the number of a day's page.

    Raises:
        HTTPException: 404, it is no day, or one that lies ahead.
    """
    try:
        day = date.fromordinal(int(text))
    except (ValueError, OverflowError):
        raise HTTPException(404) from None
    if day > today or day.year < 1900:
        raise HTTPException(404)
    return day


def _still_asked(engine: Engine, keys: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(k for k in keys if k in engine.patient)


def _waiting(whose: Whose, muscle: str, at: datetime) -> tuple[tuple[str, str, str], ...]:
    """The cramps that wait, with this one; two quick taps on a place are one cramp."""
    if any(held == muscle and at - datetime.fromisoformat(then) < _SAME for _, held, then in whose.waiting):
        return whose.waiting
    return (*whose.waiting, (new_id(), muscle, at.isoformat()))[-_MOST_WAITING:]


def _tapped(here: Opened, form: FormData, muscle: str) -> Episode:
    """The cramp of a tap; the same tap twice is one cramp, a later one from the same page is another."""
    known = {e.id: e for e in here.diary.episodes[-_ORDER_BY:]}
    id_, at = id_of(form), here.now
    before = known.get(id_)
    if before is not None:
        if before.muscles == (muscle,) and at - before.start < _SAME:
            return before
        id_ = new_id()
    return Episode(id=id_, start=at, muscles=(muscle,))


def _usual(book: Book, diary: Diary) -> tuple[list[Muscle], list[Muscle]]:
    """The places of this person's cramps first, then those of the book; and the rest of them."""
    often = Counter(m for e in diary.episodes[-_ORDER_BY:] for m in e.muscles)
    order = [*(m for m, _ in often.most_common()), *book.muscles]
    found = [book.muscles[m] for m in dict.fromkeys(order) if m in book.muscles]
    return found[:_BUTTONS], found[_BUTTONS:]


def _told(here: Opened, day: date, rank: int, entry: Any) -> tuple[str, Any]:
    """What the list shows of one entry."""
    if rank == _THE_DAY:
        return "day", _line(day, 0, entry)
    return ("medicine", entry) if rank == _A_MEDICINE else ("cramp", (entry, words_of(here.book, entry)))


def _lines(here: Opened, days: list[date]) -> list[Line]:
    diary = here.diary
    cramps = Counter(diary.episode_days(here.hour))
    return [_line(d, cramps[d], diary.by_day.get(d)) for d in days]


def _line(day: date, cramps: int, known: Day | None) -> Line:
    context = known is not None and replace(known, cramp_free=None) != Day(day=day)
    return Line(day, day.toordinal(), cramps, bool(known and known.cramp_free and not cramps), context)


def _listed(here: Opened, diary: Diary) -> list[tuple[date, int, Any]]:
    """Days with what belongs to them, the newest first: (day, rank, entry); of a day first medicines, then the day."""
    rows: list[tuple[date, int, Any]] = [(d.day, _THE_DAY, d) for d in diary.days]
    rows += zip(diary.episode_days(here.hour), range(len(diary.episodes)), diary.episodes, strict=True)
    rows += [(m.day, _A_MEDICINE, m) for m in diary.medicines]
    rows.sort(key=itemgetter(0, 1), reverse=True)
    return rows
