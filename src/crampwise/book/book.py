"""The book: all content, validated and frozen."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields
from functools import cached_property
from typing import Any

from crampwise.book.schema.care import Action, Condition, Muscle, RedFlag, Stretch
from crampwise.book.schema.common import LEVELS, Level
from crampwise.book.schema.drawings import Drawing
from crampwise.book.schema.findings import EmergencyScreen, FindingEntry, TermEntry
from crampwise.book.schema.followup import Followup
from crampwise.book.schema.hazards import Hazard
from crampwise.book.schema.hooks import CardText, CdsService, OverrideReason
from crampwise.book.schema.interview import Interview
from crampwise.book.schema.knowledge import (
    BookInfo,
    Card,
    Claim,
    GlossaryWord,
    Judgement,
    Policy,
    Settled,
    Source,
    Standard,
    Words,
)
from crampwise.book.schema.measures import Measure, RecordFact
from crampwise.book.schema.medicines import (
    Brand,
    ClassEvidence,
    Combination,
    Comparison,
    DrugClass,
    Electrolyte,
    Medicine,
    Monitoring,
    NotACause,
)
from crampwise.book.schema.model import Differential
from crampwise.book.schema.records import RecordEntry, RecordWindow
from crampwise.book.schema.workup import ExamStep, Formula, LookAlike, Panel, Score, Test
from crampwise.logic.findings import Finding


@dataclass(frozen=True, kw_only=True, eq=False)
class Book:
    """All content by id, in reading order, with its version (`info.version`) and digest (SHA-256 of all files).

    `derived` holds what other layers work out from the content once; it is kept in the cache with it.
    """

    digest: str
    info: BookInfo
    differential: Differential
    emergency_screen: EmergencyScreen
    followup: Followup
    interview: Interview
    words: Words
    catalogue: Mapping[str, Finding]
    findings: Mapping[str, FindingEntry] = field(default_factory=dict)
    terms: Mapping[str, TermEntry] = field(default_factory=dict)
    red_flags: Mapping[str, RedFlag] = field(default_factory=dict)
    conditions: Mapping[str, Condition] = field(default_factory=dict)
    tests: Mapping[str, Test] = field(default_factory=dict)
    panels: Mapping[str, Panel] = field(default_factory=dict)
    formulas: Mapping[str, Formula] = field(default_factory=dict)
    scores: Mapping[str, Score] = field(default_factory=dict)
    examination: Mapping[str, ExamStep] = field(default_factory=dict)
    look_alikes: Mapping[str, LookAlike] = field(default_factory=dict)
    actions: Mapping[str, Action] = field(default_factory=dict)
    stretches: Mapping[str, Stretch] = field(default_factory=dict)
    drawings: Mapping[str, Drawing] = field(default_factory=dict)
    muscles: Mapping[str, Muscle] = field(default_factory=dict)
    medicines: Mapping[str, Medicine] = field(default_factory=dict)
    drug_classes: Mapping[str, DrugClass] = field(default_factory=dict)
    brands: Mapping[str, Brand] = field(default_factory=dict)
    monitoring: Mapping[str, Monitoring] = field(default_factory=dict)
    combinations: Mapping[str, Combination] = field(default_factory=dict)
    electrolytes: Mapping[str, Electrolyte] = field(default_factory=dict)
    class_evidence: Mapping[str, ClassEvidence] = field(default_factory=dict)
    comparisons: Mapping[str, Comparison] = field(default_factory=dict)
    not_a_cause: Mapping[str, NotACause] = field(default_factory=dict)
    record_windows: Mapping[str, RecordWindow] = field(default_factory=dict)
    record_entries: Mapping[str, RecordEntry] = field(default_factory=dict)
    cds_services: Mapping[str, CdsService] = field(default_factory=dict)
    card_texts: Mapping[str, CardText] = field(default_factory=dict)
    override_reasons: Mapping[str, OverrideReason] = field(default_factory=dict)
    library: Mapping[str, Card] = field(default_factory=dict)
    glossary: Mapping[str, GlossaryWord] = field(default_factory=dict)
    policies: Mapping[str, Policy] = field(default_factory=dict)
    standards: Mapping[str, Standard] = field(default_factory=dict)
    settled: Mapping[str, Settled] = field(default_factory=dict)
    hazards: Mapping[str, Hazard] = field(default_factory=dict)
    record_facts: Mapping[str, RecordFact] = field(default_factory=dict)
    measures: Mapping[str, Measure] = field(default_factory=dict)
    judgements: Mapping[str, Judgement] = field(default_factory=dict)
    sources: Mapping[str, Source] = field(default_factory=dict)
    claims: Mapping[str, Claim] = field(default_factory=dict)
    derived: dict[type, Any] = field(default_factory=dict, init=False, repr=False)

    def sections(self) -> Iterator[tuple[str, Mapping[str, Any]]]:
        """Yield each kind of content with its entries by id."""
        for f in fields(self):
            if f.init and f.default_factory is dict:
                yield f.name, getattr(self, f.name)

    @cached_property
    def everything(self) -> Mapping[str, tuple[str, Any]]:
        """Every entry by id, with the kind of content that it belongs to."""
        return {id_: (kind, entry) for kind, entries in self.sections() for id_, entry in entries.items()}

    @cached_property
    def claims_of(self) -> Mapping[str, tuple[str, ...]]:
        """For each entry, the claims that it executes."""
        found: dict[str, list[str]] = {}
        for claim in self.claims.values():
            for target in claim.executed_by:
                found.setdefault(target, []).append(claim.id)
        return {target: tuple(claims) for target, claims in found.items()}


def rank(level: Level) -> int:
    """Order urgency levels: 0 for self_care up to 4 for emergency_now."""
    return LEVELS.index(level)
