"""The content of the report on prices and costs, gathered from the Dataset of a run."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import xarray as xr

from diamondsim.arrays import FloatArray
from diamondsim.reporting.need_rows import NeedRow, need_rows
from diamondsim.reporting.use_rows import Onset, onset_of, values_at
from diamondsim.results import Estimate, mean, sample_quantile, sample_size, unit_symbol, weights_of
from diamondsim.scenario import Scenario

NOTABLE_MOVE = 0.05
"""A price that never moves further from its start has no date."""

_KINDS = (
    ("prices.start.", (), "prices at the start"),
    ("prices.surcharges.", (), "surcharges"),
    ("prices.", (), "price adjustment and responses"),
    ("facilities.", ("cost",), "cost of facilities"),
    ("facilities.", ("floor_price",), "floor prices"),
    ("reserves.", ("holding_cost", "interest"), "holding reserves"),
    ("uses.", ("value", "delay_cost"), "value to the uses"),
)
"""Start of the path of a number, parts of which it then has one, and its subject; the first match counts."""


@dataclass(frozen=True)
class Spread:
    """Median over the replications in which a value is known, with its interval, and their 10-90 % range."""

    median: Estimate
    low: float
    high: float

    @classmethod
    def of(cls, sample: FloatArray, weights: FloatArray | None = None) -> Spread:
        """Compute it from a sample, in which NaN means unknown, with what each replication counts."""
        counts = ~np.isnan(sample) if weights is None else ~np.isnan(sample) & (weights > 0)
        known, share = sample[counts], None if weights is None else weights[counts]
        if not known.size:
            return cls(sample_quantile(known, 0.5), math.nan, math.nan)
        return cls(sample_quantile(known, 0.5, share), *values_at(known, (0.1, 0.9), share))


@dataclass(frozen=True)
class PriceRow:
    """The price of a grade in a zone.

    Attributes
    ----------
    grade, zone, unit : str
        Ids, and the unit to which prices refer.
    start : Spread
        USD per unit.
    peak, lowest : Spread
        Multiples of the start.
    peak_at, lowest_at : Onset or None
        When, among the replications in which the price moves that way by more than `NOTABLE_MOVE`.
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
    """Cost of price changes to a region over the horizon.

    Attributes
    ----------
    region_name : str
    extra : Spread
        Cost of consumption in excess of its cost at the prices of the start, USD.
    extra_share : Spread
        The same as a share of the cost at the prices of the start.
    given_up : Spread
        Share of demand given up because of its price, over the uses counted in the unit of the first use.
    """

    region_name: str
    extra: Spread
    extra_share: Spread
    given_up: Spread


