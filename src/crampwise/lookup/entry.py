"""Everything that one entry of the book says, as labelled lines; whatever its kind, no field is left out."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from crampwise.assess.engine import engine_of
from crampwise.book.book import Book
from crampwise.book.schema import care, common, findings, knowledge, medicines, workup
from crampwise.interpret.prose import prose
from crampwise.logic.rules import All, AtLeast, Rule
from crampwise.logic.rules import Any as AnyOf
from crampwise.lookup.links import limits_words, rule_ids, value_words
from crampwise.lookup.names import short_title, title_of

_ELSEWHERE = ("id", "sources", "claims", "basis", "note", "read_note")
"""Fields that stand in the heading, with the evidence, or last."""

_LAST = ("likelihoods", "examples", "codes")
"""Long fields that come after the others."""

_LABELS = {
    "when": "Holds when", "rule": "Holds when", "who_for": "Only for", "implies": "A yes here is also a yes to",
    "answered_by": "Answered by", "asked_in": "Asked in", "ask": "Question", "short": "Label",
    "leak": "In ordinary night cramps", "prior": "Share of presenters whose main cause it is",
    "likelihoods": "How often each finding is present with it", "caught_by": "Red flags that catch it",
    "requires_any": "Impossible unless one of these may hold", "hold_s": "Hold, seconds", "rest_s": "Rest, seconds",
    "not_for": "Not for people with", "fits": "Only for people with", "stop_if": "Stop if",
    "sets": "Anyone who takes it has", "asks": "Asked of those who take it", "reference": "Reference intervals",
    "cutoffs": "Bands", "not_when": "Not proposed when", "tell": "What the reader is told",
    "settled": "What was decided", "executed_by": "Carried out by", "locator": "Place in the document, characters",
    "gap": "Missing in the source", "show_with": "Told beside", "recovery": "Recovery windows",
    "corrections": "Said beside these facts", "do": "What to do", "never": "What never to do",
    "because": "Why it matters", "why": "For clinicians", "says": "Says", "read": "How much was read",
    "named_by": "How the source documents weigh it", "of": "Compared", "unit": "Unit", "p": "Probability",
    "by": "Judged by", "what": "What it is", "next": "What next", "low": "Lowest plausible",
    "high": "Highest plausible", "site": "Its finding", "plain": "In plain words", "only_if": "Only if",
    "mimic": "Look-alike", "called": "Handed in as", "plain_why": "Why, in plain words",
    "plain_how": "How, in plain words", "loinc": "LOINC codes", "rxnorm": "RxNorm code", "atc": "ATC code",
    "rxnorm_check": "RxNorm code checked", "atc_check": "ATC code checked",
}  # fmt: skip


_CODE = re.compile(r"[a-z]+(_[a-z0-9]+)+")
"""Values of the schema, such as same_day, are shown without their underscores."""


@dataclass(frozen=True)
class Part:
    """One labelled field of an entry; a single line stands behind its label, several stand below it."""

    field: str
    label: str
    lines: tuple[str, ...]


def parts_of(book: Book, id_: str) -> tuple[Part, ...]:
    """Give every field of an entry that is not empty, in words."""
    words = _Words(book)
    kind, entry = book.everything[id_]
    shown = title_of(kind, entry)
    found: list[Part] = []
    for f in fields(entry):
        value = getattr(entry, f.name)
        if (
            f.name in _ELSEWHERE
            or value is None
            or value is False
            or (isinstance(value, str) and value in (shown, id_))
        ):
            continue
        lines = tuple(filter(None, words.lines(value)))
        if lines:
            found.append(Part(f.name, _label(f.name, kind), lines))
    found.sort(key=lambda part: part.field in _LAST)
    note = " ".join(filter(None, (getattr(entry, "note", ""), getattr(entry, "read_note", ""))))
    return (*found, *((Part("note", "Remark for reviewers", (note,)),) if note else ()))


def _label(name: str, kind: str) -> str:
    special = {
        ("stretches", "sets"): "Sets",
        ("conditions", "name"): "Clinical name",
        ("tests", "when"): "Proposed when",
    }
    return special.get((kind, name)) or _LABELS.get(name) or name.strip("_").replace("_", " ").capitalize()


class _Words:
    """Puts the values of a book's entries into words."""

    def __init__(self, book: Book) -> None:
        self.book = book
        self.labels = engine_of(book).labels
        self.strata = {s.id: s.name for s in book.differential.strata}

    def lines(self, value: Any) -> Iterator[str]:
        """Give one line for each thing that a field holds."""
        if isinstance(value, Rule):
            yield from self.rule(value)
        elif isinstance(value, tuple):
            if len(value) == 2 and all(isinstance(v, int) for v in value):
                yield f"[{value[0]}, {value[1]})"
            else:
                yield from self.listed(value)
        elif isinstance(value, care.Examples):
            yield from _examples(value)
        elif isinstance(value, dict):
            yield from (self.keyed(k, v) for k, v in value.items())
        else:
            yield self.one(value)

    def listed(self, values: tuple[Any, ...]) -> Iterator[str]:
        """Give the lines of a list; claims stand on one line, as their texts come with the evidence."""
        if values and all(v in self.book.claims for v in values if isinstance(v, str)) and isinstance(values[0], str):
            yield ", ".join(values)
            return
        for value in values:
            yield prose(value, self.labels) if isinstance(value, Rule) else self.one(value)

    def rule(self, rule: Rule) -> Iterator[str]:
        """Say a rule, its branches on lines of their own, then the rules behind the terms that it names."""
        match rule:
            case All(inner) | AnyOf(inner) | AtLeast(_, inner) if len(inner) > 1:
                head = {All: "all of these:", AnyOf: "any of these:"}.get(
                    type(rule), f"at least {getattr(rule, 'n', 1)} of these:"
                )
                yield head
                yield from (prose(r, self.labels) for r in inner)
            case _:
                yield prose(rule, self.labels)
        for name in dict.fromkeys(rule_ids(rule)):
            if name in self.book.terms:
                term = self.book.terms[name]
                yield f"where “{term.name}” ({name}) means: {prose(term.rule, self.labels)}"

    def keyed(self, key: str, value: Any) -> str:
        """Say one entry of a map: a share of a stratum, or a named value."""
        if key in self.strata and isinstance(value, float):
            return f"{self.strata[key]}: {percent(value)}"
        said = ", ".join(map(str, value)) if isinstance(value, tuple) else "" if value is None else self.one(value)
        return f"{key.replace('_', ' ') if key.islower() else key}: {said}".rstrip(": ")

    def one(self, value: Any) -> str:
        """Say one value on one line."""
        if isinstance(value, str):
            return self.reference(value)
        if isinstance(value, bool):
            return "yes" if value else "no"
        if value is None or isinstance(value, int | float | Decimal | date):
            return "" if value is None else str(value)
        if isinstance(value, Rule):
            return prose(value, self.labels)
        say = _SAY.get(type(value))
        return say(self, value) if say else self.fields(value)

    def reference(self, text: str) -> str:
        """Give a text; one that is the id of an entry gets the entry's name before it."""
        if text in self.book.drug_classes:
            return f"{text}. {self.book.drug_classes[text].plain} {self.book.drug_classes[text].link}"
        if text not in self.book.everything:
            return text.replace("_", " ") if _CODE.fullmatch(text) else text
        return f"{short_title(self.book, text)} ({text})"

    def fields(self, value: Any) -> str:
        """Say a small record field by field."""
        if not is_dataclass(value):
            return str(value)
        pairs = ((f.name.strip("_").replace("_", " "), getattr(value, f.name)) for f in fields(value))
        said = ((name, "; ".join(filter(None, self.lines(v)))) for name, v in pairs if v not in (None, False, "", ()))
        return ", ".join(f"{name} {text}" for name, text in said if text)

    def rests_on(self, value: Any) -> str:
        """Say what a figure rests on."""
        sources = (
            *getattr(value, "sources", ()),
            *getattr(value, "claims", ()),
            *filter(None, (getattr(value, "source", None),)),
        )
        return ", ".join((value.basis.replace("_", " "), *sources))


