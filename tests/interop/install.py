"""Installs the npm packages that each folder of tests/interop asks for, once, into .interop.

A folder may hold three things: `package.json` with its lock, installed with its dependencies; `packed.json`, packages
taken as they are, without their dependencies, each with its checksum; `prepare.py`, run afterwards inside the installed
folder. A folder is installed again when one of its files other than a test changed.
"""

import base64
import hashlib
import json
import shutil
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
INSTALLED = HERE.parents[1] / ".interop"
STAMP = ".installed"
LINK = "packed"
QUIET = ("--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error")


class InstallError(Exception):
    """Something could not be installed; the message says what."""


def areas() -> list[Path]:
    """Folders of tests that ask for packages; the one that others run on comes first."""
    found = {p.parent for name in ("package.json", "packed.json") for p in HERE.glob(f"*/{name}")}
    return sorted(found, key=lambda p: (p.name != "node", p.name))


def digest(area: Path) -> str:
    """A checksum over every file of an area that is not a test."""
    total = hashlib.sha256()
    for path in sorted(p for p in area.rglob("*") if p.is_file() and "__pycache__" not in p.parts):
        if not path.name.startswith(("test_", "conftest")):
            total.update(path.relative_to(area).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return total.hexdigest()


def install(area: Path, into: Path) -> bool:
    """Install one area unless it is there already; says whether there was anything to do."""
    want = digest(area)
    stamp = into / STAMP
    if stamp.is_file() and stamp.read_text() == want:
        return False
    stamp.unlink(missing_ok=True)
    into.mkdir(parents=True, exist_ok=True)
    if (area / "package.json").is_file():
        _with_dependencies(area, into)
    if (area / "packed.json").is_file():
        for package, checksum in json.loads((area / "packed.json").read_text("utf-8")).items():
            packed(package, checksum, into / LINK)
    if (area / "prepare.py").is_file():
        run([sys.executable, str(area / "prepare.py")], into)
    stamp.write_text(want)
    return True


def _with_dependencies(area: Path, into: Path) -> None:
    for name in ("package.json", "package-lock.json"):
        shutil.copy(area / name, into / name)
    run(["npm", "ci", "--legacy-peer-deps", *QUIET], into)


def packed(package: str, checksum: str, into: Path) -> None:
    """Fetch one package as it is, compare its checksum, and unpack it to `into`/its name.

    Raises:
        InstallError: it cannot be had, or it is not the one that was agreed on.
    """
    name = package.rpartition("@")[0]
    with tempfile.TemporaryDirectory() as folder:
        run(["npm", "pack", package, "--pack-destination", folder, *QUIET], into.parent)
        (archive,) = Path(folder).iterdir()
        check(package, archive.read_bytes(), checksum)
        with tarfile.open(archive) as tar:
            tar.extractall(Path(folder) / "unpacked", filter="data")
        (inside,) = (Path(folder) / "unpacked").iterdir()
        place = into / name
        shutil.rmtree(place, ignore_errors=True)
        place.parent.mkdir(parents=True, exist_ok=True)
        shutil.move(inside, place)


def check(package: str, data: bytes, checksum: str) -> None:
    """Compare a package with its checksum, written as npm writes it: "sha512-" and base64.

    Raises:
        InstallError: they differ.
    """
    found = "sha512-" + base64.b64encode(hashlib.sha512(data).digest()).decode()
    if found != checksum:
        raise InstallError(f"{package} has the checksum {found}, not {checksum}")


def run(command: list[str], where: Path) -> None:
    """Run a command in a folder; what it says is shown only when it fails.

    Raises:
        InstallError: it failed.
    """
    done = subprocess.run(command, cwd=where, capture_output=True, text=True, stdin=subprocess.DEVNULL, check=False)
    if done.returncode:
        raise InstallError(f"{' '.join(command)} failed in {where.name}:\n{done.stdout[-3000:]}{done.stderr[-3000:]}")


def main() -> None:
    """Install every area."""
    for area in areas():
        try:
            if install(area, INSTALLED / area.name):
                print(f"interop: installed {area.name}", flush=True)
        except InstallError as error:
            sys.exit(f"interop: {error}")


if __name__ == "__main__":
    main()
