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
    from yaml import SafeLoader as _Base  # type: ignore[assignment]

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

    yaml_implicit_resolvers: dict[str, list[tuple[str, re.Pattern[str]]]] = {}


for _tag, _pattern, _first in (
    ("bool", r"^(?:true|True|TRUE|false|False|FALSE)$", "tTfF"),
    ("null", r"^(?:~|null|Null|NULL|)$", "~nN\0"),
    ("int", r"^(?:[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+)$", "-+0123456789"),
    ("float", r"^(?:[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN))$",
     "-+0123456789."),
):  # fmt: skip
    for _c in _first:
        key = "" if _c == "\0" else _c
        _Loader.yaml_implicit_resolvers.setdefault(key, []).append(("tag:yaml.org,2002:" + _tag, re.compile(_pattern)))


def read_yaml(text: str, name: str, problems: list[Problem]) -> Located | None:
    """Parse one YAML 1.2 document.

    Args:
        text: the document.
        name: what to call the file in messages.
        problems: gets one entry for each mistake (syntax, repeated key, key that is not text, alias).

    Returns:
        The tree, or None when the text is not YAML at all.
    """
    try:
        node = yaml.compose(text, Loader=_Loader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        place = f"{name}:{mark.line + 1}:{mark.column + 1}" if mark else name
        problems.append(Problem(place, f"this is not valid YAML: {error.problem}.", "Mend the syntax here."))
        return None
    except (yaml.YAMLError, RecursionError) as error:
        problems.append(Problem(name, f"this cannot be read as YAML ({type(error).__name__}).", "Save it as plain UTF-8 YAML."))
        return None
    if node is None:
        problems.append(Problem(name, "the file is empty."))
        return None
    return _Builder(name, problems).build(node)


class _Builder:
    """Turns composed nodes into located values. Aliases are refused: they can blow a small file up without end."""

    def __init__(self, name: str, problems: list[Problem]) -> None:
        self.name = name
        self.problems = problems
        self.seen: set[int] = set()

    def build(self, node: Any) -> Located:
        where = self.place(node)
        if isinstance(node, yaml.ScalarNode):
            return Located(_scalar(node, where, self.problems), where, node.value)
        if id(node) in self.seen:
            self.problems.append(Problem(where, "is used again through an alias (*name).", "Write it out where it is needed."))
            return Located(None, where)
        self.seen.add(id(node))
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
    kind = node.tag.rsplit(":", 1)[-1]
    match kind:
        case "bool":
            return bool(node.value.lower() == "true")
        case "null":
            return None
        case "int":
            return int(node.value, 0) if node.value[:2] in ("0o", "0x") else int(node.value)
        case "float":
            return float(node.value.lower().replace(".inf", "inf").replace(".nan", "nan"))
        case "str" | "!":
            return str(node.value)
    problems.append(Problem(where, f"the tag {node.tag!r} is not allowed.", "Write plain text, numbers, lists or maps."))
    return None


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
