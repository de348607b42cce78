"""The regime of a control in its spells: what all its licensing rules read (model.md, eq. 68, 71-74a)."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from diamondsim.arrays import BoolArray, FloatArray
from diamondsim.distributions import Constant, Distribution
from diamondsim.plan import GeneralLicences, Input, LicensingRule, Validity, WatchList
from diamondsim.sampling.block import Block
from diamondsim.sampling.spells import Spells, in_each_spell


@dataclass
class Regime:
    """What the licensing rules of a control read. Equal distributions are read once: rules often share them.

    The uniform behind a number is `<control>/spell<j>/<latent>`, `latent` as declared for the key of the
    number (`diamondsim.scenario.fields.Drawn`). All rules read it, each through its own distribution.

    Parameters
    ----------
    control : str
        Name of the control.
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

    def curve(self, rule: LicensingRule | WatchList, in_relapse: BoolArray | None) -> FloatArray:
        """Return the curve of eq. 68, in a relapse at most its initial rate: a new (T, R) array."""
        initial = self.spells.spread(self._read(rule.initial_rate), self.shown)
        rate = self.spells.spread(self._read(rule.long_run_rate), self.shown) - initial
        rate *= self._climb(rule.dead_days, rule.recovery_days)
        rate += initial
        if in_relapse is not None:
            np.minimum(rate, initial, out=rate, where=in_relapse)
        return rate

    def general(self, licences: GeneralLicences) -> FloatArray:
        """Return the share that has a general licence, g of eq. 71: (T, R)."""
        share = self._read(licences.share)
        return self.spells.spread(share, self.shown) * self._climb(licences.after_days, licences.time_days)

    def valid(self, validity: Validity) -> FloatArray:
        """Return the part of the licences that is valid, f of eq. 72: (T, R)."""
        days = self._read(validity.days)
        renewal = self._read(validity.renewal_days)
        # Where a replication has fewer spells both are 0.
        part = np.where(days > 0, days / np.where(days > 0, days + renewal, 1.0), 1.0)
        is_old = self._age() >= self.spells.spread(days, self.shown)
        return np.where(is_old, self.spells.spread(part, self.shown), 1.0)

    def batch_days(self, rule: LicensingRule) -> FloatArray | None:
        """Return the mean size of a batch in days of the reference flow: (T, R); None if all are 0."""
        days = self._read(rule.batch_days)
        return self.spells.spread(days, self.shown) if (days > 0).any() else None

    def _read(self, number: Input) -> FloatArray:
        """Return the (J, R) values of a number in each spell."""
        latent, distribution = number.drawn.latent, number.distribution
        assert latent or isinstance(distribution, Constant), f"{number.name} is declared without a latent"
        key = (latent, distribution)
        if key not in self.values:
            self.values[key] = in_each_spell(
                self.spells,
                self.block,
                lambda part, j: part.read(distribution, f"{self.control}/spell{j}/{latent}"),
            )
        return self.values[key]

    def _age(self) -> FloatArray:
        """Return the days since the present or last spell began: (T, R)."""
        rows = np.arange(len(self.spells.inside))[self.shown, np.newaxis]
        age = rows - self.spells.spread(self.spells.begin, self.shown)
        days: FloatArray = age * np.float64(self.tick_days)
        return days

    def _climb(self, dead: Input, recovery: Input) -> FloatArray:
        """Return 1 - exp(-(a - d0) / tau) after the dead time, else 0: (T, R)."""
        key = (dead.drawn.latent, dead.distribution, recovery.distribution)
        if key not in self.climbs:
            self.climbs[key] = self._rise(self._read(dead), self._read(recovery))
        return self.climbs[key]

    def _rise(self, dead: FloatArray, recovery: FloatArray) -> FloatArray:
        since = self._age() - self.spells.spread(dead, self.shown)
        is_climbing = since >= 0
        # A time constant of 0 is a step: infinity times the smallest number is still infinity.
        per_day = np.where(recovery > 0, 1 / np.where(recovery > 0, recovery, 1.0), np.inf)
        np.maximum(since, np.finfo(np.float64).tiny, out=since)
        since *= -self.spells.spread(per_day, self.shown)
        np.exp(since, out=since)
        np.subtract(1.0, since, out=since)
        since *= is_climbing
        return since
