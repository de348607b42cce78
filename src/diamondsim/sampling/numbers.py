"""The numbers of the rows of nodes, lanes, sources and reserves.

Owns what the keys of `Plan.numbers` mean, in which unit their values are, how these become the units of the
engines (quantities in the grade's own unit, flows per tick, times in ticks), and which fields of the Draws
hold them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from diamondsim.arrays import FloatArray, IntArray
from diamondsim.distributions import Constant
from diamondsim.plan import Plan
from diamondsim.sampling.block import Block
from diamondsim.sampling.timing import rounded_ticks, smoothing_gain


def _unchanged(values: FloatArray, _: float) -> FloatArray:
    return values


def _per_tick(values: FloatArray, tick_days: float) -> FloatArray:
    return values * tick_days


def _in_ticks(days: FloatArray, tick_days: float) -> FloatArray:
    return days / tick_days


def _qualification_rate(days: FloatArray, tick_days: float) -> FloatArray:
    return np.where(np.isnan(days), 0.0, 1.0 / np.maximum(np.floor(days / tick_days + 0.5), 1.0))


def _share_per_tick(per_day: FloatArray, tick_days: float) -> FloatArray:
    # As the withdrawal rate: what is left after a tick is left after each of its days.
    return 1 - (1 - per_day) ** tick_days


def _lot_ticks(days: FloatArray, tick_days: float) -> FloatArray:
    # Of so little that an order of one tick is a billion lots, any quantity is a whole number.
    return np.where(days > 1e-9 * tick_days, days / tick_days, 0.0)


def _lead_ticks(days: FloatArray, tick_days: float) -> IntArray:
    return np.maximum(rounded_ticks(days, tick_days), 1)


@dataclass(frozen=True)
class NumberKey:
    """What one key of `Plan.numbers` holds: one Input for each of `rows`, in `unit`.

    Attributes
    ----------
    rows : str
        ``nodes``, ``lanes``, ``sources``, ``reserves`` or ``scenario`` (one number).
    unit : str
        Unit of the Inputs; "unit" is the grade's own (ct, cm2).
    meaning : str
        What it is.
    field : str
        Field of `Draws` that holds the values; "" where other fields are derived from them.
    convert : callable
        Turns (rows, R) values into the units of the engines, given the length of a tick in days.
    """

    rows: str
    unit: str
    meaning: str
    field: str = ""
    convert: Callable[[FloatArray, float], npt.NDArray[Any]] = _unchanged


_MEMORY = "time constant of the expected fill rate, 0: the last tick alone counts"

NUMBERS: Mapping[str, NumberKey] = {
    "base_flow": NumberKey(
        "nodes", "unit/day", "expected demand at the start; of a reserve: refill rate", "base_flow", _per_tick
    ),
    "cover": NumberKey("nodes", "days", "safety stock after consumption", "cover_ticks", _in_ticks),
    "reserve_goal": NumberKey(
        "nodes", "unit", "target stock of a reserve, 0 for other nodes", "reserve_goal"
    ),
    "opening_stock": NumberKey("nodes", "unit", "stock before tick 0, nan: not given"),
    "opening_days": NumberKey(
        "nodes", "days", "the same in days of expected demand, nan: not given", convert=_in_ticks
    ),
    "max_order": NumberKey("nodes", "", "largest order in a tick, in ticks of expected demand", "max_order"),
    "lot": NumberKey("nodes", "days", "orders are whole lots of so much demand", "lot_ticks", _lot_ticks),
    "queue_weight": NumberKey("nodes", "fraction", "weight of goods in a licence queue", "queue_weight"),
    "backorder_share": NumberKey("nodes", "fraction", "share of unmet demand that waits", "backorder_share"),
    "backorder_lapse": NumberKey(
        "nodes", "fraction/day", "share of the backlog that is given up", "backorder_lapse", _share_per_tick
    ),
    "fill_rate_memory_days": NumberKey("nodes", "days", _MEMORY, "fill_rate_gain", smoothing_gain),
    "value_added": NumberKey("nodes", "USD/unit", "value added with a unit by a use, nan: not given"),
    "qualification_days": NumberKey(
        "nodes",
        "days",
        "time to qualify further sources, nan: never",
        "qualification_rate",
        _qualification_rate,
    ),
    "qualification_trigger": NumberKey(
        "nodes", "fraction", "expected filling of contracts below which it begins", "qualification_trigger"
    ),
    "min_fill_rate": NumberKey("nodes", "fraction", "least expected fill rate", "min_fill_rate"),
    "contract_share": NumberKey(
        "lanes", "fraction", "contract share, or share that an entrant takes over", "contract_share"
    ),
    "sourcing_limit": NumberKey(
        "lanes", "", "most taken in a tick, in ticks of the node's expected demand", "sourcing_limit"
    ),
    "lead": NumberKey("lanes", "days", "time from dispatch to arrival", "lead_ticks", _lead_ticks),
    "capacity": NumberKey(
        "sources", "unit/day", "at the start; of a facility: at nameplate", "capacity", _per_tick
    ),
    "finished_stock_ceiling": NumberKey(
        "sources", "days", "ceiling of finished stock, in days of contracts or nameplate", convert=_in_ticks
    ),
    "finished_opening": NumberKey(
        "sources", "days", "finished stock before tick 0, nan: the ceiling", convert=_in_ticks
    ),
    "feed_yield": NumberKey(
        "sources", "fraction", "output per unit of feed, 1 where there is no feed", "feed_yield"
    ),
    "tracked_share": NumberKey(
        "sources", "fraction", "share of own crystal of the tracked origin", "tracked_share"
    ),
    "reserve_rate": NumberKey("reserves", "unit/day", "most released", "reserve_rate", _per_tick),
    "reserve_trigger": NumberKey(
        "reserves", "fraction", "shortfall above which the reserve opens", "reserve_trigger"
    ),
    "reserve_hold_back": NumberKey(
        "reserves", "fraction", "part of the target kept for the first use served", "reserve_hold_back"
    ),
    "contract_weight": NumberKey(
        "scenario", "fraction", "weight of contracts in rationing", "contract_weight"
    ),
    "value_exponent": NumberKey("scenario", "", "exponent of the value added in rationing"),
    "home_preference": NumberKey("scenario", "", "factor on the weight of buyers in the seller's region"),
    "purchase_memory_days": NumberKey(
        "scenario", "days", "time constant of smoothed purchases", "purchase_gain", smoothing_gain
    ),
}
"""The keys of `Plan.numbers`.

