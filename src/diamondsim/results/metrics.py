"""The metrics of each replication, use and region, read from one Ledger (docs/results.md, eq. R1-R10).

Owns their names and units. Every number of a replication depends on that replication alone, bit for bit,
whatever the block it is computed in.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from diamondsim.ledger import Ledger
from diamondsim.plan import Plan
from diamondsim.results.episodes import first_tick, longest_run, recovery_tick
from diamondsim.results.pairs import Pair
from diamondsim.results.settings import SHORT_TICK, Settings
from diamondsim.results.shortfall import peak_shortfall, shortfall

FloatArray: TypeAlias = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Metric:
    """What a metric is called in words, and its unit; "use" stands for the unit of the use."""

    long_name: str
    unit: str


METRICS: Mapping[str, Metric] = {
    "demand": Metric("new demand over the horizon", "use"),
    "shortage": Metric("new demand not met in its tick, over the horizon", "use"),
    "fill_rate": Metric("share of new demand met in its tick", "1"),
    "short_ticks": Metric("ticks in which more than 1 % of demand goes unmet", "tick"),
    "longest_shortage": Metric("longest run of short ticks", "tick"),
    "peak_shortfall": Metric("largest share of demand unmet over some window", "1"),
    "first_shortage": Metric("first short tick; NaN where there is none", "tick"),
    "recovery": Metric("tick at which the first shortage is over; NaN where none, or not over", "tick"),
    "inflow_lost": Metric("first tick without the inflow that a control holds back; NaN where none", "tick"),
    "time_to_survive": Metric("ticks from the loss of inflow to the first short one; NaN: censored", "tick"),
    "time_to_recover": Metric("ticks from the loss of inflow to recovery; NaN: censored", "tick"),
    "economic_loss": Metric("value of demand lost and cost of delay, over the horizon", "USD"),
    "holding_cost": Metric("cost of holding stock, over the horizon", "USD"),
}
"""Every metric of a replication, use and region."""


@dataclass(frozen=True)
class PairPath:
    """The paths of one pair, (T, R): per grade new demand and shortage; shortfall of the worst grade."""

    demands: tuple[FloatArray, ...]
    shortages: tuple[FloatArray, ...]
    shortfall: FloatArray

    @classmethod
    def of(cls, pair: Pair, ledger: Ledger) -> PairPath:
        """Read the paths of a pair from a Ledger."""
        demands = tuple(ledger.added("demand", nodes) for nodes in pair.nodes)
        shortages = tuple(ledger.added("shortage", nodes) for nodes in pair.nodes)
        return cls(demands, shortages, shortfall(demands, shortages))


def measure(
    plan: Plan, ledger: Ledger, settings: Settings, *, pair: Pair, path: PairPath, lost: FloatArray
) -> dict[str, FloatArray]:
    """Return the metrics of one use in one region.

    Parameters
    ----------
    plan : Plan
    ledger : Ledger
        With `demand`, `shortage`, `lost`, `backlog` and `stock`.
    settings : Settings
        Window and costs.
    pair : Pair
    path : PairPath
        The pair's own.
    lost : (N, R) float array
        From `inflow_lost`.

    Returns
    -------
    dict of str to (R,) float array
        Keyed by `METRICS`.
    """
    window = settings.window_ticks(plan.tick_days)
    short = path.shortfall > SHORT_TICK
    demand = _added_totals(path.demands)
    shortage = _added_totals(path.shortages)
    first = first_tick(short)
    recovery = recovery_tick(short, begin=first, window=window)
    felt = np.fmin.reduce(lost[list(pair.all_nodes)], axis=0)
    hit = first_tick(short, since=felt)
    over = recovery_tick(short, begin=hit, window=window)
    return {
        "demand": demand,
        "shortage": shortage,
        "fill_rate": 1.0 - shortage / np.where(demand > 0, demand, 1.0),
        "short_ticks": np.count_nonzero(short, axis=0).astype(float),
        "longest_shortage": longest_run(short),
        "peak_shortfall": peak_shortfall(path.demands, path.shortages, window=window),
        "first_shortage": first,
        "recovery": recovery,
        "inflow_lost": felt,
        "time_to_survive": hit - felt,
        "time_to_recover": over - felt,
        **_costs(plan, ledger, settings, pair),
    }


def over_time(values: FloatArray) -> FloatArray:
    """Return the sum over ticks of a (T, R) array, (R,), the ticks added in order.

    numpy adds a single column pairwise and several columns row by row, with other last bits; a running sum
    goes row by row in both cases.
    """
    if values.shape[1] == 1:
        return np.asarray(np.cumsum(values, axis=0)[-1])
    return np.asarray(np.add.reduce(values, axis=0))


def _added_totals(paths: Sequence[FloatArray]) -> FloatArray:
    total = np.zeros(paths[0].shape[1])
    for path in paths:
        total += over_time(path)
    return total


def _costs(plan: Plan, ledger: Ledger, settings: Settings, pair: Pair) -> dict[str, FloatArray]:
    use = settings.use(pair.use)
    none = np.zeros(ledger["demand"].shape[2])

    def cost(name: str, price: float) -> FloatArray:
        return price * over_time(ledger.added(name, pair.all_nodes)) if price else none

    loss = cost("lost_sales", use.value) + cost("backlog", use.delay_cost * plan.tick_days)
    return {"economic_loss": loss, "holding_cost": cost("stock", use.holding_cost * plan.tick_days) + none}
