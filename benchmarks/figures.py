"""Read a file of figures that pytest-benchmark wrote: the cases, the machine and the commit."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any


class FiguresError(Exception):
    """A file is not a file of figures; the message is for the user who named it."""


@dataclass(frozen=True)
class TimedCase:
    """One case that was timed.

    Attributes
    ----------
    key : str
        Identifier, the same in every file.
    group : str
        Group of the case, or empty.
    name : str
        Name in tables.
    seconds : tuple of float
        Of each round.
    median, iqr : float
        Of the rounds, seconds.
    extra : mapping
        Other results: sizes, memory, ratios.
    """

    key: str
    group: str
    name: str
    seconds: tuple[float, ...]
    median: float
    iqr: float
    extra: Mapping[str, Any]

    @property
    def size(self) -> tuple[object, ...]:
        """Size of the job; only cases of equal size are compared."""
        names = ("scenario", "lanes", "ticks", "replications", "workers")
        return tuple(self.extra.get(name) for name in names)

    @property
    def speed_of_machine(self) -> tuple[float, ...]:
        """Seconds of the yardstick before and after the case; empty if it was not run."""
        return tuple(self.extra.get("yardstick_seconds", ()))


@dataclass(frozen=True)
class Figures:
    """The figures of one run of the suite.

    Attributes
    ----------
    machine, commit : mapping
    date : str
        In ISO format.
    quick : bool
        Whether it was a trial run.
    cases : tuple of Case
        In the order in which they ran.
    """

    machine: Mapping[str, Any]
    commit: Mapping[str, Any]
    date: str
    quick: bool
    cases: tuple[TimedCase, ...]

    def of(self, group: str) -> list[TimedCase]:
        """Return the cases of a group."""
        return [case for case in self.cases if case.group == group]


def read(path: Path) -> Figures:
    """Read a file of figures.

    Raises
    ------
    FiguresError
        If it cannot be read, or is not a file of figures.
    """
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
        return Figures(
            machine=document["machine_info"],
            commit=document["commit_info"],
            date=document["datetime"],
            quick=bool(document.get("quick", False)),
            cases=tuple(_case(found) for found in document["benchmarks"]),
        )
    except OSError as error:
        raise FiguresError(f"cannot read '{path}': {error.strerror or error}") from None
    except (ValueError, KeyError, TypeError) as error:
        raise FiguresError(f"'{path}' is not a file of figures: {type(error).__name__}: {error}") from None


def _case(found: Mapping[str, Any]) -> TimedCase:
    stats, extra = found["stats"], found["extra_info"]
    return TimedCase(
        key=found["fullname"],
        group=found["group"] or "",
        name=extra.get("phase") or found["name"].removeprefix("test_"),
        seconds=tuple(float(number) for number in stats["data"]),
        median=float(stats["median"]),
        iqr=float(stats["iqr"]),
        extra=extra,
    )
