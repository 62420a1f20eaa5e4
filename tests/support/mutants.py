"""Seeded mutants: one small change in the source of an interpreter, for the nets to catch."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from types import ModuleType

_numbers = count()


@dataclass(frozen=True)
class Mutant:
    """`old` stands once in the source of `module` and is replaced by `new`; `what` says what goes wrong."""

    module: ModuleType
    what: str
    old: str
    new: str


@contextmanager
def mutated(mutant: Mutant) -> Iterator[ModuleType]:
    """Give the module with the change; the real one stays as it is."""
    path = Path(str(mutant.module.__file__))
    source = path.read_text("utf-8")
    assert source.count(mutant.old) == 1, f"{path.name} holds {mutant.old!r} {source.count(mutant.old)} times"
    name = f"{mutant.module.__name__}_mutant_{next(_numbers)}"
    changed = ModuleType(name)
    sys.modules[name] = changed
    try:
        exec(compile(source.replace(mutant.old, mutant.new), name, "exec"), changed.__dict__)
        yield changed
    finally:
        del sys.modules[name]
