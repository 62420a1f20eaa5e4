"""Writing to a terminal: headings, wrapped text and lists; or, plain, one statement per line for screen readers."""

import textwrap

import click

_WIDEST = 100
_NARROWEST = 30


class Out:
    """Writes to standard output.

    Plain output has no colour, no boxes and no wrapping: each call writes one line. Otherwise text is wrapped to the
    terminal (80 columns where there is none) and coloured where the terminal can and NO_COLOR does not forbid it.
    """

    def __init__(self, plain: bool = False) -> None:
        from rich.console import Console

        self.plain = plain
        self._console = Console(highlight=False, markup=False, emoji=False)
        self.width = max(_NARROWEST, min(self._console.width, _WIDEST))

    @property
    def live(self) -> bool:
        """Whether a line may be written over: a real terminal that can move the cursor, and not plain."""
        return not self.plain and self._console.is_terminal and not self._console.is_dumb_terminal

    def heading(self, text: str, style: str = "bold") -> None:
        """Write a heading, with a blank line before it."""
        self.gap()
        self._write(text, "", "", style)

    def text(self, text: str, indent: int = 0, style: str = "") -> None:
        """Write a paragraph."""
        self._write(text, " " * indent, " " * indent, style)

    def item(self, text: str, indent: int = 2, mark: str = "- ", style: str = "") -> None:
        """Write one item of a list."""
        start = " " * indent + mark
        self._write(text, start, " " * len(start), style)

    def pair(self, label: str, text: str) -> None:
        """Write a label and what it stands for."""
        self._write(f"{label}: {text}", "", "  ", "")

    def columns(self, cells: tuple[str, ...], widths: tuple[int, ...]) -> None:
        """Write one row of a table; the last cell is wrapped. Plain rows are joined by commas."""
        if self.plain:
            click.echo(", ".join(c for c in cells if c))
            return
        start = "".join(f"{c:<{w}}  " if len(c) <= w else f"{c}  " for c, w in zip(cells[:-1], widths, strict=True))
        rest = sum(widths) + 2 * len(widths)
        self._write(cells[-1], start, " " * min(rest, self.width // 2), "")

    def gap(self) -> None:
        """Write a blank line; plain output has none."""
        if not self.plain:
            click.echo()

    def _write(self, text: str, first: str, rest: str, style: str) -> None:
        if self.plain:
            click.echo(f"{first.strip()} {text}".strip() if first.strip() not in ("", "-") else text)
            return
        lines = textwrap.wrap(
            text,
            self.width,
            initial_indent=first,
            subsequent_indent=rest,
            break_on_hyphens=False,
            break_long_words=False,
        )
        for line in lines or [""]:
            self._console.print(line, style=style or None, soft_wrap=True)
