"""How a screen is run."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Literal

EngineName = Literal["duckdb", "spark"]
Progress = Callable[[str, int, int], None]
"""Told what is being done, how much of it is done, and how much there is."""


@dataclass(frozen=True)
class Options:
    """How a screen is run.

    Attributes:
        as_of: the day for which the records are read. measures: ids, or empty for all.
        causes: whether causes are worked out. strict: end at the first problem in the data.
        resume: go on with what an earlier run left. least: smaller counts are not shown in reports.
        threads: how many threads DuckDB may use, or how many cores Spark has on this machine.
    """

    as_of: date
    engine: EngineName = "duckdb"
    measures: tuple[str, ...] = ()
    causes: bool = True
    strict: bool = False
    resume: bool = False
    least: int = 5
    threads: int = 1
