"""The state of a block of replications: stocks and flows of nodes, lanes and sources.

Owns the arrays that more than one phase reads; each mechanism keeps its own besides. All are allocated once
and written in place; the replication is the last axis.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from diamondsim.arrays import FloatArray
from diamondsim.draws import Draws
from diamondsim.engines.batch.array_pool import ArrayPool
from diamondsim.engines.batch.segments import spread
from diamondsim.engines.batch.topology import Topology
from diamondsim.plan import Plan

TINY = 1e-200
"""Replaces a divisor of 0 where the quotient is only ever multiplied by zeros."""


def divide(values: FloatArray, by: FloatArray, out: FloatArray) -> FloatArray:
    """Write `values / by` into `out`, and something finite where `by` is 0; overwrites `by`.

    A mask (`where=`) would do the same and take five times as long. `by` must not be negative; `TINY` is so
    small that adding it changes no divisor that matters.
    """
    by += TINY
    return np.divide(values, by, out=out)


def positive(values: FloatArray) -> FloatArray:
    """Replace negative values (n, R) by 0, in place."""
    return at_least(values, 0.0)


def at_least(values: FloatArray, floor: float) -> FloatArray:
    """Raise values (n, R) to a floor, in place.

    `np.maximum` takes twice as long with a number as with an array of equal numbers of the same shape.
    """
    return np.maximum(values, _filled(floor, values.shape), out=values)


def at_most(values: FloatArray, ceiling: float) -> FloatArray:
    """Lower values (n, R) to a ceiling, in place."""
    return np.minimum(values, _filled(ceiling, values.shape), out=values)


def narrow(values: FloatArray) -> FloatArray:
    """Return values (n, R) as one number (1, 1) or one column (n, 1) where all, or all of a row, are equal.

    What is broadcast moves less memory than the whole array. A number also saves half of the arithmetic; a
    column does not, as numpy then works row by row.
    """
    for part in (values[:1, :1], values[:, :1]):
        if (values == part).all():
            return part.copy()
    return values


# A run needs some 30 of them; those of earlier runs of other shapes must not pile up.
@lru_cache(maxsize=64)
def _filled(value: float, shape: tuple[int, ...]) -> FloatArray:
    return np.full(shape, value)


@dataclass
class EngineState:
    """What the phases of a tick hand to each other; the symbols are those of model.md.

    Shapes: (N, R) from `normal_demand` to `arrived`, (L, R) from `expected_fill_rate` to `allocated`, (S, R)
    from `finished_stock` on. `allocated` has one row more than there are lanes: it is always 0, and pads the
    requests of sources with few lanes in rationing.
    """

    normal_demand: FloatArray  # Dn; without prices the same array as `expected_demand`
    expected_demand: FloatArray  # D
    planned_demand: FloatArray  # P; without prices the same array as `expected_demand`
    demand: FloatArray  # d
    forgone: FloatArray  # demand given up because of its price
    stock: FloatArray  # X
    backlog: FloatArray  # B
    pipeline: FloatArray  # dispatched to a node and not yet arrived, diverted lots included
    used: FloatArray  # x + xb, release of a reserve, feed used
    lapsed: FloatArray  # backlog given up in this tick
    substituted: FloatArray  # u
    from_reserve: FloatArray
    shortage: FloatArray  # r
    order: FloatArray
    desired_total: FloatArray  # sum of `desired_order` over the lanes of a node
    negligible: FloatArray  # EPS * D: no larger quantity counts; written when allocation begins
    arrived: FloatArray  # A

    expected_fill_rate: FloatArray  # fill
    purchases: FloatArray  # v
    desired_order: FloatArray  # desired
    lane_max: FloatArray
    arriving: FloatArray  # arr
    allocated: FloatArray  # a; before allocation, the requests of round one

    finished_stock: FloatArray  # F
    processor_capacity: FloatArray  # cap of the sources with feed (n, R)
    max_output: FloatArray
    left: FloatArray
    sent_out: FloatArray  # out
    output: FloatArray

    @property
    def lanes_allocated(self) -> FloatArray:
        """`allocated` without its padding row (L, R), a view."""
        return self.allocated[:-1]


def opening_state(
    plan: Plan, topology: Topology, draws: Draws, shares: FloatArray, pool: ArrayPool
) -> EngineState:
    """Return the state before tick 0 (model.md, eq. 5-7); `shares` (L, R) are the opening contract shares."""

    def nodes() -> FloatArray:
        return pool.zeros(topology.n_nodes)

    def lanes(extra: int = 0) -> FloatArray:
        return pool.zeros(topology.n_lanes + extra)

    def sources() -> FloatArray:
        return pool.zeros(topology.n_sources)

    normal_demand = write_normal_demand(topology, draws, plan, 0, nodes())
    contract_flow = shares * spread(normal_demand, topology.node, lanes())
    expected_fill_rate = lanes()
    expected_fill_rate.fill(1.0)
    expected_fill_rate[topology.untried] = draws.min_fill_rate[topology.node[topology.untried]]
    return EngineState(
        normal_demand=normal_demand,
        expected_demand=normal_demand if plan.prices is None else pool.copy(normal_demand),
        planned_demand=normal_demand if plan.prices is None else pool.copy(normal_demand),
        demand=nodes(),
        forgone=nodes(),
        stock=pool.copy(draws.opening_stock),
        backlog=nodes(),
        pipeline=topology.slots.sum(contract_flow * draws.lead_ticks, nodes()),
        used=nodes(),
        lapsed=nodes(),
        substituted=nodes(),
        from_reserve=nodes(),
        shortage=nodes(),
        order=nodes(),
        desired_total=nodes(),
        negligible=nodes(),
        arrived=nodes(),
        expected_fill_rate=expected_fill_rate,
        purchases=pool.copy(contract_flow),
        desired_order=lanes(),
        lane_max=lanes(),
        arriving=lanes(),
        allocated=lanes(1),
        finished_stock=pool.copy(draws.opening_finished),
        processor_capacity=pool.zeros(len(topology.processors)),
        max_output=sources(),
        left=sources(),
        sent_out=sources(),
        output=sources(),
    )


def write_normal_demand(topology: Topology, draws: Draws, plan: Plan, t: int, out: FloatArray) -> FloatArray:
    """Write `Dn[t,n]` (N, R) into `out` (model.md, eq. 1)."""
    if topology.n_nodes:
        spread(draws.growth[t], plan.node_growth, out)
        out *= draws.base_flow
    return out
