"""When a shortage begins, how long it lasts, when it is over (docs/results.md, eq. R3-R6).

Works on masks `(tick, replication)`: true in the ticks in which a use is short.
"""

from __future__ import annotations

import numpy as np

from diamondsim.arrays import BoolArray, FloatArray


def first_tick(mask: BoolArray, *, since: FloatArray | None = None) -> FloatArray:
    """Return the first tick in which a mask holds.

    Parameters
    ----------
    mask : (T, R) bool array
    since : (R,) float array, optional
        Earlier ticks do not count; with NaN no tick counts.

    Returns
    -------
    (R,) float array
        Ticks; NaN if there is none.

    Examples
    --------
    >>> first_tick(np.array([[False, False], [True, False]]))
    array([ 1., nan])
    """
    if since is not None:
        mask = mask & (np.arange(len(mask))[:, None] >= since)
    first = np.full(mask.shape[1], np.nan)
    columns = np.flatnonzero(mask.any(axis=0))
    first[columns] = mask[:, columns].argmax(axis=0)
    return first


def longest_run(mask: BoolArray) -> FloatArray:
    """Return the length of the longest run of consecutive ticks in which a mask holds.

    Examples
    --------
    >>> longest_run(np.array([[True], [True], [False], [True]]))
    array([2.])
    """
    longest = np.zeros(mask.shape[1])
    columns = np.flatnonzero(mask.any(axis=0))
    if columns.size:
        ticks = np.arange(len(mask))[:, None]
        last_break = np.maximum.accumulate(np.where(mask[:, columns], -1, ticks), axis=0)
        longest[columns] = (ticks - last_break).max(axis=0)
    return longest


def recovery_tick(short: BoolArray, *, begin: FloatArray, window: int) -> FloatArray:
    """Return the tick at which the shortage that begins at `begin` is over.

    It is over at the first later tick that starts a whole window without a short tick; shorter gaps belong to
    the shortage.

    Parameters
    ----------
    short : (T, R) bool array
    begin : (R,) float array
        Ticks; NaN if no shortage begins.
    window : int
        Ticks.

    Returns
    -------
    (R,) float array
        Ticks; NaN if none begins, or if it is not over by the end of the horizon.
    """
    n_ticks = len(short)
    recovery = np.full(short.shape[1], np.nan)
    columns = np.flatnonzero(~np.isnan(begin))
    if columns.size and n_ticks >= window:
        before = np.zeros((n_ticks + 1, columns.size), dtype=np.int64)
        np.cumsum(short[:, columns], axis=0, out=before[1:])
        quiet = before[window:] == before[: n_ticks + 1 - window]
        recovery[columns] = first_tick(quiet, since=begin[columns])
    return recovery
