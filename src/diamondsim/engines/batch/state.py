"""The state of a block of replications: stocks and flows of nodes, lanes and sources, all preallocated.

Owns the arrays that more than one phase reads; each mechanism keeps its own besides. Replication last.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from diamondsim.draws import Draws, FloatArray
from diamondsim.engines.batch.layout import Layout
from diamondsim.engines.batch.segments import spread
from diamondsim.engines.batch.shares import expected_flow
from diamondsim.plan import Plan

EPS = 1e-9
"""Separates "nothing" from rounding noise (model.md, section 1)."""


TINY = 1e-200
"""Stands for a divisor of 0 where the quotient is only ever multiplied with zeros."""


def divide(values: FloatArray, by: FloatArray, out: FloatArray) -> FloatArray:
    """Write `values / by` into `out`, and something finite where `by` is 0; overwrites `by`.

    A mask (`where=`) would say the same, and cost five times as much.
    """
    np.maximum(by, TINY, out=by)
    return np.divide(values, by, out=out)


@dataclass
class State:
    """What the phases of a tick hand to each other; the symbols are those of model.md.

    Shapes: (N, R) from `flow` to `arrived`, (L, R) from `flow_by_lane` to `room`, (S, R) from `finished` on.
    `allocated` and `weight` have one row more than there are lanes, always 0, on which rationing pads.
    """

    flow: FloatArray  # D
    demand: FloatArray  # d
    stock: FloatArray  # X
    backlog: FloatArray  # B
    transit: FloatArray  # under way to a node, detours included
    used: FloatArray  # x + xb, release of a reserve, feed used
    substituted: FloatArray  # u
    from_reserve: FloatArray
    shortage: FloatArray  # r
    order: FloatArray
    arrived: FloatArray  # A

    flow_by_lane: FloatArray  # D of the lane's node
    contract_flow: FloatArray  # c * D
    belief: FloatArray  # b
    purchases: FloatArray  # v
    wish: FloatArray
    room: FloatArray
    arriving: FloatArray  # arr
    allocated: FloatArray  # a

    finished: FloatArray  # F
    most: FloatArray
    left: FloatArray
    sent_out: FloatArray  # sum of a and lk
    output: FloatArray

    @property
    def lanes_allocated(self) -> FloatArray:
        """`allocated` without its row of padding."""
        return self.allocated[:-1]


def opening_state(plan: Plan, layout: Layout, draws: Draws, shares: FloatArray) -> State:
    """Return the state before tick 0 (model.md, eq. 5-7); `shares` are the opening ones (L, R)."""
    width = draws.n_replications

    def nodes() -> FloatArray:
        return np.zeros((layout.n_nodes, width))

    def lanes(extra: int = 0) -> FloatArray:
        return np.zeros((layout.n_lanes + extra, width))

    def sources() -> FloatArray:
        return np.zeros((layout.n_sources, width))

    flow = expected_flow(layout, draws, plan, 0, nodes())
    carried = shares * spread(flow, layout.node, lanes())
    under_way = carried * draws.lead_ticks[layout.plan_of_lane]
    return State(
        flow=flow,
        demand=nodes(),
        stock=draws.opening_stock.copy(),
        backlog=nodes(),
        transit=layout.node_sum(np.arange(layout.n_lanes), width)(under_way, nodes()),
        used=nodes(),
        substituted=nodes(),
        from_reserve=nodes(),
        shortage=nodes(),
        order=nodes(),
        arrived=nodes(),
        flow_by_lane=lanes(),
        contract_flow=carried,
        belief=np.ones((layout.n_lanes, width)),
        purchases=carried.copy(),
        wish=lanes(),
        room=lanes(),
        arriving=lanes(),
        allocated=lanes(1),
        finished=draws.opening_finished.copy(),
        most=sources(),
        left=sources(),
        sent_out=sources(),
        output=sources(),
    )
