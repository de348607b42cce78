"""Contract shares: what entrants take over from incumbents as their lanes open (model.md, eq. 2-4, 16)."""

from __future__ import annotations

import numpy as np

from diamondsim.draws import Draws, FloatArray, IntArray
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
    live : (n, R) bool array
        Whether the lane of an entrant is open; what is closed has no share.
    reference : (Lc, R) array
        Share on which a desk's reference flow rests, for the covered lanes.
    changes_so_far : int
        How often the shares have changed.
    """

    def __init__(self, layout: Layout, draws: Draws) -> None:
        self._layout = layout
        self._contract = draws.contract_share
        self.opening = self._contract.copy()
        self.opening[layout.entrants] = 0.0
        self.current = self.opening.copy()
        self.live = np.zeros((len(layout.entrants), draws.n_replications), dtype=bool)
        self.reference = self.current[layout.covered]
        self._opens = np.maximum(draws.open_tick[layout.entrants], 0)
        self._openings = _columns_by_value(self._opens)
        # Columns of rows: with numbers of replications they index a rectangle.
        self._entrants, self._beside = layout.entrants[:, None], layout.beside_entrants[:, None]
        self._node_of_entrant = layout.node[layout.entrants]
        self._node_beside = layout.node[layout.beside_entrants]
        self._covered_entrants = np.flatnonzero(np.isin(layout.covered, layout.entrants))[:, None]
        self.changes_so_far = 0

    def update(self, t: int) -> None:
        """Move the shares to tick `t`, in the replications in which some lane opens."""
        replications = self._openings.get(t)
        if replications is None:
            return
        self.changes_so_far += 1
        live = self._opens[:, replications] <= t
        self.live[:, replications] = live
        taken_over = self._contract[self._entrants, replications] * live
        self.current[self._entrants, replications] = taken_over
        taken = np.zeros((self._layout.n_nodes, len(replications)))
        np.add.at(taken, self._node_of_entrant, taken_over)
        left = np.maximum(1.0 - taken, 0.0)
        before = self._contract[self._beside, replications]
        self.current[self._beside, replications] = before * left[self._node_beside]
        if len(self._covered_entrants):
            now = self.current[self._layout.covered[self._covered_entrants], replications]
            self.reference[self._covered_entrants, replications] = now


def _columns_by_value(values: IntArray) -> dict[int, IntArray]:
    """Return for each value in an array (n, R) the columns in which it stands, ascending."""
    order = values.argsort(axis=None, kind="stable")
    ordered = values.take(order)
    found = np.unique(ordered)
    begins, ends = ordered.searchsorted(found), ordered.searchsorted(found, side="right")
    runs = zip(found.tolist(), begins, ends, strict=True)
    return {value: np.unique(order[begin:end] % values.shape[1]) for value, begin, end in runs}


def contract_lead(layout: Layout, draws: Draws, opening: FloatArray) -> FloatArray:
    """Return the contract-weighted lead of each node, (N, R) (model.md, eq. 3)."""
    return layout.slots.sum(opening * draws.lead_ticks, np.empty((layout.n_nodes, draws.n_replications)))


def exposure(plan: Plan, layout: Layout, opening: FloatArray) -> FloatArray:
    """Return each node's exposure to each control, (C, N, R) (model.md, eq. 4)."""
    width = opening.shape[1]
    exposed = np.zeros((len(plan.controls), layout.n_nodes, width))
    for control, desks in enumerate(plan.rule_of):
        lanes = np.flatnonzero(desks >= 0)
        exposed[control] = layout.node_sum(lanes)(opening)
    return exposed


def normal_flow(layout: Layout, draws: Draws, plan: Plan, t: int, out: FloatArray) -> FloatArray:
    """Write `Dn[t,n]` (N, R) into `out` (model.md, eq. 1)."""
    if layout.n_nodes:
        spread(draws.growth[t], plan.node_growth, out)
        out *= draws.base_flow
    return out
