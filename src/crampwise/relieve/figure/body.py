"""Where the joints of a posed figure are."""

from dataclasses import fields, replace
from math import acos, atan2, cos, degrees, hypot, radians, sin

from crampwise.book.schema.drawings import LIMBS, Drawing, Limb, Pose

Point = tuple[float, float]
Joints = dict[str, Point]

LEGS = (25.0, 24.0)
ARMS = (16.5, 15.0)
BACK = (14.0, 13.0)
NECK, HEAD = 5.0, 6.5
HEEL, BALL, TOES = (-3.2, -2.6), (9.0, -2.8), 4.2
HINGE, CHIN = (-1.2, -2.2), (5.2, -3.6)
HAND, FINGERS = 5.0, 4.5
HALF_SHOULDERS, HALF_HIPS = 8.5, 5.0
"""Lengths in hundredths of the height, of a grown-up of common build; `HEEL` and `BALL` from the
ankle of a level foot, `HINGE` (of the jaw) from the middle of an upright head, `CHIN` from there."""

FOOT_FROM_THE_FRONT = 0.45
"""How much of a foot's length is seen when it points at the reader."""


def poses(drawing: Drawing) -> tuple[Pose, Pose]:
    """Give both states in full: the second is the first with its changes."""
    changes = {f.name: v for f in fields(Pose) if (v := getattr(drawing.hold, f.name)) is not None}
    return drawing.start, replace(drawing.start, **changes)


def joints(pose: Pose, front: bool) -> Joints:
    """Place every joint of a pose.

    Raises:
        ValueError: the pose is not complete, or a target is not placed yet.
    """
    if pose.hip is None or pose.back is None or pose.head is None:
        raise ValueError("a full pose needs hip, back and head")
    hip = _point(pose.hip)
    waist = go(hip, pose.back[0], BACK[0])
    neck = go(waist, pose.back[-1], BACK[1])
    found = {"hip": hip, "waist": waist, "neck": neck, "head": go(neck, pose.head, NECK + HEAD)}
    found["hinge"] = add(found["head"], turn(HINGE, pose.head - 90))
    found["chin"] = add(found["hinge"], turn(CHIN, pose.head - 90 - (pose.jaw or 0.0)))
    for near, side in (("near", -90.0), ("far", 90.0)):
        found[f"{near}_shoulder"] = go(neck, pose.back[-1] + side, HALF_SHOULDERS if front else 0.0)
        found[f"{near}_hip"] = go(hip, pose.back[0] + side, HALF_HIPS if front else 0.0)
    for name in LIMBS:
        limb = getattr(pose, name)
        if limb is None:
            raise ValueError(f"a full pose needs {name}")
        place = _leg if name.endswith("leg") else _arm
        place(found, limb, name.partition("_")[0], front)
    return found


def _leg(found: Joints, limb: Limb, near: str, front: bool) -> None:
    knee, ankle, way = _two_parts(found, limb, found[f"{near}_hip"], LEGS)
    mirrored = front and near == "far"
    toes = limb.end if limb.end is not None else way + (-90.0 if mirrored else 90.0)
    size = limb.short[2] if len(limb.short) > 2 else FOOT_FROM_THE_FRONT if front else 1.0
    up = -1.0 if mirrored else 1.0
    ball = add(ankle, turn((BALL[0] * size, BALL[1] * up), toes))
    tip = toes if limb.tip is None else limb.tip
    found |= {
        f"{near}_knee": knee,
        f"{near}_ankle": ankle,
        f"{near}_heel": add(ankle, turn((HEEL[0] * size, HEEL[1] * up), toes)),
        f"{near}_ball": ball,
        f"{near}_toetips": go(ball, tip, TOES * size),
    }


def _arm(found: Joints, limb: Limb, near: str, _front: bool) -> None:
    elbow, wrist, way = _two_parts(found, limb, found[f"{near}_shoulder"], ARMS)
    hand = way if limb.end is None else limb.end
    knuckles = go(wrist, hand, HAND)
    tip = hand if limb.tip is None else limb.tip
    found |= {
        f"{near}_elbow": elbow,
        f"{near}_wrist": wrist,
        f"{near}_knuckles": knuckles,
        f"{near}_fingertips": go(knuckles, tip, FINGERS),
    }


def _two_parts(found: Joints, limb: Limb, root: Point, lengths: tuple[float, float]) -> tuple[Point, Point, float]:
    """Place the middle and the end of a limb; give also the angle of its lower part."""
    upper, lower = (length * share for length, share in zip(lengths, limb.short, strict=False))
    if limb.angles:
        middle = go(root, limb.angles[0], upper)
        return middle, go(middle, limb.angles[1], lower), limb.angles[1]
    if limb.to and limb.to not in found:
        raise ValueError(f"{limb.to} is not placed yet")
    target = add(found[limb.to], _point(limb.shift)) if limb.to else _point(limb.at)
    far = hypot(target[0] - root[0], target[1] - root[1])
    reach = min(max(far, abs(upper - lower) + 0.01), upper + lower - 0.01)
    corner = degrees(acos((upper**2 + reach**2 - lower**2) / (2 * upper * reach)))
    straight = angle(root, target)
    middle = go(root, straight + (corner if limb.bend == "left" else -corner), upper)
    way = angle(middle, target)
    return middle, go(middle, way, lower), way


def _point(numbers: tuple[float, ...]) -> Point:
    return numbers[0], numbers[1]


def go(start: Point, towards: float, length: float) -> Point:
    """Go from a point so far at an angle."""
    return start[0] + length * cos(radians(towards)), start[1] + length * sin(radians(towards))


def angle(start: Point, end: Point) -> float:
    """Give the angle at which one point lies from another, in degrees."""
    return degrees(atan2(end[1] - start[1], end[0] - start[0]))


def add(point: Point, shift: Point) -> Point:
    """Shift a point."""
    return point[0] + shift[0], point[1] + shift[1]


def turn(point: Point, by: float) -> Point:
    """Turn a point round the origin, by degrees against the clock."""
    c, s = cos(radians(by)), sin(radians(by))
    return point[0] * c - point[1] * s, point[0] * s + point[1] * c
