"""A page as one self-contained HTML file: no script, no request to anywhere."""

from collections.abc import Mapping
from html import escape

from crampwise.assess.assessment import Cite
from crampwise.assess.page import Line, Page, Section
from crampwise.book.book import Book
from crampwise.edges.cli.render import cite_text, numbered

STYLE = """
:root { color-scheme: light dark; font: 1.125rem/1.5 system-ui, sans-serif; }
body { max-width: 42rem; margin: 0 auto; padding: 1rem; }
h2 { border-bottom: 2px solid; padding-bottom: .2rem; margin-top: 2rem; }
.emergency { border: .4rem solid #c00; padding: 0 1rem; }
.emergency h2 { color: #c00; }
.quiet, .marks, #evidence { font-size: .85rem; }
p { margin: .3rem 0; } .strong { font-weight: bold; margin-top: .9rem; }
.i1 { margin-left: 1rem; } .i2 { margin-left: 2rem; }
@media (prefers-color-scheme: dark) { .emergency { border-color: #f66; } .emergency h2 { color: #f66; } }
@media print { body { max-width: none; } }
"""


def html_text(book: Book, result: Page) -> str:
    """Give the page as HTML; each mark leads to its evidence."""
    marks = numbered(result)
    body = "\n".join(_section(section, marks) for section in result.sections)
    items = "\n".join(f'<li id="e{n}">{escape(cite_text(book, cite))}</li>' for cite, n in marks.items())
    title = escape(book.words.headings["urgency"])
    evidence = escape(book.words.headings["evidence"])
    return (
        f'<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta name="viewport" content="width=device-width, initial-scale=1">\n<title>Crampwise: {title}</title>\n'
        f"<style>{STYLE}</style>\n</head>\n<body>\n<main>\n<h1>Crampwise</h1>\n{body}\n"
        f'<section id="evidence">\n<h2>{evidence}</h2>\n<ol>\n{items}\n</ol>\n</section>\n</main>\n</body>\n</html>\n'
    )


def _section(section: Section, numbers: Mapping[Cite, int]) -> str:
    lines = "\n".join(_line(line, numbers) for line in section.lines)
    return f'<section class="{section.tone}">\n<h2>{escape(section.title)}</h2>\n{lines}\n</section>'


def _line(line: Line, numbers: Mapping[Cite, int]) -> str:
    links = " ".join(f'<a href="#e{numbers[c]}">{numbers[c]}</a>' for c in line.cites)
    marks = "" if line.strong or not links else f' <span class="marks">[{links}]</span>'
    names = " ".join(filter(None, ("strong" if line.strong else "", f"i{line.indent}" if line.indent else "")))
    return f'<p class="{names}">{escape(line.text)}{marks}</p>' if names else f"<p>{escape(line.text)}{marks}</p>"
