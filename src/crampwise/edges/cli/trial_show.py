"""Trials on the terminal: choices, plan, the day, and the result."""

from collections.abc import Sequence

from crampwise.book.book import Book
from crampwise.edges.cli.out import Out
from crampwise.followup.analysis import TrialResult
from crampwise.followup.design import Design, arm_of
from crampwise.followup.eligible import Candidate
from crampwise.followup.records import TrialRecord
from crampwise.followup.report import Item

_HEADINGS = {"allowed": "You may try", "ask_first": "To be answered first", "refused": "Not for you"}
_NAMED = 3


def show_choices(found: Sequence[Candidate], out: Out) -> None:
    """List interventions by whether they may be tried."""
    if not found:
        out.text("Nothing that can be tried fits your answers.")
    for status, heading in _HEADINGS.items():
        some = [c for c in found if c.status == status]
        if some:
            out.heading(heading)
        for c in some:
            out.item(f"{c.action.title} ({c.action.id})")
            if status == "allowed":
                out.text(c.action.works, 4)
            for said in (*(a.ask for a in c.asks[:_NAMED]), *(s.text for s in c.why_not)):
                out.item(said, 4)
            if len(c.asks) > _NAMED:
                out.item(f"and {len(c.asks) - _NAMED} more questions; `crampwise check` asks them", 4)


def show_design(book: Book, design: Design, chosen: Candidate, trial_id: str | None, out: Out) -> None:
    """Show a plan."""
    phrases = book.followup.phrases
    out.heading(f"Trial: {chosen.action.title}")
    out.text(chosen.action.say)
    for caution in chosen.cautions:
        out.item(caution.text)
    first = design.blocks[0]
    out.text(
        f"With {design.per_week:.1f} cramps a week you need about {design.weeks:.0f} weeks to see if they fall to "
        f"{design.plan_ratio:g} of that. The chance to see it is then {design.power:.0%}."
    )
    out.text(f"If it does nothing, the chance of being told that it helps is {design.false_alarm:.0%}.")
    washed = f" The first {first.washout} days of each are not counted." if first.washout else ""
    out.text(f"{len(design.blocks)} blocks of {first.days} days, in random order.{washed}")
    out.text(f"{phrases['outcome']} {phrases['usual_care']} {phrases['ask_doctor']}")
    out.text(chosen.action.trial.blinding if chosen.action.trial else "")
    for b in design.blocks:
        out.columns((str(b.number), f"{b.first} to {b.last}", f"{b.arm} it"), (3, 24))
    out.gap()
    if trial_id:
        out.text(f"Stored as {trial_id}. `crampwise trial calendar trial.ics` writes reminders.")
    else:
        out.text(f"Nothing is stored yet. Add --start --seed {design.seed} to store this plan.")


def show_today(
    book: Book, record: TrialRecord, result: TrialResult, stop: bool, warned: Sequence[str], out: Out
) -> None:
    """Say what to do today."""
    phrases, design = book.followup.phrases, result.design
    block = arm_of(design, result.today)
    title = book.actions[record.action].title
    if warned:
        out.heading(phrases["stop_check"], "bold red")
        for said in warned:
            out.text(said)
    elif stop:
        out.heading(phrases["stop_worse"], "bold red")
    if result.over:
        out.text("The trial is over. `crampwise trial result` reads it.")
    elif block is None:
        out.text(f"The trial starts on {design.start}.")
    else:
        said = f"{title}: do it today." if block.arm == "with" else f"{title}: leave it today."
        out.text(f"{said} Block {block.number} of {len(design.blocks)}, until {block.last}.")
        if not (stop or warned):
            out.text(phrases["carry_on"])


def show_result(book: Book, result: TrialResult, items: Sequence[Item], out: Out) -> None:
    """Show what a trial says, then its report."""
    phrases, reading = book.followup.phrases, result.reading
    out.heading(book.actions[result.design.action].title)
    out.text(phrases[reading.verdict if reading else "cannot_tell"], style="bold")
    for caveat in result.caveats:
        out.text(phrases[caveat])
    if reading is not None:
        r = reading.ratio
        out.text(f"With it you had {r.value:.2f} times as many cramps ({r.low:.2f} to {r.high:.2f}).")
        out.text(f"Chance of fewer cramps: {reading.fewer:.0%}. Chance of at least a benefit worth having (ratio "
                 f"{result.design.worthwhile_ratio:g} or less): {reading.worthwhile:.0%}.")  # fmt: skip
    for b in result.blocks:
        week = "no entry" if b.per_week is None else f"{b.per_week:.1f} a week"
        out.columns((str(b.block.number), f"{b.block.arm} it", week), (3, 12))
    out.heading("Report (after CENT 2015)")
    for item in items:
        out.pair(f"{item.number} {item.title}", item.text)
    out.gap()
    out.text(book.judgements[book.followup.judgement].plain, style="dim")