def percent(share: float) -> str:
    """Say a share with two significant digits: "1.2 %"."""
    return f"{share * 100:.2g} %" if share < 0.995 else f"{share * 100:.3g} %"


def _likelihood(w: _Words, x: care.Likelihood) -> str:
    derived = ", derived" if x.derived else ""
    note = f"; {x.note}" if x.note else ""
    return f"{w.reference(x.finding)}: {percent(x.p)} [{w.rests_on(x)}{derived}]{note}"


def _named_by(w: _Words, x: care.NamedBy) -> str:
    return f"{x.weight.replace('_', ' ')} in {x.source} ({', '.join(x.claims)})"


def _caution(w: _Words, x: care.Caution) -> str:
    return f"{prose(x.when, w.labels)}: {x.say}" + (f" For clinicians: {x.care}" if x.care != x.say else "")


def _examples(x: care.Examples) -> Iterator[str]:
    for name in ("fires", "clears", "open"):
        yield from (f"{name}: {_person(p)}" for p in getattr(x, name))


def _person(answers: Mapping[str, Any]) -> str:
    said = {True: "yes", False: "no"}
    return (
        ", ".join(f"{k} {said.get(v, v) if isinstance(v, bool) else v}" for k, v in answers.items()) or "nothing known"
    )


def _figure(w: _Words, x: common.Figure) -> str:
    more = [
        x.arms,
        x.population,
        f"n = {x.n}" if x.n else "",
        f"certainty {x.certainty}" if x.certainty else "",
        x.note,
    ]
    value = value_words(x)
    return f"{x.what}{f': {value}' if value else ''} [{w.rests_on(x)}]" + "".join(f"; {m}" for m in more if m)


