"""The hazard log: what could harm a person, and what stands against it."""

from dataclasses import dataclass
from typing import Literal

from crampwise.book.schema.common import AnyId, Entry, PolicyId, RedFlagId

Severity = Literal["minor", "significant", "considerable", "major", "catastrophic"]
Likelihood = Literal["very_low", "low", "medium", "high", "very_high"]
PropertyId = Literal["P1", "N1", "S1", "S2", "S3", "S4", "S5", "S6", "S7", "S8", "S9", "S10"]


@dataclass(frozen=True, kw_only=True)
class Hazard(Entry):
    """Something that could harm a person, and what stands against it: one line of the hazard log.

    Attributes:
        severity, before, after: how bad, how likely without and with the controls; our judgement.
        settled: how disagreements, corrections and gaps of the sources were settled.
        red_flags, offers, policies: entries that control it; of an offer its reasons against and cautions do.
        properties: safety properties that are proved. tests: file and name of tests that show the controls.
        residual: what remains.
    """

    name: str
    harm: str
    causes: tuple[str, ...]
    severity: Severity
    before: Likelihood
    after: Likelihood
    settled: tuple[AnyId, ...] = ()
    red_flags: tuple[RedFlagId, ...] = ()
    offers: tuple[AnyId, ...] = ()
    policies: tuple[PolicyId, ...] = ()
    properties: tuple[PropertyId, ...]
    tests: tuple[str, ...]
    residual: str
