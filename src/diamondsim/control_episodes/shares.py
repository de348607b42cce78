"""Exports by month of control, as a share of a normal month before it (docs/episodes.md).

Owns the choice of figures: alternative 0 of each, single months only, and normal months of `bases.csv`.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import xarray as xr

from diamondsim._version import __version__
from diamondsim.arrays import IntArray
from diamondsim.control_episodes.dataset import CONVENTIONS, day_coordinate, text
from diamondsim.control_episodes.tables import (
    ALL,
    KG_PER_UNIT,
    PANEL,
    Base,
    ControlEpisode,
    month_number,
    read_bases,
    read_episodes,
    read_points,
)

EU = ("Germany", "Netherlands", "Belgium", "Poland", "Spain", "Italy")
"""Destinations of the panel that are in the European Union."""
PARTITION = ("South Korea", "Japan", "United States", "India")
"""Destinations of the panel that are shown alone; with `EU` and the rest they add up to all."""
EUROPEAN_UNION = "European Union (6 listed)"
REST = "rest"


@dataclass(frozen=True)
class Series:
    """Exports of one episode to one destination by month of control.

    Attributes
    ----------
    episode : ControlEpisode
    destination : str
    base_kg : float
        Of a normal month.
    base_confidence : str
    by_month : mapping of int to float
        Share of the base; month 1 is the first of the control, month 0 the one before.
    derived : frozenset of int
        Months whose figure is derived.
    """

    episode: ControlEpisode
    destination: str
    base_kg: float
    base_confidence: str
    by_month: Mapping[int, float]
    derived: frozenset[int]

    @property
    def name(self) -> str:
        """Its id: episode and destination."""
        return f"{self.episode.episode}/{self.destination}"


def share_series(*, destinations: str = "groups") -> tuple[Series, ...]:
    """Return each series that has normal months and at least one month of control.

    Parameters
    ----------
    destinations : str
        ``groups``: natural graphite by groups of destinations that add up to all; ``each``: by each of its 22
        destinations.

    Returns
    -------
    tuple of Series

    Raises
    ------
    ValueError
        If `destinations` is neither.
    """
    if destinations not in ("groups", "each"):
        raise ValueError(f"destinations: expected groups or each, found {destinations!r}")
    monthly, derived = _monthly(grouped=destinations == "groups")
    found = []
    for episode in read_episodes():
        bases = [b for b in read_bases() if b.episode == episode.episode and b.alternative == 0]
        for (name, destination), by_month in monthly.items():
            base = next((b for b in bases if name == b.episode and b.destination in (destination, "*")), None)
            if base is None:
                continue
            base_kg = _base_kg(base, by_month)
            first = month_number(episode.first_month)
            shares = {month - first + 1: kg / base_kg for month, kg in by_month.items() if base_kg > 0}
            if any(month >= 1 for month in shares):
                marked = frozenset(month - first + 1 for month in derived.get((name, destination), ()))
                found.append(Series(episode, destination, base_kg, base.confidence, shares, marked))
    return tuple(found)


def episode_shares(*, destinations: str = "groups") -> xr.Dataset:
    """Return exports after earlier controls by month of control, as a share of a normal month.

    Parameters
    ----------
    destinations : str
        ``groups``: natural graphite by groups of destinations that add up to all; ``each``: by each of its 22
        destinations.

    Returns
    -------
    xarray.Dataset
        - `share` (series, month): 1 is a normal month before the control, NaN a month without a report.
          Month 1 is the first of the control, month 0 the one before it;
        - `derived` (series, month): whether the figure is arithmetic on a reported one;
        - by `series`: `episode`, `destination`, `control`, `notice` (whether the control was announced
          beforehand), `month_1`, `base_quantity` (kg in a normal month), `base_confidence`.

    Raises
    ------
    ValueError
        If `destinations` is neither.

    Examples
    --------
    >>> import diamondsim as ds
    >>> shares = ds.episode_shares()
    >>> shares.share.sel(series="graphite/Japan", month=[0, 1, 4]).round(2).values
    array([3.81, 0.01, 1.03])
    """
    series = share_series(destinations=destinations)
    months = np.array(sorted({month for one in series for month in one.by_month}), dtype=np.int64)
    share = np.array([[one.by_month.get(int(month), math.nan) for month in months] for one in series])
    derived = np.array([[int(month) in one.derived for month in months] for one in series])
    return xr.Dataset(
        {
            "share": xr.Variable(
                ("series", "month"),
                share,
                {"long_name": "exports over those of a normal month", "units": "1"},
                {"_FillValue": np.nan},
            ),
            "derived": xr.Variable(
                ("series", "month"), derived, {"long_name": "whether the figure is derived"}
            ),
        },
        _labels(series, months),
        {
            "title": "Exports after earlier Chinese export controls, by month of control",
            "Conventions": CONVENTIONS,
            "comment": "A missing month was not found; a zero was reported as zero.",
            "diamondsim_version": __version__,
        },
    )


def _labels(series: tuple[Series, ...], months: IntArray) -> dict[str, xr.Variable]:
    month = {"long_name": "month of control; 1 is the first", "units": "1"}
    base = {"long_name": "mass exported in a normal month before the control", "units": "kg"}
    notice = {"long_name": "whether the control was announced before it came into force"}
    texts = {
        "series": ("episode and destination", [one.name for one in series]),
        "episode": ("one kind of goods under one control", [one.episode.episode for one in series]),
        "destination": ("where the goods went", [one.destination for one in series]),
        "control": ("control, which several episodes may share", [one.episode.control for one in series]),
        "base_confidence": ("H high, M medium, L low", [one.base_confidence for one in series]),
    }
    return {
        "month": xr.Variable("month", months, month),
        **{name: text("series", values, long_name) for name, (long_name, values) in texts.items()},
        "notice": xr.Variable("series", np.array([one.episode.has_notice for one in series]), notice),
        "month_1": day_coordinate(
            "series", [one.episode.first_month for one in series], "month 1 of the control"
        ),
        "base_quantity": xr.Variable("series", np.array([one.base_kg for one in series]), base),
    }


def _monthly(
    *, grouped: bool
) -> tuple[dict[tuple[str, str], dict[int, float]], dict[tuple[str, str], set[int]]]:
    """Return kilograms by episode, destination and month number, and which months are derived."""
    monthly: dict[tuple[str, str], dict[int, float]] = {}
    derived: dict[tuple[str, str], set[int]] = {}
    for point in read_points():
        if point.measure != "quantity" or point.alternative or point.first_month != point.last_month:
            continue
        key, month = (point.episode, point.destination), month_number(point.first_month)
        monthly.setdefault(key, {})[month] = point.kg
        if point.status != "reported":
            derived.setdefault(key, set()).add(month)
    if grouped:
        panel = {key[1]: monthly.pop(key) for key in [*monthly] if key[0] == PANEL}
        european = {month: sum(panel[name][month] for name in EU) for month in panel[ALL]}
        rest = {
            month: kg - european[month] - sum(panel[name][month] for name in PARTITION)
            for month, kg in panel[ALL].items()
        }
        shown = {ALL: panel[ALL], **{name: panel[name] for name in PARTITION}, EUROPEAN_UNION: european}
        monthly |= {(PANEL, name): values for name, values in {**shown, REST: rest}.items()}
    return monthly, derived


def _base_kg(base: Base, by_month: Mapping[int, float]) -> float:
    if not math.isnan(base.quantity):
        return base.quantity * KG_PER_UNIT[base.unit]
    begin, end = month_number(base.normal_from), month_number(base.normal_to)
    normal = [kg for month, kg in by_month.items() if begin <= month <= end]
    return math.fsum(normal) / len(normal) if normal else math.nan
