"""Outlines: round shapes pulled over circles, as SVG path data. Figures have y up, SVG has y down."""

from collections.abc import Iterable, Sequence
from math import cos, pi, sin

from crampwise.relieve.figure.body import Point

Circle = tuple[Point, float]
_CORNERS = 20


def hull(circles: Iterable[Circle]) -> str:
    """Give the closed outline of the tightest convex shape round some circles."""
    points = sorted(
        {
            (round(x + r * cos(2 * pi * i / _CORNERS), 1), round(y + r * sin(2 * pi * i / _CORNERS), 1))
            for (x, y), r in circles
            for i in range(_CORNERS)
        }
    )
    return path([*_half(points)[:-1], *_half(points[::-1])[:-1]], closed=True)


def _half(points: Sequence[Point]) -> list[Point]:
    """One side of the convex hull of sorted points (Andrew 1979)."""
    side: list[Point] = []
    for x, y in points:
        while len(side) > 1:
            (ax, ay), (bx, by) = side[-2:]
            if (bx - ax) * (y - ay) - (by - ay) * (x - ax) > 0:
                break
            side.pop()
        side.append((x, y))
    return side


def path(points: Iterable[Point], closed: bool = False) -> str:
    """Give straight lines through points."""
    return "M" + "L".join(at(p) for p in points) + ("Z" if closed else "")


def at(point: Point) -> str:
    """Write a point as SVG does."""
    return f"{_short(point[0])} {_short(-point[1])}"


def _short(value: float) -> str:
    return f"{round(value, 1) + 0.0:g}"
