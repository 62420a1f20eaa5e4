"""YAML 1.2 into values with places, every mistake collected."""

import math
from typing import Any

import pytest

from crampwise.book.tree import MAX_DEPTH, Located, plain, read_yaml, scalars
from crampwise.logic.errors import Problem


def read(text: str) -> tuple[Any, list[str]]:
    problems: list[Problem] = []
    tree = read_yaml(text, "a.yaml", problems)
    return (plain(tree) if tree else None), [str(p) for p in problems]


def tree_of(text: str) -> Located:
    tree = read_yaml(text, "a.yaml", [])
    assert tree is not None
    return tree


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("yes", "yes"),
        ("no", "no"),
        ("on", "on"),
        ("Off", "Off"),
        ("y", "y"),
        ("true", True),
        ("TRUE", True),
        ("False", False),
        ("tRUE", "tRUE"),
        ("null", None),
        ("~", None),
        ("", None),
        ("5", 5),
        ("+5", 5),
        ("-5", -5),
        ("017", 17),
        ("0o17", 15),
        ("0x1F", 31),
        ("0b1", "0b1"),
        ("1_000", "1_000"),
        ("12:30", "12:30"),
        ("2026-11-21", "2026-11-21"),
        ("1.5", 1.5),
        ("-.5", -0.5),
        ("1.", 1.0),
        ("1e3", 1000.0),
        ("6.02E+23", 6.02e23),
        (".inf", math.inf),
        ("-.INF", -math.inf),
        ("1.2.3", "1.2.3"),
        ("=", "="),
        ("'5'", "5"),
        ('"true"', "true"),
        ("''", ""),
        ("!!str 5", "5"),
    ],
)
def test_scalars_of_the_yaml_1_2_core_schema(text: str, value: object) -> None:
    found, problems = read(f"a: {text}")
    assert problems == []
    assert found == {"a": value}
    assert type(found["a"]) is type(value)


def test_not_a_number_is_a_float() -> None:
    assert math.isnan(read("a: .nan")[0]["a"])


@pytest.mark.parametrize("text", ["35.10", "1e3", "0x1F", "yes"])
def test_the_text_of_a_scalar_is_kept(text: str) -> None:
    assert tree_of(f"a: {text}").value["a"].text == text


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "a.yaml: the file is empty."),
        ("# nothing\n", "a.yaml: the file is empty."),
        ("a: 1\nb: 2\na: 3", "a.yaml:3:1: the key 'a' is given twice. Keep one of them."),
        ("a: 1\n'a': 3", "a.yaml:2:1: the key 'a' is given twice. Keep one of them."),
        ("? [x]\n: 1", "a.yaml:1:3: a key must be plain text."),
        (
            "a: &x [1]\nb: *x",
            "a.yaml:1:4: is used again through an alias (*name). Write it out where it is needed.",
        ),
        (
            "a: &x {c: 1}\nb:\n  <<: *x",
            "a.yaml:1:4: is used again through an alias (*name). Write it out where it is needed.",
        ),
        ("a: &x 1\nb: *x", "a.yaml:1:4: is used again through an alias (*name). Write it out where it is needed."),
        (
            "a: !!python/name:os.system x",
            "a.yaml:1:4: the tag 'tag:yaml.org,2002:python/name:os.system' is not allowed.",
        ),
        ("a: !own 1", "a.yaml:1:4: the tag '!own' is not allowed."),
        ("a: !own:int 1", "a.yaml:1:4: the tag '!own:int' is not allowed."),
        ("a: !own {b: 1}", "a.yaml:1:4: the tag '!own' is not allowed."),
        ("a: !!set {b}", "a.yaml:1:4: the tag 'tag:yaml.org,2002:set' is not allowed."),
        ("a: !!binary eA==", "a.yaml:1:4: the tag 'tag:yaml.org,2002:binary' is not allowed."),
        ("a: !!int five", "a.yaml:1:4: the tag 'tag:yaml.org,2002:int' is not allowed."),
        ("a: !!bool yes", "a.yaml:1:4: the tag 'tag:yaml.org,2002:bool' is not allowed."),
        ("a: " + "9" * 5000, "a.yaml:1:4: the number has 5000 digits. Write a shorter one."),
        (
            "a:\n\t- b",
            "a.yaml:2:1: this is not valid YAML: found character that cannot start any token. Mend the syntax here.",
        ),
        ("a: [1\n", "a.yaml:2:1: this is not valid YAML: did not find expected ',' or ']'. Mend the syntax here."),
        ("a: 1\n---\nb: 2", "a.yaml:2:1: this is not valid YAML: but found another document. Mend the syntax here."),
        ("a: *x", "a.yaml:1:4: this is not valid YAML: found undefined alias. Mend the syntax here."),
        ("a: \x00", "a.yaml: this cannot be read as YAML (ReaderError). Save it as plain UTF-8 YAML."),
    ],
)
def test_a_mistake_is_reported_with_its_place(text: str, problem: str) -> None:
    (found,) = read(text)[1]
    assert found.startswith(problem)


def test_several_mistakes_are_reported_together() -> None:
    _, problems = read("a: 1\na: 2\nb: !x 3\nc: {d: 1, d: 2}")
    assert [p.split(": ")[0] for p in problems] == ["a.yaml:2:1", "a.yaml:3:4", "a.yaml:4:11"]


@pytest.mark.parametrize("deep", ["[" * 200_000, "- " * 100_000, "a: " + "{a: " * 5_000])
def test_very_deep_nesting_is_a_problem_and_no_crash(deep: str) -> None:
    (problem,) = read(deep)[1]
    assert f"this is nested more than {MAX_DEPTH} levels deep. Write it flatter." in problem


def test_nesting_up_to_the_limit_is_read() -> None:
    assert read("[" * MAX_DEPTH + "]" * MAX_DEPTH)[1] == []
    assert len(read("[" * (MAX_DEPTH + 1) + "]" * (MAX_DEPTH + 1))[1]) == 1


def test_places_are_counted_from_one_in_characters() -> None:
    tree = tree_of("\n# é\näö: {ü: [1, é, 3]}\nb:\n  - x: >-\n      long\n")
    assert tree.where == "a.yaml:3:1"
    assert tree.value["äö"].where == "a.yaml:3:5"
    assert [one.where for one in tree.value["äö"].value["ü"].value] == ["a.yaml:3:10", "a.yaml:3:13", "a.yaml:3:16"]
    assert tree.value["b"].value[0].where == "a.yaml:5:5"
    assert tree.value["b"].value[0].value["x"].where == "a.yaml:5:8"


def test_a_byte_order_mark_and_windows_line_ends_do_no_harm() -> None:
    assert read("\ufeffa: 1\r\nb: 2\r\n") == ({"a": 1, "b": 2}, [])


def test_scalars_come_in_reading_order() -> None:
    assert [s.value for s in scalars(tree_of("a: [1, {b: x}]\nc: ~"))] == [1, "x", None]
