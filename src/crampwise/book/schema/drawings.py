"""Drawings of stretches: a posable figure in two states, as data.

Lengths are in hundredths of the figure's height, x to the right, y up, the floor at 0. Angles are in degrees, counted
from the right against the clock: 90 is up. Seen from the side the figure faces right, and `near` limbs are those
towards the reader; seen from the front `near` is the right half of the picture.
"""

from dataclasses import dataclass
from typing import Literal

from crampwise.book.schema.common import StretchId

Joint = Literal[
    "hip", "waist", "neck", "head", "hinge", "chin",
    "near_shoulder", "near_elbow", "near_wrist", "near_knuckles", "near_fingertips",
    "far_shoulder", "far_elbow", "far_wrist", "far_knuckles", "far_fingertips",
    "near_hip", "near_knee", "near_ankle", "near_heel", "near_ball", "near_toetips",
    "far_hip", "far_knee", "far_ankle", "far_heel", "far_ball", "far_toetips",
]  # fmt: skip

LIMBS = ("far_leg", "near_leg", "near_arm", "far_arm")
"""In the order in which they are placed."""

Layer = Literal["far_arm", "far_leg", "trunk", "near_leg", "near_arm"]

Part = Literal[
    "near_thigh", "near_shin", "near_foot", "near_toes", "far_thigh", "far_shin", "far_foot", "far_toes",
    "near_upper_arm", "near_forearm", "near_hand", "near_fingers", "far_upper_arm", "far_forearm", "far_hand",
    "belly", "chest", "neck", "chin",
]  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Limb:
    """An arm or a leg.

    Attributes:
        angles: of the upper and the lower part.
        at: instead of angles, the point where the wrist or ankle is.
        to: instead of angles, the joint that the wrist or ankle goes to, of the trunk or of a limb that comes before
            this one in `LIMBS`. shift: added to it.
        bend: to which side of the way there the elbow or knee points.
        end, tip: angles of hand and fingers, or foot and toes; each goes on from the part before where not given.
        short: how much of its length shows of the upper part, the lower part and the foot, when the limb points
            towards or away from the reader.
    """

    angles: tuple[float, ...] = ()
    at: tuple[float, ...] = ()
    to: Joint | None = None
    shift: tuple[float, ...] = (0.0, 0.0)
    bend: Literal["left", "right"] = "left"
    end: float | None = None
    tip: float | None = None
    short: tuple[float, ...] = (1.0, 1.0)


@dataclass(frozen=True, kw_only=True)
class Arrow:
    """The direction of a movement: starts at a joint, shifted, and goes `by` so far; `curve` bulges it to the left."""

    at: Joint
    shift: tuple[float, ...] = (0.0, 0.0)
    by: tuple[float, ...]
    curve: float = 0.0


@dataclass(frozen=True, kw_only=True)
class Pose:
    """One state of the figure; the second state gives only what changes.

    Attributes:
        alt: what is to be seen, in plain words, for those who do not see it.
        hip: where the middle of the hips is.
        back: angles of the lower and the upper back. head: angle from the neck to the crown.
        jaw: how far the mouth is open, in degrees.
    """

    alt: str
    hip: tuple[float, ...] | None = None
    back: tuple[float, ...] | None = None
    head: float | None = None
    jaw: float | None = None
    near_arm: Limb | None = None
    far_arm: Limb | None = None
    near_leg: Limb | None = None
    far_leg: Limb | None = None
    arrows: tuple[Arrow, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Prop:
    """A thing that is used.

    Attributes:
        x, y: its left lower corner; for a ball its middle. width, height: its size; for a ball `width` is the radius.
        through: for a towel the joints it runs through.
    """

    kind: Literal[
        "floor",
        "wall",
        "chair",
        "bed",
        "step",
        "table",
        "door_frame",
        "rail",
        "cushion",
        "ball",
        "towel",
        "stool",
        "mat",
    ]
    x: float = 0.0
    y: float = 0.0
    width: float = 0.0
    height: float = 0.0
    through: tuple[Joint, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Pull:
    """Where the stretch is felt: a stripe along one part of the body, from and to shares of its length.

    The front of an arm is where the face looks while the arm hangs.
    """

    on: Part
    side: Literal["front", "back", "middle"] = "middle"
    from_: float = 0.0
    to: float = 1.0


@dataclass(frozen=True, kw_only=True)
class Drawing:
    """One way of doing a stretch, drawn at its start and while it pulls.

    Attributes:
        way: which way it is, where a stretch can be done in several.
        focus: left, lower edge, width and height of what is shown, when it is not all of the figure.
        order: what is drawn first lies behind.
        hold: only what changes against `start`.
    """

    id: str
    stretch: StretchId
    way: str = ""
    view: Literal["side", "front"] = "side"
    pull: tuple[Pull, ...]
    props: tuple[Prop, ...] = ()
    focus: tuple[float, ...] = ()
    order: tuple[Layer, ...] = ("far_arm", "far_leg", "trunk", "near_leg", "near_arm")
    start: Pose
    hold: Pose
