"""Small books, each of which breaks one safety property; most are plain content that loads."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from crampwise.assess.assessment import Assessment
from crampwise.book.book import Book
from crampwise.book.load import ContentFile, load_book
from crampwise.logic.findings import Number, YesNo
from crampwise.logic.rules import Compare, Present, Term
from tests.support import tiny

EXAM: dict[str, Any] = {"answered_by": "clinician", "asked_in": "exam"}
GATE: dict[str, Any] = {"asked_in": "emergency_screen"}


@dataclass(frozen=True)
class Toy:
    """A book that breaks a property.

    Attributes:
        breaks: how the counterexample's obligation begins. shows: what is wrong with the assessment of that person.
        twist: changes the loaded book into one that no folder could hold.
    """

    property: str
    breaks: str
    files: tuple[ContentFile, ...]
    shows: Callable[[Assessment], bool]
    twist: Callable[[Book], Book] | None = None

    def book(self) -> Book:
        loaded = load_book(self.files)
        return self.twist(loaded) if self.twist else loaded


def files(
    flags: Sequence[Mapping[str, Any]],
    findings: Sequence[str | Mapping[str, Any]],
    conditions: Sequence[Mapping[str, Any]] = (),
    strata: Sequence[Mapping[str, Any]] = (),
    **more: Any,
) -> tuple[ContentFile, ...]:
    groups = list(strata) or [tiny.stratum("all", "age_years >= 0 a", 1.0)]
    share = {g["id"]: 1 - sum((c["prior"] or {}).get(g["id"], 0) for c in conditions) for g in groups}
    benign = tiny.condition("benign", share, {"cramp": 0.9}, urgency="self_care")
    named = [f if isinstance(f, Mapping) else tiny.finding(f) for f in findings]
    return tiny.tiny_files(
        [benign, *conditions],
        flags,
        model=tiny.differential(groups),
        findings=[tiny.finding("cramp", 0.9), tiny.number("age_years"), *named],
        **more,
    )


def _one_name_for_two(book: Book) -> Book:
    """A term that means one thing in one flag and another in the next; the loader knows each name once."""
    flags = book.red_flags
    twisted = {
        id_: replace(flag, when=Term("sign", Present(YesNo(finding))))
        for (id_, flag), finding in zip(flags.items(), ("cough", "limp"), strict=True)
    }
    return replace(book, red_flags=twisted)


def _one_name_against_two(book: Book) -> Book:
    actions = {
        id_: replace(action, not_for=(Term("reason", Present(YesNo(finding))),))
        for (id_, action), finding in zip(book.actions.items(), ("cough", "limp"), strict=True)
    }
    return replace(book, actions=actions)


def _screen(asks: str, coverage: str) -> dict[str, Any]:
    items = [{"id": "es_one", "ask": "One?", "why": "It can be grave.", "findings": [asks]}]
    return {"coverage": {coverage: ["es_one"]}, "screens": [{"id": "s1", "title": "Now", "items": items}]}


TWO_FLAGS = files([tiny.flag("f_a", "soon", "cough"), tiny.flag("f_b", "same_day", "limp")], ["cough", "limp"])
SITE = tiny.choice("site", {"calf": 0.6, "foot": 0.4})
DANGER = tiny.condition("clot", {"all": 0.7}, {"limp": 0.9}, urgency="same_day", caught_by=["f_limp"])
LIMP = tiny.flag("f_limp", "same_day", "limp")

TOYS = (
    Toy("P1", "P1/given/red_flag/f_b", TWO_FLAGS, lambda a: a.urgency.at_least != "same_day", _one_name_for_two),
    Toy("S1", "S1/f_b", TWO_FLAGS, lambda a: "f_b" not in {f.id for f in a.fired}, _one_name_for_two),
    Toy(
        # A red flag with "unless an examiner found it": set aside, that cannot clear it, and no question is left.
        "S2",
        "S2/f_cough/asked",
        files([tiny.flag("f_cough", "soon", {"all": ["cough", {"not": "seen"}]}, answerable="mixed")],
              ["cough", tiny.finding("seen", **EXAM)]),
        lambda a: not a.urgency.settled and not a.next_questions,
    ),
    Toy(
        # A sign that implies something only an examiner sees: setting that aside would answer the sign with no.
        "S2",
        "S2/f_limp/cleared",
        files([LIMP], [tiny.finding("limp", implies=["seen"]), tiny.finding("seen", **EXAM)]),
        lambda a: "f_limp" in {f.id for f in a.ruled_out},
    ),
    Toy(
        "S3",
        "S3/nobody",
        files([LIMP], [tiny.finding("limp", 0.1)], [DANGER]),
        lambda a: a.urgency.at_least == "same_day" and not a.fired,
    ),
    Toy(
        "S4",
        "S4/f_never/true",
        files([tiny.flag("f_never", "soon", {"all": ["cough", {"not": "cough"}]})], ["cough"]),
        lambda a: "f_never" not in {f.id for f in a.fired},
    ),
    Toy(
        "S5",
        "S5/f_cough",
        files([tiny.flag("f_cough", "soon", "cough", do=[])], ["cough"]),
        lambda a: a.urgency.at_least == "soon" and not a.fired[0].do,
    ),
    Toy(
        "S6",
        "S6/not_for/i_walk/0/unknown",
        files([LIMP], [tiny.finding("limp", implies=["seen"]), tiny.finding("seen", **EXAM)],
              actions=[tiny.action("i_walk", not_for=["limp"])]),
        lambda a: [o.status for o in a.plan] == ["offered"] and a.plan[0].not_examined == (),
    ),
    Toy(
        "S6",
        "S6/not_for/i_run/0/true",
        files([LIMP, tiny.flag("f_cough", "soon", "cough")], ["cough", "limp"],
              actions=[tiny.action("i_walk"), tiny.action("i_run")]),
        lambda a: {o.id: o.status for o in a.plan}["i_run"] != "withheld",
        _one_name_against_two,
    ),
    Toy(
        "S7",
        "S7/same_day",
        files([tiny.flag("f_danger", "soon", "danger"),
               tiny.flag("f_cramp", "same_day", {"all": ["cough", {"not": "danger"}]})], ["cough", "danger"]),
        lambda a: a.urgency.at_most == "soon",
    ),
    Toy(
        "S7",
        "S7/same_day",
        files([tiny.flag("f_salt", "same_day", {"all": ["salt >= 3 mmol/L", "salt <= 5 mmol/L"]})],
              [tiny.number("salt", "mmol/L", 0, 10)]),
        lambda a: a.urgency.at_most == "self_care",
    ),
    Toy(
        "S8",
        "S8/clot/old",
        files(
            [LIMP],
            [tiny.finding("limp", 0.1)],
            [tiny.condition("clot", {"young": 0.2, "old": 0}, {"limp": 0.9}, urgency="same_day", caught_by=["f_limp"])],
            [tiny.stratum("young", "age_years < 50 a", 0.5), tiny.stratum("old", "age_years >= 50 a", 0.5)],
        ),
        lambda a: "clot" not in {c.id for c in a.causes},
    ),
    Toy(
        "S9",
        "S9/f_fit/asked",
        files([tiny.flag("f_fit", "emergency_now", "fit", in_emergency_screen=True)],
              ["fit", tiny.finding("cough", **GATE)], screen=_screen("cough", "f_fit"), interview={"steps": ["s1"]}),
        lambda a: a.urgency.at_least == "emergency_now",
    ),
    Toy(
        "S10",
        "S10/red_flag/f_place",
        files([tiny.flag("f_place", "soon", {"any": ["site is calf", "foot"]})], [SITE, "foot"]),
        lambda a: True,
    ),
)  # fmt: skip


@dataclass(frozen=True)
class WrongNumber:
    """A book with a number that the loader would refuse; a number has no person who shows it.

    Attributes:
        breaks: the obligation. says: what is said of it. twist: puts the wrong number into a sound book.
    """

    breaks: str
    says: str
    twist: Callable[[Book], Book]

    def book(self) -> Book:
        return self.twist(load_book(SOUND))


def _clot(book: Book, **changed: Any) -> Book:
    return replace(book, conditions={**book.conditions, "clot": replace(book.conditions["clot"], **changed)})


def _certain(book: Book) -> Book:
    (likelihood,) = book.conditions["clot"].likelihoods
    return _clot(book, likelihoods=(replace(likelihood, p=1.2),))


def _compares(book: Book, finding: Number, threshold: str) -> Book:
    flag = replace(book.red_flags["f_limp"], when=Compare(finding, ">=", Decimal(threshold)))
    return replace(book, red_flags={"f_limp": flag})


def _age(book: Book) -> Number:
    found = book.catalogue["age_years"]
    assert isinstance(found, Number)
    return found


SOUND = files([LIMP], [tiny.finding("limp", 0.1)], [DANGER])
WRONG_NUMBERS = (
    WrongNumber("N1/clot/limp", "P(limp) is 1.2.", _certain),
    WrongNumber("N1/all", "The priors of all sum to 0.900000.", lambda book: _clot(book, prior={"all": 0.6})),
    WrongNumber(
        "N1/red_flag/f_limp",
        "red_flag/f_limp compares age_years with 1000, outside its limits.",
        lambda book: _compares(book, replace(_age(book), high=Decimal(2000)), "1000"),
    ),
    WrongNumber(
        "N1/red_flag/f_limp",
        "red_flag/f_limp reads age_years in mo.",
        lambda book: _compares(book, replace(_age(book), unit="mo"), "50"),
    ),
)
