"""What is not answered: one problem document (RFC 9457), with every problem at once."""

from collections.abc import Iterable, Sequence
from http import HTTPStatus

import orjson
from starlette.responses import Response

from crampwise.logic.errors import Problem


class RefusedError(Exception):
    """A request that is not answered: its HTTP status, what is said about it, and what is wrong in detail."""

    def __init__(self, status: int, detail: str, problems: Iterable[Problem] = ()) -> None:
        super().__init__(detail)
        self.status = status
        self.detail = detail
        self.problems = tuple(problems)


def refusal(status: int, detail: str, problems: Sequence[Problem] = ()) -> Response:
    """Give a problem document."""
    document = {
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": detail,
        "problems": [{"where": p.where, "what": p.what, "remedy": p.remedy} for p in problems],
    }
    headers = {"WWW-Authenticate": 'Bearer error="invalid_token"'} if status == HTTPStatus.UNAUTHORIZED else {}
    return Response(orjson.dumps(document), status, headers, media_type="application/problem+json")
