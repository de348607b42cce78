"""The metrics of each facility: its milestones, and its cost compared with prices (eq. R38-R40)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from diamondsim.arrays import BoolArray, FloatArray
from diamondsim.draws import Draws
from diamondsim.plan import Plan
from diamondsim.results.estimators import AMOUNT_DISTRIBUTION, SHARE_DISTRIBUTION
from diamondsim.results.grid_layout import FACILITY, FACILITY_ZONE, Dims
from diamondsim.results.landed import LandedPrices
from diamondsim.results.metric import UNIT_OF_PRICE, Metric, MetricInputs, Undeclared, sum_over_ticks
from diamondsim.results.settings import Settings


def _milestone(inputs: MetricInputs, which: int) -> FloatArray:
    """Return the tick of a milestone of each facility, (facility, R); NaN if it lies beyond the horizon."""
    ticks = np.full((len(inputs.plan.facilities), inputs.draws.n_replications), np.nan)
    for row, milestones in enumerate(inputs.draws.milestones):
        reached = milestones[which] < inputs.plan.n_ticks
        ticks[row] = np.where(reached, milestones[which], np.nan)
    return ticks


@dataclass(frozen=True)
class _Economics:
    """The cost of each facility compared with prices.

    All is NaN for a facility without a cost. All but `unit_cost` is NaN if the facility makes nothing by the
    end, or no grade that has a market; `landed_price` also in the facility's own zone.

    Attributes
    ----------
    unit_cost, home_price, covers_cost, covers_cash_cost, undercut : (facility, R) float array
    landed_price : (facility, zone, R) float array
    """

    unit_cost: FloatArray
    home_price: FloatArray
    covers_cost: FloatArray
    covers_cash_cost: FloatArray
    undercut: FloatArray
    landed_price: FloatArray


def _economics(inputs: MetricInputs) -> _Economics:
    plan, draws = inputs.plan, inputs.draws
    prices = LandedPrices(plan, draws, inputs.ledger)
    n_facilities, n_zones, n = len(plan.facilities), len(prices.prices.zones), draws.n_replications
    unknown = np.full((n_facilities, n), np.nan)
    result = _Economics(
        unit_cost=unknown.copy(),
        home_price=unknown.copy(),
        covers_cost=unknown.copy(),
        covers_cash_cost=unknown.copy(),
        undercut=unknown.copy(),
        landed_price=np.full((n_facilities, n_zones, n), np.nan),
    )
    for row, facility in enumerate(plan.facilities):
        if facility.cost is None:
            continue
        result.unit_cost[row] = prices.drawn.unit_cost[row]
        sources = [s for s in inputs.facility_sources[row] if prices.prices.source_market[s] >= 0]
        if sources:
            _compare(prices, _OperatingTime.of(plan, draws, row, sources[0]), row, sources, result)
    return result


def _compare(
    prices: LandedPrices, time: _OperatingTime, row: int, sources: Sequence[int], result: _Economics
) -> None:
    """Compare the cost of one facility with prices at home and landed, and write the outcome to its row."""
    landed = {
        zone: prices.mixed(sources, [prices.landed_usd(s, zone) for s in sources])
        for zone in prices.other_zones(sources[0])
    }
    for zone, path in landed.items():
        result.landed_price[row, zone] = time.mean(path)
    cost, cash_cost = prices.drawn.unit_cost[row], prices.drawn.cash_cost[row]
    earned = prices.mixed(sources, [prices.earned_usd(s) for s in sources])
    home = prices.mixed(sources, [prices.usd(prices.market_of(s)) for s in sources])
    result.home_price[row] = time.mean(home)
    dearer = _cash_change(prices, sources[0], cash_cost)
    cost, cash_cost = cost + dearer, cash_cost + dearer
    result.covers_cost[row] = time.share(earned >= cost)
    result.covers_cash_cost[row] = time.share(earned >= cash_cost)
    if landed:
        cheapest, *others = landed.values()
        for path in others:
            cheapest = np.minimum(cheapest, path)
        result.undercut[row] = time.share(cheapest < cost)


def _cash_change(prices: LandedPrices, source: int, cash_cost: FloatArray) -> FloatArray | float:
    """Return by how much the cash cost of a facility differs in each tick from that at first output."""
    row = int(prices.prices.source_cost[source])
    if row < 0:
        return 0.0
    return np.asarray(cash_cost * np.expm1(prices.drawn.cost[:, row]))


@dataclass(frozen=True)
class _OperatingTime:
    """The ticks (T, R) since first output, and the possible output of each as a share of nameplate capacity.

    Prices are weighted by possible output, not by actual output: otherwise a facility that stops when prices
    are low would seem to see high prices only.
    """

    since: BoolArray
    possible: FloatArray

    @classmethod
    def of(cls, plan: Plan, draws: Draws, facility: int, source: int) -> _OperatingTime:
        since = np.arange(plan.n_ticks)[:, None] >= draws.milestones[facility][-2]
        row = plan.source_index[source]
        possible = draws.capacity_index[:, row] if row >= 0 else np.ones(since.shape)
        return cls(since, np.where(since, possible, 0.0))

    def mean(self, path: FloatArray) -> FloatArray:
        """Return the mean of a path, (R,), weighted by possible output; NaN if that is zero."""
        weight = sum_over_ticks(self.possible)
        made = weight > 0
        return np.where(made, sum_over_ticks(path * self.possible) / np.where(made, weight, 1.0), np.nan)

    def share(self, where: BoolArray) -> FloatArray:
        """Return the share of the ticks in which something holds, (R,); NaN if there are no ticks."""
        ticks = np.count_nonzero(self.since, axis=0)
        hits = np.count_nonzero(where & self.since, axis=0)
        return np.where(ticks > 0, hits / np.maximum(ticks, 1), np.nan)


def _has_cost(plan: Plan, _settings: Settings) -> bool:
    return any(facility.cost is not None for facility in plan.facilities)


def _without_cost(plan: Plan, _settings: Settings) -> Undeclared:
    names = tuple(facility.name for facility in plan.facilities if facility.cost is None)
    return Undeclared("facility", "no `cost`", names)


def _priced(
    name: str, long_name: str, unit: str, value: Callable[[_Economics], FloatArray], dims: Dims = FACILITY
) -> Metric[MetricInputs]:
    return Metric(
        name,
        long_name,
        unit,
        dims,
        lambda inputs: value(inputs.once(_economics)),
        fields=("price",),
        estimators=SHARE_DISTRIBUTION if unit == "1" else AMOUNT_DISTRIBUTION,
        priced=True,
        applies=_has_cost,
        undeclared=_without_cost,
    )


def _by_zone(values: FloatArray) -> FloatArray:
    return values.reshape(-1, values.shape[-1])


FACILITY_METRICS: tuple[Metric[MetricInputs], ...] = (
    Metric(
        "first_output",
        "tick of first output; NaN if not by the end",
        "tick",
        FACILITY,
        lambda inputs: _milestone(inputs, -2),
        is_event=True,
    ),
    Metric(
        "full_output",
        "tick at which 90 % of the ramp is reached; NaN if not by the end",
        "tick",
        FACILITY,
        lambda inputs: _milestone(inputs, -1),
        is_event=True,
    ),
    _priced("unit_cost", "cost of a unit, capital included", UNIT_OF_PRICE, lambda e: e.unit_cost),
    _priced(
        "home_price",
        "mean price of its grades at home since first output",
        UNIT_OF_PRICE,
        lambda e: e.home_price,
    ),
    _priced(
        "landed_price",
        "mean price of its grades from another zone, landed, since first output",
        UNIT_OF_PRICE,
        lambda e: _by_zone(e.landed_price),
        FACILITY_ZONE,
    ),
    _priced(
        "covers_cost",
        "share of ticks since first output in which price or floor covers the cost of a unit",
        "1",
        lambda e: e.covers_cost,
    ),
    _priced(
        "covers_cash_cost",
        "share of ticks since first output in which price or floor covers the cost without capital",
        "1",
        lambda e: e.covers_cash_cost,
    ),
    _priced(
        "undercut",
        "share of ticks since first output in which another zone lands below the cost of a unit",
        "1",
        lambda e: e.undercut,
    ),
)
"""The metrics of each facility; the last six only with prices and where some facility has a cost."""
