"""Read quantities into plain numbers in canonical units.

Canonical units are the unit of the grade (``ct`` or ``cm2``), days, US dollars and pure numbers: ``120
Mct/yr`` becomes carats per day. Only `Kind.YEARLY_RATE`, growth and the like, is per year, because it
compounds yearly.
"""

import re
from fractions import Fraction

from diamondsim.errors import NotationError, joined, shown
from diamondsim.units.commas import without_commas
from diamondsim.units.kinds import Dimension, Kind, unit_text
from diamondsim.units.table import YEAR_DAYS, parse_unit

NUMBER = r"[+-]?(?:[0-9]+(?:_[0-9]+)*(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]{1,3})?"
"""Pattern of a number: ``12``, ``1_000``, ``1.5e6``. Short exponents keep exact fractions small."""

_MAX_CHARS = 80
_LARGEST = Fraction(10) ** 300
_WHOLE = re.compile(rf"\s*({NUMBER})\s*(.*?)\s*", re.DOTALL)
_NAME = r"(?:working\s+)?[A-Za-z]+\^?[2²]?|[%$]"
_PHRASE = re.compile(rf"(?:{_NAME})?(?:\s*(?:/|\bper\s)\s*(?:{_NAME}))*")


class UnitMissingError(NotationError):
    """A number that needs a unit and has none."""


def parse_quantity(text: str, kind: Kind, grade_unit: str = "ct") -> float:
    """Read ``<number> <unit>``.

    Parameters
    ----------
    text
        Such as ``120 Mct/yr``, ``45 working days``, ``30%``, ``0``. Digits may be grouped with ``_``, never
        with a comma. Zero needs no unit.
    kind
        What the number must measure.
    grade_unit
        ``ct`` or ``cm2``: the unit of the grade.

    Returns
    -------
    float
        In canonical units.

    Raises
    ------
    NotationError
        If the text is not a number with a unit, or its unit is of another kind.

    Examples
    --------
    >>> parse_quantity("60 t/yr", Kind.FLOW) * 365.25
    300000000.0
    >>> parse_quantity("45 working days", Kind.DURATION)
    63.0
    """
    match = _WHOLE.fullmatch(text) if len(text) <= _MAX_CHARS else None
    if match is None or (match[2] and not _PHRASE.fullmatch(match[2])):
        raise _unreadable(text, kind, grade_unit)
    return convert(match[1], match[2], kind, grade_unit)


def convert(number: str, unit: str, kind: Kind, grade_unit: str = "ct") -> float:
    """Return a number written in `unit` in canonical units.

    Parameters
    ----------
    number
        Text that matches `NUMBER`.
    unit
        Such as ``Mct/yr``, ``/yr``, ``%``; empty if there is none.
    kind, grade_unit
        As in `parse_quantity`.

    Returns
    -------
    float

    Raises
    ------
    NotationError
        As in `parse_quantity`.
    """
    written = f"{number}{'' if unit.startswith(('%', '/')) else ' '}{unit}".strip()
    expected = kind.dimension(grade_unit)
    value = Fraction(number)
    if unit:
        dimension, factor = parse_unit(unit, expected)
        if dimension != expected:
            raise _mismatch(written, dimension, kind, grade_unit)
        value *= factor * YEAR_DAYS if kind.per_year else factor
    elif expected and value:
        why = f"expected {kind.noun}, found {shown(written)} without a unit"
        raise UnitMissingError(why, found=written, allowed=_like(kind, grade_unit))
    if abs(value) > _LARGEST:
        raise NotationError(f"the number {shown(written)} is too large", found=written)
    return float(value)


def number_text(value: float) -> str:
    """Return the shortest text that reads back as the same number.

    Examples
    --------
    >>> number_text(5.0), number_text(0.1)
    ('5', '0.1')
    """
    return repr(float(value)).removesuffix(".0")


def _like(kind: Kind, grade_unit: str) -> str:
    return f"a value such as '{kind.example(grade_unit)}'"


def _unreadable(text: str, kind: Kind, grade_unit: str) -> NotationError:
    if "," in text and len(text) <= _MAX_CHARS:
        meant = without_commas(text)
        why = f"{shown(text)} has a comma; write decimals with a point, and group digits with _ or not at all"
        if len(meant) == 1:
            return NotationError(why, found=text, suggestion=meant[0])
        return NotationError(why, found=text, allowed=joined([*map(shown, meant)], "or") if meant else None)
    form = " (a number followed by a unit)" if kind.dimension(grade_unit) else ""
    why = f"expected {kind.noun}{form}, found {shown(text)}"
    return NotationError(why, found=text, allowed=_like(kind, grade_unit))


def _mismatch(written: str, dimension: Dimension, kind: Kind, grade_unit: str) -> NotationError:
    other = {"ct": "cm2", "cm2": "ct"}.get(grade_unit, "")
    if dimension == kind.dimension(other):
        why = f"{shown(written)} counts {other}, but this grade is counted in {grade_unit}"
    else:
        nouns = {k.dimension(u): k.noun for u in (other, grade_unit) for k in reversed(Kind)}
        found_kind = nouns.get(dimension, f"in {unit_text(dimension)}")
        why = f"expected {kind.noun}, found {shown(written)} ({found_kind})"
    return NotationError(why, found=written, allowed=_like(kind, grade_unit))
