"""Reminders of a trial as an iCalendar file (RFC 5545): one all-day event for each block, with an alarm."""

from datetime import date, timedelta

from crampwise.book.schema.care import Action
from crampwise.book.schema.followup import Followup
from crampwise.followup.design import Design

_MOST_BYTES = 75
_PRODUCT = "-//Crampwise//Diary//EN"


def calendar(design: Design, action: Action, followup: Followup, trial_id: str, today: date, hour: int = 18) -> str:
    """Give the file. Each block is told at `hour` of its first day, local time; `today` is the day of writing."""
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", f"PRODID:{_PRODUCT}", "CALSCALE:GREGORIAN", "METHOD:PUBLISH"]
    for block in design.blocks:
        phrase = followup.phrases["start" if block.arm == "with" else "pause"]
        text = phrase.format(title=action.title)
        lines += [
            "BEGIN:VEVENT",
            f"UID:{trial_id}-{block.number}@crampwise.invalid",
            f"DTSTAMP:{today:%Y%m%d}T000000Z",
            f"DTSTART;VALUE=DATE:{block.first:%Y%m%d}",
            f"DTEND;VALUE=DATE:{block.last + timedelta(days=1):%Y%m%d}",
            f"SUMMARY:{escaped(text)}",
            f"DESCRIPTION:{escaped(followup.phrases['usual_care'])}",
            "TRANSP:TRANSPARENT",
            "CLASS:PRIVATE",
            "BEGIN:VALARM",
            "ACTION:DISPLAY",
            f"DESCRIPTION:{escaped(text)}",
            f"TRIGGER:PT{hour}H",
            "END:VALARM",
            "END:VEVENT",
        ]
    lines.append("END:VCALENDAR")
    return "".join(folded(line) + "\r\n" for line in lines)


def escaped(text: str) -> str:
    """Escape a text value (RFC 5545, 3.3.11)."""
    for plain, written in (("\\", "\\\\"), (";", "\\;"), (",", "\\,"), ("\r\n", "\\n"), ("\n", "\\n")):
        text = text.replace(plain, written)
    return text


def folded(line: str) -> str:
    """Fold a line at 75 octets, never inside a character (RFC 5545, 3.1)."""
    parts: list[str] = []
    part = ""
    for character in line:
        room = _MOST_BYTES - (1 if parts else 0)
        if len((part + character).encode()) > room:
            parts.append(part)
            part = ""
        part += character
    return "\r\n ".join([*parts, part])
