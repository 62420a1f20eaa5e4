"""Which coded entries of a patient record answer which findings, and for how long they hold."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from crampwise.book.schema.common import Entry, FindingId, TestId, WindowId

CodeSystem = Literal["snomed", "icd10", "loinc", "rxnorm", "atc", "gender", "ips_absent"]
"""Short names of code systems: SNOMED CT; ICD-10 and its national versions; LOINC; RxNorm; ATC; the sexes of FHIR and
HL7 version 3; what the International Patient Summary uses to say that nothing is known."""

Codes = dict[CodeSystem, tuple[str, ...]]
"""For each code system the codes; in `icd10` and `atc` a code may end in * and then stands for all that begin so."""

RecordKind = Literal["patient", "condition", "observation", "procedure", "medicine", "allergy"]
RecordState = Literal["active", "ever", "refuted"]


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordWindow(Entry):
    """How long something in a record can stand for how the person is now.

    Attributes:
        name: what it is for. days: the age, in days, up to which it counts; None where age does not matter.
        judgement: the named, dated opinion that `days` rests on.
    """

    name: str
    days: int | None
    judgement: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordEntry(Entry):
    """One way in which a patient record answers findings.

    Attributes:
        name: what it reads, for reviewers.
        kind: the kind of resource; a medicine is a request or statement, in force, and the one entry for medicines that
            has no codes stands for all that the book's own medicines recognise.
        codes: any one of them makes a resource fit. tests: their LOINC codes do as well, and each fills its finding.
        state: for a condition: present now, present now or before, or stated not to be.
        values: for an observation: any one of these coded values makes it fit.
        says: the answer to each finding: yes, no, or an option.
        fills: the number finding that takes the observation's value, or the age.
        due_at: the date in the observation is when `fills` will reach this number.
        window: how old it may be.
        states_absence: the codes themselves say that nothing of a kind is known, so a no may rest on them.
    """

    name: str
    kind: RecordKind
    window: WindowId
    codes: Codes | None = None
    tests: tuple[TestId, ...] = ()
    state: RecordState | None = None
    values: Codes | None = None
    says: dict[FindingId, str] | None = None
    fills: FindingId | None = None
    due_at: Decimal | None = None
    states_absence: bool = False
