"""A posed figure keeps its lengths, stands where it is put, and is drawn as SVG that anyone can read."""

import re
from math import dist, hypot
from typing import Literal
from xml.etree import ElementTree

import pytest

from crampwise.book.compile import open_book
from crampwise.book.schema.drawings import Drawing, Limb, Pose, Pull
from crampwise.relieve.figure.body import ARMS, BACK, LEGS, joints, poses
from crampwise.relieve.figure.draw import pictures
from crampwise.relieve.figure.outline import hull

BOOK = open_book()
DRAWINGS = tuple(BOOK.drawings.values())
HANGING = Limb(angles=(-90, -90))


def pose(**changes) -> Pose:
    limbs = dict.fromkeys(("near_arm", "far_arm", "near_leg", "far_leg"), HANGING)
    return Pose(**{"alt": "x", "hip": (0, 53), "back": (90,), "head": 90, **limbs, **changes})


def test_standing_upright_is_a_straight_line_of_the_right_height() -> None:
    found = joints(pose(), front=False)
    assert found["near_knee"] == pytest.approx((0, 53 - 25))
    assert found["near_ankle"] == pytest.approx((0, 53 - 49))
    assert found["neck"] == pytest.approx((0, 53 + 27))
    assert found["near_wrist"] == pytest.approx((0, 80 - 31.5))
    assert found["head"][1] + 6.8 == pytest.approx(100, abs=2)


@pytest.mark.parametrize("bend", ["left", "right"])
def test_a_limb_that_goes_somewhere_gets_there_and_bends_to_its_side(bend: Literal["left", "right"]) -> None:
    found = joints(pose(near_leg=Limb(at=(10, 10), bend=bend)), front=False)
    assert found["near_ankle"] == pytest.approx((10, 10))
    (hx, hy), (kx, ky) = found["near_hip"], found["near_knee"]
    left = (10 - hx) * (ky - hy) - (10 - hy) * (kx - hx) > 0
    assert left == (bend == "left")
    assert dist(found["near_hip"], found["near_knee"]) == pytest.approx(LEGS[0])


def test_what_is_out_of_reach_is_pointed_at_with_a_straight_limb() -> None:
    found = joints(pose(near_arm=Limb(at=(100, 80))), front=False)
    assert found["near_wrist"] == pytest.approx((31.5, 80), abs=0.4)


def test_the_second_state_is_the_first_with_its_changes() -> None:
    drawing = Drawing(id="d", stretch="s", pull=(Pull(on="neck"),), start=pose(), hold=Pose(alt="y", back=(70,)))
    start, hold = poses(drawing)
    assert start.back == (90,)
    assert (hold.back, hold.alt, hold.hip) == ((70,), "y", (0, 53))


def test_an_incomplete_pose_is_refused() -> None:
    with pytest.raises(ValueError, match="near_leg"):
        joints(pose(near_leg=None), front=False)
    with pytest.raises(ValueError, match="hip, back and head"):
        joints(pose(head=None), front=False)
    with pytest.raises(ValueError, match="far_wrist is not placed yet"):
        joints(pose(near_arm=Limb(to="far_wrist")), front=False)


def test_a_hull_holds_its_circles_and_no_more() -> None:
    points = [tuple(map(float, p.split())) for p in re.split("[MLZ]", hull([((0, 0), 1), ((10, 0), 2)])) if p]
    assert all(min(hypot(x, y) - 1, hypot(x - 10, y) - 2) <= 0.2 for x, y in points)
    assert max(x for x, _ in points) == 12
    assert min(x for x, _ in points) == -1


@pytest.mark.parametrize("drawing", DRAWINGS, ids=lambda d: d.id)
def test_every_drawing_of_the_book_keeps_lengths_and_renders_both_states(drawing: Drawing) -> None:
    for state in poses(drawing):
        found = joints(state, drawing.view == "front")
        assert dist(found["hip"], found["waist"]) == pytest.approx(BACK[0])
        for near in ("near", "far"):
            limbs = {"arm": (ARMS, "shoulder", "elbow", "wrist"), "leg": (LEGS, "hip", "knee", "ankle")}
            for name, (lengths, root, middle, end) in limbs.items():
                short = getattr(state, f"{near}_{name}").short
                upper = dist(found[f"{near}_{root}"], found[f"{near}_{middle}"])
                lower = dist(found[f"{near}_{middle}"], found[f"{near}_{end}"])
                assert upper == pytest.approx(lengths[0] * short[0], abs=0.1)
                assert lower == pytest.approx(lengths[1] * short[1], abs=0.1)
    title = BOOK.stretches[drawing.stretch].title
    first, second = (ElementTree.fromstring(svg) for svg in pictures(drawing, title))
    assert first.get("viewBox") == second.get("viewBox")
    for svg, name, alt in ((first, "start", drawing.start.alt), (second, "stretch", drawing.hold.alt)):
        named = {e.get("id"): e.text for e in svg if e.tag in ("title", "desc")}
        assert [named[i] for i in (svg.get("aria-labelledby") or "").split()] == [f"{title}: {name}", alt]
        assert svg.get("role") == "img"
        assert svg.get("fill") == "currentColor"
        assert not any("style" in e.attrib for e in svg.iter())
    kinds = [[e.get("class") for e in svg.iter("path")] for svg in (first, second)]
    assert "pull" not in kinds[0]
    assert "pull" in kinds[1]
    assert "arrow" in kinds[1]


@pytest.mark.parametrize("drawing", DRAWINGS, ids=lambda d: d.id)
def test_nobody_sinks_into_the_floor(drawing: Drawing) -> None:
    if not any(p.kind == "floor" for p in drawing.props) or drawing.view == "front":
        return
    for state in poses(drawing):
        for name, (_, y) in joints(state, front=False).items():
            assert y > -1, name


def test_titles_are_escaped() -> None:
    first, _ = pictures(DRAWINGS[0], "<b>&")
    assert "<b>" not in first
    assert "&lt;b&gt;&amp;: start" in first
