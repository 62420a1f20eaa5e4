"""Reading FHIR files with DuckDB: typed, streamed, and fast as long as a file is whole."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from crampwise.population.rows import MEANING, Kind

if TYPE_CHECKING:
    import pyarrow as pa

ROWS = 131072
_LONGEST = 1 << 26
"""Bytes of one entry; a longer one is reported."""
_BIRTH_SEX = "http://hl7.org/fhir/us/core/StructureDefinition/us-core-birthsex"
_EXTENSION = "STRUCT(url VARCHAR, valueCode VARCHAR, valueCodeableConcept JSON)[]"


def connect(threads: int, memory: str, spill: Path) -> Any:
    """Open DuckDB with as many threads and as much memory as it may use; what does not fit goes to `spill`."""
    import duckdb

    connection = duckdb.connect()
    connection.execute(f"SET threads = {threads}")
    connection.execute(f"SET memory_limit = '{memory}'")
    connection.execute(f"SET temp_directory = {_quoted(str(spill))}")
    connection.execute("SET preserve_insertion_order = false")
    return connection


def read_rows(connection: Any, kind: Kind, path: Path) -> "Iterator[pa.RecordBatch]":
    """Yield the rows of a file, NDJSON or Parquet.

    Raises:
        duckdb.Error: something in the file is not as it should be; rows yielded before must then be dropped.
    """
    query = f"SELECT {_row(kind)} FROM {_source(kind, path)}"  # noqa: S608 - our own names, and a quoted path
    import duckdb
    import pyarrow as pa

    try:
        yield from connection.sql(query).to_arrow_reader(ROWS)
    except (OSError, pa.ArrowException) as error:  # what DuckDB finds while Arrow reads on
        raise duckdb.Error(str(error)) from None


def _source(kind: Kind, path: Path) -> str:
    if path.suffix == ".parquet":
        return _parquet(kind, path)
    types = {"resourceType": "VARCHAR", "id": "VARCHAR"}
    if kind.name != "Patient":
        types[kind.subject] = "STRUCT(reference VARCHAR)"
    types |= dict.fromkeys(filter(None, (kind.code, *kind.body, *MEANING, *kind.dates, *kind.others)), "JSON")
    if "extension" in types:
        types["extension"] = _EXTENSION
    said = ", ".join(f"{_name(field)}: '{type_}'" for field, type_ in types.items())
    return f"read_ndjson({_quoted(str(path))}, columns = {{{said}}}, maximum_object_size = {_LONGEST})"


def _parquet(kind: Kind, path: Path) -> str:
    """The same columns out of typed ones; those that a file does not have are empty."""
    import pyarrow.parquet as pq

    there = set(pq.read_schema(path).names)
    fields = [f for f in (kind.code, *kind.body, *MEANING, *kind.dates, *kind.others) if f]
    columns = [f"to_json({_name(f)}) AS {_name(f)}" if f in there else f"NULL::JSON AS {_name(f)}" for f in fields]
    shape = '[{"url":"VARCHAR","valueCode":"VARCHAR","valueCodeableConcept":"JSON"}]'
    if "extension" in there and "extension" in fields:
        columns[fields.index("extension")] = f"json_transform(to_json(extension), '{shape}') AS extension"
    elif "extension" in fields:
        columns[fields.index("extension")] = f"NULL::{_EXTENSION} AS extension"
    if kind.name != "Patient":
        columns.append(f"struct_pack(reference := {_name(kind.subject)}.reference) AS {_name(kind.subject)}")
    named = "resourceType" if "resourceType" in there else f"'{kind.name}' AS resourceType"
    query = f"SELECT {named}, id, {', '.join(columns)} FROM read_parquet({_quoted(str(path))})"  # noqa: S608 - as above
    return f"({query})"


def _row(kind: Kind) -> str:
    person = "'Patient/' || id" if kind.name == "Patient" else f"{_name(kind.subject)}.reference"
    columns = {
        "person": person,
        "id": "id",
        "code": _code(kind),
        "body": _body(kind),
        "date": _first(kind.dates),
        "other": _first(kind.others),
    }
    said = ", ".join(f"CAST({expression} AS VARCHAR) AS {name}" for name, expression in columns.items())
    return f"resourceType, {said}"


def _code(kind: Kind) -> str:
    """The code; that of an observation with components stands beside those of its parts."""
    if not kind.code:
        return "NULL"
    code = _text(kind.code)
    if "component" not in kind.body:
        return code
    parts = "CAST(to_json(json_extract(component, '$[*].code')) AS VARCHAR)"
    panel = f"concat('{{\"panel\":', coalesce(CAST({code} AS VARCHAR), 'null'), ',\"parts\":', {parts}, '}}')"
    return f"CASE WHEN {_text('component')} IS NULL THEN CAST({code} AS VARCHAR) ELSE {panel} END"


def _body(kind: Kind) -> str:
    parts = []
    for field in (*kind.body, *MEANING):
        text = _text(field)
        if field == "extension":
            text = f"to_json(nullif(list_filter(extension, lambda x: x.url = '{_BIRTH_SEX}'), []))"
        parts.append(f"'\"{field}\":', coalesce(CAST({text} AS VARCHAR), 'null')")
    inner = ", ',', ".join(parts)
    return f"concat('{{', {inner}, '}}')" if parts else "NULL"


def _first(fields: tuple[str, ...]) -> str:
    """The first date that is there; of a period its end, or else its start."""
    parts = []
    for field in fields:
        text = _text(field)
        parts += (
            [f"nullif({text} -> '$.end', 'null')", f"{text} -> '$.start'"]
            if field.lower().endswith("period")
            else [text]
        )
    return f"coalesce({', '.join(parts)})" if parts else "NULL"


def _text(field: str) -> str:
    return f"nullif({_name(field)}, 'null')"


def _name(field: str) -> str:
    return f'"{field}"'


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
