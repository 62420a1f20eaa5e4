"""What to do now, tonight and this month, and what not: each offer only to those whom nothing speaks against."""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from crampwise.assess.assessment import Ask, Flag, Offer, Statement, Status
from crampwise.assess.engine import Engine
from crampwise.assess.known import Known
from crampwise.assess.triage import ALONE, GIVEN, clinical_open, open_questions, rule_words
from crampwise.assess.voice import Advice
from crampwise.book.schema.care import Stretch
from crampwise.interpret.program import Results


def actions(engine: Engine, known: Known, results: Results) -> tuple[Offer, ...]:
    """Sort out every action that makes sense for this person, by when it is to be done."""
    return tuple([_offer(engine, known, results, advice) for advice in suited_actions(engine, known, results)])


def stretches(engine: Engine, known: Known, results: Results) -> tuple[Offer, ...]:
    """Sort out the stretches for the muscles that cramp."""
    return tuple([_offer(engine, known, results, advice) for advice in suited_stretches(engine, known, results)])


def suited_actions(engine: Engine, known: Known, results: Results) -> list[Advice]:
    """Pick the actions that make sense for this person, whether or not something speaks against them."""
    if _not_of_age(results):
        return []
    absent = known.absent
    return [a for a in engine.actions.values() if fits(a, results) and not (a.sites and a.sites <= absent)]


def suited_stretches(engine: Engine, known: Known, results: Results) -> list[Advice]:
    """Pick the stretches for the muscles that cramp, whether or not something speaks against them."""
    if _not_of_age(results):
        return []
    cramping = {site for site, value in known.closed.values.items() if value is True}
    return [s for s in engine.stretches.values() if s.sites and s.sites <= cramping and fits(s, results)]


def offer_stretch(engine: Engine, known: Known, results: Results, stretch: Stretch) -> Offer:
    """Say whether this person may do one stretch."""
    return _offer(engine, known, results, engine.stretches[stretch.id])


def never(engine: Engine, fired: Iterable[Flag], withheld: Iterable[Statement]) -> tuple[Statement, ...]:
    """What not to do in this case: what fired flags forbid, and what is withheld from this person."""
    found = [*(s for flag in fired for s in flag.never), engine.phrase("do_not_stop"), *withheld]
    return tuple({s.text: s for s in found}.values())


def withheld(offers: Iterable[Offer]) -> Iterator[Statement]:
    """Give the reasons why offers are withheld, but for those that are only talked about."""
    return (s for offer in offers if offer.status == "withheld" and offer.horizon != "talk" for s in offer.why_not)


def _not_of_age(results: Results) -> bool:
    """Whether the book says that its actions make no sense for this person at all."""
    return bool(results.false.get("offers_for", 0) >> GIVEN & 1)


def fits(advice: Advice, results: Results) -> bool:
    """Say whether this is for everyone, or for particular people of whom this person is known to be one."""
    return advice.fits is None or bool(results.true[advice.fits] >> GIVEN & 1)


class Standing(NamedTuple):
    """Whether a person may have what is advised: keys of the reasons against it that hold, and that may hold."""

    status: Status
    against: list[str]
    asked: list[str]


def standing(advice: Advice, results: Results) -> Standing:
    """Hold advice against the reasons against it."""
    against: list[str] = []
    asked: list[str] = []
    places, true, false = results.true.places, results.true.planes, results.false.planes
    for key in advice.not_for:
        if true[places[key]] >> GIVEN & 1:
            against.append(key)
        elif not false[places[key]] >> ALONE & 1:
            asked.append(key)
    open_status: Status = "information" if advice.only_told else "ask_first" if asked else "offered"
    return Standing("withheld" if against else open_status, against, asked)


def _offer(engine: Engine, known: Known, results: Results, advice: Advice) -> Offer:
    status, against, asked = standing(advice, results)
    asks: dict[str, Ask] = {}
    answerable: set[str] = set()
    for key in asked:
        if mine := open_questions(engine, key, known):
            asks.update(mine)
            answerable.add(key)
    places, false = results.false.places, results.false.planes
    settled = answerable.union(against)
    aside = [key for key in advice.not_for if not false[places[key]] >> GIVEN & 1 and key not in settled]
    return Offer(
        id=advice.entry.id,
        title=advice.entry.title,
        kind=advice.kind,
        horizon=advice.horizon,
        verdict=advice.verdict,
        status=status,
        say=advice.say,
        works=advice.works,
        cautions=tuple([said for key, said in advice.cautions if not false[places[key]] >> ALONE & 1]),
        asks=() if against else tuple(asks.values()),
        why_not=why_not(engine, advice, against),
        not_examined=tuple(dict.fromkeys([f for key in aside for f in clinical_open(engine, key, known)])),
    )


def why_not(engine: Engine, advice: Advice, against: Iterable[str]) -> tuple[Statement, ...]:
    """Say why advice is withheld, a statement for each reason."""
    return tuple([_why_not(engine, advice, key) for key in against])


def _why_not(engine: Engine, advice: Advice, key: str) -> Statement:
    reason = rule_words(engine, engine.rules[key])
    return engine.say(f"{engine.book.words.phrases['withheld']} {advice.entry.title} ({reason}).", advice.entry)
