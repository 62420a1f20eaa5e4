"""What to do now, tonight and this month, and what not: each offer only to those whom nothing speaks against."""

from collections.abc import Iterable, Mapping

from crampwise.assess.assessment import Ask, Flag, Offer, Statement
from crampwise.assess.engine import Engine
from crampwise.assess.known import Known
from crampwise.assess.triage import ALONE, GIVEN, clinical_open, open_questions, rule_words
from crampwise.assess.voice import Advice
from crampwise.book.schema.care import Stretch
from crampwise.interpret.program import Results


def actions(engine: Engine, known: Known, results: Results) -> tuple[Offer, ...]:
    """Sort out every action that makes sense for this person, by when it is to be done."""
    if _not_of_age(results):
        return ()
    absent = known.absent
    return tuple(
        [
            _offer(engine, known, results, action)
            for action in engine.actions.values()
            if fits(action, results) and not (action.sites and action.sites <= absent)
        ]
    )


def stretches(engine: Engine, known: Known, results: Results) -> tuple[Offer, ...]:
    """Sort out the stretches for the muscles that cramp."""
    if _not_of_age(results):
        return ()
    return tuple(
        _offer(engine, known, results, stretch)
        for stretch in engine.stretches.values()
        if stretch.sites and all(known.closed.get(site) is True for site in stretch.sites) and fits(stretch, results)
    )


def offer_stretch(engine: Engine, known: Known, results: Results, stretch: Stretch) -> Offer:
    """Say whether this person may do one stretch."""
    return _offer(engine, known, results, engine.stretches[stretch.id])


def never(engine: Engine, fired: Iterable[Flag], offers: Iterable[Offer]) -> tuple[Statement, ...]:
    """What not to do in this case: what fired flags forbid, and what is withheld from this person."""
    found = [s for flag in fired for s in flag.never]
    found += [engine.phrase("do_not_stop")]
    found += [s for offer in offers if offer.status == "withheld" and offer.horizon != "talk" for s in offer.why_not]
    return tuple({s.text: s for s in found}.values())


def _not_of_age(results: Results) -> bool:
    """Whether the book says that its actions make no sense for this person at all."""
    return bool(results.false.get("offers_for", 0) >> GIVEN & 1)


def fits(advice: Advice, results: Results) -> bool:
    """Say whether this is for everyone, or for particular people of whom this person is known to be one."""
    return advice.fits is None or bool(results.true[advice.fits] >> GIVEN & 1)


def _offer(engine: Engine, known: Known, results: Results, advice: Advice) -> Offer:
    against: list[str] = []
    asked: list[str] = []
    asks: dict[str, Ask] = {}
    aside: list[str] = []
    places, true, false = results.true.places, results.true.planes, results.false.planes
    for key in advice.not_for:
        place = places[key]
        if true[place] >> GIVEN & 1:
            against.append(key)
            continue
        mine: Mapping[str, Ask] = {}
        if not false[place] >> ALONE & 1:
            asked.append(key)
            mine = open_questions(engine, key, known)
            asks.update(mine)
        if not mine and not false[place] >> GIVEN & 1:
            aside += clinical_open(engine, key, known)
    return Offer(
        id=advice.entry.id,
        title=advice.entry.title,
        kind=advice.kind,
        horizon=advice.horizon,
        verdict=advice.verdict,
        status="withheld" if against else "information" if advice.only_told else "ask_first" if asked else "offered",
        say=advice.say,
        works=advice.works,
        cautions=tuple([said for key, said in advice.cautions if not false[places[key]] >> ALONE & 1]),
        asks=() if against else tuple(asks.values()),
        why_not=tuple([_why_not(engine, advice, key) for key in against]),
        not_examined=tuple(dict.fromkeys(aside)),
    )


def _why_not(engine: Engine, advice: Advice, key: str) -> Statement:
    reason = rule_words(engine, engine.rules[key])
    return engine.say(f"{engine.book.words.phrases['withheld']} {advice.entry.title} ({reason}).", advice.entry)
