"""The units of the format, each with its factor to canonical units.

The list is short and closed, and factors are exact fractions: a number is rounded once, prefixes are not
interpreted, and a misspelt unit has a nearest name.
"""

import re
from collections.abc import Mapping
from fractions import Fraction
from types import MappingProxyType

from diamondsim.errors import NotationError, nearest, shown
from diamondsim.units.kinds import Dimension, sorted_dimension

YEAR_DAYS = Fraction("365.25")
_SLASH = re.compile(r"\s*(?:/|\bper\s)\s*")
_KILO, _MEGA, _GIGA = Fraction(10**3), Fraction(10**6), Fraction(10**9)
_GRAM = Fraction(5)
_BY_BASE: Mapping[str, Mapping[str, Fraction | int]] = {
    "ct": {
        "ct": 1,
        "carat": 1,
        "carats": 1,
        "kct": _KILO,
        "Mct": _MEGA,
        "Gct": _GIGA,
        "mg": _GRAM / _KILO,
        "g": _GRAM,
        "kg": _GRAM * _KILO,
        "t": _GRAM * _MEGA,
        "tonne": _GRAM * _MEGA,
        "tonnes": _GRAM * _MEGA,
    },
    "cm2": {"cm2": 1, "mm2": Fraction(1, 100), "m2": 10**4, "kcm2": _KILO, "Mcm2": _MEGA},
    "day": {
        "day": 1,
        "days": 1,
        "d": 1,
        "working day": Fraction(7, 5),
        "working days": Fraction(7, 5),
        "week": 7,
        "weeks": 7,
        "month": YEAR_DAYS / 12,
        "months": YEAR_DAYS / 12,
        "year": YEAR_DAYS,
        "years": YEAR_DAYS,
        "yr": YEAR_DAYS,
    },
    "USD": {"USD": 1, "kUSD": _KILO, "MUSD": _MEGA, "GUSD": _GIGA},
    "kWh": {"kWh": 1, "MWh": _KILO, "GWh": _MEGA},
    "": {"%": Fraction(1, 100)},
}

UNITS: Mapping[str, tuple[str, Fraction]] = MappingProxyType(
    {name: (base, Fraction(size)) for base, sizes in _BY_BASE.items() for name, size in sizes.items()}
)
"""Base unit (``ct``, ``cm2``, ``day``, ``USD``, ``kWh``, none) and factor of every unit."""


_GOODS = frozenset({"ct", "cm2"})


def parse_unit(phrase: str, expected: Dimension | None = None) -> tuple[Dimension, Fraction]:
    """Read a unit such as ``Mct/yr``, ``USD/ct/yr`` or ``/yr``.

    Parameters
    ----------
    phrase
        The unit.
    expected
        Expected dimension. The error for an unknown unit lists only units that fit it, for goods both carats
        and cm2. None to list all units.

    Returns
    -------
    dimension
        Its dimension.
    factor
        Exact factor to canonical units.

    Raises
    ------
    NotationError
        If a unit in it is unknown.
    """
    exponents: dict[str, int] = {}
    factor = Fraction(1)
    for place, part in enumerate(_SLASH.split(phrase.strip())):
        if not part and place == 0:
            continue
        name = " ".join(part.replace("²", "2").replace("^", "").split())
        if name not in UNITS:
            raise _unknown(part, name, _names(expected, above=place == 0))
        base, size = UNITS[name]
        sign = 1 if place == 0 else -1
        exponents[base] = exponents.get(base, 0) + sign
        factor *= size**sign
    exponents.pop("", None)
    return sorted_dimension(exponents), factor


def _names(expected: Dimension | None, *, above: bool) -> list[str]:
    """Return the units that fit above or below the fraction bar."""
    if expected is None:
        return list(UNITS)
    bases = {base for base, n in expected if (n > 0) == above}
    # Above the bar of a rate is a percentage; nothing fits below the bar of a duration.
    bases = bases or ({""} if above else {base for base, _ in expected})
    if bases & _GOODS:
        bases |= _GOODS
    return [name for name, (base, _) in UNITS.items() if base in bases] or list(_BY_BASE[""])


def _unknown(part: str, name: str, names: list[str]) -> NotationError:
    dollars = name in ("$", "dollar", "dollars") and "USD" in names
    suggestion = "USD" if dollars else nearest(name, names)
    return NotationError(
        f"unknown unit {shown(part)}", found=part, allowed=", ".join(names), suggestion=suggestion
    )
