"""Leakage: goods that go around a control through third countries (model.md, eq. 53)."""

from __future__ import annotations

import numpy as np

from diamondsim.arrays import FloatArray
from diamondsim.plan import Control
from diamondsim.sampling.block import Block
from diamondsim.sampling.runs import Runs, per_run
from diamondsim.sampling.timing import rounded_ticks


def draw_leakage(
    control: Control, spells: Runs, block: Block, *, n_ticks: int, tick_days: float
) -> tuple[FloatArray, FloatArray]:
    """Return which share of the blocked flow is re-routed, and which share of that is seized.

    Streams of spell j: `<input>/spell<j>`. Without a crackdown nothing is seized.

    Parameters
    ----------
    control : Control
        The control.
    spells : Runs
        Its spells, over rows that end with the horizon and may begin before it.
    block : Block
        Where the numbers come from.
    n_ticks : int
        Number of ticks T.
    tick_days : float
        Length of a tick in days.

    Returns
    -------
    leak, seized : (T, R) arrays
        Fractions; 0 outside the spells.
    """
    leakage = control.diversion
    leak = np.zeros((n_ticks, block.size))
    seized = np.zeros((n_ticks, block.size))
    if leakage is None or not spells.count:
        return leak, seized
    shown = slice(-n_ticks, None)
    inside = spells.inside[shown]
    share = per_run(leakage.share, "spell", spells, block)
    np.copyto(leak, spells.spread(share, shown), where=inside)
    if leakage.crackdown_wait is None:
        return leak, seized
    wait = rounded_ticks(per_run(leakage.crackdown_wait, "spell", spells, block), tick_days)
    rows = np.arange(len(spells.inside))[shown, np.newaxis]
    after = inside & (rows >= spells.spread(spells.begin + wait, shown))
    share_after = per_run(leakage.after_crackdown, "spell", spells, block)
    share_seized = per_run(leakage.seized, "spell", spells, block)
    np.copyto(leak, spells.spread(share_after, shown), where=after)
    np.copyto(seized, spells.spread(share_seized, shown), where=after)
    return leak, seized
