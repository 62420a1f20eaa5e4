"""`crampwise diary`: write down cramps and days, and see what they say."""

import uuid
from dataclasses import replace
from datetime import date, datetime, timedelta
from importlib import import_module
from typing import Any

import click

from crampwise.edges.cli.assess import plain_option
from crampwise.edges.cli.diary_store import Opened, Place, a_day, now, opened, place_options
from crampwise.edges.cli.diary_words import read_words
from crampwise.edges.cli.files import json_option, print_json
from crampwise.edges.cli.out import Out
from crampwise.followup.plainly import EARLIEST, read_record, to_plain
from crampwise.followup.records import Day as DayRecord
from crampwise.followup.records import Diary, Episode, MedicineChange, diary_day
from crampwise.logic.errors import InputError, Problem

_ELSEWHERE = {
    "stats": ("crampwise.edges.cli.diary_show", "stats"),
    "answers": ("crampwise.edges.cli.diary_show", "answers"),
    **{n: ("crampwise.edges.cli.diary_data", n) for n in ("export", "import", "backup", "restore", "erase", "people",
                                                          "lock", "unlock")},
}  # fmt: skip
_FIELD_NAMES = {"duration_s": "how long", "relief_s": "time to relief", "woke": "woken or not", "sore": "sore after",
                "activity": "what you did before", "done": "what you did about it"}  # fmt: skip


