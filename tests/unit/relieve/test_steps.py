"""The steps of each stretch: as often and as long as the book says."""

import pytest

from crampwise.book.compile import open_book
from crampwise.book.schema.care import Stretch
from crampwise.relieve.steps import Step, steps_of

STRETCHES = tuple(open_book().stretches.values())


def by_id(id_: str) -> Stretch:
    return next(s for s in STRETCHES if s.id == id_)


@pytest.mark.parametrize("stretch", STRETCHES, ids=lambda s: s.id)
def test_each_stretch_is_held_as_often_and_as_long_as_the_book_says(stretch: Stretch) -> None:
    sides = 2 if stretch.sides == "both" else 1
    held = [s for s in steps_of(stretch) if s.kind in ("hold", "ease", "move")]
    assert sum(s.seconds for s in held) == stretch.sets * sides * stretch.repeats * stretch.hold_s
    if held[0].kind != "move":
        assert len(held) == stretch.sets * sides * stretch.repeats
    assert all(s.seconds == stretch.rest_s for s in steps_of(stretch) if s.kind == "rest")


def test_sides_and_counts_are_said() -> None:
    words = [s.words for s in steps_of(by_id("s_calf_wall"))]
    assert words[:3] == ["Get ready. Left side.", "Hold 30 seconds. Left side, 1 of 4.", "Rest 10 seconds."]
    assert words[-1] == "Hold 30 seconds. Right side, 4 of 4."
    assert [s.words for s in steps_of(by_id("s_calf_foot_pull"))][1].startswith(
        "Hold until it eases, at most 30 seconds."
    )


def test_a_step_without_a_place_says_only_what_to_do() -> None:
    assert Step("rest", 1).words == "Rest 1 second."
