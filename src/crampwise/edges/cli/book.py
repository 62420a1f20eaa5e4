"""`crampwise book`: look into the clinical content and its evidence."""

from pathlib import Path
from typing import Any

import click

from crampwise.book.book import Book
from crampwise.book.compile import shipped_folder
from crampwise.book.load import content_files, load_book
from crampwise.edges.cli.book_coverage import coverage as coverage_of
from crampwise.edges.cli.book_show import show_entry, show_evidence
from crampwise.edges.cli.files import book_option, json_option, print_json, the_book
from crampwise.edges.cli.out import Out
from crampwise.logic.errors import BookError, Exit, InputError, Problem
from crampwise.lookup.data import entry_data, evidence_data
from crampwise.lookup.names import KINDS, find
from crampwise.lookup.search import search as search_book

_SHORT_DIGEST = 12

plain_option = click.option("--plain", is_flag=True, help="Plain lines for a screen reader: no colour, no boxes.")


@click.group(short_help="Look into the clinical content and its evidence.")
def book() -> None:
    """Look into the clinical content: what it says, where it is used and what it rests on."""


@book.command(short_help="Check a book and report every problem.")
@click.argument("folder", required=False, type=click.Path(path_type=Path))
@json_option
@click.pass_context
def check(ctx: click.Context, folder: Path | None, as_json: bool) -> None:
    """Check the book in FOLDER (the shipped one by default), read afresh.

    Prints one line when it is sound. Otherwise prints every problem with its
    file, line and column, and ends with code 4.
    """
    try:
        found = load_book(content_files(folder or shipped_folder()))
    except BookError as error:
        if not as_json:
            raise
        problems = [{"where": p.where, "what": p.what, "remedy": p.remedy} for p in error.problems]
        print_json({"sound": False, "problems": problems})
        ctx.exit(Exit.BAD_BOOK)
    if as_json:
        print_json(
            {
                "sound": True,
                "version": found.info.version,
                "digest": found.digest,
                "counts": _counts(found),
                "problems": [],
            }
        )
        return
    counts = ", ".join(f"{n} {_COUNTED[kind]}" for kind, n in _counts(found).items() if kind in _COUNTED)
    click.echo(f"The book is sound: version {found.info.version}, {found.digest[:_SHORT_DIGEST]}, {counts}.")


_COUNTED = {
    "findings": "findings", "red_flags": "red flags", "conditions": "conditions", "tests": "tests",
    "actions": "actions", "stretches": "stretches", "medicines": "medicines", "library": "library cards",
    "sources": "sources", "claims": "claims",
}  # fmt: skip


def _counts(found: Book) -> dict[str, int]:
    return {kind: len(entries) for kind, entries in found.sections()}


@book.command(short_help="Show everything about one entry.")
@click.argument("name", metavar="ID", nargs=-1, required=True)
@json_option
@plain_option
@book_option
def show(name: tuple[str, ...], as_json: bool, plain: bool, book_folder: Path | None) -> None:
    """Show everything about one entry of any kind.

    ID is the id of a finding, red flag, condition, test, source, claim or any
    other entry, or the name of a medicine or a brand.
    """
    opened = the_book(book_folder)
    ids = find(opened, " ".join(name))
    if as_json:
        first, *inside = [entry_data(opened, i) for i in ids]
        print_json(first | {"medicines_in_it": inside} if inside else first)
        return
    out = Out(plain)
    for id_ in ids:
        show_entry(out, opened, id_)


