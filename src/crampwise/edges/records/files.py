"""FHIR resources from files: a resource or Bundle as JSON, NDJSON, a folder of them; plain or gzipped."""

import gc
import gzip
import io
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

import orjson

from crampwise.logic.errors import InputError, MissingFileError, Problem
from crampwise.records.people import Heap

_ENDS = (".json", ".ndjson", ".jsonl", ".json.gz", ".ndjson.gz", ".jsonl.gz")
_LINES = (".ndjson", ".jsonl")


@dataclass
class Loaded:
    """What was read from files.

    Attributes:
        heap: the resources, sorted by person. unread: places (file:line) of what is no JSON, with the reason.
        files: how many files were read.
    """

    heap: Heap = field(default_factory=Heap)
    unread: list[Problem] = field(default_factory=list)
    files: int = 0


def load(source: Path) -> Loaded:
    """Read every resource in a file or folder.

    A line that is no JSON, and the lost end of a truncated file, are noted in `unread`; the rest is read.

    Raises:
        MissingFileError: the file or folder is not there or cannot be read. InputError: there is no FHIR in it.
    """
    loaded = Loaded()
    with nothing_collected():
        for path in _paths(source):
            loaded.files += 1
            _read(path, loaded)
        loaded.heap.sort()
    if not loaded.heap.own and not loaded.heap.others:
        reasons = loaded.unread or [Problem(str(source), "there is no FHIR resource in it.")]
        raise InputError(reasons)
    return loaded


def _paths(source: Path) -> list[Path]:
    if source.is_dir():
        found = sorted(p for p in source.rglob("*") if p.is_file() and p.name.endswith(_ENDS))
        if not found:
            remedy = f"Files of a record end in {', '.join(_ENDS)}."
            raise InputError([Problem(str(source), "there is no file of a record in this folder.", remedy)])
        return found
    return [source]


def _read(path: Path, loaded: Loaded) -> None:
    """Read one file, line by line where it is NDJSON, else as a whole."""
    try:
        with path.open("rb") as raw:
            packed = raw.read(2) == b"\x1f\x8b"
            raw.seek(0)
            file: IO[bytes] = io.BufferedReader(gzip.GzipFile(fileobj=raw), 1 << 20) if packed else raw
            if path.name.removesuffix(".gz").endswith(_LINES):
                _lines(path, file, loaded)
            else:
                _whole(path, file, loaded)
    except (EOFError, gzip.BadGzipFile, zlib.error) as error:
        loaded.unread.append(Problem(str(path), f"the packed file is damaged: {error}.", "Fetch it again."))
    except OSError as error:
        reason = error.strerror or "it cannot be read"
        raise MissingFileError([Problem(str(path), f"cannot be read: {reason}.", "Check the name.")]) from None


def _lines(path: Path, file: IO[bytes], loaded: Loaded) -> None:
    parse: Callable[[bytes], object] = orjson.loads
    add = loaded.heap.add
    for number, line in enumerate(file, 1):
        if line.isspace():
            continue
        try:
            resource = parse(line)
        except orjson.JSONDecodeError as error:
            loaded.unread.append(
                Problem(f"{path}:{number}", f"this is not JSON: {error.msg}.", "The line is left out.")
            )
            continue
        add(resource)


def _whole(path: Path, file: IO[bytes], loaded: Loaded) -> None:
    data = file.read().removeprefix(b"\xef\xbb\xbf")
    try:
        loaded.heap.add(orjson.loads(data))
    except orjson.JSONDecodeError as error:
        lines = data.splitlines()
        if len(lines) > 1 and _is_json(lines[0]):
            _lines(path, io.BytesIO(data), loaded)
            return
        place = f"{path}:{error.lineno}:{error.colno}"
        loaded.unread.append(Problem(place, f"this is not JSON: {error.msg}.", "The file is left out."))


def _is_json(line: bytes) -> bool:
    try:
        orjson.loads(line)
    except orjson.JSONDecodeError:
        return False
    return True


@contextmanager
def nothing_collected() -> Iterator[None]:
    """Keep Python from looking for garbage while records are read: there is none, and looking triples the time."""
    collecting = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collecting:
            gc.enable()
