"""The report of a screen as one self-contained HTML page: no script, no request to anywhere."""

from collections.abc import Iterable, Mapping, Sequence
from html import escape
from typing import Any

STYLE = """
:root { color-scheme: light dark; font: 1rem/1.5 system-ui, sans-serif; }
body { max-width: 64rem; margin: 0 auto; padding: 1rem; }
h2 { border-bottom: 2px solid; padding-bottom: .2rem; margin-top: 2.5rem; } h3 { margin-top: 2rem; }
table { border-collapse: collapse; margin: .8rem 0; } caption { text-align: left; font-weight: bold; }
th, td { padding: .2rem .8rem .2rem 0; text-align: right; border-bottom: 1px solid #8886; }
th:first-child, td:first-child { text-align: left; } thead th { border-bottom: 2px solid; }
.wide { overflow-x: auto; } .quiet { opacity: .8; font-size: .9rem; }
.bar { display: inline-block; height: .7rem; background: #36a; vertical-align: baseline; }
@media (prefers-color-scheme: dark) { .bar { background: #8bf; } }
@media print { body { max-width: none; } }
"""
HIDDEN = "*"
_LEVELS = {
    "emergency_now": "emergency now", "same_day": "same day", "soon": "in the next days", "routine": "routine",
    "self_care": "self-care",
}  # fmt: skip


def html_page(data: Mapping[str, Any]) -> str:
    """Give the summary of a screen as a page."""
    parts = [
        f"<h1>Crampwise population screen</h1>{_opening(data)}",
        f"<h2>Measures</h2>{''.join(map(_measure, data['measures']))}" if data["measures"] else "",
        f"<h2>Urgency</h2>{_urgency(data['urgency'])}",
        f"<h2>Danger signs</h2>{_flags(data['red_flags'])}",
        "<h2>What goes with it</h2>",
        _named("Medicines that may contribute", "people", data["medicines"]),
        _named("Tests that are asked for and not in the record", "people", data["missing_tests"]),
        _named("Likeliest cause, if cramps are the complaint", "people", data["causes"]),
        f"<h2>People</h2>{_people(data['people_by_group'])}",
        f"<h2>Quality of the data</h2>{_quality(data)}",
    ]
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>Crampwise population screen</title>\n<style>{STYLE}</style>\n</head>\n<body>\n<main>\n"
        + "\n".join(parts)
        + "\n</main>\n</body>\n</html>\n"
    )


def number(count: int | None) -> str:
    """Give a count with thousands set apart, or the mark for one that is not shown."""
    return HIDDEN if count is None else f"{count:,}"


def _opening(data: Mapping[str, Any]) -> str:
    least = data["not_shown_below"]
    return (
        f"<p>{number(data['people'])} people, as of {escape(data['as_of'])}. Book {escape(data['book']['version'])}, "
        f"{escape(data['book']['digest'][:12])}.</p>"
        "<p>This says what stands in the records. What no record holds is <em>unknown</em>, never “no”. "
        "A person of whom little is recorded is not a healthy person.</p>"
        "<p>It informs those who look after these people. It is not a diagnosis, and no medicine should be stopped "
        "because of it.</p>"
        f'<p class="quiet">{HIDDEN} hides numbers from 1 to {least - 1}, and others from which they could be worked '
        "out.</p>"
    )


def _measure(measure: Mapping[str, Any]) -> str:
    total = measure["total"]
    rows = [_measure_row("everybody", total)]
    rows += [_measure_row(f"{r['age']}, {r['sex']}", r) for r in measure["by_age_and_sex"]]
    head = ("age, sex", "asked about", "found", "not found", "unknown", "rate", "95 % interval", "bounds")
    return (
        f"<h3>{escape(measure['title'])}</h3><p>{escape(measure['why'])} {escape(measure['next'])}</p>"
        + _table(head, rows)
        + f'<p class="quiet">{number(measure["not_known_to_be_among"])} more people may belong here; the record does '
        "not say. The rate counts those of whom it is known. The bounds also count those of whom it is not: first as "
        "not found, then as found.</p>"
    )


def _measure_row(name: str, row: Mapping[str, Any]) -> Sequence[str]:
    counts = [number(row[key]) for key in ("among", "found", "not_found", "unknown")]
    rate = "" if row["rate"] is None else f"{row['rate']:.1%}"
    pairs = ["" if row[k] is None else f"{row[k][0]:.1%} to {row[k][1]:.1%}" for k in ("interval", "bounds")]
    return (escape(name), *counts, rate, *pairs)


def _urgency(urgency: Mapping[str, Any]) -> str:
    names = [_LEVELS[level] for level in urgency["levels"]]
    rows = [
        (name, *map(number, cells)) for name, cells in zip([*names, "all"], urgency["certain_by_possible"], strict=True)
    ]
    return (
        "<p>Down: what the record alone makes certain. Across: what could still be true, given what it does not hold. "
        "A record seldom rules an emergency out, so most people stand far to the right. Only the person can "
        "be asked.</p>" + _table(("certain", *names, "all"), rows)
    )


def _flags(flags: Iterable[Mapping[str, Any]]) -> str:
    rows = [(escape(f["title"]), _LEVELS[f["level"]], number(f["true"])) for f in flags if f["true"] != 0]
    if not rows:
        return "<p>No record shows one.</p>"
    return _table(("danger sign", "urgency", "people"), rows)


def _named(title: str, counted: str, items: Sequence[Mapping[str, Any]]) -> str:
    if not items:
        return f"<h3>{escape(title)}</h3><p>None to show.</p>"
    most = max(i["people"] for i in items)
    rows = [
        (escape(i["name"]), number(i["people"]), f'<span class="bar" style="width:{12 * i["people"] / most:.2f}rem">')
        for i in items
    ]
    return f"<h3>{escape(title)}</h3>" + _table(("", counted, ""), [(a, b, f"{c}</span>") for a, b, c in rows])


def _people(people: Mapping[str, Any]) -> str:
    rows = [
        (escape(age), *map(number, cells))
        for age, cells in zip([*people["ages"], "all"], people["counts"], strict=True)
    ]
    return _table(("age", *people["sexes"], "all"), rows)


def _quality(data: Mapping[str, Any]) -> str:
    quality = data["quality"]
    files = [
        (escape(f["file"]), number(f["rows"]), number(f["read"]), number(f["rows"] - f["read"]))
        for f in quality.get("files", [])
    ]
    problems = [(escape(p["what"]), number(p["count"]), escape(p["example"])) for p in quality.get("problems", [])]
    told = _table(("file", "entries", "read", "not read"), files) if files else ""
    told += _table(("problem", "times", "for example"), problems) if problems else "<p>Nothing had to be left out.</p>"
    if data["contradictions"] != 0:
        told += f"<p>{number(data['contradictions'])} records contradict themselves; nothing is said of these.</p>"
    notes = [(escape(n["what"]), number(n["count"])) for n in quality.get("notes", [])]
    told += _table(("not taken as an answer", "times"), notes) if notes else ""
    return told + '<p class="quiet">problems.ndjson names each place.</p>'


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    columns = "".join(f'<th scope="col">{cell}</th>' for cell in head)
    body = "\n".join(f"<tr>{''.join(f'<td>{cell}</td>' for cell in row)}</tr>" for row in rows)
    return f'<div class="wide"><table><thead><tr>{columns}</tr></thead><tbody>\n{body}\n</tbody></table></div>'
