"""What one person may try in a trial: only what the plan offers them; while something is open it is asked first."""

from dataclasses import dataclass

from crampwise.assess.assessment import Ask, Offer, Statement
from crampwise.assess.engine import Engine
from crampwise.assess.intake import Intake
from crampwise.assess.known import know
from crampwise.assess.plan import actions
from crampwise.assess.triage import evaluate_rules, triage
from crampwise.book.book import rank
from crampwise.book.schema.care import Action
from crampwise.logic.errors import InputError, Problem

_URGENT = rank("soon")
_NAMED = 3


@dataclass(frozen=True)
class Candidate:
    """An intervention and whether this person may try it.

    Attributes:
        status: `allowed`; `ask_first` while an answer is missing; `refused` with the reasons in `why_not`.
    """

    action: Action
    status: str
    asks: tuple[Ask, ...]
    why_not: tuple[Statement, ...]
    cautions: tuple[Statement, ...]


def candidates(engine: Engine, intake: Intake) -> tuple[Candidate, ...]:
    """Give every intervention of the book that fits this person, and whether it may be tried.

    Raises:
        InputError: the answers contradict each other, or a red flag has to be seen to before any trial.
    """
    known = know(engine, intake)
    results = evaluate_rules(engine, known)
    fired = [f for f in triage(engine, known, results).fired if rank(f.level) >= _URGENT]
    if fired:
        remedy = "Get the help that the check names first. A trial can wait."
        raise InputError([Problem("trial", f"{f.title}.", remedy) for f in fired])
    chosen = engine.book.actions
    return tuple(_candidate(chosen[o.id], o) for o in actions(engine, known, results) if chosen[o.id].trial is not None)


def _candidate(action: Action, offer: Offer) -> Candidate:
    status = {"offered": "allowed", "ask_first": "ask_first"}.get(offer.status, "refused")
    return Candidate(action, status, offer.asks, offer.why_not, offer.cautions)


def allowed(engine: Engine, intake: Intake, action_id: str) -> Candidate:
    """Give one intervention that this person may try.

    Raises:
        InputError: it is none that can be tried, does not fit, is withheld, or something has to be answered first.
    """
    action = engine.book.actions.get(action_id)
    if action is None or action.trial is None:
        names = ", ".join(a.id for a in engine.book.actions.values() if a.trial)
        raise InputError([Problem(action_id, "there is no trial of this.", f"Choose one of {names}.")])
    found = next((c for c in candidates(engine, intake) if c.action.id == action_id), None)
    if found is None:
        remedy = "`crampwise trial choices` lists what does."
        raise InputError([Problem(action_id, "nothing in your answers says that this fits your cramps.", remedy)])
    if found.status == "refused":
        raise InputError([Problem(action_id, reason.text) for reason in found.why_not])
    if found.status == "ask_first":
        first = " ".join(ask.ask for ask in found.asks[:_NAMED])
        said = f"{len(found.asks)} questions have to be answered first, such as: {first}"
        remedy = f"`crampwise check` asks them. By name: {', '.join(a.finding for a in found.asks)}."
        raise InputError([Problem(action_id, said, remedy)])
    return found
