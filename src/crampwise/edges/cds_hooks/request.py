"""A call as the client sends it: checked as a whole, every problem at once."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from crampwise.book.schema.hooks import CdsService
from crampwise.edges.cds_hooks.journal import Feedback
from crampwise.edges.cds_hooks.refusal import RefusedError
from crampwise.logic.errors import Problem
from crampwise.records.fhir import Resource, maps_in, reference_of

_USER = re.compile(r"[A-Z][A-Za-z]+/[A-Za-z0-9\-.]{1,64}")
_ID = re.compile(r"[A-Za-z0-9\-.]{1,64}")
_OUTCOMES = ("accepted", "overridden")
_MOST_FEEDBACK = 100
_LONGEST = 4000


@dataclass(frozen=True)
class HookCall:
    """One call.

    Attributes:
        hook: which it is. patient: id of the patient. prefetch: what the client sent along, by key.
        server, token: its FHIR server and the token for it, if it gave them.
        drafts: orders that are not signed yet. selected: references of those just picked; None where all count.
    """

    hook: str
    patient: str
    prefetch: Mapping[str, Any] = field(default_factory=dict)
    server: str | None = None
    token: str | None = field(default=None, repr=False)
    drafts: tuple[Resource, ...] = ()
    selected: frozenset[str] | None = None


def read_json(body: bytes) -> dict[str, Any]:
    """Read a JSON object.

    Raises:
        RefusedError: 400, it is none.
    """
    try:
        found = json.loads(body, parse_constant=_no_constant)
    except (ValueError, RecursionError):
        raise RefusedError(400, "The body is not JSON.") from None
    if not isinstance(found, dict):
        raise RefusedError(400, "The body must be a JSON object.")
    return found


def _no_constant(_name: str) -> None:
    raise ValueError


def read_call(service: CdsService, body: bytes) -> HookCall:
    """Check and read the call of a service.

    Raises:
        RefusedError: 400, with every problem.
    """
    given = read_json(body)
    problems: list[Problem] = []

    def need(holds: bool, where: str, what: str, remedy: str = "") -> None:
        if not holds:
            problems.append(Problem(where, what, remedy))

    hook = given.get("hook")
    need(hook in service.hooks, "hook", f"must be {' or '.join(service.hooks)} for this service.")
    need(_is_uuid(given.get("hookInstance")), "hookInstance", "must be a UUID.")
    context = given.get("context")
    need(isinstance(context, dict), "context", "must be an object.")
    context = context if isinstance(context, dict) else {}
    need(_fits(_USER, context.get("userId")), "context.userId", "must name a resource, such as Practitioner/17.")
    need(_fits(_ID, context.get("patientId")), "context.patientId", "must be the id of a Patient.")
    prefetch = given.get("prefetch", {})
    need(isinstance(prefetch, dict), "prefetch", "must be an object.")
    server, token = given.get("fhirServer"), _token(given.get("fhirAuthorization"), problems)
    need(server is None or isinstance(server, str), "fhirServer", "must be an address.")
    need(token is None or server is not None, "fhirServer", "is needed with fhirAuthorization.")
    drafts: tuple[Resource, ...] = ()
    selected = None
    if hook in ("order-select", "order-sign"):
        drafts = _drafts(context.get("draftOrders"), problems)
        if hook == "order-select":
            selected = _selected(context.get("selections"), drafts, problems)
    if problems:
        raise RefusedError(400, "This call cannot be read.", problems)
    return HookCall(str(hook), str(context["patientId"]), prefetch, server, token, drafts, selected)


def _token(given: Any, problems: list[Problem]) -> str | None:
    if given is None:
        return None
    token = given.get("access_token") if isinstance(given, dict) else None
    if not isinstance(token, str) or not token or not token.isascii() or not token.isprintable():
        problems.append(Problem("fhirAuthorization", "must be an object with access_token."))
        return None
    if given.get("token_type") != "Bearer":
        problems.append(Problem("fhirAuthorization.token_type", "must be Bearer."))
    return token


def _drafts(bundle: Any, problems: list[Problem]) -> tuple[Resource, ...]:
    if not isinstance(bundle, dict) or bundle.get("resourceType") != "Bundle":
        problems.append(Problem("context.draftOrders", "must be a Bundle."))
        return ()
    found = [e.get("resource") for e in maps_in(bundle, "entry")]
    if any(not isinstance(r, dict) or not isinstance(r.get("resourceType"), str) for r in found):
        problems.append(Problem("context.draftOrders", "each entry must hold a resource."))
    return tuple(r for r in found if isinstance(r, dict))


def _selected(given: Any, drafts: tuple[Resource, ...], problems: list[Problem]) -> frozenset[str]:
    if not isinstance(given, list) or not given or not all(isinstance(s, str) for s in given):
        problems.append(Problem("context.selections", "must be a list of references."))
        return frozenset()
    unknown = sorted(set(given) - {reference_of(d) for d in drafts})
    if unknown:
        problems.append(Problem("context.selections", f"{len(unknown)} of them are not in draftOrders."))
    return frozenset(given)


def read_feedback(body: bytes) -> list[Feedback]:
    """Check and read feedback on cards.

    Raises:
        RefusedError: 400, with every problem.
    """
    given = read_json(body).get("feedback")
    if not isinstance(given, list) or not 0 < len(given) <= _MOST_FEEDBACK:
        raise RefusedError(400, f"The body needs `feedback`, a list of 1 to {_MOST_FEEDBACK} entries.")
    problems: list[Problem] = []
    found = [_one(entry, f"feedback[{i}]", problems) for i, entry in enumerate(given)]
    if problems:
        raise RefusedError(400, "This feedback cannot be read.", problems)
    return found


def _one(entry: Any, where: str, problems: list[Problem]) -> Feedback:
    if not isinstance(entry, dict):
        problems.append(Problem(where, "must be an object."))
        return Feedback("", "", "")
    before = len(problems)
    card, outcome, at = (entry.get(k) for k in ("card", "outcome", "outcomeTimestamp"))
    if not _is_uuid(card):
        problems.append(Problem(f"{where}.card", "must be the uuid of a card."))
    if outcome not in _OUTCOMES:
        problems.append(Problem(f"{where}.outcome", f"must be {' or '.join(_OUTCOMES)}."))
    if not _is_moment(at):
        problems.append(Problem(f"{where}.outcomeTimestamp", "must be a date and time with its zone."))
    accepted = entry.get("acceptedSuggestions", [])
    ids = [s.get("id") for s in maps_in(entry, "acceptedSuggestions")]
    if not isinstance(accepted, list) or not all(map(_is_uuid, ids)) or len(ids) != len(accepted):
        problems.append(
            Problem(f"{where}.acceptedSuggestions", "must be a list of objects with the id of a suggestion.")
        )
    elif outcome == "accepted" and not ids:
        problems.append(Problem(f"{where}.acceptedSuggestions", "is needed when the outcome is accepted."))
    reason = entry.get("overrideReason") or {}
    coded, comment = _parts(reason, f"{where}.overrideReason", problems)
    if len(problems) > before:
        return Feedback("", "", "")
    return Feedback(
        str(card), str(outcome), str(at), tuple(map(str, ids)), coded.get("code"), coded.get("system"), comment
    )


def _parts(reason: Any, where: str, problems: list[Problem]) -> tuple[dict[str, str], str | None]:
    coded = reason.get("reason", {}) if isinstance(reason, dict) else None
    comment = reason.get("userComment") if isinstance(reason, dict) else None
    if not isinstance(coded, dict) or any(not isinstance(coded.get(k, ""), str) for k in ("code", "system")):
        problems.append(Problem(where, "must be an object with reason, a coding, or userComment."))
        return {}, None
    if coded and not coded.get("code"):
        problems.append(Problem(f"{where}.reason", "needs a code."))
    if comment is not None and (not isinstance(comment, str) or len(comment) > _LONGEST):
        problems.append(Problem(f"{where}.userComment", f"must be a text of {_LONGEST} characters at most."))
    return coded, comment


def _fits(pattern: re.Pattern[str], value: Any) -> bool:
    return isinstance(value, str) and pattern.fullmatch(value) is not None


def _is_uuid(value: Any) -> bool:
    try:
        return isinstance(value, str) and len(value) == 36 and UUID(value) is not None
    except ValueError:
        return False


def _is_moment(value: Any) -> bool:
    try:
        return isinstance(value, str) and datetime.fromisoformat(value).tzinfo is not None
    except ValueError:
        return False
