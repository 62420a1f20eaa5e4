"""The manual of rules is the table, printed."""

from pathlib import Path

from tests.spec.manual import CHAPTERS, render
from tests.spec.table import TABLE

PAGE = Path(__file__).resolve().parents[2] / "docs" / "reference" / "rules.md"


def test_the_page_is_current() -> None:
    current = PAGE.read_text(encoding="utf-8") == render()
    assert current, "run: python -m tests.spec.manual > docs/reference/rules.md"


def test_every_row_has_a_chapter_and_every_chapter_a_row() -> None:
    assert {row.chapter for row in TABLE} == set(CHAPTERS)


def test_every_row_is_on_the_page() -> None:
    page = render()
    assert [row.title for row in TABLE if f"### {row.title}\n" not in page] == []
