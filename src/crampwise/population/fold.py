"""From facts to the table of findings: what the reader of one record does with one person, for many at once.

Answers that differ are no answer, and what cannot go together is taken out. People in whom entries tie, whose dates are
no dates, or whose medicines count for a time of their own, are read one by one, by that reader itself.
"""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

import numpy as np

from crampwise.interpret.columns import Bits
from crampwise.logic.answers import Value
from crampwise.logic.findings import Number
from crampwise.population.bodies import Bodies
from crampwise.population.facts import Facts, Index, Stated, facts_of
from crampwise.population.newest import Observed, newest_observations
from crampwise.population.recorded import record_facts
from crampwise.population.rows import BODY, CODE, DATE, NO_DAY, OTHER, PERSON, SEEN, Days, resource_of
from crampwise.population.screen import Screen
from crampwise.population.table import MEDICINES, kind_of, schema
from crampwise.records.mapping import record_map
from crampwise.records.read import read_person

if TYPE_CHECKING:
    import pyarrow as pa

_ALONE = ("MedicationStatement", "MedicationDispense")
_STATED = ("Patient", "Condition", "Procedure", "AllergyIntolerance", "MedicationRequest")


@dataclass
class Folded:
    """A table of findings, with what was met on the way.

    Attributes:
        table: one row for each living Patient of the source, by id. dead: people who have died; they are left out.
        alone: people who were read one by one. problems: place and reason of what could not be read.
    """

    table: "pa.Table"
    dead: int = 0
    alone: int = 0
    problems: list[tuple[str, str]] = field(default_factory=list)


def fold(screen: Screen, bodies: Bodies, present: frozenset[str], table: "pa.Table") -> Folded:
    """Make the table of findings of all people in a table of facts.

    Args:
        screen: the book made ready. bodies: reads each resource, for the day of the screen.
        present: findings of results and ids of contacts of which the source holds some entry at all.
        table: the facts.
    """
    import pyarrow as pa

    facts, found = facts_of(bodies, table), Folded(table)
    people = len(facts.names)
    alone = np.zeros(people, np.bool_)
    alone[facts.who[np.isin(facts.kind, _ALONE) | ((facts.odd | facts.changed) & (facts.kind != SEEN))]] = True
    rows, here, dead = _patients(facts, found)
    observed = newest_observations(facts, alone, found.problems)
    stated, medicines = Stated(), Stated()
    _ages(screen, facts, rows, stated, found)
    _state(facts, np.union1d(rows, np.flatnonzero(np.isin(facts.kind, _STATED[1:]))), stated, medicines)
    _observe(facts, observed, stated)
    alone |= _suspicious(screen, stated, people)
    alone &= here & ~dead
    answers = _agreed(stated, medicines, alone)
    taken = _named(medicines, alone)
    for person in np.flatnonzero(alone).tolist():
        _read_alone(facts, person, answers, taken)
    arrays: dict[str, pa.Array] = {PERSON: facts.names, MEDICINES: _lists(taken, people)}
    arrays |= _columns(screen, answers, people)
    arrays |= record_facts(screen, facts, observed, present)
    whole = pa.table(arrays, schema=schema(screen, [*readable(screen), *screen.engine.book.record_facts]))
    found.table = whole.take(pa.array(np.flatnonzero(here & ~dead)))
    found.dead, found.alone = int((here & dead).sum()), int(alone.sum())
    return found


def _patients(facts: Facts, found: Folded) -> tuple[Index, Bits, Bits]:
    """Give the rows of Patients, one for each person; who is there at all, and who has died."""
    rows = np.flatnonzero(facts.kind == "Patient")
    texts = np.array([body or "" for _, _, body in facts.contents])[facts.content[rows]] if len(rows) else rows
    rows = rows[np.lexsort((facts.day[rows], texts, facts.who[rows]))]
    again = np.concatenate([[False], np.diff(facts.who[rows]) == 0]) if len(rows) else np.zeros(0, np.bool_)
    for place in np.flatnonzero(again).tolist():
        one, other = rows[place - 1], rows[place]
        same = facts.content[one] == facts.content[other] and facts.day[one] == facts.day[other]
        how = "word for word" if same else "with different content; one of them was read"
        found.problems.append((facts.place(int(other)), f"Patient: it is here twice, {how}"))
    here, dead = np.zeros(len(facts.names), np.bool_), np.zeros(len(facts.names), np.bool_)
    here[facts.who[rows]] = True
    died = [kind == "Patient" and _died(code_body[1]) for kind, *code_body in facts.contents]
    dead[facts.who[rows[np.array(died, np.bool_)[facts.content[rows]]]]] = True
    for person in np.setdiff1d(facts.who[facts.kind != SEEN], np.flatnonzero(here)).tolist():
        found.problems.append((f"Patient/{facts.names[person]}", "entries are about a person who is not here"))
    return rows[~again], here, dead


