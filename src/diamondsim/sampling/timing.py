"""Days to ticks, and values that hold from one tick to another."""

from __future__ import annotations

from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt

from diamondsim.arrays import FloatArray, IntArray
from diamondsim.plan import Steps
from diamondsim.sampling.block import Block

Scalar = TypeVar("Scalar", bound=np.generic)

NEVER = 2**31
"""A tick beyond every horizon."""


def rounded_ticks(days: FloatArray, tick_days: float) -> IntArray:
    """Return durations in ticks, floor(x / tick_days + 1/2), `NEVER` at most.

    Examples
    --------
    >>> import numpy as np
    >>> rounded_ticks(np.array([3.4, 3.5, 10.5, np.inf]), 7.0).tolist()
    [0, 1, 2, 2147483648]
    """
    ticks = np.floor(np.asarray(days) / tick_days + 0.5)
    return np.clip(ticks, -NEVER, NEVER).astype(np.int64)


def one_column(values: npt.NDArray[Scalar]) -> npt.NDArray[Scalar]:
    """Return one column of (..., R) values where all replications have the same, else the values.

    Tables of what is certain are then computed for one replication, and broadcast.
    """
    first = values[..., :1]
    return first if (values == first).all() else values


def smoothing_gain(days: FloatArray, tick_days: float) -> FloatArray:
    """Return the share of a difference that a time constant closes in a tick; with 0 days all of it.

    Examples
    --------
    >>> import numpy as np
    >>> smoothing_gain(np.array([0.0, 7 / np.log(2)]), 7.0).round(12).tolist()
    [1.0, 0.5]
    """
    lasting = days > 0
    time_constant = np.where(lasting, days, 1.0)
    return np.where(lasting, 1 - np.exp(-tick_days / time_constant), 1.0)


def step_table(steps: Steps, before: float, n_ticks: int, block: Block) -> FloatArray:
    """Return a number that changes on dates in each tick, `before` until the first of them: (T, R)."""
    table = np.full((n_ticks, block.size), before)
    for tick, number in steps.values:
        table[max(tick, 0) :] = block.value(number)
    return table


def paint(table: npt.NDArray[Any], begin: IntArray, end: IntArray, values: npt.NDArray[Any]) -> None:
    """Set rows [begin, end) of each column of a table to the column's value; rows outside it are ignored.

    Parameters
    ----------
    table : (T, R) array
        Changed in place.
    begin, end : (R,) int array
        Rows; nothing is set where end <= begin.
    values : (R,) array
        One for each column.
    """
    first = np.clip(begin, 0, len(table))
    lengths = np.clip(end, first, len(table)) - first
    offsets = np.cumsum(lengths) - lengths
    rows = np.arange(lengths.sum()) + np.repeat(first - offsets, lengths)
    columns = np.repeat(np.arange(table.shape[1]), lengths)
    table[rows, columns] = np.repeat(values, lengths)
