"""What a clinician weighs: the probability of each condition before and after the answers, as odds."""

from dataclasses import dataclass

from crampwise.assess.assessment import Assessment, Cause
from crampwise.assess.causes import differential
from crampwise.assess.engine import Engine
from crampwise.assess.intake import Intake
from crampwise.assess.known import know
from crampwise.assess.triage import evaluate_rules
from crampwise.logic.answers import Answers

_PERSON = ("age_years", "sex_at_birth", "pregnant")


@dataclass(frozen=True)
class Shift:
    """One condition: its probability before any answer but age, sex and pregnancy, and after all of them.

    Attributes:
        before, after: probabilities. times: by how much the odds were multiplied.
    """

    cause: Cause
    before: float
    after: float
    times: float

    @property
    def odds_before(self) -> str:
        """The odds before, as "1 to 12" or "3 to 1"."""
        return odds_words(self.before)

    @property
    def odds_after(self) -> str:
        """The odds after."""
        return odds_words(self.after)


def shifts(engine: Engine, intake: Intake, result: Assessment) -> tuple[Shift, ...]:
    """Give the listed conditions with their odds before and after the answers, likeliest first."""
    own = {k: v for k, v in intake.answers.values.items() if k in _PERSON}
    known = know(engine, Intake(Answers(own)))
    prior = differential(engine, known, evaluate_rules(engine, known)).marginal
    index = {c: i for i, c in enumerate(engine.model.conditions)}
    found = [Shift(c, float(prior[index[c.id]]), c.probability, 0.0) for c in result.causes]
    told = (Shift(s.cause, s.before, s.after, _odds(s.after) / _odds(s.before)) for s in found if s.before > 0)
    return tuple(sorted(told, key=lambda s: -s.after))


def _odds(p: float) -> float:
    return p / max(1 - p, 1e-9)


def odds_words(p: float) -> str:
    """Say a probability as odds, with two digits where they tell something."""
    odds = _odds(p)
    if odds <= 0:
        return "0"
    return f"{odds:.2g} to 1" if odds >= 1 else f"1 to {1 / odds:.2g}" if 1 / odds < 100 else f"1 to {round(1 / odds)}"