def _died(body: str | None) -> bool:
    resource = resource_of("Patient", None, body, None, None)
    return resource.get("deceasedBoolean") is True or bool(resource.get("deceasedDateTime"))


def _ages(screen: Screen, facts: Facts, rows: Index, stated: Stated, found: Folded) -> None:
    """Completed years since birth."""
    reading = record_map(screen.engine.book).age
    if reading is None or reading.fills is None:
        return
    finding = screen.catalogue[reading.fills]
    born = facts.day[rows]
    known = born != NO_DAY
    years = years_between(born, facts.bodies.as_of)
    for row in rows[~known].tolist():
        found.problems.append((facts.place(row), "Patient: it has no birth date that can be read"))
    if isinstance(finding, Number):
        fit = known & (years >= int(finding.low)) & (years <= int(finding.high))
        for row in rows[known & ~fit].tolist():
            found.problems.append((facts.place(row), "Patient: its birth date cannot be"))
        for age in np.unique(years[fit]).tolist():
            who = facts.who[rows[fit & (years == age)]]
            stated.add(who, np.full(len(who), stated.number(finding.id, Decimal(age))))


def years_between(born: Days, day: date) -> Index:
    """Count completed years from days since 1970."""
    known = np.where(born == NO_DAY, np.datetime64("NaT"), born.astype("datetime64[D]"))
    dates = known.astype(object)
    table = {d: day.year - d.year - ((day.month, day.day) < (d.month, d.day)) for d in set(dates) if d is not None}
    return np.array([table[d] if d is not None else -1 for d in dates], np.intp)


def _state(facts: Facts, rows: Index, stated: Stated, medicines: Stated) -> None:
    """Take the answers of everything but observations, each if its date allows."""
    contents, back = np.unique(facts.content[rows], return_inverse=True)
    start, number, limit, newest, medicine = [0], list[int](), list[int](), list[bool](), list[bool]()
    age_id = (m := record_map(facts.bodies.book).age) and m.fills
    for content in contents.tolist():
        told = facts.told(content)
        for said in told.says:
            if said.finding == age_id and facts.contents[content][0] == "Patient":
                continue
            number.append((medicines if said.medicine else stated).number(said.finding, said.value))
            limit.append(-1 if said.days is None else said.days)
            newest.append(said.newest)
            medicine.append(said.medicine)
        for ingredient in told.ingredients:
            number.append(medicines.number(MEDICINES, ingredient))
            limit.append(-1 if told.medicine_days is None else told.medicine_days)
            newest.append(False)
            medicine.append(True)
        start.append(len(number))
    sizes = np.diff(start)[back] if len(rows) else np.zeros(0, np.intp)
    ends = np.cumsum(sizes)
    at = np.arange(ends[-1] if len(ends) else 0) + np.repeat(np.array(start[:-1], np.intp)[back] - ends + sizes, sizes)
    row = np.repeat(rows, sizes)
    day = _decides(facts, row, np.array(newest, np.bool_)[at])
    good = _not_later(facts, row) & facts.young(np.arange(len(row)), day, np.array(limit, np.intp)[at])
    told_by = np.array(medicine, np.bool_)[at]
    for into, mine in ((medicines, told_by), (stated, ~told_by)):
        into.add(facts.who[row[good & mine]], np.array(number, np.intp)[at][good & mine])


def _decides(facts: Facts, row: Index, newest: Bits) -> Days:
    """The date by which each row is old: of two the newer where that is asked for, else the first."""
    day, other = facts.day[row], facts.other[row]
    both = (day != NO_DAY) & (other != NO_DAY)
    patient = facts.kind[row] == "Patient"
    found = np.where(both & ~newest, day, np.maximum(day, other))
    return np.where(patient, facts.today, found).astype(np.int32)


def _not_later(facts: Facts, row: Index) -> Bits:
    """Which rows are not dated after the day of the screen. A condition is first dated by when it was recorded."""
    kind, day, other = facts.kind[row], facts.day[row], facts.other[row]
    dated = np.where((kind == "Condition") & (other != NO_DAY), other, day)
    dated = np.where(kind == "AllergyIntolerance", other, dated)
    return np.asarray((dated <= facts.today) | (kind == "Patient"))


