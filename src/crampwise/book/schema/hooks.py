"""Cards in the systems that clinicians work in (CDS Hooks): services, words, reasons to override."""

from dataclasses import dataclass
from typing import Literal

from crampwise.book.schema.common import Entry, Level
from crampwise.logic.rules import Rule

Hook = Literal["patient-view", "order-select", "order-sign"]


@dataclass(frozen=True, slots=True, kw_only=True)
class CdsService(Entry):
    """A service, offered at one or several hooks; the cards of a later hook replace those of an earlier one.

    Attributes:
        called: its name in addresses.
        title, description: what it is, for those who connect it.
        complaint: while this is true the patient has cramps.
        least: a red flag of this level or above brings a card to patients without cramps too; None for never.
    """

    called: str
    hooks: tuple[Hook, ...]
    title: str
    description: str
    complaint: Rule
    least: Level | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CardText(Entry):
    """A fixed sentence of a card; `{...}` marks what is filled in."""

    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OverrideReason(Entry):
    """Why a clinician may set a card aside."""

    display: str
