"""What prices and costs did over the replications of a run, before it is put into words."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from diamondsim.reporting.rows import Onset
from diamondsim.results.estimates import Estimate, quantile

FloatArray: TypeAlias = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Spread:
    """Median of the replications in which something is known, with its interval, and their 10-90 % range."""

    median: Estimate
    low: float
    high: float

    @classmethod
    def of(cls, sample: FloatArray) -> Spread:
        """Read it from a sample, in which NaN is unknown."""
        known = sample[~np.isnan(sample)]
        if not known.size:
            return cls(quantile(known, 0.5), math.nan, math.nan)
        low, high = np.quantile(known, (0.1, 0.9), method="inverted_cdf")
        return cls(quantile(known, 0.5), float(low), float(high))


@dataclass(frozen=True)
class PriceRow:
    """The price of a grade in a zone.

    Attributes
    ----------
    grade, zone, unit : str
        Ids, and the unit of which `start` is the price.
    start : Spread
        USD for a unit.
    peak, lowest : Spread
        Multiples of the start.
    peak_at, lowest_at : Onset or None
        When, among the replications in which the price moves that way by more than a twentieth.
    """

    grade: str
    zone: str
    unit: str
    start: Spread
    peak: Spread
    peak_at: Onset | None
    lowest: Spread
    lowest_at: Onset | None


@dataclass(frozen=True)
class BillRow:
    """What dearer diamond costs a region over the horizon.

    Attributes
    ----------
    region_name : str
    extra : Spread
        USD, of what is used, against the prices of the start.
    extra_share : Spread
        The same as a share of what it would cost at these.
    given_up : Spread
        Share of demand given up for its price, of the uses that are counted in the unit of the first.
    """

    region_name: str
    extra: Spread
    extra_share: Spread
    given_up: Spread


@dataclass(frozen=True)
class PlantRow:
    """A facility's cost beside prices, USD for a unit; shares are of the ticks since first output.

    Attributes
    ----------
    facility, unit : str
    cost, home : Spread
    landed : dict of str to Spread
        By zone.
    covers_cost, covers_cash_cost, undercut : Estimate
        Means over the replications in which something is made.
    """

    facility: str
    unit: str
    cost: Spread
    home: Spread
    landed: dict[str, Spread]
    covers_cost: Estimate
    covers_cash_cost: Estimate
    undercut: Estimate


@dataclass(frozen=True)
class ReserveRow:
    """What holding a reserve costs over the horizon, in USD."""

    reserve: str
    cost: Spread


@dataclass(frozen=True)
class StakeRow:
    """Value of demand lost and cost of delay over the horizon in USD: mean, and mean of the worst 5 %."""

    region: str
    use: str
    loss: Estimate
    worst: Estimate


@dataclass(frozen=True)
class MoneyBasis:
    """What the numbers of one kind rest on: how many there are, and how many of each basis."""

    what: str
    numbers: int
    assumed: int
    sourced: int


@dataclass(frozen=True)
class PriceReport:
    """All that is said of prices and cost. Without prices in the scenario there are only reserves."""

    prices: tuple[PriceRow, ...]
    bills: tuple[BillRow, ...]
    plants: tuple[PlantRow, ...]
    reserves: tuple[ReserveRow, ...]
    at_stake: tuple[StakeRow, ...]
    basis: tuple[MoneyBasis, ...]
