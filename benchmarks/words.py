"""How numbers are said in tables: short, with their unit, and nothing where there is none."""

from __future__ import annotations

NOTHING = "-"


def seconds(number: float | None) -> str:
    """Return seconds, or milliseconds below one."""
    if number is None:
        return NOTHING
    return f"{number:.2f} s" if number >= 1 else f"{1e3 * number:.3g} ms"


def plain(number: float | None, digits: int = 3) -> str:
    """Return a number with some digits that count, and commas in large ones."""
    if number is None:
        return NOTHING
    return f"{number:,.0f}" if abs(number) >= 10 ** (digits - 1) else f"{number:.{digits}g}"


def ratio(number: float | None) -> str:
    """Return how many times something is something else."""
    return NOTHING if number is None else f"{number:.2f}"


def percent(part: float, whole: float) -> str:
    """Return a share."""
    return f"{100 * part / whole:.1f} %" if whole else NOTHING


def mebibytes(number: float | None) -> str:
    """Return memory; none where nothing was measured."""
    return f"{number / 2**20:,.1f} MiB" if number else NOTHING
