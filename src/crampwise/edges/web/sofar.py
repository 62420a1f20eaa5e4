"""What one person has said up to now, in the check and before a stretch, and what it demands."""

from dataclasses import dataclass, replace
from datetime import date

from crampwise.assess.assess import assess
from crampwise.assess.assessment import Assessment
from crampwise.assess.engine import Engine
from crampwise.assess.intake import Intake
from crampwise.assess.known import know
from crampwise.book.schema.common import Level
from crampwise.book.schema.findings import ScreenItem
from crampwise.edges.web.session import Session
from crampwise.edges.web.web import Web
from crampwise.interview.danger import open_danger
from crampwise.interview.state import State, unexplained
from crampwise.logic.errors import InputError


@dataclass(frozen=True)
class SoFar:
    """The answers of one person and what follows from them.

    Attributes:
        intake: the answers. result: their assessment.
        unclear: danger signs said yes to without saying which part, with the urgency that this demands.
        danger: a danger sign was said yes to, and an emergency behind it is not ruled out.
    """

    intake: Intake
    result: Assessment
    unclear: tuple[tuple[ScreenItem, Level], ...]
    danger: bool

    @property
    def alarms(self) -> frozenset[str]:
        """Everything that interrupts: emergencies, and danger signs said yes to without saying which part."""
        return frozenset((*(f.id for f in self.result.emergencies), *(item.id for item, _ in self.unclear)))


def so_far(web: Web, session: Session) -> SoFar:
    """Assess today what one person has said."""
    engine, state = web.engine, _with_relief(web.engine, session)
    intake = state.intake(engine)
    result = assess(web.book, intake, date.today())
    return SoFar(intake, result, unexplained(engine, state), open_danger(engine, state, intake, result.open))


def _with_relief(engine: Engine, session: Session) -> State:
    """Add what was said before a stretch; what the check was told stands, and no addition may contradict it."""
    state = session.state
    known = state.intake(engine).answers
    for finding, value in sorted(session.relief.lasting.answers.items(), key=lambda item: item[1] is not True):
        if known.get(finding) is not None or finding in known.not_sure:
            continue
        more = _and(state, finding, value)
        try:
            know(engine, more.intake(engine))
        except InputError:
            continue
        state = more
    return state


def _and(state: State, finding: str, value: bool | None) -> State:
    if value is None:
        return replace(state, not_sure=state.not_sure | {finding})
    return replace(state, values={**state.values, finding: value})
