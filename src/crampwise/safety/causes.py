"""S8: a dangerous condition is given up only on its stated rule-out."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import product

import numpy as np

from crampwise.assess.causes import differential
from crampwise.assess.engine import Engine, ruled_out
from crampwise.assess.intake import Intake
from crampwise.assess.known import know
from crampwise.assess.listing import listing, pointed_at
from crampwise.assess.triage import GIVEN
from crampwise.book.book import rank
from crampwise.book.schema.care import Condition
from crampwise.safety import glue
from crampwise.safety.ground import Ground
from crampwise.safety.obligations import Cases, Claim, Failure, Obligation, Query
from crampwise.safety.trees import both, neither

DANGEROUS = rank("same_day")


def dangerous(engine: Engine) -> list[Condition]:
    """Ranked conditions that must not be missed."""
    return [c for c in engine.book.conditions.values() if c.prior is not None and rank(c.urgency) >= DANGEROUS]


def s8(ground: Ground) -> Iterator[Obligation]:
    """A must-not-miss condition is impossible only while every one of its `requires_any` is false."""
    engine, person = ground.engine, ground.person
    claims = []
    for condition in dangerous(engine):
        keys = [f"requires/{condition.id}/{i}" for i in range(len(condition.requires_any))]
        by_rule = both(*(ground.means(k)[1] for k in keys)) if keys else None
        ruled_out = both(*(ground.given.false[k] for k in keys)) if keys else None
        if by_rule is not None:
            says = f"{condition.id} is given up for someone although its rule-out does not hold."
            claims.append(Claim(f"S8/{condition.id}/out", says, both(ruled_out, neither(by_rule))))
        for stratum, share in (condition.prior or {}).items():
            if share <= 0:
                says = f"{condition.id} has no chance in {stratum} for someone in whom it is not ruled out."
                there = ground.given.true[f"stratum/{stratum}"]
                bad = there if by_rule is None else both(there, neither(by_rule))
                claims.append(Claim(f"S8/{condition.id}/{stratum}", says, bad))
    yield Query("S8", [*person.accepted, *person.plausible], (person,), claims)
    yield Cases(
        "listed",
        "A dangerous condition to which a fired red flag points is listed, whatever its probability.",
        lambda: _listed(engine),
    )
    says = "A condition is left out of the ranking only when all of its rules are known to be false."
    yield Cases("possible", says, lambda: _possible(ground.engine))
    yield Cases(
        "caught",
        "Every dangerous condition has red flags of its own height, which no probability can clear.",
        lambda: _caught(engine),
    )


def _possible(engine: Engine) -> tuple[int, list[Failure]]:
    """Run the real function on every truth of every rule-out."""
    failures, count = [], 0
    for index, keys in engine.requires:
        for truths in product((glue.TRUE, glue.FALSE, glue.UNKNOWN), repeat=len(keys)):
            count += 1
            results = glue.results_of(engine, dict(zip(keys, truths, strict=True)))
            possible = engine.possible(ruled_out(engine.impossible(results.false), GIVEN))
            expected = np.ones(len(engine.model.conditions), dtype=np.bool_)
            expected[index] = any(t is not glue.FALSE for t in truths)
            if not np.array_equal(possible, expected):
                id_ = engine.model.conditions[index]
                failures.append(
                    Failure(f"S8/{id_}/possible", f"{id_} is left out of the ranking without its rule-out.")
                )
    return count, failures


def _listed(engine: Engine) -> tuple[int, list[Failure]]:
    """Run the real listing with every probability as good as none: for each catching flag alone, on each truth."""
    nobody = differential(engine, know(engine, Intake()), glue.results_of(engine, {}))
    tiny = np.full_like(nobody.posterior.marginal, 1e-12)
    faint = replace(nobody.posterior, marginal=tiny)
    failures, count = [], 0
    for condition in dangerous(engine):
        index = engine.model.conditions.index(condition.id)
        needed = {f"requires/{condition.id}/{i}": glue.TRUE for i in range(len(condition.requires_any))}
        for flag, truth in product(condition.caught_by, glue.TRUTHS):
            count += 1
            results = glue.results_of(engine, {**needed, f"red_flag/{flag}": truth})
            listed = listing(engine, nobody.strata, nobody.cells, faint, pointed_at(engine, results, ()))
            high = rank(engine.book.red_flags[flag].level) >= DANGEROUS
            if (index in {one.index for one in listed}) is not (truth.given[0] and high):
                failures.append(
                    Failure(f"S8/{condition.id}/{flag}", f"{flag} fires, and {condition.id} is not listed.")
                )
    return count, failures


def _caught(engine: Engine) -> tuple[int, list[Failure]]:
    found = dangerous(engine)
    flags = engine.book.red_flags
    loose = [c.id for c in found if not any(rank(flags[f].level) >= DANGEROUS for f in c.caught_by)]
    return len(found), [
        Failure(f"S8/{id_}/caught", f"No red flag of same_day or above catches {id_}.") for id_ in loose
    ]
