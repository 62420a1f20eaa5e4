"""From a heap of resources to the records of persons: bundles are opened, references followed, nothing is lost."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from crampwise.book.book import Book
from crampwise.records.account import Outcome, PersonRead
from crampwise.records.fhir import Resource, bare_reference, maps_in, reference_of, text_in
from crampwise.records.read import READERS, not_read, read_person

_SUBJECTS = ("subject", "patient")
_SHARED = ("Medication", "Organization", "Practitioner", "PractitionerRole", "Location", "Group", "OperationOutcome")


@dataclass
class Heap:
    """Resources of any number of persons, sorted by whom they are about.

    Attributes:
        own: by id of the Patient, what is about that person, the Patient itself included.
        others: what is about nobody here, with what became of it.
        targets: what may be referred to, by Type/id and by the address it had in its Bundle.
    """

    own: dict[str, list[Resource]] = field(default_factory=dict)
    others: list[Outcome] = field(default_factory=list)
    targets: dict[str, Resource] = field(default_factory=dict)
    _aliases: dict[str, str] = field(default_factory=dict)
    _waiting: list[tuple[str, Resource]] = field(default_factory=list)
    _seen: dict[tuple[str, str], Resource] = field(default_factory=dict)

    def add(self, resource: Any, address: str = "") -> None:
        """Add one resource; a Bundle is opened, however deep it lies. `address` is its fullUrl, if it has one."""
        stack = [(resource, address)]
        while stack:
            one, at = stack.pop()
            if isinstance(one, dict) and one.get("resourceType") == "Bundle":
                entries = list(maps_in(one, "entry"))
                stack += [(e.get("resource"), text_in(e, "fullUrl")) for e in reversed(entries)]
            else:
                self._add(one, at)

    def _add(self, resource: Any, address: str) -> None:
        if not isinstance(resource, dict) or not isinstance(resource.get("resourceType"), str):
            self._other(str(address or "an entry"), "unknown", "reported", "it is not a FHIR resource")
            return
        kind, id_ = resource["resourceType"], resource.get("id")
        known = isinstance(id_, str) and bool(id_)
        if known and kind in ("Patient", *_SHARED):
            before = self._seen.get((kind, str(id_)))
            if before is None:
                self._seen[kind, str(id_)] = resource
            else:
                same = "word for word" if before == resource else "with different content; the first one counts"
                self._other(reference_of(resource), kind, "reported", f"it is here twice, {same}")
                return
        if kind == "Patient":
            person = str(id_) if known else address
            self.own.setdefault(person, []).append(resource)
            self._aliases |= {a: person for a in (address, f"Patient/{id_}") if a}
        elif kind in _SHARED:
            if address or known:
                self.targets |= {a: resource for a in (address, f"{kind}/{id_}") if a}
            pile = "reported" if kind == "OperationOutcome" else "not_relevant"
            self._other(reference_of(resource), kind, pile, _reason(resource))
        else:
            self._waiting.append((_subject(resource), resource))

    def _other(self, reference: str, kind: str, pile: Any, reason: str) -> None:
        self.others.append(Outcome(reference, kind, pile, (reason,)))

    def sort(self) -> None:
        """Give each waiting resource to the person it is about; call it when all are added."""
        only = next(iter(self.own)) if len(self.own) == 1 else None
        waiting, self._waiting = self._waiting, []
        for subject, resource in waiting:
            person = self._aliases.get(subject)
            if person is None and not subject and only is not None and resource["resourceType"] not in READERS:
                person = only
            if person is not None:
                self.own[person].append(resource)
                continue
            kind = resource["resourceType"]
            if kind not in READERS:
                self._other(reference_of(resource), kind, "not_relevant", not_read(kind))
            else:
                whose = f"it is about {subject}, who is not here" if subject else "it does not say whom it is about"
                self._other(reference_of(resource), kind, "reported", whose)

    def resolve(self, reference: str) -> Resource | None:
        """Find what a reference means."""
        return self.targets.get(reference)

    def persons(self, book: Book, as_of: date, only: str | None = None) -> Iterator[PersonRead]:
        """Read each person, in the order in which they came; or only one of them."""
        for patient, resources in self.own.items():
            if only in (None, patient):
                yield read_person(book, patient, resources, as_of, self.resolve)


def heap_of(resources: Iterable[Any]) -> Heap:
    """Sort resources, or Bundles of them, by person."""
    heap = Heap()
    for resource in resources:
        heap.add(resource)
    heap.sort()
    return heap


def _subject(resource: Resource) -> str:
    for key in _SUBJECTS:
        part = resource.get(key)
        if part is not None:
            return bare_reference(part)
    return ""


def _reason(resource: Resource) -> str:
    if resource["resourceType"] == "OperationOutcome":
        told = [text_in(i, "diagnostics") or text_in(i, "code") for i in maps_in(resource, "issue")]
        return f"the server says: {'; '.join(told)}"
    if resource["resourceType"] == "Medication":
        return "a medicine by itself; it counts where it is prescribed"
    return f"{resource['resourceType']} is about no patient"
