"""How the CQL reads a patient record: the book's record entries as defines, by codes alone.

Names of medicines are not read, as CQL has nothing to take them apart with; a medicine counts by its ATC code or the
RxNorm code of its ingredient. What contradicts itself is unknown.
"""

from collections.abc import Iterable, Iterator

from crampwise.assess.medicines import recognise
from crampwise.assess.units import UnitError
from crampwise.book.book import Book
from crampwise.book.schema.records import Codes, RecordEntry
from crampwise.book.schema.workup import Conversion
from crampwise.edges.cql.arithmetic import number, scaled
from crampwise.fhir.names import UCUM
from crampwise.interpret.cql import joined, listed, name, string
from crampwise.logic.findings import Choice, Finding, Number, YesNo
from crampwise.records.mapping import SYSTEMS, record_map

_SYSTEM = "\n".join(f"    when {string(address)} then {string(short)}" for address, short in SYSTEMS.items())

FUNCTIONS = f"""\
// The day of a date; of one without day or month the first that it can mean.
define function Day(at System.DateTime):
  if at is null then null else Date(year from at, Coalesce(month from at, 1), Coalesce(day from at, 1))

define function Recent(dated Date, most Integer):
  Coalesce(difference in days between dated and Today() <= most, false)

// Codes as text, with the short name of their system.
define function Said(codings List<FHIR.Coding>):
  ((codings C return all case C.system.value
{_SYSTEM}
    else null end + ' ' + C.code.value) S where S is not null return all S)

// The number of a quantity without a comparator.
define function Plain(quantity FHIR.Quantity):
  if quantity.comparator is not null then null else quantity.value.value

// The unit of a quantity, which is UCUM unless it says otherwise.
define function UnitOf(quantity FHIR.Quantity):
  if quantity.system.value is null or quantity.system.value = {string(UCUM)}
    then Coalesce(quantity.code.value, quantity.unit.value)
  else quantity.unit.value

define function Within(value Decimal, low Decimal, high Decimal, unit String):
  if value between low and high then System.Quantity {{ value: value, unit: unit }} else null

// True or false where all that is said agrees.
define function Agreed(truths List<Boolean>):
  case
    when exists ((truths) T where T is true) and exists ((truths) T where T is false) then null
    when exists ((truths) T where T is true) then true
    when exists ((truths) T where T is false) then false
    else null
  end

define "Conditions":
  flatten ([Condition] C
    let verified: First((C.verificationStatus.coding) K return all K.code.value),
      status: First((C.clinicalStatus.coding) K return all K.code.value),
      begun: Day(Coalesce((C.onset as FHIR.dateTime).value, (C.onset as FHIR.Period)."end".value,
        (C.onset as FHIR.Period)."start".value)),
      noted: Day(C.recordedDate.value)
    where Coalesce(verified, '') != 'entered-in-error' and (begun after Today()) is not true
      and (noted after Today()) is not true
    return all ((Said(C.code.coding)) S return all Tuple {{
      code: S,
      sure: not Coalesce(verified in {{ 'unconfirmed', 'provisional', 'differential', 'refuted' }}, false),
      refuted: Coalesce(verified = 'refuted', false),
      present: Coalesce(status in {{ 'active', 'recurrence', 'relapse' }}, false)
        or (not Coalesce(status in {{ 'inactive', 'remission', 'resolved' }}, false) and C.abatement is null),
      since: Coalesce(begun, noted),
      last: if noted is null or begun after noted then begun else noted,
      noted: Coalesce(noted, begun)
    }}))

define "Procedures":
  flatten ([Procedure] P
    let at: Day(Coalesce((P.performed as FHIR.dateTime).value, (P.performed as FHIR.Period)."end".value,
      (P.performed as FHIR.Period)."start".value))
    where P.status.value in {{ 'completed', 'in-progress' }} and (at after Today()) is not true
    return all ((Said(P.code.coding)) S return all Tuple {{ code: S, dated: at }}))

// Medicines that are marked as in use.
define "Medicines":
  (flatten ([MedicationRequest] M
    let at: Day(M.authoredOn.value)
    where M.status.value = 'active' and (M.doNotPerform.value) is not true and (at after Today()) is not true
      and M.intent.value in {{ 'order', 'original-order', 'reflex-order', 'filler-order', 'instance-order', 'plan' }}
    return all ((Said((M.medication as FHIR.CodeableConcept).coding)) S return all Tuple {{ code: S, dated: at }})))
  union (flatten ([MedicationStatement] M
    let told: Day(Coalesce(M.dateAsserted.value, (M.effective as FHIR.dateTime).value)),
      begun: Day((M.effective as FHIR.Period)."start".value),
      ended: Day((M.effective as FHIR.Period)."end".value)
    where M.status.value = 'active' and (told after Today()) is not true and (ended before Today()) is not true
    return all ((Said((M.medication as FHIR.CodeableConcept).coding)) S
      return all Tuple {{ code: S, dated: Coalesce(told, begun) }})))

// Observations and their parts, one entry for each code.
define "Observed":
  (flatten ([Observation] O
    let at: Coalesce((O.effective as FHIR.dateTime).value, (O.effective as FHIR.Period)."end".value,
        (O.effective as FHIR.Period)."start".value, (O.effective as FHIR.instant).value, O.issued.value)
    where O.status.value in {{ 'final', 'amended', 'corrected' }} and (Day(at) after Today()) is not true
    return all ((Said(O.code.coding)) S return all Tuple {{
      code: S, at: at, dated: Day(at), coded: Said((O.value as FHIR.CodeableConcept).coding),
      number: Plain(O.value as FHIR.Quantity), unit: UnitOf(O.value as FHIR.Quantity),
      due: Day((O.value as FHIR.dateTime).value),
      high: First(O.referenceRange).high.value.value, highUnit: UnitOf(First(O.referenceRange).high)
    }})))
  union (flatten (flatten ([Observation] O
    let at: Coalesce((O.effective as FHIR.dateTime).value, (O.effective as FHIR.Period)."end".value,
        (O.effective as FHIR.Period)."start".value, (O.effective as FHIR.instant).value, O.issued.value)
    where O.status.value in {{ 'final', 'amended', 'corrected' }} and (Day(at) after Today()) is not true
    return all ((O.component) P return all ((Said(P.code.coding)) S return all Tuple {{
      code: S, at: at, dated: Day(at), coded: Said((P.value as FHIR.CodeableConcept).coding),
      number: Plain(P.value as FHIR.Quantity), unit: UnitOf(P.value as FHIR.Quantity),
      due: Day((P.value as FHIR.dateTime).value),
      high: First(P.referenceRange).high.value.value, highUnit: UnitOf(First(P.referenceRange).high)
    }})))))

// The sex of the administrative record, and the sex at birth that US Core puts beside it.
define "Sexes":
  {{ 'gender ' + Patient.gender.value }} union ((Patient.extension) E
    where E.url.value = 'http://hl7.org/fhir/us/core/StructureDefinition/us-core-birthsex'
    return all 'gender ' + (E.value as FHIR.code).value)
"""