class _Group(click.Group):
    """Imports the commands that few need only when they are used."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return [*super().list_commands(ctx), *_ELSEWHERE]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in _ELSEWHERE:
            return super().get_command(ctx, cmd_name)
        module, name = _ELSEWHERE[cmd_name]
        command: click.Command = getattr(import_module(module), f"{name}_command")
        return command


@click.group(cls=_Group, short_help="Write down your cramps and see what goes with them.")
def diary() -> None:
    """Write down your cramps, and see how often they come and what goes with them.

    The diary stays on this machine, in a file that only you can read. `--store`
    names another file, or a PostgreSQL database.
    """


def _details(command: Any) -> Any:
    """Add what can be said of a cramp."""
    options = (
        click.option("--side", type=click.Choice(["left", "right", "both"]), help="Which side."),
        click.option("--pain", type=int, help="From 0, none, to 10, the worst."),
        click.option("--lasted", "duration_s", type=int, help="How long, in seconds."),
        click.option("--relief", "relief_s", type=int, help="Seconds until it eased."),
        click.option("--woke/--not-woken", "woke", default=None, help="Whether it woke you."),
        click.option("--sore/--not-sore", "sore", default=None, help="Whether the muscle was sore after it."),
        click.option("--activity", help="What you did before, such as asleep or sport."),
        click.option("--trigger", help="What you think set it off."),
        click.option("--done", help="What you did about it."),
        click.option("--note", help="Anything else."),
    )  # fmt: skip
    for option in reversed(options):
        command = option(command)
    return command


@diary.command()
@click.argument("words", nargs=-1)
@_details
@place_options
@json_option
def add(words: tuple[str, ...], place: Place, as_json: bool, **details: Any) -> None:
    """Write down a cramp in a few WORDS, such as: calf, now.

    More examples: `left calf 3:10 woke`, `foot 20 min ago pain 7 40s`. All of it
    can be completed later.
    """
    with opened(place) as here:
        values = read_words(here.book, " ".join(words), now())
        values |= {"id": uuid.uuid4().hex[:12]} | {k: v for k, v in details.items() if v is not None}
        episode = read_record(here.book, "episodes", values, "cramp")
        _no_future(episode.start)
        taken_back = here.save("episodes", episode)
        _told(here, episode, as_json, taken_back)


@diary.command()
@click.argument("entry", required=False)
@click.option("--muscle", help="Where it was.")
@_details
@place_options
@json_option
def complete(entry: str | None, muscle: str | None, place: Place, as_json: bool, **details: Any) -> None:
    """Complete a cramp written down earlier: the last one, or the ENTRY with this id."""
    with opened(place) as here:
        known = {e.id: e for e in here.diary().episodes}
        if not known or (entry is not None and entry not in known):
            where = entry or "diary"
            raise InputError([Problem(where, "there is no such cramp.", "`crampwise diary list` shows them.")])
        old = known[entry] if entry else list(known.values())[-1]
        values = to_plain(old) | {k: v for k, v in details.items() if v is not None}
        if muscle:
            values |= {"muscles": read_words(here.book, muscle, now())["muscles"]}
        episode = read_record(here.book, "episodes", values, "cramp")
        here.save("episodes", episode)
        _told(here, episode, as_json, False)


@diary.command()
@click.option(
    "--day", type=a_day, default="yesterday", show_default=True, help="The day; its night is the one after it."
)
@click.option("--from", "first", type=a_day, help="The first of several days.")
@place_options
def free(day: date, first: date | None, place: Place) -> None:
    """Write down that a day and the night after it had no cramp.

    A day without any entry says nothing. Only days written down count.
    """
    with opened(place) as here:
        if (first or day) < EARLIEST:
            raise InputError([Problem(str(first or day), f"a diary begins on {EARLIEST} at the earliest.")])
        have = here.diary()
        hour = here.hour
        cramped = {diary_day(e.start, hour) for e in have.episodes}
        wanted = [day - timedelta(days=i) for i in range(((day - (first or day)).days) + 1)][::-1]
        if not wanted:
            raise InputError([Problem("--from", f"{first} is after {day}.")])
        named = [d for d in wanted if d not in cramped]
        if not named:
            raise InputError([Problem(str(day), "there is a cramp on this day.", "`crampwise diary list` shows it.")])
        new = tuple(replace(have.by_day.get(d, DayRecord(day=d)), cramp_free=True) for d in named)
        here.store.merge(here.person, Diary(days=new), hour)
        left = len(wanted) - len(named)
        click.echo(f"{len(named)} day{'s' if len(named) != 1 else ''} written down as free of cramps."
                   + (f" {left} with a cramp left as they are." if left else ""))  # fmt: skip


@diary.command()
@click.option("--day", type=a_day, default="today", show_default=True, help="Which day.")
@click.option("--exercise", "exercise_min", type=float, help="Minutes of exercise.")
@click.option("--fluids", "fluids_l", type=float, help="Litres you drank.")
@click.option("--heat/--no-heat", "heat", default=None, help="Whether it was hot.")
@click.option("--alcohol", "alcohol_units", type=float, help="Drinks with alcohol.")
@click.option("--sleep", "sleep_h", type=float, help="Hours of sleep in the night before.")
@click.option("--standing", "standing_h", type=float, help="Hours on your feet.")
@click.option("--sitting", "sitting_h", type=float, help="Hours sitting.")
@click.option("--weakness", help="How weak an arm or leg was between cramps: none, a_bit, clear.")
@click.option("--note", help="Anything else.")
@place_options
def day(day: date, place: Place, **details: Any) -> None:
    """Write down what a day was like."""
    with opened(place) as here:
        old = here.diary().by_day.get(day, DayRecord(day=day))
        values = to_plain(old) | {k: v for k, v in details.items() if v is not None}
        here.save("days", read_record(here.book, "days", values, str(day)))
        click.echo(f"{day} written down.")


@diary.command()
@click.argument("name")
@click.argument("event", type=click.Choice(["started", "stopped", "changed"]))
@click.option("--day", type=a_day, default="today", show_default=True, help="When.")
@click.option("--note", help="Anything else.")
@place_options
def medicine(name: str, event: str, day: date, note: str | None, place: Place) -> None:
    """Write down that the medicine NAME was started, stopped or changed."""
    with opened(place) as here:
        values = {"id": uuid.uuid4().hex[:12], "day": day.isoformat(), "name": name, "event": event, "note": note}
        change: MedicineChange = read_record(here.book, "medicines", values, "medicine")
        here.save("medicines", change)
        click.echo(f"{change.name} {change.event} on {day}, written down as {change.id}.")
        click.echo(here.book.followup.phrases["ask_doctor"])


@diary.command("list")
@click.option("--last", type=click.IntRange(1), default=20, show_default=True, help="How many entries.")
@click.option("--open", "only_open", is_flag=True, help="Only cramps that can still be completed.")
@place_options
@plain_option
@json_option
def list_(last: int, only_open: bool, place: Place, plain: bool, as_json: bool) -> None:
    """List the last cramps, the newest first."""
    with opened(place) as here:
        shown = [e for e in here.diary().episodes if e.open_fields or not only_open][-last:][::-1]
        if as_json:
            print_json([to_plain(e) for e in shown])
            return
        if not shown:
            click.echo("No cramp is written down.")
            return
        out = Out(plain)
        for episode in shown:
            out.columns((episode.id, f"{episode.start:%Y-%m-%d %H:%M}", _words_of(here, episode)), (12, 16))


@diary.command()
@click.argument("entry")
@place_options
def remove(entry: str, place: Place) -> None:
    """Take an ENTRY away: the id of a cramp or medicine, or a day such as 2026-11-21."""
    with opened(place) as here:
        have = here.diary()
        kinds = {"episodes": {e.id for e in have.episodes}, "medicines": {m.id for m in have.medicines}}
        kinds["days"] = {d.day.isoformat() for d in have.days}
        kind = next((k for k, keys in kinds.items() if entry in keys), "episodes")
        here.store.remove(here.person, kind, entry)
        click.echo(f"{entry} taken away.")


def _told(here: Opened, episode: Episode, as_json: bool, taken_back: bool) -> None:
    if as_json:
        print_json(to_plain(episode) | {"open": list(episode.open_fields)})
        return
    click.echo(f"Written down as {episode.id}: {episode.start:%Y-%m-%d %H:%M}, {_words_of(here, episode)}.")
    if taken_back:
        click.echo(f"{diary_day(episode.start, here.hour)} is no longer called free of cramps.")
    if episode.open_fields:
        names = ", ".join(_FIELD_NAMES.get(name, name) for name in episode.open_fields)
        click.echo(f"Still open: {names}. `crampwise diary complete` adds them, also later.")


def _words_of(here: Opened, episode: Episode) -> str:
    places = ", ".join(here.book.muscles[m].title for m in episode.muscles) or "place not said"
    parts = [f"{episode.side} {places}" if episode.side else places]
    parts += [f"pain {episode.pain}"] if episode.pain is not None else []
    parts += [f"{episode.duration_s} s"] if episode.duration_s is not None else []
    parts += ["woken"] if episode.woke else []
    return ", ".join(parts)


def _no_future(start: datetime) -> None:
    if start > now() + timedelta(minutes=1):
        raise InputError([Problem("cramp", f"{start:%Y-%m-%d %H:%M} lies ahead.")])
