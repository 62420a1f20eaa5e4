"""The summary of a screen: the same numbers for the page, for programs and for FHIR, small ones taken out."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from crampwise.book.schema.common import LEVELS
from crampwise.population.screen import Screen
from crampwise.population.suppress import Counts, Mask, suppressed, wilson, with_totals
from crampwise.population.tally import MET, NOT_MET, OPEN, SEXES, UNSURE, Groups, Tally

_SHOWN = 15


def summary(screen: Screen, counted: Tally, quality: Mapping[str, Any], as_of: date, least: int) -> dict[str, Any]:
    """Give everything that a report may show as plain data. A number that is not shown is None.

    Args:
        screen: the book made ready. counted: the people. quality: what was read and what was not.
        as_of: the day of the screen. least: smaller numbers, down to 1, are not shown.
    """
    book, groups = screen.engine.book, Groups(screen)
    titles = {f.id: f.title for f in book.red_flags.values()}
    return {
        "book": {"version": book.info.version, "digest": book.digest},
        "as_of": as_of.isoformat(),
        "people": counted.people if not 0 < counted.people < least else None,
        "not_shown_below": least,
        "contradictions": _alone(counted.contradictions, least),
        "urgency": _urgency(counted, least),
        "people_by_group": _people(groups, counted, least),
        "measures": [_measure(screen, groups, counted, m.id, least) for m in screen.measures],
        "red_flags": [
            {"id": f.id, "level": f.level, "title": titles[f.id], "true": _alone(true, least),
             "unknown": _alone(unknown, least)}
            for f in screen.engine.flags_by_level
            for true, unknown in [counted.flags[f.id]]
        ],
        "medicines": _most(counted.medicines, least),
        "missing_tests": _most(counted.tests, least, {t.id: t.name for t in book.tests.values()}),
        "causes": _most(counted.causes, least, {c.id: c.name.plain for c in book.conditions.values()}),
        "quality": dict(quality),
    }  # fmt: skip


def _alone(count: int, least: int) -> int | None:
    return None if 0 < count < least else count


def _cells(table: Counts, hidden: Mask) -> list[list[int | None]]:
    return [[None if h else int(n) for n, h in zip(*row, strict=True)] for row in zip(table, hidden, strict=True)]


def _urgency(counted: Tally, least: int) -> dict[str, Any]:
    table = with_totals(counted.levels)
    return {"levels": list(LEVELS), "certain_by_possible": _cells(table, suppressed(table, least))}


def _people(groups: Groups, counted: Tally, least: int) -> dict[str, Any]:
    table = with_totals(counted.groups.reshape(len(groups.bands), len(SEXES)))
    return {"ages": list(groups.bands), "sexes": list(SEXES), "counts": _cells(table, suppressed(table, least))}


def _measure(screen: Screen, groups: Groups, counted: Tally, id_: str, least: int) -> dict[str, Any]:
    """Who is in the measure, by age and sex: found, not found, open, and all; nobody's small number can be told."""
    entry, counts = screen.engine.book.measures[id_], counted.measures[id_]
    table = with_totals(counts[:, [MET, NOT_MET, OPEN]])
    hidden = suppressed(table, least)
    cells = _cells(table, hidden)
    names = [(band, sex) for band in groups.bands for sex in SEXES]
    rows = [_row(age, sex, cells[i]) for i, (age, sex) in enumerate(names) if table[i, -1]]
    return {
        "id": id_,
        "title": entry.title,
        "why": entry.why,
        "next": entry.next,
        "total": _row(None, None, cells[-1]),
        "not_known_to_be_among": _alone(int(counts[:, UNSURE].sum()), least),
        "by_age_and_sex": rows,
    }


def _row(age: str | None, sex: str | None, cells: list[int | None]) -> dict[str, Any]:
    """One line of a measure. Where nobody is known not to be found, but some are unknown, there is no rate to tell."""
    found, not_found, unknown, among = cells
    row: dict[str, Any] = {"age": age, "sex": sex, "among": among, "found": found, "not_found": not_found}
    row |= {"unknown": unknown, "rate": None, "interval": None, "bounds": None}
    telling = not_found or (found and unknown == 0)
    if found is not None and not_found is not None and telling:
        row["rate"] = round(found / (found + not_found), 4)
        row["interval"] = [round(x, 4) for x in wilson(found, found + not_found)]
    if found is not None and unknown is not None and among:
        row["bounds"] = [round(found / among, 4), round((found + unknown) / among, 4)]
    return row


def _most(counts: Mapping[str, int], least: int, names: Mapping[str, str] | None = None) -> list[dict[str, Any]]:
    """The commonest, of those that may be shown."""
    ranked = sorted(counts.items(), key=lambda c: (-c[1], c[0]))
    shown = [(id_, n) for id_, n in ranked if n >= least][:_SHOWN]
    return [{"id": id_, "name": (names or {}).get(id_, id_), "people": n} for id_, n in shown]
