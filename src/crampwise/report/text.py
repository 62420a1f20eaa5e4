"""The page for a doctor as plain text, to paste."""

import textwrap
from collections.abc import Iterable, Iterator

from crampwise.report.content import Report

TITLE = "Muscle cramp check: summary for a doctor"
NOTE = "Made from the person's own answers by Crampwise. Information, not a diagnosis; not evaluated in patients."
DENIED = "Said no to"
_WIDTH = 88


def sections(report: Report) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Give every part that is not empty: its heading and its lines, the most urgent first."""
    yield "Urgency", report.urgency
    listed: list[tuple[str, Iterable[str]]] = [
        ("Red flags present", (f"{r.label}. {r.text}" for r in report.fired)),
        ("Red flags not ruled out", (report.open, report.asked) if report.open else (report.asked,)),
        ("Timeline", (f"{r.label}: {r.text}" for r in report.timeline)),
        ("Cramp diary", report.diary),
        ("Said yes to", report.said),
        ("Not sure of", (report.unsure,)),
        ("Differential (estimates; limits of 9 in 10; what weighs most)",
         (f"{c.name}: {c.share}" + (f"; {c.weights}" if c.weights else "") for c in report.causes)),
        ("Medicines", report.medicines),
        ("Test results", report.labs),
        ("Examination to consider", report.steps),
        ("Tests to consider", report.tests),
        (DENIED, (report.denied,)),
    ]  # fmt: skip
    for heading, lines in listed:
        kept = tuple(line for line in lines if line)
        if kept:
            yield heading, kept


def as_text(report: Report) -> str:
    """Give the whole page as plain text."""
    blocks = [f"{TITLE}\n{report.day}. {report.person}"]
    for heading, lines in sections(report):
        body = [textwrap.fill(x, _WIDTH, initial_indent="- ", subsequent_indent="  ") for x in lines]
        blocks.append("\n".join([heading.upper(), *body]))
    blocks.append(textwrap.fill(f"{NOTE} {report.book}.", _WIDTH))
    return "\n\n".join(blocks) + "\n"
