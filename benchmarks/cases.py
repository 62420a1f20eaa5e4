"""The people whom the benchmarks are about: those of the acceptance cases."""

from pathlib import Path

from crampwise.assess.evaluation import read_case
from crampwise.assess.intake import Intake
from crampwise.book.book import Book
from crampwise.book.tree import read_yaml

CASES = sorted((Path(__file__).parents[1] / "tests" / "acceptance" / "cases").glob("*.yaml"))


def intakes(book: Book) -> list[Intake]:
    """What each of them answered."""
    trees = [(path, read_yaml(path.read_text(encoding="utf-8"), path.name, [])) for path in CASES]
    return [read_case(book, tree, path.stem).intake for path, tree in trees if tree is not None]
