"""A form of the interview as an SDC Questionnaire (FHIR R4)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import Any, Literal

from crampwise.assess.engine import Engine
from crampwise.assess.units import UnitError, convert
from crampwise.book.schema.findings import FindingEntry
from crampwise.fhir.answer import option_coding
from crampwise.fhir.evidence import related_artifacts, support_links
from crampwise.fhir.layout import Layout, Line, Section, layout
from crampwise.fhir.names import (
    BASE,
    ENABLE_WHEN,
    FINDINGS,
    ITEM_CONTROL,
    MAX_QUANTITY,
    MAX_VALUE,
    MIN_QUANTITY,
    MIN_VALUE,
    NO,
    NOT_SURE,
    QUESTIONNAIRE_PROFILE,
    SEMVER,
    UCUM,
    UNIT,
    UNIT_OPTION,
    YES,
    codings,
    fhir_id,
    fhirpath,
)
from crampwise.fhir.planes import NEVER, Expression, Planes, every, negated, opened, some
from crampwise.interview.state import items_of
from crampwise.logic.findings import Choice, Number, YesNo

Resource = dict[str, Any]
Words = Literal["lay", "clinical"]
_MOST_CONDITIONS = 4
"""More than so many gates are joined in one expression."""
_ANSWERS = [YES, NO, NOT_SURE]


def questionnaire(engine: Engine, scope: str, words: Words = "lay") -> Resource:
    """Give the form of a scope.

    Args:
        engine: the book made ready.
        scope: check, emergency, examination, results, or the id of a condition or red flag.
        words: lay for the person themselves, clinical for those who care for them.

    Raises:
        InputError: there is no such scope.
    """
    return Form(engine, layout(engine, scope), words).resource()


def form_name(scope: str, words: Words) -> str:
    """Give the id of a form."""
    return fhir_id(scope) if words == "lay" else f"{fhir_id(scope)}-clinical"


def form_url(scope: str, words: Words) -> str:
    """Give the canonical address of a form, without its version."""
    return f"{BASE}/Questionnaire/{form_name(scope, words)}"


@dataclass(frozen=True)
class Form:
    """A layout on its way to a Questionnaire."""

    engine: Engine
    layout: Layout
    words: Words

    def resource(self) -> Resource:
        """Give the whole Questionnaire."""
        book, name = self.engine.book, form_name(self.layout.scope, self.words)
        items = [self._section(s.id, s.title, s.lines) for s in self.layout.sections]
        variables = self.planes.variables() if "%" in repr(items) else []
        code = codings(self.layout.code)
        return {
            "resourceType": "Questionnaire",
            "id": name,
            "meta": {"profile": [QUESTIONNAIRE_PROFILE]},
            "extension": [SEMVER, *variables, *related_artifacts(book, self._about())],
            "url": form_url(self.layout.scope, self.words),
            "identifier": [{"system": f"{BASE}/book-digest", "value": book.digest}],
            "version": book.info.version,
            "name": "".join(part.capitalize() for part in ("crampwise", *name.split("-"))),
            "title": self.layout.title,
            "status": "active",
            "experimental": True,
            "subjectType": ["Patient"],
            "date": book.info.date.isoformat(),
            "publisher": "Crampwise",
            "description": f"{book.info.scope} {book.words.phrases['about']}",
            "purpose": " ".join(self.losses()),
            **({"code": code} if code else {}),
            "item": items,
        }

    def losses(self) -> list[str]:
        """Say what this form cannot carry."""
        phrases = self.engine.book.words.phrases
        kinds = {line.kind for line in self.layout.lines}
        numbers = any(isinstance(self._finding(line), Number) for line in self.layout.lines)
        return [
            *([phrases["form_not_sure_number"]] if numbers else []),
            *([phrases["form_names_not_read"]] if "medicine" in kinds else []),
            *([phrases["form_part_only"]] if self.layout.scope != "check" else []),
        ]

    @cached_property
    def planes(self) -> Planes:
        """Rules over the questions of this form."""
        asked = frozenset(line.id for line in self.layout.lines if line.kind == "finding")
        texts = {i.id: i.findings for i in items_of(self.engine)}
        gates = {line.id: texts[line.id] for line in self.layout.lines if line.kind == "gate"}
        return Planes(self.engine.world, asked, gates)

    @cached_property
    def _places(self) -> dict[str, int]:
        return {line.id: place for place, line in enumerate(self.layout.lines)}

    def _finding(self, line: Line) -> Choice | Number | YesNo | None:
        return self.engine.book.catalogue.get(line.about)

    def _about(self) -> list[str]:
        """Entries of the book that this form puts into words."""
        items = {i.id: i.findings for i in items_of(self.engine)}
        return [a for line in self.layout.lines for a in (line.about, *items.get(line.about, ()))]

    def _section(self, id_: str, title: str, lines: Iterable[Line]) -> Resource:
        listed = tuple(lines)
        group = {"linkId": id_, "type": "group", "text": title, "item": [self._item(line) for line in listed]}
        if all(line.kind == "alert" for line in listed):
            flags = (self.engine.book.red_flags[line.about] for line in listed)
            group["extension"] = [_when(some(self.planes.true(f.when) for f in flags))]
        return group

    def plain_section(self, section: Section) -> Resource:
        """Give one section whose questions are all to be asked: nothing but medicines depends on another answer."""
        items = []
        for line in section.lines:
            condition = self._condition(line) if line.kind == "medicine" else {}
            items.append({**self._content(line), **condition})
        return {"linkId": section.id, "type": "group", "text": section.title, "item": items}

    def _item(self, line: Line) -> Resource:
        item, condition = self._content(line), self._condition(line) if line.kind != "alert" else {}
        extensions = [*item.get("extension", []), *condition.get("extension", [])]
        return {**item, **condition, **({"extension": extensions} if extensions else {})}

    def _content(self, line: Line) -> Resource:
        """Give an item without what it depends on."""
        book = self.engine.book
        phrases = book.words.phrases
        match line.kind:
            case "gate":
                return {"linkId": line.id, "text": self._gate_text(line.about), **_yes_no()}
            case "any_medicine":
                return {"linkId": line.id, "text": phrases["form_any_medicine"], **_yes_no()}
            case "medicine":
                return {"linkId": line.id, "text": phrases["form_medicine"], "type": "string", "repeats": True}
            case "alert":
                flag = book.red_flags[line.about]
                return {
                    "linkId": line.id,
                    "text": " ".join((f"{flag.title}.", *flag.do)),
                    "type": "display",
                    "extension": [_when(self.planes.true(flag.when))],
                }
            case _:
                return self._question(book.findings[line.about])

    def _gate_text(self, id_: str) -> str:
        item = next(i for i in items_of(self.engine) if i.id == id_)
        if self.words == "lay":
            return item.ask
        return "; ".join(self.engine.book.findings[f].clinical for f in item.findings)

    def _question(self, entry: FindingEntry) -> Resource:
        text = entry.ask if self.words == "lay" and entry.answered_by == "patient" else entry.clinical
        own = {"system": FINDINGS, "code": entry.id, "display": entry.clinical}
        common = {"linkId": entry.id, "code": [*codings(entry.codes), own], "text": text}
        links = support_links(self.engine.book, entry)
        match self.engine.book.catalogue[entry.id]:
            case YesNo():
                body = _yes_no()
            case Choice():
                options = [option_coding(entry, o.id) | {"display": o.label} for o in entry.options]
                body = _choice([*options, NOT_SURE])
            case Number() as number:
                body = self._number(entry, number)
        return {**common, **body, "extension": [*body.get("extension", []), *links]}

    def _number(self, entry: FindingEntry, number: Number) -> Resource:
        shown = self.engine.labels.units.get(entry.id, number.unit)
        display = shown or number.unit
        unit = {"system": UCUM, "code": number.unit, "display": display}
        if entry.answered_by == "patient":
            kind, value = ("integer", "valueInteger") if entry.step == 1 else ("decimal", "valueDecimal")
            limits = ((MIN_VALUE, number.low), (MAX_VALUE, number.high))
            ends = [{"url": url, value: plain_number(limit)} for url, limit in limits]
            return {"type": kind, "extension": [{"url": UNIT, "valueCoding": unit}, *ends]}
        options = [{"url": UNIT_OPTION, "valueCoding": u} for u in [unit, *self._other_units(entry, number)]]
        limits = ((MIN_QUANTITY, number.low), (MAX_QUANTITY, number.high))
        code: Resource = {"unit": display, "system": UCUM, "code": number.unit}
        quantities = [{"url": url, "valueQuantity": code | {"value": plain_number(limit)}} for url, limit in limits]
        return {"type": "quantity", "extension": [*options, *quantities]}

    def _other_units(self, entry: FindingEntry, number: Number) -> Iterable[Mapping[str, str]]:
        """Units in which laboratories report the result besides, as far as they can be converted."""
        known = {u.ucum: u.shown for u in self.engine.book.words.units}
        for test in self.engine.book.tests.values():
            if entry.id not in test.results:
                continue
            stated = [c for c in test.conversions if not c.called]
            for ucum in dict.fromkeys(u for u in test.units if u != number.unit):
                try:
                    convert(Decimal(1), ucum, number.unit, stated)
                except UnitError:
                    continue
                yield {"system": UCUM, "code": ucum, "display": known.get(ucum) or ucum}

    def _condition(self, line: Line) -> Resource:
        """Give when an item is shown: its gates say so, it is for this person, and no earlier answer settles it."""
        gates = [*((g, YES) for g in line.opened_by), *((g, NOT_SURE) for g in line.unsure)]
        settled = self._settled(line) if line.kind == "finding" else NEVER
        if settled == NEVER and len(gates) <= _MOST_CONDITIONS:
            when = [{"question": g, "operator": "=", "answerCoding": code} for g, code in gates]
            behaviour = {"enableBehavior": "any"} if len(when) > 1 else {}
            return {"enableWhen": when, **behaviour} if when else {}
        asked_for = [opened(line.opened_by, line.unsure)] if gates else []
        unsettled = [negated(settled)] if settled else []
        return {"extension": [_when(every([*asked_for, *unsettled]))]}

    def _settled(self, line: Line) -> Expression:
        """Say when a finding need not be asked: earlier answers imply it, or it cannot be so for this person."""
        place = self._places[line.id]
        earlier = self.planes.limited(id_ for id_, p in self._places.items() if p < place and id_ != line.id)
        others = self.planes.limited(id_ for id_ in self._places if id_ != line.id)
        rule = self.engine.world.who_for.get(line.about)
        elsewhere = others.false(rule) if rule is not None else NEVER
        own_gates = {*line.opened_by, *line.unsure}
        implied = Planes(earlier.world, earlier.asked, {g: f for g, f in earlier.gates.items() if g not in own_gates})
        return some([elsewhere, implied.yes(line.about), implied.no(line.about) if self._implies(line) else NEVER])

    def _implies(self, line: Line) -> bool:
        return line.about in self.engine.world.implies


def plain_number(value: Decimal | None) -> int | float | None:
    """Give a number as JSON has it, whole where it is whole."""
    if value is None:
        return None
    return int(value) if value == value.to_integral_value() else float(value)


def _yes_no() -> Resource:
    return _choice(_ANSWERS)


def _choice(codings: list[dict[str, str]]) -> Resource:
    radio = {"coding": [{"system": "http://hl7.org/fhir/questionnaire-item-control", "code": "radio-button"}]}
    return {
        "type": "choice",
        "answerOption": [{"valueCoding": c} for c in codings],
        "extension": [{"url": ITEM_CONTROL, "valueCodeableConcept": radio}],
    }


def _when(expression: Expression) -> Resource:
    return {"url": ENABLE_WHEN, "valueExpression": fhirpath(expression or "false")}
