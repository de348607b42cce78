"""The units that may be written, and how many canonical units each of them is.

A short closed list of exact rational factors: a number is rounded once, nothing is guessed from prefixes, and
a misspelt unit has a nearest name.
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
"""Every unit: its base unit (``ct``, ``cm2``, ``day``, ``USD``, ``kWh``, none), and how many of it."""


_GOODS = frozenset({"ct", "cm2"})


def parse_unit(phrase: str, wanted: Dimension | None = None) -> tuple[Dimension, Fraction]:
    """Read a unit such as ``Mct/yr``, ``USD/ct/yr`` or ``/yr``.

    Parameters
    ----------
    phrase
        The unit.
    wanted
        What it should measure: of an unknown unit only those are told that could stand in its place, of
        goods both carats and cm2. None for all.

    Returns
    -------
    dimension
        What it measures.
    factor
        How many canonical units it is, exactly.

    Raises
    ------
    NotationError
        Where a unit in it is unknown.
    """
    exponents: dict[str, int] = {}
    factor = Fraction(1)
    for place, part in enumerate(_SLASH.split(phrase.strip())):
        if not part and place == 0:
            continue
        name = " ".join(part.replace("²", "2").replace("^", "").split())
        if name not in UNITS:
            raise _unknown(part, name, _names(wanted, above=place == 0))
        base, size = UNITS[name]
        sign = 1 if place == 0 else -1
        exponents[base] = exponents.get(base, 0) + sign
        factor *= size**sign
    exponents.pop("", None)
    return sorted_dimension(exponents), factor


def _names(wanted: Dimension | None, *, above: bool) -> list[str]:
    """Return the units that could stand above or below the stroke."""
    if wanted is None:
        return list(UNITS)
    bases = {base for base, n in wanted if (n > 0) == above}
    # Above the stroke of a rate stands a share; below that of a duration nothing could stand.
    bases = bases or ({""} if above else {base for base, _ in wanted})
    if bases & _GOODS:
        bases |= _GOODS
    return [name for name, (base, _) in UNITS.items() if base in bases] or list(_BY_BASE[""])


def _unknown(part: str, name: str, names: list[str]) -> NotationError:
    dollars = name in ("$", "dollar", "dollars") and "USD" in names
    suggestion = "USD" if dollars else nearest(name, names)
    return NotationError(
        f"unknown unit {shown(part)}", found=part, allowed=", ".join(names), suggestion=suggestion
    )
