"""Danger signs that were said to be so while an emergency behind them is not ruled out."""

from crampwise.assess.assessment import Flag
from crampwise.assess.engine import Engine
from crampwise.assess.intake import Intake
from crampwise.assess.known import know
from crampwise.book.schema.findings import ScreenItem
from crampwise.interview.state import State
from crampwise.logic.answers import Answers


def open_danger(engine: Engine, state: State, intake: Intake, still_open: tuple[Flag, ...]) -> bool:
    """Say whether a danger sign was said yes to, and an emergency behind it is not ruled out.

    Args:
        engine: the book made ready.
        state: what was said, grouped danger signs among it.
        intake: the same as answers.
        still_open: red flags that are not ruled out.
    """
    items = [i for screen in engine.book.emergency_screen.screens if screen.unexplained for i in screen.items]
    closed = know(engine, intake).closed
    said = {f for item in items for f in item.findings if closed.get(f) is True}
    emergencies = (f for f in still_open if f.level == "emergency_now")
    return any(said & set(engine.reads[f"red_flag/{f.id}"]) for f in emergencies) or any(
        state.items.get(item.id) == "yes" and _unsaid(item, closed) for item in items
    )


def _unsaid(item: ScreenItem, closed: Answers) -> bool:
    """Whether no part of a danger sign was said to be so."""
    return not any(closed.get(f) is True for f in item.findings)
