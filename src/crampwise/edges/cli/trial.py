"""`crampwise trial`: find out whether something helps this person."""

import secrets
import uuid
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import click

from crampwise.assess.engine import engine_of
from crampwise.assess.intake import Intake, read_intake
from crampwise.assess.plain import to_plain
from crampwise.book.book import Book
from crampwise.edges.cli.assess import plain_option
from crampwise.edges.cli.diary_page import PageOut
from crampwise.edges.cli.diary_show import charts_option, html_option, write_charts
from crampwise.edges.cli.diary_store import Opened, Place, a_day, opened, place_options
from crampwise.edges.cli.files import json_option, print_json, read_document, write_whole
from crampwise.edges.cli.out import Out
from crampwise.edges.cli.trial_show import show_choices, show_design, show_result, show_today
from crampwise.followup.analysis import TrialResult, analyse, stop_early
from crampwise.followup.charts import trial_charts
from crampwise.followup.current import overlapping, own_rate
from crampwise.followup.design import Design, design_from, plan_of
from crampwise.followup.eligible import allowed, candidates
from crampwise.followup.patterns import alarms
from crampwise.followup.power import propose
from crampwise.followup.records import TrialRecord
from crampwise.followup.reminders import calendar
from crampwise.followup.report import report
from crampwise.logic.errors import InputError, Problem

_MOST_REASON = 500
_answers = click.option(
    "--answers", "answers_file", required=True, type=click.Path(allow_dash=True), help="Your answers of the check."
)
_id = click.option("--trial", "trial_id", help="Which one; the last where not given.")


@click.group(short_help="Find out whether something helps you.")
def trial() -> None:
    """Find out whether something helps you: weeks with it against weeks without.

    Only what the book allows for you can be tried, and nothing that is
    prescribed. The plan is fixed before the start.
    """


@trial.command()
@_answers
@place_options
@plain_option
@json_option
def choices(answers_file: str, place: Place, plain: bool, as_json: bool) -> None:
    """List what you may try, what has to be answered first, and what is not for you."""
    with opened(place) as here:
        found = candidates(engine_of(here.book), _intake(here.book, answers_file))
    if as_json:
        print_json([{"id": c.action.id, "title": c.action.title, "status": c.status, "asks": to_plain(c.asks),
                     "why_not": to_plain(c.why_not), "cautions": to_plain(c.cautions)} for c in found])  # fmt: skip
    else:
        show_choices(found, Out(plain))


@trial.command()
@click.argument("action")
@_answers
@click.option("--per-week", type=float, help="Your cramps in a week; from the diary where not given.")
@click.option("--pairs", type=click.IntRange(2, 60), help="Pairs of blocks; as many as needed where not given.")
@click.option("--begin", type=click.DateTime(["%Y-%m-%d"]), help="First day; tomorrow where not given.")
@click.option("--seed", type=click.IntRange(0, 2**31 - 1), help="For the random order; drawn where not given.")
@click.option("--start", is_flag=True, help="Store the plan and start; without it nothing is stored.")
@place_options
@plain_option
@json_option
def plan(
    action: str, answers_file: str, per_week: float | None, pairs: int | None, begin: date | None, seed: int | None,
    start: bool, place: Place, plain: bool, as_json: bool,
) -> None:  # fmt: skip
    """Plan a trial of the ACTION. The length is worked out by simulation, which takes some seconds."""
    with opened(place) as here:
        if start and (warned := alarms(here.book, here.diary(), date.today())):
            remedy = "Do `crampwise check` first. A trial can wait."
            raise InputError([Problem("diary", a.pattern.say, remedy) for a in warned])
        chosen = allowed(engine_of(here.book), _intake(here.book, answers_file), action)
        rate_now = per_week if per_week is not None else _own_rate(here)
        first = date(begin.year, begin.month, begin.day) if begin else date.today() + timedelta(days=1)
        drawn = secrets.randbelow(2**31) if seed is None else seed
        if start and first < date.today():
            raise InputError([Problem("--begin", f"{first} is past. A plan is stored before the start.")])
        design = propose(here.book, chosen.action, rate_now, first, drawn, pairs)
        record = TrialRecord(id=uuid.uuid4().hex[:12], action=action, start=first, plan=plan_of(design))
        if start:
            _no_other(here, design)
            here.save("trials", record)
        if as_json:
            print_json({"id": record.id if start else None, **to_plain(design)})
        else:
            show_design(here.book, design, chosen, record.id if start else None, Out(plain))


@trial.command()
@_id
@place_options
@plain_option
def today(trial_id: str | None, place: Place, plain: bool) -> None:
    """Say what is to be done today, and whether the trial should go on."""
    with opened(place) as here:
        record, design = _trial(here, trial_id)
        result = _result(here, record, design)
        warned = tuple(a.pattern.say for a in alarms(here.book, here.diary(), date.today()))
        show_today(here.book, record, result, stop_early(here.book.followup, result), warned, Out(plain))


