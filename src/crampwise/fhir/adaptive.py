"""The adaptive interview of SDC: a response with its own form inside comes in, and goes out with the next screen."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from crampwise.assess.assess import assess
from crampwise.assess.engine import Engine
from crampwise.assess.known import further_problems
from crampwise.assess.triage import level_words
from crampwise.fhir.layout import Layout, Line, Section
from crampwise.fhir.names import (
    ADAPTIVE,
    ADAPTIVE_PROFILE,
    ADAPTIVE_RESPONSE_PROFILE,
    ALERT,
    ANY_MEDICINE,
    BASE,
    MEDICINES,
    SECTION,
    SEMVER,
)
from crampwise.fhir.questionnaire import Form
from crampwise.fhir.response import link_ids, read_response
from crampwise.interview.candidates import Step, next_step
from crampwise.interview.state import Screen, State, unexplained
from crampwise.logic.errors import InputError, Problem

Resource = dict[str, Any]
NAME = "adaptive"
_URL = f"{BASE}/Questionnaire/{NAME}"
_INSIDE = "form"


def adaptive_form(engine: Engine) -> Resource:
    """Give the form from which an adaptive interview starts: it has no items, the server adds them."""
    book = engine.book
    return {
        "resourceType": "Questionnaire",
        "id": NAME,
        "extension": [SEMVER, {"url": ADAPTIVE, "valueBoolean": True}],
        "url": _URL,
        "version": book.info.version,
        "name": "CrampwiseAdaptive",
        "title": book.words.phrases["form_check"],
        "status": "active",
        "experimental": True,
        "subjectType": ["Patient"],
        "date": book.info.date.isoformat(),
        "publisher": "Crampwise",
        "description": f"{book.info.scope} {book.words.phrases['about']}",
    }


def start(engine: Engine) -> Resource:
    """Give a response with which an adaptive interview can begin."""
    form = {
        "resourceType": "Questionnaire",
        "id": _INSIDE,
        "meta": {"profile": [ADAPTIVE_PROFILE]},
        "extension": [{"url": ADAPTIVE, "valueBoolean": True}],
        "derivedFrom": [f"{_URL}|{engine.book.info.version}"],
        "title": engine.book.words.phrases["form_check"],
        "status": "active",
        "subjectType": ["Patient"],
    }
    return {
        "resourceType": "QuestionnaireResponse",
        "meta": {"profile": [ADAPTIVE_RESPONSE_PROFILE]},
        "contained": [form],
        "questionnaire": f"#{_INSIDE}",
        "status": "in-progress",
    }


def next_question(engine: Engine, response: Any, at: datetime) -> Resource:
    """Give the response with the next screen in the form inside it, or completed with the result in words.

    Questions of the form that have no answer count as skipped. An emergency ends the interview at once.

    Args:
        engine: the book made ready.
        response: a QuestionnaireResponse with its own Questionnaire contained.
        at: now, with its time zone; an assessment is made for this day.

    Raises:
        InputError: with everything in the response that cannot be read; nothing of it is used then.
    """
    form, place = _form_inside(response)
    state = read_response(engine, response).state
    intake, today = state.intake(engine), at.date()
    if problems := further_problems(engine, today, intake):
        raise InputError(problems)
    step = next_step(engine, state)
    items = [i for i in form.get("item", []) if isinstance(i, Mapping)]
    number = len(items) + 1
    new = _end(engine, state, step, number, today) if step.screen is None else _screen(engine, step.screen, number)
    alarms = [a for a in _alarms(engine, state) if a["linkId"] not in set(link_ids(items))]
    new["item"] = [*alarms, *new["item"]]
    contained = list(response["contained"])
    contained[place] = {**form, "item": [*items, new]}
    status = "completed" if step.screen is None else "in-progress"
    authored = {"authored": at.isoformat(timespec="seconds")}
    return {**authored, **response, "contained": contained, "status": status}


def _form_inside(response: Any) -> tuple[Mapping[str, Any], int]:
    held = response.get("contained") if isinstance(response, Mapping) else None
    wanted = response.get("questionnaire") if isinstance(response, Mapping) else None
    for place, resource in enumerate(held if isinstance(held, list) else []):
        if isinstance(resource, Mapping) and f"#{resource.get('id')}" == wanted:
            if isinstance(resource.get("item", []), list):
                return resource, place
            raise InputError([Problem("contained", "the items of the form must be a list.")])
    what = "the response needs its Questionnaire contained, and questionnaire must point at it (such as #form)."
    raise InputError([Problem("questionnaire", what)])


def _screen(engine: Engine, screen: Screen, number: int) -> Resource:
    lines: list[Line] = []
    for question in screen.questions:
        if question.kind == "medicines":
            lines += [Line("any_medicine", ANY_MEDICINE, MEDICINES)]
            lines += [Line("medicine", MEDICINES, MEDICINES, (ANY_MEDICINE,))]
        else:
            lines.append(Line("gate" if question.kind == "item" else "finding", question.key, question.key))
    section = Section(f"{SECTION}{number}", screen.heading, tuple(lines))
    return Form(engine, Layout(NAME, screen.heading, (section,)), "lay").plain_section(section)


def _alarms(engine: Engine, state: State) -> list[Resource]:
    """Danger signs said yes to without saying which part: what that demands, at once."""
    phrase = engine.book.words.phrases["unexplained"]
    return [
        _display(f"{ALERT}{item.id}", f"{item.ask} {phrase} {level_words(engine, level).text}")
        for item, level in unexplained(engine, state)
    ]


def _end(engine: Engine, state: State, step: Step, number: int, today: date) -> Resource:
    """Give the result in words; the whole of it comes from an assessment of the response."""
    result = assess(engine.book, state.intake(engine), today)
    words = engine.book.words
    stopped = [words.phrases[f"stopped_{step.urgency}"]] if step.urgency else []
    flags = [" ".join((f"{f.title}.", *(s.text for s in f.do))) for f in result.fired]
    said = [*(s.text for s in result.urgency.say), *flags, *stopped, *(s.text for s in result.safety_net)]
    items = [_display(f"{ALERT}result.{i}", text) for i, text in enumerate(said, 1) if text]
    return {"linkId": f"{SECTION}{number}", "type": "group", "text": words.headings["urgency"], "item": items}


def _display(link_id: str, text: str) -> Resource:
    return {"linkId": link_id, "type": "display", "text": text}
