"""A screen as FHIR R4: one summary MeasureReport for each measure, in a Bundle. Hidden numbers are marked as masked."""

from collections.abc import Mapping
from datetime import date
from typing import Any

_POPULATION = "http://terminology.hl7.org/CodeSystem/measure-population"
_ABSENT = "http://hl7.org/fhir/StructureDefinition/data-absent-reason"
_MEASURE = "urn:crampwise:measure:"


def measure_reports(data: Mapping[str, Any]) -> dict[str, Any]:
    """Give the measures of a summary as a Bundle of MeasureReports.

    The initial population is everybody screened, the denominator those whom the measure asks about, the numerator those
    found, the denominator exception those of whom the record does not say. The score is the rate among the rest.
    """
    return {
        "resourceType": "Bundle",
        "type": "collection",
        "entry": [
            {"fullUrl": f"urn:crampwise:report:{m['id']}:{data['as_of']}", "resource": _report(data, m)}
            for m in data["measures"]
        ],
    }


def _report(data: Mapping[str, Any], measure: Mapping[str, Any]) -> dict[str, Any]:
    day = date.fromisoformat(data["as_of"])
    strata = [
        {"value": {"text": f"{row['age']}, {row['sex']}"}, "population": _populations(None, row), **_score(row)}
        for row in measure["by_age_and_sex"]
    ]
    group: dict[str, Any] = {
        "code": {"text": measure["title"]},
        "population": _populations(data["people"], measure["total"]),
        **_score(measure["total"]),
    }
    if strata:
        group["stratifier"] = [{"code": [{"text": "age and sex"}], "stratum": strata}]
    return {
        "resourceType": "MeasureReport",
        "id": measure["id"].replace("_", "-"),
        "status": "complete",
        "type": "summary",
        "measure": f"{_MEASURE}{measure['id']}",
        "date": day.isoformat(),
        "period": {"start": day.isoformat(), "end": day.isoformat()},
        "group": [group],
    }


def _populations(people: int | None, row: Mapping[str, Any]) -> list[dict[str, Any]]:
    counts = {"denominator": row["among"], "numerator": row["found"], "denominator-exception": row["unknown"]}
    if people is not None:
        counts = {"initial-population": people, **counts}
    return [{"code": {"coding": [{"system": _POPULATION, "code": c}]}, **_count(n)} for c, n in counts.items()]


def _count(count: int | None) -> dict[str, Any]:
    if count is None:
        return {"_count": {"extension": [{"url": _ABSENT, "valueCode": "masked"}]}}
    return {"count": count}


def _score(row: Mapping[str, Any]) -> dict[str, Any]:
    return {} if row["rate"] is None else {"measureScore": {"value": row["rate"]}}
