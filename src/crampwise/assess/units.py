"""Results in whatever unit a laboratory prints, turned into the unit that the rules read."""

import re
from collections.abc import Iterable, Mapping
from decimal import Decimal
from functools import cache
from typing import Any

from crampwise.book.schema.knowledge import UnitWord
from crampwise.book.schema.workup import Conversion

_DEFINITIONS = (
    "equivalent_ = [equivalent] = eq",
    "international_unit_ = [biological_activity] = IU",
    "enzyme_ = 1 umol / minute = U",
)
_UCUM_TO_PINT = (
    (r"\{[^}]*\}", ""), (r"\[IU\]", "IU"), (r"mm\[Hg\]", "mmHg"), (r"\[lb_av\]", "pound"), (r"\[in_i\]", "inch"),
    (r"\[degF\]", "degF"), (r"^Cel$", "degC"), (r"^a$", "year"), (r"^wk$", "week"), (r"^d$", "day"),
    (r"10\*(\d+)", r"1e\1"), (r"^/", "1/"), (r"/$", ""), (r"^%$", "percent"), (r"m2$", "m**2"),
)  # fmt: skip
_PLAIN = re.compile(r"[\w%°²\[\]{}.*/^() -]*")
_DIGITS = 6


class UnitError(ValueError):
    """A unit that cannot be what was measured."""


def ucum_of(written: str, units: Iterable[UnitWord]) -> str:
    """Give the UCUM unit for a unit as people write it; unknown spellings are given back as they are."""
    return _spellings(tuple(units)).get(written.strip(), written.strip())


@cache
def _spellings(units: tuple[UnitWord, ...]) -> Mapping[str, str]:
    return {s: u.ucum for u in units for s in (u.ucum, u.shown, *u.also) if s}


def convert(
    value: Decimal, unit: str, target: str, conversions: Iterable[Conversion] = (), called: str = ""
) -> Decimal:
    """Convert a value from one UCUM unit to another.

    Args:
        value: the number. unit: its UCUM unit. target: the UCUM unit wanted.
        conversions: factors that hold for what was measured (amount of substance to mass, and the like).
        called: the name of the test as handed in; some factors hold only for one name.

    Raises:
        UnitError: the unit does not measure the same kind of thing.
    """
    if unit == target:
        return value
    if not _PLAIN.fullmatch(unit):
        raise UnitError(f"{unit!r} is not a unit for this; {target} is")
    fitting = [c for c in conversions if not c.called or called in c.called]
    turned = _stated(value, unit, target, fitting)
    if turned is None and _marks(unit) == _marks(target) and (scale := _scale(unit, target)):
        turned = scale(value)
    if turned is None:
        turned = _through_factor(value, unit, target, fitting)
    if turned is None:
        raise UnitError(f"{unit or 'no unit'} is not a unit for this; {target} is")
    return _rounded(turned)


def _stated(value: Decimal, unit: str, target: str, conversions: Iterable[Conversion]) -> Decimal | None:
    """Use a factor stated for exactly these two units; it goes before mere equality of dimension."""
    for c in conversions:
        if (unit, target) == (c.from_unit, c.to_unit):
            return value * c.factor + c.offset
        if (unit, target) == (c.to_unit, c.from_unit):
            return (value - c.offset) / c.factor
    return None


def _through_factor(value: Decimal, unit: str, target: str, conversions: Iterable[Conversion]) -> Decimal | None:
    """Scale to the units of a stated factor, apply it, and scale on to the unit wanted."""
    for c in conversions:
        for start, end, there in ((c.from_unit, c.to_unit, True), (c.to_unit, c.from_unit, False)):
            if (_marks(unit), _marks(target)) != (_marks(start), _marks(end)):
                continue
            before, after = _scale(unit, start), _scale(end, target)
            if before and after:
                at_start = before(value)
                return Decimal(after(at_start * c.factor + c.offset if there else (at_start - c.offset) / c.factor))
    return None


def _marks(unit: str) -> str:
    """What was measured, as UCUM writes it in braces: FEU and DDU are not the same thing."""
    return "".join(re.findall(r"\{([^}]*)\}", unit))


def _rounded(value: Decimal) -> Decimal:
    digits = _DIGITS - value.adjusted() - 1 if value else _DIGITS
    return round(value, max(digits, 0)).normalize() + 0


@cache
def _registry() -> Any:
    import pint

    registry: Any = pint.UnitRegistry(non_int_type=Decimal, autoconvert_offset_to_baseunit=True)
    for definition in _DEFINITIONS:
        registry.define(definition)
    return registry


@cache
def _scale(unit: str, target: str) -> Any:
    """A function from one unit to another of the same dimension, or None."""
    if unit == target:
        return lambda value: value
    import pint

    registry = _registry()
    try:
        source, wanted = registry.Unit(_pint(unit)), registry.Unit(_pint(target))
        registry.Quantity(Decimal(1), source).to(wanted)
    except (pint.PintError, ValueError, TypeError, AttributeError, ArithmeticError, SyntaxError):
        return None
    return lambda value: Decimal(registry.Quantity(value, source).to(wanted).magnitude)


def _pint(ucum: str) -> str:
    for pattern, replacement in _UCUM_TO_PINT:
        ucum = re.sub(pattern, replacement, ucum)
    return ucum or "dimensionless"
