"""The patient data that a card needs: what the client asks for beforehand, and what is fetched when it did not."""

import logging
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, Protocol
from urllib.parse import quote, urljoin

import httpx2

from crampwise.book.book import Book
from crampwise.edges.cds_hooks.refusal import RefusedError
from crampwise.edges.cds_hooks.request import HookCall
from crampwise.edges.records.address import origin
from crampwise.logic.errors import Problem
from crampwise.records.fhir import Resource, bare_reference, maps_in, reference_of, text_in

_TOKEN = "{{context.patientId}}"  # noqa: S105 - a prefetch token, no secret
_SECONDS = 5
_MOST_PAGES = 20
_PAGE = 100


@dataclass(frozen=True)
class Query:
    """One part of the data.

    Attributes:
        path: a FHIR read or search with the patient's id left open. required: no card can be made without it.
        whole: a first page alone is of no use, as it is where the newest entries come first.
    """

    path: str
    required: bool = True
    whole: bool = True


def queries(book: Book) -> dict[str, Query]:
    """Give what is asked for, by prefetch key. Results are asked for by the codes that the book reads."""
    codes = dict.fromkeys(x.code for t in book.tests.values() for x in t.loinc)
    for entry in book.record_entries.values():
        if entry.kind == "observation":
            codes |= dict.fromkeys((entry.codes or {}).get("loinc", ()))
    patient = f"patient={_TOKEN}"
    return {
        "patient": Query(f"Patient/{_TOKEN}"),
        "conditions": Query(f"Condition?{patient}&_count={_PAGE}"),
        "medications": Query(f"MedicationRequest?{patient}&status=active&_count={_PAGE}"),
        "results": Query(f"Observation?{patient}&code={','.join(codes)}&_sort=-date&_count={_PAGE}", whole=False),
        "statements": Query(f"MedicationStatement?{patient}&status=active&_count={_PAGE}", required=False),
        "procedures": Query(f"Procedure?{patient}&_count={_PAGE}", required=False),
    }


class Fetch(Protocol):
    """Gets one resource from a FHIR server.

    Raises:
        OSError: it cannot be had.
    """

    def __call__(self, address: str, token: str | None) -> Any:
        """Give the parsed resource at an address."""


class Fetcher:
    """Gets resources over HTTP: no redirects, and the token goes only where it was meant for."""

    def __init__(self) -> None:
        logging.getLogger("httpx2").setLevel(logging.WARNING)  # it would log addresses, which name patients
        self._client = httpx2.Client(timeout=_SECONDS, follow_redirects=False, trust_env=False)

    def __call__(self, address: str, token: str | None) -> Any:
        """Give the parsed resource at an address."""
        headers = {"Accept": "application/fhir+json"} | ({"Authorization": f"Bearer {token}"} if token else {})
        try:
            answer = self._client.get(address, headers=headers)
            answer.raise_for_status()
            return answer.json()
        except (httpx2.HTTPError, ValueError) as error:
            raise OSError(type(error).__name__) from None

    def keys(self, address: str) -> Mapping[str, Any]:
        """Give the JWK set at an address."""
        found = self(address, None)
        if not isinstance(found, dict):
            raise ValueError("no JWK set")
        return found


