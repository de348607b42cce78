"""Checks of arguments that several calls take."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from typing import Any

_SHOWN_CHARS = 60
LOST_ATTRIBUTES = (
    "xarray drops attributes where its option keep_attrs is False; copy them from the result as it was made"
)
"""Why a result may lack attributes, for the end of a message."""


class ArgumentError(ValueError):
    """An argument of a call that is out of range, or does not fit the others.

    Attributes
    ----------
    argument : str
        Its name, by which a command finds the option that gave it.
    why : str
        What is wrong with it.

    Examples
    --------
    >>> print(ArgumentError("indifference", "expected a number above 0, found -1"))
    indifference: expected a number above 0, found -1
    """

    def __init__(self, argument: str, why: str) -> None:
        super().__init__(argument, why)
        self.argument, self.why = argument, why

    def __str__(self) -> str:
        return f"{self.argument}: {self.why}"


def require_integer(name: str, value: int, *, least: int, most: int | None = None) -> int:
    """Return an argument that must be an integer in a range.

    Raises
    ------
    ArgumentError
        If it is not; the message has the name and the range.
    """
    is_integer = not isinstance(value, bool) and hasattr(value, "__index__")
    if not is_integer or value.__index__() < least or (most is not None and value.__index__() > most):
        bounds = f"an integer of at least {least}" if most is None else f"an integer from {least} to {most}"
        raise ArgumentError(name, f"expected {least if most == least else bounds}, found {value!r}")
    return value.__index__()


def require_mapping(name: str, value: object, example: str) -> None:
    """Check that an argument is a mapping.

    Raises
    ------
    TypeError
        If it is not; the message has the name and the example.

    Examples
    --------
    >>> require_mapping("changes", "horizon.tick=1 day", "{'horizon.tick': '7 days'}")
    Traceback (most recent call last):
    TypeError: changes: expected a mapping, such as {'horizon.tick': '7 days'}, found 'horizon.tick=1 day'
    """
    if not isinstance(value, Mapping):
        found = repr(value)
        found = found if len(found) <= _SHOWN_CHARS else f"a {type(value).__name__}"
        raise TypeError(f"{name}: expected a mapping, such as {example}, found {found}")


def require_path(name: str, value: object, what: str) -> None:
    """Check that an argument is a text or a path.

    Raises
    ------
    TypeError
        If it is not; the message has the name, and `what` it should be.

    Examples
    --------
    >>> require_path("name_or_path", 5, "the name of a shipped scenario or the path of a file")
    Traceback (most recent call last):
    TypeError: name_or_path: expected the name of a shipped scenario or the path of a file, found int
    """
    if not isinstance(value, str | os.PathLike):
        raise TypeError(f"{name}: expected {what}, found {type(value).__name__}")


def require_attributes(
    name: str, attrs: Mapping[Any, Any], needed: Iterable[str], *, call: str = "monte_carlo"
) -> None:
    """Check that a result has the attributes that a call reads.

    Parameters
    ----------
    name : str
        The argument.
    attrs : mapping
        Attributes of the result.
    needed : iterable of str
    call : str
        What makes the result.

    Raises
    ------
    ArgumentError
        If some are missing; the message names all of them, and why they may be.

    Examples
    --------
    >>> require_attributes("dataset", {"seed": 0}, ["seed", "threshold"])  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    diamondsim.arguments.ArgumentError: dataset: expected the result of monte_carlo with the attribute th...
    """
    missing = [each for each in needed if each not in attrs]
    if missing:
        words, found = ("attribute", "that name") if len(missing) == 1 else ("attributes", "these names")
        raise ArgumentError(
            name,
            f"expected the result of {call} with the {words} {', '.join(missing)}, found none of {found}; "
            f"{LOST_ATTRIBUTES}",
        )
