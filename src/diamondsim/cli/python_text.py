"""Calls and values as Python text, broken into lines that fit a page."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

_WIDTH = 100
_STEP = 4
_GROUPED = 10_000
"""From here on digits are grouped, as in 10_000."""


@dataclass(frozen=True, eq=False)
class NameText:
    """A name that stands for a value, or another text that is used as it is."""

    text: str


@dataclass(frozen=True, eq=False)
class CallText:
    """The call of a function, or of the method of a value: ``of.function(args, named)``."""

    function: str
    args: tuple[Any, ...] = ()
    named: Mapping[str, Any] = field(default_factory=dict)
    of: Any = None


def text_of(value: Any, *, indent: int = 0, used: int = 0) -> str:
    """Return a value as Python.

    Parameters
    ----------
    value
        A call, a name, or a plain value: text, number, date, None, map, list or tuple of such.
    indent : int
        Of the line that it begins on.
    used : int
        Letters that stand before it on that line, after the indent.

    Examples
    --------
    >>> calm = CallText("ds.load_scenario", ("calm",))
    >>> text_of(CallText("override", ({"horizon.length": "2 yr"},), of=calm))
    'ds.load_scenario("calm").override({"horizon.length": "2 yr"})'
    >>> print(text_of([10_000, dt.date(2027, 1, 11), None]))
    [10_000, dt.date(2027, 1, 11), None]
    """
    flat = _flat(value)
    if indent + used + len(flat) <= _WIDTH or isinstance(value, NameText):
        return flat
    begin, end = _ends(value, indent)
    parts = [*_parts(value)]
    if not parts:
        return flat
    inner = indent + _STEP
    lines = (
        f"{' ' * inner}{label}{text_of(part, indent=inner, used=len(label) + 1)},\n" for label, part in parts
    )
    return f"{begin}\n{''.join(lines)}{' ' * indent}{end}"


def _flat(value: Any) -> str:
    """Return a value on one line."""
    if isinstance(value, NameText):
        return value.text
    parts = [label + _flat(part) for label, part in _parts(value)]
    if isinstance(value, CallText | Mapping | list | tuple):
        begin, end = _ends(value, 0)
        comma = "," if isinstance(value, tuple) and len(value) == 1 else ""
        return f"{begin}{', '.join(parts)}{comma}{end}"
    return _plain(value)


def _ends(value: Any, indent: int) -> tuple[str, str]:
    """Return what stands around the parts of a value."""
    if isinstance(value, CallText):
        of = "" if value.of is None else f"{text_of(value.of, indent=indent)}."
        return f"{of}{value.function}(", ")"
    if isinstance(value, Mapping):
        return "{", "}"
    return ("[", "]") if isinstance(value, list) else ("(", ")")


def _parts(value: Any) -> Iterator[tuple[str, Any]]:
    """Yield the parts of a value, each with what stands before it."""
    if isinstance(value, CallText):
        yield from (("", item) for item in value.args)
        yield from ((f"{name}=", item) for name, item in value.named.items())
    elif isinstance(value, Mapping):
        yield from ((f"{_flat(key)}: ", item) for key, item in value.items())
    elif isinstance(value, list | tuple):
        yield from (("", item) for item in value)


def _plain(value: object) -> str:
    if isinstance(value, str):
        return f'"{value}"' if value.isprintable() and not set('"\\') & set(value) else repr(value)
    if isinstance(value, dt.date):
        return f"dt.date({value.year}, {value.month}, {value.day})"
    if isinstance(value, int) and not isinstance(value, bool):
        return f"{value:_}" if abs(value) >= _GROUPED else f"{value}"
    if isinstance(value, float) and not math.isfinite(value):
        return f'float("{value}")'
    return repr(value)
