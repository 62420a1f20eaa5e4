"""The evidence of one page: each sentence gets a number that leads to what it rests on."""

from typing import Any

from crampwise.assess.assessment import Cite
from crampwise.assess.page import emergency_number
from crampwise.book.book import Book
from crampwise.edges.web.session import Session
from crampwise.edges.web.web import Web
from crampwise.lookup.cite import Reference, reference


class Notes:
    """Numbers what is cited in order of first use; sentences that rest on the same share a number."""

    def __init__(self, book: Book) -> None:
        self.book = book
        self._numbers: dict[tuple[Cite, ...], int] = {}

    def number(self, cites: tuple[Cite, ...]) -> int:
        """Give the number of what a sentence rests on; 0 for nothing."""
        return self._numbers.setdefault(cites, len(self._numbers) + 1) if cites else 0

    def __call__(self, cites: tuple[Cite, ...]) -> list[Reference]:
        """Take citations apart."""
        return [reference(self.book, c) for c in cites]

    @property
    def items(self) -> list[tuple[int, list[Reference]]]:
        """Every number given so far with its references."""
        return [(n, self(cites)) for cites, n in self._numbers.items()]


def calling(web: Web, session: Session) -> dict[str, Any]:
    """Give what a page needs to say whom to call."""
    country = session.country
    known = next((n for n in web.book.words.emergency_numbers if country and country in n.countries), None)
    return {
        "call": known,
        "call_words": emergency_number(web.book, country).text,
        "notes": Notes(web.book),
    }
