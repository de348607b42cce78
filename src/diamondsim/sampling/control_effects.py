"""What controls do beside their licences: front-loading, diversion and spillover (model.md, eq. 75-78)."""

from __future__ import annotations

import numpy as np

from diamondsim.arrays import BoolArray, FloatArray, IntArray
from diamondsim.plan import Control, ControlState, Spillover
from diamondsim.sampling.block import Block
from diamondsim.sampling.control_paths import StateArray, StatePath
from diamondsim.sampling.spells import Spells, find_spells, per_spell
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
    """Return the front-loading factor and the hoarding cover of a control (model.md, eq. 77).

    The factor is drawn for each announcement. Its length is the number of its ticks that count. In a spell
    that follows at once the hoarding cover holds while the control is in force.

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
    front_loading, hoarding : (T, R) arrays
        The factor where an announcement counts, else 0; extra cover in ticks. (T, 1) without announcements.
    """
    announced = find_spells(states == ControlState.ANNOUNCED)
    if not announced.count:
        none = np.zeros((len(states), 1))
        return none, none
    size = states.shape[1]
    counting = announced.inside & counts
    factor = per_spell(control.front_loading, announced, block)
    length = np.bincount(announced.cell[counting], minlength=factor.size).reshape(factor.shape)
    extra = np.maximum(factor - 1, 0.0) * length
    front_loading = np.where(counting, announced.spread(factor), 0.0)
    hoarding = np.where(counting, announced.spread(extra), 0.0)
    if spells.count:
        # A spell that begins in the tick after an announcement inherits the cover of that announcement.
        inherited = np.zeros(spells.begin.shape)
        spell, column = np.nonzero((spells.begin > 0) & (spells.begin < len(states)))
        before = spells.begin[spell, column] - 1
        follows = announced.inside[before, column]
        spell, column, before = spell[follows], column[follows], before[follows]
        inherited[spell, column] = extra.reshape(size * announced.count)[announced.cell[before, column]]
        np.copyto(hoarding, spells.spread(inherited), where=in_force)
    return front_loading, hoarding


def draw_diversion(
    control: Control, spells: Spells, block: Block, *, n_ticks: int, tick_days: float
) -> tuple[FloatArray, FloatArray]:
    """Return which share of the blocked flow is diverted, and which share of that is seized (eq. 78, 78a).

    All numbers are drawn for each spell. Without a crackdown nothing is seized.

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
    diverted, seized : (T, R) arrays
        Fractions; 0 outside the spells. (T, 1) where nothing is ever diverted.
    """
    diversion = control.diversion
    if diversion is None or not spells.count:
        none = np.zeros((n_ticks, 1))
        return none, none
    diverted = np.zeros((n_ticks, block.size))
    seized = np.zeros((n_ticks, block.size))
    shown = slice(-n_ticks, None)
    inside = spells.inside[shown]
    share = per_spell(diversion.share, spells, block)
    np.copyto(diverted, spells.spread(share, shown), where=inside)
    rows = np.arange(len(spells.inside))[shown, np.newaxis]
    if diversion.crackdown_wait is not None:
        wait = rounded_ticks(per_spell(diversion.crackdown_wait, spells, block), tick_days)
        crackdown = spells.spread(spells.begin + wait, shown)
        is_after = inside & (rows >= crackdown)
        share_after = spells.spread(per_spell(diversion.after_crackdown, spells, block), shown)
        fade = spells.spread(per_spell(diversion.fade, spells, block), shown)
        # What fades does not rise.
        share_after = np.where(fade > 0, np.minimum(share_after, diverted), share_after)
        share_left = 1 - _risen(rows - crackdown, tick_days, fade)
        fading = share_after + (diverted - share_after) * share_left
        np.copyto(diverted, np.where(share_left > 0, fading, share_after), where=is_after)
        share_seized = per_spell(diversion.seized, spells, block)
        np.copyto(seized, spells.spread(share_seized, shown), where=is_after)
    ramp = per_spell(diversion.ramp, spells, block)
    if ramp.any():
        diverted *= _risen(rows - spells.spread(spells.begin, shown), tick_days, spells.spread(ramp, shown))
    return diverted, seized


def _risen(ticks: IntArray, tick_days: float, days: FloatArray) -> FloatArray:
    """Return how far a line from 0 to 1 over some `days` has risen after some ticks; 0 days: all the way."""
    gradual = days > 0
    return np.where(gradual, np.clip(ticks * tick_days / np.where(gradual, days, 1.0), 0.0, 1.0), 1.0)


def spillover_path(
    spillover: Spillover,
    of: StatePath,
    spells: Spells,
    block: Block,
    *,
    slows: BoolArray,
    tick_days: float,
) -> StatePath:
    """Return the states of a spillover: `LICENSING` while it lasts, else `NONE` (model.md, eq. 75, 76a).

    Parameters
    ----------
    spillover : Spillover
        The spillover; how long it lasts is drawn for each spell.
    of : StatePath
        The states of the control that it belongs to.
    spells : Spells
        The spells of that control, or the stretches in which it is dormant.
    block : Block
        Where the numbers come from.
    slows : (T, R) bool array
        Where that control is in force, or where it is dormant, over the rows of `of`.
    tick_days : float
        Length of a tick in days.

    Returns
    -------
    StatePath
        Over the rows of `of`.
    """
    if not spells.count:
        return StatePath(of.begin, ControlState.NONE, np.zeros_like(of.states))
    if spillover.days is not None:
        rows = np.arange(len(of.states))[:, np.newaxis]
        age_days = (rows - spells.spread(spells.begin)) * np.float64(tick_days)
        slows = slows & (age_days < spells.spread(per_spell(spillover.days, spells, block)))
    states = np.where(slows, ControlState.LICENSING, ControlState.NONE).astype(np.int8)
    return StatePath(of.begin, ControlState.NONE, states)


def spillover_rate(spillover: Spillover, spells: Spells, block: Block, *, lasts: BoolArray) -> FloatArray:
    """Return the approval rate of a spillover, (T, R), where it `lasts`, else 1 (model.md, eq. 76).

    The share lost is drawn for each of the `spells` that `spillover_path` takes, whose last T rows are those
    of `lasts`.
    """
    if not spells.count:
        return np.ones(lasts.shape)
    shown = slice(len(spells.inside) - len(lasts), None)
    lost = spells.spread(per_spell(spillover.lost, spells, block), shown)
    return np.where(lasts, 1 - lost, 1.0)
