"""What was read from a record as an answers file, each line with where it comes from; and beside what a person said."""

import json
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any, NamedTuple

from crampwise.logic.answers import Answers, Value
from crampwise.records.account import Answered, Origin, Outcome, PersonRead

_PERSON = {"age_years": "age", "sex_at_birth": "sex", "pregnant": "pregnant"}


class Difference(NamedTuple):
    """A finding that the person answered otherwise than the record: the person's answer stays."""

    finding: str
    said: Value | None
    read: Answered


def differences(given: Answers, read: PersonRead) -> tuple[Difference, ...]:
    """List where the record differs from what the person said; `said` is None where they were not sure."""
    told = {**read.answers, **_of_medicines(read)}
    for result in read.results:
        if result.finding:
            told[result.finding] = Answered(result.finding, result.value, (result.origin,))
    return tuple(
        Difference(finding, given.get(finding), answer)
        for finding, answer in told.items()
        if given.asked(finding) and given.get(finding) != answer.value
    )


def _of_medicines(read: PersonRead) -> dict[str, Answered]:
    return {f: Answered(f, True, (t.origin,)) for t in read.medicines for f in t.findings}


def answers_document(read: PersonRead, given: Answers | None = None) -> dict[str, Any]:
    """Give an answers file (as plain data) of what was read; what the person answered is left out."""
    asked = given or Answers()
    new = {f: a for f, a in read.answers.items() if not asked.asked(f)}
    denied = {f for t in read.medicines for f in t.findings if asked.asked(f) and asked.get(f) is not True}
    return {
        "person": {_PERSON[f]: plain(a.value) for f, a in new.items() if f in _PERSON},
        "answers": {f: plain(a.value) for f, a in new.items() if f not in _PERSON},
        "medicines": [t.name for t in read.medicines if not denied.intersection(t.findings)],
        "labs": [
            {"test": r.entry.test, "value": plain(r.entry.value), "unit": r.entry.unit}
            | ({"date": r.entry.date.isoformat()} if r.entry.date else {})
            | {k: plain(v) for k, v in (("low", r.entry.low), ("high", r.entry.high)) if v is not None}
            for r in read.results
            if r.finding is None or not asked.asked(r.finding)
        ],
    }


def plain(value: Value) -> str | int | float:
    """Give a value as an answers file has it."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    return str(value)


def answers_file(read: PersonRead, given: Answers | None = None) -> str:
    """Give the answers file as YAML, each line with its origin in a comment, to be looked through before it counts."""
    return "".join(f"{line}\n" for line in _lines(read, answers_document(read, given)))


def _lines(read: PersonRead, document: Mapping[str, Any]) -> Iterator[str]:
    yield f"# Read from a patient record for {read.as_of}. Look through every line before you rely on it."
    for remark in read.remarks:
        yield f"# {one_line(remark)}"
    by_key = {_PERSON.get(f, f): a.origins for f, a in read.answers.items()}
    for part in ("person", "answers"):
        if document[part]:
            yield f"{part}:"
            for key, value in document[part].items():
                yield f"  {key}: {_scalar(value)}  # {'; '.join(where(o) for o in by_key[key])}"
    if document["medicines"]:
        yield "# Is this all that is taken? Add what is missing, also what is bought without a prescription."
        yield "medicines:"
        origins = {t.name: t.origin for t in read.medicines}
        yield from (f"  - {_scalar(name)}  # {where(origins[name])}" for name in document["medicines"])
    if document["labs"]:
        yield "labs:"
        origins = {r.entry.test: r.origin for r in read.results}
        for lab in document["labs"]:
            inside = ", ".join(f"{k}: {_scalar(v)}" for k, v in lab.items())
            yield f"  - {{{inside}}}  # {where(origins[lab['test']])}"


def _scalar(value: str | float) -> str:
    """Write a value so that YAML reads it back as it is."""
    return value if value in ("yes", "no") else json.dumps(value, ensure_ascii=False)


def one_line(text: str) -> str:
    """Give a text from a record on one line, without what does not print."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())


def where(origin: Origin) -> str:
    """Say where something comes from, on one line."""
    dated = origin.age_days is not None and origin.code != "birthDate"
    parts = [origin.resource, *([origin.date[:10], f"{origin.age_days} days old"] if dated else [])]
    parts += [origin.how] if origin.how else []
    return one_line(f"{origin.text or origin.code} ({', '.join(parts)})")


def record_json(read: PersonRead) -> dict[str, Any]:
    """Give everything that was read, and what became of every resource, as plain data."""
    return {
        "patient": read.patient,
        "as_of": read.as_of.isoformat(),
        "remarks": list(read.remarks),
        "answers": [_answered(a) for a in read.answers.values()],
        "medicines": [
            {
                "name": t.name,
                "ingredients": list(t.ingredients),
                "findings": list(t.findings),
                "origin": _origin(t.origin),
            }
            for t in read.medicines
        ],
        "results": [
            {
                "test": r.entry.test,
                "value": plain(r.entry.value),
                "unit": r.entry.unit,
                "finding": r.finding,
                "origin": _origin(r.origin),
            }
            for r in read.results
        ],
        "contradictions": [
            {"about": c.about, "reason": c.reason, "told": [_answered(a) for a in c.told]} for c in read.clashes
        ],
        "resources": [outcome_json(o) for o in read.outcomes],
        "document": answers_document(read),
    }


def outcome_json(outcome: Outcome) -> dict[str, Any]:
    """Give what became of a resource as plain data."""
    told = {"resource": outcome.resource, "kind": outcome.kind, "pile": outcome.pile, "reasons": list(outcome.reasons)}
    return told | ({"called": outcome.called} if outcome.called else {})


def _answered(answered: Answered) -> dict[str, Any]:
    return {
        "finding": answered.finding,
        "value": plain(answered.value),
        "origins": [_origin(o) for o in answered.origins],
    }


def _origin(origin: Origin) -> dict[str, Any]:
    fields = ("resource", "code", "text", "date", "age_days", "entry", "how")
    return {k: v for k in fields if (v := getattr(origin, k)) not in ("", None)}
