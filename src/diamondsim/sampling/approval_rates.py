"""The level of a licence desk: the fraction of the reference flow that passes (model.md, eq. 49-51, 63-66).

Owns the level of each desk in a spell of its control, and the relapses. What the desks read together is in
`diamondsim.sampling.regime`.
"""

from __future__ import annotations

import numpy as np

from diamondsim.arrays import BoolArray, FloatArray
from diamondsim.constants import DAYS_PER_YEAR
from diamondsim.plan import Control, LicensingRule, WatchList
from diamondsim.sampling.block import Block
from diamondsim.sampling.regime import Regime
from diamondsim.sampling.spells import Spells, per_run
from diamondsim.sampling.timing import paint, rounded_ticks


def draw_approval_rates(
    control: Control,
    desks: list[LicensingRule],
    spells: Spells,
    block: Block,
    *,
    banned: BoolArray,
    tick_days: float,
) -> list[FloatArray]:
    """Return the level of each desk of a control.

    The regime of spell j are the uniforms `<control>/spell<j>/dead_time`, `.../recovery_time`, `.../trough`
    and `.../long_run`; of general licences `.../general_share`, `.../general_after`, `.../general_time`; of
    licences `.../validity`, `.../renewal`. Every desk reads its own distributions there. Relapses: rate and
    length are drawn for a spell, `<input>/spell<j>`, the waits are `<control>/spell<j>/relapse`, a row each.
    Level under a ban, barred share and watched share are drawn once.

    Parameters
    ----------
    control : Control
        The control.
    desks : list of Desk
        Its desks.
    spells : Spells
        Its spells, over rows that end with the horizon and may begin before it.
    block : Block
        Where the numbers come from.
    banned : (T, R) bool array
        Where the control is `BANNED`.
    tick_days : float
        Length of a tick in days.

    Returns
    -------
    list of (T, R) arrays
        Fractions, one array for each desk.
    """
    if not spells.count or not desks:
        return [np.ones(banned.shape) for _ in desks]
    shown = slice(len(spells.inside) - len(banned), None)
    regime = Regime(control.name, spells, block, shown, tick_days)
    relapse = _relapses(control, spells, block, tick_days)
    in_relapse = None if relapse is None else relapse[shown]
    outside = ~spells.inside[shown]
    levels = []
    for desk in desks:
        level = _licensed(desk, regime, in_relapse)
        open_share = 1 - block.value(desk.denied_parties)
        if desk.watch_list is None:
            # The lines of eq. 51 from the last to the first: what is written later holds.
            np.copyto(level, block.value(desk.ban), where=banned)
            level *= open_share
        else:
            watched = np.minimum(block.value(desk.watch_list.share), open_share)
            level *= open_share - watched
            level += watched * _of_watched(desk, desk.watch_list, regime, in_relapse)
            np.copyto(level, open_share * block.value(desk.ban), where=banned)
        np.copyto(level, 1.0, where=outside)
        levels.append(level)
    return levels


def _licensed(desk: LicensingRule, regime: Regime, in_relapse: BoolArray | None) -> FloatArray:
    """Return what passes of the flow of those who are not watched: g + (1 - g) f x of eq. 66."""
    level = regime.curve(
        desk.initial_rate, desk.long_run_rate, desk.dead_days, desk.recovery_days, in_relapse
    )
    if desk.validity is not None:
        level *= regime.valid(desk.validity)
    if desk.general is not None:
        general = regime.general(desk.general)
        level *= 1 - general
        level += general
    return level


def _of_watched(
    desk: LicensingRule, watched: WatchList, regime: Regime, in_relapse: BoolArray | None
) -> FloatArray:
    """Return what passes of the flow of those who are watched: f x_w of eq. 66."""
    level = regime.curve(
        watched.initial_rate, watched.long_run_rate, watched.dead_days, watched.recovery_days, in_relapse
    )
    if desk.validity is not None:
        level *= regime.valid(desk.validity)
    return level


def _relapses(control: Control, spells: Spells, block: Block, tick_days: float) -> BoolArray | None:
    """Return where a relapse is on, over the rows of the spells; None where there can be none.

    The wait for the next relapse runs from the end of the last one. Begin and end are rounded to ticks from
    the begin of the spell.
    """
    rate = per_run(control.relapse_per_year, "spell", spells, block) / DAYS_PER_YEAR
    if not (rate > 0).any():
        return None
    on = np.zeros(spells.inside.shape, dtype=bool)
    for j in range(spells.count):
        mean_wait = np.where(rate[j] > 0, 1 / np.where(rate[j] > 0, rate[j], 1.0), np.inf)
        days = np.zeros(block.size)
        number = 0
        while True:
            uniform = block.uniform_row(f"{control.name}/spell{j}/relapse", number)
            days = days - mean_wait * np.log1p(-uniform)
            begin = spells.begin[j] + rounded_ticks(days, tick_days)
            if not (begin < spells.end[j]).any():
                break
            days = days + block.value_row(control.relapse_days, f"/spell{j}", number)
            end = spells.begin[j] + rounded_ticks(days, tick_days)
            paint(on, begin, np.minimum(end, spells.end[j]), np.ones(block.size, dtype=bool))
            number += 1
    return on
