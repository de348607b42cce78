"""Months: what share of each tick lies in them."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Months:
    """Calendar months that the horizon covers in full, numbered as in docs/episodes.md.

    Attributes
    ----------
    first_days : tuple of date
    numbers : tuple of int
        Month 1 is the first of the control.
    weights : (months, ticks) array
        Share of the days of each tick that lies in each month.
    days : (months,) array
    """

    first_days: tuple[dt.date, ...]
    numbers: tuple[int, ...]
    weights: FloatArray
    days: FloatArray

    def row(self, number: int) -> int:
        """Return the position of a month."""
        return self.numbers.index(number)

    def total(self, by_tick: FloatArray) -> FloatArray:
        """Return the sums by month of what a tick has, spread evenly over its days."""
        return np.asarray(np.tensordot(self.weights, by_tick, axes=1))


def months_of(start: dt.date, n_ticks: int, tick_days: int, in_force: dt.date) -> Months:
    """Return the months of a horizon around the one in which a control comes into force.

    Parameters
    ----------
    start : date
        First day of the first tick.
    n_ticks, tick_days : int
    in_force : date
        Any day of month 1.

    Examples
    --------
    >>> found = months_of(dt.date(2027, 1, 25), 10, 7, dt.date(2027, 3, 1))
    >>> found.numbers, found.days.tolist(), found.weights[0, :3].tolist(), found.weights[0].sum() * 7
    ((0, 1), [28.0, 31.0], [0.0, 1.0, 1.0], 28.0)
    """
    end = start + dt.timedelta(days=n_ticks * tick_days)
    firsts = []
    first = start if start.day == 1 else _next(start)
    while _next(first) <= end:
        firsts.append(first)
        first = _next(first)
    begins = np.arange(n_ticks) * tick_days
    rows, days = [], []
    for first in firsts:
        low, high = (first - start).days, (_next(first) - start).days
        overlap = np.minimum(begins + tick_days, high) - np.maximum(begins, low)
        rows.append(np.maximum(overlap, 0) / tick_days)
        days.append(float(high - low))
    one = in_force.year * 12 + in_force.month - 1
    numbers = tuple(day.year * 12 + day.month - one for day in firsts)
    return Months(tuple(firsts), numbers, np.array(rows), np.array(days))


def _next(day: dt.date) -> dt.date:
    return dt.date(day.year + day.month // 12, day.month % 12 + 1, 1)
