"""The regime of a control in its spells: what all its desks read (model.md, eq. 49, 63-65)."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from diamondsim.arrays import BoolArray, FloatArray
from diamondsim.distributions import Distribution
from diamondsim.plan import GeneralLicences, Input, Validity
from diamondsim.sampling.block import Block
from diamondsim.sampling.spells import Spells, in_each_run


@dataclass
class Regime:
    """What the desks of a control read. Equal distributions are read once: desks often share them.

    Parameters
    ----------
    control : str
        Name of the control; the uniforms of its spell j are `<control>/spell<j>/<what>`.
    spells : Spells
        Its spells.
    block : Block
        Where the numbers come from.
    shown : slice
        The rows of the spells that tables have: those of the horizon.
    tick_days : float
        Length of a tick in days.
    """

    control: str
    spells: Spells
    block: Block
    shown: slice
    tick_days: float
    values: dict[tuple[str, Distribution], FloatArray] = field(default_factory=dict)
    climbs: dict[tuple[str, Distribution, Distribution], FloatArray] = field(default_factory=dict)

    def curve(
        self,
        trough: Input,
        long_run: Input,
        dead_days: Input,
        recovery_days: Input,
        in_relapse: BoolArray | None,
    ) -> FloatArray:
        """Return the curve of eq. 49, in a relapse at most its trough: (T, R), the caller's to change."""
        low = self.spells.spread(self._read(trough, "initial_rate"), self.shown)
        level = self.spells.spread(self._read(long_run, "long_run_rate"), self.shown)
        level -= low
        level *= self._climb(dead_days, recovery_days, "dead_time", "recovery_time")
        level += low
        if in_relapse is not None:
            np.minimum(level, low, out=level, where=in_relapse)
        return level

    def general(self, licences: GeneralLicences) -> FloatArray:
        """Return the share that has a general licence, g of eq. 63: (T, R)."""
        share = self._read(licences.share, "general_share")
        climb = self._climb(licences.after_days, licences.time_days, "general_after", "general_time")
        return self.spells.spread(share, self.shown) * climb

    def valid(self, validity: Validity) -> FloatArray:
        """Return the part of the licences that is valid, f of eq. 64: (T, R)."""
        days = self._read(validity.days, "validity")
        renewal = self._read(validity.renewal_days, "renewal")
        # Where a replication has fewer spells both are 0.
        part = np.where(days > 0, days / np.where(days > 0, days + renewal, 1.0), 1.0)
        old = self._age() >= self.spells.spread(days, self.shown)
        return np.where(old, self.spells.spread(part, self.shown), 1.0)

    def _read(self, number: Input, what: str) -> FloatArray:
        """Return the (J, R) values of a desk's number in each spell."""
        key = (what, number.distribution)
        if key not in self.values:
            self.values[key] = in_each_run(
                self.spells,
                self.block,
                lambda part, j: part.read(number.distribution, f"{self.control}/spell{j}/{what}"),
            )
        return self.values[key]

    def _age(self) -> FloatArray:
        """Return the days since the present or last spell began: (T, R)."""
        rows = np.arange(len(self.spells.inside))[self.shown, np.newaxis]
        age = rows - self.spells.spread(self.spells.begin, self.shown)
        days: FloatArray = age * np.float64(self.tick_days)
        return days

    def _climb(self, dead: Input, recovery: Input, dead_word: str, recovery_word: str) -> FloatArray:
        """Return 1 - exp(-(a - d0) / tau) after the dead time, else 0: (T, R)."""
        key = (dead_word, dead.distribution, recovery.distribution)
        if key not in self.climbs:
            dead_days, time = self._read(dead, dead_word), self._read(recovery, recovery_word)
            self.climbs[key] = self._rise(dead_days, time)
        return self.climbs[key]

    def _rise(self, dead: FloatArray, recovery: FloatArray) -> FloatArray:
        since = self._age()
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
