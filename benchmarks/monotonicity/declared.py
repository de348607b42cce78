"""The declared rows: pairs that should not hurt (pairs.yaml), and changes to the question (flips.yaml)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from benchmarks.declared_runs.cases import Case, Change
from benchmarks.declared_runs.declarations import changes_of, read_yaml, refuse_rest

FOLDER = Path(__file__).parent
MAIN = "reinstated-2027"
POLISHING = "US.polishing"
CONTROL_BEGINS = dt.date(2027, 3, 3)
"""In the scenarios that follow the main question."""


@dataclass(frozen=True)
class Pair:
    """Two cases of which the second is better supplied, or bound less, and should make nobody served worse.

    Attributes
    ----------
    name : str
        Of the row, for the command.
    what : str
        What changes, in words.
    before, after : Case
    serves : tuple of str
        Selectors of the uses that must not be worse: `US.polishing`, `US.any` or `any`.
    unserved : tuple of str
        Selectors of uses that `serves` leaves out.
    headline : str
        The use whose figures the row shows.
    old : str
        The change of US polishing in points, and the share of replications in which it was worse, as measured
        on commit 23c8d37; "clean" where no mean was worse.
    reason : str
        Where a use is worse off: why that is so in reality, or what the model lacks.
    quick : bool
        Whether every run of the tests looks at the pair.
    """

    name: str
    what: str
    before: Case
    after: Case
    serves: tuple[str, ...]
    unserved: tuple[str, ...] = ()
    headline: str = POLISHING
    old: str = ""
    reason: str = ""
    quick: bool = False


@dataclass(frozen=True)
class Flip:
    """One change to the main question, or several that belong together.

    Attributes
    ----------
    name, what : str
        As of a pair.
    case : Case
    since : datetime.date
        When the control begins.
    old : tuple of float
        As measured on commit 23c8d37, in per cent: probability of a shortage, unmet share, shortfall in the
        worst 5 %, short within one year and within two of the control; empty for a newer row.
    """

    name: str
    what: str
    case: Case
    since: dt.date = CONTROL_BEGINS
    old: tuple[float, ...] = ()


@cache
def pairs() -> tuple[Pair, ...]:
    """Return all pairs, in the order of the file."""
    return tuple(_pair(name, row) for name, row in _read("pairs.yaml").items())


@cache
def flips() -> tuple[Flip, ...]:
    """Return all flips, in the order of the file."""
    return tuple(_flip(name, row) for name, row in _read("flips.yaml").items())


def _pair(name: str, row: dict[str, Any]) -> Pair:
    scenario = str(row.pop("scenario", MAIN))
    then = str(row.pop("then", scenario))
    shared = _sets(row.pop("sets", ())) | changes_of(row.pop("both", {}))
    pair = Pair(
        name=name,
        what=row.pop("what"),
        before=Case(scenario, shared | changes_of(row.pop("before", {}))),
        after=Case(then, shared | changes_of(row.pop("after", {}))),
        serves=tuple(row.pop("serves")),
        unserved=tuple(row.pop("unserved", ())),
        headline=row.pop("headline", POLISHING),
        old=row.pop("old", ""),
        reason=row.pop("reason", ""),
        quick=row.pop("quick", False),
    )
    refuse_rest(f"row {name!r}", row)
    return pair


def _flip(name: str, row: dict[str, Any]) -> Flip:
    changes = _sets(row.pop("sets", ())) | changes_of(row.pop("set", {}))
    flip = Flip(
        name=name,
        what=row.pop("what"),
        case=Case(str(row.pop("scenario", MAIN)), changes),
        since=row.pop("since", CONTROL_BEGINS),
        old=tuple(map(float, row.pop("old", ()))),
    )
    refuse_rest(f"row {name!r}", row)
    return flip


def _sets(names: Iterable[str]) -> dict[str, Change]:
    found: dict[str, Change] = {}
    for name in names:
        found |= changes_of(_read("sets.yaml")[name])
    return found


def _read(name: str) -> dict[str, dict[str, Any]]:
    return read_yaml(FOLDER / name)
