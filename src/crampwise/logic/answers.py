"""What is known of one person. Not sure and never asked are both unknown to rules, but are kept apart."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import Enum
from types import MappingProxyType

from crampwise.logic.findings import Choice, Finding, Number, YesNo


class Empty(Enum):
    """The one value of a choice or number that does not exist for this person: every comparison with it is false."""

    EMPTY = "empty"


Value = bool | str | Decimal | Empty


@dataclass(frozen=True)
class Answers:
    """Answers of one person.

    Attributes:
        values: finding id to a bool (yes/no), an option, or a number in the finding's own unit.
        not_sure: ids that were asked and answered "not sure".
    """

    values: Mapping[str, Value] = field(default_factory=dict)
    not_sure: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        object.__setattr__(self, "values", MappingProxyType(dict(self.values)))
        object.__setattr__(self, "not_sure", frozenset(self.not_sure) - self.values.keys())

    def get(self, finding_id: str) -> Value | None:
        """Give the known value, or None when it is unknown."""
        return self.values.get(finding_id)

    def asked(self, finding_id: str) -> bool:
        """Say whether the person was asked, whatever the answer."""
        return finding_id in self.values or finding_id in self.not_sure

    def with_values(self, new: Mapping[str, Value]) -> "Answers":
        """Give the same answers with `new` ones added or replaced."""
        return Answers({**self.values, **new}, self.not_sure)

    def without(self, finding_ids: Iterable[str]) -> "Answers":
        """Give the same answers with these findings unasked again."""
        gone = set(finding_ids)
        return Answers({k: v for k, v in self.values.items() if k not in gone}, self.not_sure - gone)


def value_problem(finding: Finding, value: object) -> str | None:
    """Say what is wrong with `value` as an answer to `finding`, or None when it fits."""
    match finding:
        case YesNo():
            return None if isinstance(value, bool) else "needs yes, no or not_sure"
        case Choice(_, options):
            return None if value in options else f"needs one of: {', '.join(options)} (or not_sure)"
        case Number(_, unit, low, high):
            if isinstance(value, bool) or not isinstance(value, Decimal) or not value.is_finite():
                return f"needs a number in {unit}"
            if not low <= value <= high:
                return f"must lie between {low} and {high} {unit}"
    return None
