"""Contract shares: what entrants take over from incumbents as their lanes open (model.md, eq. 2-4, 16)."""

from __future__ import annotations

import numpy as np

from diamondsim.draws import Draws, FloatArray
from diamondsim.engines.batch.layout import Layout
from diamondsim.engines.batch.segments import spread
from diamondsim.plan import Plan


class ContractShares:
    """Shares of the current tick; they change only in ticks in which some lane opens.

    Attributes
    ----------
    opening : (L, R) array
        Share with which the world starts: `c0` of incumbents, 0 of entrants.
    current : (L, R) array
        `c[t,l]`.
    usable : (L, R) array
        Qualified share of a live lane in ticks of expected flow, 0 before it opens.
    reference : (Lc, R) array
        Share on which a desk's reference flow rests, for the covered lanes.
    changes_so_far : int
        How often the shares have changed.
    """

    def __init__(self, layout: Layout, draws: Draws) -> None:
        self._layout = layout
        self._contract = draws.share
        self._qualified = draws.qualified
        self.opening = self._contract.copy()
        self.opening[layout.entrants] = 0.0
        self.current = self.opening.copy()
        self.usable = self._qualified.copy()
        self.usable[layout.entrants] = 0.0
        self.reference = self.current[layout.covered]
        width = draws.n_replications
        self._entrant_share = self._contract[layout.entrants]
        self._entrant_qualified = self._qualified[layout.entrants]
        self._opens = draws.open_tick[layout.entrants]
        self._covered_entrants = np.flatnonzero(np.isin(layout.covered, layout.entrants))
        self.changes_so_far = 0
        self._changes = set(np.unique(np.maximum(self._opens, 0)).tolist())
        self._incumbent_share = self._contract[layout.beside_entrants]
        self._taken = np.empty((layout.n_nodes, width))
        self._sum = layout.node_sum_of(layout.entrants, width)

    def update(self, t: int) -> None:
        """Move the shares to tick `t`."""
        if t not in self._changes:
            return
        self.changes_so_far += 1
        layout = self._layout
        live = (self._opens <= t).astype(np.float64)
        taken_over = self._entrant_share * live
        self.current[layout.entrants] = taken_over
        self.usable[layout.entrants] = self._entrant_qualified * live
        if len(layout.beside_entrants):
            left = np.maximum(1.0 - self._sum(taken_over, self._taken), 0.0)
            self.current[layout.beside_entrants] = (
                self._incumbent_share * left[layout.node[layout.beside_entrants]]
            )
        if len(self._covered_entrants):
            lanes = layout.covered[self._covered_entrants]
            self.reference[self._covered_entrants] = self.current[lanes]


def contract_lead(layout: Layout, draws: Draws, opening: FloatArray) -> FloatArray:
    """Return the contract-weighted lead of each node, (N, R) (model.md, eq. 3)."""
    return layout.slots.sum(opening * draws.lead_ticks, np.empty((layout.n_nodes, draws.n_replications)))


def exposure(plan: Plan, layout: Layout, opening: FloatArray) -> FloatArray:
    """Return each node's exposure to each control, (C, N, R) (model.md, eq. 4)."""
    width = opening.shape[1]
    exposed = np.zeros((len(plan.controls), layout.n_nodes, width))
    for control, desks in enumerate(plan.desk_of):
        lanes = np.flatnonzero(desks >= 0)
        layout.node_sum(lanes, width)(opening, exposed[control])
    return exposed


def normal_flow(layout: Layout, draws: Draws, plan: Plan, t: int, out: FloatArray) -> FloatArray:
    """Write `Dn[t,n]` (N, R) into `out` (model.md, eq. 1)."""
    if layout.n_nodes:
        spread(draws.growth[t], plan.node_growth, out)
        out *= draws.base_flow
    return out
