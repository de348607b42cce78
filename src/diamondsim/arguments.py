"""Checks of arguments that several calls take."""

from __future__ import annotations


def require_integer(name: str, value: int, *, least: int, most: int | None = None) -> int:
    """Return an argument that must be an integer in a range.

    Raises
    ------
    ValueError
        If it is not; the message has the name and the range.
    """
    is_integer = not isinstance(value, bool) and hasattr(value, "__index__")
    if not is_integer or value.__index__() < least or (most is not None and value.__index__() > most):
        bounds = f"of at least {least}" if most is None else f"from {least} to {most}"
        raise ValueError(f"{name}: expected an integer {bounds}, found {value!r}")
    return value.__index__()
