"""Located YAML into typed entries, guided by the type hints of the schema, collecting every mistake."""

from collections.abc import Callable
from dataclasses import MISSING, dataclass, field, fields, is_dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from functools import cache
from sys import float_info
from types import NoneType, UnionType
from typing import Any, Literal, NamedTuple, Union, get_args, get_origin, get_type_hints

from crampwise.book.rules import RuleParser, did_you_mean
from crampwise.book.schema.common import Ref
from crampwise.book.tree import Located
from crampwise.logic.errors import Problem
from crampwise.logic.rules import Present, Rule

_SCALARS: dict[Any, str] = {str: "text", int: "a whole number", float: "a number", bool: "true or false"}
_BAD = object()


class Reference(NamedTuple):
    """An id used in the content: of what kind, which, and where."""

    kind: str
    id: str
    where: str


@dataclass
class Reader:
    """Builds typed entries.

    Attributes:
        rules: parses the rules met on the way, and collects the problems of everything read.
        references: every id met on the way, to be looked up when all is read.
    """

    rules: RuleParser
    references: list[Reference] = field(default_factory=list)

    @property
    def problems(self) -> list[Problem]:
        """Everything found wrong so far."""
        return self.rules.problems

    def read(self, kind: Any, tree: Located) -> Any:
        """Build a value of type `kind`; None when that failed, with the reason among the problems."""
        value = self._read(kind, tree)
        return None if value is _BAD else value

    def _read(self, kind: Any, tree: Located) -> Any:
        if kind == Rule:
            return self.rules.parse(tree) or _BAD
        what = _refers_to(kind)
        if what:
            return self._reference(what, tree)
        if is_dataclass(kind):
            return self._entry(kind, tree)
        origin = get_origin(kind)
        readers: dict[Any, Callable[[Any, Located], Any]] = {
            Literal: self._literal, tuple: self._tuple, dict: self._dict, UnionType: self._union, Union: self._union,
        }  # fmt: skip
        return readers[origin](kind, tree) if origin in readers else self._scalar(kind, tree)

    def _entry(self, kind: Any, tree: Located) -> Any:
        if not isinstance(tree.value, dict):
            return self._bad(tree, f"needs a map with {', '.join(_shape(kind)[1]) or 'keys'}.")
        hints, required = _shape(kind)
        values: dict[str, Any] = {}
        for key, child in tree.value.items():
            name = "from_" if key == "from" and "from_" in hints else key
            if name not in hints:
                self._bad(child, f"{key!r} is not a key of {kind.__name__}.", did_you_mean(key, hints))
            else:
                values[name] = self._read(hints[name], child)
        missing = [name for name in required if name not in values]
        if missing:
            return self._bad(tree, f"{kind.__name__} needs {', '.join(missing)}.")
        return _BAD if any(v is _BAD for v in values.values()) else kind(**values)

    def _reference(self, what: str, tree: Located) -> Any:
        if not isinstance(tree.value, str) or not tree.value:
            return self._bad(tree, "needs an id.")
        self.references.append(Reference(what, tree.value, tree.where))
        return tree.value

    def _literal(self, kind: Any, tree: Located) -> Any:
        allowed = get_args(kind)
        if tree.value in allowed:
            return tree.value
        hint = did_you_mean(str(tree.value), map(str, allowed))
        return self._bad(tree, f"{tree.text!r} is not one of {', '.join(map(str, allowed))}.", hint)

    def _tuple(self, kind: Any, tree: Located) -> Any:
        if not isinstance(tree.value, list):
            return self._bad(tree, "needs a list.")
        inner = get_args(kind)[0]
        values = [self._read(inner, child) for child in tree.value]
        return _BAD if _BAD in values else tuple(values)

    def _dict(self, kind: Any, tree: Located) -> Any:
        if not isinstance(tree.value, dict):
            return self._bad(tree, "needs a map.")
        key_kind, inner = get_args(kind)
        if what := _refers_to(key_kind):
            self.references += [Reference(what, k, c.where) for k, c in tree.value.items()]
        values = {key: self._read(inner, child) for key, child in tree.value.items()}
        return _BAD if any(v is _BAD for v in values.values()) else values

    def _union(self, kind: Any, tree: Located) -> Any:
        options = get_args(kind)
        if tree.value is None and NoneType in options:
            return None
        if Present in options:
            return self._read(Rule, tree)
        rest = [o for o in options if o is not NoneType]
        if len(rest) == 1:
            return self._read(rest[0], tree)
        for option in rest:
            if isinstance(tree.value, get_origin(option) or ()) or (
                isinstance(tree.value, list) and get_origin(option) is tuple
            ):
                return self._read(option, tree)
        if float in rest and type(tree.value) is float:
            return self._scalar(float, tree)
        if type(tree.value) in rest or (float in rest and type(tree.value) is int):
            return tree.value
        return self._bad(tree, f"{_kind_of(tree)} does not fit here.")

    def _scalar(self, kind: Any, tree: Located) -> Any:
        value = tree.value
        if kind is Decimal and isinstance(value, (int, float)) and not isinstance(value, bool):
            try:
                number = Decimal(tree.text)
            except InvalidOperation:
                number = Decimal("NaN")
            return number if number.is_finite() else self._bad(tree, f"{tree.text!r} is not a finite number.")
        if kind is date and isinstance(value, str):
            try:
                return date.fromisoformat(value)
            except ValueError:
                return self._bad(tree, f"{value!r} is not a date.", "Write it as 2026-11-21.")
        if kind is float and isinstance(value, (int, float)) and not isinstance(value, bool):
            return (
                float(value)
                if abs(value) <= float_info.max
                else self._bad(tree, f"{tree.text!r} is not a finite number.")
            )
        if type(value) is kind:
            return value
        wanted = _SCALARS.get(kind, "a number" if kind is Decimal else "a date")
        hint = "Put it in quotes." if kind is str and isinstance(value, (int, float)) else ""
        return self._bad(tree, f"needs {wanted}, not {_kind_of(tree)}.", hint)

    def _bad(self, tree: Located, what: str, remedy: str = "") -> Any:
        self.problems.append(Problem(tree.where, what, remedy))
        return _BAD


def _refers_to(kind: Any) -> str:
    """Of what a type is the id, or nothing."""
    marks = [m.what for m in getattr(kind, "__metadata__", ()) if isinstance(m, Ref)]
    return marks[0] if marks else ""


def _kind_of(tree: Located) -> str:
    if isinstance(tree.value, (dict, list)):
        return "a map" if isinstance(tree.value, dict) else "a list"
    return repr(tree.text) if tree.value is not None else "nothing"


@cache
def _shape(kind: Any) -> tuple[dict[str, Any], tuple[str, ...]]:
    """Give the type of each key of a dataclass, and the keys that must be there."""
    hints = get_type_hints(kind, include_extras=True)
    required = tuple(f.name for f in fields(kind) if f.default is MISSING and f.default_factory is MISSING)
    return {f.name: hints[f.name] for f in fields(kind)}, required
