"""S1 to S5: urgency follows red flags, and everyone gets one."""

from collections.abc import Callable, Iterator

from crampwise.assess.assess import assess
from crampwise.assess.assessment import Urgency
from crampwise.assess.intake import Intake
from crampwise.book.book import rank
from crampwise.book.schema.care import RedFlag
from crampwise.book.schema.common import LEVELS
from crampwise.logic.answers import Answers
from crampwise.logic.truth import Truth
from crampwise.safety import glue
from crampwise.safety.ground import Ground
from crampwise.safety.obligations import Cases, Claim, Failure, Obligation, Query, Search, Wanted, someone
from crampwise.safety.trees import both, either, neither

CALMING = ("cleared", "reassure")


def key_of(flag: RedFlag) -> str:
    """The key of a red flag's rule."""
    return f"red_flag/{flag.id}"


def sorted_rightly(ground: Ground) -> Cases:
    """The code sorts flags by what the program says of them."""
    return Cases(
        "sorting", "Every red flag is fired, open or ruled out by its truth alone.", lambda: glue.sorting(ground.engine)
    )


def levels_hold(ground: Ground, name: str, says: str, holds: Callable[[glue.Case, Urgency], bool]) -> Cases:
    """Something holds of the shown urgency, whatever levels come together."""

    def run() -> tuple[int, list[Failure]]:
        table = glue.urgencies(ground.engine)
        failures = [
            Failure(f"{name}/{_words(case)}", f"{says} Not so for {_words(case)}.")
            for case, shown in table.items()
            if shown is not None and not holds(case, shown)
        ]
        return len(table), failures

    return Cases(name, says, run)


def _words(case: glue.Case) -> str:
    parts = [f"{n} {'+'.join(sorted(x))}" for n, x in zip(("fired", "open", "likely"), case[:3], strict=True) if x]
    return ", ".join([*parts, *(["a result out of range"] if case.abnormal else [])]) or "nothing"


def s1(ground: Ground) -> Iterator[Obligation]:
    """Shown urgency >= urgency of each red flag that is true by its rule."""
    claims = [
        Claim(
            f"S1/{flag.id}",
            f"The red flag {flag.id} is true of someone for whom it does not fire.",
            both(ground.means(key_of(flag))[0], neither(ground.given.true[key_of(flag)])),
        )
        for flag in ground.engine.book.red_flags.values()
    ]
    yield Query("S1", ground.person.accepted, (ground.person,), claims)
    yield sorted_rightly(ground)
    yield levels_hold(
        ground,
        "levels",
        "The urgency is at least that of every red flag that fired, and its upper end that of every open one.",
        lambda case, shown: (
            glue.highest(case.fired) <= rank(shown.at_least) <= rank(shown.at_most)
            and glue.highest(case.open) <= rank(shown.at_most)
        ),
    )


def s2(ground: Ground) -> Iterator[Obligation]:
    """self_care as the last word only when every higher flag is false; otherwise there is something left to answer."""
    engine, person = ground.engine, ground.person
    higher = [f for f in engine.book.red_flags.values() if rank(f.level) > 0]
    cleared, asked, either_open = [], [], []
    for flag in higher:
        key = key_of(flag)
        still_open = neither(ground.given.true[key], ground.alone.false[key])
        own = either(ground.unknown(f) for f in sorted(engine.own_ids[key]))
        clinical = either(ground.unknown(f) for f in engine.clinical_reads[key])
        by_rule = ground.means(key, person.alone)[1]
        cleared.append(
            Claim(
                f"S2/{flag.id}/cleared",
                f"{flag.id} counts as ruled out for someone for whom its rule is not false.",
                both(
                    ground.alone.false[key],
                    either([neither(by_rule), both(neither(ground.means(key)[1]), neither(clinical))]),
                ),
            )
        )
        nothing = f"{flag.id} is open for someone, and no question is left that would settle it."
        asked.append(Claim(f"S2/{flag.id}/asked", nothing, both(still_open, neither(own))))
        either_open.append(Claim(f"S2/{flag.id}/tested", nothing, both(still_open, neither(own, clinical))))
    yield Query("S2-cleared", person.accepted, (person,), cleared)
    yield Query("S2-asked", [*person.accepted, *person.untested], (person,), asked)
    yield Query("S2-tested", person.accepted, (person,), either_open)
    yield sorted_rightly(ground)
    yield levels_hold(ground, "calm", "Calming words are said only when nothing is fired, open or out of range.", _calm)


def _calm(case: glue.Case, shown: Urgency) -> bool:
    about = {s.about.removeprefix("words/") for s in shown.say}
    alarming = max(glue.highest(case.fired), glue.highest(case.open), glue.highest(case.likely))
    if about & set(CALMING) and (alarming or case.abnormal):
        return False
    return "levels/self_care" not in about or alarming == 0


