"""A filled-in form (QuestionnaireResponse) as answers: every problem at once, defects of other software reported."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from crampwise.assess.engine import Engine
from crampwise.book.rules import did_you_mean
from crampwise.fhir.answer import AnswerError, choice_of, number_of, text_of, yes_no_of
from crampwise.fhir.names import ALERT, ANY_MEDICINE, BASE, MEDICINES, SECTION
from crampwise.interpret.world import close
from crampwise.interview.state import Reply, State, items_of
from crampwise.logic.answers import Answers, Value
from crampwise.logic.errors import InputError, Problem
from crampwise.logic.findings import Choice, Number, YesNo

_FORMS = f"{BASE}/Questionnaire/"
_WHOLE = ("completed", "amended")
_BEGUN = ("in-progress", "stopped")
_REPLIES: dict[bool | None, Reply] = {True: "yes", False: "no", None: "not_sure"}


@dataclass(frozen=True)
class Reading:
    """What a response says.

    Attributes:
        state: the answers. remarks: what is not as it should be in the response, but could be read.
    """

    state: State
    remarks: tuple[Problem, ...]


def read_response(engine: Engine, response: Any, where: str = "response") -> Reading:
    """Read a filled-in form. An item without an answer was not answered; it is neither no nor not sure.

    With a form contained in the response, its questions without an answer count as put and skipped.

    Args:
        engine: the book made ready.
        response: a QuestionnaireResponse (R4) as parsed JSON.
        where: names the response in messages.

    Raises:
        InputError: with everything that cannot be read; then nothing of it is used.
    """
    reader = _Reader(engine, where)
    reader.head(response)
    for item in reader.items(response, where):
        reader.item(item)
    reader.medicines()
    if reader.problems:
        raise InputError(reader.problems)
    return Reading(reader.state(), tuple(reader.remarks))


@dataclass
class _Reader:
    engine: Engine
    where: str
    problems: list[Problem] = field(default_factory=list)
    remarks: list[Problem] = field(default_factory=list)
    values: dict[str, Value] = field(default_factory=dict)
    not_sure: set[str] = field(default_factory=set)
    replies: dict[str, Reply] = field(default_factory=dict)
    names: list[str] = field(default_factory=list)
    any_medicine: Reply | None = None
    seen: set[str] = field(default_factory=set)
    put: frozenset[str] | None = None

    def __post_init__(self) -> None:
        self.gates = {i.id: i.findings for i in items_of(self.engine)}

    def problem(self, where: str, what: str, remedy: str = "") -> None:
        self.problems.append(Problem(f"{self.where}: {where}" if where != self.where else where, what, remedy))

    def remark(self, where: str, what: str) -> None:
        found = Problem(f"{self.where}: {where}" if where != self.where else where, what)
        if found not in self.remarks:
            self.remarks.append(found)

    def head(self, response: Any) -> None:
        """Check what stands around the answers."""
        kind = response.get("resourceType") if isinstance(response, Mapping) else None
        if kind != "QuestionnaireResponse":
            raise InputError([Problem(self.where, f"needs a QuestionnaireResponse, not {kind or 'this'}.")])
        status = response.get("status")
        if status == "entered-in-error":
            self.problem("status", "the response was entered in error.", "Hand in the right one.")
        elif status in _BEGUN:
            self.remark("status", f"is {status}; what was answered so far is used.")
        elif status not in _WHOLE:
            self.remark("status", f"{status!r} is not a status of a response; it is read as completed.")
        self._form(response)

    def _form(self, response: Mapping[str, Any]) -> None:
        form = response.get("questionnaire")
        if isinstance(form, str) and form.startswith("#"):
            held = response.get("contained")
            inside = [c for c in held if isinstance(c, Mapping)] if isinstance(held, list) else []
            own = next((c for c in inside if f"#{c.get('id')}" == form), {})
            self.put = frozenset(link_ids(own.get("item")))
            derived = own.get("derivedFrom")
            form = derived[0] if isinstance(derived, list) and derived else None
        if not isinstance(form, str):
            self.remark("questionnaire", "does not say which form was filled in; the items are taken by their ids.")
            return
        url, _, version = form.partition("|")
        if not url.startswith(_FORMS):
            self.problem("questionnaire", f"{url!r} is not a form of Crampwise.", f"Its forms begin with {_FORMS}")
        elif version and version != self.engine.book.info.version:
            self.remark("questionnaire", f"is of version {version}; the book is {self.engine.book.info.version}.")

    def items(self, holder: Any, where: str) -> Iterator[Mapping[str, Any]]:
        """Every item, those inside others and inside answers too."""
        listed = holder.get("item", [])
        if not isinstance(listed, list):
            self.problem(where, "item must be a list.")
            return
        for item in listed:
            if not isinstance(item, Mapping) or not isinstance(item.get("linkId"), str):
                self.problem(where, "an item without a linkId cannot be read.")
                continue
            yield item
            yield from self.items(item, item["linkId"])
            for answer in self._answers(item):
                yield from self.items(answer, item["linkId"])

    def _answers(self, item: Mapping[str, Any]) -> list[Mapping[str, Any]]:
        listed = item.get("answer") or []
        if isinstance(listed, list) and all(isinstance(a, Mapping) for a in listed):
            return listed
        self.problem(item["linkId"], "answer must be a list of objects.")
        return []

    def item(self, item: Mapping[str, Any]) -> None:
        """Read the answers of one item."""
        id_, answers = item["linkId"], self._answers(item)
        answers = [a for a in answers if any(k.startswith("value") for k in a)]
        if id_.startswith((SECTION, ALERT)):
            if answers:
                self.problem(id_, "is a heading or a text and takes no answer.")
            return
        known = {*self.gates, *self.engine.book.catalogue, MEDICINES, ANY_MEDICINE}
        if id_ not in known:
            self.problem(id_, "there is no such question.", did_you_mean(id_, known))
            return
        if id_ != MEDICINES and len({repr(a) for a in answers}) > 1:
            self.problem(id_, f"has {len(answers)} answers.", "Keep one.")
            return
        if id_ in self.seen and answers and id_ != MEDICINES:
            self.problem(id_, "stands in the response twice.", "Keep one.")
            return
        for answer in answers if id_ == MEDICINES else answers[:1]:
            self.seen.add(id_)
            try:
                self._read(id_, answer)
            except AnswerError as error:
                self.problem(id_, *error.args)

    def _read(self, id_: str, answer: Mapping[str, Any]) -> None:
        def told(what: str) -> None:
            self.remark(id_, what)

        finding = self.engine.book.catalogue.get(id_)
        if id_ == MEDICINES:
            self.names.append(text_of(answer))
            return
        if id_ == ANY_MEDICINE:
            self.any_medicine = _REPLIES[yes_no_of(answer, told)]
            return
        if finding is None:
            self.replies[id_] = _REPLIES[yes_no_of(answer, told)]
            return
        value: Value | None
        match finding:
            case YesNo():
                value = yes_no_of(answer, told)
            case Choice():
                value = choice_of(self.engine.book.findings[id_], answer, told)
            case Number():
                value = number_of(self.engine.book, finding, answer, told)
        if value is None:
            self.not_sure.add(id_)
        else:
            self.values[id_] = value

    def medicines(self) -> None:
        """Settle whether the names are the whole list."""
        none = {*self.engine.book.words.no_medicine}
        self.names = [n for n in dict.fromkeys(self.names) if n.strip()]
        if self.names and all(n.strip().lower() in none for n in self.names) and self.any_medicine != "yes":
            self.names, self.any_medicine = [], "no"
        if self.names and self.any_medicine != "yes":
            said = {"no": "no", "not_sure": "not sure", None: "not answered"}[self.any_medicine]
            self.problem(MEDICINES, f"medicines are named, but {ANY_MEDICINE} is {said}.", "Answer it with yes.")

    def state(self) -> State:
        """Put the answers together."""
        medicines: tuple[str, ...] | None = None
        passed: set[str] = set()
        if self.any_medicine is not None:
            passed.add(MEDICINES)
            medicines = () if self.any_medicine == "no" else tuple(self.names) or None
        items: dict[str, Reply] = {}
        known = close(self.engine.world, Answers(self.values)).values
        for gate, reply in self.replies.items():
            findings = self.gates[gate]
            if reply == "no" and any(known.get(f) is True for f in findings):
                self.values |= {f: False for f in findings if f not in known and f not in self.not_sure}
                self.remark(gate, "says no to all, but one of these was answered yes; that counts.")
                continue
            items[gate] = reply
            if reply == "yes" and len(findings) > 1 and self.put is None:
                passed |= set(findings)
        if self.put is not None:
            passed |= self.put & {*self.gates, *self.engine.book.catalogue, MEDICINES}
        passed -= {*self.values, *self.not_sure, *items}
        return State(self.values, frozenset(self.not_sure), items, medicines, None, frozenset(passed))


def link_ids(items: Any) -> Iterator[str]:
    """Every linkId of some items, those inside others too."""
    for item in items if isinstance(items, list) else []:
        if isinstance(item, Mapping):
            yield str(item.get("linkId"))
            yield from link_ids(item.get("item"))
