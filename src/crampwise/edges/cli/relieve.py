"""`crampwise relieve`: a guided stretch for a cramp, once it is clear that nothing speaks against it."""

from dataclasses import dataclass
from pathlib import Path

import click

from crampwise.assess.assessment import Ask, Flag, Offer
from crampwise.assess.engine import Engine, engine_of
from crampwise.assess.evaluation import CASE_KEYS
from crampwise.assess.intake import Intake, read_intake, read_value
from crampwise.assess.page import emergency_number
from crampwise.assess.triage import level_words
from crampwise.book.schema.care import Muscle, Stretch
from crampwise.book.tree import Located
from crampwise.edges.cli.assess import country_of_locale
from crampwise.edges.cli.files import book_option, read_document, the_book
from crampwise.edges.cli.out import Out
from crampwise.edges.cli.relieve_input import Clock, Lines, StandardInput, single_keys
from crampwise.edges.cli.relieve_timer import Pace, run
from crampwise.logic.errors import Exit, InputError
from crampwise.logic.findings import Choice, YesNo
from crampwise.relieve.choice import choose, stretches_for, when_words
from crampwise.relieve.safety import Standing, fitting, relief_now, safety_net, stand, with_answer, with_muscle

_YES, _NO, _NOT_SURE = (
    ("yes", "y"),
    ("no", "n"),
    ("not sure", "not_sure", "notsure", "unsure", "?", "s", "ns", "don't know"),
)
_STOP = ("q", "quit", "stop")


class Stopped(Exception):
    """The person stopped, or the input ended, before the stretch began."""


@dataclass(frozen=True)
class Session:
    """One run of the command: the book, and how it writes, reads and lets time pass."""

    engine: Engine
    out: Out
    lines: Lines
    pace: Pace
    country: str | None = None


@click.command(short_help="Do a guided stretch for a cramp, now.")
@click.argument("muscle", required=False, nargs=-1)
@click.option("--list", "as_list", is_flag=True, help="List the stretches and end.")
@click.option("--answers", type=click.Path(allow_dash=True), help="Reuse the answers in this file (YAML or JSON).")
@click.option("--country", help="Two-letter code of where you are, for the emergency number.")
@click.option("--plain", is_flag=True, help="Plain lines for a screen reader: no colour, nothing written over.")
@click.option("--fast", is_flag=True, help="Let no time pass (for trying out).")
@book_option
def relieve(
    muscle: tuple[str, ...], as_list: bool, answers: str | None, country: str | None, plain: bool, fast: bool,
    book_folder: Path | None,
) -> None:  # fmt: skip
    """Do a guided stretch for a cramp in MUSCLE, such as calf, "back of the thigh" or foot.

    First asks what could make a stretch unsafe, and does not go on while that
    is not clear.
    """
    book = the_book(book_folder)
    session = Session(engine_of(book), Out(plain), StandardInput(), Clock(fast), country or country_of_locale())
    chosen = choose(book, " ".join(muscle)) if muscle else None
    if as_list:
        list_stretches(session, chosen[0] if chosen else None)
        return
    intake = read_intake(book, read_document(answers), CASE_KEYS) if answers else Intake()
    try:
        place, stretch = chosen or (ask_muscle(session), None)
        guide(session, with_muscle(session.engine, intake, place), place, stretch)
    except Stopped as stopped:
        session.out.gap()
        session.out.text(str(stopped), style="bold")
        raise SystemExit(int(Exit.INTERRUPTED)) from None


def list_stretches(session: Session, muscle: Muscle | None) -> None:
    """List the stretches, of one muscle or all."""
    book, out = session.engine.book, session.out
    for place in [muscle] if muscle else book.muscles.values():
        out.heading(f"{place.title} ({place.id})")
        for stretch in stretches_for(book, place):
            out.columns((stretch.id, f"{stretch.title} ({when_words(stretch)})"), (22,))


