"""What was found: impression, risks, medicines with what may be wrong with them, and test results."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from crampwise.assess.assessment import Assessment, Cause, LabReading, MedicineFound, Statement
from crampwise.assess.engine import Engine
from crampwise.assess.wording import share
from crampwise.book.book import rank
from crampwise.book.schema.common import LEVELS, Level
from crampwise.book.schema.findings import ScreenItem
from crampwise.fhir.names import BASE, LOINC, UCUM, codings
from crampwise.lookup.cite import reference

Resource = dict[str, Any]
_INTERPRETATION = {"low": ("L", "Low"), "high": ("H", "High"), "normal": ("N", "Normal")}
_V3 = "http://terminology.hl7.org/CodeSystem/v3-"


def certain(result: Assessment, unclear: Sequence[tuple[ScreenItem, Level]]) -> Level:
    """Give the urgency that is certain, never below what an unexplained danger sign demands."""
    return max((result.urgency.at_least, *(level for _, level in unclear)), key=rank)


def said(statement: Statement | None) -> str:
    """Give the words of a statement."""
    return statement.text if statement else ""


def cited(engine: Engine, statements: Sequence[Statement]) -> list[Resource]:
    """Give what some statements rest on, as annotations."""
    cites = dict.fromkeys(c for s in statements for c in s.cites)
    found = (reference(engine.book, c) for c in cites)
    return [
        {"text": f"{r.id}: {r.origin}{f', {r.place}' if r.place else ''} [{r.strength}] {r.address}".strip()}
        for r in found
    ]


def impression(
    engine: Engine,
    result: Assessment,
    unclear: Sequence[tuple[ScreenItem, Level]],
    common: Resource,
    measured: Sequence[Resource],
) -> Resource:
    """Give the urgency and the red flags as a ClinicalImpression."""
    low = certain(result, unclear)
    high = LEVELS[max(rank(low), rank(result.urgency.at_most))]
    phrases = engine.book.words.phrases
    levels = [(low, "at least")] + ([(high, "while answers are open, at most")] if high != low else [])
    findings = [{"itemCodeableConcept": _level(engine, level), "basis": basis} for level, basis in levels]
    findings += [{"itemCodeableConcept": {"text": f"{i.ask} {phrases['unexplained']}"}} for i, _ in unclear]
    for flag in result.fired:
        because = ", ".join(f"{r.label}: {r.answer}" for r in flag.reasons)
        findings.append({"itemCodeableConcept": _red_flag(flag.id, flag.title), "basis": because or said(flag.because)})
    still_open = [f"Not ruled out: {f.title} ({f.level})" for f in result.open]
    say = [s.text for s in result.urgency.say] if low == result.urgency.at_least else [_title(engine, low)]
    told = (*result.urgency.say, *(f.because for f in result.fired))
    investigation = [{"code": {"text": "Test results"}, "item": list(measured)}] if measured else []
    return {
        "resourceType": "ClinicalImpression",
        "status": "completed",
        "description": engine.book.words.phrases["about"],
        **common,
        **({"investigation": investigation} if investigation else {}),
        "summary": " ".join(say),
        "finding": findings,
        "note": [{"text": text} for text in still_open] + cited(engine, told),
    }


def _title(engine: Engine, level: Level) -> str:
    return next(f"{w.title} {w.do}" for w in engine.book.words.levels if w.level == level)


def _level(engine: Engine, level: Level) -> Resource:
    title = next(w.title for w in engine.book.words.levels if w.level == level)
    return {"coding": [{"system": f"{BASE}/CodeSystem/urgency", "code": level, "display": title}], "text": title}


def _red_flag(id_: str, title: str) -> Resource:
    return {"coding": [{"system": f"{BASE}/CodeSystem/red-flags", "code": id_, "display": title}], "text": title}


def risk(
    engine: Engine,
    result: Assessment,
    common: Resource,
    device: Resource,
    at: datetime,
    measured: Sequence[Resource],
) -> Iterator[Resource]:
    """Give the ranked causes as a RiskAssessment: chance in percent, its limits and what weighs, in words."""
    if not result.causes:
        return
    told = [s for c in result.causes for s in (c.what, *(i.statement for i in (*c.for_, *c.against)))]
    yield {
        "resourceType": "RiskAssessment",
        "status": "final",
        "method": {"text": f"Differential of the book {result.book_version}; most of its numbers are estimates"},
        **common,
        "occurrenceDateTime": at.isoformat(timespec="seconds"),
        "performer": device,
        **({"basis": list(measured)} if measured else {}),
        "prediction": [_prediction(engine, c) for c in result.causes],
        "note": cited(engine, told),
    }


def _prediction(engine: Engine, cause: Cause) -> Resource:
    words = engine.book.words
    own = {"system": f"{BASE}/CodeSystem/conditions", "code": cause.id, "display": cause.clinical}
    weights = [
        *(f"for it: {i.statement.text}" for i in cause.for_),
        *(f"against it: {i.statement.text}" for i in cause.against),
    ]
    return {
        "outcome": {"coding": [*codings(engine.book.conditions[cause.id].codes), own], "text": cause.clinical},
        "probabilityDecimal": round(100 * cause.probability, 1),
        "qualitativeRisk": {"text": words.phrases[cause.wording]},
        "rationale": "; ".join((share(words, cause), *weights)),
    }


def medicines(result: Assessment, common: Resource) -> Iterator[tuple[MedicineFound, Resource]]:
    """Give each medicine as it was named."""
    for found in result.medicines:
        known = ", ".join(found.ingredients)
        yield (
            found,
            {
                "resourceType": "MedicationStatement",
                "status": "active",
                "medicationCodeableConcept": {"text": found.said},
                **common,
                **({"note": [{"text": f"Taken for: {known}"}]} if known else {}),
            },
        )


def issues(engine: Engine, result: Assessment, patient: Resource, named: Mapping[str, Resource]) -> Iterator[Resource]:
    """Give what may be wrong with the medicines; never that one should be stopped."""
    keep = engine.book.words.phrases["do_not_stop"]
    for found in result.medicines:
        if found.may_cause:
            text = " ".join(dict.fromkeys((*(s.text for s in found.statements), keep)))
            yield {
                "resourceType": "DetectedIssue",
                "status": "preliminary",
                "code": {"text": "A medicine that can be linked with cramps"},
                "patient": patient,
                "implicated": [named[found.said]],
                "detail": text,
            }
    for statement in result.combinations:
        yield {
            "resourceType": "DetectedIssue",
            "status": "preliminary",
            "code": {"coding": [{"system": f"{_V3}ActCode", "code": "DRG"}], "text": "Medicines that act together"},
            "patient": patient,
            "implicated": list(named.values()),
            "detail": f"{statement.text} {keep}",
        }


def observations(engine: Engine, result: Assessment, common: Resource) -> Iterator[Resource]:
    """Give each test result as it was read; those that were not recognised stay on the page alone."""
    for lab in result.labs:
        if lab.status != "not_recognised":
            yield _observation(engine, lab, common)


def _observation(engine: Engine, lab: LabReading, common: Resource) -> Resource:
    test = engine.book.tests.get(lab.test)
    listed = [c for c in test.loinc if c.unit == lab.canonical_unit] if test else []
    limits = {k: _quantity(v, lab.canonical_unit) for k, v in (("low", lab.low), ("high", lab.high)) if v is not None}
    code, name = _INTERPRETATION.get(lab.status, ("", ""))
    judged = [{"coding": [{"system": f"{_V3}ObservationInterpretation", "code": code, "display": name}]}]
    category = {"system": "http://terminology.hl7.org/CodeSystem/observation-category", "code": "laboratory"}
    return {
        "resourceType": "Observation",
        "status": "final",
        "category": [{"coding": [category]}],
        "code": {"coding": [{"system": LOINC, "code": c.code} for c in listed[:1]], "text": lab.name}
        if listed
        else {"text": lab.name},
        **common,
        **({"effectiveDateTime": lab.date} if lab.date else {}),
        "valueQuantity": _quantity(lab.canonical, lab.canonical_unit),
        **({"interpretation": judged} if code else {}),
        **({"referenceRange": [limits]} if limits else {}),
        **({"note": [{"text": s.text} for s in lab.meaning]} if lab.meaning else {}),
    }


def _quantity(value: str, unit: str) -> Resource:
    return {"value": float(Decimal(value)), "unit": unit, "system": UCUM, "code": unit}
