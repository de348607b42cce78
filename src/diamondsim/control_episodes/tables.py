"""The shipped tables of earlier controls, read row by row from the CSV files in `data`.

Owns the form of these files: which columns they have, how a month and a missing number are written. A number
that is not there is NaN. A month without a row is not known; a 0 was reported as 0.
"""

from __future__ import annotations

import csv
import math
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

KG_PER_UNIT = {"kg": 1.0, "t": 1000.0}
"""Kilograms in a unit of mass; the other unit in the files is ``1``, of a ratio."""
PANEL = "graphite"
"""The episode whose months are in the file by destination."""
PANEL_SOURCE = "UN Comtrade, HS 250410, reporter China, in Q. Ennis, ChinaCriticalMineralComtrade (2025)"
ALL = "all"
"""All destinations together."""


@dataclass(frozen=True, slots=True)
class ControlEpisode:
    """One kind of goods under one control.

    Attributes
    ----------
    episode : str
        Its id.
    name : str
        What the goods are.
    control, law : str
        The control, which several episodes may share, and the announcement behind it.
    announced, in_force : str
        Dates, as 2023-07-03.
    first_month : str
        Month 1 of the control, as 2023-08.
    customs_code : str
        Code that the quantities are of; empty if it is not known.
    controlled : str
        What of these goods is controlled.
    source, confidence, note : str
        Origin of the row, ``H``, ``M`` or ``L``, and remarks.
    """

    episode: str
    name: str
    control: str
    law: str
    announced: str
    in_force: str
    first_month: str
    customs_code: str
    controlled: str
    source: str
    confidence: str
    note: str

    @property
    def has_notice(self) -> bool:
        """Whether the control was announced before it came into force."""
        return self.announced < self.in_force


@dataclass(frozen=True, slots=True)
class Point:
    """One reported figure: exports to a destination in one or several months.

    Attributes
    ----------
    episode, destination : str
    first_month, last_month : str
        The months that the figure covers, as 2023-08.
    quantity : float
        In `unit`.
    unit : str
        ``kg``, ``t``, or ``1`` for a ratio.
    measure : str
        ``quantity``; or what a ratio is to: ``year_before`` or ``normal``.
    alternative : int
        0 for the figure that shares are computed from, 1, 2, ... for those that disagree with it.
    status : str
        ``reported``, ``derived`` (arithmetic on reported figures) or ``estimate`` (of the source).
    source, confidence, note : str
    """

    episode: str
    first_month: str
    last_month: str
    destination: str
    quantity: float
    unit: str
    measure: str
    alternative: int
    status: str
    confidence: str
    source: str
    note: str

    @property
    def kg(self) -> float:
        """The quantity in kilograms; NaN for a ratio."""
        return self.quantity * KG_PER_UNIT.get(self.unit, math.nan)


@dataclass(frozen=True, slots=True)
class Base:
    """Exports of a normal month before a control.

    Attributes
    ----------
    episode, destination : str
        ``*`` stands for every destination of the episode.
    normal_from, normal_to : str
        First and last of the normal months.
    quantity : float
        A month, in `unit`; NaN if it is the mean of the points of the normal months.
    unit, alternative, status, confidence, source, note
        As in `Point`.
    """

    episode: str
    destination: str
    normal_from: str
    normal_to: str
    quantity: float
    unit: str
    alternative: int
    status: str
    confidence: str
    source: str
    note: str


def month_number(month: str) -> int:
    """Return months since the year 0.

    Examples
    --------
    >>> month_number("2024-01") - month_number("2023-12")
    1
    """
    return 12 * int(month[:4]) + int(month[5:7]) - 1


def month_text(number: int) -> str:
    """Return a month as text, from the months since the year 0.

    Examples
    --------
    >>> month_text(month_number("2023-12") + 1)
    '2024-01'
    """
    return f"{number // 12:04d}-{number % 12 + 1:02d}"


@cache
def read_episodes() -> tuple[ControlEpisode, ...]:
    """Return the episodes."""
    return tuple(ControlEpisode(**row) for row in _rows("episodes.csv"))


@cache
def read_points() -> tuple[Point, ...]:
    """Return all points, those of the panel by destination last."""
    points = [
        Point(**{**row, "quantity": float(row["quantity"]), "alternative": int(row["alternative"])})  # type: ignore[arg-type]
        for row in _rows("points.csv")
    ]
    for row in _rows("graphite_by_destination.csv"):
        month = row.pop("month")
        points += [
            Point(
                episode=PANEL,
                first_month=month,
                last_month=month,
                destination=destination,
                quantity=float(quantity),
                unit="t",
                measure="quantity",
                alternative=0,
                status="reported",
                confidence="H",
                source=PANEL_SOURCE,
                note="",
            )
            for destination, quantity in row.items()
        ]
    return tuple(points)


@cache
def read_bases() -> tuple[Base, ...]:
    """Return the normal months."""
    return tuple(
        Base(**{**row, "quantity": _number(row["quantity"]), "alternative": int(row["alternative"])})  # type: ignore[arg-type]
        for row in _rows("bases.csv")
    )


def _number(text: str) -> float:
    return float(text) if text else math.nan


def _rows(name: str) -> Iterator[dict[str, str]]:
    text = (files("diamondsim.control_episodes") / "data" / name).read_text(encoding="utf-8")
    yield from csv.DictReader(text.splitlines())