def _leak(w: _Words, x: findings.Leak) -> str:
    shares = [percent(x.p)] if x.p is not None else []
    shares += [f"{k.replace('_', ' ')} {percent(v)}" for k, v in (x.options or {}).items()]
    shares += [f"{w.strata.get(k, k)}: {percent(v)}" for k, v in (x.by_stratum or {}).items()]
    shares += [
        f"{w.strata.get(k, k)}: " + ", ".join(f"{o.replace('_', ' ')} {percent(v)}" for o, v in options.items())
        for k, options in (x.options_by_stratum or {}).items()
    ]
    return f"{'; '.join(shares)} [{w.rests_on(x)}]" + (f"; {x.note}" if x.note else "")


def _interval(w: _Words, x: workup.Interval) -> str:
    return f"{x.group}: {limits_words(x)} [{w.rests_on(x)}]" + (f"; {x.note}" if x.note else "")


def _cutoff(w: _Words, x: workup.Cutoff) -> str:
    more = "".join(f"; {m}" for m in (x.si, x.text) if m)
    return f"{x.label} ({x.side}): {limits_words(x)} [{w.rests_on(x)}]{more}"


def _recovery(w: _Words, x: knowledge.Recovery) -> str:
    return f"{x.what}: {limits_words(x)} ({x.claim})" + (f". {x.text}" if x.text else "")


def _medicine_figure(w: _Words, x: medicines.MedicineFigure) -> str:
    arms = f"{x.drug} with it, {x.placebo} without" if x.drug is not None or x.placebo is not None else ""
    said = ", ".join(filter(None, (x.measure, value_words(x), arms)))
    return "; ".join(filter(None, (said, x.population, x.check.replace("_", " "), x.note)))


def _conversion(w: _Words, x: workup.Conversion) -> str:
    offset = f" {'+' if x.offset > 0 else '-'} {abs(x.offset)}" if x.offset else ""
    called = f" (only for {', '.join(x.called)})" if x.called else ""
    return f"{x.to_unit} = {x.from_unit} × {x.factor}{offset}{called}" + (f"; {x.note}" if x.note else "")


_SAY: Mapping[type, Callable[[_Words, Any], str]] = {
    care.Name: lambda w, x: x.clinical,
    care.Likelihood: _likelihood,
    care.NamedBy: _named_by,
    care.Caution: _caution,
    common.Figure: _figure,
    findings.Leak: _leak,
    findings.Option: lambda w, x: f"{x.label} ({x.id})",
    workup.Interval: _interval,
    workup.Cutoff: _cutoff,
    workup.Conversion: _conversion,
    workup.Loinc: lambda w, x: f"{x.code}, {x.unit}, {x.specimen}; {x.checked}",
    workup.ScoreItem: lambda w, x: f"{x.points:+d} for {x.text}: {prose(x.when, w.labels)}",
    knowledge.Fact: lambda w, x: f"{x.text} ({x.claim})",
    knowledge.Recovery: _recovery,
    knowledge.Correction: lambda w, x: f"{x.text} ({x.note})",
    knowledge.Reading: lambda w, x: f"{x.says} ({', '.join(x.claims)})",
    medicines.MedicineFigure: _medicine_figure,
}
