"""What the documents quote from the program and the book: the README's excerpt, counts, and whole generated pages.

`python -m tests.docs.refresh` writes them anew; the tests compare.
"""

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

from crampwise.book.book import Book
from crampwise.book.compile import open_book
from crampwise.book.schema.care import RedFlag
from tests.docs import safety
from tests.spec import differences

ROOT = Path(__file__).resolve().parents[2]
README, SAFETY = ROOT / "README.md", ROOT / "CLINICAL_SAFETY.md"
INTERPRETERS = ROOT / "docs" / "reference" / "interpreters.md"
EXCERPT = re.compile(r"<!-- excerpt: crampwise (.+?) -->\n(.*?)<!-- /excerpt -->", re.S)
ROW = re.compile(r"^\| (.+?) \| (\d+) \|$", re.M)
_MOST_LINES = 32


def output(arguments: str) -> str:
    """What the command prints, run from the root of the project in a neutral locale."""
    env = {k: v for k, v in os.environ.items() if k not in ("LC_ALL", "LC_MESSAGES", "LANG", "COLUMNS")}
    command = [sys.executable, "-c", "from crampwise.edges.cli.main import main; main()", *shlex.split(arguments)]
    done = subprocess.run(
        command, cwd=ROOT, env=env | {"PYTHONUTF8": "1"}, capture_output=True, encoding="utf-8", check=True
    )
    return done.stdout


def excerpt(arguments: str) -> str:
    """The first paragraphs of what the command prints, as a fenced block that ends in an ellipsis line."""
    lines = output(arguments).rstrip().splitlines()
    end = max(i for i, line in enumerate(lines[:_MOST_LINES]) if not line.startswith(" "))
    return "\n".join(["```text", *lines[:end], "…", "```", ""])


def refreshed_readme(text: str) -> str:
    """The README with every excerpt as it is now."""
    return EXCERPT.sub(lambda m: f"<!-- excerpt: crampwise {m[1]} -->\n{excerpt(m[1])}<!-- /excerpt -->", text)


def refreshed_safety(text: str, book: Book) -> str:
    """The safety document with every number of its table as it is now."""
    now = counts(book)
    return ROW.sub(lambda m: f"| {m[1]} | {now[m[1]]} |", text)


def counts(book: Book) -> dict[str, int]:
    """Every number that CLINICAL_SAFETY quotes, by the words of its row."""
    likelihoods = [x.basis for c in book.conditions.values() for x in c.likelihoods]
    leaks = [f.leak.basis for f in book.findings.values() if f.leak] + [
        t.leak.basis for t in book.terms.values() if t.leak
    ]
    ranked = [c for c in book.conditions.values() if c.prior is not None]
    read = [s.read for s in book.sources.values()]
    unopened = [f for f in book.red_flags.values() if on_unopened_alone(book, f)]
    return {
        "Likelihoods in all conditions": len(likelihoods),
        "– likelihoods that are published figures": likelihoods.count("published"),
        "– likelihoods with a direction from a source document and a size of ours": likelihoods.count("seed"),
        "– likelihoods that are expert estimates": likelihoods.count("expert_estimate"),
        "Leaks of findings and terms": len(leaks),
        "– leaks that are published figures": leaks.count("published"),
        "Conditions in the ranking": len(ranked),
        "– of these whose prior is a published figure": len(ranked) * (book.differential.prior_basis == "published"),
        "Sources": len(read),
        "– of these read in full": read.count("full"),
        "– of these read as an abstract or excerpt": read.count("abstract") + read.count("excerpt"),
        "– of these known at second hand only": read.count("second_hand"),
        "– of these not opened": read.count("not_opened"),
        "Red flags": len(book.red_flags),
        "– of these whose named sources were all not opened": len(unopened),
        "– of those, emergency rules": sum(f.level == "emergency_now" for f in unopened),
        "Medicine cards": len(book.medicines),
        "– of these resting on a text that was not opened": sum(
            m.source_check == "not_opened" for m in book.medicines.values()
        ),
        "Settled disagreements between sources": sum(s.kind == "disagreement" for s in book.settled.values()),
    }


def on_unopened_alone(book: Book, flag: RedFlag) -> bool:
    """Whether a red flag names sources, and none of them was opened."""
    return bool(flag.sources) and all(book.sources[s].read == "not_opened" for s in flag.sources)


if __name__ == "__main__":
    README.write_text(refreshed_readme(README.read_text("utf-8")), "utf-8")
    INTERPRETERS.write_text(differences.render(), "utf-8")
    safety.refresh(open_book())
    SAFETY.write_text(refreshed_safety(SAFETY.read_text("utf-8"), open_book()), "utf-8")
