"""Every red flag alone, with everything else unknown, reaches its urgency through every edge."""

import pytest

from crampwise.book.book import rank
from tests.support.edges import EDGES, Document, document
from tests.support.people import shipped, values_of

FLAGS = sorted(shipped().red_flags)


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
        assert rank(shown.level) >= rank(flag.level), edge.name
        assert shown.emergency is (shown.level == "emergency_now") or flag.level == "self_care", edge.name
        if not (edge.stops_early or (shown.emergency and flag.level != "emergency_now")):
            assert flag.title in shown.text, edge.name  # an emergency is shown alone


def test_with_nothing_known_no_edge_calls_anything_safe_or_urgent() -> None:
    told: Document = {"answers": {}}
    unsafe_to_say = shipped().words.phrases["no_level"]
    for edge in EDGES:
        shown = edge.show(told)
        assert not shown.emergency, edge.name
        assert unsafe_to_say in shown.text or shown.text == "", edge.name
