"""S9: whoever has an emergency that a person can answer meets it on the emergency screens."""

from collections.abc import Iterator

from crampwise.assess.intake import Intake
from crampwise.assess.known import know
from crampwise.assess.triage import GIVEN, evaluate_rules
from crampwise.book.schema.care import RedFlag
from crampwise.interpret.person import evaluate
from crampwise.interpret.world import close
from crampwise.interview.candidates import next_step
from crampwise.interview.simulate import Patient, converse
from crampwise.logic.answers import Answers
from crampwise.logic.truth import Truth
from crampwise.safety.ground import Ground
from crampwise.safety.obligations import Claim, Obligation, Query, Search, Wanted
from crampwise.safety.trees import both, either, neither


def emergencies(ground: Ground) -> list[RedFlag]:
    """Emergencies that a person's own answers can show."""
    flags = ground.engine.book.red_flags.values()
    return [f for f in flags if f.level == "emergency_now" and f.answerable != "clinician"]


def s9(ground: Ground) -> Iterator[Obligation]:
    """Whoever has an emergency says yes on the emergency screens, and the interview then ends in that emergency."""
    engine, person = ground.engine, ground.person
    screen = engine.book.emergency_screen
    gates = {i.id: i.findings for s in screen.screens for i in s.items}
    by_answers = [t for id_, t in person.silences.items() if id_ not in engine.patient]
    world = [*person.accepted, *person.plausible, *person.untested, *by_answers]
    flags = emergencies(ground)
    trues = {f.id: ground.means(f"red_flag/{f.id}")[0] for f in flags}
    claims, wanted = [], []
    for flag in flags:
        true = trues[flag.id]
        asked = either(person.given.yes[f] for i in screen.coverage.get(flag.id, ()) for f in gates.get(i, ()))
        unmet = f"Someone has {flag.id} and says no to every line of the emergency screens that should show it."
        claims.append(Claim(f"S9/{flag.id}/asked", unmet, both(true, neither(asked))))
        lost = f"No one can reach {flag.id} through the emergency screens."
        only = both(true, neither(*(t for id_, t in trues.items() if id_ != flag.id)))
        wanted.append(Wanted(f"S9/{flag.id}/reached", lost, true, _Reached(ground, flag), only))
    yield Query("S9", world, (person,), claims)
    how = "the real interview held with each until that emergency, or one that always comes with it, has fired"
    yield Search("S9-interview", how, world, person, wanted)


class _Reached:
    """Holds the real interview with someone and looks whether it ends because this emergency has fired.

    Who has it only together with another may be stopped by that one.
    """

    def __init__(self, ground: Ground, flag: RedFlag) -> None:
        self.ground, self.flag = ground, flag

    def __call__(self, answers: Answers) -> bool:
        engine = self.ground.engine
        facts = close(engine.world, answers)
        talk = converse(engine, Patient(dict(facts.values), Intake()))
        if next_step(engine, talk.states[-1]).urgency != "emergency":
            return False
        results = evaluate_rules(engine, know(engine, talk.states[-1].intake(engine)))
        had = {f.id for f in emergencies(self.ground) if evaluate(f.when, facts) is Truth.TRUE}
        fired = {id_ for id_ in had if results.true[f"red_flag/{id_}"] >> GIVEN & 1}
        return self.flag.id in fired or bool(fired and had != {self.flag.id})
