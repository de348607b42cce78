"""Quantities as people write them, read into plain numbers in canonical units.

Canonical are the unit of the grade (``ct`` or ``cm2``), days, US dollars and pure numbers: ``120 Mct/yr``
becomes carats a day. Only growth and the like, `Kind.YEARLY_RATE`, is held per year, since it compounds
by years.
"""

import re
from fractions import Fraction

from diamondsim.errors import NotationError, shown
from diamondsim.units.kinds import Dimension, Kind, unit_text
from diamondsim.units.table import YEAR_DAYS, parse_unit

NUMBER = r"[+-]?(?:[0-9]+(?:_[0-9]+)*(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]{1,3})?"
"""Pattern of a number: ``12``, ``1_000``, ``1.5e6``. Exponents are short, so none can explode."""

_MAX_CHARS = 80
_LARGEST = Fraction(10) ** 300
_WHOLE = re.compile(rf"\s*({NUMBER})\s*(.*?)\s*", re.DOTALL)
_DECIMAL_COMMA = re.compile(r"\s*[+-]?(?:0,[0-9]+|[0-9]+,(?:[0-9]{1,2}|[0-9]{4,}))(?:[^0-9,].*)?")
# Three digits behind a comma may be thousands; of those nothing is guessed.
_NAME = r"(?:working\s+)?[A-Za-z]+\^?[2²]?|[%$]"
_PHRASE = re.compile(rf"(?:{_NAME})?(?:\s*(?:/|\bper\s)\s*(?:{_NAME}))*")


class UnitMissingError(NotationError):
    """A number that measures something, and stands there without a unit."""


def parse_quantity(text: str, kind: Kind, grade_unit: str = "ct") -> float:
    """Read ``<number> <unit>``.

    Parameters
    ----------
    text
        Such as ``120 Mct/yr``, ``45 working days``, ``30%``, ``0``. Digits may be grouped by
        ``_``, never by a comma. Zero needs no unit.
    kind
        What the number must measure.
    grade_unit
        ``ct`` or ``cm2``: what the grade is counted in.

    Returns
    -------
    float
        In canonical units: the grade's unit, days, US dollars, pure numbers.

    Raises
    ------
    NotationError
        Where the text is no number with a unit, or its unit measures something else.

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
        Such as ``Mct/yr``, ``/yr``, ``%``; empty where none was written.
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
    wanted = kind.dimension(grade_unit)
    value = Fraction(number)
    if unit:
        dimension, factor = parse_unit(unit, wanted)
        if dimension != wanted:
            raise _mismatch(written, dimension, kind, grade_unit)
        value *= factor * YEAR_DAYS if kind.per_year else factor
    elif wanted and value:
        why = f"{shown(written)} has no unit; {kind.noun} is wanted"
        raise UnitMissingError(why, found=written, allowed=_like(kind, grade_unit))
    if abs(value) > _LARGEST:
        raise NotationError(f"{shown(written)} is too large a number", found=written)
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
    return f"a text like '{kind.example(grade_unit)}'"


def _unreadable(text: str, kind: Kind, grade_unit: str) -> NotationError:
    decimal = _DECIMAL_COMMA.fullmatch(text) if len(text) <= _MAX_CHARS else None
    if decimal is not None:
        why = f"{shown(text)} has a comma; decimals stand behind a point"
        return NotationError(why, found=text, suggestion=text.strip().replace(",", "."))
    if "," in text and len(text) <= _MAX_CHARS:
        plain, grouped = text.replace(",", ""), text.replace(",", "_")
        why = f"{shown(text)} has a comma; digits are written together or grouped by _"
        return NotationError(why, found=text, allowed=f"'{plain}' or '{grouped}'")
    why = f"{shown(text)} is not a number followed by a unit; {kind.noun} is wanted"
    return NotationError(why, found=text, allowed=_like(kind, grade_unit))


def _mismatch(written: str, dimension: Dimension, kind: Kind, grade_unit: str) -> NotationError:
    other = {"ct": "cm2", "cm2": "ct"}.get(grade_unit, "")
    if dimension == kind.dimension(other):
        why = f"{shown(written)} counts {other}, but this grade is counted in {grade_unit}"
    else:
        nouns = {k.dimension(u): k.noun for u in (other, grade_unit) for k in reversed(Kind)}
        is_a = nouns.get(dimension, f"in {unit_text(dimension)}")
        why = f"{shown(written)} is {is_a}; {kind.noun} is wanted"
    return NotationError(why, found=written, allowed=_like(kind, grade_unit))
