"""Reading FHIR lines one by one, with every check: how Spark reads, and how a file is read that is not whole.

An entry that cannot be read is left out, with its place and the reason. A name that is given twice makes an entry
unreadable, as nobody can say which of the two holds.
"""

import json
import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from crampwise.population.rows import MEANING, ROW, Kind, rows_schema

if TYPE_CHECKING:
    import pyarrow as pa

LONGEST = 1 << 26
_BIRTH_SEX = "http://hl7.org/fhir/us/core/StructureDefinition/us-core-birthsex"
_BLOCK = 1 << 18


class Broken(ValueError):
    """An entry that cannot be read; the message says why."""


Row = tuple[str | None, ...]


def row_of(kind: Kind, line: bytes) -> Row:
    """Read one line as a row, see `rows.ROW`.

    Raises:
        Broken: it is no entry of this kind that can be read.
    """
    resource = _parsed(line)
    found = resource.get("resourceType")
    if found != kind.name:
        raise Broken(
            "it is of another kind than the name of the file says" if isinstance(found, str) else "it names no kind"
        )
    id_ = resource.get("id")
    if kind.name == "Patient":
        person = f"Patient/{id_}" if isinstance(id_, str) else None
    else:
        person = _reference(resource.get(kind.subject))
    return (
        person,
        id_ if isinstance(id_, str) else None,
        _code(kind, resource),
        _body(kind, resource),
        _first(resource, kind.dates),
        _first(resource, kind.others),
    )


def _code(kind: Kind, resource: dict[str, Any]) -> str | None:
    """The code; that of an observation with components stands beside those of its parts."""
    code = resource.get(kind.code) if kind.code else None
    parts = resource.get("component") if "component" in kind.body else None
    if parts is None:
        return _text(code)
    inner = [p["code"] for p in parts if isinstance(p, dict) and "code" in p] if isinstance(parts, list) else []
    return _text({"panel": code, "parts": inner})


def _parsed(line: bytes) -> dict[str, Any]:
    if len(line) > LONGEST:
        raise Broken("it is too long")
    try:
        text = line.decode("utf-8")
        if "\\ud" in text.lower():
            text.encode("utf-8")
        resource = json.loads(text, object_pairs_hook=_once)
        if "\\u" in text:
            json.dumps(resource, ensure_ascii=False).encode("utf-8")
    except UnicodeError:
        raise Broken("it is not UTF-8 text") from None
    except RecursionError:
        raise Broken("it is nested too deeply") from None
    except json.JSONDecodeError as error:
        raise Broken(f"it is not JSON: {error.msg}") from None
    except Broken:
        raise
    except ValueError:
        raise Broken("it holds a number that is too long") from None
    if not isinstance(resource, dict):
        raise Broken("it is not a map")
    return resource


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise Broken("it gives a name twice")
    return found


def _reference(subject: Any) -> str | None:
    if subject is None:
        return None
    if not isinstance(subject, dict):
        raise Broken("whom it is about is not a reference")
    reference = subject.get("reference")
    return reference if isinstance(reference, str) else None


def _body(kind: Kind, resource: dict[str, Any]) -> str:
    parts = {field: resource.get(field) for field in (*kind.body, *MEANING)}
    extension = parts.get("extension")
    if extension is not None:
        if not isinstance(extension, list) or not all(isinstance(e, dict) for e in extension):
            raise Broken("its extension is not a list of maps")
        kept = [e for e in extension if e.get("url") == _BIRTH_SEX]
        parts["extension"] = [
            {key: e.get(key) for key in ("url", "valueCode", "valueCodeableConcept")} for e in kept
        ] or None
    return json.dumps(parts, separators=(",", ":"), ensure_ascii=False)


def _first(resource: dict[str, Any], fields: tuple[str, ...]) -> str | None:
    """The first date that is there; of a period its end, or else its start."""
    for field in fields:
        found = resource.get(field)
        if field.lower().endswith("period"):
            found = (found.get("end") or found.get("start")) if isinstance(found, dict) else None
        if found is not None:
            return _text(found)
    return None


def _text(value: Any) -> str | None:
    return None if value is None else json.dumps(value, separators=(",", ":"), ensure_ascii=False)


def lines_of(path: Path) -> Iterator[bytes]:
    """Yield the lines of a file, plain, .gz or .zst.

    Raises:
        Broken: the file ends in the middle; all lines before have been given.
    """
    rest = b""
    try:
        for block in _blocks(path):
            *whole, rest = (rest + block).split(b"\n")
            yield from whole
    except (OSError, EOFError, zlib.error):
        if rest.strip():
            yield rest
        raise Broken("the file ends in the middle, or is damaged from there on") from None
    if rest:
        yield rest


def _blocks(path: Path) -> Iterator[bytes]:
    """Yield the content of a file, unpacked, as far as it goes."""
    if path.suffix == ".gz":
        yield from _unzipped(path)
        return
    import pyarrow as pa

    with pa.input_stream(str(path), compression="detect", buffer_size=_BLOCK) as stream:
        while block := stream.read(_BLOCK):
            yield bytes(block)


def _unzipped(path: Path) -> Iterator[bytes]:
    unpack = zlib.decompressobj(zlib.MAX_WBITS | 16)
    with path.open("rb") as file:
        while block := file.read(_BLOCK):
            yield unpack.decompress(block)
            while unpack.eof and unpack.unused_data:
                left, unpack = unpack.unused_data, zlib.decompressobj(zlib.MAX_WBITS | 16)
                yield unpack.decompress(left)
    if not unpack.eof:
        raise EOFError


def rows_of(rows: Iterable[Row]) -> "pa.RecordBatch":
    """Put rows together."""
    import pyarrow as pa

    columns = list(zip(*rows, strict=True)) or [() for _ in ROW]
    return pa.RecordBatch.from_arrays([pa.array(c, pa.string()) for c in columns], schema=rows_schema())
