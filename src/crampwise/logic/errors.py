"""Problems a user can mend, collected rather than raised one at a time."""

from dataclasses import dataclass
from enum import IntEnum


class Exit(IntEnum):
    """Exit codes by kind of error. 2 is left to the command line's own usage errors."""

    OK = 0
    FOUND_WANTING = 1
    USAGE = 2
    BAD_INPUT = 3
    BAD_BOOK = 4
    NO_FILE = 5
    TIMED_OUT = 6
    INTERRUPTED = 130


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong: where, what, and what to do about it."""

    where: str
    what: str
    remedy: str = ""

    def __str__(self) -> str:
        return f"{self.where}: {self.what}" + (f" {self.remedy}" if self.remedy else "")


class CrampwiseError(Exception):
    """Something a user can mend; carries every problem found and the exit code for its kind."""

    code = Exit.BAD_INPUT

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__("\n".join(map(str, problems)))
        self.problems = problems


class BookError(CrampwiseError):
    """The content of a book does not pass its checks."""

    code = Exit.BAD_BOOK


class InputError(CrampwiseError):
    """What a person handed in cannot be used as it is."""


class MissingFileError(CrampwiseError):
    """A file that was named cannot be read."""

    code = Exit.NO_FILE