def ask_muscle(session: Session) -> Muscle:
    """Ask where it cramps, from a numbered list.

    Raises:
        Stopped: the person stopped or the input ended.
    """
    book, out = session.engine.book, session.out
    muscles = [m for m in book.muscles.values() if stretches_for(book, m)]
    out.heading("Where is the cramp?")
    for i, muscle in enumerate(muscles, 1):
        also = f" ({', '.join(muscle.also[:3])})" if muscle.also else ""
        out.item(f"{muscle.title}{also}", mark=f"{i:>2}. ", indent=0)
    while True:
        typed = _read(session, "Number or name (q stops): ")
        if typed.isdigit() and 1 <= int(typed) <= len(muscles):
            return muscles[int(typed) - 1]
        if typed.isdigit():
            out.text(f"Please give a number from 1 to {len(muscles)}, or a name.")
            continue
        try:
            return choose(book, typed)[0]
        except InputError as error:
            for problem in error.problems:
                out.text(str(problem))


def guide(session: Session, intake: Intake, muscle: Muscle, stretch: Stretch | None) -> None:
    """Make sure that a stretch is safe, guide through it, then say what next.

    Raises:
        Stopped: the person stopped or the input ended before the stretch began.
    """
    stretch = stretch or fitting(session.engine, intake, muscle)[0]
    while stretch is not None:
        intake, standing = make_sure(session, intake, stretch)
        if standing.verdict != "go":
            _refuse(session, standing, stretch)
            _other_ways(session, intake, muscle, stretch, standing)
            return
        _do(session, standing, stretch)
        stretch = _afterwards(session, intake, muscle, stretch)


def make_sure(session: Session, intake: Intake, stretch: Stretch) -> tuple[Intake, Standing]:
    """Ask what could make a stretch unsafe until that is settled one way or the other.

    Raises:
        Stopped: the person stopped or the input ended.
    """
    out = session.out
    standing = stand(session.engine, intake, stretch)
    if standing.verdict == "ask":
        out.heading(f"Before you stretch: {stretch.title}")
        out.text("Answer yes, no or not sure (y, n or ?). q stops.", style="dim")
    one_by_one: tuple[Ask, ...] = ()
    while standing.verdict == "ask":
        still = {a.finding for a in standing.asks}
        one_by_one = tuple(a for a in one_by_one if a.finding in still)
        group = one_by_one[:1] or standing.group
        if len(group) == 1:
            intake = _ask_one(session, intake, group[0])
        elif _ask_group(session, group):
            for ask in group:
                intake = with_answer(intake, ask.finding, False)
        else:
            one_by_one = group
        standing = stand(session.engine, intake, stretch)
    return intake, standing


def _ask_group(session: Session, group: tuple[Ask, ...]) -> bool:
    """Put several questions at once; True when the answer to all of them is no."""
    out = session.out
    out.gap()
    out.text("Is any of these so?")
    for ask in group:
        out.item(ask.ask)
    return _yes_no(session, "Any of them? [y/n/?] ") is False


def _ask_one(session: Session, intake: Intake, ask: Ask) -> Intake:
    book, out = session.engine.book, session.out
    finding = book.catalogue[ask.finding]
    out.gap()
    out.text(ask.ask)
    if isinstance(finding, YesNo):
        return with_answer(intake, ask.finding, _yes_no(session, "[y/n/?] "))
    if isinstance(finding, Choice):
        for i, option in enumerate(book.findings[ask.finding].options, 1):
            out.item(option.label, mark=f"{i}. ")
    while True:
        typed = _read(session, "Answer (? is not sure): ")
        if isinstance(finding, Choice) and typed.isdigit() and 1 <= int(typed) <= len(finding.options):
            typed = finding.options[int(typed) - 1]
        try:
            value = None if typed in _NOT_SURE else read_value(book, finding, Located(typed, "answer", typed))
        except ValueError as error:
            out.text(f"This {error}.")
            continue
        return with_answer(intake, ask.finding, value)


def _yes_no(session: Session, prompt: str) -> bool | None:
    while True:
        typed = _read(session, prompt).casefold()
        if typed in _YES:
            return True
        if typed in _NO:
            return False
        if typed in _NOT_SURE:
            return None
        session.out.text("Please answer yes, no or not sure (y, n or ?).")


def _read(session: Session, prompt: str) -> str:
    line = session.lines.read(prompt)
    if line is None:
        raise Stopped("The input ended. No stretch was started.")
    if line.strip().casefold() in _STOP:
        raise Stopped("Stopped. No stretch was started.")
    return line.strip()


