"""The cache of a book only ever saves time."""

import hashlib
import os
import pickle
from collections.abc import Callable
from pathlib import Path

import pytest

from crampwise.book import compile as compiled
from crampwise.book.book import Book
from crampwise.book.compile import open_book
from crampwise.book.load import ContentFile, content_files, digest_of, load_book
from crampwise.logic.errors import BookError, MissingFileError

MINIMAL = Path(__file__).resolve().parents[2] / "content" / "minimal"


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "cache"
    monkeypatch.setattr("platformdirs.user_cache_dir", lambda name: str(folder / name))
    return folder / "crampwise"


@pytest.fixture
def loads(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Count how often a book is read afresh."""
    counted: list[int] = []

    def count(files: tuple[ContentFile, ...]) -> Book:
        counted.append(1)
        return load_book(files)

    monkeypatch.setattr(compiled, "load_book", count)
    return counted


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the minimal book that may be changed."""
    for file in content_files(MINIMAL):
        path = tmp_path / "book" / file.name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(file.data)
    return tmp_path / "book"


def the_file(cache: Path) -> Path:
    (path,) = cache.iterdir()
    return path


def test_a_book_is_read_once_and_then_comes_from_the_cache(cache: Path, loads: list[int]) -> None:
    first, second = open_book(MINIMAL), open_book(MINIMAL)
    assert loads == [1]
    assert first.digest == second.digest == digest_of(content_files(MINIMAL))
    assert first.red_flags == second.red_flags
    assert first.findings == second.findings
    assert list(second.everything) == list(first.everything)
    assert the_file(cache).name.startswith("book-")


def test_the_cache_is_closed_to_others(cache: Path) -> None:
    open_book(MINIMAL)
    assert cache.stat().st_mode & 0o077 == 0
    assert the_file(cache).stat().st_mode & 0o077 == 0


@pytest.mark.parametrize(
    "damage",
    [
        lambda data: b"",
        lambda data: data[:20],
        lambda data: data[:-1],
        lambda data: data[: len(data) // 2],
        lambda data: data[:-1] + bytes([data[-1] ^ 1]),
        lambda data: bytes(32) + data[32:],
        lambda data: b"not a cache at all, but long enough to hold a checksum",
        lambda data: whole(b"\x80\x05not a pickle"),
        lambda data: whole(pickle.dumps({"not": "a book"})),
    ],
    ids=["empty", "stub", "one byte short", "half", "one bit", "checksum", "text", "no pickle", "no book"],
)
def test_a_damaged_cache_is_read_afresh_and_mended(
    cache: Path, loads: list[int], damage: Callable[[bytes], bytes]
) -> None:
    open_book(MINIMAL)
    path = the_file(cache)
    good = path.read_bytes()
    path.write_bytes(damage(good))
    assert open_book(MINIMAL).info.title == "A minimal book"
    assert open_book(MINIMAL).info.title == "A minimal book"
    assert loads == [1, 1]
    assert len(list(cache.iterdir())) == 1


def whole(body: bytes) -> bytes:
    return hashlib.sha256(body).digest() + body


@pytest.mark.skipif(not hasattr(os, "getuid"), reason="needs POSIX file modes")
@pytest.mark.parametrize("mode", [0o620, 0o602, 0o666])
def test_a_cache_that_others_may_write_is_not_trusted(cache: Path, loads: list[int], mode: int) -> None:
    open_book(MINIMAL)
    the_file(cache).chmod(mode)
    open_book(MINIMAL)
    assert loads == [1, 1]
    assert the_file(cache).stat().st_mode & 0o777 == 0o600


@pytest.mark.skipif(not hasattr(os, "getuid"), reason="needs POSIX owners")
def test_a_cache_of_another_user_is_not_trusted(cache: Path, loads: list[int], monkeypatch: pytest.MonkeyPatch) -> None:
    open_book(MINIMAL)
    me = os.getuid()
    monkeypatch.setattr(os, "getuid", lambda: me + 1)
    open_book(MINIMAL)
    assert loads == [1, 1]


def test_an_unwritable_cache_folder_only_costs_time(cache: Path, loads: list[int]) -> None:
    cache.parent.parent.mkdir(exist_ok=True)
    cache.parent.write_text("A file stands where the folder should be.")
    open_book(MINIMAL)
    open_book(MINIMAL)
    assert loads == [1, 1]


def test_a_full_disk_leaves_nothing_behind(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(self: Path, target: Path) -> Path:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", full)
    assert open_book(MINIMAL).info.title == "A minimal book"
    assert list(cache.iterdir()) == []


def test_changed_content_gives_a_new_book(cache: Path, loads: list[int], folder: Path) -> None:
    before = open_book(folder)
    info = folder / "book.yaml"
    info.write_text(info.read_text().replace("A minimal book", "Another book"))
    after = open_book(folder)
    assert (before.info.title, after.info.title) == ("A minimal book", "Another book")
    assert before.digest != after.digest
    assert loads == [1, 1]


def test_a_renamed_file_is_changed_content(folder: Path) -> None:
    before = digest_of(content_files(folder))
    (folder / "care.yaml").rename(folder / "more_care.yaml")
    assert digest_of(content_files(folder)) != before


def test_files_that_are_not_yaml_do_not_count(folder: Path) -> None:
    before = digest_of(content_files(folder))
    (folder / "README.md").write_text("Not content.")
    assert digest_of(content_files(folder)) == before


def test_a_broken_book_is_refused_and_never_cached(cache: Path, folder: Path) -> None:
    (folder / "extra.yaml").write_text("terms: [")
    for _ in range(2):
        with pytest.raises(BookError):
            open_book(folder)
    assert not cache.exists()


def test_no_book_at_all(tmp_path: Path) -> None:
    with pytest.raises(MissingFileError) as refused:
        open_book(tmp_path / "nowhere")
    assert str(refused.value) == f"{tmp_path / 'nowhere'}: there is no book here. Name the folder that holds book.yaml."
