"""Every red flag alone, with everything else unknown, reaches its urgency through every edge."""

import pytest

from crampwise.book.book import rank
from tests.support.edges import EDGES, Document, document
from tests.support.people import shipped, values_of

FLAGS = sorted(shipped().red_flags)
NEEDS_A_NO_OF_A_LINE = {"t_mnd"}
"""It wants one part of a line of questions to be no. Who is not sure of the line leaves it open, at its full height."""


def alone(flag_id: str) -> Document:
    """Somebody of whom only one of the ways to fire this red flag is known."""
    book = shipped()
    return document(book, values_of(book, book.red_flags[flag_id].examples.fires[0]))


@pytest.mark.parametrize("flag_id", FLAGS)
def test_the_red_flag_reaches_its_urgency_through_every_edge(flag_id: str) -> None:
    flag = shipped().red_flags[flag_id]
    told = alone(flag_id)
    for edge in EDGES:
        shown = edge.show(told)
        if edge.stops_early and flag_id in NEEDS_A_NO_OF_A_LINE:
            assert rank(shown.level) < rank(flag.level) <= rank(shown.possible)
            continue
        assert rank(shown.level) >= rank(flag.level), edge.name
        assert shown.emergency is (shown.level == "emergency_now") or flag.level == "self_care", edge.name
        assert flag.title in shown.text or edge.stops_early, edge.name


def test_with_nothing_known_no_edge_calls_anything_safe_or_urgent() -> None:
    told: Document = {"answers": {}}
    unsafe_to_say = shipped().words.phrases["no_level"]
    for edge in EDGES:
        shown = edge.show(told)
        assert not shown.emergency, edge.name
        assert unsafe_to_say in shown.text or shown.text == "", edge.name
