"""The things that a stretch uses: floor, wall, chair, towel and so on, as SVG path data."""

from crampwise.book.schema.drawings import Prop
from crampwise.relieve.figure.body import Joints, Point
from crampwise.relieve.figure.outline import hull, path

_LEG = 2.0
_PLANK = 3.0
_ROUND = 4.0
_CHAIR_BACK = 26.0


def solid(prop: Prop) -> str:
    """Give the filled outline of a thing; empty for a towel, which is a line."""
    x, y, w, h = prop.x, prop.y, prop.width, prop.height
    match prop.kind:
        case "towel":
            return ""
        case "chair":
            return (
                _box(x, y, _LEG, h + _CHAIR_BACK) + _box(x, y + h - _PLANK, w, _PLANK) + _box(x + w - _LEG, y, _LEG, h)
            )
        case "table":
            return _box(x, y + h - _PLANK, w, _PLANK) + _box(x + w / 2 - _LEG / 2, y, _LEG, h)
        case "bed":
            return _soft(x, y + h - 9, w, 9) + _box(x + 4, y, _LEG, h - 9) + _box(x + w - 6, y, _LEG, h - 9)
        case "rail":
            return _box(x, y, _LEG, h) + _soft(x - 4, y + h - 2, 10, _PLANK)
        case "ball":
            return hull([((x, y), w)])
        case "stool":
            legs = (_box(left, y, _LEG, h) for left in (x + _LEG, x + w - 2 * _LEG))
            return _box(x, y + h - _PLANK, w, _PLANK) + "".join(legs)
        case "cushion" | "mat":
            return _soft(x, y, w, h)
        case "floor" | "wall" | "step" | "door_frame":
            return _box(x, y, w, h)


def towel(prop: Prop, joints: Joints) -> str:
    """Give the line of a towel through joints."""
    return path([joints[j] for j in prop.through])


def corners(prop: Prop) -> tuple[Point, ...]:
    """Give the points that a picture has to hold; a floor goes on beyond it."""
    if prop.kind in ("floor", "towel"):
        return ()
    top = prop.y + prop.height + (_CHAIR_BACK if prop.kind == "chair" else 0)
    return (prop.x, prop.y), (prop.x + prop.width, top)


def _box(x: float, y: float, width: float, height: float) -> str:
    return path([(x, y), (x + width, y), (x + width, y + height), (x, y + height)], closed=True)


def _soft(x: float, y: float, width: float, height: float) -> str:
    r = min(width / 2 - 0.1, height / 2 - 0.1, _ROUND)
    inner = [(x + r, y + r), (x + width - r, y + r), (x + r, y + height - r), (x + width - r, y + height - r)]
    return hull((corner, r) for corner in inner)
