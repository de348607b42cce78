"""Numbers, periods and units as statistical tables write them."""

import datetime as dt
import re
from dataclasses import dataclass
from fractions import Fraction

from diamondsim.errors import NotationError, shown
from diamondsim.units import parse_unit

_NUMBER = re.compile(r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d{1,3})?")
_GROUPED = re.compile(r"[+-]?\d{1,3}(?:,\d{3})+(?:\.\d*)?")
_ONE_GROUP = re.compile(r"[+-]?\d{1,3},\d{3}")
_DECIMAL_COMMA = re.compile(r"[+-]?(?:\d+|\d{1,3}(?:\.\d{3})+),\d+")
_DASHES = frozenset({"-", "--", "\N{EN DASH}", "\N{EM DASH}", "\N{MINUS SIGN}", "\x96", "\x97"})
_MARKS = {"W": "withheld by the source (W)", "NA": "not available (NA)", "N/A": "not available (N/A)"}
_UNIT_WORDS = {
    "": "",
    "weight in carats": "ct",
    "carats": "ct",
    "carat": "ct",
    "car": "ct",
    "million carats": "Mct",
    "thousand carats": "kct",
    "mct": "Mct",
    "kct": "kct",
    "ct": "ct",
    "weight in kilograms": "kg",
    "kilograms": "kg",
    "kilogram": "kg",
    "kgs": "kg",
    "kg": "kg",
    "g": "g",
    "grams": "g",
    "gm": "g",
    "weight in grams": "g",
    "metric tons": "t",
    "tonnes": "t",
    "t": "t",
    "1000 kg": "t",
    "weight in thousand of kilograms": "t",
    "thousand metric tons": "kt",
    "kt": "kt",
}
_CARAT = (("ct", 1),)
_MOST = 1e18
"""The largest number of a cell. Larger ones leave no digits for the sum of a row of usual size."""
_PERIOD = re.compile(r"(\d{4})(?:-?(0[1-9]|1[0-2]))?e?")
_FIRST_YEAR = 1962
"""The first year of UN Comtrade."""
_CODE = re.compile(r"(?:HTS?|HS)?([\d.\s]*)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class CellFigure:
    """A cell of a statistical table.

    Attributes
    ----------
    value : float or None
        None where the cell is not a figure.
    estimated : bool
        Whether an ``e`` marks it as an estimate.
    why_none : str
        Why there is no value.
    """

    value: float | None
    estimated: bool = False
    why_none: str = ""


def read_figure(text: str, *, decimal_comma: bool = False) -> CellFigure:
    """Read a cell: a number, or a mark in its place.

    Parameters
    ----------
    text
        ``1,234.5``, ``72``, ``e72`` or ``72e`` (estimated), a dash (nothing: 0), ``W`` (withheld), ``NA``,
        ``<5`` or ``>5`` (only a bound), or empty.
    decimal_comma
        Whether a comma may be a decimal sign, ``1,5``. Then ``1,234`` is refused, since it can be either.

    Returns
    -------
    CellFigure

    Raises
    ------
    NotationError
        If it is none of these, or more than one, or a number above 1e18.

    Examples
    --------
    >>> read_figure("1,234.5").value, read_figure("\N{EM DASH}").value, read_figure("72e").estimated
    (1234.5, 0.0, True)
    >>> read_figure("W").why_none, read_figure("<5").why_none
    ('withheld by the source (W)', "only a bound ('<5')")
    """
    cell = text.strip().replace("\N{NO-BREAK SPACE}", "")
    if not cell:
        return CellFigure(None, why_none="no quantity")
    if cell in _DASHES:
        return CellFigure(0.0)
    if cell.upper() in _MARKS:
        return CellFigure(None, why_none=_MARKS[cell.upper()])
    if cell[0] in "<>\N{LESS-THAN OR EQUAL TO}\N{GREATER-THAN OR EQUAL TO}":
        return CellFigure(None, why_none=f"only a bound ('{cell}')")
    marked = re.fullmatch(r"(?:e\s*)(.+)|(.+?)(?:\s*e)", cell)
    bare = (marked[1] or marked[2]) if marked and not _NUMBER.fullmatch(cell) else cell
    estimated = bare != cell
    if decimal_comma and _ONE_GROUP.fullmatch(bare):
        why = f"{shown(text)} can mean {bare.replace(',', '')} or {bare.replace(',', '.')}"
        raise NotationError(why, found=text, allowed="a number without a comma between thousands")
    if decimal_comma and _DECIMAL_COMMA.fullmatch(bare):
        bare = bare.replace(".", "").replace(",", ".")
    elif _GROUPED.fullmatch(bare):
        bare = bare.replace(",", "")
    if not _NUMBER.fullmatch(bare):
        allowed = "a number such as 1234.5, a dash, W, NA, or a bound such as <5"
        raise NotationError(f"expected a number, found {shown(text)}", found=text, allowed=allowed)
    value = float(bare)
    if value > _MOST:
        raise NotationError(f"{shown(text)} is too large", found=text, allowed=f"numbers up to {_MOST:.0e}")
    return CellFigure(value, estimated=estimated)


def carats_per(unit: str) -> Fraction | None:
    """Return the carats in a unit of quantity; None if it is no unit of mass.

    Examples
    --------
    >>> carats_per("kg"), carats_per("million carats"), carats_per("Weight in carats"), carats_per("u")
    (Fraction(5000, 1), Fraction(1000000, 1), Fraction(1, 1), None)
    """
    word = _UNIT_WORDS.get(" ".join(unit.split()).casefold(), unit)
    if word == "kt":
        return 1000 * parse_unit("t")[1]
    try:
        dimension, factor = parse_unit(word)
    except NotationError:
        return None
    return factor if dimension == _CARAT else None


def read_period(text: str) -> tuple[int, int | None]:
    """Read a period: a year, or a month as 2024-03 or 202403.

    Raises
    ------
    NotationError
        If it is neither, or not between 1962 and today.

    Examples
    --------
    >>> read_period("2024"), read_period("202403"), read_period("2024-03")
    ((2024, None), (2024, 3), (2024, 3))
    """
    match = _PERIOD.fullmatch(text.strip())
    if match is None:
        raise NotationError(
            f"expected a period, found {shown(text)}", found=text, allowed="a year or a month: 2024, 2024-03"
        )
    year, month = int(match[1]), int(match[2]) if match[2] else None
    today = dt.date.today()
    if year < _FIRST_YEAR or (year, month or 1) > (today.year, today.month):
        why = f"expected a period from {_FIRST_YEAR} to today, found {shown(text)}"
        raise NotationError(why, found=text)
    return year, month


def digits_of(code: str) -> str | None:
    """Return the digits of a commodity code; None if it is no such code.

    Examples
    --------
    >>> digits_of("7105.10.00.30"), digits_of("HS 710510"), digits_of(""), digits_of("TOTAL")
    ('7105100030', '710510', '', None)
    """
    match = _CODE.fullmatch(code.strip())
    return None if match is None else re.sub(r"[.\s]", "", match[1])
