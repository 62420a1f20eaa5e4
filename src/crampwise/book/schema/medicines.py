"""Medicines that may cause cramps, medicines that people ask about, combinations, brands."""

from dataclasses import dataclass

from crampwise.book.schema.common import ActionId, Basis, Entry, FindingId, MedicineId, MonitoringId, SourceId, TestId
from crampwise.logic.rules import Rule


@dataclass(frozen=True, kw_only=True)
class MedicineFigure:
    """How much commoner cramps are with the medicine."""

    measure: str = ""
    value: float | str | None = None
    ci: tuple[float, ...] = ()
    drug: float | str | None = None
    placebo: float | str | None = None
    unit: str = ""
    population: str = ""
    check: str = ""
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class Medicine(Entry):
    """An ingredient.

    Attributes:
        sets: findings that are yes for anyone who takes it. asks: findings to ask, because only some forms count.
        evidence: how sure it is that it can cause cramps; "asked_about" for those only named as cramp medicines.
        source_check: whether the cited text was opened.
    """

    ingredient: str
    drug_class: str
    evidence: str
    rxnorm: str = ""
    rxnorm_check: str = ""
    atc: str = ""
    atc_check: str = ""
    also_called: tuple[str, ...] = ()
    sets: tuple[FindingId, ...] = ()
    asks: tuple[FindingId, ...] = ()
    mechanism: tuple[str, ...] = ()
    electrolytes: tuple[str, ...] = ()
    figure: MedicineFigure | None = None
    monitoring: MonitoringId | None = None
    action: ActionId | None = None
    safety: str = ""
    plain: str = ""
    source_check: str = ""


@dataclass(frozen=True, kw_only=True)
class DrugClass(Entry):
    """A class of medicines in plain words: what it is, and its link with cramps."""

    plain: str
    link: str


@dataclass(frozen=True, kw_only=True)
class Brand:
    """A brand name and its ingredients."""

    name: str
    ingredients: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Monitoring(Entry):
    """What the prescriber checks; `plain` for patients.

    Attributes:
        tests: those that have to be done in every `days` days while the medicine is taken; none where the advice
            gives no interval.
    """

    advice: str
    plain: str
    tests: tuple[TestId, ...] = ()
    days: int | None = None


@dataclass(frozen=True, kw_only=True)
class Combination(Entry):
    """Medicines that are riskier together."""

    when: Rule
    together: str
    example: str
    risk: str
    prescriber_action: str
    plain: str


@dataclass(frozen=True, kw_only=True)
class Electrolyte(Entry):
    """What a change of one salt does."""

    plain: str
    monitoring: tuple[MonitoringId, ...] = ()


@dataclass(frozen=True, kw_only=True)
class ClassEvidence:
    """A figure for a whole class of medicines."""

    id: str
    drug_class: str
    measure: str
    value: float
    ci: tuple[float, ...]
    source: SourceId
    basis: Basis = "published"


@dataclass(frozen=True, kw_only=True)
class Comparison(Entry):
    """Medicines that a source compares."""

    of: tuple[MedicineId, ...]


@dataclass(frozen=True, kw_only=True)
class NotACause(Entry):
    """Something people ask about that is not a cause."""

    name: str