`opening_stock` takes precedence over `opening_days`, and that over `cover`. The ceiling of the finished stock
is counted in days of the contracts' flow at the start, for a facility in days of nameplate.
"""

Numbers = Mapping[str, npt.NDArray[Any]]
"""Values of a block by the keys of `NUMBERS`, each (rows, R), in the units of the engines."""


def draw_numbers(plan: Plan, block: Block) -> Numbers:
    """Return the numbers of a block."""
    assert set(plan.numbers) == set(NUMBERS), set(plan.numbers) ^ set(NUMBERS)
    counts = {
        "nodes": plan.n_nodes,
        "lanes": plan.n_lanes,
        "sources": plan.n_sources,
        "reserves": len(plan.reserves),
        "scenario": 1,
    }
    table: dict[str, FloatArray] = {}
    for key, number in NUMBERS.items():
        rows = plan.numbers[key]
        assert len(rows) == counts[number.rows], f"{key}: expected {counts[number.rows]}, found {len(rows)}"
        table[key] = np.empty((len(rows), block.size))
        for values, row in zip(table[key], rows, strict=True):
            certain = row.distribution
            values[:] = certain.value if isinstance(certain, Constant) else block.value(row)
    balance_shares(plan, table["contract_share"])
    return {key: number.convert(table[key], plan.tick_days) for key, number in NUMBERS.items()}


def balance_shares(plan: Plan, share: FloatArray) -> None:
    """Make the shares of each node's incumbents sum to 1, in place, where some of them are uncertain.

    The certain ones keep their proportions and fill what the uncertain ones leave. Uncertain shares that sum
    to more than 1, or have nobody to fill the rest, are divided by their sum.

    Parameters
    ----------
    plan : Plan
        The plan.
    share : (L, R) array
        Shares as drawn; those of entrants stay as they are.
    """
    is_drawn = np.array(
        [not isinstance(row.distribution, Constant) for row in plan.numbers["contract_share"]], dtype=bool
    )
    for node in np.unique(plan.lane_node[is_drawn & ~plan.entrant]):
        incumbents = (plan.lane_node == node) & ~plan.entrant
        uncertain, certain = np.flatnonzero(incumbents & is_drawn), np.flatnonzero(incumbents & ~is_drawn)
        share[uncertain] = np.maximum(share[uncertain], 0.0)
        taken, held = _added(share, uncertain), _added(share, certain)
        over = (taken > 1) | ((held == 0) & (taken > 0))
        share[uncertain] /= np.where(over, taken, 1.0)
        rest = np.where(over, 0.0, 1 - taken)
        share[certain] *= rest / np.where(held > 0, held, 1.0)


def _added(share: FloatArray, lanes: npt.NDArray[np.intp]) -> FloatArray:
    """Return the sum over some lanes, (R,)."""
    # One after the other: the order in which numpy sums depends on the number of replications.
    total = np.zeros(share.shape[1])
    for lane in lanes:
        total += share[lane]
    return total
