"""What the terminal shows of a diary or a trial as one HTML file with pictures and tables, to print or to hand over."""

from collections.abc import Sequence
from html import escape
from pathlib import Path

from crampwise.edges.cli.files import write_whole
from crampwise.edges.cli.html import STYLE
from crampwise.edges.cli.out import Out
from crampwise.followup.svg import Chart

_OWN_STYLE = """
figure { margin: 1.5rem 0; } svg { width: 100%; height: auto; } details { font-size: .85rem; }
table { border-collapse: collapse; } th, td { border: 1px solid; padding: .1rem .5rem; text-align: left; }
@media print { details { display: none; } figure { break-inside: avoid; } }
"""


class PageOut(Out):
    """Takes what would be written to a terminal and keeps it as HTML."""

    def __init__(self) -> None:
        super().__init__(plain=True)
        self._parts: list[str] = []

    def heading(self, text: str, style: str = "bold") -> None:
        """Keep a heading."""
        self._parts.append(f"<h2>{escape(text)}</h2>")

    def text(self, text: str, indent: int = 0, style: str = "") -> None:
        """Keep a paragraph."""
        self._parts.append(f"<p>{escape(text)}</p>")

    def item(self, text: str, indent: int = 2, mark: str = "- ", style: str = "") -> None:
        """Keep an item."""
        self._parts.append(f"<ul><li>{escape(text)}</li></ul>")

    def pair(self, label: str, text: str) -> None:
        """Keep a label and what it stands for."""
        self._parts.append(f"<p><strong>{escape(label)}:</strong> {escape(text)}</p>")

    def columns(self, cells: tuple[str, ...], widths: tuple[int, ...]) -> None:
        """Keep a row."""
        self._parts.append(f"<p>{escape(', '.join(c for c in cells if c))}</p>")

    def gap(self) -> None:
        """Leave nothing: a page has its own spaces."""

    def write(self, path: Path, title: str, charts: Sequence[Chart]) -> None:
        """Write the page: what was said, then the pictures."""
        said = "\n".join(self._parts).replace("</ul>\n<ul>", "\n")
        figures = "\n".join(map(_figure, charts))
        write_whole(
            path,
            f'<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
            f'<meta name="viewport" content="width=device-width, initial-scale=1">\n<title>{escape(title)}</title>\n'
            f"<style>{STYLE}{_OWN_STYLE}</style>\n</head>\n<body>\n<main>\n<h1>{escape(title)}</h1>\n{said}\n{figures}\n"
            "</main>\n</body>\n</html>\n",
            private=True,
        )


def _figure(chart: Chart) -> str:
    head = "".join(f'<th scope="col">{escape(c)}</th>' for c in chart.head)
    rows = "\n".join("<tr>" + "".join(f"<td>{escape(c)}</td>" for c in row) + "</tr>" for row in chart.rows)
    table = f"<caption>{escape(chart.title)}</caption>\n<thead><tr>{head}</tr></thead>\n<tbody>\n{rows}\n</tbody>"
    return (
        f"<figure>\n{chart.svg}<figcaption>{escape(chart.told)}</figcaption>\n"
        f"<details>\n<summary>As a table</summary>\n<table>\n{table}\n</table>\n</details>\n</figure>"
    )
