"""The evidence of one page: each sentence gets a number that leads to what it rests on."""

from typing import Any

from crampwise.assess.assessment import Cite
from crampwise.assess.countries import country_in_a_sentence
from crampwise.assess.page import emergency_number
from crampwise.book.book import Book
from crampwise.book.schema.knowledge import EmergencyNumber
from crampwise.edges.web.session import Session
from crampwise.edges.web.web import Web
from crampwise.lookup.cite import Reference, reference


class Notes:
    """Numbers what is cited in order of first use; sentences that rest on the same share a number."""

    def __init__(self, book: Book) -> None:
        self.book = book
        self._numbers: dict[tuple[Cite, ...], int] = {}
        self._marked: set[int] = set()

    def number(self, cites: tuple[Cite, ...]) -> int:
        """Give the number of what a sentence rests on; 0 for nothing."""
        return self._numbers.setdefault(cites, len(self._numbers) + 1) if cites else 0

    def first(self, number: int) -> bool:
        """Whether this is the first mark with a number; there the way back from the evidence ends."""
        new = number not in self._marked
        self._marked.add(number)
        return new

    def __call__(self, cites: tuple[Cite, ...]) -> list[Reference]:
        """Take citations apart."""
        return [reference(self.book, c) for c in cites]

    @property
    def items(self) -> list[tuple[int, list[Reference]]]:
        """Every number given so far with its references."""
        return [(n, self(cites)) for cites, n in self._numbers.items()]


def calling(web: Web, session: Session) -> dict[str, Any]:
    """Give what a page needs to say whom to call; a country that is only guessed is asked about, not assumed."""
    known, guessed = _number(web.book, session.country), _number(web.book, session.guess)
    phrase, country = web.book.words.phrases["number_guessed"], country_in_a_sentence(session.guess or "")
    return {
        "call": known,
        "call_words": emergency_number(web.book, session.country).text,
        "guess": None if known or guessed is None else guessed,
        "guess_words": phrase.format(country=country, number=guessed.number) if guessed and not known else "",
        "notes": Notes(web.book),
    }


def _number(book: Book, country: str | None) -> EmergencyNumber | None:
    return next((n for n in book.words.emergency_numbers if country in n.countries), None)
