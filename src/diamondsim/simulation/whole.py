"""Whole numbers that a caller gives."""


def whole_number(name: str, value: int, *, least: int, most: int | None = None) -> int:
    """Return a whole number in range.

    Raises
    ------
    ValueError
        With the name and the range, where it is not one.
    """
    whole = not isinstance(value, bool) and hasattr(value, "__index__")
    if not whole or value.__index__() < least or (most is not None and value.__index__() > most):
        bounds = f"at least {least}" if most is None else f"{least} to {most}"
        raise ValueError(f"{name} is a whole number of {bounds}, found {value!r}")
    return value.__index__()
