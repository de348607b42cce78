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
        self._opens = np.maximum(draws.open_tick[layout.entrants], 0)
        self._covered_entrants = np.flatnonzero(np.isin(layout.covered, layout.entrants))
        self.changes_so_far = 0
        self._changes = set(np.unique(self._opens).tolist())

    def update(self, t: int) -> None:
        """Move the shares to tick `t`, in the replications in which some lane opens."""
        if t not in self._changes:
            return
        self.changes_so_far += 1
        layout = self._layout
        replications = np.flatnonzero((self._opens == t).any(axis=0))
        entrants = np.ix_(layout.entrants, replications)
        live = self._opens[:, replications] <= t
        taken_over = self._contract[entrants] * live
        self.current[entrants] = taken_over
        self.usable[entrants] = self._qualified[entrants] * live
        taken = np.zeros((layout.n_nodes, len(replications)))
        np.add.at(taken, layout.node[layout.entrants], taken_over)
        left = np.maximum(1.0 - taken, 0.0)
        beside = np.ix_(layout.beside_entrants, replications)
        self.current[beside] = self._contract[beside] * left[layout.node[layout.beside_entrants]]
        covered = np.ix_(self._covered_entrants, replications)
        lanes = layout.covered[self._covered_entrants]
        self.reference[covered] = self.current[np.ix_(lanes, replications)]


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
