"""Every known difference between interpreters is still there, and no larger."""

import pytest

from tests.docs.refresh import INTERPRETERS
from tests.spec.differences import DIFFERENCES, Difference, render


@pytest.mark.parametrize("difference", DIFFERENCES, ids=lambda d: d.title)
def test_the_difference_is_as_written(difference: Difference) -> None:
    difference.show()


def test_the_printed_ledger_is_current() -> None:
    assert INTERPRETERS.read_text("utf-8") == render(), "run: .venv/bin/python -m tests.docs.refresh"
