"""An assessment in brief says what the whole one says."""

from datetime import date
from pathlib import Path

import pytest

from crampwise.assess.assess import assess
from crampwise.assess.brief import brief
from crampwise.assess.evaluation import read_case
from crampwise.book.compile import open_book
from crampwise.book.tree import read_yaml

BOOK = open_book()
CASES = sorted((Path(__file__).parents[2] / "acceptance" / "cases").glob("*.yaml"))
TODAY = date(2026, 11, 21)


@pytest.mark.parametrize("path", CASES, ids=lambda p: p.stem)
def test_brief_is_the_assessment_without_its_explanations(path: Path) -> None:
    tree = read_yaml(path.read_text(), path.name, [])
    assert tree
    intake = read_case(BOOK, tree, path.stem).intake
    whole, short = assess(BOOK, intake, TODAY), brief(BOOK, intake, TODAY)
    for name in ("book_version", "book_digest", "date", "urgency", "fired", "medicines", "never", "next_questions"):
        assert getattr(short, name) == getattr(whole, name), name
    assert [(f.id, f.level) for f in short.open] == [(f.id, f.level) for f in whole.open]
    assert short.ruled_out == tuple(f.id for f in whole.ruled_out)
    assert set(short.not_examined) == {f for flag in whole.ruled_out for f in flag.not_examined}
    assert short.tests == tuple(t.id for t in whole.tests)
    assert {(o.id, o.status) for o in short.plan} == {(o.id, o.status) for o in (*whole.plan, *whole.stretches)}
    for mine, theirs in zip(short.causes, whole.causes, strict=True):
        assert (mine.id, mine.name, mine.wording, mine.urgency) == (
            theirs.id,
            theirs.name,
            theirs.wording,
            theirs.urgency,
        )
        assert (mine.probability, mine.low, mine.high) == pytest.approx(
            (theirs.probability, theirs.low, theirs.high), abs=1e-6
        )