class Records:
    """Writes what the record says of each finding.

    Attributes:
        book: gives the record entries. defines: the text of each define by its name.
    """

    def __init__(self, book: Book) -> None:
        self.book = book
        self.defines: dict[str, str] = {}
        self._map = record_map(book)

    def read(self, finding: Finding) -> str | None:
        """Give what the record says of a finding: Boolean, String or Quantity; None if no entry reads it."""
        match finding:
            case Number():
                return self._number(finding)
            case YesNo():
                truths = list(self._truths(finding))
                return self._define(f"record {finding.id}", f"Agreed({listed(truths)})") if truths else None
            case Choice():
                return self._choice(finding)

    def result(self, finding: Number) -> str | None:
        """Give the newest result of a test that fills a number; None if no test is read."""
        return self._number(finding) if any(True for _ in self._results(finding)) else None

    def within(self, value: str, unit: str, finding: Number) -> str:
        """Give a number and unit as a quantity in the finding's own unit, if it is plausible."""
        limits = f"{number(finding.low)}, {number(finding.high)}, {string(finding.unit)}"
        return f"Within({self._turned(value, unit, finding)}, {limits})"

    def high(self, finding: Number) -> str:
        """Give the upper limit that the newest report of a number prints, in the unit of the finding."""
        self._number(finding)
        return f"{name(f'newest {finding.id}')}.high"

    def _define(self, called: str, expression: str, label: str = "") -> str:
        comment = f"// {label}\n" if label else ""
        self.defines.setdefault(called, f"{comment}define {name(called)}:\n  {expression}\n")
        return name(called)

    def _entries(self, finding: Finding) -> list[RecordEntry]:
        return [e for e in self.book.record_entries.values() if finding.id in (e.says or {})]

    def _truths(self, finding: YesNo) -> Iterator[str]:
        """The truths that entries give a yes/no finding, and medicines."""
        observed = [e for e in self._entries(finding) if e.values]
        if observed:
            yield self._answer(finding, observed)
        for entry in self._entries(finding):
            said = (entry.says or {})[finding.id] == "yes"
            if entry.due_at is not None:
                fills = self.book.catalogue[entry.fills or ""]
                yield f"(if {self.read(fills)} is not null then {str(said).lower()} else null)"
            elif entry.kind in ("condition", "procedure", "medicine"):
                yield f"(if {self._there(entry)} then {str(said).lower()} else null)"
        if medicines := self._medicines(finding):
            yield f"(if {medicines} then true else null)"

    def _there(self, entry: RecordEntry) -> str:
        """Whether a resource that an entry reads is there."""
        source, day = {"procedure": ("Procedures", "E.dated"), "medicine": ("Medicines", "E.dated")}.get(
            entry.kind, ("Conditions", "E.noted" if entry.state == "refuted" else "E.since")
        )
        also = {"active": "E.sure and E.present", "ever": "E.sure", "refuted": "E.refuted"}.get(entry.state or "", "")
        day = "E.last" if entry.state == "active" else day
        held = joined("and", [p for p in (_coded("E.code", entry.codes), also, self._recent(entry, day)) if p])
        return self._define(f"record {entry.id}", f"exists ({name(source)} E where {held})", entry.name)

    def _recent(self, entry: RecordEntry, day: str) -> str:
        days = self.book.record_windows[entry.window].days
        return "" if days is None else f"Recent({day}, {days})"

    def _answer(self, finding: Finding, entries: list[RecordEntry]) -> str:
        """A coded observation: the newest that has a coded value counts, also where that answers nothing."""
        cases = [
            f"when exists ((O.coded) V where {_coded('V', e.values)}) then {string((e.says or {})[finding.id])}"
            for e in entries
        ]
        codes = _coded("O.code", _together(e.codes for e in entries))
        value = f"case {' '.join(cases)} else 'nothing' end"
        self._newest(finding, f"{codes} and exists O.coded", f"value: {value}", entries[0])
        newest = name(f"newest {finding.id}")
        return f"(case {newest}.value when 'yes' then true when 'no' then false else null end)"

    def _choice(self, finding: Choice) -> str | None:
        """A choice: the sex, from the Patient or an observation; null where these differ."""
        observed = [e for e in self._entries(finding) if e.values]
        patient = [e for e in self._entries(finding) if e.kind == "patient"]
        if not observed and not patient:
            return None
        parts = []
        if observed:
            self._answer(finding, observed)
            parts.append(f"{{ {name(f'newest {finding.id}')}.value }}")
        for entry in patient:
            said = string((entry.says or {})[finding.id])
            parts.append(f'(("Sexes") S where {_coded("S", entry.codes)} return all {said})')
        options = listed([string(o) for o in finding.options])
        every = f"(({' union '.join(parts)}) V where V in {options} return distinct V)"
        return self._define(f"record {finding.id}", f"if Count({every}) = 1 then First({every}) else null")

    def _number(self, finding: Number) -> str | None:
        entries = [e for e in self.book.record_entries.values() if e.fills == finding.id]
        results = list(self._results(finding))
        limits = f"{number(finding.low)}, {number(finding.high)}, {string(finding.unit)}"
        if any(e.kind == "patient" for e in entries):
            age = "if Patient.birthDate.value after Today() then null else ToDecimal(AgeInYearsAt(Today()))"
            return f"Within({age}, {limits})"
        if not entries and not results:
            return None
        codes = _together([*(e.codes for e in entries), {"loinc": tuple(code for code, _ in results)}])
        value = self._turned("O.number", "O.unit", finding)
        due = next((e.due_at for e in entries if e.due_at is not None), None)
        if due is not None:
            value = f"{number(due)} + Floor(ToDecimal(difference in days between O.due and Today()) / 7.0)"
        high = f", high: {self._turned('O.high', 'O.highUnit', finding)}" if results else ""
        entry = entries[0] if entries else results[0][1]
        made = f"value: Within({value},\n      {limits}){high}"
        return f"{self._newest(finding, _coded('O.code', codes), made, entry)}.value"

    def _newest(self, finding: Finding, where: str, made: str, entry: RecordEntry) -> str:
        """The newest readable value, unless another of the same time differs, or it is too old."""
        values, newest = f"values {finding.id}", f"newest {finding.id}"
        listing = f'("Observed" O where {where}\n    return all Tuple {{ at: O.at, dated: O.dated, {made} }})'
        kept = f"(({listing}) V where V.value is not null return all V sort by at)"
        self._define(values, kept)
        same = "(V.at is null) = (N.at is null) and (V.at = N.at) is not false"
        clash = f"exists ({name(values)} V where {same} and V.value != N.value)"
        held = joined("and", [p for p in (self._recent(entry, "N.dated"), f"not {clash}") if p])
        return self._define(newest, f"First(({{ Last({name(values)}) }}) N where {held})")

    def _results(self, finding: Number) -> Iterator[tuple[str, RecordEntry]]:
        """LOINC codes of tests whose results fill a finding, with the entry that reads them."""
        for (kind, system, code), readings in self._map.exact.items():
            for reading in readings:
                if kind == "observation" and system == "loinc" and reading.test and reading.fills == finding.id:
                    yield code, self.book.record_entries[reading.entry]

    def _turned(self, value: str, unit: str, finding: Number) -> str:
        """The number in the finding's own unit, from each unit that the book knows for it; null from any other."""
        tests = [t for t in self.book.tests.values() if finding.id in t.results]
        stated = [c for t in tests for c in t.conversions if not c.called]
        cases = []
        for word in self.book.words.units:
            if turned := _from(value, word.ucum, finding, stated):
                cases += [
                    f"when {string(spelt)} then {turned}"
                    for spelt in dict.fromkeys((word.ucum, word.shown, *word.also))
                ]
        if not any(f"when {string(finding.unit)} " in case for case in cases):
            cases.append(f"when {string(finding.unit)} then {value}")
        return f"case {unit} {' '.join(dict.fromkeys(cases))} else null end"

    def _medicines(self, finding: YesNo) -> str:
        """Whether a medicine in use has a code that the book knows to answer the finding with yes."""
        exact: dict[str, list[str]] = {"rxnorm": [], "atc": []}
        for medicine in self.book.medicines.values():
            for system, code in (("rxnorm", medicine.rxnorm), ("atc", medicine.atc)):
                said = f"rxnorm {code}" if system == "rxnorm" else code
                if code and finding.id in recognise(self.book, said).findings:
                    exact[system].append(code)
        codes: Codes = {"rxnorm": tuple(dict.fromkeys(exact["rxnorm"])), "atc": tuple(dict.fromkeys(exact["atc"]))}
        entry = self._map.medicine
        if entry is None or not any(codes.values()):
            return ""
        recent = f"Recent(M.dated, {entry.days})" if entry.days is not None else "true"
        held = f'exists ("Medicines" M where {_coded("M.code", codes)} and {recent})'
        return self._define(f"takes {finding.id}", held)


def _together(each: "Iterable[Codes | None]") -> Codes:
    found: Codes = {}
    for codes in each:
        for system, listed_ in (codes or {}).items():
            found[system] = tuple(dict.fromkeys((*found.get(system, ()), *listed_)))
    return found


def _coded(code: str, codes: "Codes | None") -> str:
    """Whether a code, as `Said` writes it, is one of these; those that end in * stand for all that begin so."""
    every = [f"{system} {c}" for system, each in (codes or {}).items() for c in each]
    whole = [string(c) for c in every if not c.endswith("*")]
    parts = [f"{code} in {listed(whole)}"] if whole else []
    parts += [f"StartsWith({code}, {string(c[:-1])})" for c in every if c.endswith("*")]
    return f"({' or '.join(parts)})" if len(parts) > 1 else parts[0]


def _from(value: str, unit: str, finding: Number, stated: "list[Conversion]") -> str | None:
    try:
        return scaled(value, unit, finding.unit, stated)
    except UnitError:
        return None
