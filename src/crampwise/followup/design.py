"""The plan of a trial of one person: blocks with and without, in pairs of random order, washed out between."""

import random
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Literal

from crampwise.book.schema.care import Action
from crampwise.book.schema.followup import TrialNumbers
from crampwise.logic.errors import InputError, Problem

Arm = Literal["with", "without"]
DESIGN = 1
"""Version of the plan's form."""


@dataclass(frozen=True)
class Block:
    """Days in one arm. The first `washout` days are left out of the analysis."""

    number: int
    pair: int
    arm: Arm
    first: date
    days: int
    washout: int

    @property
    def last(self) -> date:
        """The last day."""
        return self.first + timedelta(days=self.days - 1)

    @property
    def counted_from(self) -> date:
        """The first day that is analysed."""
        return self.first + timedelta(days=self.washout)


@dataclass(frozen=True)
class Design:
    """A whole plan, fixed before the start.

    Attributes:
        per_week: the person's own rate when the trial was planned.
        power: chance of hearing that it helps, if the true ratio is `plan_ratio`, worked out by simulation.
        false_alarm: chance of hearing so if it does nothing.
        worthwhile_ratio, sure: by what the result is read, as they stood at the start.
    """

    action: str
    start: date
    seed: int
    blocks: tuple[Block, ...]
    per_week: float
    power: float
    false_alarm: float
    plan_ratio: float
    worthwhile_ratio: float
    sure: float
    book_version: str

    @property
    def last(self) -> date:
        """The last day."""
        return self.blocks[-1].last

    @property
    def weeks(self) -> float:
        """How long it takes."""
        return ((self.last - self.start).days + 1) / 7


def block_days(action: Action, numbers: TrialNumbers) -> tuple[int, int]:
    """Give the days of a block and the days of it that are left out."""
    if action.trial is None:
        raise ValueError(f"no trial of {action.id}")
    washout = max(action.trial.onset_days, action.trial.carry_over_days)
    whole_weeks = -(-(washout + numbers.shortest_block_days) // 7)
    return 7 * whole_weeks, washout


def blocks_of(start: date, seed: int, pairs: int, days: int, washout: int) -> tuple[Block, ...]:
    """Draw the order of the arms in each pair and lay the blocks out. The seed is handed in."""
    rng = random.Random(seed)
    arms: list[Arm] = []
    for _ in range(pairs):
        pair: list[Arm] = ["with", "without"]
        rng.shuffle(pair)
        arms += pair
    return tuple(
        Block(i + 1, i // 2 + 1, arm, start + timedelta(days=i * days), days, washout) for i, arm in enumerate(arms)
    )


_NUMBERS = ("per_week", "power", "false_alarm", "plan_ratio", "worthwhile_ratio", "sure")


def plan_of(design: Design) -> dict[str, Any]:
    """Give a design as plain values, for the record of the trial."""
    return {
        "design": DESIGN,
        "seed": design.seed,
        "block_days": design.blocks[0].days,
        "washout_days": design.blocks[0].washout,
        "arms": [b.arm for b in design.blocks],
        **{name: getattr(design, name) for name in _NUMBERS},
        "book_version": design.book_version,
        "outcome": "cramps in a week",
    }


def design_from(action: str, start: date, plan: Mapping[str, Any]) -> Design:
    """Read a design back.

    Raises:
        InputError: it is not one.
    """
    try:
        if plan["design"] != DESIGN:
            raise ValueError(f"the plan has form {plan['design']!r}, not {DESIGN}")
        days, washout, arms = plan["block_days"], plan["washout_days"], plan["arms"]
        whole = type(days) is int and type(washout) is int and 0 <= washout < days
        if not whole or not arms or len(arms) % 2 or not set(arms) <= {"with", "without"}:
            raise ValueError("its blocks make no sense")
        blocks = tuple(
            Block(i + 1, i // 2 + 1, arm, start + timedelta(days=i * days), days, washout) for i, arm in enumerate(arms)
        )
        numbers = {k: float(plan[k]) for k in _NUMBERS}
        return Design(
            action=action,
            start=start,
            seed=int(plan["seed"]),
            blocks=blocks,
            book_version=str(plan["book_version"]),
            **numbers,
        )
    except (KeyError, TypeError, ValueError, OverflowError) as error:
        raise InputError([Problem("trial", f"the plan of this trial cannot be read: {error}.")]) from None


def arm_of(design: Design, day: date) -> Block | None:
    """Give the block of a day; None outside the trial."""
    return next((b for b in design.blocks if b.first <= day <= b.last), None)
