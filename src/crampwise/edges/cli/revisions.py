"""A second book: from a folder, or from a revision of the checkout that holds the first."""

import io
import subprocess
import tarfile
from pathlib import Path

from crampwise.book.book import Book
from crampwise.book.compile import open_book, shipped_folder
from crampwise.book.load import ContentFile, load_book
from crampwise.logic.errors import MissingFileError, Problem


def other_book(name: str, folder: Path | None) -> Book:
    """Open the book in the folder `name`, or the book of `folder` (the shipped one by default) at the revision `name`.

    Raises:
        MissingFileError: there is neither such a folder nor such a revision. BookError: it does not pass its checks.
    """
    if (Path(name) / "book.yaml").is_file():
        return open_book(Path(name))
    files = _files_at(name, (folder or shipped_folder()).resolve())
    return load_book(files)


def _files_at(revision: str, folder: Path) -> tuple[ContentFile, ...]:
    commit = _git(folder, revision, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}")
    inside = _git(folder, revision, "rev-parse", "--show-prefix").decode().strip()
    data = _git(folder, revision, "archive", "--format=tar", f"{commit.decode().strip()}:{inside}")
    found: list[ContentFile] = []
    with tarfile.open(fileobj=io.BytesIO(data)) as archive:
        for member in archive:
            file = archive.extractfile(member) if member.isfile() and member.name.endswith(".yaml") else None
            if file is not None:
                found.append(ContentFile(member.name, file.read()))
    return tuple(sorted(found, key=lambda f: Path(f.name)))


def _git(folder: Path, revision: str, *arguments: str) -> bytes:
    # From the top of the checkout: "git archive TREE" inside a folder would look for that folder in TREE again.
    command = ["git", "-C", str(folder), *arguments]
    if arguments[0] == "archive":
        top = _git(folder, revision, "rev-parse", "--show-toplevel").decode().strip()
        command = ["git", "-C", top, *arguments]
    try:
        done = subprocess.run(command, capture_output=True, check=False)
    except OSError:
        raise _no_book(revision, "git is not installed") from None
    if done.returncode:
        raise _no_book(revision, f"{folder} has no such revision in git")
    return done.stdout


def _no_book(revision: str, reason: str) -> MissingFileError:
    what = f"is no folder with a book.yaml, and {reason}."
    return MissingFileError([Problem(revision, what, "Name the folder of a book, or a revision such as HEAD~1.")])
