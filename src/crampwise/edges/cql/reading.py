"""The library of answers: how CQL gets at each finding in the FHIR resources of a patient.

An answer is an Observation coded with the finding itself (an answered questionnaire gives those), or a laboratory
result under one of the codes that the book states for the test. The newest one counts. What cannot be read (another
unit, an implausible number, a value with a comparator) is unknown.
"""

from crampwise.assess.units import UnitError
from crampwise.book.book import Book
from crampwise.book.schema.workup import Conversion, Test
from crampwise.edges.cql.arithmetic import number, scaled
from crampwise.fhir.names import ANSWERS, FINDINGS, GENDER, LOINC, NO, UCUM, YES
from crampwise.interpret.cql import joined, listed, name, string
from crampwise.logic.findings import Choice, Finding, Number, YesNo

_CODED = (ANSWERS, YES["system"], GENDER)
"""Code systems of coded answers: options, yes and no, and the sexes."""

FUNCTIONS = f"""\
// Observations that stand: none entered in error, none only planned, none dated in the future. Oldest first, one entry
// for each of its codes.
define function Standing(observations List<FHIR.Observation>, system String):
  (flatten (observations O
    let at: Coalesce((O.effective as FHIR.dateTime).value, (O.effective as FHIR.instant).value, O.issued.value)
    where O.status.value in {{ 'final', 'amended', 'corrected' }} and (at after Now()) is not true
    return all ((O.code.coding) C
      where C.system.value = system
      return all Tuple {{
        code: C.code.value,
        at: at,
        truth: (O.value as FHIR.boolean).value,
        option: First(((O.value as FHIR.CodeableConcept).coding) V
          where V.system.value in {listed([string(c) for c in _CODED])} return all V.code.value),
        number: Plain(O.value as FHIR.Quantity),
        unit: UnitOf(O.value as FHIR.Quantity),
        high: First(O.referenceRange).high.value.value,
        highUnit: UnitOf(First(O.referenceRange).high)
      }}))) R return all R sort by at

// The number of a quantity without a comparator.
define function Plain(quantity FHIR.Quantity):
  if quantity.comparator is not null then null else quantity.value.value

// The unit of a quantity, which is UCUM unless it says otherwise.
define function UnitOf(quantity FHIR.Quantity):
  if quantity.system.value is null or quantity.system.value = {string(UCUM)}
    then Coalesce(quantity.code.value, quantity.unit.value)
  else null

define function Within(value Decimal, low Decimal, high Decimal, unit String):
  if value between low and high then System.Quantity {{ value: value, unit: unit }} else null

// What was answered, finding by finding.
define "Told":
  Standing([Observation], {string(FINDINGS)})

// Results of tests.
define "Results":
  Standing([Observation], {string(LOINC)})
"""


class Reading:
    """Writes the define of each finding's answer, and of what a test needs besides.

    Attributes:
        book: gives findings and tests. defines: the CQL of each define by its name.
    """

    def __init__(self, book: Book) -> None:
        self.book = book
        self.defines: dict[str, str] = {}
        self.tests: dict[str, list[Test]] = {}
        for test in book.tests.values():
            for finding in test.results:
                self.tests.setdefault(finding, []).append(test)

    def answer(self, finding: Finding) -> str:
        """Give the way to a finding's own answer from another library, and write its define."""
        if finding.id not in self.defines:
            self._define(finding.id, self._own(finding), self.book.findings[finding.id].clinical)
        return _told(finding.id)

    def done(self, finding: Finding) -> str | None:
        """Give what is true when a result of a test that fills this finding is there; None if no test has codes."""
        tests = [t for t in self.tests.get(finding.id, ()) if t.loinc]
        for test in tests:
            codes = listed([string(loinc.code) for loinc in test.loinc])
            self._define(f"{test.id}: done", f'exists ("Results" R where R.code in {codes})', test.name)
        return joined("or", [_told(f"{t.id}: done") for t in tests]) if tests else None

    def own_limit(self, test_id: str) -> str:
        """Give the upper limit that the newest report of a test prints, in the unit of its finding."""
        test = self.book.tests[test_id]
        finding = self.book.catalogue[test.results[0]]
        if not isinstance(finding, Number):
            raise ValueError(f"{test_id} does not measure a number first")
        called = f"{test_id}: upper limit of the report"
        self._define(
            called,
            f"First(({{ {self._newest(finding)} }}) It return all {self._turned('It.high', 'It.highUnit', finding)})",
        )
        return _told(called)

    def _define(self, called: str, expression: str, label: str = "") -> None:
        comment = f"// {label}\n" if label else ""
        self.defines.setdefault(called, f"{comment}define {_told(called)}:\n  {expression}\n")

    def _own(self, finding: Finding) -> str:
        newest = self._newest(finding)
        match finding:
            case YesNo():
                yes, no = string(YES["code"]), string(NO["code"])
                says = f"Coalesce(It.truth, case It.option when {yes} then true when {no} then false else null end)"
                return f"First(({{ {newest} }}) It return all {says})"
            case Choice(_, options):
                allowed = listed([string(o) for o in options])
                return f"First(({{ {newest} }}) It where It.option in {allowed} return all It.option)"
            case Number(_, unit, low, high):
                limits = f"{number(low)}, {number(high)}, {string(unit)}"
                turned = self._turned("It.number", "It.unit", finding)
                return f"First(({{ {newest} }}) It\n    return all Within({turned}, {limits}))"

    def _newest(self, finding: Finding) -> str:
        told = f'("Told" T where T.code = {string(finding.id)})'
        codes = self._loinc(finding)
        if not codes:
            return f"Last({told})"
        found = f'("Results" R where R.code in {listed([string(c) for c in codes])})'
        return f"Last((({told}\n    union {found})) A return all A sort by at)"

    def _loinc(self, finding: Finding) -> list[str]:
        """LOINC codes whose results fill this finding."""
        found = []
        for test in self.tests.get(finding.id, ()):
            only = test.results[0] if len(test.results) == 1 else None
            for loinc in test.loinc:
                if (loinc.finding or next(iter((test.called or {}).values()), only)) == finding.id:
                    found.append(loinc.code)
        return found

    def _turned(self, value: str, unit: str, finding: Number) -> str:
        """The number in the finding's own unit, from each unit that the book knows for it; null from any other."""
        tests = self.tests.get(finding.id, ())
        stated = [c for t in tests for c in t.conversions if not c.called]
        known = (finding.unit, *(u for t in tests for u in t.units), *(x.unit for t in tests for x in t.loinc))
        cases = [
            f"when {string(u)} then {turned}"
            for u in dict.fromkeys(known)
            if (turned := _from(value, u, finding, stated))
        ]
        return f"case {unit} {' '.join(cases)} else null end"


def _told(called: str) -> str:
    return name(f"told {called}")


def _from(value: str, unit: str, finding: Number, stated: "list[Conversion]") -> str | None:
    try:
        return scaled(value, unit, finding.unit, stated)
    except UnitError:
        return None