@trial.command()
@click.argument("answer", type=click.Choice(["yes", "no"]))
@click.option("--day", type=a_day, default="today", show_default=True, help="Which day.")
@_id
@place_options
def kept(answer: str, day: date, trial_id: str | None, place: Place) -> None:
    """Write down whether you kept to the plan of the day: did it, or left it, as planned."""
    with opened(place) as here:
        record, design = _trial(here, trial_id)
        if not design.start <= day <= (record.ended or design.last):
            raise InputError([Problem(str(day), f"the trial runs from {design.start} to {design.last}.")])
        here.save("trials", replace(record, kept={**record.kept, day: answer == "yes"}))
        click.echo(f"{day} written down.")


@trial.command("calendar")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--hour", type=click.IntRange(0, 23), default=18, show_default=True, help="When to remind.")
@_id
@place_options
def calendar_(file: Path, hour: int, trial_id: str | None, place: Place) -> None:
    """Write reminders to an iCalendar FILE (.ics) that calendars can read."""
    with opened(place) as here:
        record, design = _trial(here, trial_id)
        action = here.book.actions[record.action]
        text = calendar(design, action, here.book.followup, record.id, date.today(), hour)
        write_whole(file, text, private=True)
        click.echo(f"{len(design.blocks)} reminders written to {file}.")


@trial.command()
@click.option("--reason", default="", help="Why.")
@_id
@place_options
def stop(reason: str, trial_id: str | None, place: Place) -> None:
    """End a trial before its planned end."""
    with opened(place) as here:
        record, design = _trial(here, trial_id)
        if record.ended or date.today() > design.last:
            raise InputError([Problem(record.id, "this trial is over.")])
        here.save("trials", replace(record, ended=date.today(), reason=_reason(reason)))
        click.echo("The trial is ended. `crampwise trial result` reads it.")


def _reason(said: str) -> str:
    if len(said) > _MOST_REASON or not (said.isprintable() or not said):
        raise InputError([Problem("--reason", f"a reason has at most {_MOST_REASON} visible characters.")])
    return said


@trial.command()
@charts_option
@html_option
@_id
@place_options
@plain_option
@json_option
def result(
    charts: Path | None, html: Path | None, trial_id: str | None, place: Place, plain: bool, as_json: bool
) -> None:
    """Read a trial that is over: does it help you? With a report after CENT 2015."""
    with opened(place) as here:
        record, design = _trial(here, trial_id)
        found = _result(here, record, design)
        book = here.book
    if not found.over:
        remedy = "`crampwise trial today` says what to do; `crampwise trial stop` ends it early."
        raise InputError(
            [Problem(record.id, f"the trial runs until {design.last}. {book.followup.phrases['carry_on']}", remedy)]
        )
    items = report(book, record, found)
    if as_json:
        print_json({"id": record.id, **to_plain(found), "report": to_plain(items)})
    elif html is not None:
        page = PageOut()
        show_result(book, found, items, page)
        page.write(html, f"Trial of {book.actions[record.action].title}", trial_charts(book, found))
        click.echo(f"Wrote {html}.")
    else:
        show_result(book, found, items, Out(plain))
    if charts is not None:
        write_charts(trial_charts(book, found), charts, quiet=as_json)


def _intake(book: Book, path: str) -> Intake:
    return read_intake(book, read_document(path))


def _own_rate(here: Opened) -> float:
    """Cramps in a week over the last weeks of the diary."""
    found = own_rate(here.book.followup, here.diary(), date.today())
    if found.per_week is None:
        remedy = "Keep the diary first, or say how many with --per-week."
        raise InputError([Problem("trial", here.book.followup.phrases[found.status], remedy)])
    return found.per_week.value


def _no_other(here: Opened, design: Design) -> None:
    other = overlapping(here.diary(), design)
    if other is not None:
        raise InputError([Problem(other[0].id, f"another trial runs until {other[1]}.", "One at a time tells more.")])


def _trial(here: Opened, trial_id: str | None) -> tuple[TrialRecord, Design]:
    known = {t.id: t for t in here.diary().trials}
    if not known or (trial_id is not None and trial_id not in known):
        remedy = "`crampwise trial plan ACTION --start` begins one."
        raise InputError([Problem(trial_id or "trial", "there is no such trial.", remedy)])
    record = known[trial_id] if trial_id else list(known.values())[-1]
    return record, design_from(record.action, record.start, record.plan)


def _result(here: Opened, record: TrialRecord, design: Design) -> TrialResult:
    return analyse(here.book.followup, design, record, here.diary(), date.today())