def gather(wanted: Mapping[str, Query], call: HookCall, fetch: Fetch, servers: tuple[str, ...]) -> list[Resource]:
    """Give the resources that the queries ask for, from the call itself or from the client's FHIR server.

    Args:
        wanted: the queries by key. call: the call. fetch: gets a resource from a server.
        servers: addresses of FHIR servers that this client may name.

    Raises:
        RefusedError: 412, something that is needed cannot be had; 400, the data are of another patient.
    """
    found: dict[str, list[Resource]] = {}
    missing: list[str] = []
    for key, query in wanted.items():
        if key in call.prefetch and not _failed(call.prefetch[key]):
            found[key] = list(_resources(call.prefetch[key]))
            rest = _next(call.prefetch[key])
            if rest and query.required and query.whole and not _reachable(call, servers):
                missing.append(key)
            elif rest and query.whole:
                found[key] += _pages(rest, call, fetch)
        elif key not in call.prefetch and _reachable(call, servers):
            found[key] = []
        elif query.required:
            missing.append(key)
    if missing:
        raise RefusedError(412, "Data that a card needs cannot be had.", [_lacking(k) for k in missing])
    asked = {k: q for k, q in wanted.items() if k not in call.prefetch and k in found}
    with ThreadPoolExecutor(max(len(asked), 1)) as pool:
        base = str(call.server).rstrip("/")
        addresses = [f"{base}/{q.path.replace(_TOKEN, quote(call.patient))}" for q in asked.values()]
        answers = list(pool.map(lambda a, q: _fetched(a, q, call, fetch), addresses, asked.values()))
    failed = [k for (k, q), answer in zip(asked.items(), answers, strict=True) if answer is None and q.required]
    if failed:
        raise RefusedError(412, "Data that a card needs cannot be had.", [_lacking(k) for k in failed])
    resources = [r for listed in found.values() for r in listed]
    resources += [r for answer in answers if answer for r in answer]
    _refuse_others(resources, call.patient)
    return resources


def _reachable(call: HookCall, servers: tuple[str, ...]) -> bool:
    """Whether the client's FHIR server may be asked: it is named, and known to belong to this client."""
    return call.server is not None and call.server.rstrip("/") in servers


def _fetched(address: str, query: Query, call: HookCall, fetch: Fetch) -> list[Resource] | None:
    try:
        first = fetch(address, call.token)
        if _failed(first) or not isinstance(first, Mapping):
            return None
        rest = _next(first) if query.whole else ""
        return [*_resources(first), *(_pages(rest, call, fetch) if rest else ())]
    except OSError:
        return None


def _pages(address: str, call: HookCall, fetch: Fetch) -> list[Resource]:
    """Get the further pages of a search; only from the server itself."""
    found: list[Resource] = []
    for _ in range(_MOST_PAGES):
        address = urljoin(f"{call.server}/", address)
        if origin(address) != origin(str(call.server)):
            raise RefusedError(412, "The next page of the data is said to lie at another server.")
        try:
            page = fetch(address, call.token)
        except OSError:
            raise RefusedError(412, "A further page of the data cannot be had.") from None
        found += _resources(page)
        following = _next(page)
        if not following:
            return found
        address = following
    raise RefusedError(412, "The data have too many pages.")


def _failed(given: Any) -> bool:
    """Whether an OperationOutcome stands in the place of data."""
    return isinstance(given, Mapping) and given.get("resourceType") == "OperationOutcome"


def _resources(given: Any) -> Iterator[Resource]:
    """Open a Bundle; null is no data, and an outcome beside matches is none either."""
    if not isinstance(given, Mapping):
        return
    if given.get("resourceType") != "Bundle":
        yield given
        return
    for entry in maps_in(given, "entry"):
        resource = entry.get("resource")
        if isinstance(resource, Mapping) and isinstance(resource.get("resourceType"), str) and not _failed(resource):
            yield resource


def _next(given: Any) -> str:
    return next((text_in(x, "url") for x in maps_in(given, "link") if x.get("relation") == "next"), "")


def _lacking(key: str) -> Problem:
    remedy = "Send it as prefetch, or give fhirServer and fhirAuthorization of a server agreed on."
    return Problem(f"prefetch.{key}", "cannot be had.", remedy)


def _refuse_others(resources: list[Resource], patient: str) -> None:
    """Refuse data of another person: they must never be mixed."""
    wanted = f"Patient/{patient}"
    others = [
        Problem(reference_of(r), "is about another patient.")
        for r in resources
        if ((about := bare_reference(r.get("subject") or r.get("patient"))) and about != wanted)
        or (r.get("resourceType") == "Patient" and r.get("id") not in (None, patient))
    ]
    if others:
        raise RefusedError(400, "Data of another patient were sent.", others)
