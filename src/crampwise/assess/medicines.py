"""Medicine names as people type them: recognised by ingredient, brand, class, ATC or RxNorm code; never dropped."""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache

from crampwise.assess.assessment import MedicineFound, Statement
from crampwise.assess.engine import Engine
from crampwise.book.book import Book
from crampwise.book.rules import did_you_mean
from crampwise.book.schema.medicines import Medicine

_ATC = re.compile(r"^[a-z]\d{2}(?:[a-z]{1,2}(?:\d{2})?)?$")
_RXNORM = re.compile(r"^(?:rxnorm|rxcui)[: ]*(\d+)$")
_SLIP = 3
_LONGEST = 5
_AMOUNT = r"\d[\d.,/]*\s*(?:mg|mcg|µg|ug|g|ml|units?|iu|%)?"


@dataclass(frozen=True)
class Names:
    """Every name that is recognised, in lower case, with the ingredients or the class it stands for.

    Attributes:
        noise: what may stand around a name. cards: what the book says of each ingredient.
    """

    ingredients: Mapping[str, tuple[str, ...]]
    classes: Mapping[str, tuple[str, ...]]
    noise: re.Pattern[str]
    cards: Mapping[str, tuple[Medicine, ...]]

    def like(self, name: str) -> list[str]:
        """Give the names that a slip of the finger could turn into `name`: same first letter, similar length."""
        known = (*self.ingredients, *self.classes)
        return [k for k in known if k[:1] == name[:1] and abs(len(k) - len(name)) <= _SLIP]

    def bare(self, text: str) -> str:
        """Take amounts, forms and times of day off a name."""
        return " ".join(self.noise.sub(" ", text).split())


@lru_cache(maxsize=4)
def names_of(book: Book) -> Names:
    """Collect the names of a book once."""
    found: dict[str, tuple[str, ...]] = {b.name.lower(): b.ingredients for b in book.brands.values()}
    classes: dict[str, list[str]] = {}
    for m in book.medicines.values():
        for name in (m.ingredient, *m.also_called):
            found[name.lower()] = (m.ingredient,)
        for name in (m.drug_class, m.drug_class + "s"):
            classes.setdefault(name.lower(), []).append(m.ingredient)
    noise = re.compile(rf"\b(?:{_AMOUNT}|{'|'.join(map(re.escape, book.words.medicine_noise))})\b")
    cards: dict[str, list[Medicine]] = defaultdict(list)
    for m in book.medicines.values():
        cards[m.ingredient].append(m)
    only_classes = {name: tuple(members) for name, members in classes.items() if name not in found}
    return Names(found, only_classes, noise, {i: tuple(of) for i, of in cards.items()})


@dataclass(frozen=True)
class Recognised:
    """What one typed name was taken for. `members` are all ingredients of a class when only the class is known."""

    said: str
    ingredients: tuple[str, ...] = ()
    members: tuple[str, ...] = ()
    findings: tuple[str, ...] = ()
    suggestion: str | None = None


def recognise(book: Book, said: str) -> Recognised:
    """Recognise one typed medicine name. A near miss is only suggested, never assumed."""
    names, text = names_of(book), " ".join(said.lower().split())
    code = _by_code(book, said, text)
    if code:
        return code
    if text in book.words.no_medicine:
        return Recognised(said)
    word = (book.info.medicine_words or {}).get(text)
    if word:
        return Recognised(said, findings=word)
    found = _by_name(names, text) or _sequence(names, text) or _sequence(names, names.bare(text))
    if found:
        ingredients = tuple(dict.fromkeys(found))
        return Recognised(said, ingredients, findings=_common(book, [(i,) for i in ingredients]))
    members = names.classes.get(text) or names.classes.get(names.bare(text), ())
    if members:
        return Recognised(said, members=members, findings=_common(book, [members]))
    name = names.bare(text) or text
    return Recognised(said, suggestion=did_you_mean(name, names.like(name)) or None)


