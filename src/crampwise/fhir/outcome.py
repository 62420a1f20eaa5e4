"""An assessment as one FHIR document: the page for a doctor, and what it says as resources that programs can use."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from html import escape
from typing import Any
from uuid import UUID, uuid5

from crampwise.assess.assessment import Assessment
from crampwise.assess.engine import Engine
from crampwise.assess.intake import Intake
from crampwise.book.schema.common import Level
from crampwise.book.schema.findings import ScreenItem
from crampwise.fhir.judged import certain, impression, issues, medicines, observations, risk
from crampwise.fhir.names import BASE, LOINC
from crampwise.fhir.proposed import care_plan, requests
from crampwise.interview.danger import open_danger
from crampwise.interview.state import State
from crampwise.report.content import Report, report_of
from crampwise.report.text import NOTE, TITLE, sections

Resource = dict[str, Any]
Unclear = Sequence[tuple[ScreenItem, Level]]


@dataclass(frozen=True)
class Written:
    """When and under which name a document is made.

    Attributes:
        identity: names the document; the ids inside follow from it. at: with its time zone. version: of the program.
    """

    identity: UUID
    at: datetime
    version: str


def outcome(engine: Engine, intake: Intake, result: Assessment, written: Written, unclear: Unclear = ()) -> Resource:
    """Give an assessment as a Bundle of the type document.

    Args:
        engine: the book made ready.
        intake: the answers. result: their assessment.
        written: name and time of the document.
        unclear: danger signs said yes to without saying which part, with the urgency that this demands.
    """
    builder = _Builder(written)
    report = report_of(engine, intake, result, [(item.ask, level) for item, level in unclear])
    patient = builder.add(_patient(intake))
    device = builder.add(_device(result, written))
    parties = {"subject": patient}
    said = {m.said: builder.add(r) for m, r in medicines(result, parties)}
    measured = [builder.add(r) for r in observations(engine, result, parties)]
    danger = [builder.add(r | {"author": device}) for r in issues(engine, result, patient, said)]
    when = {"date": written.at.isoformat(timespec="seconds")}
    judged = builder.add(impression(engine, result, unclear, parties | when, measured))
    causes = [builder.add(r) for r in risk(engine, result, parties, device, written.at, measured)]
    asked = [builder.add(r) for r in requests(engine, result, unclear, parties, device, written.at)]
    danger_open = open_danger(engine, State(), intake, result.open)
    grave = certain(result, unclear) == "emergency_now" or bool(unclear) or danger_open
    plan = builder.add(care_plan(engine, result, grave, parties, device, written.at))
    linked = {"Urgency": [judged], "Medicines": danger, "Tests to consider": asked, "Test results": measured}
    linked |= {"Differential": causes}
    composition = builder.first(_composition(report, patient, device, written, linked, plan))
    return {
        "resourceType": "Bundle",
        "type": "document",
        "identifier": {"system": "urn:ietf:rfc:3986", "value": f"urn:uuid:{written.identity}"},
        "timestamp": written.at.isoformat(timespec="seconds"),
        "entry": [composition, *builder.entries],
    }


class _Builder:
    def __init__(self, written: Written) -> None:
        self.written = written
        self.entries: list[Resource] = []

    def add(self, resource: Resource) -> Resource:
        """Put a resource into the document; gives a reference to it."""
        entry = self._entry(resource, len(self.entries))
        self.entries.append(entry)
        return {"reference": entry["fullUrl"]}

    def first(self, resource: Resource) -> Resource:
        """Give the entry that a document begins with."""
        return self._entry(resource, -1)

    def _entry(self, resource: Resource, place: int) -> Resource:
        id_ = str(uuid5(self.written.identity, f"{resource['resourceType']}/{place}"))
        kind = resource["resourceType"]
        whole = {"resourceType": kind, "id": id_, **{k: v for k, v in resource.items() if k != "resourceType"}}
        return {"fullUrl": f"urn:uuid:{id_}", "resource": whole}


def _patient(intake: Intake) -> Resource:
    """The person, without a name: who it is, is for whoever hands the document over to say."""
    sex = intake.answers.get("sex_at_birth")
    return {"resourceType": "Patient", **({"gender": sex} if isinstance(sex, str) else {})}


def _device(result: Assessment, written: Written) -> Resource:
    return {
        "resourceType": "Device",
        "deviceName": [{"name": "Crampwise", "type": "model-name"}],
        "version": [
            {"type": {"text": "program"}, "value": written.version},
            {"type": {"text": "book"}, "value": f"{result.book_version} ({result.book_digest})"},
        ],
        "note": [{"text": NOTE}],
    }


def _composition(
    report: Report,
    patient: Resource,
    device: Resource,
    written: Written,
    linked: dict[str, list[Resource]],
    plan: Resource,
) -> Resource:
    parts = []
    for heading, lines in sections(report):
        entries = next((found for name, found in linked.items() if heading.startswith(name)), [])
        part = {"title": heading, "text": narrative(lines)}
        parts.append(part | ({"entry": entries} if entries else {}))
    parts.append({"title": "Plan", "entry": [plan]})
    return {
        "resourceType": "Composition",
        "status": "final",
        "type": {"coding": [{"system": LOINC, "code": "51847-2"}], "text": TITLE},
        "category": [{"coding": [{"system": f"{BASE}/CodeSystem/documents", "code": "assessment"}]}],
        "subject": patient,
        "date": written.at.isoformat(timespec="seconds"),
        "author": [device],
        "title": TITLE,
        "text": narrative((f"{report.day}. {report.person}", NOTE, report.book)),
        "section": parts,
    }


def narrative(lines: Sequence[str]) -> Resource:
    """Give lines as the narrative of a resource."""
    body = "".join(f"<p>{escape(line, quote=False)}</p>" for line in lines)
    return {"status": "generated", "div": f'<div xmlns="http://www.w3.org/1999/xhtml">{body}</div>'}
