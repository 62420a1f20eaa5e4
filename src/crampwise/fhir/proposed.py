"""What is proposed: tests and examinations to talk about, and a plan. Nothing here is ordered."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from crampwise.assess.assessment import Assessment, Offer
from crampwise.assess.engine import Engine
from crampwise.book.schema.common import Level
from crampwise.book.schema.findings import ScreenItem
from crampwise.fhir.judged import certain, cited, said
from crampwise.fhir.names import BASE, LOINC

Resource = dict[str, Any]
_PRIORITY: dict[Level, str] = {"emergency_now": "stat", "same_day": "asap", "soon": "urgent"}
_GIVEN = ("offered", "ask_first")


def requests(
    engine: Engine,
    result: Assessment,
    unclear: Sequence[tuple[ScreenItem, Level]],
    common: Resource,
    device: Resource,
    at: datetime,
) -> Iterator[Resource]:
    """Give proposed tests and examinations as ServiceRequests with the intent proposal."""
    whole = {
        "resourceType": "ServiceRequest",
        "status": "draft",
        "intent": "proposal",
        "priority": _PRIORITY.get(certain(result, unclear), "routine"),
        **common,
        "authoredOn": at.isoformat(timespec="seconds"),
        "requester": device,
    }
    for test in result.tests:
        codes = [{"system": LOINC, "code": c.code} for c in engine.book.tests[test.id].loinc[:1]]
        own = {"system": f"{BASE}/CodeSystem/tests", "code": test.id, "display": test.name}
        meant = {"": test.how, "When: ": test.timing, "If low: ": test.low_means, "If high: ": test.high_means}
        notes = [f"{before}{s.text}" for before, s in meant.items() if s is not None and s.text]
        yield {
            **whole,
            "category": [{"text": "Test"}],
            "code": {"coding": [own, *codes], "text": test.name},
            "reasonCode": [{"text": test.why.text}],
            "note": [{"text": n} for n in notes] + cited(engine, (test.why, test.how)),
        }
    for step in result.examination:
        own = {"system": f"{BASE}/CodeSystem/examination", "code": step.id, "display": step.name}
        yield {
            **whole,
            "category": [{"text": "Examination"}],
            "code": {"coding": [own], "text": step.name},
            "reasonCode": [{"text": step.why.text}],
            "note": [{"text": step.clinical.text}, *cited(engine, (step.why,))],
        }


def care_plan(
    engine: Engine,
    result: Assessment,
    grave: bool,
    common: Resource,
    device: Resource,
    at: datetime,
) -> Resource:
    """Give what to do and what not to do as a CarePlan.

    In an emergency, or while a danger sign is not explained (`grave`), it holds no care at home. What may not be for
    this person comes with the question to ask first; what is not for them is left out.
    """
    offers = () if grave else (*result.plan, *result.stretches)
    first = [_activity(s.text) for flag in result.fired for s in flag.do]
    if not first:
        first = [_activity(s.text) for s in result.urgency.say if s.text]
    given = [_activity(_told(engine, o), o) for o in offers if o.status in _GIVEN]
    never = dict.fromkeys(s.text for s in result.never)
    net = [_activity(s.text) for s in result.safety_net]
    stated = [s for flag in result.fired for s in flag.do] + [s for o in offers if o.status in _GIVEN for s in o.say]
    return {
        "resourceType": "CarePlan",
        "status": "draft",
        "intent": "proposal",
        "title": engine.book.words.headings["now"],
        **common,
        "created": at.isoformat(timespec="seconds"),
        "author": device,
        "activity": [*first, *given, *net, *(_not(text) for text in never)],
        "note": [{"text": engine.book.words.phrases["do_not_stop"]}, *cited(engine, stated)],
    }


def _told(engine: Engine, offer: Offer) -> str:
    """The advice in words; behind its questions while a reason against it may hold."""
    asks = " ".join(a.ask for a in offer.asks)
    before = f"{engine.book.words.phrases['ask_first']}: {asks} " if offer.status == "ask_first" and asks else ""
    works = said(offer.works)
    return f"{before}{' '.join((*(s.text for s in offer.say), *(s.text for s in offer.cautions), works))}".strip()


def _activity(text: str, offer: Offer | None = None) -> Resource:
    code: Resource = {"code": {"text": offer.title}} if offer else {}
    return {"detail": {**code, "status": "not-started", "doNotPerform": False, "description": text}}


def _not(text: str) -> Resource:
    return {"detail": {"status": "not-started", "doNotPerform": True, "description": text}}
