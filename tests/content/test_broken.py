"""Every kind of mistake in a book is told with its place, what is wrong and what to do; all of them in one run.

Each folder in broken/ lies over minimal/: its files replace or join those of the valid book, `removed.txt` names files
that are taken away, and `expected.txt` holds the message of each problem, one a line. A line that ends in "..." gives
the beginning only.
"""

from pathlib import Path

import pytest

from crampwise.book.load import ContentFile, content_files, load_book
from crampwise.logic.errors import BookError, Exit, MissingFileError

HERE = Path(__file__).resolve().parent
MINIMAL = HERE / "minimal"
MISTAKES = sorted(path for path in (HERE / "broken").iterdir() if path.is_dir())


def with_overlay(folder: Path) -> tuple[ContentFile, ...]:
    files = {file.name: file for file in content_files(MINIMAL)}
    removed = folder / "removed.txt"
    for name in removed.read_text(encoding="utf-8").split() if removed.exists() else ():
        del files[name]
    if any(folder.rglob("*.yaml")):
        files |= {file.name: file for file in content_files(folder)}
    return tuple(files[name] for name in sorted(files))


def fits(found: str, expected: str) -> bool:
    return found.startswith(expected.removesuffix("...")) if expected.endswith("...") else found == expected


@pytest.mark.parametrize("folder", MISTAKES, ids=lambda folder: folder.name)
def test_a_mistake_is_told_as_expected(folder: Path) -> None:
    expected = (folder / "expected.txt").read_text(encoding="utf-8").splitlines()
    with pytest.raises(BookError) as refused:
        load_book(with_overlay(folder))
    found = [str(problem) for problem in refused.value.problems]
    assert len(found) == len(expected) and all(map(fits, found, expected)), "\n".join(found)
    assert refused.value.code is Exit.BAD_BOOK


def test_the_minimal_book_has_no_mistake() -> None:
    book = load_book(content_files(MINIMAL))
    assert list(book.red_flags) == ["flag_breakdown", "flag_fit"]
    assert list(book.conditions) == ["breakdown", "night_cramps"]
    assert list(book.findings) == ["age", "fit", "dark_urine", "little_urine", "kinase", "site"]
    assert book.claims_of == {"flag_fit": ("C-1",)}


@pytest.mark.parametrize("name", ["nowhere", "expected.txt"])
def test_a_folder_without_yaml_is_no_book(name: str) -> None:
    with pytest.raises(MissingFileError, match="there is no book here. Name the folder that holds book.yaml."):
        content_files(HERE / "broken" / "missing_file" / name)
