"""Drag: what a control slows without covering it, as a control of its own (model.md, eq. 67-68)."""

from __future__ import annotations

import numpy as np

from diamondsim.arrays import BoolArray, FloatArray
from diamondsim.plan import ControlState, Spillover
from diamondsim.sampling.block import Block
from diamondsim.sampling.paths import StatePath
from diamondsim.sampling.runs import Runs, per_run


def drag_path(
    drag: Spillover,
    of: StatePath,
    spells: Runs,
    block: Block,
    *,
    in_force: BoolArray,
    tick_days: float,
) -> StatePath:
    """Return the states of a drag: `LICENSING` while it lasts, else `NONE`.

    Parameters
    ----------
    drag : Drag
        The drag; how long it lasts is drawn for spell j from `<time>/spell<j>`.
    of : StatePath
        The states of the control that it belongs to.
    spells : Runs
        The spells of that control.
    block : Block
        Where the numbers come from.
    in_force : (T, R) bool array
        Where that control is in force, over the rows of `of`.
    tick_days : float
        Length of a tick in days.

    Returns
    -------
    StatePath
        Over the rows of `of`.
    """
    if not spells.count:
        return StatePath(of.begin, ControlState.NONE, np.zeros_like(of.states))
    rows = np.arange(len(of.states))[:, np.newaxis]
    age_days = (rows - spells.spread(spells.begin)) * np.float64(tick_days)
    lasting = age_days < spells.spread(per_run(drag.days, "spell", spells, block))
    states = np.where(in_force & lasting, ControlState.LICENSING, ControlState.NONE).astype(np.int8)
    return StatePath(of.begin, ControlState.NONE, states)


def drag_level(drag: Spillover, spells: Runs, block: Block, *, lasts: BoolArray) -> FloatArray:
    """Return the level of a drag, (T, R), where it `lasts`: (T, R), T the last rows of the spells.

    The share lost in spell j is drawn from `<lost>/spell<j>`.
    """
    if not spells.count:
        return np.ones(lasts.shape)
    shown = slice(len(spells.inside) - len(lasts), None)
    lost = spells.spread(per_run(drag.lost, "spell", spells, block), shown)
    return np.where(lasts, 1 - lost, 1.0)
