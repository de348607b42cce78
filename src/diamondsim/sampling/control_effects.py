"""Front-loading: buying ahead of a control that is announced (model.md, eq. 52)."""
# MERGED: """Leakage: goods that go around a control through third countries (model.md, eq. 53)."""
# MERGED: """Drag: what a control slows without covering it, as a control of its own (model.md, eq. 67-68)."""

from __future__ import annotations

import numpy as np

from diamondsim.arrays import BoolArray, FloatArray
from diamondsim.plan import Control, ControlState, Spillover
from diamondsim.sampling.block import Block
from diamondsim.sampling.control_paths import StateArray, StatePath
from diamondsim.sampling.spells import Spells, find_spells, per_run
from diamondsim.sampling.timing import rounded_ticks


def draw_front_loading(
    control: Control,
    states: StateArray,
    spells: Spells,
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
    spells : Spells
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
    announced = find_spells(states == ControlState.ANNOUNCED)
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


def draw_diversion(
    control: Control, spells: Spells, block: Block, *, n_ticks: int, tick_days: float
) -> tuple[FloatArray, FloatArray]:
    """Return which share of the blocked flow is re-routed, and which share of that is seized.

    Streams of spell j: `<input>/spell<j>`. Without a crackdown nothing is seized.

    Parameters
    ----------
    control : Control
        The control.
    spells : Spells
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


def spillover_path(
    drag: Spillover,
    of: StatePath,
    spells: Spells,
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
    spells : Spells
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


def spillover_rate(drag: Spillover, spells: Spells, block: Block, *, lasts: BoolArray) -> FloatArray:
    """Return the level of a drag, (T, R), where it `lasts`: (T, R), T the last rows of the spells.

    The share lost in spell j is drawn from `<lost>/spell<j>`.
    """
    if not spells.count:
        return np.ones(lasts.shape)
    shown = slice(len(spells.inside) - len(lasts), None)
    lost = spells.spread(per_run(drag.lost, "spell", spells, block), shown)
    return np.where(lasts, 1 - lost, 1.0)