def _by_name(names: Names, text: str) -> tuple[str, ...]:
    words = text.split()
    for end in range(len(words), 0, -1):
        found = names.ingredients.get(" ".join(words[:end]))
        if found and not names.bare(" ".join(words[end:])):
            return found
    return names.ingredients.get(names.bare(text), ())


def _sequence(names: Names, text: str) -> tuple[str, ...]:
    """Several known names one after the other, with only amounts, forms and joining words between; else nothing."""
    words = [w for w in re.split(r"[\s/+,&;-]+", text) if w and w not in ("and", "with")]
    found: list[str] = []
    start = 0
    while start < len(words):
        ends = range(min(len(words), start + _LONGEST), start, -1)
        end = next((e for e in ends if " ".join(words[start:e]) in names.ingredients), None)
        if end is not None:
            found += names.ingredients[" ".join(words[start:end])]
            start = end
        elif names.bare(words[start]):
            return ()
        else:
            start += 1
    return tuple(found)


def _by_code(book: Book, said: str, text: str) -> Recognised | None:
    rxnorm = _RXNORM.match(text)
    if rxnorm:
        hits = [m for m in book.medicines.values() if m.rxnorm == rxnorm[1]]
    elif _ATC.match(text):
        hits = [m for m in book.medicines.values() if m.atc.lower().startswith(text)]
    else:
        return None
    ingredients = tuple(dict.fromkeys(m.ingredient for m in hits))
    cards = book.medicines.values()
    asked = {f for m in cards for f in m.asks} - {f for m in cards for f in m.sets}
    by_card = len(ingredients) == 1 or (bool(hits) and len(text) == 7)  # then the class says nothing more
    by_class = [
        f.id
        for f in book.findings.values()
        for prefix in (f.codes or {}).get("rxclass_atc", ())
        if not rxnorm and not by_card and f.id not in asked and text.startswith(prefix.lower())
    ]
    findings = tuple(dict.fromkeys((*by_class, *(_common(book, [ingredients]) if ingredients else ()))))
    if not ingredients and not findings:
        return None
    if len(ingredients) == 1:
        return Recognised(said, ingredients, findings=findings)
    return Recognised(said, members=ingredients, findings=findings)


def _common(book: Book, groups: Iterable[tuple[str, ...]]) -> tuple[str, ...]:
    """Findings that are yes whichever member of each group is taken."""
    found: dict[str, None] = {}
    cards = names_of(book).cards
    for group in groups:
        sets = [m.sets for i in group for m in cards.get(i, ())]
        shared = set.intersection(*map(set, sets)) if sets else set()
        found |= dict.fromkeys(f for told in sets for f in told if f in shared)
    return tuple(found)


def describe(engine: Engine, recognised: Recognised) -> MedicineFound:
    """Say what the book knows of a recognised medicine, and keep an unknown one in sight."""
    book = engine.book
    taken = recognised.ingredients or recognised.members
    cards = [card for ingredient in taken for card in names_of(book).cards.get(ingredient, ())]
    statements: dict[str, Statement] = {}
    for card in cards:
        for statement in _card(engine, card):
            statements.setdefault(statement.text, statement)
    if not cards and not recognised.findings:
        statements = {"": engine.phrase("not_recognised")}
    causes = any(c.evidence not in ("asked_about", "doubtful") for c in cards)
    return MedicineFound(recognised.said, taken, tuple(statements.values()), causes, recognised.suggestion)


def _card(engine: Engine, card: Medicine) -> Iterable[Statement]:
    book = engine.book
    drug_class = book.drug_classes[card.drug_class]
    cites = tuple(dict.fromkeys((*engine.cites(card), *engine.cites(drug_class))))
    yield Statement(f"{drug_class.plain} {drug_class.link}".strip(), card.id, cites)
    if card.plain:
        yield engine.say(card.plain, card)
    if card.evidence != "asked_about":
        yield Statement(book.words.default_medicine, card.id, engine.cites(card))
    if card.monitoring:
        monitoring = book.monitoring[card.monitoring]
        yield engine.say(monitoring.plain, monitoring)
