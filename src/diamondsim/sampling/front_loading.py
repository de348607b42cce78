"""Front-loading: buying ahead of a control that is announced (model.md, eq. 52)."""

from __future__ import annotations

import numpy as np

from diamondsim.arrays import BoolArray, FloatArray
from diamondsim.plan import Control, ControlState
from diamondsim.sampling.block import Block
from diamondsim.sampling.paths import StateArray
from diamondsim.sampling.runs import Runs, find_runs, per_run


def draw_front_loading(
    control: Control,
    states: StateArray,
    spells: Runs,
    block: Block,
    *,
    counts: BoolArray,
    in_force: BoolArray,
) -> tuple[FloatArray, FloatArray]:
    """Return the front-loading factor and the extra cover of a control.

    The j-th announced run draws its factor from `<front loading>/run<j>`. Its length is the number of its
    ticks that count. In the spell that follows at once the extra cover holds while the control is in force.

    Parameters
    ----------
    control : Control
        The control.
    states : (T, R) int8 array
        Its states.
    spells : Runs
        Its spells.
    block : Block
        Where the numbers come from.
    counts : (T, R) bool array
        Where an announcement counts: where the required control is announced or in force.
    in_force : (T, R) bool array
        Where the control is in force.

    Returns
    -------
    rush, hoard : (T, R) arrays
        The factor where an announcement counts, else 0; extra cover in ticks.
    """
    announced = find_runs(states == ControlState.ANNOUNCED)
    if not announced.count:
        return np.zeros(states.shape), np.zeros(states.shape)
    size = states.shape[1]
    counting = announced.inside & counts
    factor = per_run(control.front_loading, "run", announced, block)
    length = np.bincount(announced.cell[counting], minlength=factor.size).reshape(factor.shape)
    extra = np.maximum(factor - 1, 0.0) * length
    rush = np.where(counting, announced.spread(factor), 0.0)
    hoard = np.where(counting, announced.spread(extra), 0.0)
    if spells.count:
        inherited = np.zeros(spells.begin.shape)
        spell, column = np.nonzero((spells.begin > 0) & (spells.begin < len(states)))
        before = spells.begin[spell, column] - 1
        follows = announced.inside[before, column]
        spell, column, before = spell[follows], column[follows], before[follows]
        inherited[spell, column] = extra.reshape(size * announced.count)[announced.cell[before, column]]
        np.copyto(hoard, spells.spread(inherited), where=in_force)
    return rush, hoard
