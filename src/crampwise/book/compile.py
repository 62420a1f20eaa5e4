"""A checked book from its cache, or read afresh: content is compiled once for each digest."""

import gc
import hashlib
import os
import pickle
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import numpy as np
import platformdirs

from crampwise import __version__
from crampwise.book.book import Book
from crampwise.book.load import content_files, digest_of, load_book


def shipped_folder() -> Path:
    """Where the content of this installation lies: in the package, or at the root of a source checkout."""
    package = Path(__file__).resolve().parents[1]
    inside = package / "content"
    return inside if inside.is_dir() else package.parents[1] / "content"


def open_book(folder: Path | None = None, prepare: Callable[[Book], None] | None = None) -> Book:
    """Give the book in `folder` (the shipped one by default).

    The compiled form is kept in the user's cache folder, under the digest of the content. A cache that is missing,
    damaged, not ours, or not writable only costs time.

    Args:
        folder: holds book.yaml.
        prepare: fills what is derived from a book, before it is stored.

    Raises:
        MissingFileError: there is no book. BookError: the content does not pass its checks.
    """
    files = content_files(folder or shipped_folder())
    path = _cache_path(digest_of(files))
    book = _read(path)
    if book is None or (prepare and not book.derived):
        book = book or load_book(files)
        if prepare:
            prepare(book)
        _write(path, book)
    return book


def _cache_path(digest: str) -> Path:
    name = hashlib.sha256(f"{__version__} {digest} {_shapes()}".encode()).hexdigest()[:32]
    return Path(platformdirs.user_cache_dir("crampwise")) / f"book-{name}.bin"


def _shapes() -> str:
    """A fingerprint of the code whose objects are cached, so that a changed shape never meets an old cache."""
    package = Path(__file__).resolve().parents[1]
    code = b"".join(p.read_bytes() for p in sorted(package.rglob("*.py")) if "edges" not in p.parts)
    return hashlib.sha256(f"{sys.version}{np.__version__}".encode() + code).hexdigest()


def _read(path: Path) -> Book | None:
    """Load a cached book, if the file is ours alone, whole, and loads."""
    with suppress(Exception), _nothing_collected():
        status = path.stat()
        if hasattr(os, "getuid") and (status.st_uid != os.getuid() or status.st_mode & 0o022):
            return None
        data = memoryview(path.read_bytes())
        if hashlib.sha256(data[32:]).digest() == data[:32]:
            book = pickle.loads(data[32:])  # noqa: S301 - owned by this user, not writable by others, and whole
            return book if isinstance(book, Book) else None
    return None


@contextmanager
def _nothing_collected() -> Iterator[None]:
    """Nothing of a book is garbage; looking for some takes half the time of loading it."""
    collecting = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collecting:
            gc.enable()


def _write(path: Path, book: Book) -> None:
    """Store a book whole or not at all; failing to is not an error."""
    with suppress(OSError):
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        body = pickle.dumps(book, protocol=5)
        handle, name = tempfile.mkstemp(dir=path.parent)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(hashlib.sha256(body).digest() + body)
            Path(name).replace(path)
        finally:
            Path(name).unlink(missing_ok=True)
