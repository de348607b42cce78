"""Numbers of a metric as a user gives them: plain, in the unit of the metric, or as texts with a unit."""

from __future__ import annotations

import math

from diamondsim.arguments import ArgumentError
from diamondsim.errors import NotationError
from diamondsim.units.kinds import Kind, canonical_unit
from diamondsim.units.reading import UnitMissingError, number_text, parse_quantity
from diamondsim.units.table import parse_unit

_NO_UNIT, _TICK = "1", "tick"
_SIDES = {"(": "above", "[": "at least", ")": "below", "]": "at most"}


def number_in_unit(argument: str, value: float | str, unit: str, *, tick_days: float = 1.0) -> float:
    """Return an argument that is a number of a metric, in the unit of the metric.

    Parameters
    ----------
    argument
        Name of the argument.
    value
        A number in the unit of the metric, or a text such as ``20%``, ``3 Mct``, ``45 days``, ``2 MUSD``; a
        text without a unit is in that of the metric.
    unit
        Unit of the metric, as in the attribute `units` of a Dataset: ``1``, ``carat``, ``tick``, ``USD``.
    tick_days
        Length of a tick in days.

    Returns
    -------
    float

    Raises
    ------
    ArgumentError
        If it cannot be read, is not finite, or has a unit of another kind.

    Examples
    --------
    >>> number_in_unit("above", "3 Mct", "carat"), number_in_unit("above", "42 days", "tick", tick_days=7)
    (3000000.0, 6.0)
    >>> number_in_unit("above", "3 Mctt", "carat")
    Traceback (most recent call last):
    diamondsim.arguments.ArgumentError: above: unknown unit 'Mctt'; did you mean 'Mct'?
    """
    if isinstance(value, str):
        try:
            return _read(value, unit, tick_days)
        except NotationError as error:
            raise ArgumentError(argument, str(error)) from None
    if isinstance(value, bool) or not hasattr(value, "__float__") or not math.isfinite(value):
        raise ArgumentError(argument, f"expected a finite number, found {value!r}")
    return float(value)


def share_within(argument: str, value: float | str, low: float, high: float, ends: str = "()") -> float:
    """Return an argument that is a share in an interval.

    Parameters
    ----------
    argument
        Name of the argument.
    value
        A fraction, or a text such as ``20%``.
    low, high
        Ends of the interval.
    ends
        ``()``, ``(]``, ``[)`` or ``[]``: whether the ends belong to it.

    Returns
    -------
    float

    Raises
    ------
    ArgumentError
        If it cannot be read, or lies outside.

    Examples
    --------
    >>> share_within("chance", "20%", 0, 1)
    0.2
    >>> share_within("chance", "20", 0, 1)
    Traceback (most recent call last):
    diamondsim.arguments.ArgumentError: chance: expected a share above 0% and below 100%, found '20'; did \
you mean '20%'?
    """
    share = number_in_unit(argument, value, _NO_UNIT)
    from_low = share >= low if ends[0] == "[" else share > low
    to_high = share <= high if ends[1] == "]" else share < high
    if from_low and to_high:
        return share
    limits = " and ".join(f"{_SIDES[end]} {100 * x:g}%" for end, x in zip(ends, (low, high), strict=True))
    meant = f"'{number_text(share)}%'" if isinstance(value, str) else f"{share / 100:g}"
    is_percent = isinstance(value, str) and "%" in value
    hint = f"; did you mean {meant}?" if 1 < share <= 100 and not is_percent else ""
    raise ArgumentError(argument, f"expected a share {limits}, found {value!r}{hint}")


def _read(text: str, unit: str, tick_days: float) -> float:
    kind, grade_unit, size = _measured_in(unit, tick_days)
    try:
        return parse_quantity(text, kind, grade_unit) / size
    except UnitMissingError:
        return parse_quantity(text, Kind.NUMBER)
    except NotationError as error:
        if error.suggestion or not error.allowed or not kind.dimension(grade_unit):
            raise
        plain = "of ticks" if unit == _TICK else f"in {canonical_unit(kind, grade_unit)}"
        allowed = f"{error.allowed}, or a plain number {plain}"
        raise NotationError(error.why, found=error.found, allowed=allowed) from None


def _measured_in(unit: str, tick_days: float) -> tuple[Kind, str, float]:
    """Return the kind of numbers in a unit, the unit of the grade in it, and its size in canonical units."""
    if unit == _NO_UNIT:
        return Kind.FRACTION, "ct", 1.0
    try:
        dimension, factor = parse_unit("day" if unit == _TICK else unit)
    except NotationError:  # that of a metric of several uses, each with a unit of its own
        return Kind.NUMBER, "ct", 1.0
    grade_unit = "cm2" if "cm2" in dict(dimension) else "ct"
    kinds = (kind for kind in Kind if kind.dimension(grade_unit) == dimension)
    return next(kinds, Kind.NUMBER), grade_unit, float(factor) * (tick_days if unit == _TICK else 1.0)
