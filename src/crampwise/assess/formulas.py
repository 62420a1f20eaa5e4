"""Formulas of the book, evaluated without Python's eval: names, numbers, arithmetic, min, max, if-else."""

import ast
import operator
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

Number = float | bool

_BINARY: Mapping[type, Callable[[float, float], float]] = {
    ast.Add: operator.add, ast.Sub: operator.sub, ast.Mult: operator.mul, ast.Div: operator.truediv,
    ast.Pow: operator.pow,
}  # fmt: skip
_COMPARE: Mapping[type, Callable[[float, float], bool]] = {
    ast.Lt: operator.lt, ast.LtE: operator.le, ast.Gt: operator.gt, ast.GtE: operator.ge,
}  # fmt: skip
_CALLS: Mapping[str, Callable[..., float]] = {"min": min, "max": max}


def calculate(expression: str, values: Mapping[str, Number]) -> float:
    """Evaluate a formula.

    Raises:
        ValueError: the expression uses anything else than the permitted forms, or a name without a value.
        ArithmeticError: division by zero or overflow.
    """
    result = _value(_parsed(expression), values)
    if isinstance(result, complex):
        raise ArithmeticError("the formula has no real value here")
    return float(result)


@cache
def _parsed(expression: str) -> ast.expr:
    return ast.parse(expression, mode="eval").body


def _value(node: ast.expr, values: Mapping[str, Number]) -> Number:
    match node:
        case ast.Constant(value=float() | int() as number):
            return number
        case ast.Name(id=name) if name in values:
            return values[name]
        case ast.BinOp(left=left, op=op, right=right) if type(op) in _BINARY:
            return _BINARY[type(op)](_value(left, values), _value(right, values))
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            return -_value(operand, values)
        case ast.IfExp(test=test, body=body, orelse=orelse):
            return _value(body if _value(test, values) else orelse, values)
        case ast.Compare(left=left, ops=[op], comparators=[right]) if type(op) in _COMPARE:
            return _COMPARE[type(op)](_value(left, values), _value(right, values))
        case ast.Call(func=ast.Name(id=name), args=args, keywords=[]) if name in _CALLS:
            return _CALLS[name](*(_value(a, values) for a in args))
    raise ValueError(f"{ast.unparse(node)!r} is not allowed in a formula, or has no value")


def calculate_many(expression: str, values: Mapping[str, NDArray[Any] | Number]) -> NDArray[np.float64]:
    """Evaluate a formula for many people at once; where it has no real value the outcome is NaN or infinite.

    Raises:
        ValueError: the expression uses anything else than the permitted forms, or a name without a value.
    """
    with np.errstate(all="ignore"):
        return np.asarray(_values(_parsed(expression), values), dtype=np.float64)


def _values(node: ast.expr, values: Mapping[str, Any]) -> Any:
    match node:
        case ast.Constant(value=float() | int() as number):
            return np.float64(number)
        case ast.Name(id=name) if name in values:
            return values[name]
        case ast.BinOp(left=left, op=op, right=right) if type(op) in _BINARY:
            return _BINARY[type(op)](_values(left, values), _values(right, values))
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            return -_values(operand, values)
        case ast.IfExp(test=test, body=body, orelse=orelse):
            return np.where(_values(test, values), _values(body, values), _values(orelse, values))
        case ast.Compare(left=left, ops=[op], comparators=[right]) if type(op) in _COMPARE:
            return _COMPARE[type(op)](_values(left, values), _values(right, values))
        case ast.Call(func=ast.Name(id=("min" | "max") as name), args=[*args], keywords=[]):
            kernel = np.minimum if name == "min" else np.maximum
            parts = [_values(a, values) for a in args]
            found = parts[0]
            for part in parts[1:]:
                found = kernel(found, part)
            return found
    raise ValueError(f"{ast.unparse(node)!r} is not allowed in a formula, or has no value")
