"""A drawing of the book as SVG: one picture for each state, both in the same frame.

The figure takes the colour of the text round it. What else has a colour carries a class, for the page to colour:
`thing`, `far`, `near`, `pull` (where the stretch is felt) and `arrow`.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from html import escape
from itertools import pairwise
from math import hypot

from crampwise.book.schema.drawings import Arrow, Drawing, Layer, Part, Pose, Prop, Pull
from crampwise.relieve.figure import props
from crampwise.relieve.figure.body import HEAD, Joints, Point, add, angle, go, joints, poses, turn
from crampwise.relieve.figure.outline import Circle, at, hull, path

STATES = ("start", "stretch")

_MARGIN = 5.0
_FLOOR = 1.5
_ARROW_HEAD = 4.5
_LIP_ABOVE_CHIN, _HINGE_TO_LIP = 22.0, 6.4
_RADII = {
    "hip": 4.6, "knee": 3.2, "ankle": 2.1, "heel": 1.7, "ball": 1.5, "toetips": 1.1,
    "shoulder": 3.0, "elbow": 2.1, "wrist": 1.5, "knuckles": 1.7, "fingertips": 0.9,
}  # fmt: skip
_PARTS = {
    "thigh": ("hip", "knee"), "shin": ("knee", "ankle"), "foot": ("heel", "ball"), "toes": ("ball", "toetips"),
    "upper_arm": ("shoulder", "elbow"), "forearm": ("elbow", "wrist"),
    "hand": ("wrist", "knuckles"), "fingers": ("knuckles", "fingertips"),
}  # fmt: skip
_TRUNK = {
    "belly": ("hip", "waist", 5.2),
    "chest": ("waist", "neck", 5.2),
    "neck": ("neck", "head", 2.6),
    "chin": ("hinge", "chin", 2.0),
}


@dataclass(frozen=True)
class Frame:
    """The part of the plane that a picture shows: left lower corner and size."""

    x: float
    y: float
    width: float
    height: float


def pictures(drawing: Drawing, title: str) -> tuple[str, str]:
    """Draw both states of a stretch.

    Args:
        drawing: what to draw.
        title: what the stretch is called.

    Returns:
        SVG of the start and of the hold, each with its own title and description.

    Raises:
        ValueError: a pose is not complete.
    """
    front = drawing.view == "front"
    both = poses(drawing)
    placed = [joints(pose, front) for pose in both]
    frame = _frame(drawing, placed)
    start, hold = (
        _picture(drawing, state, f"{title}: {state}", pose, found, frame)
        for state, pose, found in zip(STATES, both, placed, strict=True)
    )
    return start, hold


def _picture(drawing: Drawing, state: str, title: str, pose: Pose, found: Joints, frame: Frame) -> str:
    name = f"{drawing.id}_{state}"
    parts = [
        *(f'<path class="thing" d="{_thing(prop, frame)}"/>' for prop in drawing.props if prop.kind != "towel"),
        *_figure(drawing, pose, found, hold=state == STATES[1]),
        *(f'<path class="towel" d="{props.towel(p, found)}"/>' for p in drawing.props if p.kind == "towel"),
        *(f'<path class="arrow" d="{_arrow(arrow, found)}"/>' for arrow in pose.arrows),
    ]
    box = f"{frame.x:.1f} {-frame.y - frame.height:.1f} {frame.width:.1f} {frame.height:.1f}"
    return (
        f'<svg class="figure" viewBox="{box}" role="img" aria-labelledby="{name}_title {name}_desc" '
        f'fill="currentColor" stroke-linecap="round" stroke-linejoin="round">'
        f'<title id="{name}_title">{escape(title)}</title><desc id="{name}_desc">{escape(pose.alt)}</desc>'
        f"{''.join(parts)}</svg>"
    )


def _frame(drawing: Drawing, placed: list[Joints]) -> Frame:
    """Hold both states whole, or what the drawing looks at closely."""
    if drawing.focus:
        return Frame(*drawing.focus)
    points = [p for found in placed for p in found.values()]
    points += [add(found["head"], shift) for found in placed for shift in ((-HEAD, -HEAD), (HEAD, HEAD))]
    points += [corner for prop in drawing.props for corner in props.corners(prop)]
    left, low = (min(p[i] for p in points) - _MARGIN for i in (0, 1))
    right, high = (max(p[i] for p in points) + _MARGIN for i in (0, 1))
    return Frame(left, low, right - left, high - low)


def _thing(prop: Prop, frame: Frame) -> str:
    if prop.kind == "floor":
        return props.solid(replace(prop, x=frame.x, y=prop.y - _FLOOR, width=frame.width, height=_FLOOR))
    return props.solid(prop)


def _figure(drawing: Drawing, pose: Pose, found: Joints, hold: bool) -> Iterator[str]:
    """Draw trunk and limbs, what lies behind first, and on each what pulls.

    Seen from the front limbs cross themselves, so upper and lower parts are set apart.
    """
    front = drawing.view == "front"
    layers = _layers(pose, found, front)
    for layer in drawing.order:
        name = "far" if layer.startswith("far") and not front else "near"
        for outline in layers[layer] if front else ("".join(layers[layer]),):
            yield f'<path class="{name}" d="{outline}"/>'
        for pull in drawing.pull if hold else ():
            if _layer(pull.on) == layer:
                yield f'<path class="pull" d="{_pull(pull, found, front)}"/>'


def outlines(pose: Pose, found: Joints, front: bool) -> Iterator[str]:
    """Give the outline of each part of a body."""
    for parts in _layers(pose, found, front).values():
        yield from parts


def _layers(pose: Pose, found: Joints, front: bool) -> dict[Layer, tuple[str, ...]]:
    return {
        "far_arm": _arm(found, "far"),
        "far_leg": _leg(found, "far"),
        "trunk": (_trunk(found, front) + _head(pose, found, front),),
        "near_leg": _leg(found, "near"),
        "near_arm": _arm(found, "near"),
    }


def _leg(found: Joints, near: str) -> tuple[str, str]:
    foot = [(found[f"{near}_{joint}"], _RADII[joint]) for joint in ("ankle", "heel", "ball")]
    below = _limb(found, near, ("knee", "ankle")) + hull(foot) + _limb(found, near, ("ball", "toetips"))
    return _limb(found, near, ("hip", "knee")), below


def _arm(found: Joints, near: str) -> tuple[str, str]:
    below = _limb(found, near, ("elbow", "wrist", "knuckles", "fingertips"))
    return _limb(found, near, ("shoulder", "elbow")), below


def _limb(found: Joints, near: str, names: tuple[str, ...]) -> str:
    circles = [(found[f"{near}_{name}"], _RADII[name]) for name in names]
    return "".join(hull(pair) for pair in pairwise(circles))


def _trunk(found: Joints, front: bool) -> str:
    hip, waist, neck = found["hip"], found["waist"], found["neck"]
    throat = hull([(neck, 2.6), (found["head"], 2.6)])
    if not front:
        chest = ((neck[0] + waist[0]) / 2, (neck[1] + waist[1]) / 2)
        return throat + hull([(neck, 3.6), (chest, 5.2), (waist, 4.6)]) + hull([(waist, 4.6), (hip, 4.9)])
    across = angle(waist, neck) - 90
    sides: list[Circle] = [(go(waist, across, 3.5), 4.0), (go(waist, across, -3.5), 4.0)]
    shoulders = [(found[f"{near}_shoulder"], 3.0) for near in ("near", "far")]
    hips = [(found[f"{near}_hip"], 4.4) for near in ("near", "far")]
    return throat + hull([*shoulders, *sides]) + hull([*sides, *hips])


def _head(pose: Pose, found: Joints, front: bool) -> str:
    """Draw the head; local axes are to the face (or the right) and to the crown."""
    up = (pose.head or 0.0) - 90

    def put(*circles: Circle) -> str:
        return hull((add(found["head"], turn(point, up)), r) for point, r in circles)

    if front:
        return put(((0, 1), 5.5), ((0, -2), 4.4)) + put(((-5.6, -0.5), 1.2), ((5.6, -0.5), 1.2))
    nose = put(((5.4, 1.0), 0.4), ((6.4, -1.4), 0.8), ((4.5, -1.6), 0.6))
    if pose.jaw is None:
        return put(((-0.3, 0.8), 6.0), ((3.2, -4.8), 1.9), ((-2.0, -3), 3)) + nose
    lip = go(found["hinge"], angle(found["hinge"], found["chin"]) + _LIP_ABOVE_CHIN, _HINGE_TO_LIP)
    jaw = hull([(found["hinge"], 1.8), (found["chin"], 1.6), (lip, 0.7)])
    return put(((-0.3, 0.8), 6.0), ((4.6, -2.4), 1.0), ((-2.0, -3), 3)) + nose + jaw


def _layer(part: Part) -> str:
    near, _, name = part.partition("_")
    if part in _TRUNK:
        return "trunk"
    return f"{near}_leg" if name in ("thigh", "shin", "foot", "toes") else f"{near}_arm"


def _pull(pull: Pull, found: Joints, front: bool) -> str:
    """Draw a lens along one part, towards the side where it is felt."""
    if pull.on in _TRUNK:
        first, second, thick = _TRUNK[pull.on]
        start, end, to_front = found[first], found[second], -90.0
    else:
        near, _, name = pull.on.partition("_")
        first, second = _PARTS[name]
        thick, to_front = (_RADII[first] + _RADII[second]) / 2, 90.0
        start, end = found[f"{near}_{first}"], found[f"{near}_{second}"]
    way, length = angle(start, end), hypot(end[0] - start[0], end[1] - start[1])
    away = {"front": 0.5, "back": -0.5, "middle": 0.0}[pull.side] * thick
    if front and pull.on in ("belly", "chest"):
        away *= 2

    def along(share: float) -> Point:
        return go(go(start, way, length * share), way + to_front, away)

    ends, middle = (along(pull.from_), along(pull.to)), along((pull.from_ + pull.to) / 2)
    return hull([(middle, thick * 0.7), *((end, thick * 0.4) for end in ends)])


def _arrow(arrow: Arrow, found: Joints) -> str:
    start = add(found[arrow.at], (arrow.shift[0], arrow.shift[1]))
    end = add(start, (arrow.by[0], arrow.by[1]))
    straight = angle(start, end)
    middle = go(((start[0] + end[0]) / 2, (start[1] + end[1]) / 2), straight + 90, arrow.curve)
    into = angle(middle, end) + 180
    size = min(_ARROW_HEAD, hypot(*arrow.by) / 2)
    barbs = [go(end, into + side, size) for side in (-35, 35)]
    return f"M{at(start)}Q{at(middle)} {at(end)}" + path([barbs[0], end, barbs[1]])
