"""Which questions a form asks, in which order, and what opens them."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import Literal

from crampwise.assess.engine import Engine
from crampwise.book.rules import did_you_mean
from crampwise.book.schema.care import Condition
from crampwise.book.schema.findings import FindingEntry, ScreenItem
from crampwise.differential.features import rule_of
from crampwise.fhir.names import ALERT, ANY_MEDICINE, MEDICINES, SECTION
from crampwise.interview.state import told_by_names
from crampwise.logic.errors import InputError, Problem
from crampwise.logic.rules import Rule, findings_of

Kind = Literal["gate", "finding", "any_medicine", "medicine", "alert"]
FIXED = ("check", "emergency", "examination", "results")
"""Scopes that are always there; the id of a condition or red flag is one too."""


@dataclass(frozen=True, slots=True)
class Line:
    """One item of a form.

    Attributes:
        kind: gate (asks for several findings at once), finding, any_medicine, medicine (a name), alert (a red flag).
        id: of the item; `about` of the entry of the book.
        opened_by: shown only when one of these gates was answered yes, or, for those in `unsure`, not sure; always
            when there are none.
    """

    kind: Kind
    id: str
    about: str
    opened_by: tuple[str, ...] = ()
    unsure: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Section:
    """Items under one heading."""

    id: str
    title: str
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Layout:
    """One form.

    Attributes:
        scope: its name. title: for people. code: codes of what it is about, by kind of code.
    """

    scope: str
    title: str
    sections: tuple[Section, ...]
    code: dict[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def lines(self) -> Iterator[Line]:
        """Every item in order."""
        for section in self.sections:
            yield from section.lines


def layout(engine: Engine, scope: str) -> Layout:
    """Lay out the form of a scope.

    Raises:
        InputError: there is no such scope.
    """
    book = engine.book
    titles = book.words.phrases
    if scope == "emergency":
        return Layout(scope, titles["form_emergency"], (*_screens(engine), *_opened_later(engine), *_ending(engine)))
    if scope == "check":
        return Layout(scope, titles["form_check"], tuple(_check(engine)))
    if scope == "examination":
        return Layout(scope, titles["form_examination"], tuple(_examination(engine)))
    if scope == "results":
        entries = [f for f in book.findings.values() if f.answered_by == "lab" and not f.computed_by]
        section = Section(f"{SECTION}results", book.words.headings["labs"], _plain(entries))
        return Layout(scope, titles["form_results"], (section,))
    if scope in book.conditions:
        return _about_condition(engine, book.conditions[scope])
    if scope in book.red_flags:
        flag = book.red_flags[scope]
        sections = (*_read_by(engine, [flag.when], mine=False), *_alerts([flag.id], book.words.headings["emergency"]))
        return Layout(scope, titles["form_about"].format(name=flag.name), sections)
    known = (*FIXED, *book.conditions, *book.red_flags)
    remedy = did_you_mean(scope, known) or f"It is {', '.join(FIXED)}, or the id of a condition or red flag."
    raise InputError([Problem("--scope", f"there is no form for {scope!r}.", remedy)])


def _check(engine: Engine) -> Iterator[Section]:
    """The whole check of a person, in the order of the interview."""
    book = engine.book
    forms = {f.id: f for f in book.interview.forms}
    yield from _screens(engine)
    yield from _ending(engine, medicines=True)
    placed = {f for s in book.emergency_screen.screens for i in s.items for f in i.findings}
    placed |= set(forms["person"].findings)
    for step in book.interview.steps:
        if step in forms and step != "person" and forms[step].findings:
            yield _form(engine, step)
            placed |= set(forms[step].findings)
    by_names = told_by_names(engine)
    title = book.interview.families[0].title
    for line in book.interview.lines:
        fresh = [f for f in line.findings if f not in placed]
        placed |= set(fresh)
        opened = tuple(replace(_under(engine, f), opened_by=(line.id, *_later(engine, f))) for f in fresh)
        yield Section(f"{SECTION}{line.id}", title, (Line("gate", line.id, line.id), *opened))
    own = [f for f in book.findings.values() if f.id in engine.patient and not f.computed_by and f.id not in placed]
    for group in dict.fromkeys(f.group for f in own):
        lines = [
            Line("finding", f.id, f.id, (), (ANY_MEDICINE,)) if f.id in by_names else Line("finding", f.id, f.id)
            for f in own
            if f.group == group
        ]
        yield Section(f"{SECTION}group.{group}", title, tuple(lines))


def _under(engine: Engine, finding_id: str) -> Line:
    """A finding that emergency items open besides, also when these are not sure."""
    later = _later(engine, finding_id)
    return Line("finding", finding_id, finding_id, later, later)


def _later(engine: Engine, finding_id: str) -> tuple[str, ...]:
    """Emergency items that ask for a finding after their own ones."""
    items = (i for s in engine.book.emergency_screen.screens for i in s.items)
    return tuple(i.id for i in items if finding_id in i.then)


def _screens(engine: Engine) -> Iterator[Section]:
    for screen in engine.book.emergency_screen.screens:
        lines = [line for item in screen.items for line in _item(item)]
        yield Section(f"{SECTION}{screen.id}", screen.title, tuple(lines))


def _item(item: ScreenItem) -> Iterator[Line]:
    yield Line("gate", item.id, item.id)
    if len(item.findings) > 1:
        yield from (Line("finding", f, f, (item.id,), (item.id,)) for f in item.findings)


def _opened_later(engine: Engine) -> Iterator[Section]:
    screens = engine.book.emergency_screen.screens
    placed = {f for s in screens for i in s.items for f in i.findings} | set(_person(engine))
    later = dict.fromkeys(f for s in screens for i in s.items for f in i.then if f not in placed)
    title = engine.book.interview.families[0].title
    yield Section(f"{SECTION}then", title, tuple(_under(engine, f) for f in later))


def _ending(engine: Engine, medicines: bool = False) -> Iterator[Section]:
    """The questions on which many rules turn, and the alarms that answers so far may raise."""
    person = _form(engine, "person")
    named = (Line("any_medicine", ANY_MEDICINE, MEDICINES), Line("medicine", MEDICINES, MEDICINES, (ANY_MEDICINE,)))
    yield replace(person, lines=(*person.lines, *(named if medicines else ())))
    grave = (f.id for f in engine.flags_by_level if f.level == "emergency_now")
    yield from _alerts(grave, engine.book.words.headings["emergency"])


def _alerts(flags: Iterable[str], title: str) -> Iterator[Section]:
    lines = tuple(Line("alert", f"{ALERT}{f}", f) for f in flags)
    if lines:
        yield Section(f"{SECTION}alerts", title, lines)


def _person(engine: Engine) -> tuple[str, ...]:
    return next(f.findings for f in engine.book.interview.forms if f.id == "person")


def _form(engine: Engine, id_: str) -> Section:
    form = next(f for f in engine.book.interview.forms if f.id == id_)
    return Section(f"{SECTION}{id_}", form.title, _plain(engine.book.findings[f] for f in form.findings))


def _plain(entries: Iterable[FindingEntry]) -> tuple[Line, ...]:
    return tuple(Line("finding", f.id, f.id) for f in entries)


def _examination(engine: Engine) -> Iterator[Section]:
    book = engine.book
    clinical = {f.id: f for f in book.findings.values() if f.answered_by == "clinician" and not f.computed_by}
    placed: set[str] = set()
    for step in book.examination.values():
        fresh = [clinical[f] for f in step.findings if f in clinical and f not in placed]
        placed |= {f.id for f in fresh}
        if fresh:
            yield Section(f"{SECTION}{step.id}", step.name, _plain(fresh))
    rest = [f for id_, f in clinical.items() if id_ not in placed]
    if rest:
        yield Section(f"{SECTION}rest", book.words.headings["doctor"], _plain(rest))


def _about_condition(engine: Engine, condition: Condition) -> Layout:
    book = engine.book
    rules = [rule_of(book, x.finding) for x in condition.likelihoods]
    flags = [book.red_flags[f] for f in condition.caught_by]
    rules += [*condition.requires_any, *(f.when for f in flags)]
    grave = (f.id for f in flags if f.level == "emergency_now")
    sections = (*_read_by(engine, rules, mine=True), *_alerts(grave, book.words.headings["emergency"]))
    title = book.words.phrases["form_about"].format(name=condition.name.plain)
    return Layout(condition.id, title, sections, condition.codes or {})


def _read_by(engine: Engine, rules: Iterable[Rule], mine: bool) -> Iterator[Section]:
    """Everything that some rules read, and what decides for whom that is; first the person, then by group."""
    book, found = engine.book, dict.fromkeys(_person(engine))
    waiting = [f.id for rule in rules for f in findings_of(rule)]
    while waiting:
        id_ = waiting.pop(0)
        if id_ not in found and not book.findings[id_].computed_by and (id_ in engine.patient or not mine):
            found[id_] = None
            rule = engine.world.who_for.get(id_)
            waiting += [f.id for f in findings_of(rule)] if rule is not None else []
    yield _form(engine, "person")
    title = book.interview.families[0].title
    rest = [book.findings[f] for f in found if f not in _person(engine)]
    first = [*(f.id for f in rest if f.id not in engine.world.who_for), *(f.id for f in rest)]
    ordered = [book.findings[f] for f in dict.fromkeys(first)]
    for group in dict.fromkeys(f.group for f in ordered):
        yield Section(f"{SECTION}group.{group}", title, _plain(f for f in ordered if f.group == group))