def _observe(facts: Facts, observed: Observed, stated: Stated) -> None:
    """Take what the newest observations say, if they are recent enough."""
    if not observed.says:
        return
    for number, says in enumerate(observed.says):
        rows = np.flatnonzero(observed.said == number)
        for said in says:
            limit = np.full(len(rows), -1 if said.days is None else said.days)
            good = rows[facts.young(rows, observed.day, limit)]
            stated.add(observed.who[good], np.full(len(good), stated.number(said.finding, said.value)))


def _suspicious(screen: Screen, stated: Stated, people: int) -> Bits:
    """Who gave an answer that something could contradict: these are read one by one."""
    world = screen.engine.world
    implied = {target for targets in world.implies.values() for target in targets}
    odd = [f in world.who_for or (value is False and f in implied) for f, value in stated.numbers]
    found = np.zeros(people, np.bool_)
    for who, what in zip(stated.who, stated.what, strict=True):
        found[who[np.array(odd, np.bool_)[what]]] = True
    return found


Answers = dict[str, dict[int, Value]]
"""For each finding the answers, by person."""


def _agreed(stated: Stated, medicines: Stated, alone: Bits) -> Answers:
    """Keep the answers of which there is only one; what a medicine says holds in any case."""
    found: Answers = {}
    who, what = stated.rows(alone)
    order: dict[str, int] = {}
    finding = np.array([order.setdefault(f, len(order)) for f, _ in stated.numbers], np.int64)
    if len(what):
        _, back, counts = np.unique(who * len(order) + finding[what], return_inverse=True, return_counts=True)
        single = counts[back] == 1
        _collect(found, stated, who[single], what[single])
    _collect(found, medicines, *medicines.rows(alone))
    found.pop(MEDICINES, None)
    return found


def _collect(found: Answers, told: Stated, who: Index, what: Index) -> None:
    for (finding, value), people in told.people(who, what):
        found.setdefault(finding, {}).update(dict.fromkeys(people, value))


def _named(medicines: Stated, alone: Bits) -> dict[int, set[str]]:
    """The ingredients that each person takes."""
    found: dict[int, set[str]] = {}
    for (finding, value), people in medicines.people(*medicines.rows(alone)):
        if finding == MEDICINES:
            for person in people:
                found.setdefault(person, set()).add(str(value))
    return found


def _read_alone(facts: Facts, person: int, answers: Answers, taken: dict[int, set[str]]) -> None:
    """Read one person by the reader of one record."""
    rows = facts.rows_of(person)
    rows = rows[~np.isin(facts.kind[rows], (SEEN, "Encounter"))]
    resources = [
        {**resource_of(str(facts.kind[r]), *(facts.text(r, c) for c in (CODE, BODY, DATE, OTHER))), "id": str(r)}
        for r in rows.tolist()
    ]
    read = read_person(facts.bodies.book, str(facts.names[person]), resources, facts.bodies.as_of)
    for answered in read.answers.values():
        answers.setdefault(answered.finding, {})[person] = answered.value
    for result in read.results:
        if result.finding is not None:
            answers.setdefault(result.finding, {})[person] = result.value
    for medicine in read.medicines:
        taken.setdefault(person, set()).update(medicine.ingredients)
        for finding in medicine.findings:
            answers.setdefault(finding, {})[person] = True


def _lists(taken: dict[int, set[str]], people: int) -> "pa.Array":
    import pyarrow as pa

    return pa.array([sorted(taken.get(person, ())) for person in range(people)], pa.list_(pa.string()))


def readable(screen: Screen) -> list[str]:
    """Give the findings that records can answer, in the order of the book: every table has the same columns."""
    book = screen.engine.book
    entries = book.record_entries.values()
    found = {f for e in entries for f in (*(e.says or {}), *((e.fills,) if e.fills else ()))}
    found |= {f for e in entries for test in e.tests for f in book.tests[test].results}
    found |= {f for m in book.medicines.values() for f in (*m.sets, *m.asks)}
    return [f for f, entry in book.findings.items() if f in found or entry.asked_in == "medicines"]


def _columns(screen: Screen, answers: Answers, people: int) -> "dict[str, pa.Array]":
    """Give a column for each finding that records can answer."""
    import pyarrow as pa

    wanted = readable(screen)
    strange = [f for f, given in answers.items() if given and f not in wanted]
    if strange:
        raise ValueError(f"no table has a column for {', '.join(strange)}")
    found = {}
    for id_ in wanted:
        column: list[object] = [None] * people
        for person, value in answers.get(id_, {}).items():
            column[person] = float(value) if isinstance(value, Decimal) else value
        found[id_] = pa.array(column, kind_of(screen.catalogue[id_]))
    return found
