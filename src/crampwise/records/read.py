"""One person's resources to answers: every resource ends in one pile, and what contradicts itself is not an answer."""

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from functools import lru_cache

from crampwise.assess.engine import engine_of
from crampwise.book.book import Book
from crampwise.interpret.world import conflicts
from crampwise.logic.answers import Answers, Value
from crampwise.records.account import Answered, Clash, Outcome, PersonRead
from crampwise.records.conditions import read_allergy, read_condition, read_procedure
from crampwise.records.fhir import Resource, Unreadable
from crampwise.records.medication import read_dispense, read_request, read_statement
from crampwise.records.observations import read_observation, settle_observations
from crampwise.records.patient import read_patient
from crampwise.records.person import Person, Resolve, Statement, Trace

READERS: Mapping[str, Callable[[Person, Resource], None]] = {
    "Patient": read_patient,
    "Condition": read_condition,
    "Procedure": read_procedure,
    "AllergyIntolerance": read_allergy,
    "Observation": read_observation,
    "MedicationRequest": read_request,
    "MedicationStatement": read_statement,
    "MedicationDispense": read_dispense,
}
"""The kinds of resource that are read."""


def not_read(kind: str) -> str:
    """Say why a kind of resource is passed over."""
    return f"{kind} is not a kind of resource that is read"


def read_person(
    book: Book, patient: str, resources: Iterable[Resource], as_of: date, resolve: Resolve = lambda _: None
) -> PersonRead:
    """Read one person's record.

    Args:
        book: says what is read.
        patient: id of the Patient resource, "" if there is none.
        resources: FHIR R4 resources as parsed JSON; what belongs to someone else is not for this function.
        as_of: the day for which it is read; what is dated later is reported.
        resolve: finds a resource by reference (Medication/17, urn:uuid:...).

    Returns:
        Answers with their origins, and one outcome for each resource, in order. Nothing in a resource is fatal.
    """
    person = Person(book, as_of, resolve)
    for resource in resources:
        kind = resource.get("resourceType")
        reader = READERS.get(kind) if isinstance(kind, str) else None
        if reader is None:
            person.idle(resource, not_read(str(kind)))
        else:
            _read(reader, person, resource)
    clashes = settle_observations(person)
    medicines = _medicine_answers(person)
    answers, opposed = _agreed(person.statements, medicines)
    answers, impossible = _possible(book, answers, medicines)
    clashes += [*opposed, *impossible]
    _settle(person, answers, clashes)
    return PersonRead(
        patient=patient,
        as_of=as_of,
        remarks=tuple(person.remarks),
        answers=answers,
        medicines=tuple(dict.fromkeys(person.taken)),
        results=tuple(person.measured),
        clashes=tuple(clashes),
        outcomes=tuple(t if isinstance(t, Outcome) else t.outcome() for t in person.traces),
    )


def _read(reader: Callable[[Person, Resource], None], person: Person, resource: Resource) -> None:
    """Read a resource; what another meaning hangs on is not guessed, and where a part is no FHIR its trace says so."""
    changed = _changed(resource)
    if changed:
        person.trace(resource).problems.append(changed)
        return
    try:
        reader(person, resource)
    except Unreadable as error:
        trace = person.traces[-1]
        if isinstance(trace, Trace):
            trace.problems.append(str(error))


def _changed(resource: Resource) -> str:
    """Say why a resource may mean something else than it seems to, or "" when nothing tells so."""
    if resource.get("modifierExtension"):
        return "it carries an extension that changes its meaning (modifierExtension)"
    if resource.get("implicitRules"):
        return "it has rules of its own (implicitRules)"
    return "it is about something else than the patient (focus)" if resource.get("focus") else ""


def _settle(person: Person, answers: Mapping[str, Answered], clashes: Iterable[Clash]) -> None:
    """Say of each resource whether anything that it states stands, or why it does not."""
    reasons = {told.finding: clash.reason for clash in clashes for told in clash.told}
    for statement in person.statements:
        answer = answers.get(statement.finding)
        if answer is not None and answer.value == statement.value:
            statement.trace.used = True
        elif (reason := reasons.get(statement.finding)) and reason not in statement.trace.problems:
            statement.trace.problems.append(reason)


def _medicine_answers(person: Person) -> dict[str, Answered]:
    found: dict[str, Answered] = {}
    for taken in person.taken:
        for finding in taken.findings:
            before = found[finding].origins if finding in found else ()
            found[finding] = Answered(finding, True, (*before, taken.origin))
    return found


def _agreed(statements: list[Statement], medicines: Mapping[str, Answered]) -> tuple[dict[str, Answered], list[Clash]]:
    """Join the statements on each finding; those that differ are no answer."""
    by_finding: dict[str, list[Statement]] = {}
    for statement in statements:
        by_finding.setdefault(statement.finding, []).append(statement)
    answers: dict[str, Answered] = {}
    clashes: list[Clash] = []
    for finding, told in by_finding.items():
        values: dict[Value, list[Statement]] = {}
        for statement in told:
            values.setdefault(statement.value, []).append(statement)
        each = [Answered(finding, v, tuple(dict.fromkeys(s.origin for s in of))) for v, of in values.items()]
        if finding in medicines and False in values:
            each.append(medicines[finding])
        if len({a.value for a in each}) == 1:
            answers[finding] = each[0]
            continue
        reason = f"the record contradicts itself about {finding}; none is read"
        clashes.append(Clash(finding, tuple(each), reason))
    return answers, clashes


def _possible(
    book: Book, answers: dict[str, Answered], medicines: Mapping[str, Answered]
) -> tuple[dict[str, Answered], list[Clash]]:
    """Take out answers that cannot go together, such as no kidney disease with dialysis."""
    clashes: list[Clash] = []
    while _suspicious(book, answers):
        values = {f: a.value for f, a in (answers | dict(medicines)).items()}
        certain = [c for c in conflicts(engine_of(book).world, Answers(values)) if c.certain]
        before = len(answers)
        for conflict in certain:
            pair = [answers.get(f) or medicines.get(f) for f in (conflict.first, conflict.second)]
            reason = f"{conflict.first} and {conflict.second} contradict each other; neither is read"
            clashes.append(Clash(conflict.first, tuple(a for a in pair if a), reason))
        gone = {a.finding for clash in clashes for a in clash.told}
        answers = {f: a for f, a in answers.items() if f not in gone}
        if len(answers) == before:
            break
    return answers, clashes


def _suspicious(book: Book, answers: Mapping[str, Answered]) -> bool:
    """Whether anything could contradict anything: a no to what something implies, or an answer not for everyone."""
    return any(a.value is False and f in _implied(book) for f, a in answers.items()) or any(
        f in engine_of(book).world.who_for for f in answers
    )


@lru_cache(maxsize=4)
def _implied(book: Book) -> frozenset[str]:
    return frozenset(target for finding in book.findings.values() for target in finding.implies)
