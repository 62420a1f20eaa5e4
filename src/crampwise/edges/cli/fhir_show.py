"""A record that was read, on the terminal: what to confirm, what contradicts itself, what became of every resource."""

from collections import Counter
from collections.abc import Iterable, Mapping
from decimal import Decimal

from crampwise.assess.intake import shown_unit
from crampwise.book.book import Book
from crampwise.edges.cli.out import Out
from crampwise.logic.answers import Answers, Value
from crampwise.logic.findings import Number
from crampwise.records.account import PILES, Outcome, PersonRead, Pile, tally
from crampwise.records.document import differences, one_line, plain, where

_MOST = 12
_PILE_WORDS: Mapping[Pile, str] = {"used": "used", "not_relevant": "not relevant", "reported": "reported"}


def show_one(book: Book, person: PersonRead, others: Iterable[Outcome], given: Answers | None) -> None:
    """Show one person's record."""
    out = Out()
    out.heading(f"Read for {person.as_of}: patient {one_line(person.patient) or 'without a name'}")
    for remark in person.remarks:
        out.item(one_line(remark), mark="! ")
    out.text("Look through every line. Nothing counts until you hand the answers to `crampwise assess`.")
    if person.answers:
        out.heading("Answers")
        for answer in person.answers.values():
            out.item(f"{book.findings[answer.finding].short}: {_value(book, answer.finding, answer.value)}")
            out.text(f"{answer.finding}, from {'; '.join(map(where, answer.origins))}", indent=4, style="dim")
    if person.medicines:
        out.heading("Medicines in use")
        for taken in person.medicines:
            answers = ", ".join(taken.findings) or ("nothing more" if taken.ingredients else "nothing: not recognised")
            out.item(f"{taken.name} (answers {answers})")
            out.text(f"from {where(taken.origin)}", indent=4, style="dim")
    if person.results:
        out.heading("Results")
        for result in person.results:
            out.item(f"{one_line(result.origin.text)}: {_short(result.entry.value)} {result.entry.unit}")
            out.text(f"{result.finding or 'shown only'}, from {where(result.origin)}", indent=4, style="dim")
    _contradictions(book, out, person, given)
    _reported(out, (*person.outcomes, *others))
    _table(out, (*person.outcomes, *others))


def _contradictions(book: Book, out: Out, person: PersonRead, given: Answers | None) -> None:
    if person.clashes:
        out.heading("The record contradicts itself")
        for clash in person.clashes:
            told = " / ".join(
                f"{a.finding} {_value(book, a.finding, a.value)}, {'; '.join(map(where, a.origins))}"
                for a in clash.told
            )
            out.item(f"{clash.reason}: {told}")
    different = differences(given, person) if given else ()
    if different:
        out.heading("You answered otherwise; your answer stays")
        for d in different:
            said = "not sure" if d.said is None else _value(book, d.finding, d.said)
            record = _value(book, d.finding, d.read.value)
            sources = "; ".join(map(where, d.read.origins))
            out.item(f"{book.findings[d.finding].short}: you said {said}, the record {record}, {sources}")


def _reported(out: Out, outcomes: Iterable[Outcome]) -> None:
    told = [o for o in outcomes if o.pile == "reported" or (o.pile == "used" and o.reasons)]
    if not told:
        return
    out.heading("Not read, or odd")
    for outcome in told[:_MOST]:
        name = f"{outcome.called} ({outcome.resource})" if outcome.called else outcome.resource
        out.item(one_line(f"{name}: {'; '.join(outcome.reasons)}"))
    if len(told) > _MOST:
        out.text(f"and {len(told) - _MOST} more: --json lists every resource with its reason.")


def _table(out: Out, outcomes: tuple[Outcome, ...]) -> None:
    out.heading("What became of every resource")
    counts = tally(outcomes)
    widths = (max((len(kind) for kind in counts), default=0), *(len(w) for w in _PILE_WORDS.values()))
    out.columns(("", *_PILE_WORDS.values()), widths[:-1])
    for kind, row in counts.items():
        out.columns((one_line(kind), *(str(row[pile]) for pile in PILES)), widths[:-1])
    total = Counter(o.pile for o in outcomes)
    out.text(f"{len(outcomes)} resources: " + ", ".join(f"{total[p]} {_PILE_WORDS[p]}" for p in PILES) + ".")


def show_many(persons: list[PersonRead], others: Iterable[Outcome]) -> None:
    """Show how the records of several persons were read, without their content."""
    out = Out()
    out.heading(f"{len(persons)} patients")
    for person in persons[:_MOST]:
        number = len(person.answers) + len(person.medicines) + len(person.results)
        out.item(f"{one_line(person.patient)}: {number} answers, {len(person.clashes)} contradictions")
    if len(persons) > _MOST:
        out.text(
            f"and {len(persons) - _MOST} more. --patient ID shows one, --json all, --out FOLDER writes the answers."
        )
    _table(out, (*(o for p in persons for o in p.outcomes), *others))


def _value(book: Book, finding_id: str, value: Value) -> str:
    finding = book.catalogue.get(finding_id)
    unit = f" {shown_unit(book, finding.unit)}" if isinstance(finding, Number) else ""
    return f"{_short(value)}{unit}"


def _short(value: Value) -> str:
    """Give a number with as many digits as a person reads; the file holds all of them."""
    return f"{float(value):.5g}" if isinstance(value, Decimal) else str(plain(value))
