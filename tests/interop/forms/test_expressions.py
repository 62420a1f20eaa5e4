"""The form's conditions, run by other people's FHIRPath engine on random people, say what the book says."""

import json
import random
import subprocess
from typing import Any

import pytest

from crampwise.assess.engine import engine_of
from crampwise.book.compile import open_book
from crampwise.fhir.names import ALERT, ENABLE_WHEN
from crampwise.fhir.questionnaire import questionnaire
from crampwise.fhir.response import read_response
from crampwise.interpret.person import evaluate
from crampwise.interpret.world import close
from crampwise.interview.state import State, items_of, told_by_names
from crampwise.logic.answers import Answers, Value
from crampwise.logic.findings import Choice, Number, YesNo
from crampwise.logic.truth import Truth
from tests.support.forms import Item, filled, items, reply
from tests.support.interop import installed, node

ENGINE = engine_of(open_book())
WORLD = ENGINE.world
PEOPLE = 250
BY_NAME = told_by_names(ENGINE)
"""Asked only of who is not sure whether they take medicines; these people were not asked."""

GATES = {i.id: i for i in items_of(ENGINE)}


def expression(item: Item) -> str | None:
    found = (x["valueExpression"]["expression"] for x in item.get("extension", []) if x["url"] == ENABLE_WHEN)
    return next(found, None)


def some_value(draw: random.Random, finding_id: str) -> Value:
    match WORLD.findings[finding_id]:
        case YesNo():
            return draw.random() < 0.4
        case Choice(_, options):
            return draw.choice(options)
        case Number() as number:
            return number.low + draw.randrange(int(number.high - number.low) + 1)


def person(draw: random.Random, asked: list[str]) -> State:
    """Answers that do not contradict each other; some findings stay open, some not sure."""
    share, values, unsure = draw.choice((0.1, 0.4, 0.9)), dict[str, Value](), set[str]()
    for finding_id in draw.sample(asked, len(asked)):
        if draw.random() > share or finding_id in close(WORLD, Answers(values)).values:
            continue
        if draw.random() < 0.1:
            unsure.add(finding_id)
        else:
            values[finding_id] = some_value(draw, finding_id)
    return State(values, frozenset(unsure))


def response(form: dict[str, Any], state: State) -> dict[str, Any]:
    """What a client sends: findings under a grouped no are hidden and have no answer of their own."""
    whole = filled(ENGINE, form, state)
    hidden = {f for g in GATES.values() if reply(ENGINE, state, g) == "N" for f in g.findings}
    for group in whole["item"]:
        group["item"] = [i for i in group["item"] if i["linkId"] not in hidden]
    return whole


def run(form: dict[str, Any], texts: dict[str, str], responses: list[dict[str, Any]]) -> list[dict[str, list[bool]]]:
    named = [x["valueExpression"] for x in form["extension"] if "valueExpression" in x]
    variables = {v["name"]: v["expression"] for v in named}
    given = json.dumps({"variables": variables, "expressions": texts, "responses": responses})
    place = installed("forms")
    done = subprocess.run([node(), "evaluate.mjs"], cwd=place, input=given, capture_output=True, text=True, check=True)
    results = json.loads(done.stdout)
    assert isinstance(results, list)
    return results


@pytest.mark.parametrize("scope", ["check", "emergency", "benign_nocturnal_leg_cramps"])
def test_every_condition_agrees_with_the_book(scope: str) -> None:
    form = questionnaire(ENGINE, scope)
    asked = [i["linkId"] for i in items(form) if i["linkId"] in WORLD.findings]
    texts = {i["linkId"]: text for i in items(form) if (text := expression(i))}
    draw = random.Random(7)
    people = [person(draw, asked) for _ in range(PEOPLE)]
    responses = [response(form, p) for p in people]
    seen = {True: 0, False: 0}
    for told, sent in zip(run(form, texts, responses), responses, strict=True):
        given = read_response(ENGINE, sent).state.intake(ENGINE).answers
        closed = close(WORLD, given)
        for id_, value in told.items():
            assert value in ([True], [False]), f"{id_} is {value}: a condition is never empty"
            shown = value == [True]
            seen[shown] += 1
            if id_.startswith(ALERT):
                fires = evaluate(ENGINE.book.red_flags[id_.removeprefix(ALERT)].when, closed) is Truth.TRUE
                assert shown is fires, id_
            else:
                hidden_rightly(given, sent, id_, shown)
    assert min(seen.values()) > 50


def hidden_rightly(given: Answers, sent: dict[str, Any], id_: str, shown: bool) -> None:
    """An item is hidden when it is not for the person; and only then, or when settled, or its gates are not open."""
    others = close(WORLD, given.without([id_]))
    rule = WORLD.who_for.get(id_)
    if rule is not None and evaluate(rule, others) is Truth.FALSE:
        assert not shown, f"{id_} is not for this person"
    elif not shown:
        answers = {i["linkId"]: i["answer"][0] for g in sent["item"] for i in g["item"]}
        gates = [g for g in GATES.values() if id_ in (*g.findings, *g.then)]
        opened = [g for g in gates if answers.get(g.id, {}).get("valueCoding", {}).get("code") in ("Y", "not-sure")]
        assert id_ in others.values or id_ in BY_NAME or (gates and len(opened) < len(gates)), id_


def test_every_expression_of_every_form_is_fhirpath() -> None:
    for scope in (*ENGINE.book.conditions, *ENGINE.book.red_flags):
        form = questionnaire(ENGINE, scope)
        texts = {i["linkId"]: text for i in items(form) if (text := expression(i))}
        if texts:
            (told,) = run(form, texts, [filled(ENGINE, form, State())])
            assert all(value in ([True], [False]) for value in told.values()), scope


def test_a_broken_expression_is_noticed() -> None:
    form = questionnaire(ENGINE, "emergency")
    with pytest.raises(subprocess.CalledProcessError):
        run(form, {"x": "('fever' in %yes"}, [filled(ENGINE, form, State())])
