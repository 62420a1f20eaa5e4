"""Formulas and scores of the book as CQL: the same arithmetic, unknown while an input is."""

import ast
from collections.abc import Callable
from decimal import Decimal

from crampwise.assess.labs import Whose, intervals_for
from crampwise.assess.units import UnitError, convert
from crampwise.book.book import Book
from crampwise.book.schema.workup import Conversion, Formula, FormulaInput, Score
from crampwise.interpret.cql import Writer, indented, joined, listed, name, string
from crampwise.logic.findings import Choice, Finding, Number, YesNo

_PLACES = 6
_DECIMALS = 8
"""CQL keeps eight places after the point."""

FITTING = """\
define function Fitting(value Decimal, low Decimal, high Decimal, unit String):
  if value between low and high then System.Quantity { value: value, unit: unit } else null
"""
"""What was worked out, if it is plausible."""

_BINARY = {ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/", ast.Pow: "^"}
_COMPARE = {ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">="}
_CALLS = {"min": "Min", "max": "Max"}
_SEXES = ("female", "male")


def number(value: Decimal | float) -> str:
    """Give a decimal literal."""
    text = f"{round(Decimal(str(value)), _DECIMALS).normalize():f}"
    return text if "." in text else f"{text}.0"


def scaled(value: str, unit: str, target: str, conversions: "list[Conversion]") -> str:
    """Give `value`, a plain number in `unit`, in the unit `target`: by whichever factor is shorter to write.

    Raises:
        UnitError: the units do not measure the same thing.
    """
    if unit == target:
        return value
    zero, one = (convert(Decimal(n), unit, target, conversions) for n in (0, 1))
    factor, back = one - zero, convert(Decimal(1), target, unit, conversions)
    if zero == 0 and len(number(back)) < len(number(factor)):
        return f"({value} / {number(back)})"
    shifted = f" + {number(zero)}" if zero else ""
    return value if factor == 1 and not zero else f"({value} * {number(factor)}{shifted})"


class Arithmetic:
    """Writes what formulas and scores fill.

    Attributes:
        book: gives formulas, scores and limits. writer: takes the rules that they read.
        own_limit: the expression of the upper limit that the report of a test itself prints.
        functions: the text of each formula's function by its id.
    """

    def __init__(self, book: Book, writer: Writer, own_limit: Callable[[str], str]) -> None:
        self.book = book
        self.writer = writer
        self.own_limit = own_limit
        self.functions: dict[str, str] = {}

    def worked_out(self, finding: Number) -> str | None:
        """Give the quantity that a formula or score fills for a finding; None if nothing that is known can fill it."""
        by = self.book.findings[finding.id].computed_by
        formula = self.book.formulas.get(by)
        if by not in self.book.scores and (formula is None or not all(_is_known(i) for i in formula.inputs)):
            return None
        value = self._formula(formula) if formula else self._score(self.book.scores[by])
        return f"Fitting({indented(value)}, {number(finding.low)}, {number(finding.high)}, {string(finding.unit)})"

    def _score(self, score: Score) -> str:
        truths = [self.writer.rule(item.when) for item in score.items]
        points = [f"(if {t} then {number(i.points)} else 0.0)" for t, i in zip(truths, score.items, strict=True)]
        known = joined("and", [f"{t} is not null" for t in truths])
        return f"if {known}\nthen " + "\n  + ".join(points) + "\nelse null"

    def _formula(self, formula: Formula) -> str:
        value = self._call(formula)
        if formula.only_if is None:
            return value
        return f"if {self.writer.rule(formula.only_if)} is true then {value} else null"

    def _call(self, formula: Formula) -> str:
        """Give the call of a formula's function, which is written when it is first called."""
        if formula.id not in self.functions:
            names = {i.name: name(i.name) for i in formula.inputs}
            known = {key: number(value) for key, value in (formula.parameters or {}).items()}
            said = _said(ast.parse(formula.expression, mode="eval").body, known | names)
            takes = ", ".join(f"{names[i.name]} {self._type(i)}" for i in formula.inputs)
            missing = joined("or", [f"{n} is null" for n in names.values()])
            self.functions[formula.id] = (
                f"// {formula.name}\ndefine function {name(formula.id)}({takes}):\n"
                f"  if {missing} then null else Round({said}, {_PLACES})\n"
            )
        return f"{name(formula.id)}({', '.join(self._input(i) for i in formula.inputs)})"

    def _type(self, wanted: FormulaInput) -> str:
        finding = self.book.catalogue[wanted.finding] if wanted.finding else None
        return "Decimal" if finding is None or isinstance(finding, Number) else "Boolean"

    def _input(self, wanted: FormulaInput) -> str:
        if wanted.formula:
            return self._call(self.book.formulas[wanted.formula])
        if wanted.upper_limit_of:
            return self._upper_limit(wanted.upper_limit_of, wanted.unit)
        finding = self.book.catalogue[wanted.finding or ""]
        match finding:
            case Choice(_, options):
                option = next(o for o in options if wanted.name.endswith(f"_{o}"))
                return f"({self.writer.told.value(finding)} = {string(option)})"
            case YesNo():
                return self.writer.yes_no(finding)
            case Number(_, unit, _, _):
                return scaled(f"{self.writer.told.value(finding)}.value", unit, wanted.unit, self._stated(finding))

    def _stated(self, finding: Finding) -> "list[Conversion]":
        return [c for t in self.book.tests.values() if finding.id in t.results for c in t.conversions if not c.called]

    def _upper_limit(self, test_id: str, unit: str) -> str:
        """The report's own limit, or the book's for adults; while the sex is not known the lower one."""
        test = self.book.tests[test_id]

        def limit(sex: str | None) -> str:
            found = []
            for interval in intervals_for(test, None, Whose(sex, adult=True)):
                if interval.high is not None:
                    try:
                        found.append(convert(interval.high, interval.unit, unit, test.conversions))
                    except UnitError:
                        continue
            return number(min(found)) if found else "null"

        sex, age = (self.writer.told.value(self.book.catalogue[f]) for f in ("sex_at_birth", "age_years"))
        cases = [f"when {sex} = {string(s)} then {limit(s)}" for s in _SEXES]
        child = f"when {age}.value < {number(self.book.info.adult_from_years)} then null"
        return f"Coalesce({self.own_limit(test_id)}, case {' '.join([child, *cases])} else {limit(None)} end)"


def _is_known(wanted: FormulaInput) -> bool:
    """Whether a variable comes from somewhere, or is for the reader's own use only."""
    return bool(wanted.finding or wanted.formula or wanted.upper_limit_of)


def _said(node: ast.expr, names: "dict[str, str]") -> str:
    match node:
        case ast.Constant(value=float() | int() as value):
            return number(value)
        case ast.Name(id=called) if called in names:
            return names[called]
        case ast.BinOp(left=left, op=op, right=right) if type(op) in _BINARY:
            return f"({_said(left, names)} {_BINARY[type(op)]} {_said(right, names)})"
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            return f"(-{_said(operand, names)})"
        case ast.IfExp(test=test, body=body, orelse=orelse):
            truth = _said(test, names)
            branches = (
                f"when {truth} is true then {_said(body, names)} when {truth} is false then {_said(orelse, names)}"
            )
            return f"(case {branches} else null end)"
        case ast.Compare(left=left, ops=[op], comparators=[right]) if type(op) in _COMPARE:
            return f"({_said(left, names)} {_COMPARE[type(op)]} {_said(right, names)})"
        case ast.Call(func=ast.Name(id=called), args=args, keywords=[]) if called in _CALLS:
            return f"{_CALLS[called]}({listed([_said(a, names) for a in args])})"
    raise ValueError(f"{ast.unparse(node)!r} is not allowed in a formula")
