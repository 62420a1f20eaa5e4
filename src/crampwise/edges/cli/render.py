"""A page on a terminal: coloured with rich, or plain lines for any terminal, pipe or screen reader."""

import os
import sys
import textwrap
from collections.abc import Mapping

import click

from crampwise.assess.assessment import Cite
from crampwise.assess.page import Line, Page, Section, cited
from crampwise.book.book import Book
from crampwise.book.schema.knowledge import Source

_WIDTH = 79
_MARKS = 3
_STYLES = {"emergency": "bold white on red", "urgent": "bold yellow", "plain": "bold cyan", "quiet": "dim"}


def show(book: Book, result: Page, *, plain: bool) -> None:
    """Print a page, with colour where the terminal has it and `plain` does not forbid it."""
    if plain or not sys.stdout.isatty() or "NO_COLOR" in os.environ or os.environ.get("TERM") == "dumb":
        click.echo(plain_text(book, result))
    else:
        _show_rich(book, result)


def numbered(result: Page, most: int | None = None) -> dict[Cite, int]:
    """Number what the page rests on, in order of first use; at most the first `most` citations of each line."""
    return {cite: i for i, cite in enumerate(cited(result, most), 1)}


def plain_text(book: Book, result: Page) -> str:
    """Lay the page out as plain text of at most 79 columns."""
    marks = numbered(result, _MARKS)
    blocks = [_plain_section(section, marks) for section in result.sections]
    listed = [f"[{n}] {cite_text(book, cite)}" for cite, n in marks.items()]
    evidence = [_wrap(text, "  ", "      ") for text in listed]
    hint = _wrap(book.words.phrases["more_evidence"], "", "")
    blocks.append("\n".join([_title(book.words.headings["evidence"]), *evidence, hint]))
    return "\n\n".join(blocks)


def _plain_section(section: Section, marks: Mapping[Cite, int]) -> str:
    title = f"!!! {section.title.upper()} !!!" if section.tone == "emergency" else section.title
    marked = with_marks(section, marks)
    return "\n".join([_title(title), *(_plain_line(line, mark) for line, mark in marked)])


def _title(text: str) -> str:
    return f"{text}\n{'-' * min(len(text), _WIDTH)}"


def _plain_line(line: Line, mark: str) -> str:
    indent = "  " * line.indent
    bullet = "" if line.strong else "- " if line.indent else ""
    return _wrap(f"{bullet}{line.text}{mark}", indent, indent + " " * len(bullet))


def with_marks(section: Section, marks: Mapping[Cite, int]) -> list[tuple[Line, str]]:
    """Give each line its reference marks; a line that rests on the same as the one before it carries none."""
    marked: list[tuple[Line, str]] = []
    before: tuple[Cite, ...] = ()
    for line in section.lines:
        shown = [str(marks[c]) for c in line.cites[:_MARKS]]
        more = len(line.cites) - len(shown)
        text = f" [{', '.join(shown)}{f' +{more}' if more else ''}]" if shown and line.cites != before else ""
        marked.append((line, "" if line.strong else text))
        if not line.strong:
            before = line.cites
    return marked


def _wrap(text: str, first: str, rest: str) -> str:
    return textwrap.fill(text, _WIDTH, initial_indent=first, subsequent_indent=rest, break_on_hyphens=False)


def _show_rich(book: Book, result: Page) -> None:
    from rich.console import Console
    from rich.padding import Padding
    from rich.text import Text

    console = Console(width=min(_WIDTH, Console().width), highlight=False)
    marks = numbered(result, _MARKS)
    for section in result.sections:
        console.print()
        console.print(Text(f" {section.title} ", style=_STYLES[section.tone]))
        for line, mark in with_marks(section, marks):
            text = Text(line.text, style="bold" if line.strong else "dim" if section.tone == "quiet" else "")
            text.append(mark, style="dim")
            console.print(Padding(text, (0, 0, 0, 2 + 2 * line.indent)))
    console.print()
    console.print(Text(f" {book.words.headings['evidence']} ", style="dim"))
    for cite, n in marks.items():
        console.print(Padding(Text(f"[{n}] {cite_text(book, cite)}", style="dim"), (0, 0, 0, 2)))


def cite_text(book: Book, cite: Cite) -> str:
    """Say in one line what a citation is, how much of it was read, and whose judgement it is."""
    if cite.kind == "judgement":
        judgement = book.judgements[cite.id]
        return f"Judgement of the {judgement.by}, {judgement.date.isoformat()}. {judgement.plain}"
    if cite.kind == "claim":
        claim = book.claims[cite.id]
        start, end = claim.locator
        return f"{claim.id}: {claim.text} ({book.sources[claim.source].title}, characters {start} to {end})"
    return source_text(book.sources[cite.id])


def source_text(source: Source) -> str:
    """Cite a source in one line."""
    year = f", {source.year}" if source.year else ""
    where = (
        f" doi:{source.doi}"
        if source.doi
        else f" pmid:{source.pmid}"
        if source.pmid
        else f" {source.url}"
        if source.url
        else ""
    )
    return f"{source.authors}. {source.title}{year}.{where} (read: {source.read.replace('_', ' ')})"
