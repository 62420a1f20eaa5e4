"""One entry of the book, and the evidence behind it, on a terminal."""

from crampwise.book.book import Book
from crampwise.edges.cli.out import Out
from crampwise.lookup.cite import claim_words, judgement_words, source_words
from crampwise.lookup.entry import Part, parts_of
from crampwise.lookup.links import Evidence, FigureBasis, evidence_of, used_by
from crampwise.lookup.names import KINDS, SETTLED, short_title, title_of

_MANY_IDS = 12


def show_entry(out: Out, book: Book, id_: str) -> None:
    """Write everything about one entry: what it says, where it is used, what it rests on."""
    _title(out, book, id_)
    for part in parts_of(book, id_):
        _part(out, part)
    _uses(out, book, id_)
    _evidence(out, book, evidence_of(book, id_), figures=False)


def show_evidence(out: Out, book: Book, id_: str) -> None:
    """Write what an entry rests on, down to the basis of each figure."""
    _title(out, book, id_)
    _evidence(out, book, evidence_of(book, id_), figures=True)


def _title(out: Out, book: Book, id_: str) -> None:
    kind, entry = book.everything[id_]
    out.heading(title_of(kind, entry))
    out.text(f"{KINDS[kind].capitalize()}, id {id_}", style="dim")


def _part(out: Out, part: Part) -> None:
    if len(part.lines) == 1:
        out.pair(part.label, part.lines[0])
        return
    head, *rest = part.lines if part.lines[0].endswith(" these:") else ("", *part.lines)
    out.text(f"{part.label} {head}" if head else f"{part.label}:")
    for line in rest:
        out.item(line)


def _uses(out: Out, book: Book, id_: str) -> None:
    uses = used_by(book, id_)
    if not uses:
        return
    out.heading("Where it is used")
    for kind, ids in uses.items():
        shown = ", ".join(i if len(ids) > _MANY_IDS or kind == "claims" else _named(book, i) for i in ids)
        if kind == "emergency_screen":
            shown = " ".join(i.ask for s in book.emergency_screen.screens for i in s.items if i.id in ids)
        out.item(f"{kind.replace('_', ' ')}: {shown}")


def _named(book: Book, id_: str) -> str:
    title = short_title(book, id_, 45)
    return title if title.startswith(id_) else f"{title} ({id_})"


def _evidence(out: Out, book: Book, found: Evidence, *, figures: bool) -> None:
    out.heading("What it rests on")
    if found.basis:
        out.pair("Basis", found.basis.replace("_", " "))
    _listed(out, "Claims", [claim_words(c) for c in found.claims])
    _listed(out, "Sources", [source_words(s) for s in found.sources])
    for judgement in found.judgements:
        out.item(judgement_words(judgement), indent=0, mark="")
    if figures:
        _listed(out, "Basis of each figure", [_figure_words(f) for f in found.figures])
    if not (found.claims or found.sources or found.judgements or found.figures):
        out.text("Nothing of its own: it only leads to other entries.")
    for settled in found.settled:
        out.heading(f"{SETTLED[settled.kind].capitalize()} ({settled.id}): {settled.topic}")
        out.text(settled.tell)


def _listed(out: Out, label: str, lines: list[str]) -> None:
    if lines:
        out.text(f"{label}:")
    for line in lines:
        out.item(line)


def _figure_words(figure: FigureBasis) -> str:
    named = f" ({', '.join(figure.sources)})" if figure.sources else ""
    return f"{figure.what}: {figure.value or 'no figure'}, {figure.basis.replace('_', ' ')}{named}"
