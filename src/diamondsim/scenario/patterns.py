"""Regular expressions for numbers of each kind, for editors.

An editor marks text that no reader would accept. A pattern accepts everything that
`diamondsim.distributions.parse` accepts. Of distributions it checks little more than the name; their
arguments are checked when a scenario is read.
"""

import math
import re
from typing import Any

from diamondsim.distributions import NAMES
from diamondsim.units import NUMBER, UNITS, Kind

SHARED_DEFINITION = "x-shared"
"""Key of the name under which a schema is stored once and referred to."""
DATE = "[0-9]{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12][0-9]|3[01])"

_GOODS = ("ct", "cm2")
_EXAMPLE = "ct"
_ZERO = r"[+-]?0+(?:\.0*)?"


def number_schema(
    kind: Kind, *, low: float, high: float, unlimited: bool = False, plain: bool = False
) -> dict[str, Any]:
    """Return the JSON Schema of a number of one kind.

    Parameters
    ----------
    kind
        Expected kind.
    low, high
        Least and greatest value of a number without a unit.
    unlimited
        Whether ``none`` is allowed, for no limit.
    plain
        Whether it must be certain.

    Returns
    -------
    dict
        Schema of text with a unit, or of a number without one; its name is under `SHARED_DEFINITION`.
    """
    pattern = number_pattern(kind, signed=low < 0, unlimited=unlimited, plain=plain)
    or_more = "" if plain else " or a distribution"
    none = ", or none" if unlimited else ""
    limits = {"minimum": low, "maximum": high} if not kind.dimension(_EXAMPLE) else {"const": 0}
    bare = {"type": "number", **{key: limit for key, limit in limits.items() if math.isfinite(limit)}}
    name = f"{'Plain' * plain}{kind.name.title().replace('_', '')}"
    name += (f"From{low:g}" if low else "") + (f"To{high:g}" if math.isfinite(high) else "")
    return {
        SHARED_DEFINITION: name + "OrNone" * unlimited,
        "description": f"{kind.noun}{or_more}, such as {kind.example(_EXAMPLE)}{none}",
        "anyOf": [
            {"type": "string", "pattern": pattern},
            bare,
        ],
    }


def number_pattern(kind: Kind, *, signed: bool = False, unlimited: bool = False, plain: bool = False) -> str:
    """Return a regular expression for numbers of one kind, negative only if `signed`.

    Examples
    --------
    >>> pattern = re.compile(number_pattern(Kind.DURATION))
    >>> [bool(pattern.search(text)) for text in ("60 days", "tri(1 2 3) months", "0", "60", "60 ct")]
    [True, True, True, False, False]
    """
    number = NUMBER if signed else NUMBER.replace("[+-]", "[+]", 1)
    ways = [rf"{number}\s*{unit}" for unit in _units(kind)]
    ways.append(number if not kind.dimension(_EXAMPLE) else _ZERO)
    if not plain:
        ways.append(rf"(?:[^()]*[*+-])?\s*(?:{'|'.join(NAMES)})\s*\(.*\).*")
    if unlimited:
        ways.append("none")
    return rf"^\s*(?:{'|'.join(ways)})\s*$"


def _units(kind: Kind) -> list[str]:
    """Return expressions for the units of a kind; for goods in both carats and cm2."""
    units = dict.fromkeys(_unit(kind, goods) for goods in _GOODS)
    return [unit for unit in units if unit]


def _unit(kind: Kind, goods: str) -> str:
    dimension = kind.dimension(goods)
    above = [base for base, n in dimension if n > 0]
    below = [base for base, n in dimension if n < 0]
    top = _names(above[0]) if above else "%?"
    return top + rf"(?:\s*(?:/|per\s)\s*{_any(below)}){{{len(below)}}}" if below else top


def _any(bases: list[str]) -> str:
    return f"(?:{'|'.join(_names(base) for base in bases)})"


def _names(base: str) -> str:
    names = sorted((name for name, (of, _) in UNITS.items() if of == base), key=len, reverse=True)
    written = [re.escape(name).replace(r"\ ", r"\s+").replace("m2", r"m(?:\^?2|²)") for name in names]
    return f"(?:{'|'.join(written)})"
