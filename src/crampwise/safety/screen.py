"""S9: whoever has an emergency that a person can answer meets it on the emergency screens."""

from collections.abc import Iterator

from crampwise.assess.intake import Intake
from crampwise.book.schema.care import RedFlag
from crampwise.interpret.world import close
from crampwise.interview.candidates import next_step
from crampwise.interview.simulate import Patient, converse
from crampwise.logic.answers import Answers
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
    claims, wanted = [], []
    for flag in emergencies(ground):
        true = ground.means(f"red_flag/{flag.id}")[0]
        asked = either(person.given.yes[f] for i in screen.coverage.get(flag.id, ()) for f in gates.get(i, ()))
        unmet = f"Someone has {flag.id} and says no to every line of the emergency screens that should show it."
        claims.append(Claim(f"S9/{flag.id}/asked", unmet, both(true, neither(asked))))
        lost = f"No one can reach {flag.id} through the emergency screens."
        wanted.append(Wanted(f"S9/{flag.id}/reached", lost, true, _Reached(ground, flag)))
    yield Query("S9", world, (person,), claims)
    yield Search("S9-interview", world, person, wanted)


class _Reached:
    """Holds the real interview with someone and looks whether it ends in an emergency."""

    def __init__(self, ground: Ground, flag: RedFlag) -> None:
        self.ground, self.flag = ground, flag

    def __call__(self, answers: Answers) -> bool:
        engine = self.ground.engine
        facts = close(engine.world, answers)
        talk = converse(engine, Patient(dict(facts.values), Intake()))
        return talk.end.urgency == "emergency" or next_step(engine, talk.states[-1]).urgency == "emergency"