def _refuse(session: Session, standing: Standing, stretch: Stretch) -> None:
    """Say that this stretch is not to be done, why, and what to do."""
    out, engine = session.out, session.engine
    out.heading(f"Do not do this stretch: {stretch.title}.", style="bold red")
    if standing.emergencies:
        out.text(level_words(engine, "emergency_now").text, style="bold red")
    elif standing.dangers:
        out.text(engine.phrase("not_finished").text)
        possible = level_words(engine, "emergency_now").text
        out.text(engine.book.words.phrases["could_be"].format(level=possible), style="bold red")
    if standing.emergencies or standing.dangers:
        out.text(emergency_number(engine.book, session.country).text)
    for flag in (*standing.emergencies, *standing.urgent):
        show_flag(session, flag)
    if standing.verdict == "stop":
        for statement in standing.offer.why_not:
            out.text(statement.text)
    else:
        out.text(engine.phrase("not_finished").text)
        out.text("You were not sure about:")
        for ask in standing.unclear:
            out.item(ask.ask)


def show_flag(session: Session, flag: Flag) -> None:
    """Write what a red flag tells the person: its level and title, why, what to do and what not."""
    out, engine = session.out, session.engine
    out.heading(flag.title, style="bold")
    if flag.level != "emergency_now":
        out.text(level_words(engine, flag.level).text)
    out.text(flag.because.text)
    for statement in (*flag.do, *flag.never):
        out.item(statement.text)
    if flag.reasons:
        said = "; ".join(f"{r.label}: {r.answer}" for r in flag.reasons)
        out.text(f"You said: {said}.", style="dim")


def _other_ways(session: Session, intake: Intake, muscle: Muscle, refused: Stretch, standing: Standing) -> None:
    """Name another stretch that is not ruled out, and the full check."""
    out, engine = session.out, session.engine
    out.gap()
    if not standing.emergencies and standing.verdict == "stop":
        others = [s for s in fitting(engine, intake, muscle) if s is not refused]
        for other in others:
            if stand(engine, intake, other).verdict in ("go", "ask"):
                out.text(f"Another stretch for this place: {other.title}. Try: crampwise relieve {other.id}")
    if not standing.emergencies:
        out.text("`crampwise check` goes through everything.")


def _do(session: Session, standing: Standing, stretch: Stretch) -> None:
    """Show the stretch and run its timer."""
    out, engine = session.out, session.engine
    for flag in standing.urgent:
        show_flag(session, flag)
    out.heading(stretch.title)
    if standing.offer.not_examined:
        shorts = ", ".join(engine.book.findings[f].short for f in standing.offer.not_examined)
        out.text(f"{engine.phrase('not_examined').text} {shorts}.", style="dim")
    out.text(stretch.start)
    for i, step in enumerate(stretch.steps, 1):
        out.item(step, mark=f"{i}. ")
    out.text(f"You should feel it here: {stretch.feel}")
    for statement in standing.offer.cautions:
        out.text(statement.text)
    out.gap()
    keys = session.lines.interactive
    if keys:
        _read(session, "Press Enter when you are in place (q stops). ")
        out.text("Enter skips to the next part, q stops.", style="dim")
    out.text(stretch.stop, style="bold")
    with single_keys():
        done = run(out, stretch, session.pace)
    out.text("Done." if done else "Stopped.", style="bold")


def _afterwards(session: Session, intake: Intake, muscle: Muscle, done: Stretch) -> Stretch | None:
    """Say what next; give the stretch to go on with, if the person chooses one."""
    out, engine = session.out, session.engine
    others = [s for s in fitting(engine, intake, muscle) if s is not done]
    others = [s for s in others if stand(engine, intake, s).verdict in ("go", "ask")]
    _relief(session, relief_now(engine, intake, muscle))
    out.heading(engine.book.words.headings["safety_net"])
    for statement in safety_net(engine):
        out.item(statement.text)
    if not others:
        return None
    out.heading(f"Other stretches: {muscle.title}")
    for i, other in enumerate(others, 1):
        out.item(f"{other.title} ({when_words(other)}; {other.id})", mark=f"{i}. ")
    if not session.lines.interactive:
        return None
    typed = (session.lines.read("A number starts one, Enter ends: ") or "").strip()
    return others[int(typed) - 1] if typed.isdigit() and 1 <= int(typed) <= len(others) else None


def _relief(session: Session, offers: tuple[Offer, ...]) -> None:
    if not offers:
        return
    session.out.heading(session.engine.book.words.headings["now"])
    for offer in offers:
        session.out.item(f"{offer.title}. {offer.say[0].text}")
