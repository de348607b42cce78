"""The level of a licence desk: the fraction of the reference flow that passes (model.md, eq. 49-51).

Owns what is common to the desks of a control in a spell (the regime and the relapses) and the level of each
of them.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from diamondsim.distributions import Distribution
from diamondsim.plan import Control, Desk, Input
from diamondsim.sampling.block import Block
from diamondsim.sampling.runs import Runs, in_each_run, per_run
from diamondsim.sampling.streams import FloatArray
from diamondsim.sampling.timing import DAYS_PER_YEAR, paint, rounded_ticks

BoolArray = npt.NDArray[np.bool_]


def draw_levels(
    control: Control,
    desks: list[Desk],
    spells: Runs,
    block: Block,
    *,
    banned: BoolArray,
    tick_days: float,
) -> list[FloatArray]:
    """Return the level of each desk of a control.

    The regime of spell j are the uniforms `<control>/spell<j>/dead_time`, `.../recovery_time`, `.../trough`
    and `.../long_run`: every desk reads its own distributions there. Relapses: rate and length are drawn for
    a spell, `<input>/spell<j>`, the waits are `<control>/spell<j>/relapse`, a row each. Level under a ban and
    barred share are drawn once.

    Parameters
    ----------
    control : Control
        The control.
    desks : list of Desk
        Its desks.
    spells : Runs
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
    regime = _Regime(control.name, spells, block, shown, tick_days)
    relapse = _relapses(control, spells, block, tick_days)
    outside = ~spells.inside[shown]
    levels = []
    for desk in desks:
        low = spells.spread(regime.read(desk.trough, "trough"), shown)
        level = spells.spread(regime.read(desk.long_run, "long_run"), shown)
        level -= low
        level *= regime.rise(desk)
        level += low
        # The lines of eq. 51 from the last to the first: what is written later holds.
        if relapse is not None:
            np.minimum(level, low, out=level, where=relapse[shown])
        np.copyto(level, block.value(desk.ban), where=banned)
        level *= 1 - block.value(desk.barred)
        np.copyto(level, 1.0, where=outside)
        levels.append(level)
    return levels


@dataclass
class _Regime:
    """What the desks of a control read. Equal distributions are read once: desks often share them."""

    control: str
    spells: Runs
    block: Block
    shown: slice
    tick_days: float
    values: dict[tuple[str, Distribution], FloatArray] = field(default_factory=dict)
    rises: dict[tuple[Distribution, Distribution], FloatArray] = field(default_factory=dict)

    def read(self, number: Input, what: str) -> FloatArray:
        """Return the (J, R) values of a desk's number in each spell."""
        key = (what, number.distribution)
        if key not in self.values:
            self.values[key] = in_each_run(
                self.spells,
                self.block,
                lambda part, j: part.read(number.distribution, f"{self.control}/spell{j}/{what}"),
            )
        return self.values[key]

    def rise(self, desk: Desk) -> FloatArray:
        """Return 1 - exp(-(a - d0) / tau) after the dead time, else 0: (T, R)."""
        key = (desk.dead_days.distribution, desk.recovery_days.distribution)
        if key not in self.rises:
            dead = self.read(desk.dead_days, "dead_time")
            recovery = self.read(desk.recovery_days, "recovery_time")
            self.rises[key] = self._climb(dead, recovery)
        return self.rises[key]

    def _climb(self, dead: FloatArray, recovery: FloatArray) -> FloatArray:
        rows = np.arange(len(self.spells.inside))[self.shown, np.newaxis]
        age = rows - self.spells.spread(self.spells.begin, self.shown)
        since: FloatArray = age * np.float64(self.tick_days)
        since -= self.spells.spread(dead, self.shown)
        climbing = since >= 0
        # A time constant of 0 is a step: infinity times the smallest number is still infinity.
        rate = np.where(recovery > 0, 1 / np.where(recovery > 0, recovery, 1.0), np.inf)
        np.maximum(since, np.finfo(np.float64).tiny, out=since)
        since *= -self.spells.spread(rate, self.shown)
        np.exp(since, out=since)
        np.subtract(1.0, since, out=since)
        since *= climbing
        return since


def _relapses(control: Control, spells: Runs, block: Block, tick_days: float) -> BoolArray | None:
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
