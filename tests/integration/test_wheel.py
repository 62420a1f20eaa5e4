"""The wheel works in a clean environment that holds only the locked run requirements."""

import os
import re
import subprocess
import sys
import tomllib
import venv
import zipfile
from importlib import metadata
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
REQUIREMENTS = ROOT / "requirements"

# One worker builds the wheel once for all tests here.
pytestmark = pytest.mark.xdist_group("wheel")


def run(*command: str | Path, cwd: Path = ROOT) -> str:
    env = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    done = subprocess.run(
        command, cwd=cwd, env=env, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, f"{command} ended with {done.returncode}\n{done.stdout}\n{done.stderr}"
    return done.stdout


def requirement_lines(path: Path) -> list[str]:
    lines = (line.partition("#")[0].strip() for line in path.read_text().splitlines())
    return [line for line in lines if line]


def package_names(lines: list[str]) -> set[str]:
    return {re.sub("[-_.]+", "-", line.partition("==")[0]).lower() for line in lines if "==" in line}


def files_below(folder: Path) -> set[str]:
    return {path.relative_to(ROOT).as_posix() for path in folder.rglob("*") if path.is_file()}


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("dist")
    run(sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", out)
    (built,) = out.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def clean_bin(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The bin folder of an environment with the wheel and nothing else."""
    home = tmp_path_factory.mktemp("clean") / "venv"
    venv.create(home, with_pip=True, symlinks=True)
    python = home / "bin" / "python"
    saved = Path(sys.prefix) / "wheels"
    source = ["--no-index", f"--find-links={saved}"] if saved.is_dir() else []
    pip = [str(python), "-m", "pip", "-qq", "--disable-pip-version-check", "install"]
    run(*pip, *source, "--require-hashes", "-r", REQUIREMENTS / "run.txt")
    run(*pip, "--no-index", "--no-deps", wheel)
    return home / "bin"


def test_wheel_carries_content_and_schemas(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    expected = {f"crampwise/{name}" for folder in ("content", "schemas") for name in files_below(ROOT / folder)}
    assert expected
    assert expected <= names


def test_installed_wheel_has_what_it_needs_and_no_tools(clean_bin: Path) -> None:
    run(clean_bin / "python", "-m", "pip", "check")
    listed = run(clean_bin / "python", "-m", "pip", "--disable-pip-version-check", "list", "--format=freeze")
    locked = package_names(requirement_lines(REQUIREMENTS / "run.txt"))
    assert package_names(listed.splitlines()) - {"pip", "setuptools", "crampwise"} <= locked


def test_installed_program_runs(clean_bin: Path, tmp_path: Path) -> None:
    examples = sorted((ROOT / "tests" / "acceptance" / "cases").glob("*.yaml"))
    assert examples, "tests/acceptance/cases holds no example to assess"
    program = clean_bin / "crampwise"
    assert metadata.version("crampwise") in run(program, "--version", cwd=tmp_path)
    run(program, "book", "check", cwd=tmp_path)
    assert run(program, "assess", examples[0], cwd=tmp_path).strip()


def test_run_requirements_match_the_project() -> None:
    declared = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["dependencies"]
    assert sorted(requirement_lines(REQUIREMENTS / "run.in")) == sorted(declared)


@pytest.mark.parametrize("name", ["run.txt", "dev.txt"])
def test_locks_name_no_address_or_path(name: str) -> None:
    text = (REQUIREMENTS / name).read_text()
    assert not re.search(r"https?:|file:|--(extra-)?index-url|--find-links|^/| /", text, re.MULTILINE)
