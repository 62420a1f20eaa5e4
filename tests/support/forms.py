"""Filling in an exported form, as a person would, and the development cases as what was typed in."""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

from crampwise.assess.engine import Engine
from crampwise.assess.evaluation import Case, read_case
from crampwise.book.book import Book
from crampwise.book.schema.findings import ScreenItem
from crampwise.book.tree import read_yaml
from crampwise.fhir.names import ANY_MEDICINE, MEDICINES
from crampwise.interview.state import Question, Said, State, items_of
from crampwise.logic.answers import Value
from crampwise.logic.findings import Choice, YesNo

CASES = sorted((Path(__file__).resolve().parents[1] / "acceptance" / "cases").glob("*.yaml"))
Item = dict[str, Any]


def case(book: Book, path: Path) -> Case:
    tree = read_yaml(path.read_text("utf-8"), path.name, [])
    assert tree is not None
    return read_case(book, tree, path.name)


def typed(one: Case) -> State:
    """A case as if it had been typed into the check."""
    named = one.intake.medicines or None
    asked = frozenset({MEDICINES}) if named else frozenset()
    return State(dict(one.intake.answers.values), one.intake.answers.not_sure, {}, named, None, asked)


def items(form: Mapping[str, Any]) -> Iterator[Item]:
    for group in form["item"]:
        yield from group["item"]


def coding(item: Item, code: str) -> dict[str, Any]:
    (found,) = [o["valueCoding"] for o in item["answerOption"] if o["valueCoding"]["code"] == code]
    assert isinstance(found, dict)
    return found


def said(engine: Engine, state: State, item: Item) -> list[dict[str, Any]]:
    """The answers to one item, as FHIR values; empty when it is left open."""
    id_ = item["linkId"]
    gate = next((i for i in items_of(engine) if i.id == id_), None)
    if gate is not None:
        code = reply(engine, state, gate)
        return [{"valueCoding": coding(item, code)}] if code else []
    if id_ == ANY_MEDICINE:
        return [{"valueCoding": coding(item, "Y")}] if state.medicines else []
    if id_ == MEDICINES:
        return [{"valueString": name} for name in state.medicines or ()]
    if id_ in state.not_sure:
        return [{"valueCoding": coding(item, "not-sure")}] if item["type"] == "choice" else []
    value = state.values.get(id_)
    return [] if value is None else [one_value(engine, item, value)]


def reply(engine: Engine, state: State, gate: ScreenItem) -> str | None:
    """What opens the findings that the person can say more of: not sure, where that opens them, else yes."""
    values = [state.values.get(f) for f in gate.findings]
    if True in values or all(v is False for v in values):
        return "Y" if True in values else "N"
    grave = any(gate in screen.items for screen in engine.book.emergency_screen.screens)
    return ("not-sure" if grave else "Y") if False in values else None


def one_value(engine: Engine, item: Item, value: Value) -> dict[str, Any]:
    match engine.book.catalogue[item["linkId"]]:
        case YesNo():
            return {"valueCoding": coding(item, "Y" if value is True else "N")}
        case Choice():
            return {"valueCoding": coding(item, str(value))}
    assert isinstance(value, Decimal)
    number = int(value) if value == value.to_integral_value() else float(value)
    if item["type"] == "quantity":
        unit = next(x["valueCoding"] for x in item["extension"] if x["url"].endswith("unitOption"))
        quantity = {"value": number, "unit": unit["display"], "system": unit["system"], "code": unit["code"]}
        return {"valueQuantity": quantity}
    return {"valueInteger" if item["type"] == "integer" else "valueDecimal": number}


def filled(engine: Engine, form: Mapping[str, Any], state: State) -> dict[str, Any]:
    """A response with every answer of a state that the form asks for."""
    groups = []
    for group in form["item"]:
        answered = [
            {"linkId": i["linkId"], "text": i["text"], "answer": answers}
            for i in group["item"]
            if i["type"] != "display" and (answers := said(engine, state, i))
        ]
        if answered:
            groups.append({"linkId": group["linkId"], "text": group["text"], "item": answered})
    return {
        "resourceType": "QuestionnaireResponse",
        "questionnaire": f"{form['url']}|{form['version']}",
        "status": "completed",
        "authored": "2026-11-21T10:00:00Z",
        "item": groups,
    }


def reply_to(engine: Engine, person: State, question: Question) -> Said:
    """What a person says to one question of the interview: as much as `said` gives to a form."""
    if question.kind == "item":
        gate = next(i for i in items_of(engine) if i.id == question.key)
        return {"Y": "yes", "N": "no", "not-sure": "not_sure"}.get(reply(engine, person, gate) or "")
    if question.kind == "medicines":
        return person.medicines
    if question.key in person.not_sure:
        return "not_sure"
    return person.values.get(question.key)


def newest(response: Mapping[str, Any]) -> Item:
    """The screen that was added last to the form inside a response."""
    found = response["contained"][0]["item"][-1]
    assert isinstance(found, dict)
    return found


def answered(engine: Engine, response: Mapping[str, Any], person: State) -> dict[str, Any]:
    """What a client sends back: the answers of this person to the newest screen."""
    group = newest(response)
    asked = [i for i in group["item"] if i["type"] != "display"]
    told = [{"linkId": i["linkId"], "answer": a} for i in asked if (a := said(engine, person, i))]
    more = {"linkId": group["linkId"], **({"item": told} if told else {})}
    return {**response, "item": [*response.get("item", []), more]}
