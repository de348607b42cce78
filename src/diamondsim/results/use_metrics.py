"""The metrics of each use of each region (docs/results.md, eq. R1-R10).

Every number of a replication depends on that replication alone, bit for bit, whatever the size of the block.
To add a metric, add its declaration to `USE_METRICS`.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from functools import cached_property
from typing import Any

import numpy as np

from diamondsim.arrays import BoolArray, FloatArray
from diamondsim.ledger import Ledger
from diamondsim.plan import Plan
from diamondsim.results.episodes import first_tick, longest_run, quiet_windows, recovery_tick
from diamondsim.results.estimators import LOSS, LOSS_OF_SHARE, SHARE_MEAN, Estimator
from diamondsim.results.grid_layout import REGION_USE
from diamondsim.results.metric import UNIT_OF_USE, Metric, Undeclared, sum_over_ticks
from diamondsim.results.region_uses import RegionUse
from diamondsim.results.settings import Settings
from diamondsim.results.shortfall import peak_shortfall, shortfall


class UsePath:
    """What happens to one use of one region in a block; each quantity is computed when first needed.

    Parameters
    ----------
    plan : Plan
    settings : Settings
    ledger : Ledger
    region_use : RegionUse
    inflow_lost : (N, R) float array
        From `inflow.inflow_lost`.
    """

    def __init__(
        self, plan: Plan, settings: Settings, ledger: Ledger, region_use: RegionUse, inflow_lost: FloatArray
    ) -> None:
        self.plan = plan
        self.settings = settings
        self.ledger = ledger
        self.region_use = region_use
        self._inflow_lost = inflow_lost

    def added(self, field: str) -> FloatArray:
        """Return a field of the Ledger, added over the nodes of the use, (T, R)."""
        return self.ledger.added(field, self.region_use.all_nodes)

    @cached_property
    def demands(self) -> tuple[FloatArray, ...]:
        """New demand for each grade, (T, R)."""
        return tuple(self.ledger.added("demand", nodes) for nodes in self.region_use.nodes)

    @cached_property
    def shortages(self) -> tuple[FloatArray, ...]:
        """New demand for each grade that is not met in its tick, (T, R)."""
        return tuple(self.ledger.added("shortage", nodes) for nodes in self.region_use.nodes)

    @cached_property
    def shortfall(self) -> FloatArray:
        """Share of demand unmet in each tick, of the worst grade, (T, R)."""
        return shortfall(self.demands, self.shortages)

    @cached_property
    def short(self) -> BoolArray:
        """Which ticks are short, (T, R)."""
        return np.asarray(self.shortfall > self.settings.short_tick)

    @cached_property
    def demand(self) -> FloatArray:
        """New demand over the horizon, (R,)."""
        return _total(self.demands)

    @cached_property
    def shortage(self) -> FloatArray:
        """New demand not met in its tick, over the horizon, (R,)."""
        return _total(self.shortages)

    @cached_property
    def first_shortage(self) -> FloatArray:
        """First short tick, (R,)."""
        return first_tick(self.short)

    @cached_property
    def inflow_lost(self) -> FloatArray:
        """First tick without the inflow of some node of the use, (R,)."""
        return np.asarray(np.fmin.reduce(self._inflow_lost[list(self.region_use.all_nodes)], axis=0))

    @cached_property
    def short_after_loss(self) -> FloatArray:
        """First short tick since the loss of inflow, (R,)."""
        return first_tick(self.short, since=self.inflow_lost)

    @property
    def n_replications(self) -> int:
        """Number of replications in the block."""
        return int(self._inflow_lost.shape[1])

    @property
    def window(self) -> int:
        """Window of the peak shortfall in ticks."""
        return self.settings.window_ticks(self.plan.tick_days)

    @cached_property
    def quiet(self) -> BoolArray:
        """Which windows have no short tick, by their first tick, (W, R)."""
        return quiet_windows(self.short, self.window)

    def recovery_from(self, begin: FloatArray) -> FloatArray:
        """Return the tick at which the shortage that begins at `begin` is over, (R,)."""
        return recovery_tick(self.quiet, begin=begin)


def _total(paths: Sequence[FloatArray]) -> FloatArray:
    total = np.zeros(paths[0].shape[1])
    for path in paths:
        total += sum_over_ticks(path)
    return total


def _fill_rate(path: UsePath) -> FloatArray:
    rate: FloatArray = 1.0 - path.shortage / np.where(path.demand > 0, path.demand, 1.0)
    return rate


def _short_ticks(path: UsePath) -> FloatArray:
    return np.asarray(np.count_nonzero(path.short, axis=0), dtype=float)


def _economic_loss(path: UsePath) -> FloatArray:
    use = path.settings.use(path.region_use.use)
    if not use.has_loss:
        return np.full(path.n_replications, np.nan)
    delay_cost = (use.delay_cost or 0.0) * path.plan.tick_days
    return _cost(path, "lost_sales", use.value or 0.0) + _cost(path, "backlog", delay_cost)


def _without_cost(plan: Plan, settings: Settings) -> Collection[str]:
    uses = [settings.use(use) for use in plan.uses]
    unread = set()
    if not any(use.value for use in uses):
        unread.add("lost_sales")
    if not any(use.delay_cost for use in uses):
        unread.add("backlog")
    return unread


def _holding_cost(path: UsePath) -> FloatArray:
    use = path.settings.use(path.region_use.use)
    if use.holding_cost is None:
        return np.full(path.n_replications, np.nan)
    return _cost(path, "stock", use.holding_cost * path.plan.tick_days)


def _delivery_cost(path: UsePath) -> FloatArray:
    use = path.settings.use(path.region_use.use)
    if use.delivery_cost is None:
        return np.full(path.n_replications, np.nan)
    total = np.zeros(path.n_replications)
    if use.delivery_cost:
        for node in path.region_use.all_nodes:
            total += use.delivery_cost * np.count_nonzero(path.ledger.added("arrived", (node,)) > 0.0, axis=0)
    return total


def _unread_by_delivery_cost(plan: Plan, settings: Settings) -> Collection[str]:
    return () if any(settings.use(use).delivery_cost for use in plan.uses) else ("arrived",)


def _without_loss(plan: Plan, settings: Settings) -> Undeclared:
    names = tuple(use for use in plan.uses if not settings.use(use).has_loss)
    return Undeclared("use", "neither `value` nor `delay_cost`", names)


def _without_holding_cost(plan: Plan, settings: Settings) -> Undeclared:
    names = tuple(use for use in plan.uses if settings.use(use).holding_cost is None)
    return Undeclared("use", "no `holding_cost`", names)


def _without_delivery_cost(plan: Plan, settings: Settings) -> Undeclared:
    names = tuple(use for use in plan.uses if settings.use(use).delivery_cost is None)
    return Undeclared("use", "no `delivery_cost`", names)


def _cost(path: UsePath, field: str, usd_per_unit: float) -> FloatArray:
    if not usd_per_unit:
        return np.zeros(path.n_replications)
    return usd_per_unit * sum_over_ticks(path.added(field))


def _metric(
    name: str,
    long_name: str,
    unit: str,
    value: Callable[[UsePath], FloatArray],
    fields: tuple[str, ...] = (),
    *,
    estimators: tuple[Estimator, ...] = (),
    **more: Any,
) -> Metric[UsePath]:
    return Metric(name, long_name, unit, REGION_USE, value, fields=fields, estimators=estimators, **more)


_SHORT = ("demand", "shortage")

USE_METRICS: tuple[Metric[UsePath], ...] = (
    _metric("demand", "new demand over the horizon", UNIT_OF_USE, lambda path: path.demand, ("demand",)),
    _metric(
        "shortage",
        "new demand not met in its tick, over the horizon",
        UNIT_OF_USE,
        lambda path: path.shortage,
        ("shortage",),
        estimators=LOSS,
    ),
    _metric(
        "fill_rate", "share of new demand met in its tick", "1", _fill_rate, _SHORT, estimators=(SHARE_MEAN,)
    ),
    _metric(
        "short_ticks",
        "ticks in which more than `metrics.short_tick` of demand is unmet",
        "tick",
        _short_ticks,
        _SHORT,
    ),
    _metric(
        "longest_shortage",
        "longest run of short ticks",
        "tick",
        lambda path: longest_run(path.short),
        _SHORT,
    ),
    _metric(
        "peak_shortfall",
        "largest share of demand unmet over a window",
        "1",
        lambda path: peak_shortfall(path.demands, path.shortages, window=path.window),
        _SHORT,
        estimators=LOSS_OF_SHARE,
    ),
    _metric(
        "first_shortage",
        "first short tick; NaN if there is none",
        "tick",
        lambda path: path.first_shortage,
        _SHORT,
        is_event=True,
    ),
    _metric(
        "recovery",
        "tick at which the first shortage is over; NaN if there is none, or it is not over by the end",
        "tick",
        lambda path: path.recovery_from(path.first_shortage),
        _SHORT,
        is_event=True,
    ),
    _metric(
        "inflow_lost",
        "first tick without the inflow that a control holds back; NaN if no inflow is lost",
        "tick",
        lambda path: path.inflow_lost,
        is_event=True,
    ),
    _metric(
        "time_to_survive",
        "ticks from the loss of inflow to the first short tick; NaN: censored",
        "tick",
        lambda path: path.short_after_loss - path.inflow_lost,
        _SHORT,
    ),
    _metric(
        "time_to_recover",
        "ticks from the loss of inflow to recovery; NaN: censored",
        "tick",
        lambda path: path.recovery_from(path.short_after_loss) - path.inflow_lost,
        _SHORT,
    ),
    _metric(
        "economic_loss",
        "value of lost sales and cost of delay, over the horizon",
        "USD",
        _economic_loss,
        ("lost_sales", "backlog"),
        unread=_without_cost,
        undeclared=_without_loss,
        estimators=LOSS,
    ),
    _metric(
        "holding_cost",
        "cost of holding stock, over the horizon",
        "USD",
        _holding_cost,
        ("stock",),
        undeclared=_without_holding_cost,
    ),
    _metric(
        "delivery_cost",
        "fixed cost of deliveries, over the horizon",
        "USD",
        _delivery_cost,
        ("arrived",),
        unread=_unread_by_delivery_cost,
        undeclared=_without_delivery_cost,
    ),
)
"""The metrics that every use of a region has, with and without prices."""
