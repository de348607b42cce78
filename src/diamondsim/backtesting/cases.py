"""The months that are forecast, and the two simple forecasts to beat (docs/backtest.md, eq. B6, B7)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from diamondsim.arrays import FloatArray
from diamondsim.control_episodes import Series, share_series

_PARTS_OF_ANOTHER = ("graphite-flake", "graphite-spherical")
"""Episodes left out: their goods are in the episode of natural graphite."""
_FIRST_MONTHS = (0, 1, 2, 3)


@dataclass(frozen=True)
class Case:
    """One series to forecast.

    Attributes
    ----------
    series : Series
    months : tuple of int
        Months with a report, from month 0 where the control was announced, else from month 1.
    """

    series: Series
    months: tuple[int, ...]

    @property
    def name(self) -> str:
        """The id of the series."""
        return self.series.name

    @property
    def control(self) -> str:
        """The control: all its series are left out together."""
        return self.series.episode.control

    @property
    def observed(self) -> FloatArray:
        """Exports over normal ones in each of the months."""
        return np.array([self.series.by_month[month] for month in self.months])

    @property
    def first_months(self) -> float:
        """Exports of months 0 to 3 over four normal months (B8); NaN if one is missing."""
        if not {*_FIRST_MONTHS} <= {*self.months}:
            return float("nan")
        return float(np.mean([self.series.by_month[month] for month in _FIRST_MONTHS]))


def cases() -> tuple[Case, ...]:
    """Return the series that are forecast."""
    found = []
    for series in share_series():
        first = 0 if series.episode.has_notice else 1
        months = tuple(sorted(month for month in series.by_month if month >= first))
        if months and series.episode.episode not in _PARTS_OF_ANOTHER:
            found.append(Case(series, months))
    return tuple(found)


def others_at(month: int, others: Sequence[Case]) -> FloatArray:
    """Return the exports of other series in a month, those of month 0 only from controls with notice.

    Months without a report are filled in on a line; after the last report it is carried on.
    """
    known = [case for case in others if month > 0 or case.months[0] == 0]
    return np.array([np.interp(month, case.months, case.observed) for case in known])


def last_values(case: Case) -> FloatArray:
    """Return for each month of a case the report before it; a normal month before the first one."""
    return np.array([1.0, *case.observed[:-1]])
