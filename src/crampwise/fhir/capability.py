"""What the FHIR endpoint can do, as a CapabilityStatement."""

from typing import Any

from crampwise.assess.engine import Engine
from crampwise.fhir.names import BASE

_NEXT = "http://hl7.org/fhir/uv/sdc/OperationDefinition/Questionnaire-next-question"


def capability(engine: Engine, version: str) -> dict[str, Any]:
    """Give the statement.

    Args:
        engine: the book made ready.
        version: of the program.
    """
    about = {"name": "next-question", "definition": _NEXT}
    own = {"name": "assess", "definition": f"{BASE}/OperationDefinition/QuestionnaireResponse-assess"}
    return {
        "resourceType": "CapabilityStatement",
        "status": "active",
        "date": engine.book.info.date.isoformat(),
        "publisher": "Crampwise",
        "kind": "instance",
        "software": {"name": "Crampwise", "version": version},
        "implementation": {"description": engine.book.info.title},
        "fhirVersion": "4.0.1",
        "format": ["application/fhir+json"],
        "rest": [
            {
                "mode": "server",
                "resource": [
                    {"type": "Questionnaire", "interaction": [{"code": "read"}], "operation": [about]},
                    {"type": "QuestionnaireResponse", "operation": [own]},
                ],
            }
        ],
    }
