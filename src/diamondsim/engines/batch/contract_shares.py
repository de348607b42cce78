"""Contract shares, and what entrants take over from incumbents (model.md, eq. 1-4, 16)."""

from __future__ import annotations

import numpy as np

from diamondsim.arrays import FloatArray, IntArray
from diamondsim.draws import Draws
from diamondsim.engines.batch.segments import spread
from diamondsim.engines.batch.topology import Topology
from diamondsim.plan import Plan


class ContractShares:
    """Contract shares of the current tick; they change only when some lane opens.

    Attributes
    ----------
    opening_share : (L, R) array
        Share before tick 0: `c0` of incumbents, 0 of entrants.
    contract_share : (L, R) array
        `c[t,l]`.
    live : (n, R) bool array
        Whether the lane of each entrant is open; a lane that is not has no share.
    reference_share : (Lc, R) array
        Share on which the reference flow of a covered lane rests (eq. 16).
    """

    def __init__(self, topology: Topology, draws: Draws) -> None:
        self._topology = topology
        self._contract_at_start = draws.contract_share
        self.opening_share = self._contract_at_start.copy()
        self.opening_share[topology.entrants] = 0.0
        self.contract_share = self.opening_share.copy()
        self.live = np.zeros((len(topology.entrants), draws.n_replications), dtype=bool)
        self.reference_share = self.contract_share[topology.covered]
        self._open_tick = np.maximum(draws.open_tick[topology.entrants], 0)
        self._replications_opening_at = _columns_by_value(self._open_tick)
        # Index columns (n, 1): together with numbers of replications (m,) they select an (n, m) block.
        self._entrants, self._incumbents = topology.entrants[:, None], topology.beside_entrants[:, None]
        self._node_of_entrant = topology.node[topology.entrants]
        self._node_of_incumbent = topology.node[topology.beside_entrants]
        self._covered_entrants = np.flatnonzero(np.isin(topology.covered, topology.entrants))[:, None]

    def update(self, t: int) -> None:
        """Move to tick `t`, in the replications in which some lane opens."""
        replications = self._replications_opening_at.get(t)
        if replications is None:
            return
        live = self._open_tick[:, replications] <= t
        self.live[:, replications] = live
        taken_over = self._contract_at_start[self._entrants, replications] * live
        self.contract_share[self._entrants, replications] = taken_over
        taken = np.zeros((self._topology.n_nodes, len(replications)))
        # A node may have several entrants: `taken[node] += ...` would count only the last of them.
        np.add.at(taken, self._node_of_entrant, taken_over)
        remaining = np.maximum(1.0 - taken, 0.0)
        at_start = self._contract_at_start[self._incumbents, replications]
        self.contract_share[self._incumbents, replications] = at_start * remaining[self._node_of_incumbent]
        if len(self._covered_entrants):
            contract_share = self.contract_share[self._topology.covered[self._covered_entrants], replications]
            self.reference_share[self._covered_entrants, replications] = contract_share


def _columns_by_value(values: IntArray) -> dict[int, IntArray]:
    """Return, for each value in an array (n, R), the columns that contain it, ascending."""
    order = values.argsort(axis=None, kind="stable")
    ordered = values.take(order)
    distinct = np.unique(ordered)
    begins, ends = ordered.searchsorted(distinct), ordered.searchsorted(distinct, side="right")
    runs = zip(distinct.tolist(), begins, ends, strict=True)
    return {value: np.unique(order[begin:end] % values.shape[1]) for value, begin, end in runs}


def contract_lead(topology: Topology, draws: Draws, opening_share: FloatArray) -> FloatArray:
    """Return the contract-weighted lead of each node, (N, R) (model.md, eq. 3)."""
    return topology.slots.sum(
        opening_share * draws.lead_ticks, np.empty((topology.n_nodes, draws.n_replications))
    )


def exposure(plan: Plan, topology: Topology, opening_share: FloatArray) -> FloatArray:
    """Return each node's exposure to each control, (C, N, R) (model.md, eq. 4)."""
    n_replications = opening_share.shape[1]
    exposed = np.zeros((len(plan.controls), topology.n_nodes, n_replications))
    for control, rules in enumerate(plan.rule_of):
        lanes = np.flatnonzero(rules >= 0)
        exposed[control] = topology.node_sum(lanes)(opening_share)
    return exposed


def write_normal_demand(topology: Topology, draws: Draws, plan: Plan, t: int, out: FloatArray) -> FloatArray:
    """Write `Dn[t,n]` (N, R) into `out` (model.md, eq. 1)."""
    if topology.n_nodes:
        spread(draws.growth[t], plan.node_growth, out)
        out *= draws.base_flow
    return out
