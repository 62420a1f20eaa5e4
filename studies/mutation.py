"""Every mutant of the content and every one-operator mutant of the compiled program, and what notices it.

`python -m studies.mutation` takes some minutes and prints the tables of studies/README.md.
"""

from collections import Counter
from collections.abc import Iterator

from crampwise.assess.engine import engine_of
from crampwise.book.compile import open_book, shipped_folder
from crampwise.book.load import ContentFile, content_files, load_book
from crampwise.book.schema.common import LEVELS
from crampwise.logic.errors import BookError
from tests.proofs.content_mutants import Jury, flag_mutants, reason_mutants
from tests.proofs.operators import Judge, mutants

KINDS = ("flag deleted", "flag lowered", "flag weakened", "reason deleted", "reason weakened")


def content() -> Iterator[str]:
    """What notices each kind of mutant of the content, and the harmless ones by name."""
    engine = engine_of(open_book())
    jury = Jury(engine)
    noticed = [(m, jury.notice(m)) for m in (*flag_mutants(engine), *reason_mutants(engine))]
    counts: Counter[tuple[str, str | None]] = Counter((m.kind, notice) for m, notice in noticed)
    yield "| mutants | all | noticed by an example | by a second record | proved harmless | not noticed |"
    yield "|---|---|---|---|---|---|"
    for kind in KINDS:
        row = [counts[kind, n] for n in ("example", "record", "harmless", None)]
        yield f"| {kind} | {sum(row)} | {' | '.join(map(str, row))} |"
    gone = [f"`{m.id}` {m.what}" for m, n in noticed if m.kind == "reason deleted" and n == "harmless"]
    yield f"Reasons that another reason of the same action covers: {', '.join(gone) or 'none'}."


def refused() -> Iterator[str]:
    """How many deleted and lowered red flags the book's own checks refuse, before any proof or example."""
    files = content_files(shipped_folder())
    levels = {f.id: f.level for f in open_book().red_flags.values()}
    names = {f"red_flags/{id_}.yaml": id_ for id_ in levels}
    deleted = [f.name for f in files if f.name in names]
    lowered = [f for f in files if f.name in names and levels[names[f.name]] != LEVELS[0]]
    gone = sum(_is_refused(tuple(f for f in files if f.name != name)) for name in deleted)
    milder = sum(_is_refused(_milder(files, f, levels[names[f.name]])) for f in lowered)
    total = f"{gone} of {len(deleted)} deletions and {milder} of {len(lowered)} lowerings"
    yield f"The book's own checks alone refuse {total} of red flags."


def _milder(files: tuple[ContentFile, ...], file: ContentFile, level: str) -> tuple[ContentFile, ...]:
    below = LEVELS[[*LEVELS].index(level) - 1]  # type: ignore[arg-type]  # a level of the book is one of LEVELS
    data = file.data.replace(f"level: {level}".encode(), f"level: {below}".encode(), 1)
    return tuple(ContentFile(file.name, data) if f is file else f for f in files)


def _is_refused(files: tuple[ContentFile, ...]) -> bool:
    try:
        load_book(files)
    except BookError:
        return True
    return False


def program() -> Iterator[str]:
    """Every one-operator mutant of the program: refuted with a person for whom it really differs, or harmless."""
    judge = Judge(engine_of(open_book()))
    counts: Counter[tuple[str, str]] = Counter()
    for mutant in mutants(judge.engine.program):
        verdict = judge.verdict(mutant)
        if verdict.person is None:
            counts[mutant.change, "harmless"] += 1
        else:
            counts[mutant.change, "refuted" if judge.differs(mutant, verdict.person) else "wrongly refuted"] += 1
    yield "| operator changed | refuted with a person | proved harmless | refuted by a person who does not show it |"
    yield "|---|---|---|---|"
    for change in sorted({c for c, _ in counts}):
        row = [counts[change, n] for n in ("refuted", "harmless", "wrongly refuted")]
        yield f"| `{change.replace('|', 'or').replace('&', 'and')}` | {' | '.join(map(str, row))} |"


if __name__ == "__main__":
    for part in (content, refused, program):
        for line in part():
            print(line, flush=True)
        print()
