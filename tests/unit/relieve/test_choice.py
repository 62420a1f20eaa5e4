"""A muscle is found by its id, title and every lay name; a stretch by its own names."""

import pytest

from crampwise.book.book import Book
from crampwise.book.compile import open_book
from crampwise.logic.errors import InputError
from crampwise.relieve.choice import choose, stretches_for


@pytest.fixture(scope="module")
def book() -> Book:
    return open_book()


def test_every_name_leads_to_its_muscle(book: Book) -> None:
    for muscle in book.muscles.values():
        for name in (muscle.id, muscle.title, muscle.title.upper(), *muscle.also):
            assert choose(book, name)[0] is muscle, name


def test_a_name_inside_a_sentence_is_found(book: Book) -> None:
    assert choose(book, "my left calf")[0].id == "calf"
    assert choose(book, "the back of the thigh, left")[0].id == "hamstring"


def test_a_stretch_is_found_by_its_id_and_title(book: Book) -> None:
    for stretch in book.stretches.values():
        muscle, found = choose(book, stretch.id)
        assert found is stretch
        assert muscle.id == stretch.muscle


def test_an_unknown_muscle_gets_the_nearest_one_or_the_list(book: Book) -> None:
    with pytest.raises(InputError, match="Did you mean 'calf'"):
        choose(book, "clf")
    with pytest.raises(InputError, match="Muscles are"):
        choose(book, "xyzzy")


def test_two_muscles_are_not_guessed_between(book: Book) -> None:
    with pytest.raises(InputError, match="more than one"):
        choose(book, "calf and jaw")


def test_stretches_for_a_cramp_come_first(book: Book) -> None:
    for muscle in book.muscles.values():
        during = ["cramp" in s.when for s in stretches_for(book, muscle)]
        assert during
        assert during == sorted(during, reverse=True)
