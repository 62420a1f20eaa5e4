"""The table of findings, one row for each person: what it holds, and its columns as the rules read them."""

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from crampwise.interpret.columns import Column, arrow_column
from crampwise.logic.errors import InputError, Problem
from crampwise.logic.findings import Choice, Finding, YesNo
from crampwise.population.screen import Screen

if TYPE_CHECKING:
    import pyarrow as pa

PERSON = "person"
MEDICINES = "medicines"
"""Ingredients that the person takes and that the book knows."""


def schema(screen: Screen, findings: Iterable[str]) -> "pa.Schema":
    """Give the schema of the table with these findings and record facts."""
    import pyarrow as pa

    fields = [pa.field(PERSON, pa.string(), nullable=False), pa.field(MEDICINES, pa.list_(pa.string()))]
    return pa.schema([*fields, *(pa.field(id_, kind_of(screen.catalogue[id_])) for id_ in findings)])


def kind_of(finding: Finding) -> "pa.DataType":
    """Give the type of a finding's column."""
    import pyarrow as pa

    match finding:
        case YesNo():
            return pa.bool_()
        case Choice():
            return pa.string()
        case _:
            return pa.float64()


def check_names(screen: Screen, names: Iterable[str], where: str) -> None:
    """Refuse a table with columns that nothing reads: a misspelt finding must not pass as unknown.

    Raises:
        InputError: naming each of them.
    """
    known = {PERSON, MEDICINES, *screen.catalogue}
    given = list(names)
    strange = [n for n in given if n not in known]
    problems = [Problem(where, f"there is no finding called {n!r}.", "Rename or drop the column.") for n in strange]
    if PERSON not in given:
        problems.append(Problem(where, f"has no column {PERSON!r}.", "Give each row the id of its person."))
    if problems:
        raise InputError(problems)


def columns_of(screen: Screen, batch: "pa.RecordBatch") -> Mapping[str, Column]:
    """Give the findings of a batch as typed columns; those without any value are left out."""
    found = {}
    for name, values in zip(batch.schema.names, batch.columns, strict=True):
        if name in screen.catalogue and values.null_count < len(values):
            found[name] = arrow_column(screen.catalogue[name], values)
    return found
