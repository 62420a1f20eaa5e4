"""YAML 1.2 text into plain values that remember where they stood, with every mistake collected."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import yaml

from crampwise.logic.errors import Problem

try:
    from yaml import CSafeLoader as _Base
except ImportError:  # pragma: no cover - the pure Python reader gives the same tree, more slowly
    from yaml import SafeLoader as _Base  # type: ignore[assignment]  # the same methods, but the stubs give the two no common base

MAX_DEPTH = 64
"""How deep lists and maps may nest. Far more than content needs; the C reader crashes on very deep text."""

Plain = dict[str, "Located"] | list["Located"] | str | int | float | bool | None


@dataclass(slots=True)
class Located:
    """A value and the place where it stood.

    Attributes:
        value: a dict of Located, a list of Located, or a scalar. Numbers keep their text in `text`.
        where: "file:line:column", counted from 1.
        text: the scalar as written.
    """

    value: Any
    where: str
    text: str = ""


class _Loader(_Base):
    """Safe loader with the scalar rules of the YAML 1.2 core schema: `yes` and `on` are strings."""


_PATTERNS: dict[str, re.Pattern[str]] = {}
_CORE = "tag:yaml.org,2002:"

_NUMBER = "-+.0123456789"
_FLOAT = r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)"
_SCALARS = (
    ("bool", r"true|True|TRUE|false|False|FALSE", "tTfF"),
    ("null", r"~|null|Null|NULL|", "~nN\0"),
    ("int", r"[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+", _NUMBER),
    ("float", _FLOAT, _NUMBER),
)
_Loader.yaml_implicit_resolvers = {}
for _tag, _pattern, _firsts in _SCALARS:
    _PATTERNS[_CORE + _tag] = re.compile(f"^(?:{_pattern})$")
    for _first in _firsts:
        _key = "" if _first == "\0" else _first
        _Loader.yaml_implicit_resolvers.setdefault(_key, []).append((_CORE + _tag, _PATTERNS[_CORE + _tag]))


def read_yaml(text: str, name: str, problems: list[Problem]) -> Located | None:
    """Parse one YAML 1.2 document.

    Args:
        text: the document.
        name: what to call the file in messages.
        problems: gets one entry for each mistake (syntax, depth, repeated key, key that is not text, alias, tag).

    Returns:
        The tree, or None when the text is not YAML at all.
    """
    try:
        deep = _too_deep(text)
        if deep is not None:
            place = f"{name}:{deep.line + 1}:{deep.column + 1}"
            problems.append(Problem(place, f"this is nested more than {MAX_DEPTH} levels deep.", "Write it flatter."))
            return None
        node = yaml.compose(text, Loader=_Loader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        place = f"{name}:{mark.line + 1}:{mark.column + 1}" if mark else name
        problems.append(Problem(place, f"this is not valid YAML: {error.problem}.", "Mend the syntax here."))
        return None
    except (yaml.YAMLError, RecursionError) as error:
        problems.append(
            Problem(name, f"this cannot be read as YAML ({type(error).__name__}).", "Save it as plain UTF-8 YAML.")
        )
        return None
    if node is None:
        problems.append(Problem(name, "the file is empty."))
        return None
    return _Builder(name, problems).build(node)


def _too_deep(text: str) -> Any:
    """Give the mark of the first list or map that lies too deep, or None."""
    depth = 0
    for event in yaml.parse(text, Loader=_Loader):
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
            if depth > MAX_DEPTH:
                return event.start_mark
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
    return None


class _Builder:
    """Turns composed nodes into located values. Aliases are refused: they can blow a small file up without end."""

    def __init__(self, name: str, problems: list[Problem]) -> None:
        self.name = name
        self.problems = problems
        self.seen: set[int] = set()

    def build(self, node: Any) -> Located:
        where = self.place(node)
        if id(node) in self.seen:
            self.problems.append(
                Problem(where, "is used again through an alias (*name).", "Write it out where it is needed.")
            )
            return Located(None, where)
        self.seen.add(id(node))
        if isinstance(node, yaml.ScalarNode):
            return Located(_scalar(node, where, self.problems), where, node.value)
        if node.tag not in (f"{_CORE}map", f"{_CORE}seq", "!"):
            self.problems.append(_tag_problem(node, where))
            return Located(None, where)
        if isinstance(node, yaml.MappingNode):
            return Located(self.mapping(node), where)
        return Located([self.build(child) for child in node.value], where)

    def mapping(self, node: Any) -> dict[str, Located]:
        built: dict[str, Located] = {}
        for key_node, value_node in node.value:
            if not isinstance(key_node, yaml.ScalarNode):
                self.problems.append(Problem(self.place(key_node), "a key must be plain text."))
            elif key_node.value in built:
                place = self.place(key_node)
                self.problems.append(Problem(place, f"the key {key_node.value!r} is given twice.", "Keep one of them."))
            else:
                built[key_node.value] = self.build(value_node)
        return built

    def place(self, node: Any) -> str:
        return f"{self.name}:{node.start_mark.line + 1}:{node.start_mark.column + 1}"


def _scalar(node: Any, where: str, problems: list[Problem]) -> str | int | float | bool | None:
    if node.tag in (f"{_CORE}str", "!"):
        return str(node.value)
    if node.tag not in _PATTERNS or not _PATTERNS[node.tag].match(node.value):
        problems.append(_tag_problem(node, where))
        return None
    match node.tag.removeprefix(_CORE):
        case "bool":
            return bool(node.value.lower() == "true")
        case "int":
            return _int(node.value, where, problems)
        case "float":
            return float(node.value.lower().replace(".inf", "inf").replace(".nan", "nan"))
    return None


def _int(text: str, where: str, problems: list[Problem]) -> int | None:
    try:
        return int(text, 0) if text[:2] in ("0o", "0x") else int(text)
    except ValueError:
        problems.append(Problem(where, f"the number has {len(text)} digits.", "Write a shorter one."))
        return None


def _tag_problem(node: Any, where: str) -> Problem:
    return Problem(where, f"the tag {node.tag!r} is not allowed.", "Write plain text, numbers, lists or maps.")


def plain(tree: Located) -> Any:
    """Give the value without places."""
    if isinstance(tree.value, dict):
        return {k: plain(v) for k, v in tree.value.items()}
    if isinstance(tree.value, list):
        return [plain(v) for v in tree.value]
    return tree.value


def scalars(tree: Located) -> Iterator[Located]:
    """Yield every scalar in the tree."""
    if isinstance(tree.value, dict):
        for child in tree.value.values():
            yield from scalars(child)
    elif isinstance(tree.value, list):
        for child in tree.value:
            yield from scalars(child)
    else:
        yield tree
