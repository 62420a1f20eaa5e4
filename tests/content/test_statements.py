"""Every sentence that an assessment can say rests on something: a claim, a source, or a named, dated judgement."""

from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from functools import cache
from typing import Any

import pytest

from crampwise.assess.assess import assess
from crampwise.assess.assessment import Assessment, Cite, Statement
from crampwise.assess.engine import engine_of
from crampwise.assess.medicines import describe, recognise
from crampwise.book.schema.common import Entry
from crampwise.logic.errors import InputError
from tests.support.patient_texts import FIELDS
from tests.support.people import TODAY, cases, shipped, told, values_of

pytestmark = pytest.mark.xdist_group("statements")
BOOK = shipped()
ENGINE = engine_of(BOOK)


def walk(value: Any) -> Iterator[Statement]:
    """Every statement anywhere inside a result."""
    if isinstance(value, Statement):
        yield value
    elif isinstance(value, (tuple, list)):
        for item in value:
            yield from walk(item)
    elif is_dataclass(value):
        for field in fields(value):
            if not field.name.startswith("find_"):
                yield from walk(getattr(value, field.name))


@cache
def assessments() -> tuple[Assessment, ...]:
    """Everyone in the examples of the red flags and in the cases."""
    found = [assess(BOOK, intake, TODAY) for intake in cases().values()]
    for flag in BOOK.red_flags.values():
        for example in (*flag.examples.fires, *flag.examples.clears, *flag.examples.open):
            found.append(told(BOOK, values_of(BOOK, example)))
    return tuple(found)


@cache
def statements() -> frozenset[Statement]:
    said = {s for result in assessments() for s in walk(result)}
    said |= {s for m in BOOK.medicines.values() for s in walk(describe(ENGINE, recognise(BOOK, m.ingredient)))}
    for section, names in FIELDS.items():
        for entry in getattr(BOOK, section).values():
            if isinstance(entry, Entry):
                said |= {ENGINE.say(text, entry) for name in names for text in as_texts(getattr(entry, name))}
    return frozenset(said | {ENGINE.phrase(name) for name in BOOK.words.phrases})


def as_texts(value: Any) -> tuple[str, ...]:
    return tuple(text for text in ((value,) if isinstance(value, str) else value) if text)


def resolves(cite: Cite) -> bool:
    return cite.id in {"claim": BOOK.claims, "source": BOOK.sources, "judgement": BOOK.judgements}[cite.kind]


def test_many_different_people_say_many_different_things() -> None:
    assert len(cases()) == 44
    assert len(assessments()) > 600
    assert len(statements()) > 2000


def test_every_statement_has_words_and_rests_on_something() -> None:
    assert sorted((s.about, s.text) for s in statements() if not s.cites) == []
    assert sorted(s.about for s in statements() if not s.text.strip()) == []


def test_every_citation_leads_somewhere() -> None:
    assert sorted({(s.about, c.kind, c.id) for s in statements() for c in s.cites if not resolves(c)}) == []


def test_every_statement_is_about_an_entry_or_a_fixed_sentence() -> None:
    about = {s.about for s in statements()}
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
    unnamed = [s.id for s in BOOK.sources.values() if not s.title.strip() or not (s.url or s.doi or s.pmid)]
    assert unnamed == []


def test_results_carry_their_book_and_date() -> None:
    for result in assessments()[:5]:
        assert (result.book_version, result.book_digest, result.date) == (BOOK.info.version, BOOK.digest, TODAY)


@pytest.mark.parametrize("case_id", ["C003", "C060", "C132"])
def test_the_same_person_gets_the_same_result(case_id: str) -> None:
    assert assess(BOOK, cases()[case_id], TODAY) == assess(BOOK, cases()[case_id], TODAY)


def test_no_example_and_no_case_is_refused() -> None:
    try:
        assessments()
    except InputError as error:
        pytest.fail(str(error))
