"""`crampwise diary stats` and `crampwise diary answers`: what a diary says, and what it can answer."""

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

import click

from crampwise.assess.plain import to_plain
from crampwise.book.book import Book
from crampwise.edges.cli.assess import plain_option
from crampwise.edges.cli.diary_page import PageOut
from crampwise.edges.cli.diary_store import Place, a_day, opened, place_options
from crampwise.edges.cli.files import json_option, print_json, write_whole
from crampwise.edges.cli.out import Out
from crampwise.followup.charts import diary_charts
from crampwise.followup.counts import Interval
from crampwise.followup.prefill import Suggested, suggest
from crampwise.followup.summary import Summary, summarise
from crampwise.followup.svg import Chart

charts_option = click.option(
    "--charts", type=click.Path(path_type=Path, file_okay=False), help="Write pictures (SVG) and their tables here."
)
html_option = click.option(
    "--html", type=click.Path(path_type=Path), help="Write a page with pictures and tables to this file instead."
)


@click.command("stats")
@click.option("--from", "first", type=a_day, help="Look at the time from this day on; half a year where not given.")
@charts_option
@html_option
@place_options
@plain_option
@json_option
def stats_command(
    first: date | None, charts: Path | None, html: Path | None, place: Place, plain: bool, as_json: bool
) -> None:
    """Say how often the cramps come, when, where, and what goes with them."""
    with opened(place) as here:
        found = summarise(here.book, here.diary(), date.today(), first)
        book = here.book
    if as_json:
        print_json(to_plain(found))
    elif html is not None:
        page = PageOut()
        show_summary(book, found, page)
        page.write(html, f"Cramp diary until {found.today}", diary_charts(found))
        click.echo(f"Wrote {html}.")
    else:
        show_summary(book, found, Out(plain))
    if charts is not None:
        write_charts(diary_charts(found), charts, quiet=as_json)


@click.command("answers")
@click.option("--into", type=click.Path(path_type=Path), help="Write those you agree with to this answers file.")
@click.option("--yes", is_flag=True, help="Agree with all of them.")
@place_options
@json_option
def answers_command(into: Path | None, yes: bool, place: Place, as_json: bool) -> None:
    """Show which questions of the check the diary can answer.

    Nothing is used without you: each answer is shown, and with `--into` asked
    about, before it is written. The diary never answers with no.
    """
    with opened(place) as here:
        book = here.book
        found = suggest(book, here.diary(), date.today())
    if as_json:
        print_json(to_plain(found))
        return
    click.echo(book.followup.phrases["consent"])
    if not found:
        click.echo(book.followup.phrases["too_early"])
    agreed = []
    for answer in found:
        said = f"{book.findings[answer.finding].ask} {_said(book, answer)} ({answer.entries} of {answer.of} cramps)"
        if into is None or yes:
            click.echo(said)
            agreed.append(answer)
        elif click.confirm(f"{said} Use it?", err=True):
            agreed.append(answer)
    if into is not None:
        if into.exists():
            raise click.UsageError(f"{into} is already there. Choose another name.")
        lines = [f"  {a.finding}: {'yes' if a.value is True else a.value}" for a in agreed]
        write_whole(into, "\n".join(["answers:" if lines else "answers: {}", *lines]) + "\n", private=True)
        click.echo(f"{len(agreed)} answers written to {into}. `crampwise assess {into}` uses them.")


def show_summary(book: Book, summary: Summary, out: Out) -> None:
    """Print a summary."""
    phrases = book.followup.phrases
    for alarm in summary.alarms:
        out.heading(alarm.pattern.title, "bold red")
        out.text(alarm.pattern.say)
        out.item(f"On {', '.join(map(str, alarm.days[-5:]))}{': ' if alarm.where else ''}{', '.join(alarm.where)}")
        out.item("Start it with: crampwise check")
    out.heading("How often")
    rate = summary.rate
    if rate.per_week is None:
        out.text(phrases[rate.status])
    else:
        low, high = rate.per_week.low, rate.per_week.high
        out.text(f"{rate.per_week.value:.1f} cramps a week (95 % interval {low:.1f} to {high:.1f}).")
    if summary.first is not None:
        out.text(f"{rate.cramps} cramps; {rate.days} of {rate.span} days from {summary.first} have an entry.")
        trend = summary.trend
        key = {"up": "trend_up", "down": "trend_down", "unclear": "trend_unclear"}.get(trend.status, "too_early")
        out.text(phrases[key] + _ratio(trend.ratio))
    if summary.muscles:
        _when_and_where(summary, out)
    _triggers(book, summary, out)
    if summary.around:
        out.heading("Around medicines")
        for a in summary.around:
            key = "too_early" if a.status == "too_early" else f"around_{a.status}"
            out.item(f"{a.change.name}, {a.change.event} on {a.change.day}: {phrases[key]}{_ratio(a.ratio)}")
        out.text(phrases["chance"])
    out.gap()
    out.text(book.judgements[summary.judgement].plain, style="dim")


def _when_and_where(summary: Summary, out: Out) -> None:
    out.heading("When and where")
    total = sum(summary.hours)
    most = max(range(24), key=summary.hours.__getitem__)
    out.text(f"{summary.at_night} of {total} at night; most between {most}:00 and {(most + 1) % 24}:00.")
    for spot in summary.muscles:
        sides = [f"{n} {side}" for side, n in (("left", spot.left), ("right", spot.right), ("both", spot.both)) if n]
        out.item(f"{spot.title}: {spot.total}" + (f" ({', '.join(sides)})" if sides else ""))


def _triggers(book: Book, summary: Summary, out: Out) -> None:
    out.heading("What goes with them")
    told = [t for t in summary.triggers if t.ratio is not None]
    for t in told:
        said = book.followup.phrases[f"trigger_{t.status}"]
        out.item(f"{t.trigger.title}: {said}{_ratio(t.ratio)}")
    early = [t.trigger.title for t in summary.triggers if t.ratio is None]
    if early:
        out.text(f"{book.followup.phrases['too_early']} This goes for: {', '.join(early)}.")


def _ratio(ratio: Interval | None) -> str:
    return "" if ratio is None else f" (Ratio {ratio.value:.2f}, from {ratio.low:.2f} to {ratio.high:.2f}.)"


def _said(book: Book, answer: Suggested) -> str:
    if answer.value is True:
        return "Yes."
    options: Sequence[Any] = book.findings[answer.finding].options or ()
    return next((f"{o.label}." for o in options if o.id == answer.value), f"{answer.value}.")


def write_charts(charts: Sequence[Chart], folder: Path, quiet: bool) -> None:
    """Write each picture as SVG, with its table as CSV beside it."""
    folder.mkdir(parents=True, exist_ok=True)
    for chart in charts:
        write_whole(folder / f"{chart.name}.svg", chart.svg, private=True)
        rows = (",".join(_cell(c) for c in row) for row in (chart.head, *chart.rows))
        write_whole(folder / f"{chart.name}.csv", "\n".join(rows) + "\n", private=True)
        if not quiet:
            click.echo(f"Wrote {folder / chart.name}.svg and .csv: {chart.told}")


def _cell(text: str) -> str:
    return '"' + text.replace('"', '""') + '"' if "," in text or '"' in text else text
