"""Sources, claims, judgements, settled disagreements, policies, the library and the words."""

from dataclasses import dataclass
from datetime import date
from typing import Literal

from crampwise.book.schema.common import ActionId, AnyId, Basis, ClaimId, Entry, FindingId, Level, SourceId
from crampwise.logic.rules import Rule

Read = Literal["full", "abstract", "excerpt", "second_hand", "not_opened"]


@dataclass(frozen=True, kw_only=True)
class Source:
    """A publication, and how much of it was read."""

    id: str
    title: str
    authors: str
    kind: str
    read: Read
    year: int | None = None
    doi: str = ""
    pmid: str = ""
    url: str = ""
    read_note: str = ""
    supports: str = ""
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class Claim:
    """One checked statement, paraphrased, at one place of a source document.

    Attributes:
        locator: [start, end) in characters of the document.
        executed_by: entries of the book that make it executable.
        gap: what the source announces without giving it; such a claim is shown as provenance only.
    """

    id: str
    source: SourceId
    text: str
    kind: str
    system: str
    locator: tuple[int, ...]
    executed_by: tuple[AnyId, ...]
    gap: str = ""


@dataclass(frozen=True, kw_only=True)
class Judgement:
    """A named, dated opinion of ours; shown to the reader as such.

    Attributes:
        covers: kinds of basis for which it stands in where no published figure was found.
    """

    id: str
    by: str
    date: date
    says: str
    plain: str
    covers: tuple[Basis, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Reading:
    """One of several readings of the same thing."""

    says: str
    claims: tuple[ClaimId, ...]


@dataclass(frozen=True, kw_only=True)
class Settled:
    """Where sources disagree, a claim would harm, the text is defective, or no source speaks; and what the book does.

    Attributes:
        kind: disagreement (D), correction (R), defect (S) or uncovered (X).
        settled: the decision. tell: what the reader is told, plain. show_with: entries beside which it is told.
    """

    id: str
    kind: Literal["disagreement", "correction", "defect", "uncovered"]
    topic: str
    settled: str
    tell: str
    executed_by: tuple[AnyId, ...]
    claims: tuple[ClaimId, ...] = ()
    readings: tuple[Reading, ...] = ()
    risk: str = ""
    show_with: tuple[AnyId, ...] = ()
    sources: tuple[SourceId, ...] = ()
    basis: Basis = "seed"
    read: str = ""


@dataclass(frozen=True, kw_only=True)
class Policy(Entry):
    """A rule of conduct that is not a rule over findings."""

    text: str


@dataclass(frozen=True, kw_only=True)
class Standard:
    """What a public body asks people with cramps to do."""

    body: str
    says: str
    sources: tuple[SourceId, ...]
    basis: Basis = "sourced"


@dataclass(frozen=True, kw_only=True)
class Fact:
    """One fact of a library card; the claim is its source."""

    claim: ClaimId
    text: str


@dataclass(frozen=True, kw_only=True)
class Recovery:
    """How long an injury usually takes to heal."""

    what: str
    to_days: int
    claim: ClaimId
    from_days: int | None = None
    basis: Basis
    text: str = ""


@dataclass(frozen=True, kw_only=True)
class Correction:
    """What must be said beside the facts of a card; `note` names the settled point behind it."""

    note: AnyId
    text: str


@dataclass(frozen=True, kw_only=True)
class Card(Entry):
    """A card of the library of related conditions."""

    name: str
    kind: str
    relates_to: tuple[AnyId, ...]
    facts: tuple[Fact, ...]
    corrections: tuple[Correction, ...] = ()
    recovery: tuple[Recovery, ...] = ()
    also: tuple[str, ...] = ()
    show_only_after: tuple[AnyId, ...] = ()


@dataclass(frozen=True, kw_only=True)
class GlossaryWord(Entry):
    """A word explained; lay names find it in searches."""

    term: str
    meaning: str
    caution: str = ""
    also: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class LevelWords:
    """What an urgency level is called and what it asks for."""

    level: Level
    title: str
    do: str
    clinical: str
    target: str


@dataclass(frozen=True, kw_only=True)
class EmergencyNumber:
    """The emergency number of one country or group of countries (ISO 3166-1 alpha-2)."""

    countries: tuple[str, ...]
    number: str
    advice: str = ""


@dataclass(frozen=True, kw_only=True)
class WeightWord:
    """What a weight of evidence of at least `decibans` (either way) is called."""

    decibans: float
    word: str


@dataclass(frozen=True, kw_only=True)
class UnitWord:
    """A UCUM unit, ways people write it, and how it is shown."""

    ucum: str
    shown: str
    also: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Words:
    """Every fixed sentence the product says; each group rests on the judgement named in `basis`."""

    judgement: AnyId
    levels: tuple[LevelWords, ...]
    emergency_numbers: tuple[EmergencyNumber, ...]
    emergency_number_unknown: str
    emergency_sources: tuple[SourceId, ...]
    weights: tuple[WeightWord, ...]
    units: tuple[UnitWord, ...]
    phrases: dict[str, str]
    headings: dict[str, str]
    medicine_noise: tuple[str, ...]
    product_units: tuple[str, ...] = ()
    product_forms: tuple[str, ...] = ()
    local_forms: tuple[str, ...] = ()
    default_medicine: str
    urgent_medicine: str
    safety_net: tuple[str, ...]
    safety_net_sources: tuple[SourceId, ...]
    no_medicine: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class BookInfo:
    """What the book is and for whom.

    Attributes:
        adult_from_years: reference intervals hold from this age on.
        relief_says: what someone who asks for a stretch thereby says to be so.
        relief_is: the action that a guided stretch carries out, in general words.
        offers_for: actions and stretches make sense only for people for whom this is not false.
        medicine_words: what people call a kind of medicine, and the findings that are yes for it.
        abnormal_result: the least urgency while any test result lies outside its range, on the judgement named.
    """

    title: str
    version: str
    date: date
    scope: str
    not_for: tuple[str, ...]
    adult_from_years: int
    relief_says: FindingId | None = None
    relief_is: ActionId | None = None
    offers_for: Rule | None = None
    abnormal_result: Level | None = None
    abnormal_result_judgement: AnyId | None = None
    medicine_words: dict[str, tuple[FindingId, ...]] | None = None
