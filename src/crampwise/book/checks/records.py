"""What is read from patient records fits together: codes are well formed, answers exist, and silence is never a no."""

import re
from collections.abc import Iterator, Mapping

from crampwise.book.book import Book
from crampwise.book.schema.records import RecordEntry
from crampwise.logic.errors import Problem
from crampwise.logic.findings import Choice, Finding, Number, YesNo

_FORMS: Mapping[str, re.Pattern[str]] = {
    "snomed": re.compile(r"[1-9]\d{5,17}"),
    "icd10": re.compile(r"[A-Z](?:\d[0-9A-Z](?:\.[0-9A-Z]{0,4})?\*?|\d?\*)"),
    "loinc": re.compile(r"\d{1,7}-\d|LA\d{1,7}-\d"),
    "rxnorm": re.compile(r"[1-9]\d{0,7}"),
    "atc": re.compile(r"[A-Z]\d\d(?:[A-Z]{1,2}(?:\d\d)?)?\*?"),
    "gender": re.compile(r"female|male|other|unknown|F|M|UN"),
    "ips_absent": re.compile(r"no-known-[a-z-]+|no-[a-z]+-info"),
}
_DIHEDRAL = (
    "0123456789", "1234067895", "2340178956", "3401289567", "4012395678",
    "5987604321", "6598710432", "7659821043", "8765932104", "9876543210",
)  # fmt: skip
_PERMUTED = (
    "0123456789", "1576283094", "5803796142", "8916043527", "9453126870", "4286573901", "2793806415", "7046913258",
)  # fmt: skip


def check_records(book: Book) -> list[Problem]:
    """Check how patient records are read."""
    return [*_windows(book), *(p for e in book.record_entries.values() for p in _entry(book, e)), *_clashes(book)]


def _windows(book: Book) -> Iterator[Problem]:
    for window in book.record_windows.values():
        where = f"record_windows/{window.id}"
        if window.days is not None and window.days < 0:
            yield Problem(where, "days cannot be below 0.")
        if window.judgement not in book.judgements:
            yield Problem(where, f"there is no judgement called {window.judgement!r}.", "Add it to judgements.yaml.")


def _entry(book: Book, entry: RecordEntry) -> Iterator[Problem]:
    where = f"record_entries/{entry.id}"
    yield from _parts(where, entry)
    for codes in (entry.codes or {}, entry.values or {}):
        for system, listed in codes.items():
            yield from _codes(where, system, listed)
    yield from _answers(book, where, entry)


def _parts(where: str, entry: RecordEntry) -> Iterator[Problem]:
    by_the_medicines = entry.kind == "medicine" and not entry.codes
    if not (entry.says or entry.fills or entry.tests or by_the_medicines):
        yield Problem(where, "answers nothing.", "Give says, fills or tests.")
    if not (entry.codes or entry.tests or entry.kind == "patient" or by_the_medicines):
        yield Problem(where, "has no codes.", "Say which codes make a resource fit.")
    if (entry.kind == "condition") != (entry.state is not None):
        yield Problem(where, "state belongs to conditions, and each needs one.", "Write active, ever or refuted.")
    if entry.values and entry.kind != "observation":
        yield Problem(where, "only an observation has values.")
    if entry.due_at is not None and not entry.fills:
        yield Problem(where, "due_at needs fills.")


def _answers(book: Book, where: str, entry: RecordEntry) -> Iterator[Problem]:
    for finding, answer in (entry.says or {}).items():
        problem = _answer_problem(book.catalogue[finding], answer)
        if problem:
            yield Problem(where, f"{finding} {problem}, not {answer!r}.")
        elif answer == "no" and not _states_absence(entry):
            what = f"says no to {finding}, but a code that is there cannot say what is not."
            yield Problem(where, what, "Only state: refuted, coded values, and codes for nothing known say no.")
    if entry.fills and not isinstance(book.catalogue[entry.fills], Number):
        yield Problem(where, f"fills {entry.fills}, which is not a number.")


def _states_absence(entry: RecordEntry) -> bool:
    """Whether what is coded states that something is absent, rather than merely being something else."""
    return entry.state == "refuted" or bool(entry.values) or entry.states_absence or entry.kind == "patient"


def _answer_problem(finding: Finding, answer: str) -> str:
    match finding:
        case YesNo():
            return "" if answer in ("yes", "no") else "needs yes or no"
        case Choice(_, options):
            return "" if answer in options else f"needs one of {', '.join(options)}"
        case Number():
            return "is a number and needs fills"


def _codes(where: str, system: str, codes: tuple[str, ...]) -> Iterator[Problem]:
    form = _FORMS.get(system)
    if form is None:
        yield Problem(where, f"there is no code system called {system!r}.", f"Known: {', '.join(_FORMS)}.")
        return
    for code in codes:
        if not form.fullmatch(code):
            yield Problem(where, f"{code!r} does not look like a code of {system}.")
        elif (system == "snomed" and not verhoeff(code)) or (system == "loinc" and not loinc_digit(code)):
            yield Problem(where, f"{code!r} is mistyped: its check digit is wrong.", f"Look it up in {system}.")
    for code in sorted({c for c in codes if codes.count(c) > 1}):
        yield Problem(where, f"the code {code!r} is given twice.", "Keep one.")


def verhoeff(code: str) -> bool:
    """Say whether the check digit of a SNOMED CT identifier is right (Verhoeff's scheme)."""
    check = 0
    for place, digit in enumerate(reversed(code)):
        check = int(_DIHEDRAL[check][int(_PERMUTED[place % 8][int(digit)])])
    return check == 0


def loinc_digit(code: str) -> bool:
    """Say whether the check digit of a LOINC code is right (modulus 10); answer codes (LA...) have another scheme."""
    if code.startswith("LA"):
        return True
    number, _, digit = code.partition("-")
    doubled = "".join(str(int(d) * (2 if i % 2 == 0 else 1)) for i, d in enumerate(reversed(number)))
    return (10 - sum(map(int, doubled)) % 10) % 10 == int(digit)


def _clashes(book: Book) -> Iterator[Problem]:
    """Two entries that read the same code of the same kind and state, and answer one finding differently."""
    seen: dict[tuple[str, ...], tuple[str, str]] = {}
    for entry in book.record_entries.values():
        values = [f"{s}|{c}" for s, codes in (entry.values or {}).items() for c in codes] or [""]
        for system, codes in (entry.codes or {}).items():
            for code in codes:
                for value in values:
                    for finding, answer in (entry.says or {}).items():
                        key = (entry.kind, entry.state or "", system, code, value, finding)
                        first, said = seen.setdefault(key, (entry.id, answer))
                        if said != answer:
                            what = f"reads {code} as {answer} for {finding}, but {first} reads it as {said}."
                            yield Problem(f"record_entries/{entry.id}", what, "Keep one of them.")
