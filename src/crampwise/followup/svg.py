"""Small pieces of SVG: an accessible picture, and the words and marks in it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape

INK, ACCENT, SOFT, PAPER = "#1a1a1a", "#0b5394", "#767676", "#ffffff"
SHADES = ("#ffffff", "#cfe2f3", "#6fa8dc", "#0b5394", "#072f56")
"""From no cramp to many; each is told apart without colour by its number in the table."""


@dataclass(frozen=True)
class Chart:
    """A picture, and the same as a table.

    Attributes:
        name: short, for file names and ids. title: what it shows. told: what there is to see, in a sentence.
        svg: a whole SVG document, readable by screen readers.
    """

    name: str
    title: str
    told: str
    svg: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def picture(name: str, title: str, told: str, size: tuple[int, int], marks: Iterable[str]) -> str:
    """Put marks into a document with a title and a description that screen readers read out."""
    width, height = size
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}" '
        f'role="img" aria-labelledby="{name}-title {name}-told" font-family="sans-serif" font-size="12">\n'
        f'<title id="{name}-title">{escape(title)}</title>\n<desc id="{name}-told">{escape(told)}</desc>\n'
        f'<rect width="{width}" height="{height}" fill="{PAPER}"/>\n' + "\n".join(marks) + "\n</svg>\n"
    )


def text(x: float, y: float, words: str, anchor: str = "start", size: int = 12, fill: str = INK) -> str:
    """Write words at a place."""
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" font-size="{size}" fill="{fill}">{escape(words)}</text>'
    )


def box(x: float, y: float, width: float, height: float, fill: str = ACCENT, edge: str = "none") -> str:
    """Draw a rectangle."""
    return f'<rect x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{height:.1f}" fill="{fill}" stroke="{edge}"/>'


def line(x1: float, y1: float, x2: float, y2: float, ink: str = INK, dash: str = "", width: float = 1) -> str:
    """Draw a straight line."""
    dashed = f' stroke-dasharray="{dash}"' if dash else ""
    return (
        f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" '
        f'stroke="{ink}" stroke-width="{width:g}"{dashed}/>'
    )


def path(points: Sequence[tuple[float, float]], ink: str = ACCENT, fill: str = "none") -> str:
    """Draw a line through points."""
    steps = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    return f'<polyline points="{steps}" fill="{fill}" stroke="{ink}" stroke-width="2"/>'


def dot(x: float, y: float, fill: str = ACCENT) -> str:
    """Draw a dot."""
    return f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3" fill="{fill}"/>'


def nice_top(highest: float) -> float:
    """Give a round number at or above the highest value."""
    step = 1.0
    while True:
        for times in (1, 2, 5):
            if highest <= step * times:
                return step * times
        step *= 10
