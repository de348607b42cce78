"""The Draws: all random quantities of a block of replications, drawn before the run.

Owns one frozen structure of arrays, replication last. Given a Plan and its Draws both engines are
deterministic. `docs/model.md` (section 1) explains each array; units are those of the engines:
quantities in the grade's own unit, flows per tick, times in ticks.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from diamondsim.arrays import FloatArray, IntArray

__all__ = [
    "ALWAYS_PAYS",
    "LISTS",
    "NESTED",
    "NO_PRICE",
    "AdaptationDraws",
    "Draws",
    "FloatArray",
    "IntArray",
    "PriceDraws",
]

NO_PRICE = -1e9
"""A log price below every price: stands for "no floor", "never stops" and "asks the price of its market"."""

ALWAYS_PAYS = 1e9
"""A worth above every price: that of a conversion between grades of which one has no market."""

LISTS = ("milestones", "pre_buys", "adoption_ticks")
"""Fields that hold a list of arrays."""

NESTED = ("prices", "adaptation")
"""Fields that hold draws of their own, or None."""


@dataclass(frozen=True)
class PriceDraws:
    """The draws of prices (model.md, eq. 48-61), replication last; all prices are logs.

    Shapes: M markets, N nodes, S sources, T ticks, U rows of surcharges, J rows of costs, A rows of asks,
    F facilities,
    Q conversions.
    """

    start_usd: FloatArray  # (M, R) price of a unit at the start
    adjustment_gain: FloatArray  # (R,) fraction per tick
    arbitrage_gain: FloatArray  # (R,) fraction per tick
    planning_gain: FloatArray  # (R,) fraction per tick
    lowest: FloatArray  # (R,) log
    highest: FloatArray  # (R,) log
    supplier_elasticity: FloatArray  # (R,) elasticity
    demand_elasticity: FloatArray  # (N, R)
    supply_elasticity: FloatArray  # (S, R)
    supply_gain: FloatArray  # (S, R) fraction per tick
    floor: FloatArray  # (S, R) log, NO_PRICE where there is none
    stop: FloatArray  # (S, R) log, NO_PRICE where there is none
    ask: FloatArray  # (S, R) log, NO_PRICE where it takes the market's price
    ask_change: FloatArray  # (T, A, R) log, of what is asked over `ask`
    surcharge: FloatArray  # (T, U, R) log
    cost: FloatArray  # (T, J, R) log
    conversion_worth: FloatArray  # (Q, R) multiple of the price of what is converted; ALWAYS_PAYS: no market
    conversion_cost: FloatArray  # (Q, R) multiple of the price of what is converted
    unit_cost: FloatArray  # (F, R) USD for a unit, capital included; nan where no cost is given
    cash_cost: FloatArray  # (F, R) USD for a unit, without capital; nan where no cost is given

    def select(self, columns: slice | Sequence[int]) -> PriceDraws:
        """Return the draws of some replications only."""
        return replace(self, **{f.name: getattr(self, f.name)[..., columns] for f in fields(self)})


@dataclass(frozen=True)
class AdaptationDraws:
    """The draws of conversions and projects (model.md, eq. 85a-85c), replication last.

    Shapes: Q conversions, E projects, K rows of `Plan.project_slowings`, T ticks.
    """

    conversion_limit: FloatArray  # (Q, R) share of capacity
    conversion_yield: FloatArray  # (Q, R) fraction
    conversion_step: FloatArray  # (Q, R) share of capacity per tick
    conversion_floor: FloatArray  # (Q, R) share of capacity, 0 or negative: tests before any conversion
    project_threshold: FloatArray  # (E, R) request ratio above which the source of a project is short
    project_gain: FloatArray  # (E, R) fraction per tick
    project_delay_ticks: FloatArray  # (E, R) whole ticks, at least 1
    project_ramp_ticks: FloatArray  # (E, R) whole ticks, at least 1
    project_size: FloatArray  # (E, R) share of capacity
    project_kept: FloatArray  # (T, K, R) part of the size that equipment controls leave

    def select(self, columns: slice | Sequence[int]) -> AdaptationDraws:
        """Return the draws of some replications only."""
        return replace(self, **{f.name: getattr(self, f.name)[..., columns] for f in fields(self)})


@dataclass(frozen=True)
class Draws:
    """Primitive random inputs of R replications, the last axis of every array.

    Shapes: N nodes, S sources, L lanes, C controls, D licensing rules, V reserves, T ticks; K growth groups,
    M noise rows, Q substitution rows, J capacity rows, F facilities, each as counted in the Plan (an axis may
    have length 0).

    `milestones` holds, per facility, the tick of each of `Facility.milestones`; the last two are first output
    and 90 % of the ramp. It is negative before the horizon, and T after it or where the milestone is never
    passed. It is for reports and the event log: `capacity_index` already contains its effect.
    """

    replications: IntArray  # (R,) number of each replication within the run

    base_flow: FloatArray  # (N, R) per tick
    cover_ticks: FloatArray  # (N, R)
    reserve_goal: FloatArray  # (N, R)
    opening_stock: FloatArray  # (N, R)
    opening_tracked: FloatArray  # (N, R) fraction
    max_order: FloatArray  # (N, R) ticks of expected demand
    lot_ticks: FloatArray  # (N, R) ticks of expected demand, 0 for orders of any quantity
    queue_weight: FloatArray  # (N, R) fraction
    backorder_share: FloatArray  # (N, R) fraction
    backorder_lapse: FloatArray  # (N, R) fraction per tick
    fill_rate_gain: FloatArray  # (N, R) fraction
    qualification_rate: FloatArray  # (N, R) fraction per tick, 0 where sourcing limits never end
    qualification_trigger: FloatArray  # (N, R) fraction
    min_fill_rate: FloatArray  # (N, R) fraction

    contract_share: FloatArray  # (L, R) fraction
    sourcing_limit: FloatArray  # (L, R) ticks of expected demand
    lead_ticks: IntArray  # (L, R)
    open_tick: IntArray  # (L, R)
    allocation_weight: FloatArray  # (L, R)
    contract_weight: FloatArray  # (1, R) fraction
    purchase_gain: FloatArray  # (1, R) fraction

    capacity: FloatArray  # (S, R) per tick
    finished_stock_ceiling: FloatArray  # (S, R)
    opening_finished: FloatArray  # (S, R)
    feed_yield: FloatArray  # (S, R) fraction
    tracked_share: FloatArray  # (S, R) fraction

    reserve_rate: FloatArray  # (V, R) per tick
    reserve_trigger: FloatArray  # (V, R) fraction
    reserve_hold_back: FloatArray  # (V, R) fraction of the target stock

    review_ticks: IntArray  # (D, R)
    withdrawal_rate: FloatArray  # (D, R) fraction per tick
    diversion_delay_ticks: IntArray  # (C, R)
    relay_share: FloatArray  # (C, R) fraction
    relay_gain: FloatArray  # (C, R) fraction
    release_factor: FloatArray  # (C, R) ticks of the reference flow

    growth: FloatArray  # (T, K, R)
    noise: FloatArray  # (T, M, R)
    substitution: FloatArray  # (T, Q, R), a view of one column where it is the same in all replications
    capacity_index: FloatArray  # (T, J, R)
    control_state: npt.NDArray[np.int8]  # (T, C, R)
    approval_rate: FloatArray  # (T, D, R)
    front_loading: FloatArray  # (T, C, R)
    hoarding_cover_ticks: FloatArray  # (T, C, R)
    diversion_share: FloatArray  # (T, C, R)
    seized_share: FloatArray  # (T, C, R)

    milestones: tuple[IntArray, ...]  # per facility (rows, R)
    pre_buys: tuple[FloatArray, ...] = ()  # per pre-buy (2, R): extra cover in ticks, largest order
    adoption_ticks: tuple[FloatArray, ...] = ()  # per facility (R,); empty: contracts move to all at once
    prices: PriceDraws | None = None
    adaptation: AdaptationDraws | None = None

    @property
    def n_replications(self) -> int:
        """Number of replications R."""
        return len(self.replications)

    def select(self, columns: slice | Sequence[int]) -> Draws:
        """Return the Draws of some replications only.

        Parameters
        ----------
        columns : slice or sequence of int
            Positions along the replication axis.

        Returns
        -------
        Draws
            Views where `columns` is a slice, copies otherwise.
        """
        picked: dict[str, Any] = {
            f.name: getattr(self, f.name)[..., columns]
            for f in fields(self)
            if f.name not in (*LISTS, *NESTED)
        }
        for name in LISTS:
            picked[name] = tuple(rows[..., columns] for rows in getattr(self, name))
        picked["prices"] = self.prices and self.prices.select(columns)
        picked["adaptation"] = self.adaptation and self.adaptation.select(columns)
        return replace(self, **picked)
