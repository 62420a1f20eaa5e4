"""Every entry of every kind can be shown, with where it is used and what it rests on."""

import json
from dataclasses import replace

import pytest

from crampwise.book.book import Book
from crampwise.book.compile import open_book
from crampwise.book.schema.knowledge import Claim
from crampwise.edges.cli.book_coverage import coverage
from crampwise.logic.errors import InputError
from crampwise.lookup.data import entry_data, evidence_data
from crampwise.lookup.entry import parts_of
from crampwise.lookup.links import evidence_of, rule_ids, used_by
from crampwise.lookup.names import KINDS, find, short_title, title_of


@pytest.fixture(scope="module")
def book() -> Book:
    return open_book()


@pytest.mark.parametrize("kind", KINDS)
def test_every_entry_has_a_title_parts_and_data(book: Book, kind: str) -> None:
    for id_, entry in dict(book.sections())[kind].items():
        assert title_of(kind, entry)
        assert all(line and "\n" not in line for part in parts_of(book, id_) for line in part.lines)
        assert all("Present(" not in line and "Decimal(" not in line for p in parts_of(book, id_) for line in p.lines)
        data = json.loads(json.dumps(entry_data(book, id_)))
        assert data["kind"] == KINDS[kind]
        assert data["evidence"] == {
            k: v for k, v in evidence_data(book, id_).items() if k not in ("kind", "id", "title")
        }


def test_every_kind_of_the_book_has_a_name(book: Book) -> None:
    assert set(KINDS) == {kind for kind, _ in book.sections()}


def test_a_red_flag_says_its_rule_its_advice_and_its_examples(book: Book) -> None:
    for flag in book.red_flags.values():
        parts = {p.field: p for p in parts_of(book, flag.id)}
        assert {"when", "because", "do", "examples", "level"} <= parts.keys()
        assert len(parts["examples"].lines) == sum(
            map(len, (flag.examples.fires, flag.examples.clears, flag.examples.open))
        )


def test_a_condition_shows_each_likelihood_with_its_basis(book: Book) -> None:
    for condition in book.conditions.values():
        parts = {p.field: p for p in parts_of(book, condition.id)}
        lines = parts["likelihoods"].lines if condition.likelihoods else ()
        assert len(lines) == len(condition.likelihoods)
        for line, likelihood in zip(lines, condition.likelihoods, strict=True):
            assert likelihood.finding in line
            assert likelihood.basis.replace("_", " ") in line


def test_uses_of_a_finding_are_the_rules_that_read_it(book: Book) -> None:
    for id_ in ("dark_urine", "one_leg_swollen"):
        flags = tuple(f.id for f in book.red_flags.values() if id_ in rule_ids(f.when))
        assert used_by(book, id_)["red_flags"] == flags


def test_uses_of_a_medicine_are_its_brands(book: Book) -> None:
    brands = tuple(b.name for b in book.brands.values() if "furosemide" in b.ingredients)
    assert used_by(book, "med_furosemide")["brands"] == brands


def test_evidence_holds_every_claim_that_names_the_entry(book: Book) -> None:
    for id_, claims in book.claims_of.items():
        if id_ in book.everything:
            assert set(claims) <= {c.id for c in evidence_of(book, id_).claims}


def test_opinion_is_shown_with_its_judgement(book: Book) -> None:
    for entry in book.conditions.values():
        found = evidence_of(book, entry.id)
        opinion = {f.basis for f in found.figures} & {"expert_estimate", "standard_practice"}
        covered = {b for j in found.judgements for b in j.covers}
        assert opinion <= covered


def test_every_claim_of_the_book_is_executed(book: Book) -> None:
    found = coverage(book)
    assert found.missing == ()
    assert found.executed == len(book.claims)
    assert found.provenance == {c.id: c.gap for c in book.claims.values() if c.gap}


@pytest.mark.parametrize(
    "executed_by", [(), ("no_such_entry",), ("dark_urine", "no_such_entry"), ("S01",), ("nhs_dvt",)]
)
def test_a_claim_that_only_names_records_is_missing(book: Book, executed_by: tuple[str, ...]) -> None:
    claim = next(iter(book.claims.values()))
    changed: Claim = replace(claim, executed_by=executed_by)
    found = coverage(replace(book, claims={**book.claims, claim.id: changed}))
    assert found.missing == (claim.id,)
    assert found.executed == len(book.claims) - 1


def test_a_claim_about_the_document_is_executed_by_its_record(book: Book) -> None:
    claim = next(iter(book.claims.values()))
    changed = replace(claim, executed_by=(claim.source,))
    assert coverage(replace(book, claims={claim.id: changed})).missing == ()


def test_medicines_are_found_by_any_name(book: Book) -> None:
    assert find(book, "Furosemide") == find(book, "FRUSEMIDE") == ("med_furosemide",)
    assert find(book, "lasix") == ("Lasix", "med_furosemide")
    assert len(find(book, "Co-amilofruse")) == 3


def test_an_id_is_found_whatever_its_case(book: Book) -> None:
    assert find(book, "T_DVT") == find(book, "t dvt") == ("t_dvt",)
    assert find(book, "msd-001") == ("MSD-001",)


def test_an_unknown_name_gets_the_nearest_one(book: Book) -> None:
    with pytest.raises(InputError, match="Did you mean 'tetany'"):
        find(book, "tetny")
    with pytest.raises(InputError, match="book search"):
        find(book, "qqqqqqqq")


def test_long_titles_are_cut_at_a_word(book: Book) -> None:
    for id_ in book.policies:
        assert len(short_title(book, id_, 40)) <= 42
