"""The calendar quarters of a horizon, and what the ticks add to each (docs/results.md, eq. R15).

Owns how a tick that lies in two quarters is split: by days.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from diamondsim.arrays import FloatArray, IntArray
from diamondsim.constants import DAYS_PER_YEAR
from diamondsim.plan import Plan
from diamondsim.results.metric import sum_over_ticks

DAYS_PER_QUARTER = DAYS_PER_YEAR / 4
_ONE_DAY = dt.timedelta(days=1)


@dataclass(frozen=True)
class Quarter:
    """A calendar quarter, as far as the horizon covers it.

    Attributes
    ----------
    label : str
        Such as `2027Q1`.
    start, end : datetime.date
        Of the whole quarter, half-open.
    days : float
        Days of it that the horizon covers.
    first, last : int
        First and last tick with a day in it.
    first_share, last_share : float
        Share of the days of these two ticks that lies in it; all of every tick between does. If they are the
        same tick, both are the share of that tick.
    """

    label: str
    start: dt.date
    end: dt.date
    days: float
    first: int
    last: int
    first_share: float
    last_share: float

    @property
    def covered(self) -> float:
        """Share of the quarter's days that the horizon covers."""
        return self.days / (self.end - self.start).days


class QuarterGrid:
    """The quarters of a horizon.

    Parameters
    ----------
    start : datetime.date
    tick_days : float
    n_ticks : int

    Attributes
    ----------
    quarters : tuple of Quarter
        In order; the first and the last may be covered in part.

    Examples
    --------
    >>> grid = QuarterGrid(dt.date(2026, 12, 28), 7.0, 2)  # the first week has four days in 2026
    >>> [(quarter.label, quarter.days) for quarter in grid.quarters]
    [('2026Q4', 4.0), ('2027Q1', 10.0)]
    >>> grid.total(np.array([[7.0], [14.0]])).ravel()
    array([ 4., 17.])
    """

    def __init__(self, start: dt.date, tick_days: float, n_ticks: int) -> None:
        self.quarters = tuple(_quarters(start, tick_days, n_ticks))

    @classmethod
    def of(cls, plan: Plan) -> QuarterGrid:
        """Return the quarters of a Plan's horizon."""
        return cls(plan.start, plan.tick_days, plan.n_ticks)

    def __len__(self) -> int:
        return len(self.quarters)

    def total(self, values: FloatArray) -> FloatArray:
        """Return the sum of a flow over each quarter, its ticks added in order.

        Parameters
        ----------
        values : (T, ...) float array
            Per tick; of several entities at once it is the same as of each.

        Returns
        -------
        (Q, ...) float array
        """
        totals = np.empty((len(self), *values.shape[1:]))
        for row, quarter in enumerate(self.quarters):
            np.multiply(values[quarter.first], quarter.first_share, out=totals[row])
            if quarter.last > quarter.first + 1:
                totals[row] += sum_over_ticks(values[quarter.first + 1 : quarter.last])
            if quarter.last > quarter.first:
                totals[row] += values[quarter.last] * quarter.last_share
        return totals

    def mean(self, values: FloatArray | IntArray) -> FloatArray:
        """Return the mean over the days of each quarter.

        Parameters
        ----------
        values : (T, ...) array
            In each tick.

        Returns
        -------
        (Q, ...) float array
        """
        rows = values.reshape(len(values), -1).astype(float)
        days = self.total(np.ones((len(rows), 1)))
        return np.asarray((self.total(rows) / days).reshape(len(self), *values.shape[1:]))


def _quarters(start: dt.date, tick_days: float, n_ticks: int) -> Iterator[Quarter]:
    begin = dt.date(start.year, 3 * ((start.month - 1) // 3) + 1, 1)
    horizon = n_ticks * tick_days
    while (begin - start).days < horizon:
        end = (begin + 100 * _ONE_DAY).replace(day=1)  # a quarter has 90 to 92 days
        from_day, to_day = max(0.0, float((begin - start).days)), min(horizon, float((end - start).days))
        first = int(from_day / tick_days)
        last = min(n_ticks - 1, int(np.ceil(to_day / tick_days)) - 1)
        days = (min(to_day, (t + 1) * tick_days) - max(from_day, t * tick_days) for t in (first, last))
        shares = [max(0.0, of_tick / tick_days) for of_tick in days]
        label = f"{begin.year}Q{(begin.month - 1) // 3 + 1}"
        yield Quarter(label, begin, end, to_day - from_day, first, last, *shares)
        begin = end
