"""What a cramp diary says to a doctor, where there is one and it is open to this request."""

from starlette.requests import Request

from crampwise.edges.web.diary_numbers import summary_of
from crampwise.edges.web.session import Session
from crampwise.edges.web.trial import finished
from crampwise.edges.web.whose import diary_if_any
from crampwise.followup.for_doctor import lines_for_doctor
from crampwise.logic.errors import CrampwiseError


def diary_lines(request: Request, session: Session) -> tuple[str, ...]:
    """Give the lines; none where there is no diary, or it cannot be read at this moment."""
    here = diary_if_any(request, session)
    if here is None:
        return ()
    try:
        return lines_for_doctor(here.book, summary_of(here), finished(here))
    except CrampwiseError:
        return ()
