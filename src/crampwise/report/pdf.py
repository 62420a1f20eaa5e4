"""The page for a doctor as a PDF: one page, tagged, with selectable text."""

import json
from pathlib import Path
from typing import Literal

from crampwise.report.content import Report
from crampwise.report.text import DENIED, NOTE, TITLE, sections

Paper = Literal["a4", "us-letter"]
_PAGE = Path(__file__).with_name("page.typ")
_RIGHT = ("Differential", "Medicines", "Test results", "Examination", "Tests")


def as_pdf(report: Report, paper: Paper = "a4") -> bytes:
    """Typeset the page; what was said is handed over as data and is never read as markup."""
    import typst

    first, *rest = ({"heading": heading, "lines": list(lines)} for heading, lines in sections(report))
    data = {
        "title": TITLE,
        "paper": paper,
        "day": report.day,
        "person": report.person,
        "first": first,
        "left": [p for p in rest if not str(p["heading"]).startswith((*_RIGHT, DENIED))],
        "right": [p for p in rest if str(p["heading"]).startswith(_RIGHT)],
        "below": [p for p in rest if p["heading"] == DENIED],
        "note": f"{NOTE} {report.book}.",
    }
    made = typst.compile(_PAGE, sys_inputs={"data": json.dumps(data)}, format="pdf", pdf_standards=["ua-1"])
    if not isinstance(made, bytes):
        raise TypeError("a single document was expected")
    return made
