"""The state of a block of replications: stocks and flows of nodes, lanes and sources, all preallocated.

Owns the arrays that more than one phase reads; each mechanism keeps its own besides. Replication last.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np

from diamondsim.draws import Draws, FloatArray
from diamondsim.engines.batch.layout import Layout
from diamondsim.engines.batch.segments import spread
from diamondsim.engines.batch.shares import normal_flow
from diamondsim.plan import Plan

EPS = 1e-9
"""Separates "nothing" from rounding noise (model.md, section 1)."""


TINY = 1e-200
"""Stands for a divisor of 0 where the quotient is only ever multiplied with zeros."""


def divide(values: FloatArray, by: FloatArray, out: FloatArray) -> FloatArray:
    """Write `values / by` into `out`, and something finite where `by` is 0; overwrites `by`.

    A mask (`where=`) would say the same, and cost five times as much; `by` is not negative, and nothing that
    counts is so small that adding to it changes it.
    """
    by += TINY
    return np.divide(values, by, out=out)


def positive(values: FloatArray) -> FloatArray:
    """Replace negative values (n, R) by 0, in place."""
    return at_least(values, 0.0)


def at_least(values: FloatArray, floor: float) -> FloatArray:
    """Raise values (n, R) to a floor, in place.

    numpy's maximum with a number takes three times as long as with an array.
    """
    return np.maximum(values, _row(floor, values.shape[-1]), out=values)


def at_most(values: FloatArray, ceiling: float) -> FloatArray:
    """Lower values (n, R) to a ceiling, in place."""
    return np.minimum(values, _row(ceiling, values.shape[-1]), out=values)


def narrow(values: FloatArray) -> FloatArray:
    """Return one column, (n, 1), of values (n, R) that are the same in all: reading it moves less memory."""
    column = values[:, :1]
    return column.copy() if (values == column).all() else values


@cache
def _row(value: float, width: int) -> FloatArray:
    return np.full(width, value)


@dataclass
class State:
    """What the phases of a tick hand to each other; the symbols are those of model.md.

    Shapes: (N, R) from `normal` to `arrived`, (L, R) from `belief` to `room`, (S, R) from `finished` on.
    `allocated` has one row more than there are lanes, always 0, on which rationing pads.
    """

    normal: FloatArray  # Dn; the same array as `flow` where there are no prices
    flow: FloatArray  # D
    demand: FloatArray  # d
    forgone: FloatArray  # demand given up for its price
    stock: FloatArray  # X
    backlog: FloatArray  # B
    transit: FloatArray  # under way to a node, detours included
    used: FloatArray  # x + xb, release of a reserve, feed used
    substituted: FloatArray  # u
    from_reserve: FloatArray
    shortage: FloatArray  # r
    order: FloatArray
    wished: FloatArray  # sum of `wish`
    grain: FloatArray  # EPS * D: what is no more is noise; written when allocation begins
    arrived: FloatArray  # A

    belief: FloatArray  # b
    purchases: FloatArray  # v
    wish: FloatArray
    room: FloatArray
    arriving: FloatArray  # arr
    allocated: FloatArray  # a; what is asked for, before it is shared out

    finished: FloatArray  # F
    makers_capacity: FloatArray  # cap of the sources with feed, (n, R)
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

    normal = normal_flow(layout, draws, plan, 0, nodes())
    carried = shares * spread(normal, layout.node, lanes())
    return State(
        normal=normal,
        flow=normal if plan.prices is None else normal.copy(),
        demand=nodes(),
        forgone=nodes(),
        stock=draws.opening_stock.copy(),
        backlog=nodes(),
        transit=layout.slots.sum(carried * draws.lead_ticks, nodes()),
        used=nodes(),
        substituted=nodes(),
        from_reserve=nodes(),
        shortage=nodes(),
        order=nodes(),
        wished=nodes(),
        grain=nodes(),
        arrived=nodes(),
        belief=np.ones((layout.n_lanes, width)),
        purchases=carried,
        wish=lanes(),
        room=lanes(),
        arriving=lanes(),
        allocated=lanes(1),
        finished=draws.opening_finished.copy(),
        makers_capacity=np.zeros((len(layout.processors), width)),
        most=sources(),
        left=sources(),
        sent_out=sources(),
        output=sources(),
    )
