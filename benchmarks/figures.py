"""A file of figures, as pytest-benchmark writes it, read again: the cases, and where they are from."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any


class FiguresError(Exception):
    """A file is not one of figures; the text is for the person who named it."""


@dataclass(frozen=True)
class Case:
    """One thing that was timed.

    Attributes
    ----------
    key : str
        The same in every file.
    group : str
        What it belongs to; empty where it says nothing.
    name : str
        For people.
    seconds : tuple of float
        Of each round.
    median, iqr : float
        Of the rounds, seconds.
    extra : mapping
        What it noted besides: sizes, memory, ratios.
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
        """What was done: only the same compares."""
        names = ("scenario", "lanes", "ticks", "replications", "workers")
        return tuple(self.extra.get(name) for name in names)

    @property
    def speed_of_machine(self) -> tuple[float, ...]:
        """What the yardstick took before and after, in seconds; empty where it was not looked at."""
        return tuple(self.extra.get("yardstick_seconds", ()))


@dataclass(frozen=True)
class Figures:
    """What one run of the suite found.

    Attributes
    ----------
    machine, commit : mapping
    date : str
        In ISO format.
    quick : bool
        Whether it was only a trial.
    cases : tuple of Case
        In the order in which they ran.
    """

    machine: Mapping[str, Any]
    commit: Mapping[str, Any]
    date: str
    quick: bool
    cases: tuple[Case, ...]

    def of(self, group: str) -> list[Case]:
        """Return the cases of a group."""
        return [case for case in self.cases if case.group == group]


def read(path: Path) -> Figures:
    """Read a file of figures.

    Raises
    ------
    FiguresError
        Where it cannot be read, or is no file of figures.
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
        raise FiguresError(f"'{path}' is no file of figures: {type(error).__name__}: {error}") from None


def _case(found: Mapping[str, Any]) -> Case:
    stats, extra = found["stats"], found["extra_info"]
    return Case(
        key=found["fullname"],
        group=found["group"] or "",
        name=extra.get("phase") or found["name"].removeprefix("test_"),
        seconds=tuple(float(number) for number in stats["data"]),
        median=float(stats["median"]),
        iqr=float(stats["iqr"]),
        extra=extra,
    )
