"""The order of nodes and lanes in memory, chosen so that sums over the lanes of a node need no index.

Nodes are sorted by their number of lanes, most first. The first lanes of all nodes come first, in the order
of the nodes, then the second lanes, and so on: *slots*. The nodes of a slot are thus the first ones, without
a gap. All other modules of this package work on a Plan and Draws in this order.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from diamondsim.arrays import FloatArray, IntArray
from diamondsim.draws import Draws
from diamondsim.plan import Plan, Prices

_BY_NODE = (
    *("base_flow", "cover_ticks", "reserve_goal", "opening_stock", "opening_tracked"),
    *("max_order", "lot_ticks", "queue_weight", "backorder_share", "backorder_lapse"),
    *("fill_rate_gain", "min_fill_rate", "qualification_rate", "qualification_trigger"),
)
_BY_LANE = ("contract_share", "sourcing_limit", "lead_ticks", "open_tick", "allocation_weight")


@dataclass(frozen=True)
class MemoryLayout:
    """Order of nodes and lanes in memory.

    Attributes
    ----------
    nodes, lanes : (N,) and (L,) int arrays
        Number in the Plan of each row in memory.
    row_of_node, row_of_lane : (N,) and (L,) int arrays
        The inverse: row in memory of each number in the Plan.
    """

    nodes: IntArray
    lanes: IntArray
    row_of_node: IntArray
    row_of_lane: IntArray

    @classmethod
    def of(cls, plan: Plan) -> MemoryLayout:
        """Return the layout for a Plan."""
        lanes_of_node = np.bincount(plan.lane_node, minlength=plan.n_nodes)
        nodes = np.argsort(-lanes_of_node, kind="stable")
        row_of_node = _inverse(nodes)
        by_node = np.argsort(plan.lane_node, kind="stable")
        first = np.cumsum(lanes_of_node) - lanes_of_node
        slot = np.empty(plan.n_lanes, dtype=np.int64)
        slot[by_node] = np.arange(plan.n_lanes) - first[plan.lane_node[by_node]]
        lanes = np.lexsort((row_of_node[plan.lane_node], slot))
        return cls(nodes, lanes, row_of_node, _inverse(lanes))

    def plan(self, plan: Plan) -> Plan:
        """Return a Plan with its nodes and lanes in this order."""
        nodes, lanes, row_of_node = self.nodes, self.lanes, self.row_of_node
        feed = plan.source_feed
        return replace(
            plan,
            nodes=tuple(plan.nodes[n] for n in nodes),
            node_kind=plan.node_kind[nodes],
            node_growth=plan.node_growth[nodes],
            node_noise=plan.node_noise[nodes],
            node_substitution=plan.node_substitution[nodes],
            source_feed=np.array([row_of_node[n] if n >= 0 else -1 for n in feed], dtype=np.int64),
            lane_source=plan.lane_source[lanes],
            lane_node=row_of_node[plan.lane_node[lanes]],
            tier=plan.tier[lanes],
            entrant=plan.entrant[lanes],
            lane_facility=plan.lane_facility[lanes],
            lane_class=tuple(plan.lane_class[lane] for lane in lanes),
            rule_of=plan.rule_of[:, lanes],
            third_country=plan.third_country[:, lanes],
            reserves=tuple(
                replace(r, node=int(row_of_node[r.node]), serves=tuple(int(row_of_node[n]) for n in r.serves))
                for r in plan.reserves
            ),
            pre_buys=tuple(replace(p, node=int(row_of_node[p.node])) for p in plan.pre_buys),
            prices=plan.prices and self._prices(plan.prices),
        )

    def _prices(self, prices: Prices) -> Prices:
        return replace(
            prices,
            node_market=prices.node_market[self.nodes],
            demand_elasticity=tuple(prices.demand_elasticity[n] for n in self.nodes),
            surcharge_lanes=prices.surcharge_lanes[:, self.lanes],
        )

    def draws(self, draws: Draws) -> Draws:
        """Return Draws with nodes and lanes in this order."""
        rows: dict[str, FloatArray | IntArray] = {name: getattr(draws, name)[self.nodes] for name in _BY_NODE}
        rows |= {name: getattr(draws, name)[self.lanes] for name in _BY_LANE}
        prices = draws.prices
        if prices is not None:
            prices = replace(prices, demand_elasticity=prices.demand_elasticity[self.nodes])
        return replace(draws, **rows, prices=prices)  # type: ignore[arg-type]


def _inverse(order: IntArray) -> IntArray:
    rows = np.empty_like(order)
    rows[order] = np.arange(len(order))
    return rows
