"""The facts of many people as arrays, and answers as rows of numbers."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from crampwise.interpret.columns import Bits
from crampwise.logic.answers import Value
from crampwise.population.bodies import Bodies, Told
from crampwise.population.rows import (
    BODY,
    CODE,
    DATE,
    DAY,
    EPOCH,
    ID,
    KIND,
    MEANING,
    NO_DAY,
    OTHER,
    PERSON,
    SEEN,
    Days,
    days_of,
)

if TYPE_CHECKING:
    import pyarrow as pa

Index = NDArray[np.intp]
Content = tuple[str, str | None, str | None]


@dataclass(frozen=True)
class Facts:
    """Facts of some people, row by row.

    Attributes:
        names: ids of the people, in order. who: whose each row is.
        kind: of resource. content: which of `contents` (kind, code, body) each row has.
        day, other: its dates as days since 1970. odd: something stands there that is no date.
        ids: of the resources.
    """

    bodies: Bodies
    names: "pa.Array"
    who: Index
    kind: NDArray[np.str_]
    content: Index
    contents: Sequence[Content]
    day: Days
    other: Days
    odd: Bits
    table: "pa.Table"

    @property
    def today(self) -> int:
        """The day of the screen."""
        return self.bodies.as_of.toordinal() - EPOCH

    @cached_property
    def _by_person(self) -> tuple[Index, Index]:
        """All rows, those of each person together, and where the rows of each person begin."""
        order = np.argsort(self.who, kind="stable")
        return order, np.searchsorted(self.who[order], np.arange(len(self.names) + 1))

    def rows_of(self, person: int) -> Index:
        """The rows of one person, in order."""
        order, starts = self._by_person
        return order[starts[person] : starts[person + 1]]

    @cached_property
    def changed(self) -> Bits:
        """Which rows carry something that changes what they mean."""
        plain = ",".join(f'"{field}":null' for field in MEANING) + "}"
        contents = [
            body is not None and not body.endswith(plain) and any(f'"{field}":' in body for field in MEANING)
            for _, _, body in self.contents
        ]
        return np.asarray(np.array(contents, np.bool_)[self.content])

    def told(self, content: int) -> Told:
        """What resources with these words say."""
        return self.bodies.told(*self.contents[content])

    def place(self, row: int) -> str:
        """Say which resource a row is."""
        return f"{self.kind[row]}/{self.table.column(ID)[row].as_py() or self.names[int(self.who[row])]}"

    def text(self, row: int, column: str) -> str | None:
        """Give what stood in a column of a row."""
        found = self.table.column(column)[row].as_py()
        return None if found is None else str(found)

    def young(self, rows: Index, age_from: Days, limit: Index) -> Bits:
        """Which rows are recent enough; a limit below 0 is none, and what has no date is not young."""
        age = self.today - age_from[rows].astype(np.int64)
        return np.asarray((limit < 0) | ((age_from[rows] != NO_DAY) & (age <= limit)))


def facts_of(bodies: Bodies, table: "pa.Table") -> Facts:
    """Number the people and the contents of a table of facts."""
    import pyarrow as pa
    import pyarrow.compute as pc

    table = table.combine_chunks()
    columns = {name: _whole(table, name) for name in table.column_names}
    names = pc.unique(columns[PERSON])
    names = names.take(pc.sort_indices(names))
    who = pc.index_in(columns[PERSON], names).to_numpy(zero_copy_only=False).astype(np.intp)
    coded = [pc.dictionary_encode(columns[c], null_encoding="encode") for c in (KIND, CODE, BODY)]
    places = [c.indices.to_numpy(zero_copy_only=False).astype(np.int64) for c in coded]
    sizes = [len(c.dictionary) for c in coded]
    whole = pa.array((places[0] * sizes[1] + places[1]) * sizes[2] + places[2]).dictionary_encode()
    texts = [c.dictionary.to_pylist() for c in coded]
    contents: list[Content] = []
    for key in whole.dictionary.to_pylist():
        rest, body = divmod(key, sizes[2])
        kind, code = divmod(rest, sizes[1])
        contents.append((texts[0][kind], texts[1][code], texts[2][body]))
    kinds = np.array(texts[0], np.str_)[places[0]] if len(places[0]) else np.array([], np.str_)
    day, other = days_of(columns[DATE]), days_of(columns[OTHER])
    odd = [
        columns[c].is_valid().to_numpy(zero_copy_only=False) & (d == NO_DAY) for c, d in ((DATE, day), (OTHER, other))
    ]
    day = np.where(kinds == SEEN, columns[DAY].fill_null(NO_DAY).to_numpy(zero_copy_only=False), day)
    content = whole.indices.to_numpy(zero_copy_only=False).astype(np.intp)
    return Facts(bodies, names, who, kinds, content, contents, day, other, odd[0] | odd[1], table)


def _whole(table: "pa.Table", name: str) -> "pa.Array":
    import pyarrow as pa

    column = table.column(name)
    return pa.concat_arrays(column.chunks) if column.num_chunks else pa.array([], column.type)


@dataclass
class Stated:
    """Answers as rows: a person and the number of an answer, which stands for a finding and its value."""

    who: list[Index] = field(default_factory=list)
    what: list[Index] = field(default_factory=list)
    numbers: dict[tuple[str, Value], int] = field(default_factory=dict)

    def number(self, finding: str, value: Value) -> int:
        """Give the number of an answer."""
        return self.numbers.setdefault((finding, value), len(self.numbers))

    def add(self, who: Index, what: Index) -> None:
        """Add rows."""
        self.who.append(who)
        self.what.append(what)

    def rows(self, leave_out: Bits) -> tuple[Index, Index]:
        """Give all different rows but those of some people, in order."""
        who = np.concatenate([np.zeros(0, np.intp), *self.who])
        what = np.concatenate([np.zeros(0, np.intp), *self.what])
        kept = ~leave_out[who]
        whole = np.unique(who[kept] * max(len(self.numbers), 1) + what[kept])
        return np.divmod(whole, max(len(self.numbers), 1))

    def people(self, who: Index, what: Index) -> Iterator[tuple[tuple[str, Value], list[int]]]:
        """Yield each answer that somebody gives, with those who give it."""
        order = np.argsort(what, kind="stable")
        cuts = np.searchsorted(what[order], np.arange(len(self.numbers) + 1))
        for i, answer in enumerate(self.numbers):
            if cuts[i] < cuts[i + 1]:
                yield answer, who[order[cuts[i] : cuts[i + 1]]].tolist()


def months_before(day: date, months: int) -> date:
    """Give the same day of an earlier month, or the last one it has."""
    year, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    for back in range(4):
        try:
            return date(year, month + 1, day.day - back)
        except ValueError:
            continue
    raise ValueError(f"{day} less {months} months is no date")
