"""OMOP CDM 5.4 tables as rows like those of FHIR files: concept ids become codes through the folder's vocabulary."""

from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from crampwise.edges.population.lines import lines_of
from crampwise.edges.population.quality import Quality
from crampwise.population.rows import BY_NAME, Kind

if TYPE_CHECKING:
    import pyarrow as pa

TABLES: Mapping[str, str] = {
    "person": "Patient", "condition_occurrence": "Condition", "measurement": "Observation",
    "drug_exposure": "MedicationRequest", "procedure_occurrence": "Procedure", "visit_occurrence": "Encounter",
}  # fmt: skip
"""Which table is read as which kind of resource."""

ENDS = (".parquet", ".csv", ".csv.gz", ".csv.zst")
_ROWS = 131072
_SYSTEMS = {
    "SNOMED": "http://snomed.info/sct", "ICD10CM": "http://hl7.org/fhir/sid/icd-10-cm",
    "ICD10": "http://hl7.org/fhir/sid/icd-10", "LOINC": "http://loinc.org",
    "RxNorm": "http://www.nlm.nih.gov/research/umls/rxnorm", "ATC": "http://www.whocc.no/atc",
    "NUCC": "http://nucc.org/provider-taxonomy",
}  # fmt: skip
_CONCEPT = "to_json({'coding': list_filter([%s], lambda coding: coding.code IS NOT NULL), 'text': %s})"
_COMPARE = {"4171756": "<", "4171754": "<=", "4172704": ">", "4171755": ">="}


def table_of(path: Path) -> str | None:
    """Give the name of the OMOP table that a file holds."""
    name = path.name.lower()
    return next((name.removesuffix(end) for end in ENDS if name.endswith(end)), None)


def kind_of_table(path: Path) -> Kind | None:
    """Give the kind of resource as which a table is read."""
    return BY_NAME.get(TABLES.get(table_of(path) or "", ""))


def read_rows(
    connection: Any, folder: Path, table: str, as_of: date, quality: Quality, shown: str
) -> "Iterator[pa.RecordBatch]":
    """Yield the rows of one table.

    Raises:
        duckdb.Error: a column is missing, or a Parquet file is not whole.
    """
    files = {name: path for path in folder.iterdir() if (name := table_of(path)) is not None}
    connection.execute("CREATE TEMP VIEW concepts AS " + _concepts(files["concept"]))
    for name in ("concept_relationship", "death", "provider"):
        connection.execute(f"CREATE TEMP VIEW {name} AS " + _table(files.get(name), _EMPTY[name]))
    connection.execute("CREATE TEMP VIEW main AS " + _table(files[table], ""))
    query = {"person": _PERSON, "condition_occurrence": _CONDITION, "measurement": _MEASUREMENT,
             "drug_exposure": _DRUG, "procedure_occurrence": _PROCEDURE, "visit_occurrence": _VISIT}[table]  # fmt: skip
    yield from connection.sql(query.replace(":as_of", f"DATE '{as_of}'")).to_arrow_reader(_ROWS)
    if not str(files[table]).endswith(".parquet"):
        for line, reason in connection.sql(
            "SELECT line, min(error_message) FROM reject_errors GROUP BY line ORDER BY line"
        ).fetchall():
            quality.add(f"{shown}:{line}", f"the line cannot be read: {str(reason).partition(chr(10))[0]}")


_EMPTY = {
    "concept_relationship": "concept_id_1, concept_id_2, relationship_id",
    "death": "person_id",
    "provider": "provider_id, specialty_concept_id",
}


def _table(path: Path | None, columns: str) -> str:
    """A table with every column as text; an empty one where there is no file."""
    if path is None:
        empty = ", ".join(f"NULL::VARCHAR AS {c}" for c in columns.split(", "))
        return f"SELECT {empty} WHERE false"
    name = "'" + str(path).replace("'", "''") + "'"
    if path.suffix == ".parquet":
        return f"SELECT COLUMNS(*)::VARCHAR FROM read_parquet({name})"  # noqa: S608 - a quoted path
    head = next(lines_of(path), b"").decode("utf-8", "replace").strip().lstrip("\ufeff").lower()
    mark = "\t" if "\t" in head else ","
    types = {c.strip('"'): "VARCHAR" for c in head.split(mark)}
    options = f"auto_detect = false, columns = {types}, header = true, delim = '{mark}', store_rejects = true"
    return f"SELECT * FROM read_csv({name}, {options})"  # noqa: S608 - as above


def _concepts(path: Path) -> str:
    cases = " ".join([f"WHEN '{v}' THEN '{url}'" for v, url in _SYSTEMS.items()])
    inner = _table(path, "")
    columns = f"concept_id, concept_code AS code, concept_name AS name, vocabulary_id, CASE vocabulary_id {cases} END"
    return f"SELECT {columns} AS system FROM ({inner})"  # noqa: S608 - our own names


def _coding(alias: str) -> str:
    return f"{{'system': {alias}.system, 'code': {alias}.code, 'display': {alias}.name}}"


def _day(column: str) -> str:
    return f"to_json(nullif({column}, ''))"


