"""Every sentence that an assessment can say rests on something: a claim, a source, or a named, dated judgement."""

from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from typing import Any

import pytest

from crampwise.assess.assess import assess
from crampwise.assess.assessment import Ask, Assessment, Cite, Flag, Reason, RuledOut, Statement
from crampwise.assess.engine import engine_of
from crampwise.assess.medicines import describe, recognise
from crampwise.book.schema.common import Entry
from crampwise.book.schema.knowledge import Source
from tests.support.patient_texts import FIELDS
from tests.support.people import TODAY, cases, shipped, told, values_of

BOOK = shipped()
ENGINE = engine_of(BOOK)
WITHOUT = (Ask, Reason, RuledOut)
"""Parts of a result that hold no statement."""


def walk(value: Any, seen: set[str]) -> Iterator[Statement]:
    """Every statement anywhere inside a result; a flag says the same to everyone and is gone through once."""
    if isinstance(value, Statement):
        yield value
    elif isinstance(value, tuple):
        for item in value:
            yield from walk(item, seen)
    elif isinstance(value, Flag):
        if value.id not in seen:
            seen.add(value.id)
            yield from (value.because, *value.do, *value.never, value.clinical)
    elif is_dataclass(value) and not isinstance(value, WITHOUT):
        for field in fields(value):
            if not field.name.startswith("find_"):
                yield from walk(getattr(value, field.name), seen)


def people() -> Iterator[Assessment]:
    """Everyone in the examples of the red flags and in the cases."""
    yield from (assess(BOOK, intake, TODAY) for intake in cases().values())
    for flag in BOOK.red_flags.values():
        for example in (*flag.examples.fires, *flag.examples.clears, *flag.examples.open):
            yield told(BOOK, values_of(BOOK, example))


def statements() -> frozenset[Statement]:
    seen: set[str] = set()
    said = {id(s): s for result in people() for s in walk(result, seen)}
    found = set(said.values())
    for medicine in BOOK.medicines.values():
        found |= set(walk(describe(ENGINE, recognise(BOOK, medicine.ingredient)), seen))
    for section, names in FIELDS.items():
        for entry in getattr(BOOK, section).values():
            if isinstance(entry, Entry):
                found |= {ENGINE.say(text, entry) for name in names for text in as_texts(getattr(entry, name))}
    return frozenset(found | {ENGINE.phrase(name) for name in BOOK.words.phrases})


def as_texts(value: Any) -> tuple[str, ...]:
    return tuple(text for text in ((value,) if isinstance(value, str) else value) if text)


def resolves(cite: Cite) -> bool:
    return cite.id in {"claim": BOOK.claims, "source": BOOK.sources, "judgement": BOOK.judgements}[cite.kind]


def test_whatever_is_said_to_anyone_rests_on_something_that_exists() -> None:
    """One test, because collecting every statement takes a while."""
    assert len(cases()) == 44
    said = statements()
    assert len(said) > 2000
    assert sorted((s.about, s.text) for s in said if not s.cites) == []
    assert sorted(s.about for s in said if not s.text.strip()) == []
    assert sorted({(s.about, c.kind, c.id) for s in said for c in s.cites if not resolves(c)}) == []
    about = {s.about for s in said}
    assert sorted(a for a in about if a not in BOOK.everything and not a.startswith("words/")) == []


def test_every_judgement_has_a_name_and_a_date() -> None:
    assert [j.id for j in BOOK.judgements.values() if not j.by.strip() or j.date > TODAY or not j.plain.strip()] == []


def test_opinion_is_never_passed_off_as_a_source() -> None:
    """An entry whose basis is opinion cites the judgement that stands in for a figure."""
    entries = [e for _, section in BOOK.sections() for e in section.values() if isinstance(e, Entry)]
    opinion = [e for e in entries if e.basis in ("expert_estimate", "standard_practice")]
    assert opinion
    assert [e.id for e in opinion if not any(c.kind == "judgement" for c in ENGINE.cites(e))] == []


def test_every_source_can_be_found() -> None:
    def found_by(s: Source) -> bool:
        return bool(s.url or s.doi or s.pmid or (s.authors and s.year))

    unnamed = [s.id for s in BOOK.sources.values() if not s.title.strip() or not found_by(s)]
    assert unnamed == []


def test_results_carry_their_book_and_date() -> None:
    result = told(BOOK, {})
    assert (result.book_version, result.book_digest, result.date) == (BOOK.info.version, BOOK.digest, TODAY)


@pytest.mark.parametrize("case_id", ["C003", "C060", "C132"])
def test_the_same_person_gets_the_same_result(case_id: str) -> None:
    assert assess(BOOK, cases()[case_id], TODAY) == assess(BOOK, cases()[case_id], TODAY)
