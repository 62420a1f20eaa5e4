"""How the interview runs: its opening steps, and what a screen costs and is worth."""

from dataclasses import dataclass
from typing import Literal

from crampwise.book.schema.common import Basis, FindingId, Level
from crampwise.book.schema.findings import ScreenItem

ListName = Literal["medicines", "examination", "results"]


@dataclass(frozen=True, kw_only=True)
class Form:
    """A fixed screen of findings that belong together.

    Attributes:
        findings: those that are known, implied or not applicable are left out.
        lists: what is handed in whole: medicines; examination and results, for clinicians.
        why: name of the phrase that says why its findings are asked; empty where each has reasons of its own.
    """

    id: str
    title: str
    findings: tuple[FindingId, ...] = ()
    lists: tuple[ListName, ...] = ()
    why: str = ""


@dataclass(frozen=True, kw_only=True)
class Family:
    """Groups of findings whose yes/no questions may share a screen, and the heading of such a screen."""

    title: str
    groups: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Seconds:
    """Answering effort: of any screen, and in addition of each yes/no line, choice and number on it.

    Attributes:
        more: of each finding beyond the first on a line.
    """

    screen: float
    yes_no: float
    more: float
    choice: float
    number: float


@dataclass(frozen=True, kw_only=True)
class Interview:
    """The opening of every interview and the numbers by which the next screen is chosen.

    Attributes:
        steps: what comes first, in this order: ids of emergency screens and of `forms`. After these the questions are
            chosen one screen at a time.
        lines: related findings that may be asked in one line once the opening is over.
        families: which questions may share a screen.
        most: how many questions share a screen.
        unsure_opened: up to this many "not sure" on one emergency screen are taken apart; more leave the signs open.
        weights: how much settling a red flag of each level is worth against the others.
        bits_per_second: below this expected information about the plan, per second of answering, nothing is asked.
        urgency_bits: what a bit about the urgency of the cause counts, beside one about the cause itself.
        unknown_yes: how often a finding is present whose frequency the book does not give.
    """

    steps: tuple[str, ...]
    forms: tuple[Form, ...] = ()
    lines: tuple[ScreenItem, ...] = ()
    families: tuple[Family, ...] = ()
    most: int
    unsure_opened: int = 0
    weights: dict[Level, float]
    seconds: Seconds
    bits_per_second: float
    urgency_bits: float
    unknown_yes: float
    basis: Basis
    why: str
