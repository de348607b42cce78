"""Read declarations from YAML, find them by name, and refuse what they cannot hold."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol, TypeVar

from ruamel.yaml import YAML

from benchmarks.declared_runs.cases import Change, Times
from diamondsim.errors import nearest

_TIMES = re.compile(r"times\(([0-9.]+)(?: of (\S+))?\)")


class DeclarationError(ValueError):
    """A declaration that does not exist, or that says what it cannot; the message is for the user."""


class _Named(Protocol):
    @property
    def name(self) -> str: ...


Row = TypeVar("Row", bound=_Named)


def read_yaml(path: Path) -> dict[str, dict[str, Any]]:
    """Return the declarations of a file by name."""
    content: dict[str, dict[str, Any]] = YAML(typ="safe", pure=True).load(path)
    return content


def rows_named(rows: Sequence[Row], names: Iterable[str], *, what: str = "row") -> list[Row]:
    """Return the rows of some names, in their own order; all rows if no name is given.

    Raises
    ------
    DeclarationError
        If there is no row of a name.
    """
    wanted = [*names]
    known = [row.name for row in rows]
    for name in wanted:
        if name not in known:
            close = nearest(name, known)
            hint = f"; did you mean {close!r}?" if close else ""
            raise DeclarationError(f"there is no {what} {name!r}{hint}")
    return [row for row in rows if row.name in wanted or not wanted]


def changes_of(written: Mapping[str, Any]) -> dict[str, Change]:
    """Return changes by path; `times(1.5)` is a multiple of the value that the scenario has."""
    return {str(path): _change(value) for path, value in written.items()}


def refuse_rest(what: str, rest: Mapping[str, Any]) -> None:
    """Refuse the keys of a declaration that nobody has taken."""
    if rest:
        raise DeclarationError(f"{what} has the unknown keys {', '.join(map(str, rest))}")


def _change(value: Any) -> Change:
    times = _TIMES.fullmatch(value) if isinstance(value, str) else None
    return value if times is None else Times(float(times[1]), times[2] or "")
