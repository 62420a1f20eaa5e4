"""The body from the front and from the back, with a spot to point at for each muscle."""

from collections.abc import Callable, Iterable
from html import escape
from typing import Literal

from crampwise.book.schema.care import Muscle
from crampwise.book.schema.drawings import Limb, Pose
from crampwise.relieve.figure.body import joints
from crampwise.relieve.figure.draw import outlines
from crampwise.relieve.figure.outline import hull

View = Literal["front", "back"]

_BOX = "-26 -100.5 52 106"
_REACH = 8.2
"""Least width and height of what can be pointed at: 44 px on the narrowest screen, where the map is 284 px wide."""
_STANDING = Pose(
    alt="",
    hip=(0.0, 53.0),
    back=(90.0,),
    head=90.0,
    near_leg=Limb(angles=(-84.0, -87.0), end=0.0),
    far_leg=Limb(angles=(-96.0, -93.0), end=180.0),
    near_arm=Limb(angles=(-68.0, -74.0)),
    far_arm=Limb(angles=(-112.0, -106.0)),
)


def body_map(muscles: Iterable[Muscle], view: View, address: Callable[[Muscle], str]) -> str:
    """Draw one side of the body; each muscle seen from there is a link.

    What can be pointed at reaches beyond a small spot, but lies below every other spot. The links take no part in the
    order of keys and are not read out: a page that shows the map has to name the same muscles in a list.

    Args:
        muscles: all that may be chosen.
        view: the side.
        address: where the link of a muscle leads.
    """
    found = joints(_STANDING, front=True)
    body = "".join(outlines(_STANDING, found, front=True))
    seen = [m for m in muscles if m.view == view]
    reaches = "".join(_link(address(m), f'<path class="reach" d="{_spot(m, _REACH)}"/>') for m in seen)
    titles = {m.id: f"<title>{escape(m.title)}</title>" for m in seen}
    spots = "".join(_link(address(m), f'{titles[m.id]}<path class="spot" d="{_spot(m)}"/>') for m in seen)
    return (
        f'<svg class="bodymap" viewBox="{_BOX}" aria-hidden="true" fill="currentColor">'
        f'<path class="body" d="{body}"/>{reaches}{spots}</svg>'
    )


def _link(address: str, inside: str) -> str:
    return f'<a href="{escape(address)}" tabindex="-1">{inside}</a>'


def _spot(muscle: Muscle, least: float = 0.0) -> str:
    """Both halves, each at least so wide and high; a spot across the middle is the same on both and drawn once."""
    across = any(x <= 0 for x, _, _ in muscle.spot)
    more_x, more_y = (_lacking(least, muscle.spot, axis) for axis in (0, 1))
    circles = [(x + dx, y + dy, r) for x, y, r in muscle.spot for dx in (-more_x, more_x) for dy in (-more_y, more_y)]
    halves = {hull(((side * x, y), r) for x, y, r in circles) for side in (1, -1)}
    return min(halves) if across else "".join(sorted(halves))


def _lacking(least: float, spot: tuple[tuple[float, ...], ...], axis: int) -> float:
    """What is missing on each side along one axis."""
    span = max(c[axis] + c[2] for c in spot) - min(c[axis] - c[2] for c in spot)
    return max(0.0, (least - span) / 2)
