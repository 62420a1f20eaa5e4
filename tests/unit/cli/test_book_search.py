"""Search finds entries by every name people use, and never takes one word for another that only looks like it."""

import pytest

from crampwise.book.book import Book
from crampwise.book.compile import open_book
from crampwise.lookup.search import search


@pytest.fixture(scope="module")
def book() -> Book:
    return open_book()


def ids(book: Book, words: str, kind: str | None = None) -> list[str]:
    return [hit.id for hit in search(book, words, kind)]


def test_charley_horse_finds_the_word_and_the_muscle(book: Book) -> None:
    found = ids(book, "charley horse")
    assert found[0] == "gl_charley_horse"
    assert "calf" in found


@pytest.mark.parametrize(("word", "other"), [("tetany", "tetanus"), ("tetanus", "tetany")])
def test_tetany_and_tetanus_stay_apart(book: Book, word: str, other: str) -> None:
    found = ids(book, word)
    assert found[0] == word
    assert not {other, f"t_{other}", f"lib_{other}", f"look_{other}"} & set(found)


def test_every_glossary_word_is_found_first_by_its_own_name(book: Book) -> None:
    for word in book.glossary.values():
        for name in (word.term, *word.also):
            assert word.id in ids(book, name)[:3], name


def test_every_brand_and_ingredient_is_found(book: Book) -> None:
    for brand in book.brands.values():
        assert brand.name in ids(book, brand.name), brand.name
    for medicine in book.medicines.values():
        assert medicine.id in ids(book, medicine.ingredient, "medicines"), medicine.id


def test_every_lay_name_of_a_muscle_is_found(book: Book) -> None:
    for muscle in book.muscles.values():
        for name in muscle.also:
            assert muscle.id in ids(book, name, "muscles"), name


def test_spelling_plural_and_case_do_not_matter(book: Book) -> None:
    assert ids(book, "HYPOKALEMIA")[0] == "hypokalaemia"
    assert ids(book, "charley horses") == ids(book, "Charley Horse")


@pytest.mark.parametrize("typed", ["hors", "charley hors"])
def test_a_word_begun_is_not_cut_as_if_it_were_a_plural(book: Book, typed: str) -> None:
    hits = search(book, typed)
    assert hits[0].id == "gl_charley_horse"
    assert not {"med_teriparatide", "Horizant"} & {hit.id for hit in hits}


def test_a_kind_limits_the_search(book: Book) -> None:
    assert {hit.kind for hit in search(book, "potassium", "tests")} == {"tests"}


def test_nothing_is_found_for_nothing(book: Book) -> None:
    assert search(book, "") == search(book, "?!") == search(book, "qwxyz") == ()
