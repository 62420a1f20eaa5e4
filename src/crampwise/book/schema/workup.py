"""Tests, panels, formulas, scores, examination steps, look-alike clues."""

from dataclasses import dataclass
from decimal import Decimal

from crampwise.book.schema.common import Basis, ConditionId, Entry, FindingId, FormulaId, SourceId, TestId
from crampwise.logic.rules import Rule


@dataclass(frozen=True, kw_only=True)
class Panel(Entry):
    """Tests that are proposed together while `when` is true."""

    name: str
    when: Rule
    tests: tuple[TestId, ...]
    why: str


@dataclass(frozen=True, kw_only=True)
class Conversion:
    """value in `to_unit` = value in `from_unit` * factor + offset; `called` limits it to results under these names."""

    from_unit: str
    to_unit: str
    factor: Decimal
    offset: Decimal = Decimal(0)
    called: tuple[str, ...] = ()
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class Loinc:
    """A LOINC code with the unit it is reported in; `checked`: whether it was looked up; `finding`: what it fills."""

    code: str
    unit: str
    specimen: str
    checked: str
    finding: FindingId | None = None


@dataclass(frozen=True, kw_only=True)
class Interval:
    """A reference interval; open where low or high is missing. With `finding` it holds for that result only."""

    unit: str
    group: str
    low: Decimal | None = None
    high: Decimal | None = None
    basis: Basis = "sourced"
    source: SourceId | None = None
    finding: FindingId | None = None
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class Cutoff:
    """A named band of results, in the unit of the first interval unless `unit` says otherwise; `finding` as there."""

    side: str
    label: str
    from_: Decimal | None = None
    to: Decimal | None = None
    below: Decimal | None = None
    above: Decimal | None = None
    at_or_above: Decimal | None = None
    at_or_below: Decimal | None = None
    times_uln: tuple[Decimal | None, ...] = ()
    unit: str = ""
    si: str = ""
    text: str = ""
    basis: Basis = "sourced"
    source: SourceId | None = None
    finding: FindingId | None = None


@dataclass(frozen=True, kw_only=True)
class Test(Entry):
    """A test: when it is proposed, how its result is read, what low and high mean.

    Attributes:
        results: findings that its result fills.
        called: names under which a result may be handed in, each with the finding it fills, if any.
        plain_why, plain_how: for patients. low_means, high_means: for clinicians.
    """

    name: str
    when: Rule
    not_when: Rule | None = None
    results: tuple[FindingId, ...] = ()
    called: dict[str, FindingId | None] | None = None
    plain_why: str
    plain_how: str
    low_means: str
    high_means: str
    loinc: tuple[Loinc, ...] = ()
    units: tuple[str, ...] = ()
    conversions: tuple[Conversion, ...] = ()
    reference: tuple[Interval, ...] = ()
    cutoffs: tuple[Cutoff, ...] = ()
    method: str = ""
    timing: str = ""
    explain: str = ""
    examples: tuple[str, ...] = ()
    disagreement: str = ""


@dataclass(frozen=True, kw_only=True)
class FormulaInput:
    """Where a variable of a formula comes from.

    Attributes:
        finding: the answer to it, in `unit`. formula: the outcome of another formula.
        upper_limit_of: the upper reference limit of a test, the report's own if it prints one.
        With none of these the variable is for the reader's own use only.
    """

    name: str
    unit: str = ""
    finding: FindingId | None = None
    formula: FormulaId | None = None
    upper_limit_of: TestId | None = None


@dataclass(frozen=True, kw_only=True)
class FormulaCheck:
    """A worked example."""

    inputs: dict[str, float | bool | None]
    output: float


@dataclass(frozen=True, kw_only=True)
class Formula(Entry):
    """Arithmetic over findings, written with + - * / **, min, max and `x if condition else y`.

    Attributes:
        expression: over the names in `inputs` and `parameters`.
        unit: of the outcome. result: the finding that the outcome fills.
        only_if: the formula holds only for these people.
    """

    name: str
    expression: str
    unit: str
    inputs: tuple[FormulaInput, ...] = ()
    parameters: dict[str, float] | None = None
    result: FindingId | None = None
    only_if: Rule | None = None
    limits: str = ""
    reference: tuple[Decimal, ...] = ()
    check: FormulaCheck | None = None


@dataclass(frozen=True, kw_only=True)
class ScoreItem:
    """Points that count while `when` is true."""

    when: Rule
    points: int
    text: str


@dataclass(frozen=True, kw_only=True)
class Score(Entry):
    """A points score; `result` is filled when every item is known."""

    name: str
    result: FindingId
    items: tuple[ScoreItem, ...]
    likely_at_or_above: int
    likely: str
    unlikely: str


@dataclass(frozen=True, kw_only=True)
class ExamStep(Entry):
    """One step of the examination; `plain_*` for patients, the rest for clinicians."""

    block: str
    name: str
    how: str
    positive: str
    means: str
    plain_why: str
    plain_how: str
    findings: tuple[FindingId, ...] = ()


@dataclass(frozen=True, kw_only=True)
class LookAlike(Entry):
    """The clue that tells a look-alike from a true cramp."""

    mimic: str
    conditions: tuple[ConditionId, ...]
    clue: str
    test: TestId | None = None
