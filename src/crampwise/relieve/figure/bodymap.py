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

_BOX = "-26 -100.5 52 103"
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

    The links can be pointed at, but take no part in the order of keys and are not read out: a page that shows the map
    has to name the same muscles in a list.

    Args:
        muscles: all that may be chosen.
        view: the side.
        address: where the link of a muscle leads.
    """
    found = joints(_STANDING, front=True)
    body = "".join(outlines(_STANDING, found, front=True))
    spots = "".join(
        f'<a href="{escape(address(muscle))}" tabindex="-1"><title>{escape(muscle.title)}</title>'
        f'<path class="spot" d="{_spot(muscle)}"/></a>'
        for muscle in muscles
        if muscle.view == view
    )
    return (
        f'<svg class="bodymap" viewBox="{_BOX}" aria-hidden="true" fill="currentColor">'
        f'<path class="body" d="{body}"/>{spots}</svg>'
    )


def _spot(muscle: Muscle) -> str:
    """Both halves; a spot across the middle is the same on both and drawn once."""
    halves = {hull(((side * x, y), r) for x, y, r in muscle.spot) for side in (1, -1)}
    across = any(x <= 0 for x, _, _ in muscle.spot)
    return min(halves) if across else "".join(sorted(halves))
