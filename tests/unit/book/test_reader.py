"""Typed values from located YAML, every mistake collected."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Literal

import pytest

from crampwise.book.reader import Reader, Reference
from crampwise.book.rules import RuleParser
from crampwise.book.schema.common import Scalar, SourceId
from crampwise.book.tree import read_yaml
from crampwise.logic.errors import Problem
from crampwise.logic.findings import YesNo
from crampwise.logic.rules import Not, Present, Rule


@dataclass(frozen=True, kw_only=True)
class Inner:
    name: str


@dataclass(frozen=True, kw_only=True)
class Sample:
    text: str = ""
    whole: int = 0
    number: float = 0.0
    exact: Decimal = Decimal(0)
    flag: bool = False
    day: date | None = None
    maybe: int | None = None
    word: Literal["one", "two"] = "one"
    many: tuple[str, ...] = ()
    by_name: dict[str, float] | None = None
    inner: Inner | None = None
    when: Rule | None = None
    any_value: Scalar = None
    figure: float | str | None = None
    dose: dict[str, Scalar | tuple[Scalar, ...]] | None = None
    source: SourceId | None = None
    sources: tuple[SourceId, ...] = ()
    shares: dict[SourceId, float] | None = None


def read(text: str) -> tuple[Any, Reader]:
    problems: list[Problem] = []
    tree = read_yaml(text, "a.yaml", problems)
    assert tree is not None and not problems
    reader = Reader(RuleParser({"fever": YesNo("fever")}, {}, problems))
    return reader.read(Sample, tree), reader


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("text: yes", Sample(text="yes")),
        ("whole: 5", Sample(whole=5)),
        ("number: 5", Sample(number=5.0)),
        ("number: 0.25", Sample(number=0.25)),
        ("exact: 35.10", Sample(exact=Decimal("35.10"))),
        ("exact: 0.1", Sample(exact=Decimal("0.1"))),
        ("flag: true", Sample(flag=True)),
        ("day: 2026-11-21", Sample(day=date(2026, 11, 21))),
        ("maybe: null", Sample(maybe=None)),
        ("maybe: 5", Sample(maybe=5)),
        ("word: two", Sample(word="two")),
        ("many: [a, b]", Sample(many=("a", "b"))),
        ("by_name: {a: 1, b: 0.5}", Sample(by_name={"a": 1.0, "b": 0.5})),
        ("inner: {name: x}", Sample(inner=Inner(name="x"))),
        ("when: {not: fever}", Sample(when=Not(Present(YesNo("fever"))))),
        ("any_value: no", Sample(any_value="no")),
        ("any_value: 5", Sample(any_value=5)),
        ("figure: 1.5", Sample(figure=1.5)),
        ("figure: half", Sample(figure="half")),
        ("dose: {a: 5, b: [1, x]}", Sample(dose={"a": 5, "b": (1, "x")})),
    ],
)
def test_values_that_fit(text: str, expected: Sample) -> None:
    value, reader = read(text)
    assert reader.problems == []
    assert value == expected


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("text: 5", "a.yaml:1:7: needs text, not '5'. Put it in quotes."),
        ("text: 1e3", "a.yaml:1:7: needs text, not '1e3'. Put it in quotes."),
        ("text: [a]", "a.yaml:1:7: needs text, not a list."),
        ("text:", "a.yaml:1:6: needs text, not nothing."),
        ("whole: 1.5", "a.yaml:1:8: needs a whole number, not '1.5'."),
        ("whole: true", "a.yaml:1:8: needs a whole number, not 'true'."),
        ("number: true", "a.yaml:1:9: needs a number, not 'true'."),
        ("number: much", "a.yaml:1:9: needs a number, not 'much'."),
        ("number: .inf", "a.yaml:1:9: '.inf' is not a finite number."),
        ("number: .nan", "a.yaml:1:9: '.nan' is not a finite number."),
        ("number: 1" + "0" * 400, "a.yaml:1:9: '1" + "0" * 400 + "' is not a finite number."),
        ("exact: .nan", "a.yaml:1:8: '.nan' is not a finite number."),
        ("exact: 0x1F", "a.yaml:1:8: '0x1F' is not a finite number."),
        ("exact: '5'", "a.yaml:1:8: needs a number, not '5'."),
        ("exact: true", "a.yaml:1:8: needs a number, not 'true'."),
        ("flag: yes", "a.yaml:1:7: needs true or false, not 'yes'."),
        ("flag: 1", "a.yaml:1:7: needs true or false, not '1'."),
        ("day: 21.11.2026", "a.yaml:1:6: '21.11.2026' is not a date. Write it as 2026-11-21."),
        ("day: 2026", "a.yaml:1:6: needs a date, not '2026'."),
        ("word: twoo", "a.yaml:1:7: 'twoo' is not one of one, two. Did you mean 'two'?"),
        ("word: 1", "a.yaml:1:7: '1' is not one of one, two."),
        ("many: a", "a.yaml:1:7: needs a list."),
        ("many: [a, 5]", "a.yaml:1:11: needs text, not '5'. Put it in quotes."),
        ("by_name: [a]", "a.yaml:1:10: needs a map."),
        ("by_name: {a: x}", "a.yaml:1:14: needs a number, not 'x'."),
        ("inner: x", "a.yaml:1:8: needs a map with name."),
        ("inner: {}", "a.yaml:1:8: Inner needs name."),
        ("inner: {name: x, nam: y}", "a.yaml:1:23: 'nam' is not a key of Inner. Did you mean 'name'?"),
        ("when: fevr", "a.yaml:1:7: there is no finding or term called 'fevr'. Did you mean 'fever'?"),
        ("any_value: [a]", "a.yaml:1:12: a list does not fit here."),
        ("any_value: .nan", "a.yaml:1:12: '.nan' is not a finite number."),
        ("figure: .inf", "a.yaml:1:9: '.inf' is not a finite number."),
        ("figure: {a: 1}", "a.yaml:1:9: a map does not fit here."),
        ("dose: {a: {b: 1}}", "a.yaml:1:11: a map does not fit here."),
        ("source: ''", "a.yaml:1:9: needs an id."),
        ("source: 5", "a.yaml:1:9: needs an id."),
        ("sources: [a, []]", "a.yaml:1:14: needs an id."),
        ("txt: a", "a.yaml:1:6: 'txt' is not a key of Sample. Did you mean 'text'?"),
        ("[a]", "a.yaml:1:1: needs a map with keys."),
    ],
)
def test_a_value_that_does_not_fit_is_told(text: str, problem: str) -> None:
    _, reader = read(text)
    assert [str(p) for p in reader.problems] == [problem]


def test_every_mistake_of_an_entry_is_told() -> None:
    _, reader = read("text: 5\nwhole: x\nmany: [1, 2]\nwhen: {all: [cold, {not: []}]}\n")
    assert [str(p).split(": ")[0] for p in reader.problems] == [
        "a.yaml:1:7",
        "a.yaml:2:8",
        "a.yaml:3:8",
        "a.yaml:3:11",
        "a.yaml:4:14",
        "a.yaml:4:26",
    ]


def test_every_reference_is_kept_with_its_place() -> None:
    _, reader = read("source: one\nsources: [two, three]\nshares: {four: 0.5}\n")
    assert reader.references == [
        Reference("source", "one", "a.yaml:1:9"),
        Reference("source", "two", "a.yaml:2:11"),
        Reference("source", "three", "a.yaml:2:16"),
        Reference("source", "four", "a.yaml:3:16"),
    ]