_PERSON = f"""
SELECT 'Patient/' || p.person_id AS person, p.person_id AS id, NULL::VARCHAR AS code,
  to_json({{'gender': CASE p.gender_concept_id WHEN '8532' THEN 'female' WHEN '8507' THEN 'male' END,
            'deceasedBoolean': CASE WHEN d.person_id IS NOT NULL THEN true END}})::VARCHAR AS body,
  {
    _day(
        "concat_ws('-', lpad(p.year_of_birth, 4, '0'), lpad(nullif(p.month_of_birth, ''), 2, '0'), "
        "CASE WHEN nullif(p.month_of_birth, '') IS NOT NULL THEN lpad(nullif(p.day_of_birth, ''), 2, '0') END)"
    )
}::VARCHAR
    AS date, NULL::VARCHAR AS other
FROM main p LEFT JOIN (SELECT DISTINCT person_id FROM death) d USING (person_id)
"""  # noqa: S608 - our own names

_CONDITION = f"""
SELECT 'Patient/' || o.person_id AS person, o.condition_occurrence_id AS id,
  {_CONCEPT % (", ".join(map(_coding, ("c", "s", "m"))), "coalesce(c.name, s.name)")}::VARCHAR AS code,
  to_json({{'abatementDateTime': CASE WHEN try_cast(nullif(o.condition_end_date, '') AS DATE) <= :as_of
            THEN o.condition_end_date END}})::VARCHAR AS body,
  {_day("o.condition_start_date")}::VARCHAR AS date, NULL::VARCHAR AS other
FROM main o LEFT JOIN concepts c ON c.concept_id = o.condition_concept_id
LEFT JOIN concepts s ON s.concept_id = o.condition_source_concept_id
LEFT JOIN (SELECT concept_id_1, any_value(concept_id_2) AS target FROM concept_relationship
           WHERE relationship_id = 'Maps to' GROUP BY 1) r ON r.concept_id_1 = o.condition_source_concept_id
LEFT JOIN concepts m ON m.concept_id = r.target
"""  # noqa: S608 - our own names

_COMPARATORS = " ".join(f"WHEN '{i}' THEN json_object('comparator', '{c}')" for i, c in _COMPARE.items())
_MEASUREMENT = f"""
SELECT 'Patient/' || o.person_id AS person, o.measurement_id AS id,
  {_CONCEPT % (_coding("c"), "c.name")}::VARCHAR AS code,
  to_json({{'status': 'final',
    'valueQuantity': CASE WHEN try_cast(o.value_as_number AS DOUBLE) IS NOT NULL THEN json_merge_patch(
       json_object('value', try_cast(o.value_as_number AS DOUBLE), 'unit', coalesce(u.code, o.unit_source_value)),
       CASE o.operator_concept_id {_COMPARATORS} ELSE json_object() END) END,
    'valueCodeableConcept': CASE WHEN v.code IS NOT NULL THEN {_CONCEPT % (_coding("v"), "v.name")} END}})::VARCHAR
    AS body,
  {_day("coalesce(nullif(o.measurement_datetime, ''), o.measurement_date)")}::VARCHAR AS date, NULL::VARCHAR AS other
FROM main o LEFT JOIN concepts c ON c.concept_id = o.measurement_concept_id
LEFT JOIN concepts u ON u.concept_id = o.unit_concept_id AND u.vocabulary_id = 'UCUM'
LEFT JOIN concepts v ON v.concept_id = o.value_as_concept_id
"""  # noqa: S608 - our own names

_DRUG = f"""
SELECT 'Patient/' || o.person_id AS person, o.drug_exposure_id AS id,
  {_CONCEPT % (", ".join(map(_coding, "ics")), "coalesce(c.name, s.name, nullif(o.drug_source_value, ''))")}::VARCHAR
    AS code,
  to_json({{'status': CASE WHEN try_cast(o.drug_exposure_end_date AS DATE) >= :as_of THEN 'active' ELSE 'completed' END,
            'intent': 'order'}})::VARCHAR AS body,
  {_day("o.drug_exposure_start_date")}::VARCHAR AS date, NULL::VARCHAR AS other
FROM main o LEFT JOIN concepts c ON c.concept_id = o.drug_concept_id
LEFT JOIN concepts s ON s.concept_id = o.drug_source_concept_id
LEFT JOIN (SELECT concept_id_1, any_value(concept_id_2) AS target FROM concept_relationship
           WHERE relationship_id = 'RxNorm has ing' GROUP BY 1 HAVING count(DISTINCT concept_id_2) = 1) r
  ON r.concept_id_1 = o.drug_concept_id
LEFT JOIN concepts i ON i.concept_id = r.target
"""  # noqa: S608 - our own names

_PROCEDURE = f"""
SELECT 'Patient/' || o.person_id AS person, o.procedure_occurrence_id AS id,
  {_CONCEPT % (", ".join(map(_coding, ("c", "s"))), "coalesce(c.name, s.name)")}::VARCHAR AS code,
  '{{"status":"completed"}}' AS body, {_day("o.procedure_date")}::VARCHAR AS date, NULL::VARCHAR AS other
FROM main o LEFT JOIN concepts c ON c.concept_id = o.procedure_concept_id
LEFT JOIN concepts s ON s.concept_id = o.procedure_source_concept_id
"""  # noqa: S608 - our own names

_VISIT = f"""
SELECT 'Patient/' || o.person_id AS person, o.visit_occurrence_id AS id,
  {_CONCEPT % (_coding("c"), "c.name")}::VARCHAR AS code, NULL::VARCHAR AS body,
  {_day("coalesce(nullif(o.visit_end_date, ''), o.visit_start_date)")}::VARCHAR AS date, NULL::VARCHAR AS other
FROM main o LEFT JOIN provider p ON p.provider_id = o.provider_id
LEFT JOIN concepts c ON c.concept_id = p.specialty_concept_id
"""  # noqa: S608 - our own names
