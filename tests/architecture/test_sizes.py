"""The tree keeps its shape: small modules, small functions, one file for each red flag, condition and library card."""

import ast
from pathlib import Path

import pytest

from crampwise.book.load import FOLDERS
from crampwise.book.tree import plain, read_yaml

ROOT = Path(__file__).resolve().parents[2]
MODULES = sorted((ROOT / "src").rglob("*.py"))
MOST_LINES = 350
MOST_FUNCTION_LINES = 60


def test_no_module_is_long() -> None:
    sizes = {p.relative_to(ROOT).as_posix(): len(p.read_text("utf-8").splitlines()) for p in MODULES}
    assert sizes
    assert {name: n for name, n in sizes.items() if n > MOST_LINES} == {}


def test_no_function_is_long() -> None:
    long = {}
    for path in MODULES:
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
                lines = (node.end_lineno or node.lineno) - node.lineno + 1
                if lines > MOST_FUNCTION_LINES:
                    long[f"{path.relative_to(ROOT).as_posix()}:{node.lineno} {node.name}"] = lines
    assert long == {}


@pytest.mark.parametrize("folder", sorted(FOLDERS))
def test_each_file_holds_one_entry_and_is_named_after_it(folder: str) -> None:
    paths = sorted((ROOT / "content" / folder).iterdir())
    assert paths
    for path in paths:
        assert path.suffix == ".yaml", f"{path.name} is not YAML"
        tree = read_yaml(path.read_text("utf-8"), path.name, [])
        assert tree is not None
        assert plain(tree)["id"] == named_after(folder, path.stem), f"{path.name} is not named after its id"


def named_after(folder: str, stem: str) -> str:
    """The id that a file name stands for; ids of library cards carry a prefix."""
    return f"lib_{stem}" if folder == "library" else stem


def test_content_is_yaml_only() -> None:
    assert [p.name for p in (ROOT / "content").rglob("*") if p.is_file() and p.suffix != ".yaml"] == []