@book.command(short_help="Find entries by words.")
@click.argument("words", nargs=-1, required=True)
@click.option("--kind", help="Only this kind, such as finding, condition or medicine.")
@click.option("--limit", type=click.IntRange(1), default=20, show_default=True, help="Show at most this many.")
@json_option
@plain_option
@book_option
def search(
    words: tuple[str, ...], kind: str | None, limit: int, as_json: bool, plain: bool, book_folder: Path | None
) -> None:
    """Find entries whose names, lay names or plain texts hold WORDS, best first."""
    opened = the_book(book_folder)
    hits = search_book(opened, " ".join(words), _kind(kind))
    shown = hits[:limit]
    if as_json:
        print_json([{"kind": KINDS[h.kind], "id": h.id, "title": h.title, "score": h.score} for h in shown])
        return
    out = Out(plain)
    if not hits:
        out.text(f"Nothing found for “{' '.join(words)}”. Try fewer or other words.")
        return
    widths = (max(len(KINDS[h.kind]) for h in shown), min(36, max(len(h.id) for h in shown)))
    for hit in shown:
        title = (
            hit.title
            if plain or len(hit.title) <= _LONG_TITLE
            else hit.title[: _LONG_TITLE - 2].rsplit(" ", 1)[0] + " …"
        )
        out.columns((KINDS[hit.kind], hit.id, title), widths)
    if len(hits) > limit:
        out.text(f"{len(hits) - limit} more; --limit {len(hits)} shows them all.", style="dim")
    out.text("`crampwise book show ID` tells everything about one.", style="dim")


_LONG_TITLE = 100


def _kind(typed: str | None) -> str | None:
    """Read a kind in singular or plural, with blanks, underscores or hyphens."""
    if typed is None:
        return None
    wanted = typed.casefold().replace("_", " ").replace("-", " ")
    for section, name in KINDS.items():
        if wanted in (section.replace("_", " "), name.replace("-", " "), f"{name}s".replace("-", " ")):
            return section
    raise InputError(
        [Problem("--kind", f"there is no kind called {typed!r}.", f"Kinds are {', '.join(KINDS.values())}.")]
    )


@book.command(short_help="Show the evidence behind one entry.")
@click.argument("name", metavar="ID", nargs=-1, required=True)
@json_option
@plain_option
@book_option
def evidence(name: tuple[str, ...], as_json: bool, plain: bool, book_folder: Path | None) -> None:
    """Show what an entry rests on.

    Its claims with their place in the document, its sources and how much of
    each was read, judgements by name and date, the basis of each figure, and
    where sources disagree.
    """
    opened = the_book(book_folder)
    ids = find(opened, " ".join(name))
    if as_json:
        first, *inside = [evidence_data(opened, i) for i in ids]
        print_json(first | {"medicines_in_it": inside} if inside else first)
        return
    out = Out(plain)
    for id_ in ids:
        show_evidence(out, opened, id_)


@book.command(short_help="Show what executes each claim of the source documents.")
@json_option
@plain_option
@book_option
@click.pass_context
def coverage(ctx: click.Context, as_json: bool, plain: bool, book_folder: Path | None) -> None:
    """Show what executes each claim of the source documents.

    Ends with code 1 if a claim has nothing that executes it.
    """
    opened = the_book(book_folder)
    found = coverage_of(opened)
    if as_json:
        data: dict[str, Any] = {"total": len(found.claims), "executed": found.executed, "missing": list(found.missing)}
        print_json(data | {"claims": {id_: list(by) for id_, by in found.claims.items()}})
    else:
        _show_coverage(Out(plain), opened)
    if found.missing:
        ctx.exit(Exit.FOUND_WANTING)


def _show_coverage(out: Out, opened: Book) -> None:
    found = coverage_of(opened)
    documents = dict.fromkeys(c.source for c in opened.claims.values())
    for document in documents:
        out.heading(f"{opened.sources[document].title} ({document})")
        for claim in (c for c in opened.claims.values() if c.source == document):
            by = "NOTHING EXECUTES IT" if claim.id in found.missing else ", ".join(found.claims[claim.id])
            out.columns((claim.id, by), (8,))
            if claim.gap:
                out.item(f"provenance only: {claim.gap}", indent=10, mark="")
    out.gap()
    out.text(f"{found.executed} of {len(found.claims)} claims are executed.", style="bold")
    if found.provenance:
        out.text(f"{len(found.provenance)} of these are provenance only: the source announces what it does not give.")
