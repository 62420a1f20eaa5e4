"""`python -m benchmarks.interview_study [PEOPLE]`: does stopping early ever change the urgency?

People are drawn from the book's own model: a stratum, a cause by its prior, then every finding that a person can answer
by its likelihood (or its leak). Each is interviewed; the urgency then is compared with that of all answers at once.
"""

import statistics
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from random import Random

import numpy as np

from crampwise.assess.assess import assess
from crampwise.assess.engine import Engine, engine_of
from crampwise.assess.intake import Intake
from crampwise.assess.known import know
from crampwise.assess.triage import evaluate_rules, triage
from crampwise.book.book import rank
from crampwise.book.compile import open_book
from crampwise.book.schema.common import Level
from crampwise.interpret.person import evaluate
from crampwise.interpret.world import close
from crampwise.interview.guide import guide_of
from crampwise.interview.simulate import Conversation, Patient, converse
from crampwise.interview.stop import reach
from crampwise.logic.answers import Answers, Value
from crampwise.logic.findings import Choice, Number, YesNo
from crampwise.logic.truth import Truth

TODAY = date(2026, 11, 21)


@dataclass(frozen=True)
class Outcome:
    """One person: screens, rank of the urgency by red flags after the interview and with every answer, both levels."""

    screens: int
    asked: int
    everything: int
    told: Level
    told_all: Level


def people(engine: Engine, count: int, seed: int) -> Iterator[Answers]:
    """Draw people from the model; their answers contradict nothing."""
    random = Random(seed)
    strata = engine.book.differential.strata
    for _ in range(count):
        stratum = random.choices(strata, [s.share for s in strata])[0].id
        prior = np.exp(engine.model.stratum(stratum).prior)
        cause = random.choices(range(len(prior)), prior.tolist())[0]
        values: dict[str, Value] = {}
        for id_ in sorted(engine.patient):
            value = _drawn(engine, random, id_, stratum, cause)
            if value is not None:
                values[id_] = value
        values |= _stratum_values(random, stratum)
        yield _consistent(engine, values)


def _drawn(engine: Engine, random: Random, id_: str, stratum: str, cause: int) -> Value | None:
    guide, finding = guide_of(engine), engine.book.catalogue[id_]
    if isinstance(finding, YesNo):
        place = guide.feature_index.get(id_)
        p = guide.leak(id_, stratum)
        if place is not None:
            p = float(guide.chances(stratum).cell[engine.model.first[place] + 1, cause])
        return random.random() < p
    if isinstance(finding, Choice):
        leak = guide.entry(id_).leak
        shares = (leak.options if leak else None) or dict.fromkeys(finding.options, 1.0)
        return random.choices(list(shares), list(shares.values()))[0]
    if guide.entry(id_).computed_by or not isinstance(finding, Number):
        return None
    return Decimal(random.randint(int(finding.low), int(finding.high)))


def _stratum_values(random: Random, stratum: str) -> dict[str, Value]:
    if stratum == "pregnant":
        return {"pregnant": True, "sex_at_birth": "female", "age_years": Decimal(random.randint(18, 44))}
    sex, low, _ = stratum.split("_", 2)
    start = int(low)
    age = random.randint(start, {18: 49, 50: 69, 70: 90}[start])
    return {"sex_at_birth": {"f": "female", "m": "male"}[sex], "age_years": Decimal(age), "pregnant": False}


def _consistent(engine: Engine, values: dict[str, Value]) -> Answers:
    """A yes carries to all it implies; what does not exist for the person is left out, with all that implies it."""
    world = engine.world
    while True:
        before = dict(values)
        for source, targets in world.implies.items():
            if values.get(source) is True:
                values |= dict.fromkeys((t for t in targets if t in values), True)
        for id_, rule in world.who_for.items():
            if id_ in values and values[id_] is not False and evaluate(rule, Answers(values)) is Truth.FALSE:
                for gone in (id_, *(s for s, targets in world.implies.items() if id_ in targets)):
                    values.pop(gone, None)
        if values == before:
            return Answers(values)


def outcome(engine: Engine, person: Answers) -> tuple[Outcome, Conversation]:
    """Interview one person and compare."""
    facts = close(engine.world, person)
    talk = converse(engine, Patient(dict(facts.values), Intake()))
    told = talk.states[-1].intake(engine)
    known, whole = know(engine, told), know(engine, Intake(person))
    guide = guide_of(engine)
    asked = reach(guide, talk.states[-1], known, "person").certain
    fired = triage(engine, whole, evaluate_rules(engine, whole)).fired
    everything = max((rank(f.level) for f in fired), default=0)
    levels = [assess(engine.book, i, TODAY).urgency.at_least for i in (told, Intake(person))]
    return Outcome(len(talk.screens), asked, everything, levels[0], levels[1]), talk


def main() -> None:
    """Run the study and print it."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    seed = int(sys.argv[2]) if len(sys.argv) > 2 else 20261121
    engine = engine_of(open_book())
    start, refused = time.perf_counter(), 0
    found: list[Outcome] = []
    for person in people(engine, count, seed):
        try:
            found.append(outcome(engine, person)[0])
        except ValueError:
            refused += 1
    seconds = time.perf_counter() - start
    screens = sorted(o.screens for o in found)
    grave = sorted(o.screens for o in found if o.everything == rank("emergency_now"))
    flags = sum(o.asked != o.everything for o in found)
    level = sum(o.told != o.told_all for o in found)
    lower = sum(rank(o.told) < rank(o.told_all) for o in found)
    print(f"{len(found)} people drawn from the book's own model, seed {seed}, {seconds:.0f} s; {refused} refused")
    print(f"  screens: median {statistics.median(screens):g}, 90th percentile {screens[int(0.9 * len(screens))]}")
    if grave:
        print(f"  in {len(grave)} emergencies: median {statistics.median(grave):g}")
    print(f"  urgency by red flags after stopping early is not that of all answers: {flags}")
    print(f"  urgency shown (a likely cause may raise it) is another: {level}, of these lower: {lower}")


if __name__ == "__main__":
    main()
