"""Contract shares, and what entrants take over from incumbents (model.md, eq. 2-4, 16)."""

from __future__ import annotations

import numpy as np

from diamondsim.arrays import BoolArray, FloatArray, IntArray
from diamondsim.draws import Draws
from diamondsim.engines.batch.array_pool import ArrayPool
from diamondsim.engines.batch.segments import PartialSum
from diamondsim.engines.batch.state import narrow, positive
from diamondsim.engines.batch.topology import Topology
from diamondsim.plan import Plan


class ContractShares:
    """Contract shares of the current tick.

    Those of entrants change when a lane opens or is taken over further, and those of the incumbents beside
    them with what the entrants are expected to deliver.

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

    def __init__(self, plan: Plan, topology: Topology, draws: Draws, pool: ArrayPool) -> None:
        self._topology = topology
        self._contract_at_start = draws.contract_share
        self.opening_share = self._contract_at_start.copy()
        self.opening_share[topology.entrants] = 0.0
        self.contract_share = pool.copy(self.opening_share)
        self.live = np.zeros((len(topology.entrants), draws.n_replications), dtype=bool)
        self.reference_share = self.contract_share[topology.covered]
        self._open_tick = np.maximum(draws.open_tick[topology.entrants], 0)
        self._step_ticks = plan.adoption_step_ticks
        self._adoption_ticks = _adoption_ticks(plan, topology, draws)
        self._lead_ticks = draws.lead_ticks[topology.entrants]
        steps = _steps(plan, self._open_tick, self._adoption_ticks)
        self._is_changing = _columns_of_values(steps, plan.n_ticks)
        # One lead later the first goods of each step arrive.
        repeats = len(steps) // max(1, len(topology.entrants))
        arrivals = steps + np.tile(self._lead_ticks, (repeats, 1))
        self._is_arriving = _columns_of_values(arrivals, plan.n_ticks)
        self._arriving_share = np.zeros(self._open_tick.shape)
        # An index column (n, 1): together with numbers of replications (m,) it selects an (n, m) block.
        self._entrants = topology.entrants[:, None]
        self._taken_by_node = PartialSum(topology.node[topology.entrants])
        # What incumbents keep of their contracts, by node; 1 where there is no entrant.
        self._kept = pool.zeros(topology.n_nodes)
        self._kept.fill(1.0)
        # Nodes with many lanes come first in memory, and these have the entrants.
        last = self._taken_by_node.segments.max(initial=-1)
        self._share_views = topology.slots.of_first_nodes(last + 1).views(
            (self.contract_share, narrow(self.opening_share)), (self._kept,)
        )
        self._is_any_arriving = False
        self._covered_entrants = np.flatnonzero(np.isin(topology.covered, topology.entrants))[:, None]

    def update(self, t: int, expected_fill_rate: FloatArray) -> None:
        """Move to tick `t` (eq. 2); `expected_fill_rate` (L, R) is that of the end of the previous tick."""
        self._take_over(t)
        replications = self._is_arriving[t].nonzero()[0]
        if len(replications):
            begun = t - self._lead_ticks[:, replications]
            self._arriving_share[:, replications] = self._taken_over(begun, replications)
            self._is_any_arriving |= bool(self._arriving_share[:, replications].any())
        if self._is_any_arriving:
            self._give_up(expected_fill_rate)

    def _give_up(self, expected_fill_rate: FloatArray) -> None:
        """Take from incumbents what the entrants beside them are expected to deliver."""
        entrants = self._topology.entrants
        delivered = self._arriving_share * expected_fill_rate[entrants]
        self._kept[self._taken_by_node.segments] = positive(1.0 - self._taken_by_node(delivered))
        # Writing all lanes in their order, and those of entrants again, is faster than picking incumbents.
        taken_over = self.contract_share[entrants]
        for contract_share, at_start, kept in self._share_views:
            np.multiply(at_start, kept, out=contract_share)
        self.contract_share[entrants] = taken_over

    def _take_over(self, t: int) -> None:
        """Let entrants take over their shares, in the replications in which some share changes."""
        replications = self._is_changing[t].nonzero()[0]
        if not len(replications):
            return
        self.live[:, replications] = self._open_tick[:, replications] <= t
        self.contract_share[self._entrants, replications] = self._taken_over(t, replications)
        if len(self._covered_entrants):
            contract_share = self.contract_share[self._topology.covered[self._covered_entrants], replications]
            self.reference_share[self._covered_entrants, replications] = contract_share

    def _taken_over(self, t: int | IntArray, replications: IntArray) -> FloatArray:
        """Return the contract share that each entrant has taken over by tick `t`, by steps (eq. 2)."""
        begun = t - self._open_tick[:, replications]
        taken_over = self._contract_at_start[self._entrants, replications] * (begun >= 0)
        if self._adoption_ticks is not None:
            time = self._adoption_ticks[:, replications]
            steps = (begun // self._step_ticks + 1) * self._step_ticks
            adopted = np.ones(time.shape)
            np.divide(steps, time, out=adopted, where=time > 0.0)
            taken_over *= np.minimum(adopted, 1.0, out=adopted)
        return taken_over


def _adoption_ticks(plan: Plan, topology: Topology, draws: Draws) -> FloatArray | None:
    """Return the ticks over which each entrant is taken over, (n, R); None: all at once."""
    if not draws.adoption_ticks:
        return None
    at_once = np.zeros(draws.n_replications)
    facilities = plan.lane_facility[topology.entrants].tolist()
    rows = [draws.adoption_ticks[f] if f >= 0 else at_once for f in facilities]
    return np.array(rows).reshape(len(rows), draws.n_replications)


def _steps(plan: Plan, open_tick: IntArray, adoption_ticks: FloatArray | None) -> IntArray:
    """Return the ticks in which the share of each entrant changes, steps below one another: (m, R).

    A step beyond the last one is the opening again.
    """
    if adoption_ticks is None:
        return open_tick
    size = plan.adoption_step_ticks
    n_steps = max(1, int(np.ceil(adoption_ticks.max(initial=0.0) / size)))
    return np.concatenate(
        [np.where(k * size < adoption_ticks, open_tick + k * size, open_tick) for k in range(n_steps)]
    )


def _columns_of_values(values: IntArray, n_values: int) -> BoolArray:
    """Return which columns of an array (n, R) contain each value below a number, (values, R)."""
    contains = np.zeros((n_values, values.shape[1]), dtype=bool)
    rows, columns = (values < n_values).nonzero()
    contains[values[rows, columns], columns] = True
    return contains


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
