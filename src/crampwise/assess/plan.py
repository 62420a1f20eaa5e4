"""What to do now, tonight and this month, and what not: each offer only to those whom nothing speaks against."""

from collections.abc import Iterable

from crampwise.assess.assessment import Flag, Offer, Statement
from crampwise.assess.engine import Engine
from crampwise.assess.known import Known
from crampwise.assess.triage import ALONE, GIVEN, clinical_open, open_asks, rule_words
from crampwise.book.schema.care import Action, Stretch
from crampwise.interpret.program import Results

_ORDER = ("now", "tonight", "this_month", "talk")


def actions(engine: Engine, known: Known, results: Results) -> tuple[Offer, ...]:
    """Sort out every action that makes sense for this person, by when it is to be done."""
    if _not_of_age(results):
        return ()
    found = [
        _offer(engine, known, results, action, action.horizon, action.verdict)
        for action in engine.book.actions.values()
        if _fits(action, results) and _targets(engine, action, known)
    ]
    return tuple(sorted(found, key=lambda o: _ORDER.index(o.horizon)))


def stretches(engine: Engine, known: Known, results: Results) -> tuple[Offer, ...]:
    """Sort out the stretches for the muscles that cramp."""
    if _not_of_age(results):
        return ()
    muscles = engine.book.muscles
    return tuple(
        _offer(engine, known, results, stretch, ", ".join(stretch.when), "offer")
        for stretch in engine.book.stretches.values()
        if known.closed.get(muscles[stretch.muscle].site) is True
    )


def offer_stretch(engine: Engine, known: Known, results: Results, stretch: Stretch) -> Offer:
    """Say whether this person may do one stretch."""
    return _offer(engine, known, results, stretch, ", ".join(stretch.when), "offer")


def never(engine: Engine, fired: Iterable[Flag], offers: Iterable[Offer]) -> tuple[Statement, ...]:
    """What not to do in this case: what fired flags forbid, and what is withheld from this person."""
    found = [s for flag in fired for s in flag.never]
    found += [engine.phrase("do_not_stop")]
    found += [s for offer in offers if offer.status == "withheld" and offer.horizon != "talk" for s in offer.why_not]
    return tuple({s.text: s for s in found}.values())


def _not_of_age(results: Results) -> bool:
    """Whether the book says that its actions make no sense for this person at all."""
    return bool(results.false.get("offers_for", 0) >> GIVEN & 1)


def _fits(action: Action, results: Results) -> bool:
    """An action for particular people is shown only when it is known to be for this one."""
    return action.fits is None or bool(results.true[f"fits/{action.id}"] >> GIVEN & 1)


def _targets(engine: Engine, action: Action, known: Known) -> bool:
    if "all" in action.targets:
        return True
    return any(known.closed.get(engine.book.muscles[m].site) is not False for m in action.targets)


def _offer(
    engine: Engine, known: Known, results: Results, entry: Action | Stretch, horizon: str, verdict: str
) -> Offer:
    keys = engine.not_for[entry.id]
    against = [k for k in keys if results.true[k] >> GIVEN & 1]
    open_keys = [k for k in keys if not results.false[k] >> ALONE & 1 and k not in against]
    open_to = {k: open_asks(engine, k, known) for k in open_keys}
    asks = {a.finding: a for found in open_to.values() for a in found}
    aside = [k for k in keys if k not in against and not results.false[k] >> GIVEN & 1 and not open_to.get(k)]
    return Offer(
        id=entry.id,
        title=entry.title,
        kind="stretch" if isinstance(entry, Stretch) else entry.category,
        horizon=horizon,
        verdict=verdict,
        status="withheld"
        if against
        else "information"
        if _only_told(entry)
        else "ask_first"
        if open_keys
        else "offered",
        say=tuple(engine.say(text, entry) for text in _steps(entry)),
        works=engine.say(entry.works, entry) if isinstance(entry, Action) else None,
        cautions=tuple(_cautions(engine, results, entry)),
        asks=() if against else tuple(asks.values()),
        why_not=tuple(_why_not(engine, entry, against)),
        not_examined=tuple(dict.fromkeys(f for k in aside for f in clinical_open(engine, k, known))),
    )


def _only_told(entry: Action | Stretch) -> bool:
    """What a clinician decides on, and what is not recommended, is told as information and never offered."""
    return isinstance(entry, Action) and (entry.who == "clinician" or entry.verdict not in ("offer", "may_try"))


def _steps(entry: Action | Stretch) -> tuple[str, ...]:
    if isinstance(entry, Action):
        return (entry.say,)
    return (entry.start, *entry.steps, entry.stop)


def _cautions(engine: Engine, results: Results, entry: Action | Stretch) -> Iterable[Statement]:
    """Cautions that hold or may hold."""
    for i, caution in enumerate(entry.cautions):
        key = f"caution/{entry.id}/{i}"
        if not results.false[key] >> ALONE & 1:
            yield engine.say(caution.say, entry)


def _why_not(engine: Engine, entry: Action | Stretch, against: Iterable[str]) -> Iterable[Statement]:
    for key in against:
        reason = rule_words(engine, engine.rules[key])
        yield engine.say(f"{engine.book.words.phrases['withheld']} {entry.title} ({reason}).", entry)
