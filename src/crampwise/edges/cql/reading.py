"""How the CQL gets at the answer to each finding in the FHIR resources of a patient.

An answer is an Observation coded with the finding itself (an answered questionnaire gives those); the newest counts.
Where there is none, what the patient record says is taken. What cannot be read is unknown.
"""

from crampwise.book.book import Book
from crampwise.edges.cql.records import FUNCTIONS as RECORD_FUNCTIONS
from crampwise.edges.cql.records import Records
from crampwise.fhir.names import ANSWERS, FINDINGS, GENDER, NO, YES
from crampwise.interpret.cql import joined, listed, name, string
from crampwise.logic.findings import Choice, Finding, Number, YesNo

_CODED = (ANSWERS, YES["system"], GENDER)
"""Code systems of coded answers: options, yes and no, and the sexes."""

FUNCTIONS = f"""\
{RECORD_FUNCTIONS}
// What was answered, finding by finding, oldest first: by observations that stand, none dated in the future.
define "Told":
  (flatten ([Observation] O
    let at: Coalesce((O.effective as FHIR.dateTime).value, (O.effective as FHIR.instant).value, O.issued.value)
    where O.status.value in {{ 'final', 'amended', 'corrected' }} and (at after Now()) is not true
    return all ((O.code.coding) C
      where C.system.value = {string(FINDINGS)}
      return all Tuple {{
        code: C.code.value,
        at: at,
        truth: (O.value as FHIR.boolean).value,
        option: First(((O.value as FHIR.CodeableConcept).coding) V
          where V.system.value in {listed([string(c) for c in _CODED])} return all V.code.value),
        number: Plain(O.value as FHIR.Quantity),
        unit: UnitOf(O.value as FHIR.Quantity)
      }}))) R return all R sort by at
"""


class Reading:
    """Writes the define of each finding's answer, and of what a test needs besides.

    Attributes:
        book: gives findings and tests. records: writes what the record says. defines: each define by its name.
    """

    def __init__(self, book: Book) -> None:
        self.book = book
        self.records = Records(book)
        self.defines: dict[str, str] = {}

    def answer(self, finding: Finding) -> str:
        """Give the way to a finding's answer, and write its define."""
        if finding.id not in self.defines:
            own, read = self._own(finding), self.records.read(finding)
            expression = f"Coalesce({own},\n    {read})" if read else own
            comment = f"// {self.book.findings[finding.id].clinical}\n"
            self.defines[finding.id] = f"{comment}define {_told(finding.id)}:\n  {expression}\n"
        return _told(finding.id)

    def done(self, finding: Finding) -> str | None:
        """Give what is true when a result of a test that fills this finding is there; None if none can be."""
        tests = [t for t in self.book.tests.values() if finding.id in t.results]
        filled = dict.fromkeys(f for t in tests for f in t.results if t.loinc)
        numbers = [f for id_ in filled if isinstance(f := self.book.catalogue[id_], Number)]
        read = [r for f in numbers if (r := self.records.result(f))]
        return joined("or", [f"{r} is not null" for r in read]) if read else None

    def own_limit(self, test_id: str) -> str:
        """Give the upper limit that the newest report of a test prints, in the unit of its finding."""
        finding = self.book.catalogue[self.book.tests[test_id].results[0]]
        if not isinstance(finding, Number):
            raise ValueError(f"{test_id} does not measure a number first")
        return self.records.high(finding)

    def text(self) -> list[str]:
        """Give every define, each after those that it needs."""
        return [*self.records.defines.values(), *self.defines.values()]

    def _own(self, finding: Finding) -> str:
        newest = f'Last("Told" T where T.code = {string(finding.id)})'
        match finding:
            case YesNo():
                yes, no = string(YES["code"]), string(NO["code"])
                says = f"Coalesce(It.truth, case It.option when {yes} then true when {no} then false else null end)"
                return f"First(({{ {newest} }}) It return all {says})"
            case Choice(_, options):
                allowed = listed([string(o) for o in options])
                return f"First(({{ {newest} }}) It where It.option in {allowed} return all It.option)"
            case Number():
                value = self.records.within("It.number", "It.unit", finding)
                return f"First(({{ {newest} }}) It\n    return all {value})"


def _told(called: str) -> str:
    return name(f"told {called}")
