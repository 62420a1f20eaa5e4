"""A person as a textbook has them, for each condition: it is among the first three causes, and the urgency fits."""

from datetime import timedelta
from typing import Any

import pytest

from crampwise.assess.assess import assess
from crampwise.assess.intake import read_intake
from crampwise.book.tree import read_yaml
from tests.support.people import TODAY, shipped
from tests.support.typical import PEOPLE, WITHOUT_PERSON, document


@pytest.mark.parametrize("person", PEOPLE, ids=[p["condition"] for p in PEOPLE])
def test_the_cause_is_among_the_first_three_and_the_urgency_fits(person: dict[str, Any]) -> None:
    problems: list[Any] = []
    tree = read_yaml(document(person, TODAY - timedelta(days=1)), "typical.yaml", problems)
    assert problems == []
    assert tree is not None
    result = assess(shipped(), read_intake(shipped(), tree), TODAY)
    assert person["condition"] in [c.id for c in result.causes][:3]
    assert result.urgency.at_least in person["urgency"]


def test_every_condition_of_the_ranking_has_a_person() -> None:
    ranked = {c.id for c in shipped().conditions.values() if c.prior}
    assert ranked == {p["condition"] for p in PEOPLE} | WITHOUT_PERSON
