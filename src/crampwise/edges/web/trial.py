"""Trials of one person: what to do today, whether the plan is kept, and at the end whether it helps."""

from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from fastapi import APIRouter
from starlette.exceptions import HTTPException
from starlette.responses import Response

from crampwise.edges.web.answering import field_of
from crampwise.edges.web.diary import day_of, here_alarms
from crampwise.edges.web.trial_plan import barred_from
from crampwise.edges.web.whose import Opened, TheDiary, TheForm
from crampwise.followup.analysis import TrialResult, analyse, stop_early
from crampwise.followup.charts import trial_charts
from crampwise.followup.current import last_day
from crampwise.followup.design import Design, arm_of, design_from
from crampwise.followup.records import TrialRecord
from crampwise.followup.reminders import calendar
from crampwise.followup.report import report
from crampwise.logic.errors import InputError

router = APIRouter(include_in_schema=False)
_ASKED_DAYS = 3
_MOST_REASON = 500


@dataclass(frozen=True, slots=True)
class Kept:
    """A day of the trial on which may be said whether the plan was kept."""

    day: date
    number: int
    arm: str
    said: bool | None


@router.get("/trial")
def trials(here: TheDiary) -> Response:
    """The trials of this person, and the way to a new one."""
    listed = [(t, here.book.actions[t.action].title, last_day(t)) for t in here.diary.trials[::-1]]
    running = [row for row in listed if not _over(here, row[0])]
    over = [row for row in listed if _over(here, row[0])]
    return here.page("trial.html", running=running, over=over, alarms=here_alarms(here), today=here.today)


@router.get("/trial/{id_}")
def one(id_: str, here: TheDiary) -> Response:
    """One trial: today's part of it while it runs, the result when it is over."""
    record, design = _trial(here, id_)
    result = _result(here, record, design)
    action = here.book.actions[record.action]
    values: dict[str, Any] = {
        "record": record,
        "r": result,
        "design": design,
        "action": action,
        "say": here.book.followup.phrases,
    }
    if _over(here, record):
        items = report(here.book, record, result)
        return here.page("trial_result.html", items=items, charts=trial_charts(here.book, result), **values)
    return here.page(
        "trial_running.html", block=arm_of(design, here.today), today=here.today, alarms=here_alarms(here),
        stop=stop_early(here.book.followup, result), days=_days(here, record, design),
        barred=barred_from(here, record.action), **values,
    )  # fmt: skip


@router.get("/trial/{id_}/calendar.ics")
def reminders(id_: str, here: TheDiary) -> Response:
    """Reminders that calendars can read."""
    record, design = _trial(here, id_)
    text = calendar(design, here.book.actions[record.action], here.book.followup, record.id, here.today)
    headers = {"Content-Disposition": 'attachment; filename="reminders.ics"'}
    return Response(text, media_type="text/calendar; charset=utf-8", headers=headers)


@router.post("/trial/{id_}/kept")
def kept(id_: str, here: TheDiary, form: TheForm) -> Response:
    """Write down whether the plan of a day was kept."""
    record, design = _trial(here, id_)
    day, answer = day_of(field_of(form, "day"), here.today), field_of(form, "answer")
    if arm_of(design, day) is None or answer not in ("yes", "no") or _over(here, record):
        raise HTTPException(400)
    here.save("trials", replace(record, kept={**record.kept, day: answer == "yes"}))
    return here.web.go(f"/trial/{id_}")


@router.post("/trial/{id_}/stop")
def stop(id_: str, here: TheDiary, form: TheForm) -> Response:
    """End a trial before its time; one that is over stays as it is."""
    record, _ = _trial(here, id_)
    if not _over(here, record):
        reason = "".join(c for c in field_of(form, "reason") if c.isprintable())[:_MOST_REASON]
        here.save("trials", replace(record, ended=here.today, reason=reason))
    return here.web.go(f"/trial/{id_}")


@router.post("/trial/{id_}/remove")
def remove(id_: str, here: TheDiary) -> Response:
    """Take a trial away; one that is gone already stays so."""
    try:
        here.store.remove(here.person, "trials", id_)
    except InputError:
        return here.web.go("/trial")
    return here.web.go("/trial")


def finished(here: Opened) -> tuple[TrialResult, ...]:
    """Give the result of the last trial that is over, if there is one."""
    over = [t for t in here.diary.trials if _over(here, t)]
    return tuple(_result(here, t, design_from(t.action, t.start, t.plan)) for t in over[-1:])


def _trial(here: Opened, id_: str) -> tuple[TrialRecord, Design]:
    record = next((t for t in here.diary.trials if t.id == id_), None)
    if record is None:
        raise HTTPException(404)
    return record, design_from(record.action, record.start, record.plan)


def _over(here: Opened, record: TrialRecord) -> bool:
    return record.ended is not None or here.today > last_day(record)


def _result(here: Opened, record: TrialRecord, design: Design) -> TrialResult:
    followup, today = here.book.followup, here.today
    return here.made(("trial", record.id, today), lambda diary: analyse(followup, design, record, diary, today))


def _days(here: Opened, record: TrialRecord, design: Design) -> list[Kept]:
    """The last days of the trial, today first."""
    found = []
    for number in range(here.today.toordinal(), here.today.toordinal() - _ASKED_DAYS, -1):
        day = date.fromordinal(number)
        block = arm_of(design, day)
        if block is not None:
            found.append(Kept(day, number, block.arm, record.kept.get(day)))
    return found
