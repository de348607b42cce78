"""Flows as text: per year, with a prefix."""

from diamondsim.constants import DAYS_PER_YEAR

_PREFIXES = ((1e9, "G"), (1e6, "M"), (1e3, "k"), (1.0, ""))


def per_year(flow: float, unit: str) -> str:
    """Return a flow per day as a text per year.

    Examples
    --------
    >>> per_year(1e6 / 365.25, "ct")
    '1 Mct/yr'
    """
    yearly = flow * DAYS_PER_YEAR
    scale, prefix = next(((s, p) for s, p in _PREFIXES if abs(yearly) >= s), (1.0, ""))
    return f"{yearly / scale:.6g} {prefix}{unit}/yr"
