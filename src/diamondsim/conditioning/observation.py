"""A published figure on a month: what was exported under a control, or how many licences were granted.

Owns what an observation is and how probable it is, given what a replication expects (docs/model.md, eq.
102-104).
"""

from __future__ import annotations

import datetime as dt
import math
from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np
from scipy import special

from diamondsim.arrays import FloatArray

FigureKind: TypeAlias = Literal["exports", "licences"]
ALL_DESTINATIONS = "all"
"""As a destination: all regions that a control covers."""
SHARE = "share"
"""As a unit: of the exports of a normal month."""
MOST_ERRORS = 4.0
"""A replication that misses an observation by more errors is not compatible with it."""


@dataclass(frozen=True, kw_only=True)
class Observation:
    """A figure on a calendar month.

    Attributes
    ----------
    month : datetime.date
        Its first day.
    control : str
        Identifier of the control whose lanes the figure covers.
    destination : str
        Identifier of a region, or ``all``.
    measure : str
        ``exports``; or ``licences``: how many of the applications decided in the month were granted.
    quantity : float
        Exports in `unit`, or the number of licences granted.
    unit : str
        Of exports: ``share`` (of a normal month), ``ct`` or ``cm2``. Empty for licences.
    error : float
        Of exports the standard deviation: a share of the quantity if `relative`, else in `unit`. Of licences
        the share of the reports that are no better than a coin toss.
    relative : bool
    decided : int
        Applications decided, for licences.
    source : str
        Where the figure is from.
    place : str
        File and line, for messages.

    Examples
    --------
    >>> one = Observation(
    ...     month=dt.date(2027, 3, 1), control="cn_55", quantity=0.3, error=0.1, source="customs"
    ... )
    >>> one.log_likelihood(np.array([0.3, 0.4])).round(3).tolist()
    [0.0, -0.5]
    """

    month: dt.date
    control: str
    destination: str = ALL_DESTINATIONS
    measure: FigureKind = "exports"
    quantity: float
    unit: str = SHARE
    error: float
    relative: bool = False
    decided: int = 0
    source: str
    place: str = ""

    @property
    def end(self) -> dt.date:
        """The first day after the month."""
        return (self.month + dt.timedelta(days=31)).replace(day=1)

    @property
    def label(self) -> str:
        """Name of the figure in messages and tables, such as ``2027-03 cn_55 US exports``."""
        return f"{self.month:%Y-%m} {self.control} {self.destination} {self.measure}"

    def log_likelihood(self, expected: FloatArray) -> FloatArray:
        """Return the logarithm of the likelihood of some replications, 0 at most.

        Parameters
        ----------
        expected : (R,) float array
            What each replication exports, in `unit`, or the mean approval rate; NaN where no licence could be
            decided, because the control is not in force.

        Returns
        -------
        (R,) float array
            Relative to that of the expectation that fits best; minus infinity where impossible.
        """
        with np.errstate(divide="ignore", invalid="ignore"):
            if self.measure == "licences":
                found = self._log_binomial(expected)
            elif self.quantity == 0:
                found = special.log_ndtr(-expected / self.error) - math.log(0.5)
            elif self.relative:
                found = -0.5 * ((math.log(self.quantity) - np.log(expected)) / self._log_error) ** 2
            else:
                found = -0.5 * ((self.quantity - expected) / self.error) ** 2
        return np.asarray(np.where(np.isnan(found), -np.inf, np.minimum(found, 0.0)))

    @property
    def _log_error(self) -> float:
        return math.sqrt(math.log1p(self.error * self.error))

    def _log_binomial(self, rate: FloatArray) -> FloatArray:
        granted = self.error / 2 + (1 - self.error) * np.minimum(rate, 1.0)
        share = min(max(self.quantity / self.decided, self.error / 2), 1 - self.error / 2)
        refused = self.decided - self.quantity

        def log_density(p: FloatArray | float) -> FloatArray:
            return np.asarray(special.xlogy(self.quantity, p) + special.xlog1py(refused, -np.asarray(p)))

        return log_density(granted) - log_density(share)

    def errors_off(self, log_likelihood: FloatArray) -> FloatArray:
        """Return by how many errors replications miss the figure, from `log_likelihood`."""
        return np.asarray(np.sqrt(-2.0 * log_likelihood))
