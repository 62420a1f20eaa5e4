"""What a record says of a patient, ready to make cards from."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from crampwise.assess.assess import assess
from crampwise.assess.assessment import Assessment
from crampwise.assess.engine import Engine
from crampwise.assess.intake import Intake
from crampwise.assess.known import Known, know
from crampwise.book.schema.workup import Test
from crampwise.logic.answers import Answers
from crampwise.records.fhir import Resource, Unreadable, codes_in, entered_in_error, when
from crampwise.records.people import Heap
from crampwise.records.read import read_person

_FINAL = ("final", "amended", "corrected", "appended", "preliminary")


@dataclass(frozen=True)
class Chart:
    """One patient's record, read for one day.

    Attributes:
        intake: its answers, medicines and results. done: for each LOINC code the day of its newest result.
    """

    engine: Engine
    intake: Intake
    today: date
    done: dict[str, date]

    @cached_property
    def known(self) -> Known:
        """Everything that follows from it.

        Raises:
            InputError: the record contradicts itself.
        """
        return know(self.engine, self.intake)

    @cached_property
    def assessment(self) -> Assessment:
        """What the book says of it.

        Raises:
            InputError: the record contradicts itself.
        """
        return assess(self.engine.book, self.intake, self.today)

    def days_since(self, test: Test) -> int | None:
        """Give how many days ago a test was last done; None if the record holds no result of it."""
        days = [self.done[x.code] for x in test.loinc if x.code in self.done]
        return (self.today - max(days)).days if days else None


def read_chart(engine: Engine, patient: str, resources: Iterable[Resource], today: date) -> Chart:
    """Read a record. What cannot be read is left out; nothing in it is fatal."""
    held = list(resources)
    heap = Heap()
    for resource in held:
        heap.add(resource)
    read = read_person(engine.book, patient, held, today, heap.targets.get)
    intake = Intake(
        Answers({f: a.value for f, a in read.answers.items()}),
        tuple(dict.fromkeys(t.name for t in read.medicines)),
        tuple(r.entry for r in read.results),
    )
    return Chart(engine, intake, today, _done(held, today))


def _done(resources: Iterable[Resource], today: date) -> dict[str, date]:
    found: dict[str, date] = {}
    for resource in resources:
        if resource.get("resourceType") != "Observation" or resource.get("status") not in _FINAL:
            continue
        try:
            day = when(resource, "effectiveDateTime", "effectivePeriod", "effectiveInstant", "issued")
        except Unreadable:
            continue
        if day is None or day.first > today or entered_in_error(resource):
            continue
        for code in codes_in(resource.get("code")):
            if code.system == "loinc":
                found[code.code] = max(day.first, found.get(code.code, day.first))
    return found
