"""S6: nothing is offered against a reason that speaks against it."""

from collections.abc import Iterator

from crampwise.safety import glue
from crampwise.safety.ground import Ground
from crampwise.safety.obligations import Cases, Claim, Obligation, Query
from crampwise.safety.trees import both, either, neither


def s6(ground: Ground) -> Iterator[Obligation]:
    """No action, stretch or medicine text is offered against a true reason; while it is unknown, only behind it."""
    engine, person = ground.engine, ground.person
    withheld, unexamined, asked = [], [], []
    for id_, advice in engine.advice.items():
        for key in advice.not_for:
            true, false = ground.means(key)
            clinical = either(ground.unknown(f) for f in engine.clinical_reads[key])
            own = either(ground.unknown(f) for f in sorted(engine.own_ids[key]))
            against, cleared = ground.given.true[key], ground.alone.false[key]
            withheld.append(
                Claim(
                    f"S6/{key}/true", f"{id_} is not withheld from someone it is not for.", both(true, neither(against))
                )
            )
            unexamined.append(
                Claim(
                    f"S6/{key}/unknown",
                    f"{id_} is offered to someone it may not be for, and nothing is named as not examined.",
                    both(neither(false), cleared, neither(clinical)),
                )
            )
            asked.append(
                Claim(
                    f"S6/{key}/asked",
                    f"{id_} is kept back behind a question, but there is neither a question nor an examination left.",
                    both(neither(against, cleared), neither(own, clinical)),
                )
            )
    for name, claims in (("S6-true", withheld), ("S6-unknown", unexamined), ("S6-asked", asked)):
        yield Query(name, person.accepted, (person,), claims)
    says = "Every offer is withheld, asked about first, told or made as the truth of its reasons demands."
    yield Cases("offers", says, lambda: glue.offered(engine))