def s3(ground: Ground) -> Iterator[Obligation]:
    """Nothing fires for the person about whom nothing is known."""
    claims = [
        Claim(f"S3/{f.id}", f"{f.id} fires for someone about whom nothing is known.", ground.given.true[key_of(f)])
        for f in ground.engine.book.red_flags.values()
    ]
    nothing = list(ground.person.silences.values())
    yield Query("S3", [*ground.person.accepted, *nothing], (ground.person,), claims)

    def run() -> tuple[int, list[Failure]]:
        info = ground.engine.book.info
        result = assess(ground.engine.book, Intake(Answers()), info.date)
        raised = result.urgency.raised_by
        level, by = result.urgency.at_least, ", ".join(raised) or "no reason"
        said = f"With nothing known the urgency is already {level}, for {by}."
        wrong = result.urgency.at_least != LEVELS[0] or raised or result.fired
        return 1, [Failure("S3/nobody", said, Answers())] if wrong else []

    yield Cases("nobody", "The real assessment of nobody shows no urgency.", run)


def s4(ground: Ground) -> Iterator[Obligation]:
    """Every flag can fire and can be cleared."""
    wanted = []
    for flag in ground.engine.book.red_flags.values():
        for side, truth, word in ((0, Truth.TRUE, "fire"), (1, Truth.FALSE, "be cleared")):
            like = (ground.given.true, ground.given.false)[side][key_of(flag)]
            check = _truth_is(ground, key_of(flag), truth)
            wanted.append(Wanted(f"S4/{flag.id}/{truth.value}", f"{flag.id} can never {word}.", like, check))
    person = ground.person
    how = "each looked at again by the reference interpreter"
    yield Search("S4", how, [*person.accepted, *person.plausible, *person.untested], person, wanted)


def _truth_is(ground: Ground, key: str, truth: Truth) -> Callable[[Answers], bool]:
    return lambda answers: ground.truth(key, answers) is truth


def s5(ground: Ground) -> Iterator[Obligation]:
    """Everyone gets an urgency and an action."""
    claims = [
        Claim(
            f"S5/{flag.id}/{lane}",
            f"{flag.id} is both true and false for someone.",
            both(results.true[key_of(flag)], results.false[key_of(flag)]),
        )
        for flag in ground.engine.book.red_flags.values()
        for lane, results in (("given", ground.given), ("alone", ground.alone))
    ]
    yield Query("S5", ground.person.accepted, (ground.person,), claims)
    yield sorted_rightly(ground)
    yield Cases("every", "Whatever comes together, a level is shown in words.", lambda: _all_said(ground))
    yield Cases("do", "Every red flag and every level says what to do.", lambda: _all_do(ground))


def _all_said(ground: Ground) -> tuple[int, list[Failure]]:
    table = glue.urgencies(ground.engine)
    dumb = [
        c for c, shown in table.items() if shown is None or not shown.say or not all(s.text.strip() for s in shown.say)
    ]
    silent = [Failure(f"S5/said/{_words(c)}", f"Nothing is said for {_words(c)}.", _one(ground, c)) for c in dumb]
    return len(table), sorted(silent, key=lambda f: (f.answers is None, len(f.id)))[:3]


def _one(ground: Ground, case: glue.Case) -> Answers | None:
    """Someone from a flag's own examples for whom just these levels come together."""
    if len(case.fired) != 1 or case.likely or case.abnormal:
        return None
    flags = [f for f in ground.engine.book.red_flags.values() if f.level in case.fired]
    found = [a for f in flags if (a := _firing(ground, key_of(f))) is not None]
    return found[0] if found else None


def _firing(ground: Ground, key: str) -> Answers | None:
    """Someone for whom a red flag fires, of whom as little as possible is known."""
    person = ground.person
    return someone([*person.accepted, *person.plausible, *person.untested, ground.given.true[key]], person)


def _all_do(ground: Ground) -> tuple[int, list[Failure]]:
    book, failures = ground.engine.book, []
    for flag in book.red_flags.values():
        if not any(text.strip() for text in flag.do):
            failures.append(
                Failure(f"S5/{flag.id}", f"{flag.id} does not say what to do.", _firing(ground, key_of(flag)))
            )
    for level in LEVELS:
        words = [w for w in book.words.levels if w.level == level]
        if len(words) != 1 or not (words[0].title.strip() and words[0].do.strip()):
            failures.append(Failure(f"S5/{level}", f"The words for {level} are missing, empty or double."))
    return len(book.red_flags) + len(LEVELS), failures