@dataclass(frozen=True)
class PlantRow:
    """The cost of a facility compared with prices, USD per unit; shares are of the ticks since first output.

    Attributes
    ----------
    facility, unit : str
    cost, home : Spread
    landed : dict of str to Spread
        By zone.
    covers_cost, covers_cash_cost, undercut : Estimate
        Means over the replications with output.
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
    """Cost of holding a reserve over the horizon, USD."""

    reserve: str
    cost: Spread


@dataclass(frozen=True)
class StakeRow:
    """Value of lost sales and cost of delay over the horizon in USD: mean, and mean of the worst 5 %."""

    region: str
    use: str
    loss: Estimate
    worst: Estimate


@dataclass(frozen=True)
class MoneyBasis:
    """The basis of the numbers on one subject: how many there are, and how many of each basis."""

    what: str
    numbers: int
    assumed: int
    sourced: int


@dataclass(frozen=True)
class PriceReport:
    """The content of the report on prices and costs; without prices only reserves and what is at stake."""

    prices: tuple[PriceRow, ...]
    needs: tuple[NeedRow, ...]
    bills: tuple[BillRow, ...]
    plants: tuple[PlantRow, ...]
    reserves: tuple[ReserveRow, ...]
    at_stake: tuple[StakeRow, ...]
    basis: tuple[MoneyBasis, ...]


def price_report(
    scenario: Scenario, dataset: xr.Dataset, baseline: xr.Dataset | None = None
) -> PriceReport | None:
    """Gather the report on prices and costs.

    Parameters
    ----------
    scenario : Scenario
    dataset : xarray.Dataset
        Of `monte_carlo`.
    baseline : xarray.Dataset, optional
        Of another scenario, with the same seed.

    Returns
    -------
    PriceReport or None
        None if the scenario has neither prices, nor a reserve with a cost, nor a use with a value.
    """
    priced, at_stake = "peak_price" in dataset, tuple(_at_stake(dataset))
    if not priced and "reserve_cost" not in dataset and not at_stake:
        return None
    return PriceReport(
        prices=tuple(_prices(dataset)) if priced else (),
        needs=need_rows(dataset, baseline),
        bills=tuple(_bills(dataset)) if priced else (),
        plants=tuple(_plants(dataset)) if "unit_cost" in dataset else (),
        reserves=tuple(_reserves(dataset)) if "reserve_cost" in dataset else (),
        at_stake=at_stake,
        basis=tuple(_basis(scenario)),
    )


def _prices(dataset: xr.Dataset) -> Iterator[PriceRow]:
    times, weights = dataset["time"].values, weights_of(dataset)
    for zone in reversed(dataset["zone"].values):  # the last zone, which holds all other regions, comes first
        for grade in dataset["grade"].values:
            market = dataset.sel(grade=grade, zone=zone)
            peak, lowest = market["peak_price"].values, market["lowest_price"].values
            rises = np.where(peak > 1 + NOTABLE_MOVE, market["peak_price_tick"].values, np.nan)
            falls = np.where(lowest < 1 - NOTABLE_MOVE, market["lowest_price_tick"].values, np.nan)
            yield PriceRow(
                grade=str(grade),
                zone=str(zone),
                unit=str(market["grade_unit"].item()),
                start=Spread.of(market["start_price"].values, weights),
                peak=Spread.of(peak, weights),
                peak_at=onset_of(rises, times, weights),
                lowest=Spread.of(lowest, weights),
                lowest_at=onset_of(falls, times, weights),
            )


def _bills(dataset: xr.Dataset) -> Iterator[BillRow]:
    same_unit = dataset["unit"].values == dataset["unit"].values[0]
    weights = weights_of(dataset)
    for r, region_name in enumerate(dataset["region_name"].values):
        in_region = dataset.isel(region=r)
        extra, bill = (
            _over_uses(in_region[key].values, np.ones_like(same_unit))
            for key in ("extra_cost", "purchase_cost")
        )
        if np.isnan(bill).all():
            continue
        demand, share = in_region["demand"].values, in_region["forgone"].values
        # A share f of potential demand is given up; the Ledger has the rest as demand.
        given_up = _over_uses(demand * share / np.where(share < 1, 1 - share, np.nan), same_unit)
        potential = _over_uses(demand, same_unit) + given_up
        yield BillRow(
            region_name=str(region_name),
            extra=Spread.of(extra, weights),
            extra_share=Spread.of(_ratio(extra, bill - extra), weights),
            given_up=Spread.of(_ratio(given_up, potential), weights),
        )


def _over_uses(values: FloatArray, uses: npt.NDArray[np.bool_]) -> FloatArray:
    """Return the sum over some uses, (R,); NaN if it is unknown for all of them."""
    some = values[:, uses]
    return np.where(np.isnan(some).all(axis=1), np.nan, np.nansum(some, axis=1))


def _ratio(above: FloatArray, below: FloatArray) -> FloatArray:
    return np.where(below > 0, above / np.where(below > 0, below, 1.0), np.nan)


def _plants(dataset: xr.Dataset) -> Iterator[PlantRow]:
    weights = weights_of(dataset)
    for name in dataset["facility"].values:
        facility = dataset.sel(facility=name)
        if facility["unit_cost"].isnull().all():
            continue
        landed = {str(z): facility["landed_price"].sel(zone=z).values for z in dataset["zone"].values}
        yield PlantRow(
            facility=str(name),
            unit=unit_symbol(facility["unit_cost"].attrs["units"]),
            cost=Spread.of(facility["unit_cost"].values, weights),
            home=Spread.of(facility["home_price"].values, weights),
            landed={
                zone: Spread.of(path, weights) for zone, path in landed.items() if not np.isnan(path).all()
            },
            covers_cost=_mean(facility["covers_cost"].values, weights),
            covers_cash_cost=_mean(facility["covers_cash_cost"].values, weights),
            undercut=_mean(facility["undercut"].values, weights),
        )


def _mean(sample: FloatArray, weights: FloatArray | None) -> Estimate:
    known = ~np.isnan(sample)
    return mean(sample[known], None, None if weights is None else weights[known])


def _reserves(dataset: xr.Dataset) -> Iterator[ReserveRow]:
    for name in dataset["reserve"].values:
        cost = dataset["reserve_cost"].sel(reserve=name).values
        if not np.isnan(cost).all():
            yield ReserveRow(str(name), Spread.of(cost, weights_of(dataset)))


def _at_stake(dataset: xr.Dataset) -> Iterable[StakeRow]:
    """Return the uses with a loss, largest first."""
    n, rows = sample_size(dataset), []
    means, worsts = dataset["economic_loss_mean"], dataset["economic_loss_cvar"]
    for region in dataset["region"].values:
        for use in dataset["use"].values:
            loss, worst = (_estimate(each.sel(region=region, use=use), n) for each in (means, worsts))
            if loss.value > 0:
                rows.append(StakeRow(str(region), str(use), loss, worst))
    return sorted(rows, key=lambda row: -row.loss.value)


def _estimate(variable: xr.DataArray, n: int) -> Estimate:
    value, low, high = map(float, variable.values)
    return Estimate(value, low, high, n)


def _basis(scenario: Scenario) -> Iterator[MoneyBasis]:
    counts: dict[str, Counter[str]] = {}
    for number in scenario.numbers:
        what = _kind(number.path)
        if what is not None:
            counts.setdefault(what, Counter())[number.basis] += 1
    for what, count in counts.items():
        yield MoneyBasis(what, count.total(), count["assumed"], count["sourced"])


def _kind(path: str) -> str | None:
    """Return the subject of a number if it affects only prices, costs and values."""
    return next((what for begin, parts, what in _KINDS if _fits(path, begin, parts)), None)


def _fits(path: str, begin: str, parts: tuple[str, ...]) -> bool:
    inside = f"{path}."
    return inside.startswith(begin) and (not parts or any(f".{part}." in inside for part in parts))
