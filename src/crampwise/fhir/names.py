"""Addresses, code systems and answer codes that every exported resource shares."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

BASE: Final = "https://crampwise.invalid/fhir"
"""Not a place on the web: the name under which resources of Crampwise are known."""

LOINC: Final = "http://loinc.org"
UCUM: Final = "http://unitsofmeasure.org"
GENDER: Final = "http://hl7.org/fhir/administrative-gender"
FINDINGS: Final = f"{BASE}/CodeSystem/findings"
ANSWERS: Final = f"{BASE}/CodeSystem/answers"

_YES_NO: Final = "http://terminology.hl7.org/CodeSystem/v2-0136"
YES: Final = {"system": _YES_NO, "code": "Y", "display": "Yes"}
NO: Final = {"system": _YES_NO, "code": "N", "display": "No"}
NOT_SURE: Final = {"system": ANSWERS, "code": "not-sure", "display": "Not sure"}
"""The codes of others for this are named "asked but unknown", and forms show the name."""

SYSTEMS: Final = {
    "loinc": LOINC,
    "icd10cm": "http://hl7.org/fhir/sid/icd-10-cm",
    "rxclass_atc": "http://www.whocc.no/atc",
}
"""Kinds of codes in the book with the address of each code system."""

MEDICINES: Final = "medicines"
ANY_MEDICINE: Final = "medicines.any"
SECTION: Final = "section."
ALERT: Final = "alert."

_CORE: Final = "http://hl7.org/fhir/StructureDefinition/"
_SDC: Final = "http://hl7.org/fhir/uv/sdc/StructureDefinition/"
VARIABLE: Final = f"{_CORE}variable"
UNIT: Final = f"{_CORE}questionnaire-unit"
UNIT_OPTION: Final = f"{_CORE}questionnaire-unitOption"
MIN_VALUE: Final = f"{_CORE}minValue"
MAX_VALUE: Final = f"{_CORE}maxValue"
ITEM_CONTROL: Final = f"{_CORE}questionnaire-itemControl"
SUPPORT_LINK: Final = f"{_CORE}questionnaire-supportLink"
RELATED_ARTIFACT: Final = f"{_CORE}artifact-relatedArtifact"
ENABLE_WHEN: Final = f"{_SDC}sdc-questionnaire-enableWhenExpression"
MIN_QUANTITY: Final = f"{_SDC}sdc-questionnaire-minQuantity"
MAX_QUANTITY: Final = f"{_SDC}sdc-questionnaire-maxQuantity"
ADAPTIVE: Final = f"{_SDC}sdc-questionnaire-questionnaireAdaptive"
VERSION_ALGORITHM: Final = "http://hl7.org/fhir/5.0/StructureDefinition/extension-Questionnaire.versionAlgorithm[x]"

QUESTIONNAIRE_PROFILE: Final = f"{_SDC}sdc-questionnaire"
RESPONSE_PROFILE: Final = f"{_SDC}sdc-questionnaireresponse"
ADAPTIVE_PROFILE: Final = f"{_SDC}sdc-questionnaire-adapt"
ADAPTIVE_RESPONSE_PROFILE: Final = f"{_SDC}sdc-questionnaireresponse-adapt"

SEMVER: Final = {
    "url": VERSION_ALGORITHM,
    "valueCoding": {"system": "http://hl7.org/fhir/version-algorithm", "code": "semver"},
}


def fhir_id(id_: str) -> str:
    """Give an id as FHIR allows it: letters, digits, hyphens and points."""
    return id_.replace("_", "-")


def codings(codes: Mapping[str, Sequence[str]] | None) -> list[dict[str, str]]:
    """Give the codes of an entry of the book."""
    known = {SYSTEMS[kind]: found for kind, found in (codes or {}).items() if kind in SYSTEMS}
    return [{"system": system, "code": code} for system, found in known.items() for code in found]


def fhirpath(expression: str, name: str = "") -> dict[str, Any]:
    """Give a FHIRPath expression, named when it is a variable."""
    named = {"name": name} if name else {}
    return {**named, "language": "text/fhirpath", "expression": expression}
