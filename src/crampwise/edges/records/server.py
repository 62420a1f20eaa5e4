"""A patient's record from a FHIR R4 server, by search; with a token if the server asks for one."""

import logging
from collections.abc import Iterator
from types import TracebackType
from typing import Any
from urllib.parse import quote, urljoin

import httpx2
import orjson

from crampwise.edges.records.address import checked, origin
from crampwise.logic.errors import InputError, Problem
from crampwise.records.fhir import bare_reference, maps_in, reference_of, text_in
from crampwise.records.people import Heap
from crampwise.records.read import READERS

_ACCEPT = "application/fhir+json"
_PAGE = 200
_MOST_PAGES = 10_000
_SECONDS = 30
_SUBJECT = {"AllergyIntolerance": "patient", "MedicationDispense": "patient"}


class Server:
    """A FHIR server; use it in a `with`.

    Attributes:
        problems: what could not be had, filled while records are read.
    """

    def __init__(self, base: str, token: str | None = None) -> None:
        """Prepare to ask a server. The token is sent to this server only, in a header, and is never logged."""
        self.base = checked(base, "the server")
        self.problems: list[Problem] = []
        logging.getLogger("httpx2").setLevel(logging.WARNING)
        headers = {"Accept": _ACCEPT} | ({"Authorization": f"Bearer {token}"} if token else {})
        self._client = httpx2.Client(headers=headers, timeout=_SECONDS, follow_redirects=False)

    def __enter__(self) -> "Server":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._client.close()

    def record(self, patient: str) -> Heap:
        """Read everything of one patient that can be used, and what it refers to.

        A kind of resource that the server does not give is noted in `problems`; the rest is read.

        Raises:
            InputError: the server cannot be reached, or gives no such patient.
        """
        heap = Heap()
        heap.add(self._patient(patient))
        for kind in READERS:
            if kind != "Patient":
                for bundle in self._search(kind, patient):
                    heap.add(bundle)
        heap.sort()
        for reference in _medicines(heap):
            if heap.resolve(reference) is None:
                found = self._ask("Medication", "GET", f"{self.base}/{quote(reference)}")
                if isinstance(found, dict):
                    heap.add(found)
        return heap

    def _patient(self, patient: str) -> Any:
        found = self._ask("Patient", "GET", f"{self.base}/Patient/{quote(patient, safe='')}")
        if isinstance(found, dict) and found.get("resourceType") == "Patient":
            return found
        raise InputError(self.problems or [Problem(self.base, "it gives no such patient.", "Check the patient's id.")])

    def _search(self, kind: str, patient: str) -> Iterator[Any]:
        """Yield the pages of a search; it is asked in a body, so that no id stands in an address, or else by GET."""
        query = {_SUBJECT.get(kind, "patient"): f"Patient/{patient}", "_count": str(_PAGE)}
        if kind.startswith("Medication"):
            query["_include"] = f"{kind}:medication"
        page = self._ask(kind, "POST", f"{self.base}/{kind}/_search", query)
        if page is None:
            page = self._ask(kind, "GET", f"{self.base}/{kind}", query)
        seen: set[str] = set()
        given = 0
        while isinstance(page, dict):
            if page.get("resourceType") != "Bundle":
                self._note(kind, "the server gave no Bundle")
                return
            yield page
            given += sum(text_in(e.get("resource"), "resourceType") == kind for e in maps_in(page, "entry"))
            following = next((text_in(x, "url") for x in maps_in(page, "link") if x.get("relation") == "next"), "")
            if not following:
                total = page.get("total")
                if isinstance(total, int) and given < total:
                    self._note(kind, f"the server says that there are {total}, and gave {given}")
                return
            following = urljoin(f"{self.base}/", following)
            if origin(following) != origin(self.base):
                self._note(kind, "the next page is said to lie at another server; it was not fetched")
                return
            if following in seen or len(seen) >= _MOST_PAGES:
                self._note(kind, "its pages lead in a circle, or there are too many")
                return
            seen.add(following)
            page = self._ask(kind, "GET", following)

    def _ask(self, what: str, method: str, address: str, query: dict[str, str] | None = None) -> Any:
        """Send one request; None when it failed, which is noted unless it was a POST, after which a GET is tried.

        Raises:
            InputError: the server cannot be reached at all.
        """
        try:
            if method == "POST":
                answer = self._client.post(address, data=query)
            else:
                answer = self._client.get(address, params=query)
        except httpx2.TimeoutException:
            self._note(what, f"no answer within {_SECONDS} seconds")
            return None
        except httpx2.HTTPError as error:
            problem = Problem(self.base, f"cannot be reached ({type(error).__name__}).", "Check the address.")
            raise InputError([problem]) from None
        if not answer.is_success:
            if method == "GET":
                self._note(what, f"the server refused it ({answer.status_code})")
            return None
        try:
            return orjson.loads(answer.content)
        except ValueError:
            self._note(what, "the server's answer is not JSON")
            return None

    def _note(self, what: str, why: str) -> None:
        self.problems.append(Problem(f"{self.base} {what}", f"{why}.", "What is there was not read."))


def _medicines(heap: Heap) -> Iterator[str]:
    """Yield references to medicines that prescriptions make."""
    for resources in heap.own.values():
        for resource in resources:
            if reference_of(resource).startswith("Medication"):
                reference = bare_reference(resource.get("medicationReference"))
                if reference.startswith("Medication/"):
                    yield reference
