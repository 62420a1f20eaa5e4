"""Every stretch can be drawn: each has a drawing, and each drawing is complete."""

from collections.abc import Iterator
from dataclasses import fields

from crampwise.book.book import Book
from crampwise.book.schema.drawings import LIMBS, Drawing, Limb, Pose
from crampwise.logic.errors import Problem

_WHOLE = ("hip", "back", "head", *LIMBS)


def check_drawings(book: Book) -> list[Problem]:
    """Check that every stretch is drawn and on the body map, several ways have names, and each pose can be placed."""
    found = [problem for drawing in book.drawings.values() for problem in _drawing(drawing)]
    for stretch in book.stretches.values():
        ways = [d.way for d in book.drawings.values() if d.stretch == stretch.id]
        where = f"stretches/{stretch.id}"
        if not ways:
            found.append(Problem(where, "there is no drawing of it.", "Add one under drawings."))
        elif len(ways) > 1 and (len(set(ways)) < len(ways) or "" in ways):
            found.append(Problem(where, "its drawings need a way each.", "Say by what they differ."))
    stretched = {stretch.muscle for stretch in book.stretches.values()}
    for muscle in book.muscles.values():
        if (muscle.id in stretched and not muscle.spot) or any(len(circle) != 3 for circle in muscle.spot):
            found.append(Problem(f"muscles/{muscle.id}", "its spot needs circles of three numbers: x, y, radius."))
    return found


def _drawing(drawing: Drawing) -> Iterator[Problem]:
    where = f"drawings/{drawing.id}"
    missing = [name for name in _WHOLE if getattr(drawing.start, name) is None]
    if missing:
        yield Problem(where, f"its start needs {', '.join(missing)}.")
    if len(drawing.focus) not in (0, 4):
        yield Problem(where, "its focus needs four numbers: left, lower edge, width, height.")
    if sorted(drawing.order) != sorted(set(drawing.order)) or len(drawing.order) != len(LIMBS) + 1:
        yield Problem(where, "its order needs each layer once.")
    for prop in drawing.props:
        if (prop.kind == "towel") != bool(prop.through):
            yield Problem(where, "a towel, and nothing else, runs through joints.")
    for state, pose in (("start", drawing.start), ("hold", drawing.hold)):
        yield from (Problem(where, f"{state}: {what}") for what in _pose(pose))


def _pose(pose: Pose) -> Iterator[str]:
    if pose.hip is not None and len(pose.hip) != 2:
        yield "hip needs two numbers."
    if pose.back is not None and len(pose.back) not in (1, 2):
        yield "back needs one or two angles."
    for arrow in pose.arrows:
        if len(arrow.shift) != 2 or len(arrow.by) != 2:
            yield "an arrow needs two numbers for shift and by."
    for number, name in enumerate(LIMBS):
        limb = getattr(pose, name)
        if limb is not None:
            yield from (f"{name} {what}" for what in _limb(limb, LIMBS[number:]))


def _limb(limb: Limb, not_placed: tuple[str, ...]) -> Iterator[str]:
    if sum(map(bool, (limb.angles, limb.at, limb.to))) != 1:
        yield "needs one of angles, at and to."
    lengths = {"angles": (0, 2), "at": (0, 2), "shift": (2,), "short": (2, 3)}
    for field in fields(limb):
        if field.name in lengths and len(getattr(limb, field.name)) not in lengths[field.name]:
            yield f"has the wrong number of {field.name}."
    near, _, joint = (limb.to or "").partition("_")
    of = f"{near}_arm" if joint in ("elbow", "wrist", "knuckles", "fingertips") else f"{near}_leg"
    if of in not_placed and joint not in ("", "shoulder", "hip"):
        yield f"goes to {limb.to}, which is placed after it."
