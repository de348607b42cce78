"""Format numbers for tables: short, with their unit, and a dash where there is none."""

from __future__ import annotations

NOTHING = "-"


def seconds(number: float | None) -> str:
    """Format seconds, as milliseconds below one."""
    if number is None:
        return NOTHING
    return f"{number:.2f} s" if number >= 1 else f"{1e3 * number:.3g} ms"


def plain(number: float | None, digits: int = 3) -> str:
    """Format a number with some significant digits, and with commas if it is large."""
    if number is None:
        return NOTHING
    return f"{number:,.0f}" if abs(number) >= 10 ** (digits - 1) else f"{number:.{digits}g}"


def ratio(number: float | None) -> str:
    """Format a ratio."""
    return NOTHING if number is None else f"{number:.2f}"


def percent(part: float, whole: float) -> str:
    """Format a share of a whole as a percentage."""
    return f"{100 * part / whole:.1f} %" if whole else NOTHING


def mebibytes(number: float | None) -> str:
    """Format bytes as MiB; a dash where nothing was measured."""
    return f"{number / 2**20:,.1f} MiB" if number else NOTHING
