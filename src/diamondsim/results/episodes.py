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
        ticks = np.arange(len(mask), dtype=np.int32)[:, None]
        last_break = np.maximum.accumulate(np.where(mask[:, columns], np.int32(-1), ticks), axis=0)
        longest[columns] = (ticks - last_break).max(axis=0)
    return longest


def quiet_windows(short: BoolArray, window: int) -> BoolArray:
    """Return which windows have no short tick, by their first tick.

    Parameters
    ----------
    short : (T, R) bool array
    window : int
        Ticks.

    Returns
    -------
    (T - window + 1, R) bool array
        No row where the horizon is shorter than a window.

    Examples
    --------
    >>> quiet_windows(np.array([[True], [False], [False], [True]]), 2).ravel()
    array([False,  True, False])
    """
    reached, is_short = 1, short
    while reached < window and len(is_short):
        step = min(reached, window - reached)
        is_short = is_short[:-step] | is_short[step:]
        reached += step
    return ~is_short


def recovery_tick(quiet: BoolArray, *, begin: FloatArray) -> FloatArray:
    """Return the tick at which the shortage that begins at `begin` is over.

    It is over at the first later tick that starts a whole window without a short tick; shorter gaps belong to
    the shortage.

    Parameters
    ----------
    quiet : (W, R) bool array
        From `quiet_windows`.
    begin : (R,) float array
        Ticks; NaN if no shortage begins.

    Returns
    -------
    (R,) float array
        Ticks; NaN if none begins, or if it is not over by the end of the horizon.
    """
    recovery = np.full(quiet.shape[1], np.nan)
    columns = np.flatnonzero(~np.isnan(begin))
    if columns.size and len(quiet):
        recovery[columns] = first_tick(quiet[:, columns], since=begin[columns])
    return recovery
